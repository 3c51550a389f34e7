// Command tutorial times the tutorial's training, 100 epochs and compilation included, on every engine and in PyTorch,
// one after the other in several rounds:
//
//	GOEXPERIMENT=simd go run ./bench/tutorial -python PYTHON_WITH_TORCH
//
// It prints a table of medians, spreads and ratios. Each measurement is a process of its own.
package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"time"

	"owlm/lmkit"
	"owlm/lmkit/backend"
	"owlm/lmkit/rnn"
	"owlm/lmkit/text"
)

//go:embed tutorial.py
var script string

// result is what one process prints.
type result struct {
	Seconds float64 `json:"seconds"`
	Loss    float64 `json:"loss"`
}

func main() {
	python := flag.String("python", "python3", "Python with PyTorch; without PyTorch only the engines are timed")
	cell := flag.String("cell", "lstm", "rnn, lstm or gru")
	rounds := flag.Int("rounds", 3, "how often each is timed")
	engine := flag.String("engine", "", "time this engine once and print JSON")
	flag.Parse()
	if err := run(*python, *cell, *engine, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, "tutorial:", err)
		os.Exit(1)
	}
}

func run(python, cell, engine string, rounds int) error {
	if engine != "" {
		r, err := train(cell, engine)
		if err != nil {
			return err
		}
		return json.NewEncoder(os.Stdout).Encode(r)
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	names := []string{"PyTorch", backend.XLACPU, backend.Go}
	commands := map[string][]string{"PyTorch": {python, "-c", script, cell}}
	for _, name := range names[1:] {
		commands[name] = []string{self, "-cell", cell, "-engine", name}
	}
	results := make(map[string][]result)
	for range rounds {
		for _, name := range names {
			r, err := measure(commands[name])
			if err != nil {
				fmt.Fprintf(os.Stderr, "%s is left out: %v\n", name, err)
				continue
			}
			results[name] = append(results[name], r)
		}
	}
	report(names, results)
	return nil
}

// train is the tutorial's training, timed from the making of the model to the end of the last epoch.
func train(cell, engine string) (result, error) {
	kind, err := rnn.ParseCell(cell)
	if err != nil {
		return result{}, err
	}
	if _, err := backend.Open(engine); err != nil {
		return result{}, err
	}
	loss := &last{}
	start := time.Now()
	_, err = lmkit.Train(context.Background(), text.Owl, lmkit.TrainConfig{
		Model:     lmkit.Config{Cell: kind, EmbeddingSize: 128, HiddenSize: 256, Layers: 2},
		Objective: lmkit.Windows{Length: 5}, BatchSize: 16, Epochs: 100, LearningRate: 0.003, Backend: engine, Hooks: []lmkit.Hook{loss},
	})
	return result{time.Since(start).Seconds(), loss.loss}, err
}

// last is a hook that keeps the last epoch's loss.
type last struct{ loss float64 }

func (*last) Start(string, int, int)         {}
func (*last) Step(int, float64)              {}
func (l *last) Epoch(_ int, loss, _ float64) { l.loss = loss }
func (*last) End(error)                      {}

func measure(command []string) (r result, err error) {
	output, err := exec.Command(command[0], command[1:]...).Output()
	if err != nil {
		return r, err
	}
	return r, json.Unmarshal(output, &r)
}

// report prints a row for each; ratios are of medians, to PyTorch's.
func report(names []string, results map[string][]result) {
	fmt.Println("| | median | fastest to slowest | to PyTorch | last loss |\n|---|---|---|---|---|")
	reference := 0.0
	for _, name := range names {
		list := results[name]
		if len(list) == 0 {
			continue
		}
		slices.SortFunc(list, func(a, b result) int {
			if a.Seconds < b.Seconds {
				return -1
			}
			return 1
		})
		median := list[len(list)/2]
		if name == "PyTorch" {
			reference = median.Seconds
		}
		ratio := "-"
		if reference > 0 {
			ratio = fmt.Sprintf("%.2f", median.Seconds/reference)
		}
		fmt.Printf("| %s | %.2f s | %.2f to %.2f s | %s | %.4f |\n", name, median.Seconds, list[0].Seconds, list[len(list)-1].Seconds, ratio, median.Loss)
	}
}
