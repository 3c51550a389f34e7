package lmkit_test

import (
	"bytes"
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"owlm/internal/golden"
	"owlm/internal/want"
	"owlm/lmkit"
	"owlm/lmkit/backend"
	"owlm/lmkit/network"
	"owlm/lmkit/rnn"
	"owlm/lmkit/safetensors"
	"owlm/lmkit/text"
)

const vocabularyList = "testdata/torch/import/vocabulary.txt"

// TestImportsLikeTorch imports state dicts that PyTorch wrote, and compares structure and logits with PyTorch's.
func TestImportsLikeTorch(t *testing.T) {
	var g torchModels
	golden.Read(t, "testdata/torch/logits.json", &g)
	largest, cases := 0.0, 0
	for name, config := range map[string]network.Config{
		"lstm":    {Cell: rnn.LSTM, VocabularySize: 7, EmbeddingSize: 5, HiddenSize: 6, Layers: 2},
		"tied":    {Cell: rnn.LSTM, VocabularySize: 7, EmbeddingSize: 6, HiddenSize: 6, Layers: 1, TieWeights: true},
		"shared":  {Cell: rnn.GRU, VocabularySize: 7, EmbeddingSize: 6, HiddenSize: 6, Layers: 1, TieWeights: true},
		"square":  {Cell: rnn.GRU, VocabularySize: 7, EmbeddingSize: 6, HiddenSize: 6, Layers: 1},
		"half":    {Cell: rnn.RNN, VocabularySize: 7, EmbeddingSize: 5, HiddenSize: 6, Layers: 1},
		"bfloat":  {Cell: rnn.GRU, VocabularySize: 7, EmbeddingSize: 5, HiddenSize: 6, Layers: 3},
		"no-bias": {Cell: rnn.GRU, VocabularySize: 7, EmbeddingSize: 5, HiddenSize: 6, Layers: 2},
	} {
		want, ok := g.Imported[name]
		if !ok {
			t.Fatalf("no golden values for %s", name)
		}
		dir := filepath.Join(t.TempDir(), name)
		weights := filepath.Join(golden.Path("testdata/torch"), "import", name+".safetensors")
		got, err := lmkit.Import(weights, vocabularyList, dir, lmkit.ImportConfig{})
		if err != nil {
			t.Fatal(err)
		}
		if got != config || name != "no-bias" && got.Parameters() != want.Parameters {
			t.Errorf("%s: %+v with %d parameters, want %+v with %d",
				name, got, got.Parameters(), config, want.Parameters)
		}
		m, err := lmkit.Open(dir, backend.Go)
		if err != nil {
			t.Fatal(err)
		}
		if m.Tokenizer != (text.Words{Lowercase: true}) || m.Vocabulary.Token(6) != "g" {
			t.Errorf("%s: tokenizer %#v, vocabulary %q", name, m.Tokenizer, m.Vocabulary.Tokens())
		}
		largest = max(largest, largestDifference(t, m, g.Tokens, want.Logits))
		cases += len(g.Tokens) * 7
	}
	golden.Agree(t, golden.Agreement{
		Comparison: "logits of imported state dicts", Cases: cases, Largest: largest, Limit: 1e-5,
	})
}

// stateDict writes the weights of a small LSTM, after change changed them, and returns the path.
func stateDict(t *testing.T, change func(list []safetensors.Tensor) []safetensors.Tensor) string {
	t.Helper()
	config := network.Config{Cell: rnn.LSTM, VocabularySize: 7, EmbeddingSize: 3, HiddenSize: 4, Layers: 1}
	values := config.InitialValues(1, network.InitialWeights{})
	var list []safetensors.Tensor
	for _, w := range config.Weights() {
		list = append(list, safetensors.Float32(w.Name, w.Shape, values[w.Name]))
	}
	var data bytes.Buffer
	if err := safetensors.Encode(&data, change(list), nil); err != nil {
		t.Fatal(err)
	}
	return want.File(t, "model.safetensors", data.String())
}

