// Package sample turns a model's logits into one token: softmax with temperature, greedy choice, top-k, exact top-p,
// min-p and repetition penalty, in the order and with the meaning of Hugging Face's transformers. It works on slices,
// on the host: a notebook can plot exactly the probabilities that a token is drawn from.
package sample

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
)

// Config says how the next token is chosen. The zero value is greedy.
type Config struct {
	// Temperature divides the logits. Above 1 it flattens the distribution, below 1 it sharpens it. 0 always takes the
	// likeliest token.
	Temperature float64
	// TopK keeps the k likeliest tokens. 0 keeps all, and so does a k above the vocabulary's size.
	TopK int
	// TopP keeps the smallest set of likeliest tokens whose probabilities add up to at least TopP (Holtzman et al.
	// 2020). 0 or 1 keeps all.
	TopP float64
	// MinP drops tokens whose probability is below MinP times that of the likeliest. 0 keeps all.
	MinP float64
	// RepetitionPenalty divides the positive logits of tokens that occurred before, and multiplies the negative ones
	// (Keskar et al. 2019). 0 or 1 turns it off.
	RepetitionPenalty float64
}

// Validate returns one error that names every value outside its range, or nil.
func (c Config) Validate() error {
	var problems []string
	within := func(name string, value, low, high float64, unit string) {
		if !(value >= low && value <= high) {
			problems = append(problems, fmt.Sprintf("%s is %v; it must be %s", name, value, unit))
		}
	}
	within("temperature", c.Temperature, 0, math.MaxFloat64, "0 (greedy) or more")
	if c.TopK < 0 {
		problems = append(problems, fmt.Sprintf("top-k is %d; it must be 0 (all) or more", c.TopK))
	}
	within("top-p", c.TopP, 0, 1, "above 0 and at most 1 (all)")
	within("min-p", c.MinP, 0, 1, "from 0 (all) to 1")
	within("repetition penalty", c.RepetitionPenalty, 0, math.MaxFloat64, "above 0; 1 is off")
	if problems == nil {
		return nil
	}
	return errors.New(strings.Join(problems, "; "))
}

// Softmax returns the distribution exp(logits/temperature), normalised. The temperature must be above 0.
func Softmax(logits []float32, temperature float64) []float64 {
	scaled := make([]float64, len(logits))
	for i, logit := range logits {
		scaled[i] = float64(logit) / temperature
	}
	softmax(scaled)
	return scaled
}

// softmax turns scores into exp(scores), normalised. A score of -Inf gets probability 0.
func softmax(scores []float64) {
	highest := slices.Max(scores)
	sum := 0.0
	for i, score := range scores {
		scores[i] = math.Exp(score - highest)
		sum += scores[i]
	}
	for i := range scores {
		scores[i] /= sum
	}
}

// Probability returns the probability of one token, as Softmax with temperature 1 gives it. It makes no distribution.
func Probability(logits []float32, id int32) float64 {
	highest := float64(slices.Max(logits))
	sum := 0.0
	for _, logit := range logits {
		sum += math.Exp(float64(logit) - highest)
	}
	return math.Exp(float64(logits[id])-highest) / sum
}

// Argmax returns the index of the highest logit, the first of several equal ones.
func Argmax(logits []float32) int {
	best := 0
	for i, logit := range logits {
		if logit > logits[best] {
			best = i
		}
	}
	return best
}

// Probabilities returns the distribution [V] that the next token is drawn from. It applies the repetition penalty for
// the ids in previous, then temperature, top-k, top-p and min-p. With temperature 0 the likeliest token has
// probability 1. Logits that hold NaN or +Inf, or nothing but -Inf, are an error.
func Probabilities(logits []float32, previous []int32, c Config) ([]float64, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	scores, err := penalized(logits, previous, c.RepetitionPenalty)
	if err != nil {
		return nil, err
	}
	if c.Temperature == 0 {
		probabilities := make([]float64, len(scores))
		probabilities[slices.Index(scores, slices.Max(scores))] = 1
		return probabilities, nil
	}
	highest := slices.Max(scores)
	for i := range scores {
		// Only differences matter. Taken before the division, they cannot overflow to +Inf.
		scores[i] = (scores[i] - highest) / c.Temperature
	}
	keepTopK(scores, c.TopK)
	keepTopP(scores, c.TopP)
	keepMinP(scores, c.MinP)
	softmax(scores)
	return scores, nil
}

