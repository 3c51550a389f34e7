package kernel

import (
	"maps"
	"os"
	"slices"
	"strings"
)

// cells maps execution counts to the code of cells, from which GoNB puts its file together line by line.
type cells map[int]string

// with returns the cells and one more. It forgets old ones.
func (c cells) with(count int, code string) cells {
	const most = 300
	if c == nil {
		c = cells{}
	}
	c[count] = code
	if len(c) > most {
		delete(c, slices.Min(slices.Collect(maps.Keys(c))))
	}
	return c
}

// find returns the cell and the line in it, counted from 1, from which a line of GoNB's file comes: the place with the
// same text, and the most lines of the same text around it. Of several it takes that of the newest cell.
func (c cells) find(path string, line int) (cell, at int, ok bool) {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0, 0, false
	}
	file := strings.Split(string(data), "\n")
	if line < 1 || line > len(file) || strings.TrimSpace(file[line-1]) == "" {
		return 0, 0, false
	}
	best := 0
	for _, count := range slices.Backward(slices.Sorted(maps.Keys(c))) {
		code := strings.Split(c[count], "\n")
		for i := range code {
			if same := alike(file, line-1, code, i); same > best {
				best, cell, at = same, count, i+1
			}
		}
	}
	return cell, at, best > 0
}

// alike returns how many lines are the same in two texts, around line i of one and line k of the other, apart from
// white space at their ends. It returns 0 if these two lines differ.
func alike(a []string, i int, b []string, k int) (same int) {
	equal := func(distance int) bool {
		i, k := i+distance, k+distance
		return i >= 0 && k >= 0 && i < len(a) && k < len(b) && strings.TrimSpace(a[i]) == strings.TrimSpace(b[k])
	}
	const most = 10
	for up := 0; up < most && equal(-up); up++ {
		same++
	}
	for down := 1; same > 0 && down < most && equal(down); down++ {
		same++
	}
	return same
}
