// Package controls lets the reader of a notebook change what a cell computes: sliders, lists of choices and lines of
// text above the cell's output, and a loop whose body runs again after each change.
//
//	temperature := &controls.Slider{Name: "temperature", Min: 0.1, Max: 4, Step: 0.1, Value: 1}
//	for range controls.Changes(notebook.Context(), temperature) {
//		// show what temperature.Value makes, in outputs that are replaced by their display id
//	}
//
// GoNB's own package widgets has controls too. It waits for ever where no browser answers, and the values of several
// quick changes may arrive out of order. Here one message, numbered, has the values of all controls.
package controls

import (
	"context"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/janpfeifer/gonb/gonbui"
)

// Control is a *Slider, a *Select or a *Text.
type Control interface {
	// element returns what the panel shows.
	element() element
	// set takes a value from the panel and reports whether it is new.
	set(value string) bool
}

// Slider is a number from Min to Max, in steps of Step.
type Slider struct {
	Name           string
	Min, Max, Step float64
	Value          float64
}

func (s *Slider) element() element {
	return element{Name: s.Name, Min: number(s.Min), Max: number(s.Max), Step: number(s.Step), Value: number(s.Value)}
}

func (s *Slider) set(value string) bool {
	v, err := strconv.ParseFloat(value, 64)
	if err != nil || !(v >= s.Min && v <= s.Max) || v == s.Value {
		return false
	}
	s.Value = v
	return true
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// Select is one of several texts.
type Select struct {
	Name    string
	Options []string
	Value   string // one of Options
}

func (s *Select) element() element { return element{Name: s.Name, Options: s.Options, Value: s.Value} }

func (s *Select) set(value string) bool {
	if value == s.Value || !slices.Contains(s.Options, value) {
		return false
	}
	s.Value = value
	return true
}

// Text is a line of text. It changes with each key.
type Text struct{ Name, Value string }

func (t *Text) element() element { return element{Name: t.Name, Text: true, Value: t.Value} }

func (t *Text) set(value string) bool {
	changed := value != t.Value
	t.Value = value
	return changed
}

// NoFrontEnd is the environment variable that says that nobody is there to use controls. lmkit notebooks sets it.
const NoFrontEnd = "LMKIT_NO_FRONT_END"

// Changes shows a panel of controls and yields once for the values that they have, then after each change. Values
// change only between two rounds of the loop; changes made during a round count as one.
//
// The loop ends when the reader presses Done, when ctx ends, or when nothing has changed for a while: a minute at
// first, so that the cells below run too if all cells are run, and five minutes once the reader has changed something.
//
// Without a browser the loop has one round: at once, with no panel, outside a notebook and where $LMKIT_NO_FRONT_END is
// set; elsewhere if no script answers within ten seconds.
func Changes(ctx context.Context, list ...Control) func(yield func() bool) {
	return func(yield func() bool) {
		if !gonbui.IsNotebook || os.Getenv(NoFrontEnd) != "" {
			yield()
			return
		}
		p := openPanel(list)
		defer p.close()
		rounds(ctx, list, p.messages.c, yield)
	}
}

// How long rounds waits for a message: for the first of all, which a script sends by itself, then for the first change,
// and for each change after that.
const (
	answerLimit = 10 * time.Second
	firstLimit  = time.Minute
	changeLimit = 5 * time.Minute
)

// rounds yields once, and after each message that changes a value.
func rounds(ctx context.Context, list []Control, messages <-chan message, yield func() bool) {
	if !yield() {
		return
	}
	limit := answerLimit
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(limit):
			return
		case m := <-messages:
			changed := m.apply(list)
			switch {
			case changed && !yield():
				return
			case m.Done:
				return
			case changed:
				limit = changeLimit
			case limit == answerLimit:
				limit = firstLimit
			}
		}
	}
}
