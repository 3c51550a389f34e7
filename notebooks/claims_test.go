package notebooks

import (
	"fmt"
	"math"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Prose is read without what is no claim: code, formulas, the targets of links, headings, and the years of papers.
var (
	notProse = regexp.MustCompile("(?s)```.*?```|`[^`]*`|\\$\\$.*?\\$\\$|\\$[^$\n]*\\$|" +
		"\\]\\([^)]*\\)|<[^>]*>|arXiv:[\\d.]+")
	steps    = regexp.MustCompile(`\[[^\]]*[←→][^\]]*\]\([^)]*\)`)
	grouped  = regexp.MustCompile(`(\d)[,_](\d{3})`)
	headings = regexp.MustCompile(`(?m)^#.*$`)
	lists    = regexp.MustCompile(`(?m)^\s*(\*\*)?\d+\. `)
	sections = regexp.MustCompile(`(?i)\b(notebook|exercise|chapter|section|cell|version)s? \d+\w*( (and|to) \d+\w*)?`)
	years    = regexp.MustCompile(`\b(19|20)\d\d\b`)
	claim    = regexp.MustCompile(`\d{1,3}(,\d{3})+(\.\d+)?|\d+(\.\d+)?`)
	printed  = regexp.MustCompile(`\d+(\.\d+)?(e[+-]\d+)?`)
)

// claims returns the numbers in the prose of a markdown cell.
func claims(markdown string) (list []string) {
	markdown, _, _ = strings.Cut(markdown, "## Exercises") // which ask
	for _, r := range []*regexp.Regexp{steps, notProse, headings, lists, sections, years} {
		markdown = r.ReplaceAllString(markdown, " ")
	}
	for _, at := range claim.FindAllStringIndex(markdown, -1) {
		before := at[0] > 0 && isLetter(markdown[at[0]-1])
		after := at[1] < len(markdown) && isLetter(markdown[at[1]])
		if !before && !after { // W2, 5a and float32 are names
			list = append(list, markdown[at[0]:at[1]])
		}
	}
	return list
}

func isLetter(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' }

// shown reports whether a text has a number that is the claim, or becomes the claim if it is rounded to its digits.
func shown(text, claim string) bool {
	plain := strings.ReplaceAll(claim, ",", "")
	want, err := strconv.ParseFloat(plain, 64)
	if err != nil {
		return false
	}
	_, decimals, _ := strings.Cut(plain, ".")
	half := 0.5001 * math.Pow10(-len(decimals))
	for _, number := range printed.FindAllString(text, -1) {
		got, err := strconv.ParseFloat(number, 64)
		if err != nil {
			continue
		}
		_, digits, _ := strings.Cut(number, ".")
		rounded := len(digits) > len(decimals) && want >= 0.01 && (decimals != "" || want >= 10)
		if got == want || rounded && math.Abs(got-want) <= half {
			return true
		}
	}
	return false
}

func TestClaimsOf(t *testing.T) {
	text := "# 3 things\n1. A `12` $x = 5$ of [7 it](08_x.ipynb) (Cho et al. 2014), W2: 3.40 nats, 1,260 logits, " +
		"20 % in notebook 7."
	if got := fmt.Sprint(claims(text)); got != "[7 3.40 1,260 20]" {
		t.Errorf("claims are %v", got)
	}
	for claim, want := range map[string]bool{
		"3.4": true, "3.40": true, "3.41": false, "3": false, "1,260": true, "0.0012": true,
	} {
		if got := shown("loss 3.401, 1260 logits, 1.2e-03", claim); got != want {
			t.Errorf("%s is shown: %v, want %v", claim, got, want)
		}
	}
}

// TestClaims looks for each number in the prose of a notebook in its outputs and its code. testdata/claims.txt has the
// exceptions, and says why.
func TestClaims(t *testing.T) {
	known := map[string]bool{}
	for _, e := range readTable(t, filepath.Join("testdata", "claims.txt")) {
		number, why, _ := strings.Cut(e.text, " ")
		if strings.TrimSpace(why) == "" {
			t.Errorf("claims.txt: %s: %s has no reason", e.notebook, number)
		}
		known[e.notebook+": "+number] = false
	}
	for _, n := range committed(t) {
		evidence := n.output()
		for _, c := range n.Cells {
			if c.Type == "code" {
				evidence += "\n" + string(c.Source)
			}
		}
		evidence = grouped.ReplaceAllString(grouped.ReplaceAllString(evidence, "$1$2"), "$1$2")
		for _, c := range n.Cells {
			if c.Type != "markdown" {
				continue
			}
			for _, number := range claims(string(c.Source)) {
				key := n.Name + ": " + number
				if _, found := known[key]; found {
					known[key] = true
				} else if !shown(evidence, number) {
					t.Errorf("%s, cell %s: %s is in no output and no code; print it, or add it to testdata/claims.txt",
						n.Name, c.ID, number)
				}
			}
		}
	}
	for key, used := range known {
		if !used {
			t.Errorf("claims.txt: %s is not in the prose any more", key)
		}
	}
}
