package train

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"owlm/internal/files"
	"owlm/lmkit"
	"owlm/lmkit/network"
	"owlm/lmkit/rundir"
	"owlm/lmkit/safetensors"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
)

// saveCheckpoint saves the current state of the run and returns the path.
func (r *run) saveCheckpoint() (string, error) {
	return rundir.WriteCheckpoint(r.config.Directory, r.position.Step, r.bestCheckpoint(), r.checkpointFiles)
}

func (r *run) checkpointFiles(dir string) error {
	if err := r.model.Save(dir); err != nil {
		return err
	}
	list, err := r.trainingTensors()
	if err != nil {
		return err
	}
	var data bytes.Buffer
	if err := safetensors.Encode(&data, list, nil); err != nil {
		return err
	}
	if err := files.Write(filepath.Join(dir, rundir.TrainingFile), data.Bytes()); err != nil {
		return err
	}
	history, err := os.ReadFile(filepath.Join(r.config.Directory, rundir.HistoryFile))
	if err != nil {
		return err
	}
	if err := files.Write(filepath.Join(dir, rundir.HistoryFile), history); err != nil {
		return err
	}
	if err := files.WriteJSON(filepath.Join(dir, rundir.PositionFile), r.position); err != nil {
		return err
	}
	return r.writeReceipt(dir)
}

// writeReceipt writes the receipt of the run up to the current step.
func (r *run) writeReceipt(dir string) error {
	receipt := rundir.Receipt{
		Command: os.Args, Seed: r.config.Seed, Versions: lmkit.Versions(),
		Backend: r.model.Engine.Kind, Device: r.model.Engine.Device(),
		Start: r.start.UTC(), Seconds: r.position.Seconds, Steps: r.position.Step, Epochs: r.position.Epoch,
		TrainLoss: r.trainLoss, ValidLoss: r.validLoss, TestLoss: r.testLoss,
		SkippedSteps: r.position.Skipped, Compilations: r.model.Compilations(), Best: r.position.Best,
	}
	receipt.Corpus.Name, receipt.Corpus.Size = r.config.TextName, r.parts.Bytes
	receipt.Corpus.SHA256 = r.position.CorpusSHA256
	var err error
	if receipt.Settings, err = r.config.settings(); err != nil {
		return err
	}
	data, err := json.MarshalIndent(receipt, "", "  ")
	if err != nil {
		return err
	}
	return files.Write(filepath.Join(dir, rundir.ReceiptFile), append(data, '\n'))
}

// lastSaved describes, for an error message, the checkpoint that the run can go back to.
func (r *run) lastSaved() string {
	if r.config.Directory == "" {
		return "nothing was saved"
	}
	checkpoint, _, err := rundir.Newest(r.config.Directory, func(string) {})
	if err != nil || checkpoint == "" {
		return "there is no checkpoint"
	}
	return "the last checkpoint is " + checkpoint
}

// diverged returns the error for a loss or gradient that is not finite.
func (r *run) diverged(problem string) error {
	return fmt.Errorf("%s; %s; try a smaller learning rate or clip the gradient", problem, r.lastSaved())
}

// statePrefix marks the carried states among the tensors of training.safetensors. The other tensors are variables of
// the store, named by their paths.
const statePrefix = "carried."

// trainingTensors returns everything besides the weights that the next steps depend on: optimizer moments, random state
// and carried states.
func (r *run) trainingTensors() ([]safetensors.Tensor, error) {
	var list []safetensors.Tensor
	add := func(name string, value *tensors.Tensor) error {
		t, err := toSafetensor(name, value)
		list = append(list, t)
		return err
	}
	weights := make(map[string]bool)
	for _, w := range r.model.Config.Weights() {
		weights[network.VariablePath(w.Name)] = true
	}
	for variable := range r.model.Store.IterVariables() {
		if weights[variable.Path()] {
			continue
		}
		name := strings.TrimPrefix(variable.Path(), "/")
		value, err := variable.Value()
		if err != nil {
			return nil, err
		}
		if err := add(name, value); err != nil {
			return nil, err
		}
	}
	for i, state := range r.step.states {
		if err := add(fmt.Sprintf("%s%d", statePrefix, i), state); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// restoreTraining restores what trainingTensors returned from a checkpoint.
func (r *run) restoreTraining(dir string) error {
	path := filepath.Join(dir, rundir.TrainingFile)
	file, err := safetensors.Read(path)
	if err != nil {
		return err
	}
	states := make(map[string]*tensors.Tensor)
	for _, t := range file.Tensors {
		value, err := fromSafetensor(t)
		if err != nil {
			return fmt.Errorf("%s: %s: %w", path, t.Name, err)
		}
		if strings.HasPrefix(t.Name, statePrefix) {
			states[t.Name] = value
			continue
		}
		if existing := r.model.Store.GetVariable("/" + t.Name); existing != nil {
			if err := existing.SetValue(value); err != nil {
				return err
			}
			continue
		}
		variable, err := r.model.Store.CreateVariable("/"+t.Name, value)
		if err != nil {
			return err
		}
		variable.SetTrainable(false)
	}
	return r.restoreStates(path, states)
}

// restoreStates restores the carried states of a stream. There are none at the beginning of an epoch.
func (r *run) restoreStates(path string, states map[string]*tensors.Tensor) error {
	var zeros []*tensors.Tensor
	if r.step.shape.every && r.position.Index > 0 {
		zeros = r.model.Config.ZeroStates(r.step.shape.rows)
	}
	if len(states) != len(zeros) {
		return fmt.Errorf("%s: it has %d carried states; it must have %d", path, len(states), len(zeros))
	}
	for i, zero := range zeros {
		name := fmt.Sprintf("%s%d", statePrefix, i)
		state := states[name]
		if state == nil || !state.Shape().Equal(zero.Shape()) {
			return fmt.Errorf("%s: %s is missing, or its shape is not %v", path, name, zero.Shape())
		}
		r.step.states = append(r.step.states, state)
	}
	return nil
}

// safetensorTypes maps the types of training variables to their names in safetensors.
var safetensorTypes = map[dtypes.DType]string{
	dtypes.Float32: "F32", dtypes.Int64: "I64", dtypes.Uint64: "U64", dtypes.Int32: "I32",
}

func toSafetensor(name string, value *tensors.Tensor) (safetensors.Tensor, error) {
	kind, ok := safetensorTypes[value.DType()]
	if !ok {
		return safetensors.Tensor{}, fmt.Errorf("%s: values of type %s cannot be saved", name, value.DType())
	}
	t := safetensors.Tensor{Name: name, DType: kind, Shape: value.Shape().Dimensions}
	err := value.ConstBytes(func(data []byte) { t.Data = append([]byte(nil), data...) })
	return t, err
}

func fromSafetensor(t safetensors.Tensor) (*tensors.Tensor, error) {
	for dtype, kind := range safetensorTypes {
		if kind != t.DType {
			continue
		}
		value := tensors.FromShape(shapes.Make(dtype, t.Shape...))
		var problem error
		err := value.MutableBytes(func(data []byte) {
			if copy(data, t.Data) != len(t.Data) || len(data) != len(t.Data) {
				problem = fmt.Errorf("it has %d bytes where %d belong", len(t.Data), len(data))
			}
		})
		if err != nil {
			return nil, err
		}
		return value, problem
	}
	return nil, fmt.Errorf("type %s is not used in training", t.DType)
}
