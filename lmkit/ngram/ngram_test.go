package ngram

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"owlm/lmkit/corpora"
	"owlm/lmkit/text"
)

func TestNGram(t *testing.T) {
	ids := []int32{0, 1, 0, 1, 0, 2}
	m, err := New(ids, 2, 3, 0)
	if err != nil {
		t.Fatal(err)
	}
	if p := m.Probability([]int32{0}, 1); math.Abs(p-2.0/3) > 1e-12 {
		t.Errorf("P(1|0) = %v", p)
	}
	if loss, want := m.Loss(ids), -(2*math.Log(2.0/3)+math.Log(1.0/3))/5; math.Abs(loss-want) > 1e-12 {
		t.Errorf("loss %v, want %v", loss, want)
	}
	smoothed, err := New(ids, 2, 3, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, context := range []int32{0, 1, 2} {
		sum := 0.0
		for next := range int32(3) {
			sum += smoothed.Probability([]int32{context}, next)
		}
		if math.Abs(sum-1) > 1e-12 {
			t.Errorf("after %d the probabilities add up to %v", context, sum)
		}
	}
	// The numbers in notebook 02.
	tokens := text.Words{Lowercase: true}.Tokenize(corpora.OwlText)
	vocabulary, err := text.NewVocabulary(tokens, text.VocabularyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if ids, err = vocabulary.Encode(tokens); err != nil {
		t.Fatal(err)
	}
	for k, want := range map[float64]float64{0: 1.617, 0.01: 1.937, 0.1: 4.326, 1: 15.725} {
		if m, err = New(ids, 2, vocabulary.Len(), k); err != nil || math.Abs(m.Perplexity(ids)-want) > 5e-4 {
			t.Errorf("k = %v: perplexity %v, want %v", k, m.Perplexity(ids), want)
		}
	}
}

func TestNGramRefuses(t *testing.T) {
	ids := []int32{0, 1, 2}
	for want, count := range map[string]func() (*Model, error){
		"order is 0":                   func() (*Model, error) { return NewKneserNey(ids, 0, 3) },
		"order is 11":                  func() (*Model, error) { return NewKneserNey(ids, 11, 3) },
		"vocabulary size 0":            func() (*Model, error) { return NewKneserNey(ids, 2, 0) },
		"id 2, at 2":                   func() (*Model, error) { return NewKneserNey(ids, 2, 2) },
		"id -1, at 0":                  func() (*Model, error) { return New([]int32{-1}, 1, 2, 1) },
		"k is -1; it must be":          func() (*Model, error) { return New(ids, 2, 3, -1) },
		"k is NaN; it must be 0 or mo": func() (*Model, error) { return New(ids, 2, 3, math.NaN()) },
	} {
		if _, err := count(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	// After an empty text, every token is equally likely.
	if m, err := NewKneserNey(nil, 5, 4); err != nil || m.Probability(ids, 1) != 0.25 {
		t.Errorf("%v", err)
	}
}

func ExampleModel() {
	m, err := New([]int32{0, 1, 0, 2}, 2, 3, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.Probability([]int32{0}, 1))
	// Output: 0.5
}
