package rnn

import (
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// cellSteps is a cell: a step, and the step's derivative, written by hand, as GoMLX differentiates no loops.
type cellSteps struct {
	// products is how many gates each product with recurrent weights makes, in the order of the weights' rows.
	products []int
	// kept is how many blocks of H values [B,kept*H] a step keeps for its derivative; with none, it gets the hidden state after
	// the step.
	kept int
	// split says that the input's and the state's part of the pre-activations have different derivatives, as in PyTorch's GRU;
	// elsewhere they are added.
	split bool
	// forward makes a step from the input's part of the pre-activations, projected [B,G*H].
	forward func(projected *Node, s State, product product) (next State, kept *Node)
	// backward takes d, the derivative with respect to the state after the step, back to the two parts of the
	// pre-activations [B,G*H] and to the state before the step.
	backward func(kept *Node, previous, d State, back product) (projected, recurrent *Node, before State)
	// factor is what a product multiplies, for kept values and states before the step; nil for the state itself.
	factor func(number int, kept, hidden *Node) *Node
}

// product multiplies by the recurrent weights of one of the cell's products: forward x [B,H] to [B,gates*H], the bias added; back
// a derivative [B,gates*H] to [B,H].
type product func(number int, x *Node) *Node

// steps are the equations that the options choose.
func (o Options) steps() cellSteps {
	switch {
	case o.Cell == LSTM:
		return lstmCell
	case o.Cell == GRU && o.ResetBefore:
		return resetBeforeCell
	case o.Cell == GRU:
		return gruCell
	}
	return simpleCell
}

// rows are those of the recurrent weights that a product uses.
func (c cellSteps) rows(number, hidden int) (from, to int) {
	for _, gates := range c.products[:number] {
		from += gates * hidden
	}
	return from, from + c.products[number]*hidden
}

// Scan runs a cell over projected [T,B,G*H], the inputs of all time steps as Project returns them, from an initial state. It returns
// the hidden states of all time steps, outputs [T,B,H], and the state after the last; gradients flow through both, to the inputs,
// the recurrent weights and bias, and the initial state. It needs nothing of w but HiddenHidden and HiddenBias.
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
	return scan(o, w, projected, initial, !loop || o.Loop == Unrolled)
}

// scan is Scan with a hand-written derivative, unrolled or as loops of the engine.
//
// The gradient is GoMLX's IdentityWithCustomGradient: all inputs, and zeros of the outputs' size, go through it as one vector. The
// zeros are added to the outputs, so the outputs' gradients arrive there, and the inputs' gradients leave in their places.
func scan(o Options, w Weights, projected *Node, initial State, unrolled bool) (outputs *Node, final State) {
	s := &scanner{cell: o.steps(), lstm: o.Cell == LSTM, unrolled: unrolled}
	s.steps, s.batch, s.gates = dims3(projected)
	s.hidden = w.HiddenHidden.Shape().Dimensions[1]
	s.dtype = projected.DType()
	s.inputs = []*Node{projected, w.HiddenHidden, w.HiddenBias, initial.Hidden}
	if s.lstm {
		s.inputs = append(s.inputs, initial.Cell)
	}
	s.forward()
	results := []*Node{s.hiddens}
	if s.lstm {
		results = append(results, s.lastCell)
	}
	results = s.attachGradient(results)
	final.Hidden = Squeeze(Slice(results[0], AxisElem(s.steps-1)), 0)
	if s.lstm {
		final.Cell = results[1]
	}
	return results[0], final
}

// canLoop says whether the engine has what a loop over time needs.
func canLoop(g *Graph) bool {
	operations := g.Backend().Capabilities().Operations
	return operations[compute.OpTypeDynamicSlice] && operations[compute.OpTypeDynamicUpdateSlice]
}

// scanner holds the nodes of one scan.
type scanner struct {
	cell                        cellSteps
	lstm, unrolled              bool
	steps, batch, gates, hidden int
	dtype                       dtypes.DType
	inputs                      []*Node // projected, W_hh, b_hh, initial hidden and, for the LSTM, cell state
	// What the forward loop leaves: hidden [T,B,H], cell states [T,B,H] and kept values [T,B,K], and the last cell state [B,H].
	hiddens, cells, kept, lastCell *Node
}

func (s *scanner) shape(dimensions ...int) shapes.Shape { return shapes.Make(s.dtype, dimensions...) }

// stepBody is one time step: from the carried values and those that stay fixed to the next carried values and to what the
// step writes for its time, [B,K] each. at gives the element [B,K] of a fixed value [T,B,K] for the time of the step.
type stepBody func(at func(x *Node) *Node, carried, fixed []*Node) (next, written []*Node)

