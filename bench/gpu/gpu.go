// Package gpu measures training on a GPU, for lmkit bench --gpu: lmkit beside PyTorch, with cuDNN and without.
package gpu

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"slices"
	"strings"

	"owlm/bench"
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

// Workloads returns what is measured: LSTMs, from one that is too small for a GPU to one that fills it. Those of W3
// with other batches show what a step costs that does not depend on the batch.
func Workloads() []bench.Workload {
	list := []bench.Workload{
		{Name: "W1", Vocabulary: 33, Embedding: 128, Hidden: 256, Layers: 2, Batch: 16, Sequence: 5},
		{Name: "W2", Vocabulary: 10000, Embedding: 650, Hidden: 650, Layers: 2, Batch: 20, Sequence: 35},
		{Name: "W3, batch 4", Vocabulary: 96, Embedding: 128, Hidden: 512, Layers: 2, Batch: 4, Sequence: 128},
		{Name: "W3", Vocabulary: 96, Embedding: 128, Hidden: 512, Layers: 2, Batch: 64, Sequence: 128},
		{Name: "W3, batch 1024", Vocabulary: 96, Embedding: 128, Hidden: 512, Layers: 2, Batch: 1024, Sequence: 128},
		{Name: "2 x 1500", Vocabulary: 10000, Embedding: 1500, Hidden: 1500, Layers: 2, Batch: 64, Sequence: 35},
		{Name: "1 x 2048", Vocabulary: 96, Embedding: 512, Hidden: 2048, Layers: 1, Batch: 256, Sequence: 256},
	}
	for i := range list {
		w := &list[i]
		w.Kind, w.Cell, w.EveryStep, w.Warm, w.Seconds, w.Least = bench.Train, "lstm", true, 5, 3, 5
	}
	return list
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

// Report is the result of Run, and the content of gpu.json.
type Report struct {
	Device   string            `json:"device"`
	Versions map[string]string `json:"versions"`
	Torch    string            `json:"torch"`
	Command  string            `json:"command"`
	// Parity is the largest relative difference of the losses of 50 steps from those of the Go engine, by cell.
	Parity map[string]float64 `json:"parity"`
	Rows   []Row              `json:"rows"`
}

// Options configure Run.
type Options struct {
	Program   string           // that of lmkit, which has the verb measure
	Python    string           // an interpreter with PyTorch for CUDA
	Engine    string           // that of lmkit
	Workloads []bench.Workload // nil stands for Workloads()
	// Save, if not nil, receives the report after each measurement, as far as it has come.
	Save func(r *Report) error
	Log  io.Writer // receives a line for each measurement
}

// Run compares the losses of 50 steps with the Go engine's, and measures lmkit and PyTorch on all workloads. A
// measurement that fails is a row that says why.
func Run(ctx context.Context, o Options) (*Report, error) {
	e, err := backend.Open(o.Engine)
	if err != nil {
		return nil, err
	}
	if err := e.Try(); err != nil {
		return nil, err
	}
	fmt.Fprintln(o.Log, e)
	r := &Report{Device: e.String(), Versions: lmkit.Versions(), Command: "lmkit bench --gpu --out bench/results",
		Parity: map[string]float64{}}
	for _, cell := range []rnn.Cell{rnn.RNN, rnn.LSTM, rnn.GRU} {
		difference, err := parity(ctx, o.Engine, cell)
		if err != nil {
			return nil, fmt.Errorf("losses of the %v: %w", cell, err)
		}
		fmt.Fprintf(o.Log, "%v: losses of 50 steps within %.1e of the Go engine's\n", cell, difference)
		r.Parity[cell.String()] = difference
	}
	if o.Workloads == nil {
		o.Workloads = Workloads()
	}
	for _, w := range o.Workloads {
		for _, system := range []string{lstm, cudnn, cells} {
			row := o.measure(ctx, w, system, r)
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			fmt.Fprintf(o.Log, "%-20s  %-17s  %s\n", row.Workload, row.System, row.step())
			r.Rows = append(r.Rows, row)
			if o.Save != nil {
				if err := o.Save(r); err != nil {
					return nil, err
				}
			}
		}
	}
	return r, nil
}

// step says how long a step took, or why that is not known.
func (r Row) step() string {
	if r.Failed != "" {
		return "failed: " + r.Failed
	}
	return fmt.Sprintf("%.1f ms", 1000*r.Step)
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
func (o Options) measure(ctx context.Context, w bench.Workload, system string, r *Report) Row {
	row := Row{Workload: w.Name, System: system}
	workload, err := json.Marshal(w)
	if err != nil {
		row.Failed = err.Error()
		return row
	}
	command := exec.CommandContext(ctx, o.Python, "-c", script, string(workload), map[string]string{
		cudnn: "cudnn", cells: "cells"}[system])
	if system == lstm {
		command = exec.CommandContext(ctx, o.Program, "measure", o.Engine, string(workload))
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

// Table returns the report in Markdown.
func (r *Report) Table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Training steps of LSTMs in float32, without tf32, measured by `%s` on %s; %s. Medians of the "+
		"steps of three seconds. W1 predicts at every step here, unlike bench's.\n\n", r.Command, r.Device, r.Torch)
	b.WriteString("| workload | system | a step | fastest to slowest | tokens/s | share of cuDNN's | first step |\n" +
		"|---|---|---:|---|---:|---:|---:|\n")
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
		fmt.Fprintf(&b, "| %s | %s | %.1f ms | %.1f to %.1f ms | %.0f | %s | %.1f s |\n", row.Workload, row.System,
			1000*row.Step, 1000*row.Fastest, 1000*row.Slowest, row.Tokens, share, row.First)
	}
	b.WriteString("\nThe losses of 50 steps differ from the Go engine's by at most ")
	for i, cell := range []string{"rnn", "lstm", "gru"} {
		fmt.Fprintf(&b, "%s%.1e (%s)", []string{"", ", ", " and "}[i], r.Parity[cell], cell)
	}
	b.WriteString(", relative.\n")
	return b.String()
}