// penalized checks the logits and applies the repetition penalty to a copy of them.
func penalized(logits []float32, previous []int32, penalty float64) ([]float64, error) {
	if len(logits) == 0 {
		return nil, errors.New("there are no logits")
	}
	scores := make([]float64, len(logits))
	possible := false
	for i, logit := range logits {
		scores[i] = float64(logit)
		if math.IsNaN(scores[i]) || math.IsInf(scores[i], 1) {
			return nil, fmt.Errorf("the logit of token %d is %v; "+
				"the model's weights are damaged or its training diverged", i, logit)
		}
		possible = possible || !math.IsInf(scores[i], -1)
	}
	if !possible {
		return nil, errors.New("every logit is -Inf; the model's weights are damaged or its training diverged")
	}
	if penalty == 0 || penalty == 1 {
		return scores, nil
	}
	seen := make(map[int32]bool)
	for _, id := range previous {
		if id < 0 || int(id) >= len(scores) || seen[id] {
			continue
		}
		seen[id] = true
		if scores[id] > 0 {
			scores[id] /= penalty
		} else {
			scores[id] *= penalty
		}
		if math.IsNaN(scores[id]) || math.IsInf(scores[id], 1) {
			return nil, fmt.Errorf("the repetition penalty %v makes the logit of token %d %v", penalty, id, scores[id])
		}
	}
	return scores, nil
}

// keepTopK drops all scores but the k highest and those equal to the k-th.
func keepTopK(scores []float64, k int) {
	if k == 0 || k >= len(scores) {
		return
	}
	sorted := slices.Clone(scores)
	slices.Sort(sorted)
	threshold := sorted[len(sorted)-k]
	for i, score := range scores {
		if score < threshold {
			scores[i] = math.Inf(-1)
		}
	}
}

// keepTopP drops the least likely tokens as long as the probabilities of the others add up to at least p.
func keepTopP(scores []float64, p float64) {
	if p == 0 || p == 1 {
		return
	}
	probabilities := slices.Clone(scores)
	softmax(probabilities)
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	// From the least likely to the likeliest, as transformers does, so that ties fall alike.
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case probabilities[a] < probabilities[b]:
			return -1
		case probabilities[a] > probabilities[b]:
			return 1
		}
		return 0
	})
	dropped := 0.0
	for _, i := range order[:len(order)-1] {
		dropped += probabilities[i]
		if dropped > 1-p {
			break
		}
		scores[i] = math.Inf(-1)
	}
}

// keepMinP drops tokens whose probability is below p times that of the likeliest.
func keepMinP(scores []float64, p float64) {
	if p == 0 {
		return
	}
	probabilities := slices.Clone(scores)
	softmax(probabilities)
	threshold := p * slices.Max(probabilities)
	for i, probability := range probabilities {
		if probability < threshold {
			scores[i] = math.Inf(-1)
		}
	}
}

// Pick draws an index with the given probabilities. It returns an index of probability 0 only if all are 0.
func Pick(probabilities []float64, random *rand.Rand) int {
	sum := 0.0
	for _, probability := range probabilities {
		sum += probability
	}
	left := random.Float64() * sum
	picked := 0
	for i, probability := range probabilities {
		if probability <= 0 {
			continue
		}
		picked = i
		if left -= probability; left < 0 {
			break
		}
	}
	return picked
}

// Entropy returns -sum(p ln p), in nats.
func Entropy(probabilities []float64) float64 {
	entropy := 0.0
	for _, probability := range probabilities {
		if probability > 0 {
			entropy -= probability * math.Log(probability)
		}
	}
	return entropy
}
