package rnn

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// Cell is a kind of recurrence.
type Cell int

// The cells. Their equations are in simple.go, lstm.go and gru.go.
const (
	RNN  Cell = iota // Elman's simple network with tanh, as torch.nn.RNN
	LSTM             // long short-term memory, as torch.nn.LSTM
	GRU              // gated recurrent unit, as torch.nn.GRU; see Options.ResetBefore
)

var cellNames = []string{"rnn", "lstm", "gru"}

// String is "rnn", "lstm" or "gru".
func (c Cell) String() string {
	if c < RNN || c > GRU {
		return fmt.Sprintf("Cell(%d)", int(c))
	}
	return cellNames[c]
}

// ParseCell is the reverse of String.
func ParseCell(name string) (Cell, error) {
	for i, known := range cellNames {
		if name == known {
			return Cell(i), nil
		}
	}
	return 0, fmt.Errorf("cell is %q; it must be rnn, lstm or gru", name)
}

// MarshalText writes a cell as String does.
func (c Cell) MarshalText() ([]byte, error) {
	if c < RNN || c > GRU {
		return nil, fmt.Errorf("%v is no cell", c)
	}
	return []byte(c.String()), nil
}

// UnmarshalText reads a cell as ParseCell does.
func (c *Cell) UnmarshalText(name []byte) (err error) {
	*c, err = ParseCell(string(name))
	return err
}

// Gates is the number G of blocks of H rows in the cell's weights: 1 for the RNN, 4 for the
// LSTM, 3 for the GRU.
func (c Cell) Gates() int {
	switch c {
	case LSTM:
		return 4
	case GRU:
		return 3
	}
	return 1
}

// Weights are those of one layer, as PyTorch lays them out: InputHidden (weight_ih) [G*H,I],
// HiddenHidden (weight_hh) [G*H,H], InputBias (bias_ih) and HiddenBias (bias_hh) [G*H]. The gates
// are in the order i, f, g, o for the LSTM and r, z, n for the GRU.
type Weights struct{ InputHidden, HiddenHidden, InputBias, HiddenBias *Node }

// State is what a cell keeps from one time step to the next: Hidden [B,H] and, for the LSTM only,
// Cell [B,H]. Where a state is given to begin with, State{} stands for zeros, and spares the products with them where it can.
type State struct{ Hidden, Cell *Node }

// isZero says that s stands for zeros. It refuses a state without all that the cell keeps.
func (s State) isZero(cell Cell) bool {
	if s == (State{}) {
		return true
	}
	if s.Hidden == nil || cell == LSTM && s.Cell == nil {
		panic(fmt.Errorf("the initial state of the %v lacks its hidden or its cell state; State{} stands for zeros", cell))
	}
	return false
}

// Options choose among recurrences.
type Options struct {
	// Cell is the recurrence.
	Cell Cell
	// ResetBefore makes the GRU that of Cho et al. 2014, instead of PyTorch's; see gru.go.
	ResetBefore bool
	// Loop says how time is run through; Auto is the faster way that the engine has.
	Loop Loop
	// Dropout, if not nil, is applied to what one layer of Layers passes to the next, [T,B,H].
	Dropout func(x *Node) *Node
}

// Loop is a way to run a layer through time.
type Loop int

const (
	// Auto scans where the engine allows it, and unrolls elsewhere.
	Auto Loop = iota
	// Unrolled repeats the step in the graph for every time step.
	Unrolled
	// Scanned is one loop of the engine, whose graph does not grow with time; the Go engine lacks it.
	Scanned
)

// ZeroState is the state of zeros in which a text begins.
func ZeroState(g *Graph, cell Cell, batch, hidden int) State {
	return zeroState(g, cell, shapes.Make(dtypes.Float32, batch, hidden))
}

func zeroState(g *Graph, cell Cell, shape shapes.Shape) State {
	s := State{Hidden: Zeros(g, shape)}
	if cell == LSTM {
		s.Cell = s.Hidden
	}
	return s
}

// zeroBefore is the state of zeros before the first step over projected [...,B,G*H].
func zeroBefore(cell Cell, projected *Node) State {
	d := projected.Shape().Dimensions
	return zeroState(projected.Graph(), cell, shapes.Make(projected.DType(), d[len(d)-2], d[len(d)-1]/cell.Gates()))
}

// Project multiplies the inputs x [T,B,I] of all time steps by the input weights, in one product: [T,B,G*H]. Scan and Step add the input
// bias, at no cost, where it would be another pass over all inputs here.
func Project(w Weights, x *Node) *Node {
	gates, inputs := w.InputHidden.Shape().Dimensions[0], w.InputHidden.Shape().Dimensions[1]
	x.AssertDims(-1, -1, inputs)
	steps, batch := x.Shape().Dimensions[0], x.Shape().Dimensions[1]
	flat := Reshape(x, steps*batch, inputs)
	return Reshape(Linear(flat, w.InputHidden), steps, batch, gates)
}

// Step makes one time step: from what Project gives for it, projected [B,G*H], and the state
// before it to the state after it.
func Step(o Options, w Weights, projected *Node, s State) State {
	hidden := w.HiddenHidden.Shape().Dimensions[1]
	gates := o.Cell.Gates() * hidden
	w.HiddenHidden.AssertDims(gates, hidden)
	w.HiddenBias.AssertDims(gates)
	projected.AssertDims(-1, gates)
	if w.InputBias != nil {
		w.InputBias.AssertDims(gates)
		projected = Add(projected, ExpandAxes(w.InputBias, 0))
	}
	zero := s.isZero(o.Cell)
	if zero {
		s = zeroBefore(o.Cell, projected)
	}
	s.Hidden.AssertDims(projected.Shape().Dimensions[0], hidden)
	cell := o.steps()
	next, _, _ := cell.forward(projected, s, func(number int, x *Node) *Node {
		from, to := cell.rows(number, hidden)
		bias := ExpandAxes(rowsOf(w.HiddenBias, from, to), 0)
		if zero {
			return BroadcastToDims(bias, x.Shape().Dimensions[0], to-from)
		}
		return Add(DotGeneral(x, []int{1}, nil, rowsOf(w.HiddenHidden, from, to), []int{1}, nil), bias)
	})
	return next
}
