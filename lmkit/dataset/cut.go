package dataset

import (
	"bufio"
	"context"
	"io"
	"math"

	"owlm/lmkit/internal/bytepair"
)

// A text that merges are learned from must be cut before there are tokens, or the parts that are held out would take
// part in the choice of merges. So it is cut by characters, and each part is tokenized by itself.

// cutReach is how many characters a cut may be moved.
const cutReach = 1000

// cut applies the rule of SplitAt to the characters of a text. It returns the bytes at which the validation part and
// the test part begin. Each place is moved to the next end of a pre-token, so that the parts have the tokens of the
// whole text; if there is none within cutReach, it stays. A place at the end of the text is math.MaxInt64.
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

// findPlaces returns the bytes at which two characters begin, each moved to the next end of a pre-token.
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
			after := n - character
			if after < 0 || after > cutReach || moved[i] {
				continue
			}
			if moved[i] = bytepair.Divides(previous, next); moved[i] || after == 0 {
				places[i] = at
			}
		}
		at += int64(size)
		previous = next
	}
	return places, nil
}

// shortText is the number of bytes up to which a text is read even if its context is cancelled.
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
