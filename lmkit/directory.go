package lmkit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2"

	"owlm/lmkit/backend"
	"owlm/lmkit/safetensors"
	"owlm/lmkit/text"
)

// The four files that make a model.
const (
	configFileName = "config.json"
	tokenizerFile  = text.TokenizerFile
	vocabularyFile = "vocabulary.json"
	weightsFile    = "model.safetensors"
)

// Save writes the model into a directory, which is made if need be. Each file is replaced as a
// whole, the weights last; files of other names stay.
func (m *Model) Save(dir string) error {
	if err := m.saveDescription(dir); err != nil {
		return err
	}
	return m.saveWeights(dir)
}

// saveDescription writes everything but the weights.
func (m *Model) saveDescription(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	tokenizer, err := text.MarshalTokenizer(m.Tokenizer)
	if err != nil {
		return err
	}
	if err := writeFile(filepath.Join(dir, tokenizerFile), append(bytes.TrimSpace(tokenizer), '\n')); err != nil {
		return err
	}
	if err := writeJSON(filepath.Join(dir, vocabularyFile), m.Vocabulary); err != nil {
		return err
	}
	return writeJSON(filepath.Join(dir, configFileName), m.Config)
}

func (m *Model) saveWeights(dir string) error {
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
	return writeFile(filepath.Join(dir, weightsFile), data.Bytes())
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
func tensorsOf(c Config, values map[string][]float32) []safetensors.Tensor {
	var list []safetensors.Tensor
	for _, p := range c.parameters() {
		list = append(list, safetensors.Float32(p.name, p.shape, values[p.name]))
	}
	if c.TieWeights {
		list = append(list, safetensors.Float32("fc.weight", []int{c.VocabularySize, c.HiddenSize}, values["embedding.weight"]))
	}
	return list
}

// Open reads a model directory and puts the model on an engine, named as for backend.Open; ""
// is "auto". The directory is only read.
func Open(dir, engineName string) (*Model, error) {
	description, err := readDescription(dir)
	if err != nil {
		return nil, err
	}
	engine, err := backend.Open(engineName)
	if err != nil {
		return nil, err
	}
	m, err := emptyModel(engine, description.config, description.tokenizer, description.vocabulary)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	if err := m.loadWeights(dir); err != nil {
		return nil, err
	}
	return m, m.store.SetRNGStateFromSeed(0)
}

// loadWeights gives a model the weights in a directory.
func (m *Model) loadWeights(dir string) error {
	weights, err := readWeights(dir, m.Config)
	if err != nil {
		return err
	}
	for _, p := range m.Config.parameters() {
		if err := m.setWeight(p, weights[p.name]); err != nil {
			return err
		}
	}
	return nil
}

// ReadConfig reads the structure of the model in a directory.
func ReadConfig(dir string) (Config, error) {
	d, err := readDescription(dir)
	return d.config, err
}

// description is a model directory without its weights.
type description struct {
	config     Config
	tokenizer  text.Tokenizer
	vocabulary *text.Vocabulary
}

func readDescription(dir string) (d description, err error) {
	if info, err := os.Stat(dir); err != nil {
		return d, fmt.Errorf("no model directory at %s: %w", dir, reason(err))
	} else if !info.IsDir() {
		return d, fmt.Errorf("%s is a file, not a model directory", dir)
	}
	if err := readJSON(filepath.Join(dir, configFileName), &d.config); err != nil {
		return d, err
	}
	if d.tokenizer, err = text.ReadTokenizer(filepath.Join(dir, tokenizerFile)); err != nil {
		return d, err
	}
	d.vocabulary = new(text.Vocabulary)
	path := filepath.Join(dir, vocabularyFile)
	if err := readJSON(path, d.vocabulary); err != nil {
		return d, err
	}
	if d.vocabulary.Len() != d.config.VocabularySize {
		return d, fmt.Errorf("%s: it has %d tokens, but vocabulary_size in %s is %d", path, d.vocabulary.Len(), configFileName, d.config.VocabularySize)
	}
	if err := d.checkBPE(); err != nil {
		return d, fmt.Errorf("%s: %w", path, err)
	}
	return d, nil
}

// readWeights reads model.safetensors and checks that it holds exactly the model's weights.
// "lstm." and "gru." are accepted for "rnn.".
func readWeights(dir string, c Config) (map[string][]float32, error) {
	path := filepath.Join(dir, weightsFile)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: no %s there: its training did not end; go on with lmkit train --resume, or use one of its checkpoints", dir, weightsFile)
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

// writeFile replaces a file as a whole: after a crash there is the old one or the new one.
func writeFile(path string, data []byte) error {
	return renameio.WriteFile(path, data, 0o644)
}

func writeJSON(path string, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return writeFile(path, append(data, '\n'))
}

// readJSON reads a JSON file into target, and names the file in every error.
func readJSON(path string, target any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("%s: %w", path, reason(err))
	}
	if err := json.Unmarshal(data, target); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// reason is what went wrong with a file, without the path, which the caller names.
func reason(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}
