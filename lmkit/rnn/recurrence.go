package rnn

import . "github.com/gomlx/gomlx/core/graph"

// recurrence is a cell with all that a scan runs it on: what its forward and its backward pass share.
type recurrence struct {
	cell          equations
	time          timeLoop
	gates, hidden int // G*H and H
	inputs        scanInputs
	zero          bool  // the initial state is State{}
	initial       State // the initial state without gradients, with zeros for State{}
}

// scanInputs are the nodes to which the gradients of a scan flow.
type scanInputs struct {
	projected    *Node // [T,B,G*H]
	hiddenHidden *Node // [G*H,H]
	inputBias    *Node // [G*H]
	hiddenBias   *Node // [G*H]
	initial      State // State{} stands for zeros, and gets no gradient
}

// scanResults are the nodes from which the gradients of a scan come.
type scanResults struct {
	hiddens *Node // the hidden states after each step, [T,B,H]
	cell    *Node // the LSTM's cell state after the last step, [B,H]; nil for other cells
}

// newRecurrence reads the sizes of a scan from its nodes, and checks that they agree.
func newRecurrence(o Options, w Weights, projected *Node, initial State, unrolled bool) recurrence {
	hidden := w.hidden(o.Cell)
	projected.AssertDims(-1, -1, o.Cell.Gates()*hidden)
	steps, batch, gates := dims3(projected)
	inputBias := w.InputBias
	if inputBias == nil {
		inputBias = ZerosLike(w.HiddenBias)
	}
	r := recurrence{
		cell: o.equations(), time: timeLoop{unrolled: unrolled, steps: steps, batch: batch},
		gates: gates, hidden: hidden,
		inputs: scanInputs{
			projected: projected, hiddenHidden: w.HiddenHidden, inputBias: inputBias, hiddenBias: w.HiddenBias,
		},
		zero: initial.isZero(o.Cell),
	}
	if r.zero {
		r.initial = zeroBefore(o.Cell, projected)
		return r
	}
	if o.Cell != LSTM {
		initial.Cell = nil
	}
	for _, node := range initial.nodes() {
		node.AssertDims(batch, hidden)
	}
	r.inputs.initial, r.initial = initial, initial.of(stopGradients(initial.nodes()))
	return r
}

// stopGradients returns the same nodes without gradients.
func stopGradients(nodes []*Node) []*Node {
	stopped := make([]*Node, len(nodes))
	for i, node := range nodes {
		stopped[i] = StopGradient(node)
	}
	return stopped
}

// nodes lists the parts of in.
func (in scanInputs) nodes() []*Node {
	return present(in.projected, in.hiddenHidden, in.inputBias, in.hiddenBias, in.initial.Hidden, in.initial.Cell)
}

// nodes lists the parts of r.
func (r scanResults) nodes() []*Node { return present(r.hiddens, r.cell) }

// of reverses nodes: it returns results with the parts of r, but with the nodes of the list.
func (r scanResults) of(list []*Node) scanResults {
	replace(list, &r.hiddens, &r.cell)
	return r
}
