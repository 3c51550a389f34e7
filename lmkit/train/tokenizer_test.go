package train

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"owlm/internal/want"
	"owlm/lmkit"
	"owlm/lmkit/backend"
	"owlm/lmkit/corpora"
	"owlm/lmkit/dataset"
	"owlm/lmkit/network"
	"owlm/lmkit/rundir"
	"owlm/lmkit/text"
)

// learning returns a run with a directory that learns byte-pair encoding from the tutorial's text.
func learning(t *testing.T) Config {
	c := tiny(backend.Go)
	c.Tokenizer, c.Vocabulary.Size, c.BatchSize = text.BPE{}, 270, 32
	c.Directory, c.CheckpointEvery = filepath.Join(t.TempDir(), "run"), 3
	return c
}

// written returns the tokenizer.json of byte-pair encoding that has learned.
func written(t *testing.T, tokenizer text.Tokenizer) string {
	t.Helper()
	if b, ok := tokenizer.(text.BPE); !ok || !b.Trained() {
		t.Fatalf("%#v has not learned", tokenizer)
	}
	data, err := text.MarshalTokenizer(tokenizer)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestLearnedTokenizer follows the tokenizer that a run has learned: into the model, its directory, a resumed run and a
// run that starts from it.
func TestLearnedTokenizer(t *testing.T) {
	c := learning(t)
	m := train(t, c)
	learned := written(t, m.Tokenizer)
	if n := m.Vocabulary.Len(); n != 270 || m.Vocabulary.Unknown() != "" {
		t.Errorf("%d tokens, %q for unknown ones", n, m.Vocabulary.Unknown())
	}
	if settings, err := os.ReadFile(filepath.Join(c.Directory, rundir.SettingsFile)); err != nil ||
		!strings.Contains(string(settings), `"tokenizer":{"kind":"bpe","vocabulary_size":0,"min_frequency":0}`) {
		t.Errorf("%v: %s", err, settings)
	}
	opened, err := lmkit.Open(c.Directory, backend.Go)
	if err != nil || written(t, opened.Tokenizer) != learned {
		t.Errorf("the opened model has another tokenizer: %v", err)
	}

	// On another text the run keeps its tokenizer: it does not learn "zq", which only that text contains.
	c.Resume, c.AllowChangedText, c.Epochs = true, true, 3
	other := corpora.OwlText + strings.Repeat(" zq", 50)
	if m, err = Run(t.Context(), text.String("it", other), c); err != nil || written(t, m.Tokenizer) != learned {
		t.Errorf("resumed on another text: %v", err)
	}
	c.Epochs = 4
	if m, err = Run(t.Context(), text.String("other", other), c); err != nil || written(t, m.Tokenizer) != learned {
		t.Errorf("resumed on another text, read as a stream: %v", err)
	}

	from := tiny(backend.Go)
	from.Model, from.From, from.Directory, from.CheckpointEvery = network.Config{}, c.Directory,
		filepath.Join(t.TempDir(), "from"), 3
	for _, asked := range []text.Tokenizer{nil, text.BPE{}, opened.Tokenizer} {
		from.Tokenizer, from.Directory = asked, from.Directory+"-"
		if m, err = Run(t.Context(), text.String("it", other), from); err != nil || written(t, m.Tokenizer) != learned {
			t.Errorf("from, asked for %T: %v", asked, err)
		}
	}
	from.Resume, from.Epochs = true, 3
	if m, err = Run(t.Context(), text.String("it", other), from); err != nil || written(t, m.Tokenizer) != learned {
		t.Errorf("from, resumed: %v", err)
	}
	from.Resume, from.Directory, from.Tokenizer = false, "", text.Words{}
	_, err = Run(t.Context(), text.String("it", other), from)
	want.Error(t, err, "another tokenizer", `{"kind":"bpe","sha256":"`, `{"kind":"word"`)
}

// TestGivenTokenizer trains with byte-pair encoding that had learned before, and resumes with the settings in run.json.
func TestGivenTokenizer(t *testing.T) {
	given, err := text.ReadTokenizer("../text/testdata/written.json")
	if err != nil {
		t.Fatal(err)
	}
	c := learning(t)
	c.Tokenizer, c.Vocabulary.Size = given, 0
	if m := train(t, c); written(t, m.Tokenizer) != written(t, given) {
		t.Error("the model has another tokenizer")
	}
	settings, err := os.ReadFile(filepath.Join(c.Directory, rundir.SettingsFile))
	if err != nil || len(settings) > 3000 {
		t.Errorf("run.json has %d bytes, %v", len(settings), err)
	}
	if c, err = ReadRun(c.Directory); err != nil {
		t.Fatal(err)
	}
	c.Backend, c.Epochs = backend.Go, 3
	if m := train(t, c); written(t, m.Tokenizer) != written(t, given) {
		t.Error("the resumed model has another tokenizer")
	}
	c.Tokenizer = text.BPE{}
	_, err = Run(t.Context(), corpora.Owl, c)
	want.Error(t, err, "tokenizer was", "other settings")
	c = learning(t)
	c.Tokenizer, c.Vocabulary = given, text.VocabularyOptions{Size: 1000, MinCount: 2}
	_, err = Run(t.Context(), corpora.Owl, c)
	want.Error(t, err, "vocabulary size is 1000", "learned already", "min count is 2")
}

// TestOtherTokens resumes a run whose directory has other tokens than its checkpoint.
func TestOtherTokens(t *testing.T) {
	c := learning(t)
	train(t, c)
	other := learning(t)
	other.Vocabulary.Size, other.Steps = 265, 1
	train(t, other)
	for _, name := range []string{rundir.ConfigFile, rundir.TokenizerFile, rundir.VocabularyFile} {
		data, err := os.ReadFile(filepath.Join(other.Directory, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(c.Directory, name), data, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	c.Resume, c.AllowChangedText = true, true
	_, err := Run(t.Context(), corpora.Owl, c)
	want.Error(t, err, "other tokens", "checkpoints", rundir.TokenizerFile, rundir.VocabularyFile)
}

func TestOpenRefusesOtherTokens(t *testing.T) {
	c := learning(t)
	c.CheckpointEvery = 0
	train(t, c)
	read := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join(c.Directory, name))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	vocabulary, tokenizer := read(rundir.VocabularyFile), read(rundir.TokenizerFile)
	for _, test := range []struct {
		name    string
		content []byte
		want    []string
	}{
		{rundir.VocabularyFile, bytes.Replace(vocabulary, []byte(`"!","\""`), []byte(`"\"","!"`), 1),
			[]string{`token 0 is "\""`, `"!" in tokenizer.json`}},
		{rundir.VocabularyFile, bytes.Replace(vocabulary, []byte(`null`), []byte(`"a"`), 1),
			[]string{"unknown must be null"}},
		{rundir.TokenizerFile, []byte(`{"kind":"bpe","vocabulary_size":270,"min_frequency":0}`),
			[]string{rundir.TokenizerFile, "still to be learned"}},
		{rundir.TokenizerFile, tokenizer[:len(tokenizer)/2], []string{rundir.TokenizerFile}},
	} {
		if err := os.WriteFile(filepath.Join(c.Directory, test.name), test.content, 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := lmkit.Open(c.Directory, backend.Go)
		want.Error(t, err, append(test.want, c.Directory)...)
		for name, content := range map[string][]byte{
			rundir.VocabularyFile: vocabulary, rundir.TokenizerFile: tokenizer,
		} {
			if err := os.WriteFile(filepath.Join(c.Directory, name), content, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestEngineComesFirst names an engine that does not exist: the text is not even opened.
func TestEngineComesFirst(t *testing.T) {
	c := tiny("tpu")
	source := text.Source{Name: "it", Open: func() (*text.Reader, error) {
		t.Error("the text is read")
		return text.NewReader("it", strings.NewReader(corpora.OwlText), false), nil
	}}
	_, err := Run(t.Context(), source, c)
	want.Error(t, err, `"tpu"`)
}

// TestSplitOfRunOpensTokens splits the text of a run where nothing can be written, and then without its token file.
func TestSplitOfRunOpensTokens(t *testing.T) {
	for _, tokenizer := range tokenizers {
		c := tiny(backend.Go)
		c.Tokenizer, c.Valid, c.Test, c.Directory = tokenizer, 0.2, 0.2, filepath.Join(t.TempDir(), "run")
		if text.Kind(tokenizer) != "bpe" {
			c.Vocabulary.Unknown = "<unk>"
		}
		source := stored("owl", corpora.OwlText)
		if _, err := Run(t.Context(), source, c); err != nil {
			t.Fatal(err)
		}
		writable := os.Getenv("TMPDIR")
		t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "nowhere"))
		opened, err := splitRun(t, source, c.Directory)
		if err != nil {
			t.Fatal(err)
		}
		defer opened.Close()
		t.Setenv("TMPDIR", writable)
		if err := os.Remove(filepath.Join(c.Directory, dataset.TokensFile)); err != nil {
			t.Fatal(err)
		}
		made, err := splitRun(t, source, c.Directory)
		if err != nil {
			t.Fatal(err)
		}
		defer made.Close()
		for i, part := range []dataset.Part{opened.Train, opened.Valid, opened.Test} {
			again := []dataset.Part{made.Train, made.Valid, made.Test}[i]
			if part.PartSize != again.PartSize || !slices.Equal(dataset.All(part.IDs), dataset.All(again.IDs)) {
				t.Errorf("%s: part %d is %+v, and %+v when made again", text.Kind(tokenizer), i, part.PartSize,
					again.PartSize)
			}
		}
	}
}
