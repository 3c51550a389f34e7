package lmkit

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"text/tabwriter"

	"owlm/internal/oneline"
	"owlm/lmkit/network"
	"owlm/lmkit/safetensors"
)

// ShapeError says that a file's weights are not those of a model.
type ShapeError struct {
	// Path is the file.
	Path string
	// Config is the structure that the weights were compared with.
	Config network.Config
	// Rows are all weights, those of the model first.
	Rows []ShapeRow
}

// ShapeRow is a weight as it is in the file and as the model has it.
type ShapeRow struct {
	Name string
	// Found is nil for a weight that the file lacks, Expected for one that the model lacks.
	Found, Expected []int
	// Problem is what is wrong, "" if nothing is.
	Problem string
}

// Error names every weight that is wrong, in one line.
func (e *ShapeError) Error() string {
	var problems []error
	for _, row := range e.Rows {
		if row.Problem != "" {
			problems = append(problems, fmt.Errorf("%s %s", row.Name, row.Problem))
		}
	}
	return fmt.Sprintf("%s: %v", e.Path, oneline.Join(problems))
}

// Table lists all weights: name, shape found, shape expected, and what is wrong.
func (e *ShapeError) Table() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "name\tfound\texpected\t")
	shape := func(s []int) string {
		if s == nil {
			return "-"
		}
		return network.ShapeString(s)
	}
	for _, row := range e.Rows {
		mark := ""
		if row.Problem != "" {
			mark = "<-"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", row.Name, shape(row.Found), shape(row.Expected), mark)
	}
	w.Flush()
	return b.String()
}

// take picks the model's weights out of tensors that have their names. The error is a *ShapeError.
func take(c network.Config, path string, found map[string]safetensors.Tensor) (map[string][]float32, error) {
	weights, problem := make(map[string][]float32), false
	failed := &ShapeError{Path: path, Config: c}
	add := func(row ShapeRow) {
		failed.Rows = append(failed.Rows, row)
		problem = problem || row.Problem != ""
	}
	left := make(map[string]bool)
	for name := range found {
		left[name] = true
	}
	for _, p := range c.Weights() {
		t, ok := found[p.Name]
		delete(left, p.Name)
		row := ShapeRow{Name: p.Name, Found: t.Shape, Expected: p.Shape}
		switch {
		case !ok:
			row.Problem = "is missing"
		case !slices.Equal(t.Shape, p.Shape):
			row.Problem = fmt.Sprintf("has shape %s, not %s", network.ShapeString(t.Shape), network.ShapeString(p.Shape))
		default:
			values, err := t.Float32s()
			if err != nil {
				row.Problem = fmt.Sprintf("has %v", err)
			}
			weights[p.Name] = values
		}
		add(row)
	}
	if t, ok := found["fc.weight"]; ok && c.TieWeights {
		delete(left, "fc.weight")
		row := ShapeRow{Name: "fc.weight", Found: t.Shape, Expected: []int{c.VocabularySize, c.HiddenSize}}
		if values, err := t.Float32s(); err != nil || !slices.Equal(values, weights["embedding.weight"]) {
			row.Problem = "differs from embedding.weight, but the weights are tied"
		}
		add(row)
	}
	extra := make([]string, 0, len(left))
	for name := range left {
		extra = append(extra, name)
	}
	sort.Strings(extra)
	for _, name := range extra {
		add(ShapeRow{Name: name, Found: found[name].Shape, Problem: "is no weight of this model"})
	}
	if problem {
		return nil, failed
	}
	return weights, nil
}
