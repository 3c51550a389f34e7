package rnn_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"owlm/internal/enginetest"
	"owlm/lmkit/backend"
	"owlm/lmkit/rnn"
)

// TestNewWeights checks the names, shapes and distribution of new variables, and that a second program reuses them.
func TestNewWeights(t *testing.T) {
	const inputs, hidden = 50, 16
	for _, name := range enginetest.Names(t) {
		engine, err := backend.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range recurrences {
			t.Run(fmt.Sprintf("%s/%v/%v", name, o.Cell, o.ResetBefore), func(t *testing.T) {
				store := model.NewStore()
				store.SetParam(model.ParamInitialSeed, int64(1))
				values := weightValues(t, engine, store, o, inputs, hidden)
				rows := o.Cell.Gates() * hidden
				for i, want := range []string{
					fmt.Sprintf("/layer/weight_ih [%d %d]", rows, inputs),
					fmt.Sprintf("/layer/weight_hh [%d %d]", rows, hidden),
					fmt.Sprintf("/layer/bias_ih [%d]", rows),
					fmt.Sprintf("/layer/bias_hh [%d]", rows),
				} {
					path, _, _ := strings.Cut(want, " ")
					variable := store.GetVariable(path)
					if variable == nil || !variable.Trainable {
						t.Fatalf("there is no trainable variable %s", path)
					}
					if got := fmt.Sprint(path, " ", variable.Shape().Dimensions); got != want {
						t.Errorf("variable %s, want %s", got, want)
					}
					checkUniform(t, path, values[i], 1/math.Sqrt(hidden))
				}
				for i, again := range weightValues(t, engine, store, o, inputs, hidden) {
					if !slices.Equal(again, values[i]) {
						t.Errorf("a second program changes weight %d", i)
					}
				}
			})
		}
	}
}

// weightValues runs a program that makes the weights of a layer, and returns their values in PyTorch's order.
func weightValues(
	t *testing.T, engine *backend.Engine, store *model.Store, o rnn.Options, inputs, hidden int,
) (values [][]float32) {
	results, err := model.CallOnceN(engine.Backend, store, func(scope *model.Scope, g *graph.Graph) []*graph.Node {
		w := rnn.NewWeights(scope.In("layer"), g, o, inputs, hidden)
		return []*graph.Node{w.InputHidden, w.HiddenHidden, w.InputBias, w.HiddenBias}
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, result := range results {
		values = append(values, tensors.MustCopyFlatData[float32](result))
	}
	return values
}

// checkUniform checks that values are as large as those drawn from U(-bound, bound).
func checkUniform(t *testing.T, name string, values []float32, bound float64) {
	t.Helper()
	sum, squares := 0.0, 0.0
	for _, value := range values {
		v := float64(value) / bound
		if math.Abs(v) > 1 {
			t.Fatalf("%s has the value %v, beyond ±%v", name, value, bound)
		}
		sum, squares = sum+v, squares+v*v
	}
	// The mean is 0 with a variance of 1/3, and that of the squares 1/3 with a variance of 4/45.
	n := float64(len(values))
	if limit := 4 * math.Sqrt(1/(3*n)); math.Abs(sum/n) > limit {
		t.Errorf("%s has the mean %.3f·bound; it should be 0±%.3f", name, sum/n, limit)
	}
	if limit := 4 * math.Sqrt(4/(45*n)); math.Abs(squares/n-1./3) > limit {
		t.Errorf("%s has the mean square %.3f·bound²; it should be 1/3±%.3f", name, squares/n, limit)
	}
}
