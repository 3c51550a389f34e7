package text

import (
	"fmt"
	"math"
)

// NGram is a language model that counts: the probability of a token is how often it followed the tokens before
// it, smoothed by adding K to every count (Jurafsky & Martin, chapter 3).
type NGram struct {
	order      int
	vocabulary int
	k          float64
	counts     map[string]float64 // of n-grams, and of their contexts
}

// NewNGram counts the n-grams of a text of ids from 0 to vocabularySize-1: 1 for unigrams, 2 for bigrams. addK is
// what is added to each count: 1 is Laplace's rule, 0 is none, where what was never seen has probability 0.
func NewNGram(ids []int32, order, vocabularySize int, addK float64) (*NGram, error) {
	if order < 1 || vocabularySize < 1 || !(addK >= 0) {
		return nil, fmt.Errorf("order is %d, vocabulary size %d and k %v; they must be at least 1, 1 and 0", order, vocabularySize, addK)
	}
	m := &NGram{order: order, vocabulary: vocabularySize, k: addK, counts: make(map[string]float64)}
	for end := order; end <= len(ids); end++ {
		gram := ids[end-order : end]
		m.counts["n"+key(gram)]++
		m.counts["c"+key(gram[:order-1])]++
	}
	return m, nil
}

// key packs ids into a string.
func key(ids []int32) string {
	b := make([]byte, 0, 4*len(ids))
	for _, id := range ids {
		b = append(b, byte(id), byte(id>>8), byte(id>>16), byte(id>>24))
	}
	return string(b)
}

// Probability is P(next | context); of the context, the last order-1 tokens count. With fewer tokens, or with
// none smoothed in (k = 0) and a context that was never seen, nothing is known, and every token is equally likely.
func (m *NGram) Probability(context []int32, next int32) float64 {
	if len(context) < m.order-1 {
		return 1 / float64(m.vocabulary)
	}
	context = context[len(context)-(m.order-1):]
	total := m.counts["c"+key(context)] + m.k*float64(m.vocabulary)
	if total == 0 {
		return 1 / float64(m.vocabulary)
	}
	gram := append(append(make([]int32, 0, m.order), context...), next)
	return (m.counts["n"+key(gram)] + m.k) / total
}

// Loss is the mean of -ln P(token | tokens before it) over ids[1:], in nats.
func (m *NGram) Loss(ids []int32) float64 {
	sum := 0.0
	for i := 1; i < len(ids); i++ {
		sum -= math.Log(m.Probability(ids[:i], ids[i]))
	}
	return sum / float64(len(ids)-1)
}

// Perplexity is exp(Loss).
func (m *NGram) Perplexity(ids []int32) float64 { return math.Exp(m.Loss(ids)) }
