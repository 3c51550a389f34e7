package ngram

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestNovelty(t *testing.T) {
	source, sample := strings.Fields("a b c d e"), strings.Fields("x b c d y a b")
	if length, at := LongestCopy(sample, source); length != 3 || at != 1 {
		t.Errorf("longest copy %d at %d", length, at)
	}
	if share := CopiedShare(sample, source, 2); math.Abs(share-0.5) > 1e-12 {
		t.Errorf("copied share %v", share)
	}
	if share := Distinct(strings.Fields("a b a b"), 2); math.Abs(share-2.0/3) > 1e-12 {
		t.Errorf("distinct %v", share)
	}
	if Distinct(sample, 0) != 0 || CopiedShare(sample, source, 9) != 0 {
		t.Error("n-grams that are not there")
	}
}

// TestLongestCopy compares the automaton with a search of every stretch, in texts of three distinct tokens.
func TestLongestCopy(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	random := func(length int) []int {
		list := make([]int, length)
		for i := range list {
			list[i] = r.IntN(3)
		}
		return list
	}
	for range 500 {
		sample, source := random(r.IntN(12)), random(r.IntN(30))
		wantLength, wantAt := 0, 0
		for i := range sample {
			for end := i + wantLength + 1; end <= len(sample) && contains(source, sample[i:end]); end++ {
				wantLength, wantAt = end-i, i
			}
		}
		if length, at := LongestCopy(sample, source); length != wantLength || at != wantAt {
			t.Fatalf("sample %v, source %v: %d at %d, want %d at %d", sample, source, length, at, wantLength, wantAt)
		}
	}
	all := random(5000)
	if length, at := LongestCopy(all, slices.Concat(random(100), all)); length != 5000 || at != 0 {
		t.Errorf("a whole copy: %d at %d", length, at)
	}
	if length, _ := LongestCopy([]string{"a"}, nil); length != 0 {
		t.Errorf("of nothing: %d", length)
	}
}

func BenchmarkLongestCopy(b *testing.B) {
	source := zipf(1_000_000, 10_000)
	sample := slices.Concat(source[500_000:500_100], zipf(200, 10_000), source[7000:7050])
	for b.Loop() {
		if length, _ := LongestCopy(sample, source); length < 100 {
			b.Fatal(length)
		}
	}
}
