package rnn

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// Scan runs a cell over projected [T,B,G*H], the inputs of all time steps as Project returns them, from an initial state. It returns
// the hidden states of all time steps, outputs [T,B,H], and the state after the last; gradients flow through both, to the inputs,
// the recurrent weights and bias, and the initial state. It needs nothing of w but HiddenHidden and the biases, of which InputBias
// may be nil.
//
// Where the engine has loops over time, Scan is one, and its derivative another, written by hand: the graph, and so its
// compilation, does not grow with T. Elsewhere the step is repeated in the graph T times; Options.Loop forces either. Both ways one
// product at the end gives the gradient of the weights, instead of one for each time step.
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
	return newScanner(o, w, projected, initial, !loop || o.Loop == Unrolled).scan()
}

// scanner holds the nodes of one scan.
type scanner struct {
	cell          cellSteps
	kind          Cell
	time          timeLoop
	gates, hidden int // G*H and H
	dtype         dtypes.DType
	zero          bool    // the initial state is State{}
	initial       []*Node // hidden and, for the LSTM, cell state
	inputs        []*Node // projected, W_hh, b_ih, b_hh and, unless it is zero, the initial state
	// What the forward loop leaves: hidden states [T,B,H] and the last state, and, for the derivative, gates [T,B,G*H] and
	// extra [T,B,H].
	hiddens         *Node
	final           State
	keptGates, kept *Node
}

func newScanner(o Options, w Weights, projected *Node, initial State, unrolled bool) *scanner {
	steps, batch, gates := dims3(projected)
	inputBias := w.InputBias
	if inputBias == nil {
		inputBias = ZerosLike(w.HiddenBias)
	}
	s := &scanner{
		cell: o.steps(), kind: o.Cell, time: timeLoop{unrolled: unrolled, steps: steps, batch: batch},
		gates: gates, hidden: w.HiddenHidden.Shape().Dimensions[1], dtype: projected.DType(),
		zero:   initial.isZero(o.Cell),
		inputs: []*Node{projected, w.HiddenHidden, inputBias, w.HiddenBias},
	}
	if s.zero {
		s.initial = s.nodes(zeroBefore(o.Cell, projected))
		return s
	}
	s.initial = s.nodes(initial)
	s.inputs = append(s.inputs, s.initial...)
	for i, node := range s.initial {
		s.initial[i] = StopGradient(node)
	}
	return s
}

func (s *scanner) scan() (outputs *Node, final State) {
	s.forward()
	results := []*Node{s.hiddens}
	if s.kind == LSTM {
		results = append(results, s.final.Cell)
	}
	results = attachGradient(s.inputs, results, s.backward)
	final.Hidden = Squeeze(Slice(results[0], AxisElem(s.time.steps-1)), 0)
	if s.kind == LSTM {
		final.Cell = results[1]
	}
	return results[0], final
}

// state and nodes are a state as a list of nodes, and the reverse.
func (s *scanner) state(nodes []*Node) State {
	if s.kind == LSTM {
		return State{Hidden: nodes[0], Cell: nodes[1]}
	}
	return State{Hidden: nodes[0]}
}

func (s *scanner) nodes(state State) []*Node {
	if s.kind == LSTM {
		return []*Node{state.Hidden, state.Cell}
	}
	return []*Node{state.Hidden}
}

// forward runs the cell over time. The gates take the place of the projected inputs, of which each step needs its own only.
func (s *scanner) forward() {
	stop := make([]*Node, len(s.inputs))
	for i, input := range s.inputs {
		stop[i] = StopGradient(input)
	}
	inputBias, hiddenBias := stop[2], stop[3]
	if !s.cell.split { // only their sum counts
		hiddenBias = Add(inputBias, hiddenBias)
	}
	fixed, inputAxis := []*Node{ExpandAxes(inputBias, 0)}, 0 // the weights' axis of inputs
	for number := range s.cell.products {
		from, to := s.cell.rows(number, s.hidden)
		var weight *Node
		weight, inputAxis = s.forProducts(rowsOf(stop[1], from, to))
		fixed = append(fixed, weight, ExpandAxes(rowsOf(hiddenBias, from, to), 0))
	}
	buffers := []buffer{{initial: stop[0], width: s.gates}}
	if s.kind != RNN { // whose gates are its states
		buffers = append(buffers, buffer{width: s.hidden})
	}
	if s.cell.extra {
		buffers = append(buffers, buffer{width: s.hidden})
	}
	last, written := s.time.run(s.initial, buffers, fixed, func(first bool, at func(*Node) *Node, carried, buffers, fixed []*Node) (next, written []*Node) {
		projected := at(buffers[0])
		if s.cell.split {
			projected = Add(projected, fixed[0])
		}
		state, gates, extra := s.cell.forward(projected, s.state(carried), func(number int, x *Node) *Node {
			weight, bias := fixed[1+2*number], fixed[2+2*number]
			if first && s.zero {
				return BroadcastToDims(bias, s.time.batch, bias.Shape().Dimensions[1])
			}
			return Add(DotGeneral(x, []int{1}, nil, weight, []int{inputAxis}, nil), bias)
		})
		written = []*Node{gates}
		if s.kind != RNN {
			written = append(written, state.Hidden)
		}
		if s.cell.extra {
			written = append(written, extra)
		}
		return s.nodes(state), written
	})
	for i := range written {
		written[i] = StopGradient(written[i])
	}
	s.final = s.state(last)
	if s.kind == LSTM {
		s.final.Cell = StopGradient(s.final.Cell)
	}
	s.keptGates, s.hiddens = written[0], written[0]
	if s.kind != RNN {
		s.hiddens = written[1]
	}
	if s.cell.extra {
		s.kept = written[2]
	}
}

