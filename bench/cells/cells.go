// Package cells measures how soon a cell of a notebook answers: lmkit bench --cells. It edits cells through the kernel,
// as Jupyter does, and compares the kernel "Go (lmkit)" with GoNB as it comes.
package cells

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"owlm/internal/oneline"
)

//go:embed cells.py
var script string

// Options configure Run.
type Options struct {
	Python string // the interpreter with jupyter_client
	Kernel []byte // kernel.json of the kernel "Go (lmkit)"
	// Rounds is the number of times that each kernel is started for each kind of cell, in turn. Edits is the number of
	// edits in each.
	Rounds, Edits int
	Log           io.Writer // receives a line for each kernel that was measured
}

// Row is what was measured of a kind of cell in a kernel. Times are in seconds.
type Row struct {
	Kernel string `json:"kernel"`
	Cell   string `json:"cell"`
	// Start is the time until a fresh kernel is ready, and First that until its first cell has answered. Both are
	// medians over the rounds, the second includes the first.
	Start float64 `json:"start"`
	First float64 `json:"first"`
	// Edits are the times from asking for an edited cell to its first output, in order of size.
	Edits []float64 `json:"edits"`
	// Steps are medians of parts of these times, of the kernel "Go (lmkit)": until the build begins (GoNB and
	// goimports), compiling, linking, and until the output (starting the program).
	Steps []float64 `json:"steps,omitempty"`
}

// Median returns the median of the edits' times.
func (r Row) Median() float64 { return median(r.Edits) }

// Report is the result of Run.
type Report struct {
	Device string `json:"device"`
	Rounds int    `json:"rounds"`
	Rows   []Row  `json:"rows"`
}

// kernelNames are the names of the kernels, in the order of the table.
var kernelNames = []string{"GoNB as it comes", "GoNB, quick linking", "Go (lmkit)",
	"Go (lmkit), temporary files in memory"}

// kinds are the kinds of cells, each with a cell of imports and functions, and one that is edited.
var kinds = []kind{
	{"text", "%noautoget\nimport (\n\t\"fmt\"\n\n\t\"owlm/lmkit/text\"\n)",
		"fmt.Println(len(text.Words{}.Tokenize(\"Number EDIT.\")))"},
	{"lmkit", notebook7, "fmt.Println(EDIT)\nif len(os.Args) > 9 {\n\ttrainCell(rnn.LSTM, plots.LiveLoss())\n\t" +
		"fmt.Println(rundir.ReadReceipt(\"\"))\n\tfmt.Println(slices.Max([]int{1}), rand.Int())\n}"},
	{"engine", notebook7, "fmt.Println(EDIT, notebook.Must(backend.Open(\"auto\")).Kind)\nif len(os.Args) > 9 {\n\t" +
		"trainCell(rnn.LSTM, plots.LiveLoss())\n}"},
}

type kind struct {
	Name    string `json:"name"`
	Imports string `json:"imports"`
	Body    string `json:"body"`
}

// notebook7 has the imports of notebook 07 and its function that trains.
const notebook7 = `%noautoget
import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"

	"owlm/lmkit"
	"owlm/lmkit/backend"
	"owlm/lmkit/corpora"
	"owlm/lmkit/rnn"
	"owlm/lmkit/rundir"
	"owlm/lmkit/text"
	"owlm/lmkit/train"
	"owlm/notebook"
	"owlm/plots"
)

func trainCell(cell rnn.Cell, hooks ...train.Hook) {
	notebook.Must(train.Run(notebook.Context(), corpora.Owl, train.Config{
		Model:     lmkit.Config{Cell: cell, EmbeddingSize: 128, HiddenSize: 256, Layers: 2},
		Tokenizer: text.Words{Lowercase: true},
		Objective: train.Windows{Length: 5}, BatchSize: 16, Epochs: 100, LearningRate: 0.003, Hooks: hooks,
	}))
}`

// kernels returns the kernel.json of each kernel.
func kernels(own []byte) (map[string][]byte, error) {
	var spec struct {
		Argv        []string          `json:"argv"`
		DisplayName string            `json:"display_name"`
		Language    string            `json:"language"`
		Interrupt   string            `json:"interrupt_mode"`
		Env         map[string]string `json:"env"`
	}
	if err := json.Unmarshal(own, &spec); err != nil || len(spec.Argv) != 4 {
		return nil, errors.New("the kernel is not lmkit's")
	}
	list := map[string][]byte{kernelNames[2]: own}
	add := func(name string, argv []string, change func(env map[string]string)) error {
		other := spec
		if argv != nil {
			other.Argv = argv
		}
		other.Env = map[string]string{}
		for key, value := range spec.Env {
			other.Env[key] = value
		}
		change(other.Env)
		data, err := json.Marshal(other)
		list[name] = data
		return err
	}
	gonb := []string{spec.Argv[2], "--kernel", spec.Argv[1], "-go_work=" + spec.Argv[3], "-raw_error"}
	err := errors.Join(
		add(kernelNames[0], gonb, func(env map[string]string) { delete(env, "GOFLAGS") }),
		add(kernelNames[1], gonb, func(map[string]string) {}))
	if info, statErr := os.Stat("/dev/shm"); statErr == nil && info.IsDir() && runtime.GOOS == "linux" {
		err = errors.Join(err, add(kernelNames[3], nil, func(env map[string]string) { env["TMPDIR"] = "/dev/shm" }))
	}
	return list, err
}

