package train

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"owlm/lmkit"
	"owlm/lmkit/backend"
	"owlm/lmkit/corpora"
	"owlm/lmkit/network"
	"owlm/lmkit/rnn"
	"owlm/lmkit/rundir"
	"owlm/lmkit/sample"
	"owlm/lmkit/text"
)

// tiny returns a run that takes only moments.
func tiny(engine string) Config {
	return Config{
		Model:     network.Config{Cell: rnn.GRU, EmbeddingSize: 8, HiddenSize: 12, Layers: 2},
		Objective: Windows{Length: 5},
		BatchSize: 16, Epochs: 2, LearningRate: 0.01, Seed: 3, Backend: engine,
	}
}

func train(t testing.TB, c Config) *lmkit.Model {
	t.Helper()
	m, err := Run(context.Background(), corpora.Owl, c)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// bytesOf returns the model.safetensors of a model.
func bytesOf(t testing.TB, m *lmkit.Model) []byte {
	t.Helper()
	dir := t.TempDir()
	if err := m.Save(dir); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, rundir.WeightsFile))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// lossHook is a hook that keeps the losses of a run.
type lossHook struct {
	steps, epochs, validations []float64
	stop                       func() // called after step number stopAt
	stopAt                     int
	started, ended             int
	err                        error
}

func (h *lossHook) Start(string, int, int) { h.started++ }

func (h *lossHook) Step(step int, loss float64) {
	h.steps = append(h.steps, loss)
	if step == h.stopAt {
		h.stop()
	}
}

func (h *lossHook) Epoch(_ int, loss, validation float64) {
	h.epochs, h.validations = append(h.epochs, loss), append(h.validations, validation)
}

func (h *lossHook) End(err error) { h.ended++; h.err = err }

func TestSameSeedSameBytes(t *testing.T) {
	c := tiny(backend.Go)
	c.Model.Dropout = 0.3
	a, b := bytesOf(t, train(t, c)), bytesOf(t, train(t, c))
	if !bytes.Equal(a, b) {
		t.Error("two runs with one seed differ")
	}
	c.Seed++
	if bytes.Equal(a, bytesOf(t, train(t, c))) {
		t.Error("runs with two seeds do not differ")
	}
}

// TestResume interrupts runs within an epoch and resumes them: weights and history end up as without the interruption.
func TestResume(t *testing.T) {
	for _, test := range []struct {
		objective Objective
		tokenizer text.Tokenizer
		batch     int
	}{
		{Windows{Length: 5}, text.Words{Lowercase: true}, 16}, {Stream{Length: 4}, text.Words{Lowercase: true}, 2},
		{Windows{Length: 5}, text.BPE{VocabularySize: 270}, 32}, {Stream{Length: 16}, text.BPE{VocabularySize: 270}, 2},
	} {
		for _, engine := range engines(t) {
			t.Run(fmt.Sprintf("%T/%s/%s", test.objective, text.Kind(test.tokenizer), engine), func(t *testing.T) {
				t.Parallel()
				c := tiny(engine)
				c.Objective, c.Tokenizer, c.BatchSize, c.Model.Dropout, c.Epochs = test.objective, test.tokenizer,
					test.batch, 0.2, 4
				c.Directory = filepath.Join(t.TempDir(), "straight")
				straight := bytesOf(t, train(t, c))
				records, err := rundir.ReadHistory(c.Directory)
				if err != nil {
					t.Fatal(err)
				}
				c.Directory = filepath.Join(t.TempDir(), "interrupted")
				for _, at := range []int{2, 7} {
					interruptAt(t, c, at)
					c.Resume = true
				}
				if !bytes.Equal(straight, bytesOf(t, train(t, c))) {
					t.Error("the resumed run ends with other weights")
				}
				resumed, err := rundir.ReadHistory(c.Directory)
				if err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(rundir.Losses(records), rundir.Losses(resumed)) {
					t.Errorf("losses %v, straight %v", rundir.Losses(resumed), rundir.Losses(records))
				}
			})
		}
	}
}

func interruptAt(t *testing.T, c Config, step int) {
	t.Helper()
	interruptOn(t, corpora.Owl, c, step)
}

// interruptOn cancels a run after a step.
func interruptOn(t *testing.T, source text.Source, c Config, step int) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	h := &lossHook{stop: cancel, stopAt: step}
	c.Hooks = []Hook{h}
	_, err := Run(ctx, source, c)
	var interrupted *Interrupted
	if !errors.As(err, &interrupted) || interrupted.Step != step || !errors.Is(err, context.Canceled) {
		t.Fatalf("interrupted at step %d: %v", step, err)
	}
	if h.ended != 1 || h.err == nil {
		t.Errorf("the hook ended %d times, with %v", h.ended, h.err)
	}
}

// TestWindowsCountTheShortBatch compares the loss of an epoch with the mean over all windows.
func TestWindowsCountTheShortBatch(t *testing.T) {
	c := tiny(backend.Go)
	c.Epochs, c.LearningRate = 1, 1e-12
	h := &lossHook{}
	c.Hooks = []Hook{h}
	m := train(t, c)
	total := 0.0
	for _, w := range text.Windows(m.Tokenizer.Tokenize(corpora.OwlText), 5, 1) {
		logits, err := m.Logits(t.Context(), w.Input)
		if err != nil {
			t.Fatal(err)
		}
		id, _ := m.Vocabulary.ID(w.Target)
		total -= math.Log(sample.Softmax(logits[4], 1)[id])
	}
	if want := total / 38; math.Abs(h.epochs[0]-want) > 1e-5 {
		t.Errorf("epoch loss %v, mean over 38 windows %v", h.epochs[0], want)
	}
	if len(h.steps) != 3 {
		t.Errorf("%d steps for 38 windows in batches of 16", len(h.steps))
	}
}
