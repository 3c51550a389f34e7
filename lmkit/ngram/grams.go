package ngram

import (
	"fmt"
)

// maximumOrder bounds the length of n-grams: memory grows with it, and longer ones hardly occur twice.
const maximumOrder = 10

// grams are the distinct n-grams of a text, of 1 to order tokens. Each has a number, and 0 is the empty one.
type grams struct {
	order   int
	numbers map[uint64]int32 // by the number of the n-gram without its last token, and that token
	length  []uint8
	// count is how often an n-gram of order tokens occurs, and of a shorter one how many distinct tokens
	// stand before it.
	count []int32
}

// countGrams counts the n-grams of a text of ids from 0 to vocabularySize-1.
func countGrams(ids []int32, order, vocabularySize int) (*grams, error) {
	if order < 1 || order > maximumOrder || vocabularySize < 1 {
		return nil, fmt.Errorf("order is %d and vocabulary size %d; they must be from 1 to %d, and at least 1", order, vocabularySize, maximumOrder)
	}
	g := &grams{order: order, numbers: make(map[uint64]int32), length: []uint8{0}, count: []int32{0}}
	// The numbers of the n-grams that end at the token at hand, and at the one before, by length.
	ending, before := make([]int32, order+1), make([]int32, order+1)
	for i, id := range ids {
		if id < 0 || int(id) >= vocabularySize {
			return nil, fmt.Errorf("id %d, at %d, is not in the vocabulary: ids go from 0 to %d", id, i, vocabularySize-1)
		}
		for n := 1; n <= min(order, i+1); n++ {
			number, known := g.numbers[gramKey(before[n-1], id)]
			if !known {
				number = g.add(before[n-1], id, n)
				g.count[ending[n-1]]++ // one more token before it
			}
			if n == order {
				g.count[number]++
			}
			ending[n] = number
		}
		ending, before = before, ending
	}
	g.count[0] = 0 // nothing stands before nothing
	return g, nil
}

func gramKey(context, next int32) uint64 { return uint64(uint32(context))<<32 | uint64(uint32(next)) }

// add gives a number to an n-gram that was not seen before.
func (g *grams) add(context, next int32, length int) int32 {
	number := int32(len(g.count))
	g.numbers[gramKey(context, next)] = number
	g.count, g.length = append(g.count, 0), append(g.length, uint8(length))
	return number
}

// find is the number of an n-gram; seen is false if the text does not have it.
func (g *grams) find(gram []int32) (number int32, seen bool) {
	for _, id := range gram {
		if number, seen = g.numbers[gramKey(number, id)]; !seen {
			return 0, false
		}
	}
	return number, true
}

// countAfter is the count of a context, given by number, with a token behind it; 0 if the text does not have it.
func (g *grams) countAfter(context, next int32) int32 {
	if number, seen := g.numbers[gramKey(context, next)]; seen {
		return g.count[number]
	}
	return 0
}

// followers sums up the n-grams that are a context and one more token.
type followers struct {
	total int32    // of their counts
	types [4]int32 // how many have the count 0, 1, 2, and 3 or more
}

// followers are those of each n-gram, by number.
func (g *grams) followers() []followers {
	list := make([]followers, len(g.count))
	for key, number := range g.numbers {
		f, count := &list[key>>32], g.count[number]
		f.total += count
		f.types[min(count, 3)]++
	}
	return list
}
