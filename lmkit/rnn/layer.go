package rnn

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
)

// Layer runs one layer over x [T,B,I] from an initial state. It returns the hidden states of all time steps, outputs
// [T,B,H], and the state after the last.
func Layer(o Options, w Weights, x *Node, initial State) (outputs *Node, final State) {
	return Scan(o, w, Project(w, x), initial)
}

// Layers runs layers stacked on each other over x [T,B,I], each from its initial state or, if initial is nil, from
// zeros. It returns the top layer's hidden states [T,B,H] and each layer's last state.
func Layers(o Options, layers []Weights, x *Node, initial []State) (outputs *Node, final []State) {
	if len(layers) == 0 {
		panic(fmt.Errorf("rnn.Layers: there are no layers; it needs the weights of at least one"))
	}
	return LayersProjected(o, layers, Project(layers[0], x), initial)
}

// LayersProjected does the same as Layers from inputs to which the lowest layer's input weights have been applied:
// projected [T,B,G*H], as Project returns it. Where the inputs are rows of a small table, it is faster to project the
// table and to gather rows of the result.
func LayersProjected(o Options, layers []Weights, projected *Node, initial []State) (outputs *Node, final []State) {
	if initial != nil && len(initial) != len(layers) {
		panic(fmt.Errorf("rnn.Layers: there are %d initial states for %d layers", len(initial), len(layers)))
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

// Project multiplies the inputs x [T,B,I] of all time steps by the input weights in one product: [T,B,G*H]. It leaves
// the input bias to Scan and Step, which add it at no cost; here it would take another pass over all inputs.
func Project(w Weights, x *Node) *Node {
	gates, inputs := dims2(w.InputHidden)
	x.AssertDims(-1, -1, inputs)
	steps, batch, _ := dims3(x)
	return Reshape(Linear(Reshape(x, steps*batch, inputs), w.InputHidden), steps, batch, gates)
}
