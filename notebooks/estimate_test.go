package notebooks

import (
	"testing"
	"time"
)

// TestEstimate follows a run of two notebooks of which the times of the last run are known, or those of none or of the
// second alone. A cell takes 2 seconds, the notebooks have one each.
func TestEstimate(t *testing.T) {
	_, sources := tinyCheckout(t)
	start := time.Now()
	type moment struct {
		seconds int // since the start
		event   Event
		done    int
		share   float64
		left    int // seconds, -1 if not known
	}
	begin, end, failed := Event{Cell: 1}, Event{Cell: 1, Done: true}, Event{Cell: 1, Error: "undefined"}
	for _, test := range []struct {
		name string
		last record
		run  []moment
	}{
		{"nothing known", nil, []moment{{1, begin, 0, 0, -1}, {2, end, 1, 0.5, 2}, {4, end, 2, 1, 0}}},
		{"a notebook failed", nil, []moment{{1, begin, 0, 0, -1}, {2, failed, 1, 0.5, 2}, {4, end, 2, 1, 0}}},
		{"both known", record{"01_one": {Seconds: 5}, "02_two": {Seconds: 10}},
			[]moment{{0, begin, 0, 0, 15}, {3, begin, 0, 0, 12}, {7, begin, 0, 0, 10}, {8, end, 1, 0.5, 10},
				{9, begin, 1, 0.5, 9}}},
		{"the second known", record{"02_two": {Seconds: 10}}, []moment{{1, begin, 0, 0, -1}, {2, end, 1, 0.5, 10}}},
	} {
		out := t.TempDir()
		if err := test.last.write(out); err != nil {
			t.Fatal(err)
		}
		e := NewEstimate(out, sources, start)
		for _, m := range test.run {
			now := start.Add(time.Duration(m.seconds) * time.Second)
			e.Add(m.event, now)
			left, ok := e.Left(now)
			if !ok {
				left = -time.Second
			}
			if done, all, share := e.Done(); done != m.done || all != 2 || share != m.share {
				t.Errorf("%s, after %d s: %d of %d done, %v; want %d, %v",
					test.name, m.seconds, done, all, share, m.done, m.share)
			}
			if left != time.Duration(m.left)*time.Second {
				t.Errorf("%s, after %d s: %v left, want %d s", test.name, m.seconds, left, m.left)
			}
		}
	}
}
