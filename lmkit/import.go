package lmkit

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"owlm/lmkit/network"
	"owlm/lmkit/rnn"
	"owlm/lmkit/rundir"
	"owlm/lmkit/safetensors"
	"owlm/lmkit/text"
)

// ImportConfig says what a state dict and a vocabulary leave open. The zero value will do for most.
type ImportConfig struct {
	// Cell, "rnn", "lstm" or "gru", is what the weights must be; "" is the cell that has as many gates as they do.
	Cell string
	// Tokenizer splits the texts that the model reads; nil is text.Words, in lower case if no token of the vocabulary has a
	// capital letter.
	Tokenizer text.Tokenizer
	// Context, if positive, says that the model was trained on windows of that many tokens from a zero state.
	Context int
	// Dropout is what further training uses between layers.
	Dropout float64
}

// Import makes a model directory, dir, of a PyTorch state dict that was saved as safetensors and of a vocabulary, as
// text.ReadVocabulary reads it. The members are named embedding, rnn (or lstm, gru) and fc, or, as in the word_language_model of
// pytorch/examples, encoder, rnn and decoder. Sizes, layers and cell come from the shapes; the weights are tied where embedding and
// output layer are equal, or only one of them is there; biases that are missing are zero. Weights that do not fit each other and the
// vocabulary are a *ShapeError.
func Import(weights, vocabulary, dir string, c ImportConfig) (network.Config, error) {
	if rundir.HoldsRun(dir) {
		return network.Config{}, &rundir.HeldError{Directory: dir}
	}
	found, err := readStateDict(weights)
	if err != nil {
		return network.Config{}, err
	}
	words, err := text.ReadVocabulary(vocabulary)
	if err != nil {
		return network.Config{}, err
	}
	config, err := inferConfig(weights, found, words.Len(), c)
	if err != nil {
		return config, err
	}
	addMissing(found, config)
	values, err := take(config, weights, found)
	if err != nil {
		return config, err
	}
	m := &Model{Config: config, Tokenizer: c.Tokenizer, Vocabulary: words}
	if m.Tokenizer == nil {
		m.Tokenizer = text.Words{Lowercase: !slices.ContainsFunc(words.Tokens(), hasCapital)}
	}
	if err := m.SaveDescription(dir); err != nil {
		return config, err
	}
	return config, writeWeights(dir, tensorsOf(config, values))
}

// hasCapital leaves out the token for unknown ones and its like, which no text has.
func hasCapital(token string) bool {
	return !strings.HasPrefix(token, "<") && strings.IndexFunc(token, unicode.IsUpper) >= 0
}

// converts is the Python program that makes safetensors of a pickled state dict.
const converts = `import sys, torch, safetensors.torch as s; s.save_file({k: v.clone().contiguous() for k, v in torch.load(sys.argv[1], ` +
	`map_location='cpu', weights_only=True).items()}, sys.argv[2])`

// readStateDict reads a safetensors file and gives its tensors lmkit's names.
func readStateDict(path string) (map[string]safetensors.Tensor, error) {
	if isPickle(path) {
		to := strings.TrimSuffix(path, filepath.Ext(path)) + ".safetensors"
		return nil, fmt.Errorf("%s is a pickle, which may run any program when it is read; where you trust it, convert it with: python3 -c \"%s\" %s %s",
			path, converts, shellWord(path), shellWord(to))
	}
	file, err := safetensors.Read(path)
	if err != nil {
		return nil, err
	}
	found, from := make(map[string]safetensors.Tensor), make(map[string]string)
	for _, t := range file.Tensors {
		name := memberName(t.Name)
		if other, twice := from[name]; twice {
			return nil, fmt.Errorf("%s: %s and %s are both the model's %s", path, other, t.Name, name)
		}
		found[name], from[name] = t, t.Name
	}
	return found, nil
}

// isPickle recognises what torch.save writes: a zip archive or, before PyTorch 1.6, a bare pickle.
func isPickle(path string) bool {
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	begin := make([]byte, 4)
	if _, err := io.ReadFull(file, begin); err != nil {
		return false
	}
	return string(begin) == "PK\x03\x04" || begin[0] == 0x80 && begin[1] >= 2 && begin[1] <= 5
}

