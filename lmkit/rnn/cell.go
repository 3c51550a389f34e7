package rnn

import "fmt"

// Cell is a kind of recurrence.
type Cell int

// The cells. Their equations are in simple.go, lstm.go and gru.go.
const (
	RNN  Cell = iota // Elman's simple network with tanh, as torch.nn.RNN
	LSTM             // long short-term memory, as torch.nn.LSTM
	GRU              // gated recurrent unit, as torch.nn.GRU; see Options.ResetBefore
)

var cellNames = []string{"rnn", "lstm", "gru"}

// String returns "rnn", "lstm" or "gru".
func (c Cell) String() string {
	if c < RNN || c > GRU {
		return fmt.Sprintf("Cell(%d)", int(c))
	}
	return cellNames[c]
}

// ParseCell returns the cell with a name that String gives.
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
		return nil, fmt.Errorf("%v is not a cell", c)
	}
	return []byte(c.String()), nil
}

// UnmarshalText reads a cell as ParseCell does.
func (c *Cell) UnmarshalText(name []byte) (err error) {
	*c, err = ParseCell(string(name))
	return err
}

// Gates returns the number G of blocks of H rows in the cell's weights: 1 for the RNN, 4 for the LSTM, 3 for the GRU.
func (c Cell) Gates() int {
	switch c {
	case LSTM:
		return 4
	case GRU:
		return 3
	}
	return 1
}