// run runs body over all time steps, backward in time if reverse. It returns the last carried values and, for each of widths,
// what the steps wrote, [T,B,width].
func (s *scanner) run(reverse bool, carried, fixed []*Node, widths []int, body stepBody) (last, written []*Node) {
	if s.unrolled {
		return s.repeat(reverse, carried, fixed, widths, body)
	}
	return s.loop(reverse, carried, fixed, widths, body)
}

// repeat is run without a loop: the steps stand in the graph one after the other.
func (s *scanner) repeat(reverse bool, carried, fixed []*Node, widths []int, body stepBody) (last, written []*Node) {
	columns := make([][]*Node, len(widths))
	for i := range columns {
		columns[i] = make([]*Node, s.steps)
	}
	for i := range s.steps {
		t := i
		if reverse {
			t = s.steps - 1 - i
		}
		var values []*Node
		carried, values = body(func(x *Node) *Node { return Squeeze(Slice(x, AxisElem(t)), 0) }, carried, fixed)
		for c, value := range values {
			columns[c][t] = value
		}
	}
	for _, column := range columns {
		written = append(written, stackSteps(column))
	}
	return carried, written
}

// loop is run as a loop of the engine. Whatever the loop uses is part of its state.
func (s *scanner) loop(reverse bool, carried, fixed []*Node, widths []int, body stepBody) (last, written []*Node) {
	g := s.inputs[0].Graph()
	first, step := 0, 1
	if reverse {
		first, step = s.steps-1, -1
	}
	state := append([]*Node{Const(g, int32(first)), Const(g, int32(0))}, carried...)
	for _, width := range widths {
		state = append(state, Zeros(g, s.shape(s.steps, s.batch, width)))
	}
	state = append(state, fixed...)
	parameters := func(g *Graph) []*Node {
		list := make([]*Node, len(state))
		for i, node := range state {
			list[i] = Parameter(g, fmt.Sprintf("state%d", i), node.Shape())
		}
		return list
	}
	condition := NewClosure(g, func(g *Graph) []*Node {
		p := parameters(g)
		return []*Node{LessThan(p[1], Const(g, int32(s.steps)))}
	})
	buffers, rest := 2+len(carried), 2+len(carried)+len(widths)
	loopBody := NewClosure(g, func(g *Graph) []*Node {
		p := parameters(g)
		t := p[0]
		next, values := body(func(x *Node) *Node { return elementAt(x, t) }, p[2:buffers], p[rest:])
		list := append([]*Node{Add(t, Const(g, int32(step))), Add(p[1], Const(g, int32(1)))}, next...)
		for i, value := range values {
			list = append(list, setElement(p[buffers+i], value, t))
		}
		return append(list, p[rest:]...)
	})
	results := While(condition, loopBody, state...)
	return results[2:buffers], results[buffers:rest]
}

// forward runs the cell over time.
func (s *scanner) forward() {
	stop := make([]*Node, len(s.inputs))
	for i, input := range s.inputs {
		stop[i] = StopGradient(input)
	}
	fixed := []*Node{stop[0]}
	for number := range s.cell.products {
		// Transposed, [H,gates*H]: XLA would repack the weights as PyTorch has them column by column, in every step.
		from, to := s.cell.rows(number, s.hidden)
		fixed = append(fixed, Transpose(Slice(stop[1], AxisRange(from, to)), 0, 1), ExpandAxes(Slice(stop[2], AxisRange(from, to)), 0))
	}
	widths := []int{s.hidden}
	if s.lstm {
		widths = append(widths, s.hidden)
	}
	if s.cell.kept > 0 {
		widths = append(widths, s.cell.kept*s.hidden)
	}
	last, written := s.run(false, stop[3:], fixed, widths, func(at func(*Node) *Node, carried, fixed []*Node) (next, written []*Node) {
		state := State{Hidden: carried[0]}
		if s.lstm {
			state.Cell = carried[1]
		}
		state, kept := s.cell.forward(at(fixed[0]), state, func(number int, x *Node) *Node {
			return Add(DotGeneral(x, []int{1}, nil, fixed[1+2*number], []int{0}, nil), fixed[2+2*number])
		})
		next = []*Node{state.Hidden}
		if s.lstm {
			next = append(next, state.Cell)
		}
		written = next
		if s.cell.kept > 0 {
			written = append(written[:len(written):len(written)], kept)
		}
		return next, written
	})
	s.hiddens = StopGradient(written[0])
	if s.lstm {
		s.cells, s.lastCell = StopGradient(written[1]), StopGradient(last[1])
	}
	if s.cell.kept > 0 {
		s.kept = StopGradient(written[len(written)-1])
	} else {
		s.kept = s.hiddens // the simple RNN's derivative needs the state after the step
	}
}

