package lmkit_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"owlm/internal/want"
	"owlm/lmkit"
	"owlm/lmkit/backend"
	"owlm/lmkit/network"
	"owlm/lmkit/rundir"
)

func TestOpenRefuses(t *testing.T) {
	m := newModel(t, backend.Go, network.Config{EmbeddingSize: 4, HiddenSize: 4, Layers: 1})
	write := func(name, content string) func(dir string) error {
		return func(dir string) error { return os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644) }
	}
	config := `{"format":1,"cell":"rnn","vocabulary_size":30,"embedding_size":4,"hidden_size":4,"layers":1`
	for name, test := range map[string]struct {
		damage func(dir string) error
		want   []string
	}{
		"no weights":  {func(dir string) error { return os.Remove(filepath.Join(dir, rundir.WeightsFile)) }, []string{rundir.WeightsFile, "no checkpoint", "training has not ended"}},
		"no config":   {func(dir string) error { return os.Remove(filepath.Join(dir, rundir.ConfigFile)) }, []string{rundir.ConfigFile}},
		"newer":       {write(rundir.ConfigFile, `{"format":2}`), []string{"format is 2"}},
		"unknown key": {write(rundir.ConfigFile, config+`,"hiden":1}`), []string{rundir.ConfigFile, "hiden"}},
		"wrong type":  {write(rundir.ConfigFile, config+`,"dropout":"x"}`), []string{rundir.ConfigFile, "dropout"}},
		"zero":        {write(rundir.ConfigFile, strings.Replace(config, `"hidden_size":4`, `"hidden_size":0`, 1)+"}"), []string{"hidden size is 0"}},
		"other shape": {write(rundir.ConfigFile, strings.Replace(config, `"hidden_size":4`, `"hidden_size":5`, 1)+"}"), []string{"rnn.weight_hh_l0", "[4, 4]", "[5, 5]"}},
		"more layers": {write(rundir.ConfigFile, strings.Replace(config, `"layers":1`, `"layers":2`, 1)+"}"), []string{"rnn.weight_ih_l1 is missing"}},
		"few words":   {write(rundir.VocabularyFile, `{"tokens":["a"],"unknown":null}`), []string{rundir.VocabularyFile, "1 tokens", "30"}},
		"twice":       {write(rundir.VocabularyFile, `{"tokens":["a","a"],"unknown":null}`), []string{rundir.VocabularyFile, `"a" occurs twice`}},
		"tokenizer":   {write(rundir.TokenizerFile, `{"kind":"syllable"}`), []string{rundir.TokenizerFile, "syllable"}},
		"not weights": {write(rundir.WeightsFile, "<html>"), []string{rundir.WeightsFile}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := m.Save(dir); err != nil {
				t.Fatal(err)
			}
			if err := test.damage(dir); err != nil {
				t.Fatal(err)
			}
			_, err := lmkit.Open(dir, backend.Go)
			want.Error(t, err, append(test.want, dir)...)
		})
	}
	_, err := lmkit.Open(filepath.Join(t.TempDir(), "nothing"), backend.Go)
	want.Error(t, err, "nothing")
}

func TestGenerateRefuses(t *testing.T) {
	m := newModel(t, backend.Go, network.Config{EmbeddingSize: 4, HiddenSize: 4, Layers: 1})
	for _, test := range []struct {
		prompt string
		config lmkit.GenerateConfig
		want   string
	}{
		{"a dragon", lmkit.GenerateConfig{Length: 1}, `"dragon"`}, {"owl", lmkit.GenerateConfig{Length: -1}, "length is -1"},
		{"owl", lmkit.GenerateConfig{Length: 1, Temperature: -1}, "temperature is -1"}, {"owl", lmkit.GenerateConfig{Length: 1, TopK: -1}, "top-k is -1"},
		{"owl", lmkit.GenerateConfig{Length: 1, TopP: 1.5}, "top-p is 1.5"}, {"owl", lmkit.GenerateConfig{Length: 1, Stop: "dragon"}, `"dragon"`},
		{"owl", lmkit.GenerateConfig{Length: 1, Context: -2}, "context is -2"},
	} {
		_, err := m.Samples(context.Background(), test.prompt, test.config, 1)
		want.Error(t, err, test.want)
	}
}
