package train

import (
	"bytes"
	"math"
	"path/filepath"
	"testing"

	"owlm/internal/want"
	"owlm/lmkit"
	"owlm/lmkit/backend"
	"owlm/lmkit/rundir"
	"owlm/lmkit/text"
)

// names are short documents, one of them empty. Most use letters that no other has.
var names = []string{"anna", "bob", "cecil", "dodo", "e", "", "fifi", "gigi", "hannah", "ivi", "jojo", "kiki", "lulu",
	"mimi", "nina", "otto"}

// TestTrainsOnDocuments trains with a learning rate that changes nothing: the loss of an epoch is the mean over the
// predictions within documents, each read from a zero hidden state.
func TestTrainsOnDocuments(t *testing.T) {
	for _, engine := range engines(t) {
		for _, objective := range []Objective{Windows{Length: 2}, Stream{Length: 3}} {
			c := tiny(engine)
			c.Objective, c.Tokenizer, c.BatchSize, c.LearningRate, c.Optimizer = objective, text.Characters{}, 3, 1e-30,
				"sgd"
			h := &lossHook{}
			c.Hooks = []Hook{h}
			m, err := Run(t.Context(), text.Apart("names", names...), c)
			if err != nil {
				t.Fatal(err)
			}
			sum, count := 0.0, 0
			for _, name := range names {
				letters := m.Tokenizer.Tokenize(name)
				for i := 1; i < len(letters); i++ {
					from := 0
					if _, windows := objective.(Windows); windows {
						if from = i - 2; from < 0 {
							continue
						}
					}
					sum, count = sum+lossOf(t, m, letters[from:i], letters[i]), count+1
				}
			}
			if loss := sum / float64(count); math.Abs(loss-h.epochs[0]) > 1e-4 {
				t.Errorf("%s, %#v: loss %v, want %v", engine, objective, h.epochs[0], loss)
			}
		}
	}
}

// lossOf returns the cross entropy of a token after others, read from a zero hidden state.
func lossOf(t *testing.T, m *lmkit.Model, before []string, next string) float64 {
	t.Helper()
	logits, err := m.Logits(t.Context(), before)
	if err != nil {
		t.Fatal(err)
	}
	last, sum := logits[len(logits)-1], 0.0
	for _, logit := range last {
		sum += math.Exp(float64(logit))
	}
	id, _ := m.Vocabulary.ID(next)
	return math.Log(sum) - float64(last[id])
}

// TestDocumentsResume interrupts a run within a document and resumes it, with steps skipped if they are not finite: it
// ends like a run without interruptions. Ready ids of the same documents give the same weights.
func TestDocumentsResume(t *testing.T) {
	for _, objective := range []Objective{Windows{Length: 2}, Stream{Length: 3}} {
		c := tiny(backend.Go)
		c.Objective, c.Tokenizer, c.BatchSize, c.Epochs, c.SkipNotFinite = objective, text.Characters{}, 2, 4, true
		c.Valid, c.Vocabulary.Unknown = 0.2, "?"
		source := text.Apart("names", names...)
		c.Directory = filepath.Join(t.TempDir(), "straight")
		m, err := Run(t.Context(), source, c)
		if err != nil {
			t.Fatal(err)
		}
		straight := bytesOf(t, m)
		c.Directory = filepath.Join(t.TempDir(), "interrupted")
		for _, at := range []int{2, 5} {
			interruptOn(t, source, c, at)
			c.Resume = true
		}
		if m, err = Run(t.Context(), source, c); err != nil || !bytes.Equal(straight, bytesOf(t, m)) {
			t.Errorf("%#v: the resumed run ends with other weights: %v", objective, err)
		}
		receipt, err := rundir.ReadReceipt(c.Directory)
		if err != nil || receipt.ValidLoss == nil || receipt.Corpus.Name != "names" || receipt.Corpus.SHA256 == "" {
			t.Errorf("%+v, %v", receipt, err)
		}
		changed := append([]string{"ann", "abob"}, names[2:]...)
		c.Epochs++
		_, err = Run(t.Context(), text.Apart("names", changed...), c)
		want.Error(t, err, "the text has changed")

		ids := make([][]int32, len(names))
		for i, name := range names {
			if ids[i], err = m.Vocabulary.Encode(m.Tokenizer.Tokenize(name)); err != nil {
				t.Fatal(err)
			}
		}
		c.Epochs, c.Resume, c.Directory = 4, false, ""
		if m, err = Run(t.Context(), text.Ready("names", m.Vocabulary, ids...), c); err != nil ||
			!bytes.Equal(straight, bytesOf(t, m)) {
			t.Errorf("%#v: ready ids end with other weights: %v", objective, err)
		}
	}
}
