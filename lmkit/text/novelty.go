package text

import "slices"

// Distinct is the number of distinct n-grams of a text divided by the number of its n-grams (distinct-n, Li et al.
// 2016): 1 if nothing is repeated. It is 0 for a text shorter than n.
func Distinct[T comparable](tokens []T, n int) float64 {
	if n < 1 || len(tokens) < n {
		return 0
	}
	var seen [][]T
	for i := 0; i+n <= len(tokens); i++ {
		gram := tokens[i : i+n]
		if !slices.ContainsFunc(seen, func(other []T) bool { return slices.Equal(gram, other) }) {
			seen = append(seen, gram)
		}
	}
	return float64(len(seen)) / float64(len(tokens)-n+1)
}

// CopiedShare is the share of a sample's n-grams that the source has too: 1 if the sample is pieced together from
// the source. It is 0 for a sample shorter than n.
func CopiedShare[T comparable](sample, source []T, n int) float64 {
	if n < 1 || len(sample) < n {
		return 0
	}
	copied := 0
	for i := 0; i+n <= len(sample); i++ {
		if contains(source, sample[i:i+n]) {
			copied++
		}
	}
	return float64(copied) / float64(len(sample)-n+1)
}

func contains[T comparable](source, part []T) bool {
	for i := 0; i+len(part) <= len(source); i++ {
		if slices.Equal(source[i:i+len(part)], part) {
			return true
		}
	}
	return false
}

// LongestCopy finds the longest stretch of a sample that the source has too: its length, and where it begins in the
// sample.
func LongestCopy[T comparable](sample, source []T) (length, at int) {
	// lengths[j] is how long the common stretch is that ends at sample[i] and source[j-1].
	lengths := make([]int, len(source)+1)
	for i := range sample {
		for j := len(source); j > 0; j-- {
			if sample[i] != source[j-1] {
				lengths[j] = 0
				continue
			}
			lengths[j] = lengths[j-1] + 1
			if lengths[j] > length {
				length, at = lengths[j], i-lengths[j]+1
			}
		}
	}
	return length, at
}
