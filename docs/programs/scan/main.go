// Command scan puts a recurrent layer into a GoMLX model that is no language model: it shows a sequence whose first
// element says which of four classes it belongs to, and 11 elements of noise. To tell the class at the end, the layer
// must remember it.
package main

import (
	"fmt"
	"math/rand/v2"
	"os"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/loss"
	"github.com/gomlx/gomlx/ml/train/optimizer"

	"owlm/lmkit/backend"
	"owlm/lmkit/rnn"
)

const (
	steps, batch    = 12, 64 // T and B
	classes, hidden = 4, 32
)

// logits returns the logits [B,classes] of sequences x [T,B,classes].
func logits(scope *model.Scope, x *graph.Node) *graph.Node {
	g, options := x.Graph(), rnn.Options{Cell: rnn.GRU}
	weights := rnn.NewWeights(scope.In("gru"), g, options, classes, hidden)
	projected := rnn.Project(weights, x) // the inputs of all time steps in one product, [T,B,3H]
	_, final := rnn.Scan(options, weights, projected, rnn.State{})
	output := scope.VariableWithShape("output", shapes.Make(dtypes.Float32, classes, hidden)).NodeValue(g)
	return rnn.Linear(final.Hidden, output)
}

// step changes the weights once. It returns the share of sequences whose class was found, before that.
func step(scope *model.Scope, x, class *graph.Node) *graph.Node {
	found := logits(scope, x)
	l := graph.ReduceAllMean(loss.SparseCategoricalCrossEntropyLogits([]*graph.Node{class}, []*graph.Node{found}))
	optimizer.Adam().LearningRate(0.01).Done().UpdateGraph(scope, x.Graph(), l)
	right := graph.Equal(graph.ArgMax(found, -1, dtypes.Int32), graph.Squeeze(class, -1))
	return graph.ReduceAllMean(graph.ConvertDType(right, dtypes.Float32))
}

// sequences draws a batch: x [T,B,classes] and the classes [B,1].
func sequences(random *rand.Rand) (x, class *tensors.Tensor) {
	values, list := make([]float32, steps*batch*classes), make([]int32, batch)
	for i := range values {
		values[i] = 0.3 * float32(random.NormFloat64())
	}
	for row := range list {
		list[row] = int32(random.IntN(classes))
		for c := range classes {
			values[row*classes+c] = 0
		}
		values[row*classes+int(list[row])] = 1
	}
	return tensors.FromFlatDataAndDimensions(values, steps, batch, classes),
		tensors.FromFlatDataAndDimensions(list, batch, 1)
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	engine, err := backend.Open("auto")
	if err != nil {
		return err
	}
	store := model.NewStore()
	store.SetParam(model.ParamInitialSeed, int64(1))
	training, err := model.NewExec(engine.Backend, store, step)
	if err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(1, 2))
	for n := 1; n <= 300; n++ {
		x, class := sequences(random)
		right, err := training.Call1(x, class)
		if err != nil {
			return err
		}
		if n%100 == 0 {
			fmt.Printf("after %d steps: %.0f %% right\n", n, 100*tensors.ToScalar[float32](right))
		}
	}
	return nil
}
