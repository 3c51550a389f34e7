package parity

import (
	"fmt"
	"io"
	"math"
	"strings"

	"owlm/bench/peers"
	"owlm/lmkit/dataset"
	"owlm/lmkit/train"
)

// description describes what the runs of a comparison have in common.
func description(c train.Config) string {
	m := c.Model
	var b strings.Builder
	fmt.Fprintf(&b, "%s, layers x size %d x %d, embeddings of %d",
		strings.ToUpper(m.Cell.String()), m.Layers, m.HiddenSize, m.EmbeddingSize)
	if s, ok := c.Objective.(train.Stream); ok {
		fmt.Fprintf(&b, "; %d lanes, %d tokens at a time", c.BatchSize, s.Length)
	}
	fmt.Fprintf(&b, "; %d epochs of %s, rate %g, %s schedule", c.Epochs, c.Optimizer, c.LearningRate, c.Schedule)
	for _, choice := range []struct {
		name  string
		value float64
	}{{"global norm clipped at", c.Clip}, {"gradients clipped at", c.ClipValue}, {"dropout", m.Dropout}} {
		if choice.value > 0 {
			fmt.Fprintf(&b, ", %s %g", choice.name, choice.value)
		}
	}
	return b.String()
}

// Apart returns the relative differences between the means of lmkit and PyTorch, of the validation perplexities and of
// the validation losses.
func (r *Retraining) Apart() (perplexity, loss float64) {
	var ours, theirs, ourLoss, theirLoss float64
	for _, t := range r.Trainings {
		if t.System == peers.PyTorch {
			theirs, theirLoss = theirs+t.Valid.Perplexity, theirLoss+t.Valid.Loss
		} else {
			ours, ourLoss = ours+t.Valid.Perplexity, ourLoss+t.Valid.Loss
		}
	}
	return math.Abs(ours/theirs - 1), math.Abs(ourLoss/theirLoss - 1)
}

// WriteTable writes the comparison as a Markdown table, with its receipt below.
func (r *Retraining) WriteTable(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s. Vocabulary %d; %d tokens to train on, %d to validate, %d to test.\n\n", r.Corpus, r.Model,
		r.VocabularySize, r.Parts[0].Tokens, r.Parts[1].Tokens, r.Parts[2].Tokens)
	b.WriteString("| | seed | validation perplexity | bits per character | test perplexity | bits per character |\n" +
		"|---|---:|---:|---:|---:|---:|\n")
	for _, t := range r.Trainings {
		row(&b, t.System, fmt.Sprint(t.Seed), t.Valid, t.Test)
	}
	for _, c := range r.Counted {
		row(&b, fmt.Sprintf("Kneser-Ney, order %d", c.Order), "", c.Valid, c.Test)
	}
	perplexity, loss := r.Apart()
	fmt.Fprintf(&b, "\nThe means of lmkit and PyTorch are %.1f %% apart in validation perplexity, "+
		"%.1f %% in bits per character.\n\n", 100*perplexity, 100*loss)
	for _, t := range r.Trainings {
		fmt.Fprintf(&b, "- `%s`: %d steps", strings.Join(t.Command, " "), t.Steps)
		for _, name := range []string{"lmkit", "github.com/gomlx/gomlx", "torch"} {
			if version := t.Versions[name]; version != "" {
				fmt.Fprintf(&b, ", %s %s", name[strings.LastIndexByte(name, '/')+1:], version)
			}
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "- `%s`; sha256 of the text %s\n", strings.Join(r.Command, " "), r.SHA256)
	_, err := io.WriteString(w, b.String())
	return err
}

func row(b *strings.Builder, name, seed string, valid dataset.Evaluation, test *dataset.Evaluation) {
	fmt.Fprintf(b, "| %s | %s | %.2f | %.4f |", name, seed, valid.Perplexity, valid.BitsPerCharacter)
	if test != nil {
		fmt.Fprintf(b, " %.2f | %.4f |\n", test.Perplexity, test.BitsPerCharacter)
		return
	}
	b.WriteString(" | |\n")
}
