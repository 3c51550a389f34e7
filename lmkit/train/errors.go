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

// Interrupted is the error of a run whose context was cancelled. Run returns it together with the model as it stands.
type Interrupted struct {
	// Step is the number of training steps made.
	Step int
	// Checkpoint is the path of the checkpoint that was saved; "" if the run has no directory.
	Checkpoint string
}

func (e *Interrupted) Error() string {
	if e.Checkpoint == "" {
		return fmt.Sprintf("interrupted after step %d; nothing was saved, because the run has no directory", e.Step)
	}
	return fmt.Sprintf("interrupted after step %d; saved as %s", e.Step, e.Checkpoint)
}

// Resumable reports whether a run with Config.Resume goes on from where this one was interrupted.
func (e *Interrupted) Resumable() bool { return e.Checkpoint != "" }

// Unwrap makes errors.Is(err, context.Canceled) true.
func (e *Interrupted) Unwrap() error { return context.Canceled }

// ChangedTextError reports that a run cannot be resumed because its text has changed. Set Config.AllowChangedText to
// resume it anyway.
type ChangedTextError struct {
	// Now and Before are the SHA-256 hashes of the new and the old text, in hexadecimal.
	Now, Before string
	// File is the token file or checkpoint that was made from the old text.
	File string
}

func (e *ChangedTextError) Error() string {
	return fmt.Sprintf("the text has changed: its sha256 is %.12s…, but %s was made with %.12s…",
		e.Now, e.File, e.Before)
}

// FinishedError reports that a run cannot be resumed because it has finished and has no checkpoints. A new run can
// start from its weights; see Config.From.
type FinishedError struct{ Directory string }

func (e *FinishedError) Error() string {
	return e.Directory + " holds a finished run without checkpoints, so there is nothing to resume"
}

// ChangedTokensError reports that a run cannot be resumed because the token ids of its checkpoint no longer stand for
// the same tokens: the text has changed, and with it the tokenizer or the vocabulary. Copying the checkpoint's
// tokenizer and vocabulary into the directory and setting Config.AllowChangedText resumes it with the old tokens.
type ChangedTokensError struct{ Directory, Checkpoint string }

func (e *ChangedTokensError) Error() string {
	return fmt.Sprintf("%s was made with other tokens than the text has now; to keep its tokens, "+
		"copy its %s and %s into %s", e.Checkpoint, rundir.TokenizerFile, rundir.VocabularyFile, e.Directory)
}

// problems collects the mistakes in a configuration.
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

// oneOf accepts the names in list, and "" for the default.
func (p *problems) oneOf(name, value string, list []string) {
	if value != "" && !slices.Contains(list, value) {
		p.add("%s is %q; it must be one of %s", name, value, strings.Join(list, ", "))
	}
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
