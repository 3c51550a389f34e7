package train

import (
	"context"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"owlm/internal/want"
	"owlm/lmkit"
	"owlm/lmkit/backend"
	"owlm/lmkit/dataset"
	"owlm/lmkit/rundir"
	"owlm/lmkit/text"
)

// inMemoryAndFile returns sources of the same text, one in memory and one in a file.
func inMemoryAndFile(t *testing.T, content string) map[string]text.Source {
	t.Helper()
	return map[string]text.Source{
		"memory": text.String("marked", content), "file": text.File(want.File(t, "marked.txt", content), false),
	}
}

// TestHeldOutCharactersAreNeverTrainedOn marks the validation and test parts with characters whose bytes occur nowhere
// else: byte-pair encoding learns no token with them, and no batch has one.
func TestHeldOutCharactersAreNeverTrainedOn(t *testing.T) {
	content := strings.Repeat(" a b c d e f g h", 40) + strings.Repeat(" é", 160) + strings.Repeat(" ü", 160)
	marked := func(token string) bool { return strings.ContainsAny(token, "Ã©¼") } // their bytes in GPT-2's alphabet
	for name, in := range inMemoryAndFile(t, content) {
		for _, objective := range []Objective{Windows{Length: 5}, Stream{Length: 4}} {
			look := func(share float64) (learned, trained int) {
				c := tiny(backend.Go)
				c.Objective, c.BatchSize, c.Tokenizer, c.Valid, c.Test = objective, 2, text.BPE{VocabularySize: 262},
					share, share
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
				t.Errorf("%s, %T: %d tokens of held-out text were learned, and %d trained on", name, objective, learned,
					trained)
			}
			if learned, trained := look(0); learned == 0 || trained == 0 { // without the split the same look finds them
				t.Errorf("%s, %T: marked characters are not found where they are", name, objective)
			}
		}
	}
}

// TestHeldOutTokensAreNeverTrainedOn marks the tokens of the validation and test parts.
func TestHeldOutTokensAreNeverTrainedOn(t *testing.T) {
	content := strings.Repeat("a b c d e f g h ", 10) + strings.Repeat("valid ", 10) + strings.Repeat("test ", 10)
	for _, objective := range []Objective{Windows{Length: 5}, Stream{Length: 4}} {
		c := tiny(backend.Go)
		c.Objective, c.Valid, c.Test, c.BatchSize = objective, 0.1, 0.1, 2
		c.Vocabulary.Unknown = "<unk>"
		h := &lossHook{}
		directory := filepath.Join(t.TempDir(), "run")
		c.Hooks, c.Directory = []Hook{h}, directory
		m, err := Run(context.Background(), text.String("it", content), c)
		if err != nil {
			t.Fatal(err)
		}
		for _, token := range m.Vocabulary.Tokens() {
			if token == "valid" || token == "test" {
				t.Errorf("%q of the held-out text is in the vocabulary", token)
			}
		}
		c.Directory = ""
		r, err := newRun(t.Context(), text.String("it", content), c.withDefaults(), nil)
		if err != nil {
			t.Fatal(err)
		}
		unknown, _ := m.Vocabulary.ID("<unk>")
		for i := range r.source.PerEpoch() {
			b := r.source.Batch(0, i)
			for j, token := range b.Tokens {
				weight := b.Weights[j%len(b.Weights)] // 0 for the padding of a short batch
				if weight > 0 && (token == unknown || b.Targets[j%len(b.Targets)] == unknown) {
					t.Errorf("%T: batch %d holds a held-out token", objective, i)
				}
			}
		}
		if math.IsNaN(h.validations[0]) {
			t.Error("no validation loss")
		}
		if receipt, err := rundir.ReadReceipt(directory); err != nil || receipt.TestLoss == nil ||
			receipt.ValidLoss == nil {
			t.Errorf("%+v, %v", receipt, err)
		}
	}
}

// markedWords returns n distinct words whose first letter names their part: a for training, v for validation, w for
// test.
func markedWords(t *testing.T, n int, valid, test float64) (words []string) {
	t.Helper()
	validAt, testAt, err := dataset.SplitAt(n, valid, test)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		mark := "a"
		switch {
		case i >= testAt:
			mark = "w"
		case i >= validAt:
			mark = "v"
		}
		words = append(words, mark+strings.Repeat("x", i)) // a, ax, axx, ...
	}
	return words
}

// trainedMarks counts the distinct words in the batches of three epochs by their marks.
func trainedMarks(t *testing.T, c Config, in text.Source, vocabulary *text.Vocabulary) map[byte]int {
	t.Helper()
	r, err := newRun(t.Context(), in, c.withDefaults(), &lmkit.Description{Vocabulary: vocabulary})
	if err != nil {
		t.Fatal(err)
	}
	defer r.parts.Close()
	ids := make(map[int32]bool)
	for epoch := range 3 {
		for index := range r.source.PerEpoch() {
			b := r.source.Batch(epoch, index)
			for _, id := range slices.Concat(b.Tokens, b.Targets) {
				ids[id] = true
			}
		}
	}
	marks := make(map[byte]int)
	for id := range ids {
		marks[vocabulary.Token(id)[0]]++
	}
	return marks
}

// TestHeldOutIsNeverTrainedOn marks every word of a text with its part. The batches must have every word of the
// training part and no other, not even with weight 0.
func TestHeldOutIsNeverTrainedOn(t *testing.T) {
	words := markedWords(t, 400, 0.1, 0.05)
	vocabulary, err := text.NewVocabulary(words, text.VocabularyOptions{}) // of all parts: each word keeps its mark
	if err != nil {
		t.Fatal(err)
	}
	for name, in := range inMemoryAndFile(t, strings.Join(words, " ")) {
		for _, objective := range []Objective{
			Windows{Length: 5}, Windows{Length: 1}, Stream{Length: 7}, Stream{Length: 1},
		} {
			for _, batch := range []int{1, 2, 16} {
				c := tiny(backend.Go)
				c.Objective, c.BatchSize, c.Valid, c.Test = objective, batch, 0.1, 0.05
				marks := trainedMarks(t, c, in, vocabulary)
				_, windows := objective.(Windows)
				if all := marks['a']; marks['v'] != 0 || marks['w'] != 0 || windows && all != 340 || all < 340-batch {
					t.Errorf("%s, %#v, batches of %d: %d words of training, %d of validation, %d of test", name,
						objective, batch, all, marks['v'], marks['w'])
				}
				c.Valid, c.Test = 0, 0 // without the split, the same check finds them
				if marks := trainedMarks(t, c, in, vocabulary); marks['v'] == 0 || marks['w'] == 0 {
					t.Errorf("%s, %#v: marked words are not found where they are", name, objective)
				}
			}
		}
	}
}
