package treebank

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"owlm/lmkit/internal/runes"
)

// characters is what the rules for words look at, the more important ones several times.
var characters = strings.Split("a|s|S|n't|'t|is|was|can|not|wan|na|'ll|d|'ye|1|é|日|²|ſ|\u0301|x|"+
	"'|'|'|''|\"|\"|`|``|.|.|..|,|,|:|;|*|--|-|(|)|[|]|{|}|<|>|?|!|$|“|”|‘|’|«|»|—|…|"+
	" | | | | | | |\n|\t|\r|\v|\f|\u00a0|\u2003|\u0085|\x1c|\x00", "|")

// TestChunksAreTheSentence splits random sentences chunk by chunk and as a whole.
func TestChunksAreTheSentence(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	rounds := 1_000_000
	if testing.Short() {
		rounds = 50_000
	}
	known := make(cache)
	for range rounds {
		var b strings.Builder
		for range 1 + random.IntN(16) {
			b.WriteString(characters[random.IntN(len(characters))])
		}
		sentence := runes.TrimRight(b.String()) // as Punkt's sentences are
		got, want := known.appendSentence(nil, sentence), AppendSentence(nil, sentence)
		if !slices.Equal(got, want) {
			t.Fatalf("%q:\n got %q\nwant %q", sentence, got, want)
		}
	}
}
