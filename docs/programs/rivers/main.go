// Command rivers trains a model on rows of its own, each a document that has nothing to do with the others, and stops
// when it has learned enough.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	"owlm/lmkit"
	"owlm/lmkit/rnn"
	"owlm/lmkit/text"
	"owlm/lmkit/train"
)

// rivers could as well come from a database.
var rivers = []string{
	"amazon", "amur", "congo", "danube", "elbe", "euphrates", "ganges", "indus", "lena", "loire", "mekong", "murray",
	"niger", "nile", "ob", "orinoco", "rhine", "rhone", "seine", "thames", "tigris", "vistula", "volga", "yangtze",
	"yenisei", "yukon", "zambezi",
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	// A hook sees the record of each step and each epoch. ErrStop ends the run as if that had been its last step.
	enough := train.HookFunc(func(r train.Record) error {
		if r.Kind == "epoch" && r.Loss < 0.6 {
			fmt.Printf("epoch %d: loss %.2f, that is enough\n", r.Epoch, r.Loss)
			return train.ErrStop
		}
		return nil
	})
	rows := make([]string, len(rivers))
	for i, river := range rivers {
		rows[i] = river + "." // so that the model learns where a name ends
	}
	model, err := train.Run(ctx, text.Apart("rivers", rows...), train.Config{
		Model:     lmkit.Config{Cell: rnn.GRU, EmbeddingSize: 16, HiddenSize: 64, Layers: 1},
		Tokenizer: text.Characters{},
		Objective: train.Stream{Length: 10}, BatchSize: 9, Epochs: 1000, LearningRate: 0.01,
		Hooks: []train.Hook{enough},
	})
	if err != nil {
		return err
	}
	defer model.Close()
	for seed := range uint64(5) {
		fmt.Print("m")
		c := lmkit.GenerateConfig{Length: 20, Temperature: 0.8, Stop: ".", Seed: seed}
		for token, err := range model.Generate(ctx, "m", c) {
			if err != nil {
				return err
			}
			fmt.Print(token.Text)
		}
		fmt.Println()
	}
	return nil
}
