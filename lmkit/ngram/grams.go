package ngram

import "fmt"

// maximumOrder bounds the length of n-grams: memory grows with it, and longer ones hardly occur twice.
const maximumOrder = 10

// grams holds the distinct n-grams of a text, of 1 to order tokens. Each has a number; 0 is the empty n-gram.
type grams struct {
	order   int
	numbers map[uint64]int32 // by gramKey
	length  []uint8          // by number
	// count holds, by number, how often an n-gram of order tokens occurs. For a shorter n-gram, it is the number of
	// distinct tokens that precede it.
	count []int32
}

// countGrams counts the n-grams of a text. Its ids must be from 0 to vocabularySize-1.
func countGrams(ids []int32, order, vocabularySize int) (*grams, error) {
	if order < 1 || order > maximumOrder || vocabularySize < 1 {
		return nil, fmt.Errorf("order is %d and vocabulary size %d; order must be from 1 to %d, size 1 or more",
			order, vocabularySize, maximumOrder)
	}
	g := &grams{order: order, numbers: make(map[uint64]int32), length: []uint8{0}, count: []int32{0}}
	// The numbers of the n-grams that end at this token and at the one before, by length.
	ending, before := make([]int32, order+1), make([]int32, order+1)
	for i, id := range ids {
		if id < 0 || int(id) >= vocabularySize {
			return nil, fmt.Errorf("id %d, at %d, is not in the vocabulary: ids go from 0 to %d",
				id, i, vocabularySize-1)
		}
		for n := 1; n <= min(order, i+1); n++ {
			number, known := g.numbers[gramKey(before[n-1], id)]
			if !known {
				number = g.add(before[n-1], id, n)
				g.count[ending[n-1]]++ // one more token precedes it
			}
			if n == order {
				g.count[number]++
			}
			ending[n] = number
		}
		ending, before = before, ending
	}
	g.count[0] = 0 // the empty n-gram has no count
	return g, nil
}

// gramKey identifies an n-gram by the number of the n-gram without its last token, and that token.
func gramKey(context, next int32) uint64 { return uint64(uint32(context))<<32 | uint64(uint32(next)) }

// add gives a new n-gram its number.
func (g *grams) add(context, next int32, length int) int32 {
	number := int32(len(g.count))
	g.numbers[gramKey(context, next)] = number
	g.count, g.length = append(g.count, 0), append(g.length, uint8(length))
	return number
}

// find returns the number of an n-gram. seen is false if the text does not have it.
func (g *grams) find(gram []int32) (number int32, seen bool) {
	for _, id := range gram {
		if number, seen = g.numbers[gramKey(number, id)]; !seen {
			return 0, false
		}
	}
	return number, true
}

// countAfter returns the count of the n-gram that is a context, given by its number, followed by next; 0 if the text
// does not have it.
func (g *grams) countAfter(context, next int32) int32 {
	if number, seen := g.numbers[gramKey(context, next)]; seen {
		return g.count[number]
	}
	return 0
}

// followers summarizes the n-grams that are one context followed by one token.
type followers struct {
	total int32    // the sum of their counts
	types [4]int32 // how many of them have the count 0, 1, 2, and 3 or more
}

// followers returns the followers of each n-gram, by its number.
func (g *grams) followers() []followers {
	list := make([]followers, len(g.count))
	for key, number := range g.numbers {
		f, count := &list[key>>32], g.count[number]
		f.total += count
		f.types[min(count, 3)]++
	}
	return list
}
