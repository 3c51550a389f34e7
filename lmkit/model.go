package lmkit

import (
	"fmt"
	"strings"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"owlm/lmkit/backend"
	"owlm/lmkit/network"
	"owlm/lmkit/text"
)

// Model is a recurrent language model on an engine: a tokenizer, a vocabulary and weights.
// Its methods may be called by one goroutine at a time.
type Model struct {
	// Config is the structure; changing it after New or Open has no defined effect.
	Config network.Config
	// Tokenizer splits the texts that the model reads and joins the tokens it writes.
	Tokenizer text.Tokenizer
	// Vocabulary maps tokens to ids and back; its size is Config.VocabularySize.
	Vocabulary *text.Vocabulary
	// Engine computes.
	Engine *backend.Engine

	Store      *model.Store
	evaluators map[evaluatorShape]*evaluator
	decoders   map[decoderShape]*network.Program

	compilations []network.Compilation
	OnCompile    func(network.Compilation) // if not nil, is told each
}

// New makes an untrained model. config.VocabularySize may be 0: it is then the vocabulary's size.
// The initial weights have PyTorch's distributions and depend on nothing but seed and config.
func New(engine *backend.Engine, config network.Config, tokenizer text.Tokenizer, vocabulary *text.Vocabulary, seed uint64) (*Model, error) {
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

// Initialize gives a new model the weights that training is asked to start from.
func (m *Model) Initialize(seed uint64, initial network.InitialWeights) error {
	values := m.Config.InitialValues(seed, initial)
	for _, p := range m.Config.Weights() {
		if err := m.setWeight(p, values[p.Name]); err != nil {
			return err
		}
	}
	return nil
}

// emptyModel is a model whose weights are still to be set.
func emptyModel(engine *backend.Engine, config network.Config, tokenizer text.Tokenizer, vocabulary *text.Vocabulary) (*Model, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	if config.VocabularySize != vocabulary.Len() {
		return nil, fmt.Errorf("the vocabulary has %d tokens, but the model's vocabulary size is %d", vocabulary.Len(), config.VocabularySize)
	}
	return &Model{
		Config: config, Tokenizer: tokenizer, Vocabulary: vocabulary, Engine: engine, Store: model.NewStore(),
		evaluators: make(map[evaluatorShape]*evaluator), decoders: make(map[decoderShape]*network.Program),
	}, nil
}

// Compilations are those that the engine made for this model so far, in order. There is one for each graph and shape of its inputs.
func (m *Model) Compilations() []network.Compilation {
	return append([]network.Compilation(nil), m.compilations...)
}

// Program makes a program over the model's weights.
func (m *Model) Program(what string, build func(scope *model.Scope, inputs []*graph.Node) []*graph.Node) (*network.Program, error) {
	return network.NewProgram(m.Engine, m.Store, what, build, m.noteCompilation)
}

func (m *Model) noteCompilation(c network.Compilation) {
	m.compilations = append(m.compilations, c)
	if m.OnCompile != nil {
		m.OnCompile(c)
	}
}

func (m *Model) setWeight(p network.Weight, values []float32) error {
	tensor := tensors.FromFlatDataAndDimensions(values, p.Shape...)
	variable := m.Store.GetVariable(network.VariablePath(p.Name))
	if variable == nil {
		_, err := m.Store.CreateVariable(network.VariablePath(p.Name), tensor)
		return err
	}
	return variable.SetValue(tensor)
}

// Weight returns a copy of the weight that PyTorch calls name (such as "rnn.weight_ih_l0"; see
// the package documentation) and its shape.
func (m *Model) Weight(name string) (values []float32, shape []int, err error) {
	if name == "fc.weight" && m.Config.TieWeights {
		name = "embedding.weight"
	}
	variable := m.Store.GetVariable(network.VariablePath(name))
	if variable == nil || !m.IsParameter(name) {
		return nil, nil, fmt.Errorf("no weight is called %q; the model has %s", name, strings.Join(m.weightNames(), ", "))
	}
	tensor, err := variable.Value()
	if err != nil {
		return nil, nil, err
	}
	values, err = tensors.CopyFlatData[float32](tensor)
	return values, variable.Shape().Dimensions, err
}

func (m *Model) weightNames() []string {
	var names []string
	for _, p := range m.Config.Weights() {
		names = append(names, p.Name)
	}
	return names
}

func (m *Model) IsParameter(name string) bool {
	for _, p := range m.Config.Weights() {
		if p.Name == name {
			return true
		}
	}
	return false
}

// String describes the model as PyTorch's print(model) does, with shapes and numbers of parameters.
func (m *Model) String() string { return m.Config.String() }
