package backend

import (
	"fmt"
	"owlm/internal/oneline"

	"github.com/gomlx/gomlx/core/graph"
)

// Try runs a small graph, a product and a tanh, and compares the result with the known one. Set-up calls it before it
// records a plugin.
func (e *Engine) Try() (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("engine %s fails in a small graph: %s", e.Kind, oneline.First(fmt.Sprint(fault)))
		}
	}()
	exec, err := graph.NewExec(e.Backend, func(x, y *graph.Node) *graph.Node {
		return graph.Tanh(graph.Dot(x, y).MatMul())
	})
	if err != nil {
		return fmt.Errorf("engine %s cannot build a small graph: %s", e.Kind, oneline.First(err.Error()))
	}
	result, err := exec.Call1([][]float32{{1, 2}, {3, 4}}, [][]float32{{1, 0}, {0, -1}})
	if err != nil {
		return fmt.Errorf("engine %s fails in a small graph: %s", e.Kind, oneline.First(err.Error()))
	}
	want := [][]float32{{0.7615942, -0.9640276}, {0.9950548, -0.9993293}}
	got, ok := result.Value().([][]float32)
	if !ok || len(got) != len(want) {
		return fmt.Errorf("engine %s gives %s in a small graph, want a 2x2 matrix", e.Kind, result.Shape())
	}
	for i, row := range want {
		for j := range row {
			if difference := got[i][j] - row[j]; difference > 1e-5 || difference < -1e-5 {
				return fmt.Errorf("engine %s gives %v in a small graph, want %v", e.Kind, got, want)
			}
		}
	}
	return nil
}
