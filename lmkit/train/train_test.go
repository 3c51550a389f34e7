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
	"strings"
	"testing"

	"owlm/internal/want"
	"owlm/lmkit"
	"owlm/lmkit/backend"
	"owlm/lmkit/corpora"
	"owlm/lmkit/network"
	"owlm/lmkit/rnn"
	"owlm/lmkit/rundir"
	"owlm/lmkit/sample"
	"owlm/lmkit/text"
)

// tiny is a run that takes moments.
func tiny(engine string) Config {
	return Config{
		Model: network.Config{Cell: rnn.GRU, EmbeddingSize: 8, HiddenSize: 12, Layers: 2}, Objective: Windows{Length: 5},
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

// bytesOf is a model's safetensors file.
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

// lossHook keeps the losses of a run.
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

// TestResume interrupts runs in mid-epoch and goes on: weights and history end as those of a straight run.
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
				c := tiny(engine)
				c.Objective, c.Tokenizer, c.BatchSize, c.Model.Dropout, c.Epochs = test.objective, test.tokenizer, test.batch, 0.2, 4
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

// TestHeldOutCharactersAreNeverTrainedOn marks the characters of the validation and test texts, whose bytes no other
// has: byte-pair encoding learns no token of them, and no batch holds one.
func TestHeldOutCharactersAreNeverTrainedOn(t *testing.T) {
	content := strings.Repeat(" a b c d e f g h", 40) + strings.Repeat(" é", 160) + strings.Repeat(" ü", 160)
	marked := func(token string) bool { return strings.ContainsAny(token, "Ã©¼") } // their bytes in GPT-2's alphabet
	for name, in := range map[string]text.Source{"memory": text.String("marked", content), "file": text.File(want.File(t, "marked.txt", content), false)} {
		for _, objective := range []Objective{Windows{Length: 5}, Stream{Length: 4}} {
			look := func(share float64) (learned, trained int) {
				c := tiny(backend.Go)
				c.Objective, c.BatchSize, c.Tokenizer, c.Valid, c.Test = objective, 2, text.BPE{VocabularySize: 262}, share, share
				r, err := newRun(t.Context(), in, c.withDefaults(), nil)
				if err != nil {
					t.Fatal(err)
				}
				defer r.parts.Close()
				v := r.model.Vocabulary
				for _, token := range v.Tokens()[256:] {
					if marked(token) {
						learned++
					}
				}
				for i := range r.source.PerEpoch() {
					b := r.source.Batch(0, i)
					for _, id := range slices.Concat(b.Tokens, b.Targets) {
						if marked(v.Token(id)) {
							trained++
						}
					}
				}
				return learned, trained
			}
			if learned, trained := look(0.25); learned != 0 || trained != 0 {
				t.Errorf("%s, %T: %d tokens of held-out text were learned, and %d trained on", name, objective, learned, trained)
			}
			if learned, trained := look(0); learned == 0 || trained == 0 { // without the split the same look finds them
				t.Errorf("%s, %T: marked characters are not found where they are", name, objective)
			}
		}
	}
}

// TestHeldOutTokensAreNeverTrainedOn marks the tokens of the validation and test texts.
func TestHeldOutTokensAreNeverTrainedOn(t *testing.T) {
	corpus := strings.Repeat("a b c d e f g h ", 10) + strings.Repeat("valid ", 10) + strings.Repeat("test ", 10)
	for _, objective := range []Objective{Windows{Length: 5}, Stream{Length: 4}} {
		c := tiny(backend.Go)
		c.Objective, c.Valid, c.Test, c.BatchSize = objective, 0.1, 0.1, 2
		c.Vocabulary.Unknown = "<unk>"
		h := &lossHook{}
		directory := filepath.Join(t.TempDir(), "run")
		c.Hooks, c.Directory = []Hook{h}, directory
		m, err := Run(context.Background(), text.String("it", corpus), c)
		if err != nil {
			t.Fatal(err)
		}
		for _, token := range m.Vocabulary.Tokens() {
			if token == "valid" || token == "test" {
				t.Errorf("%q of the held-out text is in the vocabulary", token)
			}
		}
		c.Directory = ""
		r, err := newRun(t.Context(), text.String("it", corpus), c.withDefaults(), nil)
		if err != nil {
			t.Fatal(err)
		}
		unknown, _ := m.Vocabulary.ID("<unk>")
		for i := range r.source.PerEpoch() {
			b := r.source.Batch(0, i)
			for j, token := range b.Tokens {
				weight := b.Weights[j%len(b.Weights)] // 0 for what fills up a short batch
				if weight > 0 && (token == unknown || b.Targets[j%len(b.Targets)] == unknown) {
					t.Errorf("%T: batch %d holds a held-out token", objective, i)
				}
			}
		}
		if math.IsNaN(h.validations[0]) {
			t.Error("no validation loss")
		}
		if receipt, err := rundir.ReadReceipt(directory); err != nil || receipt.TestLoss == nil || receipt.ValidLoss == nil {
			t.Errorf("%+v, %v", receipt, err)
		}
	}
}

// TestWindowsCountTheShortBatch compares an epoch's loss with the mean over all windows.
func TestWindowsCountTheShortBatch(t *testing.T) {
	c := tiny(backend.Go)
	c.Epochs, c.LearningRate = 1, 1e-12
	h := &lossHook{}
	c.Hooks = []Hook{h}
	m := train(t, c)
	total := 0.0
	for _, w := range text.Windows(m.Tokenizer.Tokenize(corpora.OwlText), 5, 1) {
		logits, err := m.Logits(w.Input)
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

func ExampleRun() {
	model, err := Run(context.Background(), corpora.Owl, Config{
		Model:     network.Config{Cell: rnn.RNN, EmbeddingSize: 16, HiddenSize: 32, Layers: 1},
		Objective: Stream{Length: 8}, BatchSize: 2, Epochs: 60, LearningRate: 0.01, Backend: "go",
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
