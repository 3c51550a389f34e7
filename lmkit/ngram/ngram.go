package ngram

import (
	"fmt"
	"math"
)

// Model is an n-gram model. New and NewKneserNey make one.
type Model struct{ smoothing smoothing }

// smoothing turns counts into probabilities. context may be longer than needed.
type smoothing interface {
	probability(context []int32, next int32) float64
}

// New counts the n-grams of a text and adds addK to each count (Jurafsky & Martin, chapter 3): 1 is Laplace's rule;
// with 0, what was never seen has probability 0. The ids of the text must be from 0 to vocabularySize-1. order is the
// length of the n-grams, 1 for unigrams, 2 for bigrams, up to 10.
//
// Every token is equally likely after a context of fewer than order-1 tokens and, with addK 0, after one that was never
// seen.
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

// Probability returns P(next | context), which depends on the last order-1 tokens of the context. All ids must be in
// the vocabulary.
func (m *Model) Probability(context []int32, next int32) float64 {
	return m.smoothing.probability(context, next)
}

// Loss returns the mean of -ln P(token | tokens before it) over ids[1:], in nats; NaN for fewer than two tokens.
func (m *Model) Loss(ids []int32) float64 {
	sum := 0.0
	for i := 1; i < len(ids); i++ {
		sum -= math.Log(m.Probability(ids[:i], ids[i]))
	}
	return sum / float64(len(ids)-1)
}

// Perplexity returns exp(Loss).
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
