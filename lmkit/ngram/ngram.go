package ngram

import (
	"fmt"
	"math"
)

// Model is a language model that counts: the probability of a token is how often it followed the few tokens before
// it, smoothed, as what was never seen may still come.
type Model struct{ smoothing smoothing }

// smoothing makes probabilities of counts. context may be longer than what it looks at.
type smoothing interface {
	probability(context []int32, next int32) float64
}

// New counts the n-grams of a text of ids from 0 to vocabularySize-1: order 1 for unigrams, 2 for bigrams, up to
// 10. addK is what is added to each count (Jurafsky & Martin, chapter 3): 1 is Laplace's rule, 0 is none, where what
// was never seen has probability 0.
//
// With a context of fewer than order-1 tokens, or with none smoothed in (addK 0) and a context that was never seen,
// nothing is known, and every token is equally likely.
func New(ids []int32, order, vocabularySize int, addK float64) (*Model, error) {
	if !(addK >= 0) || math.IsInf(addK, 0) {
		return nil, fmt.Errorf("k is %v; it must be 0 or more", addK)
	}
	g, err := countGrams(ids, order, vocabularySize)
	if err != nil {
		return nil, err
	}
	return &Model{&addKSmoothing{g, g.followers(), addK, float64(vocabularySize)}}, nil
}

// Probability is P(next | context), for ids of the vocabulary; of the context, the last order-1 tokens count.
func (m *Model) Probability(context []int32, next int32) float64 {
	return m.smoothing.probability(context, next)
}

// Loss is the mean of -ln P(token | tokens before it) over ids[1:], in nats; NaN for fewer than two tokens.
func (m *Model) Loss(ids []int32) float64 {
	sum := 0.0
	for i := 1; i < len(ids); i++ {
		sum -= math.Log(m.Probability(ids[:i], ids[i]))
	}
	return sum / float64(len(ids)-1)
}

// Perplexity is exp(Loss).
func (m *Model) Perplexity(ids []int32) float64 { return math.Exp(m.Loss(ids)) }

// addKSmoothing adds k to every count.
type addKSmoothing struct {
	*grams
	after         []followers
	k, vocabulary float64
}

func (m *addKSmoothing) probability(context []int32, next int32) float64 {
	if len(context) < m.order-1 {
		return 1 / m.vocabulary
	}
	count, total := m.k, m.k*m.vocabulary
	if number, seen := m.find(context[len(context)-(m.order-1):]); seen {
		count += float64(m.countAfter(number, next))
		total += float64(m.after[number].total)
	}
	if total == 0 {
		return 1 / m.vocabulary
	}
	return count / total
}
