// Command gpu measures training on a GPU: lmkit beside PyTorch, with cuDNN and without. It first compares the losses of
// 50 training steps with those of the Go engine.
//
//	LMKIT_CUDA_PLUGIN=.../jax_plugins/xla_cuda13/xla_cuda_plugin.so go run ./bench/gpu --out bench/results
//
// It takes about four minutes and writes gpu.json and gpu.md. A step that fails is reported and left out. --python is an
// interpreter with PyTorch for CUDA.
package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"

	"owlm/bench"
	"owlm/internal/files"
	"owlm/internal/oneline"
	"owlm/lmkit"
	"owlm/lmkit/backend"
	"owlm/lmkit/corpora"
	"owlm/lmkit/rnn"
	"owlm/lmkit/text"
	"owlm/lmkit/train"
)

//go:embed torch_gpu.py
var script string

// workloads are LSTMs, from one that a processor can train to one that fills a GPU.
var workloads = []bench.Workload{
	{Name: "W2", Vocabulary: 10000, Embedding: 650, Hidden: 650, Layers: 2, Batch: 20, Sequence: 35},
	{Name: "W3", Vocabulary: 96, Embedding: 128, Hidden: 512, Layers: 2, Batch: 64, Sequence: 128},
	{Name: "2 x 1500", Vocabulary: 10000, Embedding: 1500, Hidden: 1500, Layers: 2, Batch: 64, Sequence: 35},
	{Name: "1 x 2048", Vocabulary: 96, Embedding: 512, Hidden: 2048, Layers: 1, Batch: 256, Sequence: 256},
}

// The systems that are measured.
const lstm, cudnn, cells = "lmkit", "PyTorch, cuDNN", "PyTorch, no cuDNN"

// Row is a system on a workload. Step and First are in seconds, Memory in bytes; lmkit's is not measured.
type Row struct {
	Workload string  `json:"workload"`
	System   string  `json:"system"`
	Step     float64 `json:"step"` // the median
	Fastest  float64 `json:"fastest"`
	Slowest  float64 `json:"slowest"`
	Tokens   float64 `json:"tokens"` // a second
	First    float64 `json:"first"`
	Memory   int64   `json:"memory,omitempty"`
	Failed   string  `json:"failed,omitempty"`
}

// Report is the content of gpu.json.
type Report struct {
	Device   string            `json:"device"`
	Versions map[string]string `json:"versions"`
	Torch    string            `json:"torch"`
	Command  string            `json:"command"`
	// Parity is the largest relative difference of the losses of 50 steps from those of the Go engine, by cell.
	Parity map[string]float64 `json:"parity"`
	Rows   []Row              `json:"rows"`
}

func main() {
	out := flag.String("out", "bench/results", "`directory` for gpu.json and gpu.md")
	python := flag.String("python", "python3", "Python `interpreter` with PyTorch for CUDA")
	engine := flag.String("engine", backend.XLACUDA, "`engine` to measure; xla:cpu tries the command itself")
	one := flag.String("one", "", "measure one workload and print it; for the command itself")
	small := flag.Bool("small", false, "shrink the workloads, to try the command")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *out, *python, *engine, *one, *small); err != nil {
		fmt.Fprintln(os.Stderr, "gpu:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out, python, engine, one string, small bool) error {
	if one != "" {
		var w bench.Workload
		if err := json.Unmarshal([]byte(one), &w); err != nil {
			return err
		}
		m, err := bench.Measure(ctx, w, engine)
		if err != nil {
			return err
		}
		return json.NewEncoder(os.Stdout).Encode(m)
	}
	e, err := backend.Open(engine)
	if err != nil {
		return err
	}
	if err := e.Try(); err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, e)
	r := Report{Device: e.String(), Versions: lmkit.Versions(), Command: "go run ./bench/gpu --out bench/results",
		Parity: map[string]float64{}}
	for _, cell := range []rnn.Cell{rnn.RNN, rnn.LSTM, rnn.GRU} {
		difference, err := parity(ctx, engine, cell)
		if err != nil {
			return fmt.Errorf("parity, %v: %w", cell, err)
		}
		fmt.Fprintf(os.Stderr, "%v: losses of 50 steps within %.1e of the Go engine's\n", cell, difference)
		r.Parity[cell.String()] = difference
	}
	for _, w := range workloads {
		w.Kind, w.Cell, w.EveryStep = bench.Train, "lstm", true
		w.Warm, w.Seconds, w.Least = 5, 4, 5
		if small {
			w.Vocabulary, w.Embedding, w.Hidden, w.Batch, w.Seconds = 50, 16, 16, 4, 0.1
		}
		for _, system := range []string{lstm, cudnn, cells} {
			row := measure(ctx, w, system, python, engine, &r)
			fmt.Fprintf(os.Stderr, "%+v\n", row)
			r.Rows = append(r.Rows, row)
			if err := files.WriteJSON(filepath.Join(out, "gpu.json"), r); err != nil {
				return err
			}
		}
	}
	return os.WriteFile(filepath.Join(out, "gpu.md"), []byte(r.table()), 0o644)
}