// Run measures each kind of cell in each kernel.
func Run(ctx context.Context, o Options, device string) (*Report, error) {
	dir, err := os.MkdirTemp("", "lmkit-cells-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	specs, err := kernels(o.Kernel)
	if err != nil {
		return nil, err
	}
	var names, titles []string
	for i, title := range kernelNames {
		spec, ok := specs[title]
		if !ok {
			continue
		}
		name := fmt.Sprintf("kernel%d", i)
		names, titles = append(names, name), append(titles, title)
		path := filepath.Join(dir, "kernels", name)
		if err := os.MkdirAll(path, 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(path, "kernel.json"), spec, 0o644); err != nil {
			return nil, err
		}
	}
	job, err := json.Marshal(map[string]any{"kernels": filepath.Join(dir, "kernels"), "names": names, "cells": kinds,
		"rounds": o.Rounds, "edits": o.Edits, "log": filepath.Join(dir, "log")})
	if err != nil {
		return nil, err
	}
	c := exec.CommandContext(ctx, o.Python, "-c", script, string(job))
	c.Dir = dir
	var complaints strings.Builder
	c.Stderr = &complaints
	c.Env = append(os.Environ(), "TMPDIR="+dir, "JUPYTER_PLATFORM_DIRS=1", "PYTHONWARNINGS=ignore",
		"JUPYTER_RUNTIME_DIR="+filepath.Join(dir, "runtime"))
	output, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.Start(); err != nil {
		return nil, err
	}
	type key struct{ kernel, cell string }
	measured := map[key][]Row{}
	for lines := bufio.NewScanner(output); lines.Scan(); {
		var m struct {
			Row
			Steps [][]float64 `json:"steps"`
		}
		if err := json.Unmarshal(lines.Bytes(), &m); err != nil {
			continue
		}
		m.Kernel = titles[slices.Index(names, m.Kernel)]
		m.Row.Steps = medians(m.Steps)
		fmt.Fprintf(o.Log, "%s, %s: median %.2f s\n", m.Kernel, m.Cell, m.Median())
		at := key{m.Kernel, m.Cell}
		measured[at] = append(measured[at], m.Row)
	}
	if err := c.Wait(); err != nil {
		return nil, errors.Join(ctx.Err(), fmt.Errorf("the cells could not be measured: %s",
			oneline.First(complaints.String())))
	}
	report := &Report{Device: device, Rounds: o.Rounds}
	for _, k := range kinds {
		for _, title := range titles {
			report.Rows = append(report.Rows, merge(measured[key{title, k.Name}]))
		}
	}
	return report, nil
}

// merge returns one row for the rounds of a kind of cell in a kernel.
func merge(rounds []Row) Row {
	row := rounds[0]
	var starts, firsts []float64
	var steps [][]float64
	row.Edits = nil
	for _, r := range rounds {
		starts, firsts, row.Edits = append(starts, r.Start), append(firsts, r.First), append(row.Edits, r.Edits...)
		if r.Steps != nil {
			steps = append(steps, r.Steps)
		}
	}
	slices.Sort(row.Edits)
	row.Start, row.First, row.Steps = median(starts), median(firsts), medians(steps)
	return row
}

// medians returns the median of each column, or nil if there are no rows.
func medians(rows [][]float64) []float64 {
	if len(rows) == 0 {
		return nil
	}
	result := make([]float64, len(rows[0]))
	for i := range result {
		var column []float64
		for _, row := range rows {
			column = append(column, row[i])
		}
		result[i] = median(column)
	}
	return result
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

// WriteTable writes the report as a Markdown table.
func (r *Report) WriteTable(w io.Writer) error {
	var b strings.Builder
	b.WriteString("| cell | kernel | edit, median | fastest to slowest | first cell of a fresh kernel | " +
		"GoNB, goimports | compile | link | start |\n|---|---|---:|---|---:|---:|---:|---:|---:|\n")
	for _, row := range r.Rows {
		fmt.Fprintf(&b, "| %s | %s | %.2f s | %.2f to %.2f s | %.2f s |", row.Cell, row.Kernel, row.Median(),
			row.Edits[0], row.Edits[len(row.Edits)-1], row.First)
		for i := range 4 {
			if row.Steps == nil {
				b.WriteString(" |")
				continue
			}
			fmt.Fprintf(&b, " %.2f s |", row.Steps[i])
		}
		b.WriteString("\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}
