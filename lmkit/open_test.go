package lmkit_test

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"owlm/internal/want"
	"owlm/lmkit"
	"owlm/lmkit/backend"
	"owlm/lmkit/network"
	"owlm/lmkit/rnn"
	"owlm/lmkit/rundir"
	"owlm/lmkit/safetensors"
)

// TestOpenRefuses opens model directories with one damaged file.
func TestOpenRefuses(t *testing.T) {
	m := newModel(t, backend.Go, network.Config{EmbeddingSize: 4, HiddenSize: 4, Layers: 1})
	write := func(name, content string) func(dir string) error {
		return func(dir string) error { return os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644) }
	}
	config := `{"format":1,"cell":"rnn","vocabulary_size":30,"embedding_size":4,"hidden_size":4,"layers":1`
	changed := func(old, new string) func(dir string) error {
		return write(rundir.ConfigFile, strings.Replace(config, old, new, 1)+"}")
	}
	for name, test := range map[string]struct {
		damage func(dir string) error
		want   []string
	}{
		"no weights": {
			func(dir string) error { return os.Remove(filepath.Join(dir, rundir.WeightsFile)) },
			[]string{rundir.WeightsFile, "no checkpoint", "training has not ended"},
		},
		"no config": {
			func(dir string) error { return os.Remove(filepath.Join(dir, rundir.ConfigFile)) },
			[]string{rundir.ConfigFile},
		},
		"newer":       {write(rundir.ConfigFile, `{"format":2}`), []string{"format is 2"}},
		"unknown key": {write(rundir.ConfigFile, config+`,"hiden":1}`), []string{rundir.ConfigFile, "hiden"}},
		"wrong type":  {write(rundir.ConfigFile, config+`,"dropout":"x"}`), []string{rundir.ConfigFile, "dropout"}},
		"zero":        {changed(`"hidden_size":4`, `"hidden_size":0`), []string{"hidden size is 0"}},
		"other shape": {
			changed(`"hidden_size":4`, `"hidden_size":5`), []string{"rnn.weight_hh_l0", "[4, 4]", "[5, 5]"},
		},
		"more layers": {changed(`"layers":1`, `"layers":2`), []string{"rnn.weight_ih_l1 is missing"}},
		"few words": {
			write(rundir.VocabularyFile, `{"tokens":["a"],"unknown":null}`),
			[]string{rundir.VocabularyFile, "1 tokens", "30"},
		},
		"twice": {
			write(rundir.VocabularyFile, `{"tokens":["a","a"],"unknown":null}`),
			[]string{rundir.VocabularyFile, `"a" occurs twice`},
		},
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

// TestOpenRefusesWeights opens files that have a weight under two names, or tied weights that differ.
func TestOpenRefusesWeights(t *testing.T) {
	tied := lmkit.Config{Cell: rnn.LSTM, EmbeddingSize: 4, HiddenSize: 4, Layers: 1, TieWeights: true}
	m := newModel(t, backend.Go, tied)
	values := m.Config.InitialValues(1, network.InitialWeights{})
	for name, c := range map[string]struct {
		name    string
		shape   []int
		values  []float32
		problem string // "" if the weights are accepted
	}{
		"tied":        {"fc.weight", []int{30, 4}, values["embedding.weight"], ""},
		"other shape": {"fc.weight", []int{4, 30}, values["embedding.weight"], "has shape [4, 30], not [30, 4]"},
		"differs":     {"fc.weight", []int{30, 4}, make([]float32, 120), "differs from embedding.weight"},
		"two names": {
			"lstm.bias_hh_l0", []int{16}, make([]float32, 16), "lstm.bias_hh_l0 and rnn.bias_hh_l0 are both",
		},
	} {
		dir := t.TempDir()
		if err := m.Save(dir); err != nil {
			t.Fatal(err)
		}
		var list []safetensors.Tensor
		for _, w := range m.Config.Weights() {
			list = append(list, safetensors.Float32(w.Name, w.Shape, values[w.Name]))
		}
		list = append(list, safetensors.Float32(c.name, c.shape, c.values))
		var data bytes.Buffer
		if err := safetensors.Encode(&data, list, nil); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, rundir.WeightsFile), data.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := lmkit.Open(dir, backend.Go); c.problem != "" {
			want.Error(t, err, dir, c.problem)
		} else if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestOpenNaN opens a tied model that diverged: it is what it was saved as.
func TestOpenNaN(t *testing.T) {
	m := newModel(t, backend.Go, network.Config{EmbeddingSize: 4, HiddenSize: 4, Layers: 1, TieWeights: true})
	weight := m.Store.GetVariable(network.VariablePath("embedding.weight"))
	values := make([]float32, 30*4)
	values[7] = float32(math.NaN())
	if err := weight.SetValue(tensors.FromFlatDataAndDimensions(values, 30, 4)); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := m.Save(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := lmkit.Open(dir, backend.Go); err != nil {
		t.Error(err)
	}
}
