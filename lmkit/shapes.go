package lmkit

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"owlm/internal/oneline"
	"owlm/lmkit/network"
	"owlm/lmkit/safetensors"
)

// ShapeError is the error for a file whose weights are not those of a model.
type ShapeError struct {
	// Path is the file.
	Path string
	// Config is the structure that the weights were compared with.
	Config network.Config
	// Rows has every weight, those of the model first.
	Rows []ShapeRow
}

// ShapeRow compares a weight of the file with that of the model.
type ShapeRow struct {
	Name string
	// Found is the shape in the file, nil if the file lacks the weight. Expected is the shape in the model, nil if the
	// model lacks it.
	Found, Expected []int
	// Problem says what is wrong; "" if nothing is.
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

// Table lists all weights: name, shape found, shape expected, and a mark if something is wrong.
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

// pickWeights takes a model's weights out of tensors that have their names. The error is a *ShapeError.
func pickWeights(c network.Config, path string, found map[string]safetensors.Tensor) (map[string][]float32, error) {
	weights := make(map[string][]float32)
	result := &ShapeError{Path: path, Config: c}
	left := maps.Clone(found)
	for _, w := range c.Weights() {
		delete(left, w.Name)
		row := ShapeRow{Name: w.Name, Found: found[w.Name].Shape, Expected: w.Shape}
		weights[w.Name], row.Problem = checkWeight(found, w.Name, w.Shape)
		result.Rows = append(result.Rows, row)
	}
	if t, ok := found["fc.weight"]; ok && c.TieWeights {
		delete(left, "fc.weight")
		row := ShapeRow{Name: "fc.weight", Found: t.Shape, Expected: []int{c.VocabularySize, c.HiddenSize}}
		var values []float32
		values, row.Problem = checkWeight(found, row.Name, row.Expected)
		if row.Problem == "" && !slices.EqualFunc(values, weights["embedding.weight"], sameValue) {
			row.Problem = "differs from embedding.weight, but the weights are tied"
		}
		result.Rows = append(result.Rows, row)
	}
	for _, name := range slices.Sorted(maps.Keys(left)) {
		row := ShapeRow{Name: name, Found: left[name].Shape, Problem: "is not a weight of this model"}
		result.Rows = append(result.Rows, row)
	}
	if slices.ContainsFunc(result.Rows, func(row ShapeRow) bool { return row.Problem != "" }) {
		return nil, result
	}
	return weights, nil
}

// checkWeight returns the values of a weight, or says what is wrong with it.
func checkWeight(found map[string]safetensors.Tensor, name string, shape []int) (values []float32, problem string) {
	t, ok := found[name]
	if !ok {
		return nil, "is missing"
	}
	if !slices.Equal(t.Shape, shape) {
		return nil, fmt.Sprintf("has shape %s, not %s", network.ShapeString(t.Shape), network.ShapeString(shape))
	}
	values, err := t.Float32s()
	if err != nil {
		return nil, fmt.Sprintf("has %v", err)
	}
	return values, ""
}

// sameValue reports whether two weights are equal; NaN, which training that diverges leaves, equals NaN.
func sameValue(a, b float32) bool { return a == b || a != a && b != b }
