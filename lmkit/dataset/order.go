package dataset

import "math/rand/v2"

// listedOrder is the largest number of windows whose order is drawn as a list, which takes 8 bytes for each. The order
// of more is computed.
const listedOrder = 1 << 22

// shuffleStream is the second half of the seed of the random generator. Initial weights and sampling have others.
const shuffleStream = 2

// newOrder returns a random order of n things, as a function from places to things. It depends on the seed and the
// epoch alone, so that a resumed run draws the same order.
func newOrder(n int, seed uint64, epoch int) func(place int) int {
	random := rand.New(rand.NewPCG(seed+uint64(epoch)*0x9e3779b97f4a7c15, shuffleStream))
	if n <= listedOrder {
		list := random.Perm(n)
		return func(place int) int { return list[place] }
	}
	return computedOrder(n, random)
}

// computedOrder returns an order that takes no memory. A Feistel network permutes the numbers of 2k bits, with the
// smallest k that is enough for n. A result of n or more is permuted again until it is below n (Black & Rogaway 2002,
// "Ciphers with arbitrary finite domains").
func computedOrder(n int, random *rand.Rand) func(place int) int {
	half := uint(1)
	for 1<<(2*half) < n {
		half++
	}
	mask := uint64(1)<<half - 1
	var keys [8]uint64
	for i := range keys {
		keys[i] = random.Uint64()
	}
	return func(place int) int {
		for x := uint64(place); ; {
			left, right := x>>half, x&mask
			for _, key := range keys {
				left, right = right, left^mix(right^key)&mask
			}
			if x = left<<half | right; x < uint64(n) {
				return int(x)
			}
		}
	}
}

// mix is the last step of SplitMix64 (Steele, Lea & Flood 2014): each bit of x changes about half of the result's bits.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
