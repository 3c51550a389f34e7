package rnn

import (
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// scanCell is what a cell must know to be run in a loop: a step, and the step's derivative, written by hand, as
// GoMLX differentiates no loops.
type scanCell struct {
	// kept is how many blocks of H values [B,kept*H] a step keeps for its derivative.
	kept int
	// forward makes a step from projected and recurrent [B,G*H], the input's and the state's part of the
	// pre-activations.
	forward func(projected, recurrent *Node, s State) (next State, kept *Node)
	// backward takes d, the derivative with respect to the state after the step, back to the two parts of the
	// pre-activations [B,G*H] and to what of the state before the step does not pass through the product.
	backward func(kept *Node, previous, d State) (projected, recurrent *Node, before State)
}

// scan runs a cell over projected [T,B,G*H] in one loop of the engine, and differentiates it by another: the graph, and so
// its compilation, does not grow with time. After the backward loop one product gives the gradient of the weights.
//
// The gradient is GoMLX's IdentityWithCustomGradient: all inputs, and zeros of the outputs' size, go through it as one vector. The
// zeros are added to the outputs, so the outputs' gradients arrive there, and the inputs' gradients leave in their places.
func scan(o Options, w Weights, projected *Node, initial State) (outputs *Node, final State) {
	s := &scanner{cell: scanCells[o.Cell], lstm: o.Cell == LSTM}
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

// canScan says whether the engine has what scan needs, and the options do not rule it out.
func canScan(o Options, g *Graph) bool {
	operations := g.Backend().Capabilities().Operations
	return !o.ResetBefore && operations[compute.OpTypeDynamicSlice] && operations[compute.OpTypeDynamicUpdateSlice]
}

// scanner holds the nodes of one scan.
type scanner struct {
	cell                        scanCell
	lstm                        bool
	steps, batch, gates, hidden int
	dtype                       dtypes.DType
	inputs                      []*Node // projected, W_hh, b_hh, initial hidden and, for the LSTM, cell state
	// What the forward loop leaves: hidden [T,B,H], cell states [T,B,H] and kept values [T,B,K], and the last cell state [B,H].
	hiddens, cells, kept, lastCell *Node
}

func (s *scanner) shape(dimensions ...int) shapes.Shape { return shapes.Make(s.dtype, dimensions...) }

// loop runs body for t from first, steps times, by step: body maps the loop's values to their next ones, and gets those that
// stay as they are, fixed, as well.
func (s *scanner) loop(first, step int, values, fixed []*Node, body func(t *Node, values, fixed []*Node) []*Node) []*Node {
	g := s.inputs[0].Graph()
	state := append(append([]*Node{Const(g, int32(first)), Const(g, int32(0))}, values...), fixed...)
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
	loopBody := NewClosure(g, func(g *Graph) []*Node {
		p := parameters(g)
		next := []*Node{Add(p[0], Const(g, int32(step))), Add(p[1], Const(g, int32(1)))}
		next = append(next, body(p[0], p[2:2+len(values)], p[2+len(values):])...)
		return append(next, p[2+len(values):]...)
	})
	return While(condition, loopBody, state...)[2 : 2+len(values)]
}

// forward runs the loop over time.
func (s *scanner) forward() {
	g := s.inputs[0].Graph()
	stop := make([]*Node, len(s.inputs))
	for i, input := range s.inputs {
		stop[i] = StopGradient(input)
	}
	bias := ExpandAxes(stop[2], 0) // [1,G*H]
	values := []*Node{stop[3], Zeros(g, s.shape(s.steps, s.batch, s.hidden))}
	if s.cell.kept > 0 {
		values = append(values, Zeros(g, s.shape(s.steps, s.batch, s.cell.kept*s.hidden)))
	}
	if s.lstm {
		values = append(values, stop[4], Zeros(g, s.shape(s.steps, s.batch, s.hidden)))
	}
	results := s.loop(0, 1, values, []*Node{stop[0], stop[1], bias}, func(t *Node, values, fixed []*Node) []*Node {
		state := State{Hidden: values[0]}
		if s.lstm {
			state.Cell = values[len(values)-2]
		}
		recurrent := Add(times(state.Hidden, fixed[1]), fixed[2])
		next, kept := s.cell.forward(elementAt(fixed[0], t), recurrent, state)
		list := []*Node{next.Hidden, setElement(values[1], next.Hidden, t)}
		if s.cell.kept > 0 {
			list = append(list, setElement(values[2], kept, t))
		}
		if s.lstm {
			list = append(list, next.Cell, setElement(values[len(values)-1], next.Cell, t))
		}
		return list
	})
	s.hiddens = StopGradient(results[1])
	if s.cell.kept > 0 {
		s.kept = StopGradient(results[2])
	}
	if s.lstm {
		s.lastCell, s.cells = StopGradient(results[len(results)-2]), StopGradient(results[len(results)-1])
	}
}

// backward returns the gradients of the inputs for gradients of the outputs: of the hidden states [T,B,H] and, for the LSTM,
// of the last cell state [B,H].
func (s *scanner) backward(gradients []*Node) []*Node {
	g := s.inputs[0].Graph()
	before := func(initial, states *Node) *Node { // the states before each step
		return Concatenate([]*Node{ExpandAxes(StopGradient(initial), 0), Slice(states, AxisRange(0, s.steps-1))}, 0)
	}
	hiddens := before(s.inputs[3], s.hiddens)
	zero := Zeros(g, s.shape(s.batch, s.hidden))
	buffer := Zeros(g, s.shape(s.steps, s.batch, s.gates))
	values := []*Node{zero, buffer, buffer}
	fixed := []*Node{gradients[0], hiddens, StopGradient(s.inputs[1])}
	if s.cell.kept > 0 {
		fixed = append(fixed, s.kept)
	}
	if s.lstm {
		values = append(values, gradients[1])
		fixed = append(fixed, before(s.inputs[4], s.cells))
	} else if s.cell.kept == 0 {
		fixed = append(fixed, s.hiddens) // the simple RNN's derivative needs the state after the step
	}
	results := s.loop(s.steps-1, -1, values, fixed, func(t *Node, values, fixed []*Node) []*Node {
		d := State{Hidden: Add(values[0], elementAt(fixed[0], t))}
		previous := State{Hidden: elementAt(fixed[1], t)}
		if s.lstm {
			d.Cell = values[3]
			previous.Cell = elementAt(fixed[4], t)
		}
		projected, recurrent, beforeStep := s.cell.backward(elementAt(fixed[3], t), previous, d)
		through := DotGeneral(recurrent, []int{1}, nil, fixed[2], []int{0}, nil) // [B,H]
		if beforeStep.Hidden != nil {
			through = Add(through, beforeStep.Hidden)
		}
		list := []*Node{through, setElement(values[1], projected, t), setElement(values[2], recurrent, t)}
		if s.lstm {
			list = append(list, beforeStep.Cell)
		}
		return list
	})
	rows := s.steps * s.batch
	recurrent := Reshape(results[2], rows, s.gates)
	weights := DotGeneral(recurrent, []int{0}, nil, Reshape(hiddens, rows, s.hidden), []int{0}, nil) // [G*H,H]
	list := []*Node{results[1], weights, ReduceSum(recurrent, 0), results[0]}
	if s.lstm {
		list = append(list, results[3])
	}
	return list
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
