package lmkit

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"owlm/lmkit/network"
	"owlm/lmkit/rnn"
	"owlm/lmkit/rundir"
	"owlm/lmkit/safetensors"
	"owlm/lmkit/text"
)

// ImportConfig says what a state dict and a vocabulary leave open. The zero value suits most models.
type ImportConfig struct {
	// Cell is the cell that the weights must have: "rnn", "lstm" or "gru"; "" stands for the cell that has as many
	// gates as the weights.
	Cell string
	// Tokenizer splits the texts that the model reads. Nil stands for text.Words, in lower case if no token of the
	// vocabulary has a capital letter.
	Tokenizer text.Tokenizer
	// Context, if positive, says that the model was trained on windows of that many tokens from a zero state.
	Context int
	// Dropout is the dropout between layers in further training.
	Dropout float64
}

// Import makes the model directory dir from a PyTorch state dict, saved as safetensors, and a vocabulary, which
// text.ReadVocabulary reads. It returns the structure that it found.
//
// The members of the state dict are named embedding, rnn (or lstm, gru) and fc or, as in the word_language_model of
// pytorch/examples, encoder, rnn and decoder. The sizes, the number of layers and the cell follow from the shapes. The
// weights are tied if embedding and output layer are equal, or if only one of the two is there. A state dict without
// biases gets zeros.
//
// If the weights do not fit each other and the vocabulary, the error is a *ShapeError. If dir already holds a model or
// a run, it is a *rundir.HeldError.
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
	values, err := pickWeights(config, weights, found)
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

// hasCapital reports whether a token has a capital letter. Tokens such as <UNK>, which no text has, do not count.
func hasCapital(token string) bool {
	return !strings.HasPrefix(token, "<") && strings.IndexFunc(token, unicode.IsUpper) >= 0
}

// inferConfig returns the structure that has weights of these shapes.
func inferConfig(path string, found map[string]safetensors.Tensor, vocabularySize int,
	c ImportConfig) (network.Config, error) {
	recurrent, input := found["rnn.weight_hh_l0"].Shape, found["rnn.weight_ih_l0"].Shape
	if len(recurrent) != 2 || len(input) != 2 || recurrent[1] == 0 {
		return network.Config{}, fmt.Errorf("%s: there is no recurrent layer: rnn.weight_ih_l0 and rnn.weight_hh_l0 "+
			"must be matrices; it has %s", path, strings.Join(shapesOf(found), ", "))
	}
	config := network.Config{
		VocabularySize: vocabularySize, EmbeddingSize: input[1], HiddenSize: recurrent[1], Dropout: c.Dropout,
		Context: c.Context,
	}
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

// inferCell returns the cell that has as many gates as the weights. A cell that is asked for is taken as it is;
// pickWeights compares the shapes.
func inferCell(path string, recurrent []int, asked string) (rnn.Cell, error) {
	if asked != "" {
		return rnn.ParseCell(asked)
	}
	for _, cell := range []rnn.Cell{rnn.RNN, rnn.GRU, rnn.LSTM} {
		if recurrent[0] == cell.Gates()*recurrent[1] {
			return cell, nil
		}
	}
	return 0, fmt.Errorf("%s: rnn.weight_hh_l0 has shape %s; it must be [H, H] for an rnn, [3H, H] for a gru "+
		"and [4H, H] for an lstm", path, network.ShapeString(recurrent))
}

func sameValues(a, b safetensors.Tensor) bool {
	return a.DType == b.DType && slices.Equal(a.Shape, b.Shape) && string(a.Data) == string(b.Data)
}

// addMissing adds what a state dict may leave out: the embedding of tied weights, and the biases of layers that have
// none.
func addMissing(found map[string]safetensors.Tensor, c network.Config) {
	if _, ok := found["embedding.weight"]; !ok && c.TieWeights {
		found["embedding.weight"] = found["fc.weight"]
	}
	for _, prefix := range []string{"rnn.bias", "fc.bias"} {
		isBias := func(name string) bool { return strings.HasPrefix(name, prefix) }
		if slices.ContainsFunc(slices.Collect(maps.Keys(found)), isBias) {
			continue
		}
		for _, w := range c.Weights() {
			if isBias(w.Name) {
				found[w.Name] = safetensors.Float32(w.Name, w.Shape, make([]float32, w.Size()))
			}
		}
	}
}

// shapesOf lists tensors with their shapes, sorted by name.
func shapesOf(found map[string]safetensors.Tensor) []string {
	var list []string
	for name, t := range found {
		list = append(list, name+" "+network.ShapeString(t.Shape))
	}
	slices.Sort(list)
	return list
}
