// Command loops measures what it costs to run an LSTM through time in three ways: as a loop that XLA compiles once,
// unrolled for XLA with a copy of the step for every time, and unrolled on the Go engine. It compiles the loss and its
// gradient for sequences of growing length, and runs them.
//
//	go run ./bench/loops --out bench/results
//
// It takes about five minutes on two cores and writes loops.json and loops.md.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"owlm/internal/files"
	"owlm/lmkit"
	"owlm/lmkit/backend"
	"owlm/lmkit/network"
	"owlm/lmkit/rnn"
	"owlm/lmkit/text"
	"owlm/lmkit/train"
)

// The model and the batch. They are small, as the longest unrolled graph takes long to compile.
const (
	vocabulary = 96
	hidden     = 128
	batch      = 16
	runs       = 40 // of each program; the fastest tenth counts
)

// Row is a program: an engine, a loop and a number of time steps. Times are in seconds.
type Row struct {
	Engine  string  `json:"engine"`
	Loop    string  `json:"loop"`
	Steps   int     `json:"steps"`
	Nodes   int     `json:"nodes"`   // operations in the graph that the engine is given
	Compile float64 `json:"compile"` // until the first result, less one run
	Run     float64 `json:"run"`     // the tenth percentile
}

// Tuning is a training step with Adam, on XLA, with the C library's memory settings and without. Times are in seconds.
type Tuning struct {
	Model string  `json:"model"`
	Tuned float64 `json:"tuned"`
	Plain float64 `json:"plain"`
}

// Report is the content of loops.json.
type Report struct {
	Device   string            `json:"device"`
	Model    string            `json:"model"`
	Versions map[string]string `json:"versions"`
	Command  string            `json:"command"`
	Rows     []Row             `json:"rows"`
	Tuning   []Tuning          `json:"tuning"`
}

// large lists the models that the memory settings are tried on: hidden size, batch, time steps.
var large = [][3]int{{256, 16, 8}, {256, 32, 64}, {512, 64, 128}}

func main() {
	out := flag.String("out", "bench/results", "`directory` for loops.json and loops.md")
	one := flag.String("one", "", "measure one model of the tuning, and print its seconds; for the command itself")
	flag.Parse()
	err := error(nil)
	if *one != "" {
		err = measureOne(*one)
	} else {
		err = measureAll(*out)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "loops:", err)
		os.Exit(1)
	}
}

func measureAll(out string) error {
	report := Report{
		Model: fmt.Sprintf("an LSTM layer of %d, batch %d, vocabulary %d: loss and gradient", hidden, batch,
			vocabulary),
		Versions: lmkit.Versions(), Command: "go run ./bench/loops --out bench/results",
	}
	for _, c := range []struct {
		engine string
		loop   rnn.Loop
		name   string
		steps  []int
	}{
		{"xla:cpu", rnn.Scanned, "loop", []int{2, 4, 8, 16, 32, 64, 128, 256}},
		{"xla:cpu", rnn.Unrolled, "unrolled", []int{2, 4, 8, 16, 32, 64}},
		{"go", rnn.Unrolled, "unrolled", []int{2, 4, 8, 16, 32, 64, 128, 256}},
	} {
		engine, err := backend.Open(c.engine)
		if err != nil {
			return err
		}
		if c.engine != backend.Go {
			report.Device = engine.String()
		}
		for _, steps := range append([]int{2}, c.steps...) { // the first is not counted: the engine starts
			row, err := measure(engine, c.loop, steps)
			if err != nil {
				return err
			}
			row.Loop = c.name
			fmt.Fprintf(os.Stderr, "%+v\n", row)
			report.Rows = append(report.Rows, row)
		}
		report.Rows = slices.Delete(report.Rows, len(report.Rows)-len(c.steps)-1, len(report.Rows)-len(c.steps))
	}
	report.Tuning = nil
	for _, sizes := range large {
		t, err := tuning(sizes)
		if err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "%+v\n", t)
		report.Tuning = append(report.Tuning, t)
	}
	if err := files.WriteJSON(filepath.Join(out, "loops.json"), report); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, "loops.md"), []byte(report.table()), 0o644)
}

// newModel makes an LSTM of one layer.
func newModel(engine *backend.Engine, size int) (*lmkit.Model, error) {
	words := make([]string, vocabulary)
	for i := range words {
		words[i] = fmt.Sprint(i)
	}
	v, err := text.NewVocabulary(words, text.VocabularyOptions{})
	if err != nil {
		return nil, err
	}
	return lmkit.New(engine, lmkit.Config{Cell: rnn.LSTM, EmbeddingSize: size, HiddenSize: size, Layers: 1},
		text.Words{}, v, 1)
}