// shellWord quotes a word for a shell.
func shellWord(word string) string {
	plain := func(r rune) bool {
		return strings.ContainsRune("/._-+=:,@%", r) || unicode.IsLetter(r) || unicode.IsDigit(r)
	}
	if word != "" && strings.TrimFunc(word, plain) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// memberName is lmkit's name of a tensor in a state dict. Wrappers of PyTorch put their own in front of it.
func memberName(name string) string {
	for _, wrapper := range []string{"module.", "_orig_mod."} { // DataParallel, torch.compile
		name = strings.TrimPrefix(name, wrapper)
	}
	member, rest, _ := strings.Cut(name, ".")
	switch member {
	case "encoder":
		member = "embedding"
	case "decoder":
		member = "fc"
	case "lstm", "gru":
		member = "rnn"
	}
	return member + "." + rest
}

// inferConfig finds the structure that has weights of such shapes.
func inferConfig(path string, found map[string]safetensors.Tensor, vocabularySize int, c ImportConfig) (network.Config, error) {
	recurrent, input := found["rnn.weight_hh_l0"].Shape, found["rnn.weight_ih_l0"].Shape
	if len(recurrent) != 2 || len(input) != 2 || recurrent[1] == 0 {
		return network.Config{}, fmt.Errorf("%s: there is no recurrent layer: rnn.weight_ih_l0 and rnn.weight_hh_l0 must be matrices; it has %s", path, strings.Join(shapesOf(found), ", "))
	}
	config := network.Config{VocabularySize: vocabularySize, EmbeddingSize: input[1], HiddenSize: recurrent[1], Dropout: c.Dropout, Context: c.Context}
	for found[fmt.Sprintf("rnn.weight_hh_l%d", config.Layers)].Shape != nil {
		config.Layers++
	}
	var err error
	if config.Cell, err = inferCell(path, recurrent, c.Cell); err != nil {
		return config, err
	}
	embedding, hasEmbedding := found["embedding.weight"]
	output, hasOutput := found["fc.weight"]
	if config.EmbeddingSize == config.HiddenSize && (hasEmbedding || hasOutput) {
		config.TieWeights = !hasEmbedding || !hasOutput || sameValues(embedding, output)
	}
	return config, config.Validate()
}

// inferCell finds the cell by its gates. One that is asked for is taken all the same: the shapes are compared later.
func inferCell(path string, recurrent []int, asked string) (rnn.Cell, error) {
	if asked != "" {
		return rnn.ParseCell(asked)
	}
	for _, cell := range []rnn.Cell{rnn.RNN, rnn.GRU, rnn.LSTM} {
		if recurrent[0] == cell.Gates()*recurrent[1] {
			return cell, nil
		}
	}
	return 0, fmt.Errorf("%s: rnn.weight_hh_l0 has shape %s; it would be [H, H] for an rnn, [3H, H] for a gru and [4H, H] for an lstm", path, network.ShapeString(recurrent))
}

func sameValues(a, b safetensors.Tensor) bool {
	return a.DType == b.DType && slices.Equal(a.Shape, b.Shape) && string(a.Data) == string(b.Data)
}

// addMissing adds what a state dict may leave out: the other name of tied weights, and biases of layers made without.
func addMissing(found map[string]safetensors.Tensor, c network.Config) {
	if _, ok := found["embedding.weight"]; !ok && c.TieWeights {
		found["embedding.weight"] = found["fc.weight"]
	}
	for _, prefix := range []string{"rnn.bias", "fc.bias"} {
		if slices.ContainsFunc(slices.Collect(maps.Keys(found)), func(name string) bool { return strings.HasPrefix(name, prefix) }) {
			continue
		}
		for _, p := range c.Weights() {
			if strings.HasPrefix(p.Name, prefix) {
				found[p.Name] = safetensors.Float32(p.Name, p.Shape, make([]float32, p.Size()))
			}
		}
	}
}

// shapesOf lists tensors, sorted by name, for an error.
func shapesOf(found map[string]safetensors.Tensor) []string {
	var list []string
	for name, t := range found {
		list = append(list, name+" "+network.ShapeString(t.Shape))
	}
	slices.Sort(list)
	return list
}