// backward returns the gradients of the inputs for gradients of the outputs: of the hidden states [T,B,H] and, for the LSTM,
// of the last cell state [B,H].
func (s *scanner) backward(gradients []*Node) []*Node {
	g := s.inputs[0].Graph()
	before := func(initial, states *Node) *Node { // the states before each step
		if s.steps == 1 {
			return ExpandAxes(StopGradient(initial), 0)
		}
		return Concatenate([]*Node{ExpandAxes(StopGradient(initial), 0), Slice(states, AxisRange(0, s.steps-1))}, 0)
	}
	hiddens := before(s.inputs[3], s.hiddens)
	carried := []*Node{Zeros(g, s.shape(s.batch, s.hidden))}
	fixed := []*Node{gradients[0], hiddens, s.kept}
	for number := range s.cell.products {
		from, to := s.cell.rows(number, s.hidden)
		fixed = append(fixed, Slice(StopGradient(s.inputs[1]), AxisRange(from, to)))
	}
	if s.lstm {
		carried = append(carried, gradients[1])
		fixed = append(fixed, before(s.inputs[4], s.cells))
	}
	widths := []int{s.gates}
	if s.cell.split {
		widths = append(widths, s.gates)
	}
	last, written := s.run(true, carried, fixed, widths, func(at func(*Node) *Node, carried, fixed []*Node) (next, written []*Node) {
		d := State{Hidden: Add(carried[0], at(fixed[0]))}
		previous := State{Hidden: at(fixed[1])}
		if s.lstm {
			d.Cell, previous.Cell = carried[1], at(fixed[len(fixed)-1])
		}
		projected, recurrent, state := s.cell.backward(at(fixed[2]), previous, d, func(number int, d *Node) *Node {
			return DotGeneral(d, []int{1}, nil, fixed[3+number], []int{0}, nil) // [B,H]
		})
		next = []*Node{state.Hidden}
		if s.lstm {
			next = append(next, state.Cell)
		}
		if s.cell.split {
			return next, []*Node{recurrent, projected}
		}
		return next, []*Node{recurrent}
	})
	recurrent := s.flat(written[0])
	var weights []*Node // of each product [gates*H,H]
	for number := range s.cell.products {
		from, to := s.cell.rows(number, s.hidden)
		factor := s.flat(hiddens)
		if s.cell.factor != nil {
			factor = s.cell.factor(number, s.flat(s.kept), factor)
		}
		weights = append(weights, DotGeneral(Slice(recurrent, AxisRange(), AxisRange(from, to)), []int{0}, nil, factor, []int{0}, nil))
	}
	projected := written[len(written)-1]
	return append([]*Node{projected, Concatenate(weights, 0), ReduceSum(recurrent, 0)}, last...)
}

// flat is x [T,B,K] as [T*B,K].
func (s *scanner) flat(x *Node) *Node {
	_, _, k := dims3(x)
	return Reshape(x, s.steps*s.batch, k)
}

// attachGradient returns the results with a gradient: the values are the same.
func (s *scanner) attachGradient(results []*Node) []*Node {
	g := s.inputs[0].Graph()
	parts := append([]*Node(nil), s.inputs...)
	for _, result := range results {
		parts = append(parts, Zeros(g, result.Shape()))
	}
	through := IdentityWithCustomGradient(join(parts), func(_, gradient *Node) *Node {
		arrived := cut(gradient, parts)
		left := s.backward(arrived[len(s.inputs):])
		for _, zero := range parts[len(s.inputs):] {
			left = append(left, zero)
		}
		return join(left)
	})
	pieces := cut(through, parts)
	attached := make([]*Node, len(results))
	for i, result := range results {
		attached[i] = Add(result, pieces[len(s.inputs)+i])
	}
	return attached
}

// join lays nodes end to end as one vector, cut is its reverse for parts of these shapes.
func join(parts []*Node) *Node {
	flat := make([]*Node, len(parts))
	for i, part := range parts {
		flat[i] = Reshape(part, part.Shape().Size())
	}
	return Concatenate(flat, 0)
}

func cut(vector *Node, parts []*Node) []*Node {
	pieces := make([]*Node, len(parts))
	start := 0
	for i, part := range parts {
		end := start + part.Shape().Size()
		pieces[i] = Reshape(Slice(vector, AxisRange(start, end)), part.Shape().Dimensions...)
		start = end
	}
	return pieces
}

func dims3(x *Node) (a, b, c int) {
	d := x.Shape().Dimensions
	return d[0], d[1], d[2]
}

// elementAt is x[t] of x [T,B,K]: [B,K].
func elementAt(x, t *Node) *Node {
	_, b, k := dims3(x)
	zero := Const(x.Graph(), int32(0))
	return Reshape(DynamicSlice(x, []*Node{t, zero, zero}, []int{1, b, k}), b, k)
}

// setElement is x [T,B,K] with x[t] set to value [B,K].
func setElement(x, value, t *Node) *Node {
	zero := Const(x.Graph(), int32(0))
	_, b, k := dims3(x)
	return DynamicUpdateSlice(x, Reshape(value, 1, b, k), []*Node{t, zero, zero})
}
