package network_test

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"owlm/lmkit/backend"
	"owlm/lmkit/network"
	"owlm/lmkit/rnn"
)

// This program predicts every token of two rows of four tokens. In a zero model all 10 tokens are equally likely.
func ExampleNetwork() {
	config := network.Config{Cell: rnn.GRU, VocabularySize: 10, EmbeddingSize: 4, HiddenSize: 8, Layers: 1}
	store := model.NewStore()
	for _, w := range config.Weights() {
		zeros := tensors.FromFlatDataAndDimensions(make([]float32, w.Size()), w.Shape...)
		if _, err := store.CreateVariable(network.VariablePath(w.Name), zeros); err != nil {
			fmt.Println(err)
			return
		}
	}
	losses := func(scope *model.Scope, inputs []*graph.Node) []*graph.Node {
		tokens, targets := inputs[0], inputs[1] // [T,B], [T*B]
		n := network.Network{Config: config, Scope: scope, Graph: tokens.Graph()}
		hidden, _ := n.Hidden(tokens, nil, network.Dropouts{})
		return []*graph.Node{network.CrossEntropy(n.Logits(network.EveryStep(hidden)), targets)}
	}
	engine, err := backend.Open(backend.Go)
	if err != nil {
		fmt.Println(err)
		return
	}
	program, err := network.NewProgram(engine, store, "losses", losses, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer program.Close()
	tokens, targets := []int32{3, 1, 4, 1, 5, 9, 2, 6}, []int32{4, 1, 5, 9, 2, 6, 5, 3}
	outputs, err := program.Run(network.BatchInputs(tokens, targets, nil, 4, 2)[:2])
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.4f\n", tensors.MustCopyFlatData[float32](outputs[0]))
	// Output: [2.3026 2.3026 2.3026 2.3026 2.3026 2.3026 2.3026 2.3026]
}
