package ngram

// NewKneserNey counts the n-grams of a text, of up to order tokens, and smooths them by interpolated modified
// Kneser-Ney (Chen & Goodman 1999, “An empirical study of smoothing techniques for language modeling”). The ids of the
// text must be from 0 to vocabularySize-1.
//
//	P(w | h) = (c(h w) - D(c(h w)) + (D1 N1(h) + D2 N2(h) + D3 N3(h)) P(w | h')) / sum over v of c(h v)
//
// Here h' is the context h without its first token, and P without any context is 1/V, where V is vocabularySize. For
// n-grams of order tokens, c is how often they occur. For shorter ones, it is how many distinct tokens precede them:
// “Francisco” is frequent, but only after “San”, and so it is unlikely anywhere else. Ni(h) is the number of tokens
// that follow h with the count i (N3: 3 or more). For each length of n-grams,
//
//	D1 = 1 - 2 Y n2/n1    D2 = 2 - 3 Y n3/n2    D3 = 3 - 4 Y n4/n3    Y = n1/(n1 + 2 n2)
//
// where ni is the number of n-grams with the count i, and D(c) is Dc (D3 for counts above 3, 0 for 0). If a text is too
// small for these estimates (some ni is 0, or some Di is not above 0), the discounts are 0.5, 1 and 1.5, as in KenLM
// (Heafield et al. 2013).
//
// The vocabulary is closed: the probabilities of its tokens, which include the token for unknown words if there is one,
// sum to 1 after any context. The text is one stream, with nothing added before or after it.
func NewKneserNey(ids []int32, order, vocabularySize int) (*Model, error) {
	g, err := countGrams(ids, order, vocabularySize)
	if err != nil {
		return nil, err
	}
	return &Model{&kneserNey{g, g.followers(), g.discounts(), float64(vocabularySize)}}, nil
}

// kneserNey smooths by absolute discounts and interpolation.
type kneserNey struct {
	*grams
	after      []followers  // by the number of the context
	discounts  [][4]float64 // by the length of the n-gram, and by its count: 0, 1, 2, and 3 or more
	vocabulary float64
}

func (m *kneserNey) probability(context []int32, next int32) float64 {
	context = context[max(0, len(context)-(m.order-1)):]
	p := 1 / m.vocabulary
	for n := range len(context) + 1 {
		number, seen := m.find(context[len(context)-n:])
		if !seen || m.after[number].total == 0 {
			break // and so no longer context was seen
		}
		after, discount := m.after[number], m.discounts[n+1]
		saved := 0.0
		for i, types := range after.types {
			saved += discount[i] * float64(types)
		}
		count := m.countAfter(number, next)
		p = (float64(count) - discount[min(count, 3)] + saved*p) / float64(after.total)
	}
	return p
}

// discounts estimates how much is taken off a count, by the length of the n-gram and by its count.
func (g *grams) discounts() [][4]float64 {
	counts := make([][5]float64, g.order+1) // how many n-grams of a length have the count 1, 2, 3 and 4
	for number, count := range g.count {
		if count > 0 && count <= 4 {
			counts[g.length[number]][count]++
		}
	}
	list := make([][4]float64, g.order+1)
	for length, n := range counts {
		y := n[1] / (n[1] + 2*n[2])
		for i := 1; i <= 3; i++ {
			list[length][i] = float64(i) - float64(i+1)*y*n[i+1]/n[i]
			if !(list[length][i] > 0) || n[i+1] == 0 {
				list[length] = [4]float64{0, 0.5, 1, 1.5}
				break
			}
		}
	}
	return list
}