// replace returns a change for stateDict: it puts another tensor in the place of one.
func replace(name string, with safetensors.Tensor) func(list []safetensors.Tensor) []safetensors.Tensor {
	return func(list []safetensors.Tensor) []safetensors.Tensor {
		for i := range list {
			if list[i].Name == name {
				list[i] = with
			}
		}
		return list
	}
}

// add returns a change for stateDict: it adds a tensor of zeros.
func add(name string, shape ...int) func(list []safetensors.Tensor) []safetensors.Tensor {
	return func(list []safetensors.Tensor) []safetensors.Tensor {
		size := 1
		for _, d := range shape {
			size *= d
		}
		return append(list, safetensors.Float32(name, shape, make([]float32, size)))
	}
}

// recurrent returns recurrent weights of a shape.
func recurrent(rows, columns int) safetensors.Tensor {
	return safetensors.Float32("rnn.weight_hh_l0", []int{rows, columns}, make([]float32, rows*columns))
}

// refused is an import that must fail. What is empty stands for something that is right.
type refused struct {
	weights, vocabulary, dir string
	config                   lmkit.ImportConfig
	want                     []string
}

// check imports into a new directory, and checks that nothing is written there.
func (c refused) check(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	if c.weights == "" {
		c.weights = stateDict(t, func(list []safetensors.Tensor) []safetensors.Tensor { return list })
	}
	c.vocabulary, c.dir = cmp.Or(c.vocabulary, vocabularyList), cmp.Or(c.dir, dir)
	_, err := lmkit.Import(c.weights, c.vocabulary, c.dir, c.config)
	want.Error(t, err, c.want...)
	if _, err := os.Stat(dir); err == nil {
		t.Error("something was written")
	}
}

// TestImportRefusesWeights imports weights that make no model.
func TestImportRefusesWeights(t *testing.T) {
	double := safetensors.Tensor{Name: "fc.bias", DType: "F64", Shape: []int{7}, Data: make([]byte, 56)}
	attention := safetensors.Float32("attention", []int{1}, []float32{1})
	for name, c := range map[string]refused{
		"zipped pickle": {
			weights: want.File(t, "my model.pt", "PK\x03\x04rest"),
			want:    []string{"my model.pt is a pickle", "python3 -c", "weights_only=True", "my model.safetensors'"},
		},
		"old pickle": {weights: want.File(t, "model.pth", "\x80\x02\x8a\x0a"), want: []string{"is a pickle"}},
		"no file":    {weights: "nowhere.safetensors", want: []string{"nowhere.safetensors", "no such file"}},
		"no safetensors": {
			weights: want.File(t, "model.bin", "some words here"), want: []string{"model.bin", "safetensors"},
		},
		"extra": {
			weights: stateDict(t, add("rnn.weight_hr_l0", 2, 4)),
			want:    []string{"rnn.weight_hr_l0 is not a weight of this model"},
		},
		"both names": {
			weights: stateDict(t, add("encoder.weight", 7, 3)),
			want:    []string{"embedding.weight and encoder.weight are both"},
		},
		"layer missing": {
			weights: stateDict(t, add("rnn.weight_hh_l1", 16, 4)),
			want:    []string{"rnn.weight_ih_l1 is missing", "rnn.bias_hh_l1 is missing"},
		},
		"double": {weights: stateDict(t, replace("fc.bias", double)), want: []string{"fc.bias has type F64"}},
		"two gates": {
			weights: stateDict(t, replace("rnn.weight_hh_l0", recurrent(8, 4))),
			want:    []string{"[8, 4]", "[4H, H] for an lstm"},
		},
		"no layer": {
			weights: stateDict(t, replace("rnn.weight_hh_l0", attention)),
			want:    []string{"no recurrent layer", "attention [1]"},
		},
		"empty layer": {
			weights: stateDict(t, replace("rnn.weight_hh_l0", recurrent(0, 0))), want: []string{"no recurrent layer"},
		},
	} {
		t.Run(name, c.check)
	}
}

