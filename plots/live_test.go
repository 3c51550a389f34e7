package plots

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"testing"
	"time"

	"gonum.org/v1/plot/cmpimg"
)

// follow calls the hook like a training run of 40 epochs of 3 steps.
func follow(live *Live, name string, rate float64) {
	live.Start(name, 40, 120)
	for epoch := 1; epoch <= 40; epoch++ {
		mean := 0.0
		for step := 3*epoch - 2; step <= 3*epoch; step++ {
			loss := 3.4 * math.Exp(-rate*float64(step)) * (1 + 0.3*math.Sin(float64(step*step)))
			live.Step(step, loss)
			mean += loss / 3
		}
		live.Epoch(epoch, mean, mean+0.01*float64(epoch))
	}
	live.End(nil)
}

func ExampleLive() {
	live := LiveLoss() // one of train.Config.Hooks; follow makes the calls of train.Run
	follow(live, "RNN", 0.02)
	follow(live, "LSTM", 0.04)
	if err := Save("testdata/live.png", live); err != nil {
		panic(err)
	}
	// Output:
}

func TestLive(t *testing.T) {
	cmpimg.CheckPlotApprox(ExampleLive, t, 0.05, "live.png")
}

func TestLiveUpdates(t *testing.T) {
	clock := time.Unix(0, 0)
	var finals []bool
	ids := map[string]bool{}
	live := &Live{Title: "test", now: func() time.Time { return clock }}
	live.send = func(id string, c Chart, final bool) {
		ids[id] = true
		finals = append(finals, final)
		if _, err := json.Marshal(c.VegaLite()); err != nil {
			t.Error(err)
		}
	}
	live.shown = clock
	live.Start("run", 0, 100)
	for step := 1; step <= 100; step++ { // 1 second: at most 4 updates
		clock = clock.Add(10 * time.Millisecond)
		live.Step(step, 1/float64(step))
	}
	live.End(errors.New("interrupted"))
	if len(finals) != 5 || !finals[4] || finals[3] {
		t.Errorf("updates %v, want four and the final one", finals)
	}
	if len(ids) != 1 {
		t.Errorf("display ids %v, want one", ids)
	}
}

// TestLiveOddRuns checks that the hook survives whatever a run does: no Start, no number, no step.
func TestLiveOddRuns(t *testing.T) {
	tests := map[string]func(*Live){
		"nothing":     func(l *Live) {},
		"only an end": func(l *Live) { l.Start("a", 1, 1); l.End(nil) },
		"no start":    func(l *Live) { l.Step(1, 2); l.Epoch(1, 2, math.NaN()); l.End(nil) },
		"not a number": func(l *Live) {
			l.Start("a", 2, 2)
			l.Step(1, math.NaN())
			l.Step(2, math.Inf(1))
			l.End(nil)
		},
		"epochs unknown": func(l *Live) { l.Start("a", 0, 0); l.Step(7, 2); l.Epoch(1, 2, 3); l.End(nil) },
		"resumed":        func(l *Live) { l.Start("a", 10, 100); l.Step(91, 2); l.Epoch(10, 2, 3); l.End(nil) },
	}
	for name, play := range tests {
		t.Run(name, func(t *testing.T) {
			live := LiveLoss()
			sent := 0
			live.send = func(string, Chart, bool) { sent++ }
			play(live)
			_, err := live.Plot()
			if (err == nil) != (sent > 0) {
				t.Errorf("%d pictures sent, Plot says %v", sent, err)
			}
			if _, err := json.Marshal(live.VegaLite()); err != nil {
				t.Error(err)
			}
			_ = live.Text()
		})
	}
}

func TestLiveConcurrent(t *testing.T) {
	live := LiveLoss()
	live.Start("a", 0, 400)
	var group sync.WaitGroup
	for worker := range 4 {
		group.Go(func() {
			for step := range 100 {
				live.Step(worker*100+step, 1)
				_ = live.Text()
			}
		})
	}
	group.Wait()
	live.End(nil)
	path := filepath.Join(t.TempDir(), "live.json")
	if err := Save(path, live); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatal(err)
	}
}

// TestLiveResumed follows a run that was stopped after two of three epochs: the chart has all three.
func TestLiveResumed(t *testing.T) {
	live := LiveLoss()
	live.Start("gru", 3, 9)
	live.Resumed(1, 3, 3, math.NaN())
	live.Resumed(2, 6, 2, math.NaN())
	for step := 7; step <= 9; step++ {
		live.Step(step, 1)
	}
	live.Epoch(3, 1, math.NaN())
	want := []point{{1, 3}, {2, 2}, {3, 1}}
	if got := live.runs[0].losses; !reflect.DeepEqual(got, want) {
		t.Errorf("the epochs are %v, want %v", got, want)
	}
}
