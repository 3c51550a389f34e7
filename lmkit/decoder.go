package lmkit

import (
	"context"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"owlm/lmkit/network"
)

// promptChunk is the number of tokens of a long prompt that one call of the engine reads. The rest of the prompt is
// read token by token, with the graph that generation needs anyway.
const promptChunk = 64

// decoder reads the tokens of several rows side by side, and returns the logits of the next tokens. The states stay on
// the engine's device until free.
type decoder struct {
	model  *Model
	rows   int
	states []*tensors.Tensor
}

func (m *Model) newDecoder(rows int) *decoder {
	return &decoder{model: m, rows: rows, states: m.Config.ZeroStates(rows)}
}

// reset goes back to zero states.
func (d *decoder) reset() {
	d.free()
	d.states = d.model.Config.ZeroStates(d.rows)
}

func (d *decoder) free() { network.Free(d.states) }

// feed reads tokens[t][row], for at least one t, and returns the logits [row][V] of the next tokens.
func (d *decoder) feed(ctx context.Context, tokens [][]int32) (logits [][]float32, err error) {
	for len(tokens) > 0 {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		steps := 1
		if len(tokens) >= promptChunk {
			steps = promptChunk
		}
		var flat []int32
		for _, row := range tokens[:steps] {
			flat = append(flat, row...)
		}
		tokens = tokens[steps:]
		output, err := d.run(flat, steps)
		if err != nil {
			return nil, err
		}
		if logits, err = d.split(output); err != nil {
			return nil, err
		}
	}
	return logits, nil
}

// run reads tokens, flat [T*B], and returns the logits [B,V].
func (d *decoder) run(flat []int32, steps int) (logits *tensors.Tensor, err error) {
	generation, err := d.model.decoder(steps, d.rows)
	if err != nil {
		return nil, err
	}
	tokens := tensors.FromFlatDataAndDimensions(flat, steps, d.rows)
	outputs, err := generation.Run(append([]*tensors.Tensor{tokens}, d.states...))
	if err != nil {
		return nil, err
	}
	d.states = outputs[1:]
	return outputs[0], nil
}

// split copies logits [B,V] row by row, and frees them.
func (d *decoder) split(logits *tensors.Tensor) ([][]float32, error) {
	defer logits.FinalizeAll()
	flat, err := tensors.CopyFlatData[float32](logits)
	if err != nil {
		return nil, err
	}
	size := d.model.Config.VocabularySize
	rows := make([][]float32, d.rows)
	for r := range rows {
		rows[r] = flat[r*size : (r+1)*size]
	}
	return rows, nil
}

// decoder returns the program that reads steps tokens in each of some rows. Its inputs are the tokens and the states;
// its outputs are the logits of the next tokens and the states.
func (m *Model) decoder(steps, rows int) (*network.Program, error) {
	key := programKey{what: "generation", steps: steps, rows: rows}
	return m.program(key, func(scope *model.Scope, inputs []*graph.Node) []*graph.Node {
		n := network.Network{Config: m.Config, Scope: scope, Graph: inputs[0].Graph()}
		hidden, final := n.Hidden(inputs[0], m.Config.StatesOf(inputs[1:]), network.Dropouts{})
		return append([]*graph.Node{n.Logits(network.Last(hidden))}, network.StateNodes(final)...)
	})
}

// Logits reads tokens from a zero state and returns the logits [V] of the token after each of them.
func (m *Model) Logits(ctx context.Context, tokens []string) ([][]float32, error) {
	ids, err := m.Vocabulary.Encode(tokens)
	if err != nil {
		return nil, err
	}
	d := m.newDecoder(1)
	defer d.free()
	list := make([][]float32, len(ids))
	for i, id := range ids {
		logits, err := d.feed(ctx, [][]int32{{id}})
		if err != nil {
			return nil, err
		}
		list[i] = logits[0]
	}
	return list, nil
}
