package lmkit

import (
	"fmt"
	"strings"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"owlm/lmkit/backend"
	"owlm/lmkit/text"
)

// Model is a recurrent language model on an engine: a tokenizer, a vocabulary and weights.
// Its methods may be called by one goroutine at a time.
type Model struct {
	// Config is the structure; changing it after New or Open has no defined effect.
	Config Config
	// Tokenizer splits the texts that the model reads and joins the tokens it writes.
	Tokenizer text.Tokenizer
	// Vocabulary maps tokens to ids and back; its size is Config.VocabularySize.
	Vocabulary *text.Vocabulary
	// Engine computes.
	Engine *backend.Engine

	store      *model.Store
	evaluators map[evaluatorShape]*evaluator
	decoders   map[decoderShape]*program

	compilations []Compilation
	onCompile    func(Compilation) // if not nil, is told each
}

// New makes an untrained model. config.VocabularySize may be 0: it is then the vocabulary's size.
// The initial weights have PyTorch's distributions and depend on nothing but seed and config.
func New(engine *backend.Engine, config Config, tokenizer text.Tokenizer, vocabulary *text.Vocabulary, seed uint64) (*Model, error) {
	if config.VocabularySize == 0 {
		config.VocabularySize = vocabulary.Len()
	}
	m, err := emptyModel(engine, config, tokenizer, vocabulary)
	if err != nil {
		return nil, err
	}
	if err := m.initialize(seed, InitialWeights{}); err != nil {
		return nil, err
	}
	return m, m.store.SetRNGStateFromSeed(int64(seed))
}

// initialize gives a new model the weights that training is asked to start from.
func (m *Model) initialize(seed uint64, initial InitialWeights) error {
	values := m.Config.initialValues(seed, initial)
	for _, p := range m.Config.parameters() {
		if err := m.setWeight(p, values[p.name]); err != nil {
			return err
		}
	}
	return nil
}

// emptyModel is a model whose weights are still to be set.
func emptyModel(engine *backend.Engine, config Config, tokenizer text.Tokenizer, vocabulary *text.Vocabulary) (*Model, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	if config.VocabularySize != vocabulary.Len() {
		return nil, fmt.Errorf("the vocabulary has %d tokens, but the model's vocabulary size is %d", vocabulary.Len(), config.VocabularySize)
	}
	return &Model{
		Config: config, Tokenizer: tokenizer, Vocabulary: vocabulary, Engine: engine, store: model.NewStore(),
		evaluators: make(map[evaluatorShape]*evaluator), decoders: make(map[decoderShape]*program),
	}, nil
}

// Compilations are those that the engine made for this model so far, in order. There is one for each graph and shape of its inputs.
func (m *Model) Compilations() []Compilation { return append([]Compilation(nil), m.compilations...) }

// program makes a program over the model's weights.
func (m *Model) program(what string, build func(scope *model.Scope, inputs []*graph.Node) []*graph.Node) (*program, error) {
	return newProgram(m.Engine, m.store, what, build, m.noteCompilation)
}

func (m *Model) noteCompilation(c Compilation) {
	m.compilations = append(m.compilations, c)
	if m.onCompile != nil {
		m.onCompile(c)
	}
}

func (m *Model) setWeight(p parameter, values []float32) error {
	tensor := tensors.FromFlatDataAndDimensions(values, p.shape...)
	variable := m.store.GetVariable(variablePath(p.name))
	if variable == nil {
		_, err := m.store.CreateVariable(variablePath(p.name), tensor)
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
	variable := m.store.GetVariable(variablePath(name))
	if variable == nil || !m.isParameter(name) {
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
	for _, p := range m.Config.parameters() {
		names = append(names, p.name)
	}
	return names
}

func (m *Model) isParameter(name string) bool {
	for _, p := range m.Config.parameters() {
		if p.name == name {
			return true
		}
	}
	return false
}

// String describes the model as PyTorch's print(model) does, with shapes and numbers of parameters.
func (m *Model) String() string { return m.Config.String() }

// String lists the weights of a model with that configuration, their shapes and sizes.
func (c Config) String() string {
	var b strings.Builder
	plural := "s"
	if c.Layers == 1 {
		plural = ""
	}
	fmt.Fprintf(&b, "%s language model: vocabulary %s, embedding %d, hidden %d, %d layer%s\n",
		strings.ToUpper(c.Cell.String()), grouped(c.VocabularySize), c.EmbeddingSize, c.HiddenSize, c.Layers, plural)
	for _, p := range c.parameters() {
		fmt.Fprintf(&b, "  %-18s %-12s %11s\n", p.name, shapeString(p.shape), grouped(p.size()))
	}
	if c.TieWeights {
		fmt.Fprintf(&b, "  %-18s %-12s %11s\n", "fc.weight", shapeString([]int{c.VocabularySize, c.HiddenSize}), "(tied)")
	}
	fmt.Fprintf(&b, "  %-31s %11s", "parameters", grouped(c.Parameters()))
	return b.String()
}

func shapeString(shape []int) string {
	return strings.ReplaceAll(fmt.Sprint(shape), " ", ", ")
}

// grouped writes an integer with a comma before every third digit.
func grouped(n int) string {
	digits := fmt.Sprint(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