// TestImportRefuses imports into a directory that holds a model, vocabularies that do not fit, and wrong settings.
func TestImportRefuses(t *testing.T) {
	held := t.TempDir()
	small := network.Config{Cell: rnn.RNN, EmbeddingSize: 2, HiddenSize: 2, Layers: 1}
	if err := newModel(t, backend.Go, small).Save(held); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]refused{
		"short list": {
			vocabulary: want.File(t, "v.txt", "a\nb\n"),
			want:       []string{"embedding.weight has shape [7, 3], not [2, 3]", "fc.bias has shape [7], not [2]"},
		},
		"empty line": {vocabulary: want.File(t, "v.txt", "a\n\nb\n"), want: []string{"v.txt: line 2 is empty"}},
		"twice":      {vocabulary: want.File(t, "v.txt", "a\nb\na\n"), want: []string{`"a" occurs twice`}},
		"empty list": {vocabulary: want.File(t, "v.txt", "\n"), want: []string{"no tokens"}},
		"not UTF-8":  {vocabulary: want.File(t, "v.txt", "a\xff"), want: []string{"not UTF-8"}},
		"bad JSON":   {vocabulary: want.File(t, "v.json", `{"tokens":["a"]`), want: []string{"v.json"}},
		"no list":    {vocabulary: "nowhere.txt", want: []string{"nowhere.txt: no such file"}},
		"held":       {dir: held, want: []string{held, "already holds a model or a run"}},
		"another cell": {
			config: lmkit.ImportConfig{Cell: "gru"}, want: []string{"rnn.weight_hh_l0 has shape [16, 4], not [12, 4]"},
		},
		"unknown cell":    {config: lmkit.ImportConfig{Cell: "lsmt"}, want: []string{`"lsmt"`}},
		"context":         {config: lmkit.ImportConfig{Context: -1}, want: []string{"context is -1"}},
		"not the dropout": {config: lmkit.ImportConfig{Dropout: 1}, want: []string{"dropout is 1"}},
	} {
		t.Run(name, c.check)
	}
}

// TestShapeTable checks the table of a ShapeError.
func TestShapeTable(t *testing.T) {
	weights := stateDict(t, func(list []safetensors.Tensor) []safetensors.Tensor { return list[:len(list)-2] })
	vocabulary := want.File(t, "v.txt", "a\nb\n")
	_, err := lmkit.Import(weights, vocabulary, t.TempDir(), lmkit.ImportConfig{})
	var shapes *lmkit.ShapeError
	if !errors.As(err, &shapes) {
		t.Fatal(err)
	}
	want := []string{
		"name found expected", "embedding.weight [7, 3] [2, 3] <-", "rnn.weight_ih_l0 [16, 3] [16, 3]",
		"rnn.weight_hh_l0 [16, 4] [16, 4]", "rnn.bias_ih_l0 [16] [16]", "rnn.bias_hh_l0 [16] [16]",
		"fc.weight - [2, 4] <-", "fc.bias [2] [2]",
	}
	var got []string
	for line := range strings.Lines(shapes.Table()) {
		got = append(got, strings.Join(strings.Fields(line), " "))
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s", shapes.Table())
	}
}

// TestImportWrapped imports a model that DataParallel and torch.compile wrapped, in both orders.
func TestImportWrapped(t *testing.T) {
	for _, wrapper := range []string{"module.", "_orig_mod.", "module._orig_mod.", "_orig_mod.module."} {
		weights := stateDict(t, func(list []safetensors.Tensor) []safetensors.Tensor {
			for i := range list {
				list[i].Name = wrapper + list[i].Name
			}
			return list
		})
		dir := filepath.Join(t.TempDir(), "out")
		c, err := lmkit.Import(weights, vocabularyList, dir, lmkit.ImportConfig{})
		if err != nil || c.Cell != rnn.LSTM || c.HiddenSize != 4 {
			t.Errorf("%s: %+v, %v", wrapper, c, err)
		}
	}
}
