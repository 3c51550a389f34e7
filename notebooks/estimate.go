package notebooks

import (
	"time"

	"owlm/internal/files"
)

// Estimate follows a run and says how much of it is done and how long the rest takes. It knows how long each notebook
// took when it was executed last into the same directory. For the others it takes the time of a cell so far.
type Estimate struct {
	notebooks []expected
	current   int       // the index of the notebook that runs
	began     time.Time // when it began
	cell      int       // the one that runs
	seconds   float64   // that the notebooks before it took in this run
	cells     int       // that they have
}

// expected is what is known about a notebook before it is executed.
type expected struct {
	name    string
	cells   int
	seconds float64 // 0 if not known
}

// NewEstimate returns an Estimate for a run of the notebooks in sources into the directory out, which begins now.
func NewEstimate(out string, sources []string, now time.Time) *Estimate {
	e := &Estimate{began: now}
	last := readRecord(out)
	for _, source := range sources {
		var content struct {
			Cells []struct{} `json:"cells"`
		}
		files.ReadJSON(source, &content) // the run reports what cannot be read
		name := Name(source)
		e.notebooks = append(e.notebooks, expected{name, len(content.Cells), last[name].Seconds})
	}
	return e
}

// Add adds an event of the run.
func (e *Estimate) Add(event Event, now time.Time) {
	if e.current == len(e.notebooks) {
		return
	}
	e.cell = event.Cell
	if event.Done || event.Error != "" {
		e.seconds += now.Sub(e.began).Seconds()
		e.cells += e.notebooks[e.current].cells
		e.current, e.cell, e.began = e.current+1, 0, now
	}
}

// Done returns the number of notebooks that have ended, the number of all, and the share of the run that is done, from
// 0 to 1.
func (e *Estimate) Done() (done, all int, share float64) {
	done, all = e.current, len(e.notebooks)
	share = float64(done)
	if done < all && e.cell > 0 && e.notebooks[done].cells > 0 {
		share += float64(e.cell-1) / float64(e.notebooks[done].cells)
	}
	return done, all, share / float64(max(1, all))
}

// Left returns the time that the rest of the run takes. ok is false as long as there is nothing to tell from.
func (e *Estimate) Left(now time.Time) (left time.Duration, ok bool) {
	passed := now.Sub(e.began).Seconds()
	here := max(0, e.cell-1) // cells of this notebook that have ended
	ended := e.cells + here
	perCell := (e.seconds + passed) / float64(max(1, ended))
	seconds := 0.0
	for i, n := range e.notebooks[e.current:] {
		switch {
		case n.seconds > 0 && i == 0:
			seconds += max(0, n.seconds-passed)
		case n.seconds > 0:
			seconds += n.seconds
		case ended == 0:
			return 0, false
		case i == 0:
			seconds += perCell * float64(n.cells-here)
		default:
			seconds += perCell * float64(n.cells)
		}
	}
	return time.Duration(seconds * float64(time.Second)), true
}
