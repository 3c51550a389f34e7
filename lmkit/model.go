package lmkit

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"owlm/lmkit/backend"
	"owlm/lmkit/network"
	"owlm/lmkit/text"
)

// Config is the structure of a model.
type Config = network.Config

// Model is a recurrent language model on an engine: a tokenizer, a vocabulary and weights.
//
// Several goroutines may evaluate and generate at once, each with states of its own. What changes the weights, such as training or
// LoadWeights, must have the model to itself.
type Model struct {
	// Config is the structure. Changing it after New or Open has no defined effect.
	Config Config
	// Tokenizer splits the texts that the model reads and joins the tokens that it writes.
	Tokenizer text.Tokenizer
	// Vocabulary maps tokens to ids and back; its size is Config.VocabularySize.
	Vocabulary *text.Vocabulary
	// Engine runs the model's graphs.
	Engine *backend.Engine
	// Store has the weights as GoMLX's variables; see network.VariablePath.
	Store *model.Store
	// OnCompile, if not nil, is called with each compilation.
	OnCompile func(network.Compilation)
	// Note says where the weights come from that Open took from a checkpoint; "" for those of a finished model.
	Note string

	mutex        sync.Mutex // guards the rest
	programs     map[programKey]*network.Program
	others       []*network.Program // of callers
	compilations []network.Compilation
	closed       bool
}

// New makes an untrained model. config.VocabularySize may be 0: it is then the vocabulary's size. The initial weights have PyTorch's
// distributions and depend on nothing but seed and config.
func New(engine *backend.Engine, config Config, tokenizer text.Tokenizer, vocabulary *text.Vocabulary, seed uint64) (*Model, error) {
	if config.VocabularySize == 0 {
		config.VocabularySize = vocabulary.Len()
	}
	m, err := emptyModel(engine, config, tokenizer, vocabulary)
	if err != nil {
		return nil, err
	}
	if err := m.Initialize(seed, network.InitialWeights{}); err != nil {
		return nil, err
	}
	return m, m.Store.SetRNGStateFromSeed(int64(seed))
}

// emptyModel makes a model whose weights are still to be set.
func emptyModel(engine *backend.Engine, config Config, tokenizer text.Tokenizer, vocabulary *text.Vocabulary) (*Model, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	if config.VocabularySize != vocabulary.Len() {
		return nil, fmt.Errorf("the vocabulary has %d tokens, but the model's vocabulary size is %d", vocabulary.Len(), config.VocabularySize)
	}
	return &Model{
		Config: config, Tokenizer: tokenizer, Vocabulary: vocabulary, Engine: engine, Store: model.NewStore(),
		programs: make(map[programKey]*network.Program),
	}, nil
}

// Initialize draws the weights anew.
func (m *Model) Initialize(seed uint64, initial network.InitialWeights) error {
	return m.setWeights(m.Config.InitialValues(seed, initial))
}

func (m *Model) setWeights(values map[string][]float32) error {
	for _, w := range m.Config.Weights() {
		tensor := tensors.FromFlatDataAndDimensions(values[w.Name], w.Shape...)
		variable, err := m.Store.GetVariable(network.VariablePath(w.Name)), error(nil)
		if variable == nil {
			_, err = m.Store.CreateVariable(network.VariablePath(w.Name), tensor)
		} else {
			err = variable.SetValue(tensor)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Weight returns a copy of the weight that PyTorch calls name (such as "rnn.weight_ih_l0"; see the package documentation) and its shape.
func (m *Model) Weight(name string) (values []float32, shape []int, err error) {
	if name == "fc.weight" && m.Config.TieWeights {
		name = "embedding.weight"
	}
	weights := m.Config.Weights()
	variable := m.Store.GetVariable(network.VariablePath(name))
	if variable == nil || !slices.ContainsFunc(weights, func(w network.Weight) bool { return w.Name == name }) {
		names := make([]string, len(weights))
		for i, w := range weights {
			names[i] = w.Name
		}
		return nil, nil, fmt.Errorf("no weight is called %q; the model has %s", name, strings.Join(names, ", "))
	}
	tensor, err := variable.Value()
	if err != nil {
		return nil, nil, err
	}
	values, err = tensors.CopyFlatData[float32](tensor)
	return values, variable.Shape().Dimensions, err
}

// String describes the model as PyTorch's print(model) does, with shapes and numbers of parameters.
func (m *Model) String() string { return m.Config.String() }

// programKey tells the programs of a model apart.
type programKey struct {
	what        string
	steps, rows int
	every       bool // a loss for every step, not for the last alone
}

// program returns the program with a key. Where there is none yet, build builds its graph.
func (m *Model) program(key programKey, build func(scope *model.Scope, inputs []*graph.Node) []*graph.Node) (*network.Program, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if p := m.programs[key]; p != nil {
		return p, nil
	}
	p, err := m.newProgram(key.what, build)
	if err == nil {
		m.programs[key] = p
	}
	return p, err
}

// Program makes a program of a graph over the model's weights, which Close frees. what names it in compilations.
func (m *Model) Program(what string, build func(scope *model.Scope, inputs []*graph.Node) []*graph.Node) (*network.Program, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	p, err := m.newProgram(what, build)
	if err == nil {
		m.others = append(m.others, p)
	}
	return p, err
}

func (m *Model) newProgram(what string, build func(scope *model.Scope, inputs []*graph.Node) []*graph.Node) (*network.Program, error) {
	if m.closed {
		return nil, errors.New("the model is closed")
	}
	return network.NewProgram(m.Engine, m.Store, what, build, m.compiled)
}

func (m *Model) compiled(c network.Compilation) {
	m.mutex.Lock()
	m.compilations = append(m.compilations, c)
	m.mutex.Unlock()
	if m.OnCompile != nil {
		m.OnCompile(c)
	}
}

// Compilations lists what the engine compiled for this model so far, in order: there is one for each graph and shape of its inputs.
func (m *Model) Compilations() []network.Compilation {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return slices.Clone(m.compilations)
}

// Close frees the engine's memory: what was compiled for the model, and its weights. The model cannot be used after it, but for what is
// stored: Config, Tokenizer and Vocabulary.
func (m *Model) Close() error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.closed {
		return nil
	}
	m.closed = true
	for _, p := range m.programs {
		p.Close()
	}
	for _, p := range m.others {
		p.Close()
	}
	m.programs, m.others = nil, nil
	m.Store.Finalize()
	return nil
}
