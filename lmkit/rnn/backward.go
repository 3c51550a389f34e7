package rnn

import (
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// backward runs the cell's derivative over time, from the last step to the first. It takes the gradients of the scan's
// results to those of its inputs.
func (r recurrence) backward(pass forwardPass, gradients scanResults) scanInputs {
	before := r.hiddensBefore(pass)
	d := State{Hidden: Zeros(before.Graph(), shapes.Make(before.DType(), r.time.batch, r.hidden)), Cell: gradients.cell}
	in := r.backwardInputs(pass, gradients, before)
	recurrent := &buffer{width: r.gates}
	projected, buffers := recurrent, []*buffer{recurrent}
	if r.cell.split { // else both parts of the pre-activations have the same gradient
		projected = &buffer{width: r.gates}
		buffers = append(buffers, projected)
	}
	time := r.time
	time.reverse = true
	first := time.run(d, in.nodes(), buffers, func(m *moment, d State) State {
		d.Hidden = Add(d.Hidden, m.at(in.hiddens))
		k := kept{hidden: m.at(in.before), gates: m.at(in.gates)}
		if in.extra != nil {
			k.extra = m.at(in.extra)
		}
		ofProjected, ofRecurrent, before := r.cell.backward(k, d, func(number int, d *Node) *Node {
			return DotGeneral(d, []int{1}, nil, m.fixed(in.weights[number]), []int{0}, nil) // [B,H]
		})
		m.write(projected, ofProjected)
		m.write(recurrent, ofRecurrent)
		return before
	})
	hiddenBias := r.sum(recurrent.filled)
	inputBias := hiddenBias
	if r.cell.split {
		inputBias = r.sum(projected.filled)
	}
	result := scanInputs{
		projected: projected.filled, hiddenHidden: r.weightGradient(recurrent.filled, before, pass),
		inputBias: inputBias, hiddenBias: hiddenBias,
	}
	if !r.zero {
		result.initial = first
	}
	return result
}

// hiddensBefore returns the hidden states before each step, [T,B,H].
func (r recurrence) hiddensBefore(pass forwardPass) *Node {
	before := ExpandAxes(r.initial.Hidden, 0)
	if r.time.steps == 1 {
		return before
	}
	return Concatenate([]*Node{before, r.hiddensButLast(pass)}, 0)
}

// hiddensButLast returns the hidden states after each step but the last, [T-1,B,H].
func (r recurrence) hiddensButLast(pass forwardPass) *Node {
	return Slice(pass.hiddens, AxisRange(0, r.time.steps-1))
}

// backwardInputs are the nodes that each step of the backward loop reads.
type backwardInputs struct {
	hiddens *Node   // the gradient of the hidden states after each step, [T,B,H]
	before  *Node   // the hidden states before each step, [T,B,H]
	gates   *Node   // the gates of each step, [T,B,G*H]
	weights []*Node // the recurrent weights of each product, [gates*H,H]
	extra   *Node   // the extra values of each step, [T,B,H]; nil for cells without
}

// backwardInputs gathers what the steps need; before are the hidden states before each step, [T,B,H].
func (r recurrence) backwardInputs(pass forwardPass, gradients scanResults, before *Node) backwardInputs {
	in := backwardInputs{hiddens: gradients.hiddens, before: before, gates: pass.gates, extra: pass.extra}
	for number := range r.cell.products {
		from, to := r.cell.rows(number, r.hidden)
		in.weights = append(in.weights, rowsOf(StopGradient(r.inputs.hiddenHidden), from, to))
	}
	return in
}

// nodes lists the parts of in.
func (in backwardInputs) nodes() []*Node {
	return present(append(append([]*Node{in.hiddens, in.before, in.gates}, in.weights...), in.extra)...)
}

// sum sums x [T,B,K] over time and batch: [K]. XLA's CPU multiplies matrices much faster than it adds rows, but it
// would multiply a vector by a matrix column by column: so the product is with two rows of ones.
func (r recurrence) sum(x *Node) *Node {
	x = flat(x)
	if r.time.unrolled {
		return ReduceSum(x, 0)
	}
	ones := Ones(x.Graph(), shapes.Make(x.DType(), 2, x.Shape().Dimensions[0]))
	return Squeeze(Slice(DotGeneral(ones, []int{1}, nil, x, []int{0}, nil), AxisElem(0)), 0)
}

// weightGradient returns the gradient of the recurrent weights, [G*H,H], from that of the state's part of the
// pre-activations, recurrent [T,B,G*H], and the hidden states before each step [T,B,H]. Unrolled, it leaves out the
// first step if the state before that is zero.
func (r recurrence) weightGradient(recurrent, before *Node, pass forwardPass) *Node {
	gates := pass.gates
	if r.zero && r.time.unrolled {
		later := AxisRange(1, r.time.steps)
		recurrent, before, gates = Slice(recurrent, later), r.hiddensButLast(pass), Slice(gates, later)
	}
	recurrent, before = flat(recurrent), flat(before)
	var parts []*Node // of each product, [gates*H,H]
	for number := range r.cell.products {
		from, to := r.cell.rows(number, r.hidden)
		factor := before
		if r.cell.factor != nil {
			factor = r.cell.factor(number, flat(gates), before)
		}
		parts = append(parts, weightGradient(blocks(recurrent, from/r.hidden, to/r.hidden, r.hidden), factor))
	}
	return Concatenate(parts, 0)
}
