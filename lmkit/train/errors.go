package train

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"owlm/lmkit/network"
	"owlm/lmkit/rundir"
)

// Interrupted is the error of a training run that was cancelled between two steps. Run returns the model as it was then with it.
type Interrupted struct {
	// Step is the number of steps made, Checkpoint where they are saved; "" if the run has no directory.
	Step       int
	Checkpoint string
}

func (e *Interrupted) Error() string {
	if e.Checkpoint == "" {
		return fmt.Sprintf("interrupted after step %d; nothing was saved, as the run has no directory", e.Step)
	}
	return fmt.Sprintf("interrupted after step %d; saved as %s", e.Step, e.Checkpoint)
}

// Unwrap lets errors.Is(err, context.Canceled) recognise an interruption.
func (e *Interrupted) Unwrap() error { return context.Canceled }

// ChangedTextError says that a run was to be resumed on another text than it was started on. Config.AllowChangedText allows it.
type ChangedTextError struct {
	// Now and Before are the sha256 of the two texts, in hexadecimal; File was made with the one before.
	Now, Before, File string
}

func (e *ChangedTextError) Error() string {
	return fmt.Sprintf("the text has changed: its sha256 is %.12s…, but %s was made with %.12s…", e.Now, e.File, e.Before)
}

// FinishedError says that a run that was to be resumed has ended, and left no checkpoint to go on from.
type FinishedError struct{ Directory string }

func (e *FinishedError) Error() string {
	return e.Directory + " holds a finished run without checkpoints, so there is nothing to resume"
}

// ChangedTokensError says that the ids of a checkpoint stand for other tokens than those of the text as it is now.
type ChangedTokensError struct{ Directory, Checkpoint string }

func (e *ChangedTokensError) Error() string {
	return fmt.Sprintf("%s was made with other tokens than the text has now; to go on with them, copy its %s and %s into %s",
		e.Checkpoint, rundir.TokenizerFile, rundir.VocabularyFile, e.Directory)
}

// problems collects what is wrong with a configuration.
type problems []error

func (p *problems) add(format string, args ...any) { *p = append(*p, fmt.Errorf(format, args...)) }

func (p *problems) positive(name string, value int) {
	if value < 1 || value > network.MaximumSize {
		p.add("%s is %d; it must be from 1 to %d", name, value, network.MaximumSize)
	}
}

func (p *problems) share(name string, value float64) {
	if !(value >= 0 && value < 1) {
		p.add("%s is %v; it must be at least 0 and below 1", name, value)
	}
}

func (p *problems) notNegative(name string, value float64) {
	if !(value >= 0 && value < 1e30) {
		p.add("%s is %v; it must be 0 or more, and finite", name, value)
	}
}

// oneOf accepts a name of a list, and "" for the usual one.
func (p *problems) oneOf(name, value string, list []string) {
	if value != "" && !slices.Contains(list, value) {
		p.add("%s is %q; it must be %s", name, value, strings.Join(list, ", "))
	}
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
