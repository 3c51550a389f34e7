package dataset

import (
	"bufio"
	"context"
	"io"
	"math"

	"owlm/lmkit/internal/bytepair"
)

// The parts of a text that merges are learned from must be cut before there are tokens, or what is held out would have
// a say in them. So they are cut by characters, and each part is tokenized by itself.

// cutReach is how many characters a cut may be moved.
const cutReach = 1000

// cut is Split's rule for the characters of a text: at which byte the part for validation begins, and at which the one
// for testing. Each is moved on to the next place that a pre-token ends at, so that the parts have the tokens of the whole
// text; where none is near, it stays. A place that no text follows is the largest number.
func cut(ctx context.Context, open func() (io.ReadCloser, error), valid, test float64) (places [2]int64, err error) {
	places = [2]int64{math.MaxInt64, math.MaxInt64}
	if valid == 0 && test == 0 {
		return places, nil
	}
	text, err := open()
	if err != nil {
		return places, err
	}
	defer text.Close()
	whole := NewMeasure(cancelable(ctx, text))
	if _, err := io.Copy(io.Discard, whole); err != nil {
		return places, err
	}
	validAt, testAt, err := SplitAt(whole.Characters, valid, test)
	if err != nil {
		return places, err
	}
	again, err := open()
	if err != nil {
		return places, err
	}
	defer again.Close()
	return findPlaces(bufio.NewReaderSize(cancelable(ctx, again), 64<<10), [2]int{validAt, testAt})
}

// findPlaces finds the bytes at which characters begin, or the pre-tokens behind them.
func findPlaces(in io.RuneReader, characters [2]int) (places [2]int64, err error) {
	places = [2]int64{math.MaxInt64, math.MaxInt64}
	var moved [2]bool
	var at int64
	previous := ' '
	for n := 0; n <= characters[1]+cutReach; n++ {
		next, size, err := in.ReadRune()
		if err == io.EOF {
			break
		}
		if err != nil {
			return places, err
		}
		for i, character := range characters {
			behind := n - character
			if behind < 0 || behind > cutReach || moved[i] {
				continue
			}
			if moved[i] = bytepair.Divides(previous, next); moved[i] || behind == 0 {
				places[i] = at
			}
		}
		at += int64(size)
		previous = next
	}
	return places, nil
}

// shortText is the size in bytes up to which a text is read although its context is cancelled.
const shortText = 64 << 10

// cancelable reads until a context is cancelled. A short text is read in any case.
func cancelable(ctx context.Context, in io.Reader) io.Reader { return &cancelReader{ctx, in, 0} }

type cancelReader struct {
	ctx  context.Context
	in   io.Reader
	read int
}

func (r *cancelReader) Read(p []byte) (int, error) {
	if r.read > shortText && r.ctx.Err() != nil {
		return 0, r.ctx.Err()
	}
	n, err := r.in.Read(p)
	r.read += n
	return n, err
}
