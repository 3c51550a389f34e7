package rnn_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"owlm/internal/enginetest"
	"owlm/lmkit/backend"
	"owlm/lmkit/rnn"
)

// TestLinear compares Linear and its gradients with the product that GoMLX differentiates. The sizes lead to all the
// ways in which XLA gets the product.
func TestLinear(t *testing.T) {
	for _, name := range enginetest.Names(t) {
		engine, err := backend.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, size := range []struct{ rows, outputs, inputs int }{
			{1, 8, 7}, {3, 8, 7},
			{5, 256, 7}, {3, 8, 512}, // rows that are lengthened
			{3, 600, 256},                // and columns that are cut
			{600, 512, 7}, {600, 500, 7}, // too large for the cache
			{600, 8, 7}, {1100, 256, 300}, {600, 768, 520},
		} {
			t.Run(fmt.Sprintf("%s %v", name, size), func(t *testing.T) {
				random := rand.New(rand.NewPCG(1, 2))
				outputs, err := graph.CallOnceN(engine.Backend, func(x, weight, d *graph.Node) (all []*graph.Node) {
					plain := graph.DotGeneral(x, []int{1}, nil, weight, []int{1}, nil)
					for _, y := range []*graph.Node{rnn.Linear(x, weight), plain} {
						all = append(append(all, y), graph.Gradient(graph.ReduceAllSum(graph.Mul(y, d)), x, weight)...)
					}
					return all
				}, normal(random, 1, size.rows, size.inputs), normal(random, 1, size.outputs, size.inputs),
					normal(random, 1, size.rows, size.outputs))
				if err != nil {
					t.Fatal(err)
				}
				for i, what := range []string{"product", "gradient of x", "gradient of the weight"} {
					got := tensors.MustCopyFlatData[float32](outputs[i])
					want := tensors.MustCopyFlatData[float32](outputs[i+3])
					for k := range want {
						if math.Abs(float64(got[k]-want[k])) > 1e-4*(1+math.Abs(float64(want[k]))) {
							t.Fatalf("%s: value %d is %v, want %v", what, k, got[k], want[k])
						}
					}
				}
			})
		}
	}
}

// normal draws values around 0 with a standard deviation.
func normal(random *rand.Rand, deviation float64, dimensions ...int) *tensors.Tensor {
	values := make([]float32, shapes.Make(dtypes.Float32, dimensions...).Size())
	for i := range values {
		values[i] = float32(random.NormFloat64() * deviation)
	}
	return tensors.FromFlatDataAndDimensions(values, dimensions...)
}
