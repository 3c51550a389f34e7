package lmkit

import (
	"fmt"
	"path/filepath"
	"strings"

	"owlm/lmkit/backend"
	"owlm/lmkit/network"
	"owlm/lmkit/rundir"
	"owlm/lmkit/safetensors"
)

// Open reads a model from its directory. engineName names the engine, as for backend.Open; "" is "auto". Open does not
// write into the directory.
//
// In the directory of a run that has not ended, or was resumed and has not ended again, Open reads the newest
// checkpoint that is whole, and Model.Note says so. Without a checkpoint, the error is an *UnfinishedError.
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

// UnfinishedError is the error for the directory of a run that has not ended and has no checkpoint, so that there are
// no weights.
type UnfinishedError struct{ Directory string }

func (e *UnfinishedError) Error() string {
	return fmt.Sprintf("%s: no %s there, and no checkpoint: its training has not ended",
		e.Directory, rundir.WeightsFile)
}

// newestCheckpoint returns the newest checkpoint that is whole of a run that has not ended. The note names it, and the
// damaged ones that were passed over.
func newestCheckpoint(dir string) (checkpoint, note string, err error) {
	var damaged []string
	checkpoint, position, err := rundir.Newest(dir, func(message string) { damaged = append(damaged, message) })
	if err == nil && checkpoint == "" {
		err = &UnfinishedError{dir}
	}
	note = fmt.Sprintf("%s: training has not ended; the weights are those after step %d", dir, position.Step)
	return checkpoint, strings.Join(append([]string{note}, damaged...), "; "), err
}

// LoadWeights replaces the weights with those in a model directory, chosen as Open does, or in a checkpoint. It sets
// Note. If they are not the weights of a model with this Config, the error is a *ShapeError.
func (m *Model) LoadWeights(dir string) error {
	note := ""
	if rundir.Unfinished(dir) {
		var err error
		if dir, note, err = newestCheckpoint(dir); err != nil {
			return err
		}
	}
	weights, err := readWeights(dir, m.Config)
	if err != nil {
		return err
	}
	m.Note = note
	return m.setWeights(weights)
}

// readWeights reads model.safetensors, and checks that it holds exactly the weights of a model.
func readWeights(dir string, c network.Config) (map[string][]float32, error) {
	path := filepath.Join(dir, rundir.WeightsFile)
	file, err := safetensors.Read(path)
	if err != nil {
		return nil, err
	}
	found, err := renamed(path, file.Tensors, func(name string) string {
		for _, cell := range []string{"lstm.", "gru."} {
			if rest, ok := strings.CutPrefix(name, cell); ok {
				return "rnn." + rest
			}
		}
		return name
	})
	if err != nil {
		return nil, err
	}
	return pickWeights(c, path, found)
}

// renamed returns tensors by the names that rename gives them. It refuses two of the same name.
func renamed(path string, list []safetensors.Tensor,
	rename func(string) string) (map[string]safetensors.Tensor, error) {
	found, from := make(map[string]safetensors.Tensor), make(map[string]string)
	for _, t := range list {
		name := rename(t.Name)
		if other, twice := from[name]; twice {
			return nil, fmt.Errorf("%s: %s and %s are both the model's %s", path, other, t.Name, name)
		}
		found[name], from[name] = t, t.Name
	}
	return found, nil
}
