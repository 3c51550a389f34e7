package train

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"owlm/internal/want"
	"owlm/lmkit"
	"owlm/lmkit/backend"
	"owlm/lmkit/corpora"
	"owlm/lmkit/dataset"
	"owlm/lmkit/ngram"
	"owlm/lmkit/rundir"
	"owlm/lmkit/text"
)

// quoted contains what its tokens do not show: white space, the shapes of quotation marks and letters of several bytes.
const quoted = " The  owl said: \"Où est l'été?\"\n\n" +
	"The fox – so sly – said ''nothing''. The owl, the owl! The fox slept.\n"

func TestSplit(t *testing.T) {
	for _, tokenizer := range []text.Tokenizer{
		text.Words{}, text.Words{Lowercase: true}, text.Characters{}, text.Characters{Lowercase: true}, text.BPE{},
	} {
		parts, err := Split(t.Context(), text.String("", quoted),
			Config{Tokenizer: tokenizer, Vocabulary: text.VocabularyOptions{Unknown: "<unk>"}, Valid: 0.2, Test: 0.2})
		if err != nil {
			t.Fatal(err)
		}
		sum := parts.Train.Characters + parts.Valid.Characters + parts.Test.Characters
		if sum != utf8.RuneCountInString(quoted) {
			t.Errorf("%#v: the parts have %d characters, the text %d", tokenizer, sum, utf8.RuneCountInString(quoted))
		}
		if tokenizer == (text.Characters{}) && parts.Valid.Characters != parts.Valid.Tokens {
			t.Errorf("%d characters in %d tokens", parts.Valid.Characters, parts.Valid.Tokens)
		}
	}
	// The parts are cut between characters, and every byte is a token, because no pair of bytes occurs twice.
	bytes, err := Split(t.Context(), text.String("", "été"),
		Config{Tokenizer: text.BPE{}, Vocabulary: text.VocabularyOptions{Unknown: "<unk>"}, Test: 0.8})
	if err != nil || bytes.Train.Tokens != 2 || bytes.Train.Characters != 1 || bytes.Test.Tokens != 3 ||
		bytes.Test.Characters != 2 {
		t.Errorf("%+v, %v", bytes, err)
	}
	// By hand: the test part is the last 4 tokens, and the third of them occurs nowhere else.
	parts, err := Split(t.Context(), text.String("", quoted),
		Config{Vocabulary: text.VocabularyOptions{Unknown: "<unk>"}, Test: 0.12})
	if err != nil {
		t.Fatal(err)
	}
	if got := parts.Vocabulary.Decode(dataset.All(parts.Test.IDs)); strings.Join(got, " ") != "the fox <unk> ." ||
		parts.Test.Unknown != 1 || parts.Test.Characters != len("The fox slept.\n") {
		t.Errorf("%q of %d characters, %d unknown", got, parts.Test.Characters, parts.Test.Unknown)
	}
	if _, known := parts.Vocabulary.ID("slept"); known {
		t.Error("the vocabulary knows a word of the test text")
	}
	if _, err := Split(t.Context(), text.String("", quoted), Config{Test: 0.12}); err == nil ||
		!strings.Contains(err.Error(), `test text: token 3, "slept"`) {
		t.Errorf("%v", err)
	}
}

// TestEvaluateNGram gives every token the same probability, so that all numbers are known.
func TestEvaluateNGram(t *testing.T) {
	parts, err := Split(t.Context(), corpora.Owl,
		Config{Vocabulary: text.VocabularyOptions{Unknown: "<unk>"}, Valid: 0.33})
	if err != nil {
		t.Fatal(err)
	}
	size := parts.Vocabulary.Len()
	uniform, err := ngram.NewKneserNey(nil, 3, size)
	if err != nil {
		t.Fatal(err)
	}
	e, err := uniform.Evaluate(parts.Valid)
	characters := len("Every night, under the bright moonlight, the owl would share stories.\n")
	bits := math.Log2(float64(size)) * float64(e.Tokens-1) / float64(characters)
	if err != nil || e.Tokens != 14 || math.Abs(e.Perplexity-float64(size)) > 1e-9 ||
		math.Abs(e.BitsPerCharacter-bits) > 1e-12 {
		t.Errorf("%+v, %v; want perplexity %d and %v bits", e, err, size, bits)
	}
	none, err := ngram.New(dataset.All(parts.Train.IDs), 1, size, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = none.Evaluate(parts.Valid)
	want.Error(t, err, "+Inf", "smooth")
	_, err = uniform.Evaluate(parts.Test)
	want.Error(t, err, "0 tokens")
}

// splitRun cuts a text into the parts of the run in a directory.
func splitRun(t *testing.T, source text.Source, dir string) (*dataset.Parts, error) {
	c, err := ReadRun(dir)
	if err != nil {
		return nil, err
	}
	return Split(t.Context(), source, c)
}

// TestSplitOfRun evaluates the model on the parts of its run: the losses are those in the receipt.
func TestSplitOfRun(t *testing.T) {
	c := tiny(backend.Go)
	c.Directory, c.Valid, c.Test, c.Vocabulary.Unknown = filepath.Join(t.TempDir(), "run"), 0.2, 0.2, "<unk>"
	m := train(t, c)
	parts, err := splitRun(t, corpora.Owl, c.Directory)
	if err != nil {
		t.Fatal(err)
	}
	receipt, err := rundir.ReadReceipt(c.Directory)
	if err != nil {
		t.Fatal(err)
	}
	for part, want := range map[*dataset.Part]float64{
		&parts.Valid: *receipt.ValidLoss, &parts.Test: *receipt.TestLoss,
	} {
		e, err := m.Evaluate(t.Context(), part.Source(""), lmkit.EvaluateConfig{})
		if err != nil || math.Abs(e.Loss-want) > 1e-9 {
			t.Errorf("loss %v, %v; the receipt has %v", e.Loss, err, want)
		}
	}
	_, err = splitRun(t, text.String("", corpora.OwlText+"x"), c.Directory)
	want.Error(t, err, c.Directory, "sha256", receipt.Corpus.SHA256)
	if err := os.Remove(filepath.Join(c.Directory, rundir.SettingsFile)); err != nil {
		t.Fatal(err)
	}
	_, err = splitRun(t, corpora.Owl, c.Directory)
	want.Error(t, err, c.Directory, "no training run")
}
