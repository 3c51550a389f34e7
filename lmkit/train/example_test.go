package train_test

import (
	"context"
	"fmt"
	"slices"

	"owlm/lmkit"
	"owlm/lmkit/backend"
	"owlm/lmkit/corpora"
	"owlm/lmkit/rnn"
	"owlm/lmkit/text"
	"owlm/lmkit/train"
)

func ExampleRun() {
	model, err := train.Run(context.Background(), corpora.Owl, train.Config{
		Model:     lmkit.Config{Cell: rnn.RNN, EmbeddingSize: 16, HiddenSize: 32, Layers: 1},
		Objective: train.Stream{Length: 8}, BatchSize: 2, Epochs: 60, LearningRate: 0.01, Backend: "go",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for token := range model.Generate(context.Background(), "Once upon a", lmkit.GenerateConfig{Length: 5}) {
		fmt.Println(token)
	}
	// Output:
	// time
	// ,
	// in
	// a
	// land
}

// HookFunc ends this run as soon as the loss is low enough.
func ExampleHookFunc() {
	_, err := train.Run(context.Background(), corpora.Owl, train.Config{
		Model:     lmkit.Config{Cell: rnn.GRU, EmbeddingSize: 16, HiddenSize: 32, Layers: 1},
		Objective: train.Windows{Length: 5}, BatchSize: 8, Epochs: 1000, LearningRate: 0.01, Backend: "go",
		Hooks: []train.Hook{train.HookFunc(func(r train.Record) error {
			if r.Kind == "epoch" && r.Loss < 1 {
				fmt.Println("the loss is below 1 nat")
				return train.ErrStop
			}
			return nil
		})},
	})
	fmt.Println(err)
	// Output:
	// the loss is below 1 nat
	// <nil>
}

// Stepper is for a training loop of your own.
func ExampleStepper() {
	words := text.Words{Lowercase: true}
	tokens := words.Tokenize(corpora.OwlText)
	vocabulary, err := text.NewVocabulary(tokens, text.VocabularyOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	ids, err := vocabulary.Encode(tokens)
	if err != nil {
		fmt.Println(err)
		return
	}
	engine, err := backend.Open("go")
	if err != nil {
		fmt.Println(err)
		return
	}
	config := lmkit.Config{Cell: rnn.GRU, EmbeddingSize: 8, HiddenSize: 12, Layers: 2, Context: 5}
	model, err := lmkit.New(engine, config, words, vocabulary, 3)
	if err != nil {
		fmt.Println(err)
		return
	}
	stepper, err := train.NewStepper(model, train.StepConfig{
		Objective: train.Windows{Length: 5}, BatchSize: 16, LearningRate: 0.01,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	windows := text.Windows(ids, 5, 1)
	for epoch := range 3 {
		sum := 0.0
		for batch := range slices.Chunk(windows, 16) {
			step, err := stepper.Windows(batch)
			if err != nil {
				fmt.Println(err)
				return
			}
			sum += step.Loss * float64(len(batch))
		}
		fmt.Printf("epoch %d: loss %.2f\n", epoch+1, sum/float64(len(windows)))
	}
	// Output:
	// epoch 1: loss 3.45
	// epoch 2: loss 3.35
	// epoch 3: loss 3.27
}

func ExampleFindRecipe() {
	recipe, err := train.FindRecipe("zaremba-small")
	if err != nil {
		fmt.Println(err)
		return
	}
	c := recipe.Config
	fmt.Println(c.Model.Cell, c.Model.Layers, c.Model.HiddenSize, c.BatchSize, c.Objective, c.Epochs, c.Vocabulary.Size)
	schedule := c.ScheduleOptions
	fmt.Println(c.Optimizer, c.LearningRate, c.Clip, c.Initial.Range, schedule.ConstantEpochs, schedule.Divisor)
	// Output:
	// lstm 2 200 20 {20} 13 10000
	// sgd 20 0.25 0.1 4 2
}
