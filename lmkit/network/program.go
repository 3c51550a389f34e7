package network

import (
	"errors"
	"sync"
	"time"

	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"owlm/lmkit/backend"
)

// Compilation reports that the engine compiled a graph of a model.
type Compilation struct {
	// What is "training step", "evaluation" or "generation".
	What    string  `json:"what"`
	Seconds float64 `json:"seconds"`
}

// Program is a graph of a model. The engine compiles it when it first runs.
//
// Several goroutines may run a Program at once, unless its graph changes variables.
type Program struct {
	engine *backend.Engine
	note   func(Compilation)
	what   string
	exec   *model.Exec

	mutex            sync.Mutex // guards the rest, and lets one goroutine compile
	compiled, closed bool
}

// NewProgram makes a program of the graph that build adds, over the variables of a store. what names the program in
// compilations. note, if not nil, receives the compilation.
func NewProgram(engine *backend.Engine, store *model.Store, what string,
	build func(scope *model.Scope, inputs []*graph.Node) []*graph.Node, note func(Compilation)) (*Program, error) {
	exec, err := model.NewExec(engine.Backend, store, build)
	if err != nil {
		return nil, err
	}
	return &Program{engine: engine, note: note, what: what, exec: exec.WithName("lmkit " + what)}, nil
}

// Run executes the program and frees its inputs.
func (p *Program) Run(inputs []*tensors.Tensor) ([]*tensors.Tensor, error) {
	outputs, err := p.execute(inputs)
	if freeErr := Free(inputs); err == nil {
		err = freeErr
	}
	return outputs, err
}

// Free frees tensors at once, and returns the first error. Go's garbage collector does not see how much of the engine's
// memory they hold, and would free them too late.
func Free(list []*tensors.Tensor) (first error) {
	for _, t := range list {
		if err := t.FinalizeAll(); first == nil {
			first = err
		}
	}
	return first
}

func (p *Program) execute(inputs []*tensors.Tensor) ([]*tensors.Tensor, error) {
	if err := p.compile(inputs); err != nil {
		return nil, err
	}
	arguments := make([]any, len(inputs))
	for i, input := range inputs {
		// Exec would do this too, but only after it made and dropped an error, whose stack trace takes longer.
		if err := input.MaterializeOnDevice(p.engine.Backend, true, 0); err != nil {
			return nil, err
		}
		arguments[i] = input
	}
	return p.exec.Exec(arguments...)
}

// compile compiles the program for inputs of these shapes, unless that was done before.
func (p *Program) compile(inputs []*tensors.Tensor) error {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.closed {
		return errClosed
	}
	if p.compiled {
		return nil
	}
	list := make([]shapes.Shape, len(inputs))
	for i, input := range inputs {
		list[i] = input.Shape()
	}
	start := time.Now()
	if _, err := p.exec.Compile(list...); err != nil {
		return err
	}
	p.compiled = true
	if p.note != nil {
		p.note(Compilation{What: p.what, Seconds: time.Since(start).Seconds()})
	}
	return nil
}

// errClosed is the error of running a program that was closed, alone or with its model.
var errClosed = errors.New("the model is closed")

// Close frees the compiled graph. It must not run at the same time. Closing twice is no error.
func (p *Program) Close() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if !p.closed {
		p.closed = true
		p.exec.Finalize()
		p.exec = nil // and with it what the graph's function holds
	}
}

// BatchInputs makes tensors of a batch: tokens [T,B], and targets [N] and weights [N], one for each prediction.
func BatchInputs(tokens, targets []int32, weights []float32, steps, rows int) []*tensors.Tensor {
	return []*tensors.Tensor{
		tensors.FromFlatDataAndDimensions(tokens, steps, rows),
		tensors.FromFlatDataAndDimensions(targets, len(targets)),
		tensors.FromFlatDataAndDimensions(weights, len(weights)),
	}
}
