package sample

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"owlm/internal/golden"
)

// TestLikeTransformers compares probabilities with those that Hugging Face's logits processors give
// (testdata/processors.py).
func TestLikeTransformers(t *testing.T) {
	var goldens []struct {
		Logits   []float32
		Previous []int32
		Settings struct {
			Temperature       float64
			TopK              int     `json:"top_k"`
			TopP              float64 `json:"top_p"`
			MinP              float64 `json:"min_p"`
			RepetitionPenalty float64 `json:"repetition_penalty"`
		}
		Probabilities []float64
	}
	golden.Read(t, "testdata/processors.json", &goldens)
	largest := 0.0
	for i, g := range goldens {
		s := g.Settings
		c := Config{s.Temperature, s.TopK, s.TopP, s.MinP, s.RepetitionPenalty}
		got, err := Probabilities(g.Logits, g.Previous, c)
		if err != nil {
			t.Fatal(err)
		}
		for j := range got {
			difference := math.Abs(got[j] - g.Probabilities[j])
			if largest = max(largest, difference); !(difference <= 1e-6) {
				t.Fatalf("case %d, %+v: probability %d is %v, transformers has %v", i, s, j, got[j], g.Probabilities[j])
			}
		}
	}
	golden.Agree(t, golden.Agreement{
		Comparison: "probabilities of the next token", Cases: len(goldens), Largest: largest, Limit: 1e-6,
	})
	if len(goldens) < 200 {
		t.Errorf("only %d golden cases", len(goldens))
	}
}

func TestValidate(t *testing.T) {
	for _, c := range []struct {
		config Config
		want   string // "" for valid
	}{
		{Config{}, ""},
		{Config{Temperature: 1, TopK: 5, TopP: 1, MinP: 0, RepetitionPenalty: 1}, ""},
		{Config{Temperature: -1}, "temperature is -1"},
		{Config{Temperature: math.NaN()}, "temperature is NaN"},
		{Config{Temperature: math.Inf(1)}, "temperature is +Inf"},
		{Config{TopK: -1}, "top-k is -1"},
		{Config{TopP: -0.1}, "top-p is -0.1"},
		{Config{TopP: 1.1}, "top-p is 1.1"},
		{Config{TopP: math.NaN()}, "top-p is NaN"},
		{Config{MinP: 2}, "min-p is 2"},
		{Config{RepetitionPenalty: -1}, "repetition penalty is -1"},
		{Config{TopK: -2, MinP: -1}, "top-k is -2; it must be 0 (all) or more; min-p is -1"},
	} {
		err := c.config.Validate()
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.config, err, c.want)
		}
	}
}

func TestHardLogits(t *testing.T) {
	inf := float32(math.Inf(1))
	nan := float32(math.NaN())
	for name, c := range map[string]struct {
		logits []float32
		config Config
		bad    bool
	}{
		"none":      {nil, Config{}, true},
		"NaN":       {[]float32{1, nan}, Config{Temperature: 1}, true},
		"+Inf":      {[]float32{1, inf}, Config{Temperature: 1}, true},
		"all -Inf":  {[]float32{-inf, -inf}, Config{Temperature: 1}, true},
		"one -Inf":  {[]float32{1, -inf}, Config{Temperature: 1, TopP: 0.5, MinP: 0.5}, false},
		"huge":      {[]float32{math.MaxFloat32, -math.MaxFloat32}, Config{Temperature: 1e-300}, false},
		"hot":       {[]float32{1, 2}, Config{Temperature: math.MaxFloat64}, false},
		"k above V": {[]float32{1, 2}, Config{Temperature: 1, TopK: 99}, false},
		"penalty":   {[]float32{1, 2}, Config{RepetitionPenalty: 1e308}, false},
	} {
		p, err := Probabilities(c.logits, []int32{0, 7, -1}, c.config)
		if (err != nil) != c.bad {
			t.Errorf("%s: %v", name, err)
		}
		checkDistribution(t, p, err)
	}
}

func checkDistribution(t *testing.T, p []float64, err error) {
	t.Helper()
	if err != nil {
		return
	}
	sum := 0.0
	for _, v := range p {
		if !(v >= 0 && v <= 1) {
			t.Fatalf("probabilities %v", p)
		}
		sum += v
	}
	if math.Abs(sum-1) > 1e-9 {
		t.Errorf("the probabilities add up to %v", sum)
	}
}

func TestGreedyAndLimits(t *testing.T) {
	logits := []float32{1, 3, 3, -2}
	p, err := Probabilities(logits, nil, Config{})
	if err != nil || p[1] != 1 || Argmax(logits) != 1 {
		t.Errorf("greedy: %v, %v", p, err)
	}
	cold, hot := Softmax([]float32{1, 2, 3}, 1e-3), Softmax([]float32{1, 2, 3}, 1e6)
	if cold[2] < 0.999 || Entropy(cold) > 1e-3 || math.Abs(Entropy(hot)-math.Log(3)) > 1e-6 {
		t.Errorf("cold %v, hot %v", cold, hot)
	}
}

func TestProbability(t *testing.T) {
	for _, logits := range [][]float32{{3}, {1, 2, 4}, {-1000, 0, 1000}, {float32(math.Inf(-1)), 1}} {
		for id, want := range Softmax(logits, 1) {
			if got := Probability(logits, int32(id)); math.Abs(got-want) > 1e-15 {
				t.Errorf("%v: token %d has probability %v, not %v", logits, id, got, want)
			}
		}
	}
}

func TestPick(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	counts := make([]int, 4)
	for range 100_000 {
		counts[Pick([]float64{0, 0.25, 0.75, 0}, random)]++
	}
	if counts[0] != 0 || counts[3] != 0 || math.Abs(float64(counts[1])-25_000) > 600 {
		t.Errorf("counts %v", counts)
	}
}

func FuzzProbabilities(f *testing.F) {
	f.Add([]byte("some logits here"), 1.0, 3, 0.9, 0.1, 1.2)
	f.Fuzz(func(t *testing.T, data []byte, temperature float64, topK int, topP, minP, penalty float64) {
		logits := make([]float32, len(data)/4)
		for i := range logits {
			logits[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
		}
		p, err := Probabilities(logits, []int32{0, 1}, Config{temperature, topK, topP, minP, penalty})
		checkDistribution(t, p, err)
		if err == nil {
			if i := Pick(p, rand.New(rand.NewPCG(1, 1))); p[i] == 0 {
				t.Errorf("picked %d of %v", i, p)
			}
		}
	})
}

func ExampleProbabilities() {
	logits := []float32{2, 1, 0}
	for _, c := range []Config{{}, {Temperature: 1}, {Temperature: 2}, {Temperature: 1, TopK: 2}} {
		p, err := Probabilities(logits, nil, c)
		fmt.Printf("%.3f %v\n", p, err)
	}
	// Output:
	// [1.000 0.000 0.000] <nil>
	// [0.665 0.245 0.090] <nil>
	// [0.506 0.307 0.186] <nil>
	// [0.731 0.269 0.000] <nil>
}