// parity trains on an engine and on the Go engine from the same weights, and compares the losses of 50 steps.
func parity(ctx context.Context, engine string, cell rnn.Cell) (difference float64, err error) {
	var losses [2][]float64
	for i, name := range []string{backend.Go, engine} {
		_, err := train.Run(ctx, corpora.Owl, train.Config{
			Model:     lmkit.Config{Cell: cell, EmbeddingSize: 64, HiddenSize: 128, Layers: 2},
			Tokenizer: text.Characters{}, Objective: train.Stream{Length: 20}, BatchSize: 4, Steps: 50,
			LearningRate: 0.003, Seed: 1, Backend: name,
			Hooks: []train.Hook{train.HookFunc(func(r train.Record) error {
				if r.Kind == "step" {
					losses[i] = append(losses[i], r.Loss)
				}
				return nil
			})},
		})
		if err != nil {
			return 0, err
		}
	}
	if len(losses[0]) != 50 || len(losses[1]) != 50 {
		return 0, fmt.Errorf("%d and %d steps were made", len(losses[0]), len(losses[1]))
	}
	for i, want := range losses[0] {
		difference = max(difference, math.Abs(losses[1][i]-want)/want)
	}
	return difference, nil
}

// measure measures a system on a workload, in a process of its own.
func measure(ctx context.Context, w bench.Workload, system, python, engine string, r *Report) Row {
	row := Row{Workload: w.Name, System: system}
	workload, err := json.Marshal(w)
	if err != nil {
		row.Failed = err.Error()
		return row
	}
	command := exec.CommandContext(ctx, python, "-c", script, string(workload), map[string]string{
		cudnn: "cudnn", cells: "cells"}[system])
	if system == lstm {
		program, err := os.Executable()
		if err != nil {
			row.Failed = err.Error()
			return row
		}
		command = exec.CommandContext(ctx, program, "--engine", engine, "--one", string(workload))
		command.Env = backend.Tuned(os.Environ())
	}
	var errors strings.Builder
	command.Stderr = &errors
	output, err := command.Output()
	if err != nil {
		lines := strings.Split(strings.TrimSpace(errors.String()), "\n")
		row.Failed = fmt.Sprintf("%v: %s", err, oneline.First(lines[len(lines)-1]))
		return row
	}
	var m bench.Measurement
	if err := json.Unmarshal(output, &m); err != nil || len(m.Times) == 0 {
		row.Failed = fmt.Sprint("no measurement: ", err)
		return row
	}
	slices.Sort(m.Times)
	row.Step, row.Fastest, row.Slowest = m.Times[len(m.Times)/2], m.Times[0], m.Times[len(m.Times)-1]
	row.Tokens, row.First = float64(w.Batch*w.Sequence)/row.Step, m.First
	if system != lstm {
		row.Memory = m.Memory
		r.Torch, _, _ = strings.Cut(m.Version, ",")
	}
	return row
}

// table returns the report in Markdown.
func (r Report) table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Training steps of LSTMs in float32, without tf32, measured by `%s` on %s; %s. Medians of the steps of "+
		"four seconds.\n\n| workload | system | a step | fastest to slowest | tokens/s | share of cuDNN's | first step |\n"+
		"|---|---|---:|---|---:|---:|---:|\n", r.Command, r.Device, r.Torch)
	for _, row := range r.Rows {
		if row.Failed != "" {
			fmt.Fprintf(&b, "| %s | %s | failed: %s | | | | |\n", row.Workload, row.System, row.Failed)
			continue
		}
		i := slices.IndexFunc(r.Rows, func(x Row) bool { return x.Workload == row.Workload && x.System == cudnn })
		share := "-"
		if r.Rows[i].Step > 0 {
			share = fmt.Sprintf("%.2f", r.Rows[i].Step/row.Step)
		}
		fmt.Fprintf(&b, "| %s | %s | %.1f ms | %.1f to %.1f ms | %.0f | %s | %.1f s |\n", row.Workload, row.System, 1000*row.Step,
			1000*row.Fastest, 1000*row.Slowest, row.Tokens, share, row.First)
	}
	b.WriteString("\nThe losses of 50 steps differ from the Go engine's by at most ")
	for i, cell := range []string{"rnn", "lstm", "gru"} {
		fmt.Fprintf(&b, "%s%.1e (%s)", []string{"", ", ", " and "}[i], r.Parity[cell], cell)
	}
	b.WriteString(", relative.\n")
	return b.String()
}
