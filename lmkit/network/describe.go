package network

import (
	"fmt"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// String lists the weights of a model with that configuration, their shapes and sizes.
func (c Config) String() string {
	var b strings.Builder
	plural := "s"
	if c.Layers == 1 {
		plural = ""
	}
	fmt.Fprintf(&b, "%s language model: vocabulary %s, embedding %d, hidden %d, %d layer%s\n",
		strings.ToUpper(c.Cell.String()), grouped(c.VocabularySize), c.EmbeddingSize, c.HiddenSize, c.Layers, plural)
	for _, p := range c.Weights() {
		fmt.Fprintf(&b, "  %-18s %-12s %11s\n", p.Name, ShapeString(p.Shape), grouped(p.Size()))
	}
	if c.TieWeights {
		fmt.Fprintf(&b, "  %-18s %-12s %11s\n", "fc.weight", ShapeString([]int{c.VocabularySize, c.HiddenSize}), "(tied)")
	}
	fmt.Fprintf(&b, "  %-31s %11s", "parameters", grouped(c.Parameters()))
	return b.String()
}

func ShapeString(shape []int) string {
	return strings.ReplaceAll(fmt.Sprint(shape), " ", ", ")
}

// grouped writes an integer with a comma before every third digit.
func grouped(n int) string { return message.NewPrinter(language.English).Sprint(n) }