// forProducts lays recurrent weights [gates*H,H] out for the products of the steps, and says which axis these sum over. XLA gets them
// transposed: it would repack them as PyTorch has them column by column, in every step.
func (s *scanner) forProducts(weight *Node) (laidOut *Node, inputAxis int) {
	switch {
	case !layoutMatters(weight.Graph()):
		return weight, 1
	case s.time.unrolled: // a product beside it would make a plain transpose its own
		return transposed(weight), 0
	}
	return Transpose(weight, 0, 1), 0
}

// backward returns the gradients of the inputs for gradients of the results: of the hidden states [T,B,H] and, for the LSTM,
// of the last cell state [B,H].
func (s *scanner) backward(gradients []*Node) []*Node {
	before := ExpandAxes(s.initial[0], 0) // the hidden states before each step, [T,B,H]
	if s.time.steps > 1 {
		before = Concatenate([]*Node{before, Slice(s.hiddens, AxisRange(0, s.time.steps-1))}, 0)
	}
	d := State{Hidden: Zeros(before.Graph(), shapes.Make(s.dtype, s.time.batch, s.hidden))}
	if s.kind == LSTM {
		d.Cell = gradients[1]
	}
	fixed := []*Node{gradients[0], before, s.keptGates}
	for number := range s.cell.products {
		from, to := s.cell.rows(number, s.hidden)
		fixed = append(fixed, rowsOf(StopGradient(s.inputs[1]), from, to))
	}
	if s.cell.extra {
		fixed = append(fixed, s.kept)
	}
	buffers := []buffer{{width: s.gates}}
	if s.cell.split {
		buffers = append(buffers, buffer{width: s.gates})
	}
	time := s.time
	time.reverse = true
	last, written := time.run(s.nodes(d), buffers, fixed, func(_ bool, at func(*Node) *Node, carried, _, fixed []*Node) (next, written []*Node) {
		d := s.state(carried)
		d.Hidden = Add(d.Hidden, at(fixed[0]))
		k := kept{hidden: at(fixed[1]), gates: at(fixed[2])}
		if s.cell.extra {
			k.extra = at(fixed[len(fixed)-1])
		}
		projected, recurrent, state := s.cell.backward(k, d, func(number int, d *Node) *Node {
			return DotGeneral(d, []int{1}, nil, fixed[3+number], []int{0}, nil) // [B,H]
		})
		if s.cell.split {
			return s.nodes(state), []*Node{recurrent, projected}
		}
		return s.nodes(state), []*Node{recurrent}
	})
	recurrent, projected := written[0], written[len(written)-1]
	hiddenBias := s.sum(recurrent)
	inputBias := hiddenBias
	if s.cell.split {
		inputBias = s.sum(projected)
	}
	list := []*Node{projected, s.recurrentGradient(recurrent, before), inputBias, hiddenBias}
	if s.zero {
		return list
	}
	return append(list, last...)
}

// sum is the sum of x [T,B,K] over time and batch: [K]. XLA's CPU multiplies matrices much faster than it adds rows up; a vector and a matrix it
// would multiply column by column, so there are two rows of ones.
func (s *scanner) sum(x *Node) *Node {
	x = flat(x)
	if s.time.unrolled {
		return ReduceSum(x, 0)
	}
	ones := Ones(x.Graph(), shapes.Make(s.dtype, 2, x.Shape().Dimensions[0]))
	return Squeeze(Slice(DotGeneral(ones, []int{1}, nil, x, []int{0}, nil), AxisElem(0)), 0)
}

// recurrentGradient is the gradient of W_hh [G*H,H], for that of the pre-activations [T,B,G*H] and the states before each step [T,B,H].
// Unrolled, it leaves out the first step where the state before that is zero.
func (s *scanner) recurrentGradient(recurrent, before *Node) *Node {
	gates := s.keptGates
	if s.zero && s.time.unrolled {
		later := AxisRange(1, s.time.steps)
		recurrent, before, gates = Slice(recurrent, later), Slice(s.hiddens, AxisRange(0, s.time.steps-1)), Slice(gates, later)
	}
	recurrent, before = flat(recurrent), flat(before)
	var parts []*Node // of each product [gates*H,H]
	for number := range s.cell.products {
		from, to := s.cell.rows(number, s.hidden)
		factor := before
		if s.cell.factor != nil {
			factor = s.cell.factor(number, flat(gates), before)
		}
		parts = append(parts, weightGradient(blocks(recurrent, from/s.hidden, to/s.hidden, s.hidden), factor))
	}
	return Concatenate(parts, 0)
}

// flat is x [T,B,K] as [T*B,K].
func flat(x *Node) *Node {
	t, b, k := dims3(x)
	return Reshape(x, t*b, k)
}
