package rnn_test

import (
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"owlm/lmkit/backend"
	"owlm/lmkit/rnn"
)

// TestMisuse checks that wrong sizes, incomplete states and unknown names are refused.
func TestMisuse(t *testing.T) {
	engine, err := backend.Open(backend.Go)
	if err != nil {
		t.Fatal(err)
	}
	_, err = graph.CallOnce(engine.Backend, func(x, w *graph.Node) *graph.Node {
		weights := rnn.Weights{InputHidden: w, HiddenHidden: w, InputBias: w, HiddenBias: w}
		outputs, _ := rnn.Layer(rnn.Options{}, weights, x, rnn.State{})
		return outputs
	}, [][][]float32{{{1, 2}}}, [][]float32{{1, 2, 3}})
	if err == nil {
		t.Error("inputs of the wrong size are accepted")
	}
	_, err = graph.CallOnce(engine.Backend, func(x, w *graph.Node) *graph.Node {
		bias := graph.Squeeze(graph.Slice(w, graph.AxisRange(), graph.AxisElem(0)), 1)
		weights := rnn.Weights{HiddenHidden: w, HiddenBias: bias}
		hidden := graph.Squeeze(graph.Slice(x, graph.AxisRange(), graph.AxisRange(), graph.AxisElem(0)), 0)
		outputs, _ := rnn.Scan(rnn.Options{Cell: rnn.LSTM}, weights, x, rnn.State{Hidden: hidden})
		return outputs
	}, [][][]float32{{{1, 2, 3, 4}}}, [][]float32{{1}, {2}, {3}, {4}})
	if err == nil || !strings.Contains(err.Error(), "cell state") {
		t.Errorf("an LSTM's state without a cell state: %v", err)
	}
	_, err = graph.CallOnce(engine.Backend, func(x, weight, bias *graph.Node) *graph.Node {
		weights := rnn.Weights{HiddenHidden: weight, HiddenBias: bias}
		outputs, _ := rnn.Scan(rnn.Options{Cell: rnn.GRU}, weights, x, rnn.State{})
		return outputs
	}, [][][]float32{{{1, 2, 3, 4}}, {{1, 2, 3, 4}}}, [][]float32{{1}, {2}, {3}, {4}}, []float32{1, 2, 3, 4})
	if err == nil {
		t.Error("the weights of an LSTM are accepted for a GRU")
	}
	if _, err := rnn.ParseCell("lsmt"); err == nil {
		t.Error("lsmt is accepted")
	}
	_, err = model.CallOnceN(engine.Backend, model.NewStore(), func(scope *model.Scope, g *graph.Graph) []*graph.Node {
		rnn.NewWeights(scope.At("layer"), g, rnn.Options{}, 2, 3)
		return []*graph.Node{rnn.NewWeights(scope.At("layer"), g, rnn.Options{}, 2, 4).InputHidden}
	})
	if err == nil || !strings.Contains(err.Error(), "weight_ih") {
		t.Errorf("weights of another size than those that are there: %v", err)
	}
}
