package train

import (
	"math"
	"slices"
	"strings"
	"testing"

	"owlm/internal/want"
	"owlm/lmkit"
	"owlm/lmkit/backend"
	"owlm/lmkit/corpora"
	"owlm/lmkit/network"
	"owlm/lmkit/rnn"
	"owlm/lmkit/text"
)

// fresh returns an untrained model for the tutorial's text, and the token ids of the text.
func fresh(engineName string) (*lmkit.Model, []int32, error) {
	words := text.Words{Lowercase: true}
	tokens := words.Tokenize(corpora.OwlText)
	vocabulary, err := text.NewVocabulary(tokens, text.VocabularyOptions{})
	if err != nil {
		return nil, nil, err
	}
	engine, err := backend.Open(engineName)
	if err != nil {
		return nil, nil, err
	}
	ids, err := vocabulary.Encode(tokens)
	if err != nil {
		return nil, nil, err
	}
	m, err := lmkit.New(engine, network.Config{Cell: rnn.GRU, EmbeddingSize: 8, HiddenSize: 12, Layers: 2, Context: 5},
		words, vocabulary, 3)
	return m, ids, err
}

// TestStepperIsRun compares the weights after a loop by hand over the windows in order with those after Run.
func TestStepperIsRun(t *testing.T) {
	for _, engine := range engines(t) {
		m, ids, err := fresh(engine)
		if err != nil {
			t.Fatal(err)
		}
		c := tiny(engine)
		c.InOrder, c.Clip = true, 0.4
		stepper, err := NewStepper(m, c.step())
		if err != nil {
			t.Fatal(err)
		}
		for range c.Epochs {
			for batch := range slices.Chunk(text.Windows(ids, 5, 1), c.BatchSize) {
				if _, err := stepper.Windows(batch); err != nil {
					t.Fatal(err)
				}
			}
		}
		trained := train(t, c)
		if m.Config != trained.Config {
			t.Errorf("%s: the model is %+v, not %+v", engine, m.Config, trained.Config)
		}
		for _, weight := range trained.Config.Weights() {
			name := weight.Name
			a, _, _ := m.Weight(name)
			b, _, _ := trained.Weight(name)
			for i := range b {
				if math.Abs(float64(a[i]-b[i])) > 1e-6 {
					t.Fatalf("%s: %s differs at %d: %v, not %v", engine, name, i, a[i], b[i])
				}
			}
		}
	}
}

// TestStepperIsStream does the same for lanes, with the hidden state carried from step to step.
func TestStepperIsStream(t *testing.T) {
	for _, engine := range engines(t) {
		m, ids, err := fresh(engine)
		if err != nil {
			t.Fatal(err)
		}
		m.Config.Context = 0
		c := tiny(engine)
		c.Objective, c.BatchSize = Stream{Length: 4}, 2
		stepper, err := NewStepper(m, c.step())
		if err != nil {
			t.Fatal(err)
		}
		lane := len(ids) / 2
		var norms, wantNorms []float64
		for range c.Epochs {
			stepper.Reset()
			for at := 0; at < lane-1; at += 4 {
				end := min(at+5, lane)
				step, err := stepper.Lanes([][]int32{ids[at:end], ids[lane+at : lane+end]})
				if err != nil {
					t.Fatal(err)
				}
				norms = append(norms, step.GradientNorm)
			}
		}
		c.Hooks = []Hook{HookFunc(func(r Record) error {
			if r.Kind == "step" {
				wantNorms = append(wantNorms, r.GradientNorm)
			}
			return nil
		})}
		trained := train(t, c)
		if len(norms) != len(wantNorms) {
			t.Fatalf("%d steps, Run makes %d", len(norms), len(wantNorms))
		}
		for i := range norms {
			if math.Abs(norms[i]-wantNorms[i]) > 1e-5 {
				t.Errorf("%s: step %d has a gradient of norm %v, not %v", engine, i+1, norms[i], wantNorms[i])
			}
		}
		a, _, _ := m.Weight("rnn.weight_hh_l1")
		b, _, _ := trained.Weight("rnn.weight_hh_l1")
		for i := range b {
			if math.Abs(float64(a[i]-b[i])) > 1e-6 {
				t.Fatalf("%s: weight %d is %v, not %v", engine, i, a[i], b[i])
			}
		}
	}
}

func TestLaneFaults(t *testing.T) {
	m, ids, err := fresh("go")
	if err != nil {
		t.Fatal(err)
	}
	m.Config.Context = 0
	c := tiny("go")
	c.Objective, c.BatchSize = Stream{Length: 4}, 2
	stepper, err := NewStepper(m, c.step())
	if err != nil {
		t.Fatal(err)
	}
	for reason, lanes := range map[string][][]int32{
		"1 lanes; it must have 2":  {ids[:5]},
		"lane 2: it has 6 tokens":  {ids[:5], ids[:6]},
		"lane 1: it has 1 tokens":  {ids[:1], ids[:5]},
		"lane 2: id 30 is outside": {ids[:2], {1, 30}},
		"from 2 to 5":              {ids[:2], nil},
	} {
		_, err := stepper.Lanes(lanes)
		want.Error(t, err, reason)
	}
	_, err = stepper.Windows(text.Windows(ids, 4, 1)[:2])
	want.Error(t, err, "reads lanes")
	if _, err = stepper.Lanes([][]int32{ids[:5], ids[:3]}); err != nil {
		t.Fatal(err)
	}
	_, err = stepper.Lanes([][]int32{ids[:5], ids[:5]})
	want.Error(t, err, "lane 2 of the step before had 3 of 5 tokens", "call Reset")
	stepper.Reset()
	if _, err = stepper.Lanes([][]int32{ids[:5], ids[:5]}); err != nil {
		t.Error(err)
	}
	stepper.LearningRate = math.NaN()
	_, err = stepper.Lanes([][]int32{ids[:5], ids[:5]})
	want.Error(t, err, "learning rate is NaN")
	stepper.LearningRate = 1
	stepper.Close()
	_, err = stepper.Lanes([][]int32{ids[:5], ids[:5]})
	want.Error(t, err, "closed")
}

func TestStepperFaults(t *testing.T) {
	m, ids, err := fresh("go")
	if err != nil {
		t.Fatal(err)
	}
	c := tiny("go")
	c.Objective = Stream{Length: 5}
	if _, err := NewStepper(m, c.step()); err == nil ||
		!strings.Contains(err.Error(), "context is 5, but trained with train.Stream{Length:5} it must be 0") {
		t.Errorf("a stream: %v", err)
	}
	c.Objective, c.BatchSize = Windows{Length: 5}, 0
	if _, err := NewStepper(m, c.step()); err == nil || !strings.Contains(err.Error(), "batch size is 0") {
		t.Errorf("no batch: %v", err)
	}
	c.BatchSize = 4
	stepper, err := NewStepper(m, c.step())
	if err != nil {
		t.Fatal(err)
	}
	windows := text.Windows(ids, 5, 1)
	for want, batch := range map[string][]text.Window[int32]{
		"0 windows":        nil,
		"5 windows":        windows[:5],
		"3 tokens, not 5":  text.Windows(ids, 3, 1)[:1],
		"window 2: id 30":  {windows[0], {Input: windows[1].Input, Target: 30}},
		"window 1: id -1 ": {{Input: []int32{1, 2, 3, 4, -1}, Target: 1}},
	} {
		if _, err := stepper.Windows(batch); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in %v", want, err)
		}
	}
}