// measure compiles and runs one program.
func measure(engine *backend.Engine, loop rnn.Loop, steps int) (Row, error) {
	row := Row{Engine: engine.Kind, Steps: steps}
	m, err := newModel(engine, hidden)
	if err != nil {
		return row, err
	}
	defer m.Close()
	program, err := m.Program("loss and gradient", func(scope *model.Scope, inputs []*graph.Node) []*graph.Node {
		g := inputs[0].Graph()
		n := network.Network{Config: m.Config, Scope: scope, Loop: loop, Graph: g}
		states, _ := n.Hidden(inputs[0], nil, network.Dropouts{})
		logits := n.Logits(network.EveryStep(states))
		loss := graph.ReduceAllMean(network.CrossEntropy(logits, inputs[1]))
		outputs := append([]*graph.Node{loss}, scope.BuildTrainableVariablesGradientsGraph(loss)...)
		row.Nodes = len(g.Nodes())
		return outputs
	})
	if err != nil {
		return row, err
	}
	defer program.Close()
	tokens := make([]int32, steps*batch)
	for i := range tokens {
		tokens[i] = int32(i * 31 % vocabulary)
	}
	var times []float64
	for range runs + 1 {
		start := time.Now()
		outputs, err := program.Run([]*tensors.Tensor{
			tensors.FromFlatDataAndDimensions(tokens, steps, batch),
			tensors.FromFlatDataAndDimensions(tokens, len(tokens)),
		})
		if err != nil {
			return row, err
		}
		if _, err := tensors.CopyFlatData[float32](outputs[0]); err != nil {
			return row, err
		}
		times = append(times, time.Since(start).Seconds())
		if err := network.Free(outputs); err != nil {
			return row, err
		}
	}
	slices.Sort(times[1:])
	row.Run = times[1:][runs/10]
	row.Compile = times[0] - row.Run
	return row, nil
}

// tuning measures a model in processes of its own: five with the memory settings and five without, in turns.
func tuning(sizes [3]int) (Tuning, error) {
	t := Tuning{Model: fmt.Sprintf("hidden %d, batch %d, %d steps", sizes[0], sizes[1], sizes[2])}
	program, err := os.Executable()
	if err != nil {
		return t, err
	}
	once := func(environment []string, best *float64) error {
		command := exec.Command(program, "--one", fmt.Sprint(sizes[0], ",", sizes[1], ",", sizes[2]))
		command.Env, command.Stderr = environment, os.Stderr
		output, err := command.Output()
		if err != nil {
			return fmt.Errorf("%s: %w", t.Model, err)
		}
		var seconds float64
		if err := json.Unmarshal(output, &seconds); err != nil {
			return err
		}
		if *best == 0 || seconds < *best {
			*best = seconds
		}
		return nil
	}
	for range 5 {
		if err := once(backend.Tuned(os.Environ()), &t.Tuned); err != nil {
			return t, err
		}
		if err := once(backend.Untuned(os.Environ()), &t.Plain); err != nil {
			return t, err
		}
	}
	return t, nil
}

func measureOne(sizes string) error {
	var size, rows, steps int
	if _, err := fmt.Sscanf(sizes, "%d,%d,%d", &size, &rows, &steps); err != nil {
		return fmt.Errorf("--one %q: %w", sizes, err)
	}
	engine, err := backend.Open("xla:cpu")
	if err != nil {
		return err
	}
	m, err := newModel(engine, size)
	if err != nil {
		return err
	}
	defer m.Close()
	stepper, err := train.NewStepper(m, train.StepConfig{
		Objective: train.Stream{Length: steps}, BatchSize: rows, LearningRate: 0.001,
	})
	if err != nil {
		return err
	}
	defer stepper.Close()
	lanes := make([][]int32, rows)
	for row := range lanes {
		for i := range steps + 1 {
			lanes[row] = append(lanes[row], int32((row+i)*31%vocabulary))
		}
	}
	var times []float64
	for range runs + 10 {
		start := time.Now()
		if _, err := stepper.Lanes(lanes); err != nil {
			return err
		}
		times = append(times, time.Since(start).Seconds())
	}
	times = times[10:] // the first steps wait for memory
	slices.Sort(times)
	return json.NewEncoder(os.Stdout).Encode(times[runs/2])
}

// table returns the report in Markdown.
func (r Report) table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured by `%s`: %s. A run is the tenth percentile of %d. On %s.\n\n", r.Command, r.Model, runs,
		r.Device)
	b.WriteString("| engine | through time | steps | operations in the graph | compiling | a run |\n" +
		"|---|---|---:|---:|---:|---:|\n")
	for _, row := range r.Rows {
		fmt.Fprintf(&b, "| %s | %s | %d | %d | %.2f s | %.2f ms |\n", row.Engine, row.Loop, row.Steps, row.Nodes,
			row.Compile, 1000*row.Run)
	}
	fmt.Fprintf(&b, "\nTraining steps on XLA, with the C library's memory settings that lmkit gives itself and "+
		"without: medians of %d, the fastest of five processes each, in turns.\n\n", runs)
	b.WriteString("| model | with | without |\n|---|---:|---:|\n")
	for _, t := range r.Tuning {
		fmt.Fprintf(&b, "| %s | %.1f ms | %.1f ms |\n", t.Model, 1000*t.Tuned, 1000*t.Plain)
	}
	return b.String()
}
