package bench

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"owlm/plots"
)

// size is one of a workload's sizes. The scaling run varies one at a time; the others are those of scalingBase.
type size struct {
	name   string // in the names of workloads and files
	title  string
	values []int
	of     func(*Workload) *int
}

var sizes = []size{
	{"sequence", "time steps", []int{8, 32, 128, 512, 1024}, func(w *Workload) *int { return &w.Sequence }},
	{"hidden", "hidden size", []int{64, 128, 256, 512, 1024}, func(w *Workload) *int { return &w.Hidden }},
	{"batch", "batch size", []int{1, 4, 16, 64, 256}, func(w *Workload) *int { return &w.Batch }},
	{"vocabulary", "vocabulary size", []int{100, 1000, 10000, 50000}, func(w *Workload) *int { return &w.Vocabulary }},
}

// scalingBase is the workload that all others vary. The values of each size include that of the base.
var scalingBase = Workload{
	Name: "base", Title: "a small word model, one step", Kind: Train,
	Cell: "lstm", Vocabulary: 1000, Embedding: 128, Hidden: 128, Layers: 1,
	Batch: 16, Sequence: 32, EveryStep: true, Warm: 5, Seconds: 0.5, Least: 3,
}

// with returns the base with another value of one size, and a name that says so.
func (s size) with(value int) Workload {
	w := scalingBase
	if *s.of(&w) != value {
		*s.of(&w) = value
		w.Name = fmt.Sprintf("%s %d", s.name, value)
	}
	return w
}

// Scaling returns the workloads that show how the cost of training grows with the sequence, the hidden size, the batch
// and the vocabulary.
func Scaling() []Workload {
	list := []Workload{scalingBase}
	for _, s := range sizes {
		for _, value := range s.values {
			if w := s.with(value); w.Name != scalingBase.Name {
				list = append(list, w)
			}
		}
	}
	return list
}

// row returns the row of a workload in a report of one system.
func (r *Report) row(workload string) (row Row, found bool) {
	i := slices.IndexFunc(r.Rows, func(row Row) bool { return row.Workload == workload })
	if i < 0 {
		return row, false
	}
	return r.Rows[i], true
}

// scalingChart returns a chart of what a size changes. Each curve is relative to the base, so that three units share an
// axis.
func (r *Report) scalingChart(s size) (plots.Lines, error) {
	base, found := r.row(scalingBase.Name)
	if !found {
		return plots.Lines{}, fmt.Errorf("bench: the scaling run has no measurement of %q, "+
			"with which its charts compare", scalingBase.Name)
	}
	chart := plots.Lines{
		Title: "One training step against " + s.title,
		X:     s.title, Y: "times that at " + fmt.Sprint(*s.of(new(scalingBase))), LogX: true, LogY: true,
		Series: []plots.Series{
			{Name: "step, 1 = " + duration(base.Median)},
			{Name: "compile, 1 = " + duration(base.Compile)},
			{Name: fmt.Sprintf("memory, 1 = %d MB", base.Memory>>20)},
		},
	}
	for _, value := range s.values {
		row, found := r.row(s.with(value).Name)
		if !found {
			continue
		}
		for i, y := range []float64{
			row.Median / base.Median, row.Compile / base.Compile, float64(row.Memory) / float64(base.Memory),
		} {
			line := &chart.Series[i]
			line.X, line.Y = append(line.X, float64(value)), append(line.Y, y)
		}
	}
	return chart, nil
}

// ScalingFile is the file of numbers that SaveScaling writes. The charts beside it are scaling-sequence.png and so on.
const ScalingFile = "scaling.json"

// SaveScaling writes a scaling run's numbers and a chart for each size into a directory.
func (r *Report) SaveScaling(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := r.saveJSON(filepath.Join(dir, ScalingFile)); err != nil {
		return err
	}
	for _, s := range sizes {
		chart, err := r.scalingChart(s)
		if err != nil {
			return err
		}
		if err := plots.Save(filepath.Join(dir, "scaling-"+s.name+".png"), chart); err != nil {
			return err
		}
	}
	return nil
}

// WriteScaling writes a scaling run as a table, and below it how compiling and memory grow with the sequence.
func (r *Report) WriteScaling(w io.Writer) error {
	if err := r.WriteTable(w); err != nil {
		return err
	}
	sequence := sizes[0]
	longest := sequence.values[len(sequence.values)-1]
	base, found := r.row(scalingBase.Name)
	long, foundLong := r.row(sequence.with(longest).Name)
	if !found || !foundLong {
		return nil
	}
	tokens := float64((longest - scalingBase.Sequence) * scalingBase.Batch)
	_, err := fmt.Fprintf(w, "\nFrom %d to %d time steps compiling takes %.2f times as long, "+
		"and memory grows by %.1f KB for each token of a batch.\n"+
		"Compiling took %s to %s and %s to %s over %d rounds.\n",
		scalingBase.Sequence, longest, long.Compile/base.Compile, float64(long.Memory-base.Memory)/tokens/1000,
		duration(base.CompileFastest), duration(base.CompileSlowest),
		duration(long.CompileFastest), duration(long.CompileSlowest), base.Rounds)
	return err
}
