package train_test

import (
	"context"
	"fmt"
	"os"

	"owlm/lmkit"
	"owlm/lmkit/corpora"
	"owlm/lmkit/train"
)

// The same program in PyTorch is testdata/torch_side.py; docs/pytorch.md shows them side by side.
func Example_pyTorch() {
	model, err := train.Run(context.Background(), corpora.Owl, train.Config{
		From:      "testdata/torch_training/start-gru",
		Objective: train.Windows{Length: 5}, InOrder: true, BatchSize: 16, Epochs: 100,
		LearningRate: 0.01, Clip: 1, Backend: "go",
		Hooks: []train.Hook{train.LogEvery(20, os.Stdout)},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for token, err := range model.Generate(context.Background(), "once upon a time ,", lmkit.GenerateConfig{Length: 10}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Print(token, " ")
	}
	// Output:
	// Epoch [20/100], Loss: 1.8878
	// Epoch [40/100], Loss: 0.4951
	// Epoch [60/100], Loss: 0.1587
	// Epoch [80/100], Loss: 0.0808
	// Epoch [100/100], Loss: 0.0513
	// in a land far away , there lived a wise
}
