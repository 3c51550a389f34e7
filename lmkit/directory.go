package lmkit

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"owlm/internal/files"
	"owlm/lmkit/backend"
	"owlm/lmkit/network"
	"owlm/lmkit/rundir"
	"owlm/lmkit/safetensors"
	"owlm/lmkit/text"
)

// Save writes the model into a directory, which is made if need be. Each file is replaced as a
// whole, the weights last; files of other names stay.
func (m *Model) Save(dir string) error {
	if err := m.SaveDescription(dir); err != nil {
		return err
	}
	return m.SaveWeights(dir)
}

// SaveDescription writes everything but the weights.
func (m *Model) SaveDescription(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	tokenizer, err := text.MarshalTokenizer(m.Tokenizer)
	if err != nil {
		return err
	}
	if err := files.Write(filepath.Join(dir, rundir.TokenizerFile), append(bytes.TrimSpace(tokenizer), '\n')); err != nil {
		return err
	}
	if err := files.WriteJSON(filepath.Join(dir, rundir.VocabularyFile), m.Vocabulary); err != nil {
		return err
	}
	return files.WriteJSON(filepath.Join(dir, rundir.ConfigFile), m.Config)
}

func (m *Model) SaveWeights(dir string) error {
	list, err := m.weightTensors()
	if err != nil {
		return err
	}
	return writeWeights(dir, list)
}

func writeWeights(dir string, list []safetensors.Tensor) error {
	var data bytes.Buffer
	if err := safetensors.Encode(&data, list, map[string]string{"format": "pt"}); err != nil {
		return err
	}
	return files.Write(filepath.Join(dir, rundir.WeightsFile), data.Bytes())
}

// weightTensors are the weights under PyTorch's names. Tied weights are written under both names,
// so that PyTorch's load_state_dict finds all it looks for.
func (m *Model) weightTensors() ([]safetensors.Tensor, error) {
	values := make(map[string][]float32)
	for _, name := range m.weightNames() {
		var err error
		if values[name], _, err = m.Weight(name); err != nil {
			return nil, err
		}
	}
	return tensorsOf(m.Config, values), nil
}

// tensorsOf lists weights as weightTensors writes them.
func tensorsOf(c network.Config, values map[string][]float32) []safetensors.Tensor {
	var list []safetensors.Tensor
	for _, p := range c.Weights() {
		list = append(list, safetensors.Float32(p.Name, p.Shape, values[p.Name]))
	}
	if c.TieWeights {
		list = append(list, safetensors.Float32("fc.weight", []int{c.VocabularySize, c.HiddenSize}, values["embedding.weight"]))
	}
	return list
}

// Open reads a model directory and puts the model on an engine, named as for backend.Open; ""
// is "auto". The directory is only read.
func Open(dir, engineName string) (*Model, error) {
	description, err := ReadDescription(dir)
	if err != nil {
		return nil, err
	}
	engine, err := backend.Open(engineName)
	if err != nil {
		return nil, err
	}
	m, err := emptyModel(engine, description.Config, description.Tokenizer, description.Vocabulary)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	if err := m.LoadWeights(dir); err != nil {
		return nil, err
	}
	return m, m.Store.SetRNGStateFromSeed(0)
}

// LoadWeights gives a model the weights in a directory.
func (m *Model) LoadWeights(dir string) error {
	weights, err := readWeights(dir, m.Config)
	if err != nil {
		return err
	}
	for _, p := range m.Config.Weights() {
		if err := m.setWeight(p, weights[p.Name]); err != nil {
			return err
		}
	}
	return nil
}

// ReadConfig reads the structure of the model in a directory.
func ReadConfig(dir string) (network.Config, error) {
	d, err := ReadDescription(dir)
	return d.Config, err
}

// Description is a model directory without its weights.
type Description struct {
	Config     network.Config
	Tokenizer  text.Tokenizer
	Vocabulary *text.Vocabulary
}

func ReadDescription(dir string) (d Description, err error) {
	if info, err := os.Stat(dir); err != nil {
		return d, fmt.Errorf("no model directory at %s: %w", dir, files.Reason(err))
	} else if !info.IsDir() {
		return d, fmt.Errorf("%s is a file, not a model directory", dir)
	}
	if err := files.ReadJSON(filepath.Join(dir, rundir.ConfigFile), &d.Config); err != nil {
		return d, err
	}
	if d.Tokenizer, err = text.ReadTokenizer(filepath.Join(dir, rundir.TokenizerFile)); err != nil {
		return d, err
	}
	d.Vocabulary = new(text.Vocabulary)
	path := filepath.Join(dir, rundir.VocabularyFile)
	if err := files.ReadJSON(path, d.Vocabulary); err != nil {
		return d, err
	}
	if d.Vocabulary.Len() != d.Config.VocabularySize {
		return d, fmt.Errorf("%s: it has %d tokens, but vocabulary_size in %s is %d", path, d.Vocabulary.Len(), rundir.ConfigFile, d.Config.VocabularySize)
	}
	if err := d.checkBPE(); err != nil {
		return d, fmt.Errorf("%s: %w", path, err)
	}
	return d, nil
}

// readWeights reads model.safetensors and checks that it holds exactly the model's weights.
// "lstm." and "gru." are accepted for "rnn.".
func readWeights(dir string, c network.Config) (map[string][]float32, error) {
	path := filepath.Join(dir, rundir.WeightsFile)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: no %s there: its training did not end; go on with lmkit train --resume, or use one of its checkpoints", dir, rundir.WeightsFile)
	}
	file, err := safetensors.Read(path)
	if err != nil {
		return nil, err
	}
	found := make(map[string]safetensors.Tensor)
	for _, t := range file.Tensors {
		name := t.Name
		for _, cell := range []string{"lstm.", "gru."} {
			if rest, ok := strings.CutPrefix(name, cell); ok {
				name = "rnn." + rest
			}
		}
		found[name] = t
	}
	return take(c, path, found)
}

// checkBPE refuses a vocabulary that is not the tokenizer's own.
func (d Description) checkBPE() error {
	b, ok := d.Tokenizer.(text.BPE)
	if !ok {
		return nil
	}
	if !b.Trained() {
		return fmt.Errorf("its tokens cannot be made, as %s says that byte-pair encoding is still to be learned", rundir.TokenizerFile)
	}
	own, other := b.Vocabulary().Tokens(), d.Vocabulary.Tokens()
	for i := range min(len(own), len(other)) {
		if own[i] != other[i] {
			return fmt.Errorf("token %d is %q, but %q in %s; the two must have the same tokens in the same order", i, other[i], own[i], rundir.TokenizerFile)
		}
	}
	if len(own) != len(other) {
		return fmt.Errorf("it has %d tokens, but %s has %d", len(other), rundir.TokenizerFile, len(own))
	}
	if d.Vocabulary.Unknown() != "" {
		return errors.New("unknown must be null: byte-pair encoding covers any text")
	}
	return nil
}
