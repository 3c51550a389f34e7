package rnn

import (
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// timeLoop runs over the time steps of one layer: as a loop of the engine, or unrolled, with each step in the graph.
type timeLoop struct {
	unrolled, reverse bool
	steps, batch      int
}

// buffer is what the steps write, each its own element [B,width] of [T,B,width]. Where it has initial values, a step may read its
// element before it writes it: the new values take the place of the old, and need no memory of their own.
type buffer struct {
	initial *Node
	width   int
}

// stepBody is one time step: from the carried values, the buffers and what stays fixed to the next carried values and to the elements
// of the buffers that the step writes. at gives the element [B,K] of a value [T,B,K] for the time of the step; first says that it is the
// first one, which a loop does not know.
type stepBody func(first bool, at func(x *Node) *Node, carried, buffers, fixed []*Node) (next, written []*Node)

// canLoop says whether the engine has what a loop over time needs.
func canLoop(g *Graph) bool {
	operations := g.Backend().Capabilities().Operations
	return operations[compute.OpTypeDynamicSlice] && operations[compute.OpTypeDynamicUpdateSlice]
}

// run runs body over all time steps, backward in time if l.reverse. It returns the last carried values and the buffers.
func (l timeLoop) run(carried []*Node, buffers []buffer, fixed []*Node, body stepBody) (last, written []*Node) {
	if l.unrolled {
		return l.repeat(carried, buffers, fixed, body)
	}
	return l.loop(carried, buffers, fixed, body)
}

// repeat is run without a loop: the steps stand in the graph one after the other.
func (l timeLoop) repeat(carried []*Node, buffers []buffer, fixed []*Node, body stepBody) (last, written []*Node) {
	columns, initial := make([][]*Node, len(buffers)), make([]*Node, len(buffers))
	for i, b := range buffers {
		columns[i], initial[i] = make([]*Node, l.steps), b.initial
	}
	for i := range l.steps {
		t := i
		if l.reverse {
			t = l.steps - 1 - i
		}
		var elements []*Node
		at := func(x *Node) *Node { return Squeeze(Slice(x, AxisElem(t)), 0) }
		carried, elements = body(i == 0, at, carried, initial, fixed)
		for c, element := range elements {
			columns[c][t] = element
		}
	}
	for _, column := range columns {
		written = append(written, stackSteps(column))
	}
	return carried, written
}

// loop is run as a loop of the engine. Whatever the loop uses is part of its state.
func (l timeLoop) loop(carried []*Node, buffers []buffer, fixed []*Node, body stepBody) (last, written []*Node) {
	g := fixed[0].Graph()
	first, step := 0, 1
	if l.reverse {
		first, step = l.steps-1, -1
	}
	state := append([]*Node{Const(g, int32(first)), Const(g, int32(0))}, carried...)
	for _, b := range buffers {
		state = append(state, l.start(fixed[0], b))
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
		return []*Node{LessThan(parameters(g)[1], Const(g, int32(l.steps)))}
	})
	begin, end := 2+len(carried), 2+len(carried)+len(buffers)
	loopBody := NewClosure(g, func(g *Graph) []*Node {
		p := parameters(g)
		t := p[0]
		at := func(x *Node) *Node { return elementAt(x, t) }
		next, elements := body(false, at, p[2:begin], p[begin:end], p[end:])
		list := append([]*Node{Add(t, Const(g, int32(step))), Add(p[1], Const(g, int32(1)))}, next...)
		for i, element := range elements {
			list = append(list, setElement(p[begin+i], element, t))
		}
		return append(list, p[end:]...)
	})
	results := While(condition, loopBody, state...)
	return results[2:begin], results[begin:end]
}

// start is what a buffer holds before the loop. Where nothing reads that, its value is of no account, but no two buffers of a graph
// have the same: XLA would make one value for both, and then a copy for each.
func (l timeLoop) start(like *Node, b buffer) *Node {
	if b.initial != nil {
		return b.initial
	}
	number := constant(like, 0)
	number = constant(like, float64(number.Id()))
	return BroadcastToShape(number, shapes.Make(like.DType(), l.steps, l.batch, b.width))
}

// stackSteps lays T nodes [B,H] out as [T,B,H].
func stackSteps(steps []*Node) *Node {
	expanded := make([]*Node, len(steps))
	for t, step := range steps {
		expanded[t] = ExpandAxes(step, 0)
	}
	return Concatenate(expanded, 0)
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

func dims3(x *Node) (a, b, c int) {
	d := x.Shape().Dimensions
	return d[0], d[1], d[2]
}
