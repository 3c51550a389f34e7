package rnn

import . "github.com/gomlx/gomlx/core/graph"

// forwardPass is what the forward loop leaves. GoMLX's own gradients do not flow through it.
type forwardPass struct {
	hiddens *Node // the hidden states after each step, [T,B,H]
	cell    *Node // the LSTM's cell state after the last step, [B,H]; nil for other cells
	gates   *Node // the gates of each step, [T,B,G*H], for the derivative
	extra   *Node // the extra values of each step, [T,B,H], for the derivative; nil for cells without
}

// forward runs the cell over time.
func (r recurrence) forward() forwardPass {
	projected := StopGradient(r.inputs.projected)
	in, out := r.forwardInputs(), r.forwardBuffers(projected)
	last := r.time.run(r.initial, in.nodes(), out.list(), func(m *moment, before State) State {
		projected := m.read(out.gates)
		if r.cell.split {
			projected = Add(projected, m.fixed(in.inputBias))
		}
		after, gates, extra := r.cell.forward(projected, before, func(number int, x *Node) *Node {
			p := in.products[number]
			bias := m.fixed(p.bias)
			if m.first && r.zero {
				return BroadcastToDims(bias, r.time.batch, bias.Shape().Dimensions[1])
			}
			return Add(DotGeneral(x, []int{1}, nil, m.fixed(p.weight), []int{p.inputAxis}, nil), bias)
		})
		m.write(out.gates, gates)
		m.write(out.hiddens, after.Hidden)
		m.write(out.extra, extra)
		return after
	})
	return out.pass(last)
}

// forwardInputs are the nodes that each step of the forward loop reads.
type forwardInputs struct {
	inputBias *Node // [1,G*H]
	products  []recurrentProduct
}

// recurrentProduct is a product of the cell with recurrent weights.
type recurrentProduct struct {
	weight    *Node // [gates*H,H] or its transpose
	inputAxis int   // the axis of weight that the product sums over
	bias      *Node // [1,gates*H]
}

// forwardInputs lays the weights and biases out for the steps.
func (r recurrence) forwardInputs() forwardInputs {
	weights := StopGradient(r.inputs.hiddenHidden)
	inputBias, hiddenBias := StopGradient(r.inputs.inputBias), StopGradient(r.inputs.hiddenBias)
	if !r.cell.split { // only their sum counts
		hiddenBias = Add(inputBias, hiddenBias)
	}
	in := forwardInputs{inputBias: ExpandAxes(inputBias, 0)}
	for number := range r.cell.products {
		from, to := r.cell.rows(number, r.hidden)
		weight, inputAxis := r.forProducts(rowsOf(weights, from, to))
		bias := ExpandAxes(rowsOf(hiddenBias, from, to), 0)
		in.products = append(in.products, recurrentProduct{weight: weight, inputAxis: inputAxis, bias: bias})
	}
	return in
}

// forProducts lays recurrent weights [gates*H,H] out for the products of the steps, and returns which axis these sum
// over. XLA gets the weights transposed: it would repack PyTorch's layout column by column in every step.
func (r recurrence) forProducts(weight *Node) (laidOut *Node, inputAxis int) {
	switch {
	case !layoutMatters(weight.Graph()):
		return weight, 1
	case r.time.unrolled: // a product beside it would make a plain transpose part of itself
		return transposed(weight), 0
	}
	return Transpose(weight, 0, 1), 0
}

// nodes lists the parts of in.
func (in forwardInputs) nodes() []*Node {
	list := []*Node{in.inputBias}
	for _, p := range in.products {
		list = append(list, p.weight, p.bias)
	}
	return list
}

// forwardBuffers collect what the steps of the forward loop write.
type forwardBuffers struct {
	gates   *buffer
	hiddens *buffer // nil if the gates are the hidden states
	extra   *buffer // nil for cells without
}

// forwardBuffers makes the buffers that the cell needs. The gates take the place of the projected inputs: no step needs
// those of another.
func (r recurrence) forwardBuffers(projected *Node) forwardBuffers {
	out := forwardBuffers{gates: &buffer{initial: projected, width: r.gates}}
	if !r.cell.gatesAreStates {
		out.hiddens = &buffer{width: r.hidden}
	}
	if r.cell.extra {
		out.extra = &buffer{width: r.hidden}
	}
	return out
}

// list lists the buffers that are not nil.
func (out forwardBuffers) list() []*buffer {
	list := []*buffer{out.gates}
	if out.hiddens != nil {
		list = append(list, out.hiddens)
	}
	if out.extra != nil {
		list = append(list, out.extra)
	}
	return list
}

// pass returns what the loop left in the buffers, and in its last state.
func (out forwardBuffers) pass(last State) forwardPass {
	pass := forwardPass{gates: StopGradient(out.gates.filled)}
	pass.hiddens = pass.gates
	if out.hiddens != nil {
		pass.hiddens = StopGradient(out.hiddens.filled)
	}
	if out.extra != nil {
		pass.extra = StopGradient(out.extra.filled)
	}
	if last.Cell != nil {
		pass.cell = StopGradient(last.Cell)
	}
	return pass
}
