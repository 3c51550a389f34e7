package ngram

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"owlm/internal/golden"
	"owlm/lmkit/corpora"
	"owlm/lmkit/text"
)

// kneserNeyGolden is testdata/kneserney.json, made by kneserney.py.
type kneserNeyGolden struct {
	NLTK, Modified []struct {
		Order, Vocabulary int
		Discount          float64
		Discounts         [][]float64
		Text, Held        []int32
		Loss              float64
		Probes            []struct {
			Context []int32
			Next    int32
			P       float64
		}
	}
}

func readKneserNey(t *testing.T) (g kneserNeyGolden) {
	golden.Read(t, "testdata/kneserney.json", &g)
	return g
}

// TestKneserNeyLikeNLTK gives the model NLTK's discounts, one for all lengths except single tokens, which have none,
// and compares the probabilities.
func TestKneserNeyLikeNLTK(t *testing.T) {
	largest, cases := 0.0, 0
	for _, c := range readKneserNey(t).NLTK {
		m, err := NewKneserNey(c.Text, c.Order, c.Vocabulary)
		if err != nil {
			t.Fatal(err)
		}
		discounts := m.smoothing.(*kneserNey).discounts
		discounts[1] = [4]float64{}
		for n := 2; n <= c.Order; n++ {
			discounts[n] = [4]float64{0, c.Discount, c.Discount, c.Discount}
		}
		for _, probe := range c.Probes {
			p := m.Probability(probe.Context, probe.Next)
			largest, cases = max(largest, math.Abs(p-probe.P)), cases+1
			if math.Abs(p-probe.P) > 1e-12 {
				t.Errorf("order %d: P(%d | %v) = %v, NLTK has %v", c.Order, probe.Next, probe.Context, p, probe.P)
			}
		}
	}
	golden.Agree(t, golden.Agreement{
		Comparison: "probabilities of n-grams by Kneser and Ney", Cases: cases, Largest: largest, Limit: 1e-12,
	})
}

// TestKneserNeyFormulas compares the model with the formulas, computed in exact fractions by kneserney.py.
func TestKneserNeyFormulas(t *testing.T) {
	cases := readKneserNey(t).Modified
	if len(cases) == 0 {
		t.Fatal("no cases")
	}
	for _, c := range cases {
		m, err := NewKneserNey(c.Text, c.Order, c.Vocabulary)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range c.Discounts {
			for j, d := range want {
				if got := m.smoothing.(*kneserNey).discounts[i+1][j+1]; math.Abs(got-d) > 1e-12 {
					t.Errorf("order %d: discount %d of %d tokens is %v, want %v", c.Order, j+1, i+1, got, d)
				}
			}
		}
		for _, probe := range c.Probes {
			if p := m.Probability(probe.Context, probe.Next); math.Abs(p-probe.P) > 1e-12 {
				t.Errorf("order %d: P(%d | %v) = %v, want %v", c.Order, probe.Next, probe.Context, p, probe.P)
			}
		}
		if loss := m.Loss(c.Held); math.Abs(loss-c.Loss) > 1e-12 {
			t.Errorf("order %d: loss %v, want %v", c.Order, loss, c.Loss)
		}
	}
}

// zipf returns a text in which tokens are as unevenly frequent as words and depend on the token before.
func zipf(length, vocabulary int) []int32 {
	r := rand.New(rand.NewPCG(1, 2))
	draw := rand.NewZipf(r, 1.1, 3, uint64(vocabulary-1))
	ids := make([]int32, length)
	for i := range ids {
		ids[i] = int32(draw.Uint64())
		if i > 0 && r.IntN(3) > 0 {
			ids[i] = (ids[i-1]*7 + ids[i]%5) % int32(vocabulary)
		}
	}
	return ids
}

// TestKneserNeySums adds up the probabilities after contexts that were seen, never seen, at the two ends of the text,
// too short and too long.
func TestKneserNeySums(t *testing.T) {
	const vocabulary = 300 // the last 20 never occur
	ids := zipf(5000, vocabulary-20)
	for order := 1; order <= 5; order++ {
		m, err := NewKneserNey(ids, order, vocabulary)
		if err != nil {
			t.Fatal(err)
		}
		for _, context := range [][]int32{
			nil, ids[:1], ids[:4], ids[100:104], ids[4990:], {299, 299, 299, 299}, {299, 5, 6, 7}, ids[200:230],
		} {
			sum := 0.0
			for next := range int32(vocabulary) {
				p := m.Probability(context, next)
				if !(p > 0) {
					t.Fatalf("order %d: P(%d | %v) = %v", order, next, context, p)
				}
				sum += p
			}
			if math.Abs(sum-1) > 1e-12 {
				t.Errorf("order %d, after %v: the probabilities add up to %v", order, context, sum)
			}
		}
	}
}

// TestKneserNeyGeneralizes compares its loss with add-k's on text of the same kind that was not counted.
func TestKneserNeyGeneralizes(t *testing.T) {
	ids := zipf(20000, 200)
	held := ids[18000:]
	ids = ids[:18000]
	kneserNey, err := NewKneserNey(ids, 3, 200)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []float64{1, 0.1, 0.01, 0.001} {
		m, err := New(ids, 3, 200, k)
		if err != nil {
			t.Fatal(err)
		}
		if kneserNey.Loss(held) >= m.Loss(held) {
			t.Errorf("loss %v, with k = %v %v", kneserNey.Loss(held), k, m.Loss(held))
		}
	}
}

func BenchmarkKneserNey(b *testing.B) {
	ids := zipf(900_000, 10_000)
	for b.Loop() {
		m, err := NewKneserNey(ids[:850_000], 5, 10_000)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(m.Perplexity(ids[850_000:]), "perplexity")
	}
	b.ReportMetric(900_000*float64(b.N)/b.Elapsed().Seconds(), "tokens/s")
}

func ExampleNewKneserNey() {
	tokens := text.Words{Lowercase: true}.Tokenize(corpora.OwlText)
	vocabulary, err := text.NewVocabulary(tokens, text.VocabularyOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	ids, err := vocabulary.Encode(tokens)
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := NewKneserNey(ids, 5, vocabulary.Len())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, words := range []string{"the owl", "the forest", "the wise"} {
		pair, err := vocabulary.Encode(strings.Fields(words))
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("P(%s | the) = %.3f\n", vocabulary.Token(pair[1]), m.Probability(pair[:1], pair[1]))
	}
	// Output:
	// P(owl | the) = 0.220
	// P(forest | the) = 0.114
	// P(wise | the) = 0.014
}
