package rnn

import (
	"fmt"

	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// Layer runs one layer over x [T,B,I] from an initial state. It returns the hidden states of all
// time steps, outputs [T,B,H], and the state after the last.
func Layer(o Options, w Weights, x *Node, initial State) (outputs *Node, final State) {
	projected := Project(w, x)
	loop := canLoop(x.Graph())
	if o.Loop == Scanned && (!loop || o.ResetBefore) {
		panic(fmt.Errorf("rnn.Layer: the engine %s cannot scan this cell; use rnn.Auto", x.Graph().Backend().Name()))
	}
	// A single step, as in generation, is not worth a derivative of its own.
	if !o.ResetBefore && (projected.Shape().Dimensions[0] > 1 || o.Loop == Scanned) {
		return scan(o, w, projected, initial, !loop || o.Loop == Unrolled)
	}
	steps := make([]*Node, projected.Shape().Dimensions[0])
	state := initial
	for t := range steps {
		state = Step(o, w, Squeeze(Slice(projected, AxisElem(t)), 0), state)
		steps[t] = state.Hidden
	}
	return stackSteps(steps), state
}

// Layers runs layers on each other over x [T,B,I], each from its initial state or, if initial is
// nil, from zeros. It returns the top layer's hidden states [T,B,H] and the last state of each layer.
func Layers(o Options, layers []Weights, x *Node, initial []State) (outputs *Node, final []State) {
	if len(layers) == 0 {
		panic(fmt.Errorf("rnn.Layers: no layers"))
	}
	if initial != nil && len(initial) != len(layers) {
		panic(fmt.Errorf("rnn.Layers: %d initial states for %d layers", len(initial), len(layers)))
	}
	outputs, final = x, make([]State, len(layers))
	for l, w := range layers {
		if l > 0 && o.Dropout != nil {
			outputs = o.Dropout(outputs)
		}
		state := State{}
		if initial != nil {
			state = initial[l]
		} else {
			state = zeroState(x.Graph(), o.Cell, shapes.Make(x.DType(), x.Shape().Dimensions[1], w.HiddenHidden.Shape().Dimensions[1]))
		}
		outputs, final[l] = Layer(o, w, outputs, state)
	}
	return outputs, final
}

// stackSteps lays T nodes [B,H] out as [T,B,H].
func stackSteps(steps []*Node) *Node {
	expanded := make([]*Node, len(steps))
	for t, step := range steps {
		expanded[t] = ExpandAxes(step, 0)
	}
	return Concatenate(expanded, 0)
}
