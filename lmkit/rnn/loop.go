package rnn

import (
	"fmt"

	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// timeLoop runs a step for each time of a layer: in a loop of the engine or, unrolled, with each step in the graph.
type timeLoop struct {
	unrolled, reverse bool
	steps, batch      int
}

// buffer collects what the steps write, an element [B,width] each, as [T,B,width].
type buffer struct {
	width int
	// initial, if not nil, is what the buffer holds before the loop. A step may read its own element of that before it
	// writes it: new values take the place of the old, and need no memory of their own.
	initial *Node
	// filled is what the loop leaves in the buffer.
	filled *Node
}

// moment is one time of a loop, as a step sees it.
type moment struct {
	// first is set in the first step, if the loop is unrolled; one body serves all steps of the engine's loop.
	first   bool
	own     func(x *Node) *Node // the loop's own node for x
	element func(x *Node) *Node // the element [B,K] of the loop's own x [T,B,K] at this time
	holds   map[*buffer]*Node   // what each buffer holds before the step
	written map[*buffer]*Node   // what the step writes to each buffer
}

// fixed returns x, a node that stays the same throughout the loop, as the step has to use it.
func (m *moment) fixed(x *Node) *Node { return m.own(x) }

// at returns the element [B,K] at this time of x [T,B,K], a node that stays the same throughout the loop.
func (m *moment) at(x *Node) *Node { return m.element(m.own(x)) }

// read returns the element [B,width] at this time of what b holds before the step writes it.
func (m *moment) read(b *buffer) *Node { return m.element(m.holds[b]) }

// write sets the element [B,width] of b at this time. It ignores a nil buffer: what it would hold is not kept.
func (m *moment) write(b *buffer, element *Node) {
	if b != nil {
		m.written[b] = element
	}
}

// stepBody makes one time step from the carried state to the next. It reads other values, and writes, through m only.
type stepBody func(m *moment, carried State) (next State)

// run runs body over all time steps, backward in time if l.reverse, and fills the buffers. The body may use the nodes
// in fixed. run returns the last carried state.
func (l timeLoop) run(carried State, fixed []*Node, buffers []*buffer, body stepBody) (last State) {
	if l.unrolled {
		return l.repeat(carried, buffers, body)
	}
	return l.loop(carried, fixed, buffers, body)
}

// repeat does the work of run without a loop: the steps stand in the graph one after the other.
func (l timeLoop) repeat(carried State, buffers []*buffer, body stepBody) (last State) {
	elements, holds := make(map[*buffer][]*Node), make(map[*buffer]*Node)
	for _, b := range buffers {
		elements[b], holds[b] = make([]*Node, l.steps), b.initial
	}
	for i := range l.steps {
		t := i
		if l.reverse {
			t = l.steps - 1 - i
		}
		m := &moment{
			first:   i == 0,
			own:     func(x *Node) *Node { return x },
			element: func(x *Node) *Node { return Squeeze(Slice(x, AxisElem(t)), 0) },
			holds:   holds,
			written: make(map[*buffer]*Node),
		}
		carried = body(m, carried)
		for _, b := range buffers {
			elements[b][t] = m.written[b]
		}
	}
	for _, b := range buffers {
		b.filled = stackSteps(elements[b])
	}
	return carried
}

// loop does the work of run as a loop of the engine.
func (l timeLoop) loop(carried State, fixed []*Node, buffers []*buffer, body stepBody) (last State) {
	g := carried.Hidden.Graph()
	first, step := 0, 1
	if l.reverse {
		first, step = l.steps-1, -1
	}
	state := loopState{time: Const(g, int32(first)), turn: Const(g, int32(0)), carried: carried, fixed: fixed}
	for _, b := range buffers {
		state.buffers = append(state.buffers, l.start(b, carried.Hidden))
	}
	goesOn := NewClosure(g, func(g *Graph) []*Node {
		return []*Node{LessThan(state.parameters(g).turn, Const(g, int32(l.steps)))}
	})
	oneTurn := NewClosure(g, func(g *Graph) []*Node {
		now := state.parameters(g)
		m := now.moment(state.fixed, buffers)
		next := now
		next.carried = body(m, now.carried)
		next.time, next.turn = Add(now.time, Const(g, int32(step))), Add(now.turn, Const(g, int32(1)))
		next.buffers = make([]*Node, len(buffers))
		for i, b := range buffers {
			next.buffers[i] = setElement(now.buffers[i], m.written[b], now.time)
		}
		return next.nodes()
	})
	end := state.of(While(goesOn, oneTurn, state.nodes()...))
	for i, b := range buffers {
		b.filled = end.buffers[i]
	}
	return end.carried
}

// start returns what a buffer holds before the loop; like is a node of the same type. A buffer without initial values
// gets some number, for nothing reads it. But no two buffers of a graph get the same number: XLA would make one value
// for both, and then a copy for each.
func (l timeLoop) start(b *buffer, like *Node) *Node {
	if b.initial != nil {
		return b.initial
	}
	number := constant(like, 0)
	number = constant(like, float64(number.Id()))
	return BroadcastToShape(number, shapes.Make(like.DType(), l.steps, l.batch, b.width))
}

// loopState is all that a turn of the engine's loop receives, and all that it passes to the next.
type loopState struct {
	time, turn *Node // int32; both count, time backward if the loop is reversed
	carried    State
	buffers    []*Node // [T,B,width]
	fixed      []*Node
}

// nodes lists the parts of s.
func (s loopState) nodes() []*Node {
	list := append([]*Node{s.time, s.turn}, s.carried.nodes()...)
	return append(append(list, s.buffers...), s.fixed...)
}

// of reverses nodes: it returns a state with the parts of s, but with the nodes of the list.
func (s loopState) of(list []*Node) loopState {
	carried := 2
	buffers := carried + len(s.carried.nodes())
	fixed := buffers + len(s.buffers)
	return loopState{
		time: list[0], turn: list[1],
		carried: s.carried.of(list[carried:buffers]), buffers: list[buffers:fixed], fixed: list[fixed:],
	}
}

// parameters makes parameters of g, the body of a loop, for the parts of s.
func (s loopState) parameters(g *Graph) loopState {
	list := s.nodes()
	for i, node := range list {
		list[i] = Parameter(g, fmt.Sprintf("state%d", i), node.Shape())
	}
	return s.of(list)
}

// moment returns what a step sees of s, the state of its turn. It finds the parts of s by the nodes outside the loop,
// fixed, and by the buffers.
func (s loopState) moment(fixed []*Node, buffers []*buffer) *moment {
	inside := make(map[*Node]*Node)
	for i, x := range fixed {
		inside[x] = s.fixed[i]
	}
	holds := make(map[*buffer]*Node)
	for i, b := range buffers {
		holds[b] = s.buffers[i]
	}
	return &moment{
		own: func(x *Node) *Node {
			if inside[x] == nil {
				panic(fmt.Errorf("rnn: a step uses a node that its loop does not pass on: %v", x))
			}
			return inside[x]
		},
		element: func(x *Node) *Node { return elementAt(x, s.time) },
		holds:   holds,
		written: make(map[*buffer]*Node),
	}
}

// stackSteps lays T nodes [B,H] out as [T,B,H].
func stackSteps(steps []*Node) *Node {
	expanded := make([]*Node, len(steps))
	for t, step := range steps {
		expanded[t] = ExpandAxes(step, 0)
	}
	return Concatenate(expanded, 0)
}

// elementAt returns x[t], [B,K], of x [T,B,K].
func elementAt(x, t *Node) *Node {
	_, b, k := dims3(x)
	zero := Const(x.Graph(), int32(0))
	return Reshape(DynamicSlice(x, []*Node{t, zero, zero}, []int{1, b, k}), b, k)
}

// setElement returns x [T,B,K] with x[t] set to value [B,K].
func setElement(x, value, t *Node) *Node {
	zero := Const(x.Graph(), int32(0))
	_, b, k := dims3(x)
	return DynamicUpdateSlice(x, Reshape(value, 1, b, k), []*Node{t, zero, zero})
}
