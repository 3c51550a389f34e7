package dataset

import "fmt"

// Splits has the parts of a text: one to train on, one to watch training with, and one to judge the result by.
type Splits[T any] struct{ Train, Valid, Test []T }

// Split cuts a text by position: the last test share of the tokens is the test part, the valid share before it the
// validation part, and the rest the training part. Split before anything that looks at neighbors, such as windows, so
// that no token of one part is seen in another. The parts share memory with tokens.
func Split[T any](tokens []T, valid, test float64) (Splits[T], error) {
	validAt, testAt, err := SplitAt(len(tokens), valid, test)
	if err != nil {
		return Splits[T]{}, err
	}
	return Splits[T]{Train: tokens[:validAt:validAt], Valid: tokens[validAt:testAt:testAt], Test: tokens[testAt:]}, nil
}

// SplitAt applies the rule of Split to a text of n tokens. It returns where the validation part and the test part
// begin.
func SplitAt(n int, valid, test float64) (validAt, testAt int, err error) {
	if !(valid >= 0 && test >= 0 && valid+test < 1) {
		return 0, 0, fmt.Errorf("valid is %v and test %v; both must be 0 or more, and together below 1", valid, test)
	}
	testAt = n - int(float64(n)*test+0.5)
	return max(0, testAt-int(float64(n)*valid+0.5)), testAt, nil // both shares may be rounded up
}
