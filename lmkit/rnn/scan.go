package rnn

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
)

// Scan runs a cell over projected [T,B,G*H], the inputs of all time steps as Project returns them, from an initial
// state. It returns the hidden states of all time steps, outputs [T,B,H], and the state after the last. Gradients flow
// through both to projected, the recurrent weights, the biases and the initial state. Scan uses HiddenHidden and the
// biases of w only; InputBias may be nil.
//
// Where the engine has loops over time, Scan is one, and its derivative another, written by hand: the graph, and so its
// compilation, does not grow with T. Elsewhere the graph repeats the step T times. Options.Loop forces either. Both
// ways, the gradient of the weights comes from products over all time steps at once, not from one for each step.
func Scan(o Options, w Weights, projected *Node, initial State) (outputs *Node, final State) {
	g := projected.Graph()
	loop := canLoop(g)
	if o.Loop == Scanned && !loop {
		panic(fmt.Errorf("rnn.Scan: the engine %s cannot loop over time; use rnn.Auto", g.Backend().Name()))
	}
	// A single step, as in generation, is not worth a derivative of its own.
	if steps := projected.Shape().Dimensions[0]; steps == 1 && o.Loop != Scanned {
		final = Step(o, w, Squeeze(projected, 0), initial)
		return ExpandAxes(final.Hidden, 0), final
	}
	r := newRecurrence(o, w, projected, initial, !loop || o.Loop == Unrolled)
	pass := r.forward()
	results := scanResults{hiddens: pass.hiddens, cell: pass.cell}
	attached := results.of(attachGradient(r.inputs.nodes(), results.nodes(), func(gradients []*Node) []*Node {
		return r.backward(pass, results.of(gradients)).nodes()
	}))
	last := Squeeze(Slice(attached.hiddens, AxisElem(r.time.steps-1)), 0)
	return attached.hiddens, State{Hidden: last, Cell: attached.cell}
}
