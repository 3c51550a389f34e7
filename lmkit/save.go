package lmkit

import (
	"bytes"
	"os"
	"path/filepath"

	"owlm/internal/files"
	"owlm/lmkit/rundir"
	"owlm/lmkit/safetensors"
	"owlm/lmkit/text"
)

// Save writes the model into a directory, and makes the directory if there is none. Each file is replaced as a whole,
// the weights last. Files of other names stay.
func (m *Model) Save(dir string) error {
	list, err := m.weightTensors()
	if err != nil {
		return err
	}
	if err := m.SaveDescription(dir); err != nil {
		return err
	}
	return writeWeights(dir, list)
}

// SaveDescription writes all that Save writes except the weights.
func (m *Model) SaveDescription(dir string) error {
	tokenizer, err := text.MarshalTokenizer(m.Tokenizer)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	tokenizer = append(bytes.TrimSpace(tokenizer), '\n')
	if err := files.Write(filepath.Join(dir, rundir.TokenizerFile), tokenizer); err != nil {
		return err
	}
	if err := files.WriteJSON(filepath.Join(dir, rundir.VocabularyFile), m.Vocabulary); err != nil {
		return err
	}
	return files.WriteJSON(filepath.Join(dir, rundir.ConfigFile), m.Config)
}

// SaveWeights writes the weights into a directory that exists.
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

// weightTensors copies the weights.
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

// tensorsOf lists weights as model.safetensors has them. Tied weights are in the list under both of their names,
// because PyTorch's load_state_dict looks for both.
func tensorsOf(c Config, values map[string][]float32) []safetensors.Tensor {
	var list []safetensors.Tensor
	for _, w := range c.Weights() {
		list = append(list, safetensors.Float32(w.Name, w.Shape, values[w.Name]))
	}
	if c.TieWeights {
		shape := []int{c.VocabularySize, c.HiddenSize}
		list = append(list, safetensors.Float32("fc.weight", shape, values["embedding.weight"]))
	}
	return list
}
