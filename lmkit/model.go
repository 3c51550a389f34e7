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

// Model is a recurrent language model: a tokenizer, a vocabulary and weights, on an engine.
//
// Several goroutines may evaluate and generate with one Model at once. While the weights change, as in training and in
// LoadWeights, and while Close runs, nothing else may use it.
type Model struct {
	// Config is the structure. Do not change it.
	Config Config
	// Tokenizer splits the texts that the model reads, and joins the tokens that it writes.
	Tokenizer text.Tokenizer
	// Vocabulary maps tokens to ids and back. It has Config.VocabularySize tokens.
	Vocabulary *text.Vocabulary
	// Engine runs the model's graphs.
	Engine *backend.Engine
	// Store has the weights as GoMLX variables, at the paths of network.VariablePath.
	Store *model.Store
	// OnCompile, if not nil, is called after each compilation.
	OnCompile func(network.Compilation)
	// Note says which checkpoint the weights come from, if they are of a run that has not ended; otherwise it is "".
	Note string

	mutex        sync.Mutex // guards the rest
	programs     map[programKey]*network.Program
	others       []*network.Program // made by Program
	compilations []network.Compilation
	closed       bool
}

// New makes an untrained model. A config.VocabularySize of 0 stands for the size of the vocabulary. The weights have
// PyTorch's distributions; the same seed and config give the same weights.
func New(engine *backend.Engine, config Config, tokenizer text.Tokenizer, vocabulary *text.Vocabulary,
	seed uint64) (*Model, error) {
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

// emptyModel makes a model without weights.
func emptyModel(engine *backend.Engine, config Config, tokenizer text.Tokenizer,
	vocabulary *text.Vocabulary) (*Model, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	if config.VocabularySize != vocabulary.Len() {
		return nil, fmt.Errorf("the vocabulary has %d tokens, but the model's vocabulary size is %d",
			vocabulary.Len(), config.VocabularySize)
	}
	return &Model{
		Config: config, Tokenizer: tokenizer, Vocabulary: vocabulary, Engine: engine, Store: model.NewStore(),
		programs: make(map[programKey]*network.Program),
	}, nil
}

// Initialize draws new weights.
func (m *Model) Initialize(seed uint64, initial network.InitialWeights) error {
	return m.setWeights(m.Config.InitialValues(seed, initial))
}

func (m *Model) setWeights(values map[string][]float32) error {
	if m.isClosed() {
		return errClosed
	}
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

// Weight returns a copy of a weight and its shape. The names are PyTorch's, such as "rnn.weight_ih_l0"; Config.String
// lists them.
func (m *Model) Weight(name string) (values []float32, shape []int, err error) {
	if m.isClosed() {
		return nil, nil, errClosed
	}
	if name == "fc.weight" && m.Config.TieWeights {
		name = "embedding.weight"
	}
	weights := m.Config.Weights()
	i := slices.IndexFunc(weights, func(w network.Weight) bool { return w.Name == name })
	if i < 0 {
		names := make([]string, len(weights))
		for i, w := range weights {
			names[i] = w.Name
		}
		return nil, nil, fmt.Errorf("the model has no weight %q; it has %s", name, strings.Join(names, ", "))
	}
	tensor, err := m.Store.GetVariable(network.VariablePath(name)).Value()
	if err != nil {
		return nil, nil, err
	}
	values, err = tensors.CopyFlatData[float32](tensor)
	return values, weights[i].Shape, err
}

// String lists the weights of the model, with their shapes and numbers of values.
func (m *Model) String() string { return m.Config.String() }

// programKey tells the programs of a model apart.
type programKey struct {
	what        string
	steps, rows int
	every       bool // predicts at every time step, not only at the last
}

// buildGraph adds a graph over the weights in a scope.
type buildGraph = func(scope *model.Scope, inputs []*graph.Node) []*graph.Node

// program returns the program with a key. It makes it with build if there is none yet.
func (m *Model) program(key programKey, build buildGraph) (*network.Program, error) {
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

// Program makes a program of a graph over the model's weights. Close frees it. what names it in compilations.
func (m *Model) Program(what string,
	build func(scope *model.Scope, inputs []*graph.Node) []*graph.Node) (*network.Program, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	p, err := m.newProgram(what, build)
	if err == nil {
		m.others = append(m.others, p)
	}
	return p, err
}

func (m *Model) newProgram(what string, build buildGraph) (*network.Program, error) {
	if m.closed {
		return nil, errClosed
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

// Compilations lists what the engine has compiled for this model so far: one graph for each shape of its inputs.
func (m *Model) Compilations() []network.Compilation {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return slices.Clone(m.compilations)
}

// Close frees what the engine holds for this model: compiled graphs and weights. Afterwards only Config, Tokenizer and
// Vocabulary can be used. Closing twice is no error.
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

// errClosed is the error of everything that needs the weights of a closed model.
var errClosed = errors.New("the model is closed")

func (m *Model) isClosed() bool {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.closed
}
