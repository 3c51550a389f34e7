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

// weightTensors lists the weights under PyTorch's names.
func (m *Model) weightTensors() ([]safetensors.Tensor, error) {
	values := make(map[string][]float32)
	for _, w := range m.Config.Weights() {
		var err error
		if values[w.Name], _, err = m.Weight(w.Name); err != nil {
			return nil, err
		}
	}
	return tensorsOf(m.Config, values), nil
}

// tensorsOf lists weights as model.safetensors has them. Tied weights are there under both names, so that PyTorch's load_state_dict finds
// all that it looks for.
func tensorsOf(c Config, values map[string][]float32) []safetensors.Tensor {
	var list []safetensors.Tensor
	for _, w := range c.Weights() {
		list = append(list, safetensors.Float32(w.Name, w.Shape, values[w.Name]))
	}
	if c.TieWeights {
		list = append(list, safetensors.Float32("fc.weight", []int{c.VocabularySize, c.HiddenSize}, values["embedding.weight"]))
	}
	return list
}

// Open reads a model directory and puts the model on an engine, named as for backend.Open; "" is "auto". The directory is only read. Where
// training has not ended, the weights are those of its newest whole checkpoint, and the model's Note says so. Without any, the error is an
// *UnfinishedError.
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
	weights := dir
	if _, err := os.Stat(filepath.Join(dir, rundir.WeightsFile)); errors.Is(err, fs.ErrNotExist) {
		if weights, m.Note, err = unfinished(dir); err != nil {
			return nil, err
		}
	}
	if err := m.LoadWeights(weights); err != nil {
		return nil, err
	}
	return m, m.Store.SetRNGStateFromSeed(0)
}

// UnfinishedError says that a directory has no weights: its training has not ended, and left no checkpoint.
type UnfinishedError struct{ Directory string }

func (e *UnfinishedError) Error() string {
	return fmt.Sprintf("%s: no %s there, and no checkpoint: its training has not ended", e.Directory, rundir.WeightsFile)
}

// unfinished finds the newest whole checkpoint of a run that has not ended. The note names it, and each one that is damaged.
func unfinished(dir string) (checkpoint, note string, err error) {
	var damaged []string
	checkpoint, position, err := rundir.Newest(dir, func(message string) { damaged = append(damaged, message) })
	if err == nil && checkpoint == "" {
		err = &UnfinishedError{dir}
	}
	note = fmt.Sprintf("%s: training has not ended; the weights are those after step %d", dir, position.Step)
	return checkpoint, strings.Join(append([]string{note}, damaged...), "; "), err
}

// LoadWeights gives the model the weights in a directory, whose structure must be the model's.
func (m *Model) LoadWeights(dir string) error {
	weights, err := readWeights(dir, m.Config)
	if err != nil {
		return err
	}
	return m.setWeights(weights)
}

// readWeights reads model.safetensors and checks that it holds exactly the model's weights.
// "lstm." and "gru." are accepted for "rnn.".
func readWeights(dir string, c network.Config) (map[string][]float32, error) {
	path := filepath.Join(dir, rundir.WeightsFile)
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
