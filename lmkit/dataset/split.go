package dataset

import (
	"fmt"
)

// Splits are the parts of a text: one to train on, one to watch training with, one to judge the result by.
type Splits[T any] struct{ Train, Valid, Test []T }

// Split cuts a text by position: the last test share of the tokens is for testing, the valid share before it for
// validation, and the rest for training. It comes before anything that looks at neighbours, such as windows, so
// that no token of one part is seen in another. The parts share memory with tokens.
func Split[T any](tokens []T, valid, test float64) (Splits[T], error) {
	second, first, err := SplitAt(len(tokens), valid, test)
	if err != nil {
		return Splits[T]{}, err
	}
	return Splits[T]{Train: tokens[:second:second], Valid: tokens[second:first:first], Test: tokens[first:]}, nil
}

// SplitAt is Split's rule for a text of n tokens: where the part for validation begins, and where the one for testing.
func SplitAt(n int, valid, test float64) (validAt, testAt int, err error) {
	if !(valid >= 0 && test >= 0 && valid+test < 1) {
		return 0, 0, fmt.Errorf("valid is %v and test %v; both must be 0 or more, and together below 1", valid, test)
	}
	testAt = n - int(float64(n)*test+0.5)
	return testAt - int(float64(n)*valid+0.5), testAt, nil
}
