package rnn

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
)

// Layer runs one layer over x [T,B,I] from an initial state. It returns the hidden states of all
// time steps, outputs [T,B,H], and the state after the last.
func Layer(o Options, w Weights, x *Node, initial State) (outputs *Node, final State) {
	return Scan(o, w, Project(w, x), initial)
}

// Layers runs layers on each other over x [T,B,I], each from its initial state or, if initial is
// nil, from zeros. It returns the top layer's hidden states [T,B,H] and the last state of each layer.
func Layers(o Options, layers []Weights, x *Node, initial []State) (outputs *Node, final []State) {
	if len(layers) == 0 {
		panic(fmt.Errorf("rnn.Layers: no layers"))
	}
	return LayersProjected(o, layers, Project(layers[0], x), initial)
}

// LayersProjected is Layers for inputs that the lowest layer's input weights were applied to already: projected [T,B,G*H], as
// Project returns it. Where inputs are rows of a small table, it is faster to project the table and gather rows of that.
func LayersProjected(o Options, layers []Weights, projected *Node, initial []State) (outputs *Node, final []State) {
	if initial != nil && len(initial) != len(layers) {
		panic(fmt.Errorf("rnn.Layers: %d initial states for %d layers", len(initial), len(layers)))
	}
	final = make([]State, len(layers))
	for l, w := range layers {
		if l > 0 {
			if o.Dropout != nil {
				outputs = o.Dropout(outputs)
			}
			projected = Project(w, outputs)
		}
		state := State{} // zeros
		if initial != nil {
			state = initial[l]
		}
		outputs, final[l] = Scan(o, w, projected, state)
	}
	return outputs, final
}
