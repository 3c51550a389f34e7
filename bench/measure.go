package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"owlm/lmkit"
	"owlm/lmkit/backend"
	"owlm/lmkit/corpora"
	"owlm/lmkit/rnn"
	"owlm/lmkit/text"
	"owlm/lmkit/train"
)

// Measurement is the result of one process. The peers' scripts print the same.
type Measurement struct {
	// First is the time of the first repetition in seconds, including making the model and compiling. Times holds the
	// times of the timed repetitions.
	First float64   `json:"first"`
	Times []float64 `json:"times"`
	// Compile is the time that compiling took, in seconds, 0 if it was not measured.
	Compile float64 `json:"compile,omitempty"`
	// Memory is the most memory that the process ever had, in bytes.
	Memory int64 `json:"memory"`
	// Version names the system that was measured, with its version.
	Version string `json:"version"`
}

// Measure measures a workload on an engine, in this process.
func Measure(ctx context.Context, w Workload, engine string) (m Measurement, err error) {
	e, err := backend.Open(engine)
	if err != nil {
		return m, err
	}
	l := &stopwatch{w: w, start: time.Now()}
	switch w.Kind {
	case Train, Tutorial:
		err = timeTraining(ctx, w, engine, l)
	case Generate:
		err = generate(e, w, l)
	case Products:
		err = products(e, w, l)
	default:
		err = fmt.Errorf("no workload is of kind %q", w.Kind)
	}
	if err != nil {
		return m, err
	}
	return Measurement{
		First: l.first, Times: l.times, Compile: l.compile,
		Memory: peakMemory(), Version: "lmkit " + lmkit.Version + " on " + engine,
	}, nil
}

// stopwatch measures the times of repetitions. As a training hook it measures training steps.
type stopwatch struct {
	w       Workload
	start   time.Time
	count   int
	first   float64
	compile float64
	times   []float64
	timed   time.Time // when the timed part began
	stop    func()
}

// lap records the end of a repetition, and reports whether another one is needed.
func (l *stopwatch) lap() (more bool) {
	now := time.Now()
	took := now.Sub(l.start).Seconds()
	l.start = now
	l.count++
	switch {
	case l.count == 1:
		l.first = took
	case l.count <= 1+l.w.Warm:
	default:
		l.times = append(l.times, took)
	}
	if l.count == 1+l.w.Warm {
		l.timed = now
	}
	return len(l.times) < l.w.Least || now.Sub(l.timed).Seconds() < l.w.Seconds
}

// Start does nothing.
func (l *stopwatch) Start(string, int, int) {}

// End does nothing.
func (l *stopwatch) End(error) {}

// Compiled adds the time that compiling took.
func (l *stopwatch) Compiled(_ string, seconds float64) { l.compile += seconds }

// Epoch leaves the time at the end of an epoch out of the next step's.
func (l *stopwatch) Epoch(int, float64, float64) {
	if l.stop != nil {
		l.start = time.Now()
	}
}

// Step records a step. It stops the training after the last one.
func (l *stopwatch) Step(int, float64) {
	if l.stop != nil && !l.lap() {
		l.stop()
	}
}

// timeTraining measures train.Run, as users call it.
func timeTraining(ctx context.Context, w Workload, engine string, l *stopwatch) error {
	cell, err := rnn.ParseCell(w.Cell)
	if err != nil {
		return err
	}
	c := train.Config{
		Model:     lmkit.Config{Cell: cell, EmbeddingSize: w.Embedding, HiddenSize: w.Hidden, Layers: w.Layers},
		Objective: train.Windows{Length: w.Sequence}, BatchSize: w.Batch, LearningRate: 0.003,
		Backend: engine, Hooks: []train.Hook{l},
	}
	if w.Kind == Tutorial {
		c.Epochs = 100
		_, err := train.Run(ctx, corpora.Owl, c)
		l.first = time.Since(l.start).Seconds()
		return err
	}
	if w.EveryStep {
		c.Objective = train.Stream{Length: w.Sequence}
	}
	c.Steps = 1 << 30
	c.Tokenizer = text.Words{}
	random := text.String("random words", randomText(w.Vocabulary, max(2*w.Vocabulary, w.Batch*(w.Sequence*20+1))))
	ctx, l.stop = context.WithCancel(ctx)
	defer l.stop()
	l.start = time.Now()
	var interrupted *train.Interrupted
	if _, err := train.Run(ctx, random, c); !errors.As(err, &interrupted) {
		return err
	}
	return nil
}

// randomText returns a text of random words. It contains exactly vocabulary different ones.
func randomText(vocabulary, length int) string {
	random := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	for i := range length {
		word := i
		if i >= vocabulary {
			word = random.IntN(vocabulary)
		}
		fmt.Fprintf(&b, "w%d ", word)
	}
	return b.String()
}

// generate measures the tokens of a model that is not trained.
func generate(e *backend.Engine, w Workload, l *stopwatch) error {
	cell, err := rnn.ParseCell(w.Cell)
	if err != nil {
		return err
	}
	words := text.Words{}
	tokens := words.Tokenize(randomText(w.Vocabulary, w.Vocabulary))
	vocabulary, err := text.NewVocabulary(tokens, text.VocabularyOptions{})
	if err != nil {
		return err
	}
	config := lmkit.Config{
		Cell: cell, VocabularySize: vocabulary.Len(),
		EmbeddingSize: w.Embedding, HiddenSize: w.Hidden, Layers: w.Layers,
	}
	model, err := lmkit.New(e, config, words, vocabulary, 1)
	if err != nil {
		return err
	}
	prompt := strings.Join(vocabulary.Tokens()[:w.Sequence], " ")
	l.start = time.Now()
	endless := lmkit.GenerateConfig{Length: 1 << 20, Temperature: 0.8, Seed: 1}
	for _, err := range model.Generate(context.Background(), prompt, endless) {
		if err != nil {
			return err
		}
		if !l.lap() {
			break
		}
	}
	for _, c := range model.Compilations() {
		l.Compiled(c.What, c.Seconds)
	}
	return nil
}

// products measures products of square matrices that stay on the device.
func products(e *backend.Engine, w Workload, l *stopwatch) error {
	n := w.Hidden
	random := rand.New(rand.NewPCG(1, 2))
	values := make([]float32, n*n)
	for i := range values {
		values[i] = random.Float32() - 0.5
	}
	a := tensors.FromFlatDataAndDimensions(values, n, n)
	exec, err := graph.NewExec(e.Backend, func(a, b *graph.Node) *graph.Node {
		return graph.ReduceAllMax(graph.DotGeneral(a, []int{1}, nil, b, []int{0}, nil))
	})
	if err != nil {
		return err
	}
	defer exec.Finalize()
	for more := true; more; more = l.lap() {
		output, err := exec.Call1(a, a)
		if err != nil {
			return err
		}
		if err := output.FinalizeAll(); err != nil {
			return err
		}
	}
	return nil
}

// peakMemory returns the most memory that this process ever had, in bytes, 0 if the system does not report it.
func peakMemory() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, after, found := strings.Cut(string(status), "VmHWM:")
	if !found {
		return 0
	}
	var kilobytes int64
	fmt.Sscan(after, &kilobytes)
	return kilobytes * 1024
}

// spaced returns the tokens of a text with spaces between them.
func spaced(corpus string) string {
	return strings.Join(text.Words{Lowercase: true}.Tokenize(corpus), " ")
}
