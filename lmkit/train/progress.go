package train

import (
	"fmt"
	"html"
	"io"
	"os"
	"time"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// Progress returns a hook that shows a bar with the loss and the time left: on standard error if that is a terminal, or
// below the cell in a GoNB notebook. There a finished run leaves a single line without times, so that running a
// notebook again does not change it. Elsewhere it shows nothing.
func Progress() Hook {
	switch {
	case gonbui.IsNotebook:
		return &notebookProgress{id: gonbui.UniqueId()}
	case term.IsTerminal(int(os.Stderr.Fd())):
		return &terminalProgress{w: os.Stderr}
	}
	return &terminalProgress{w: io.Discard}
}

// terminalProgress draws the bar in a terminal.
type terminalProgress struct {
	w   io.Writer
	bar *progressbar.ProgressBar
}

func (p *terminalProgress) Start(name string, _, steps int) {
	p.bar = progressbar.NewOptions(steps,
		progressbar.OptionSetWriter(p.w), progressbar.OptionSetDescription(name), progressbar.OptionShowCount(),
		progressbar.OptionSetPredictTime(true), progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetWidth(30), progressbar.OptionClearOnFinish())
}

func (p *terminalProgress) Step(step int, loss float64) {
	p.bar.Describe(fmt.Sprintf("loss %.4f", loss))
	p.bar.Set(step)
}

func (p *terminalProgress) Epoch(int, float64, float64) {}

func (p *terminalProgress) End(err error) {
	if err == nil {
		p.bar.Finish()
		return
	}
	p.bar.Exit()
	fmt.Fprintln(p.w)
}

// notebookProgress draws the bar below a notebook's cell, in place.
type notebookProgress struct {
	id          string
	name        string
	steps       int // in the whole run
	step        int // the last one made
	first       int // first step of this session, which ended at time start
	start, last time.Time
	epochs      int
}

func (p *notebookProgress) Start(name string, _, steps int) {
	p.name, p.steps = name, steps
	gonbui.UpdateHtml(p.id, html.EscapeString(name)+": compiling …")
}

func (p *notebookProgress) Step(step int, loss float64) {
	now := time.Now()
	p.step = step
	if p.first == 0 {
		p.first, p.start = step, now
	}
	if now.Sub(p.last) < 250*time.Millisecond {
		return
	}
	p.last = now
	gonbui.UpdateHtml(p.id, fmt.Sprintf(`%s <progress value="%d" max="%d"></progress> step %d of %d, loss %.4f%s`,
		html.EscapeString(p.name), step, p.steps, step, p.steps, loss, p.left(step, now.Sub(p.start))))
}

// left describes the time that the remaining steps will take. It leaves out the first step, which includes compiling.
func (p *notebookProgress) left(step int, took time.Duration) string {
	if step == p.first {
		return ""
	}
	left := time.Duration(float64(took) / float64(step-p.first) * float64(p.steps-step))
	return fmt.Sprintf(", %s left", left.Round(time.Second))
}

func (p *notebookProgress) Epoch(int, float64, float64) { p.epochs++ }

func (p *notebookProgress) End(err error) {
	gonbui.UpdateHtml(p.id, html.EscapeString(p.result(err)))
	gonbui.Sync()
}

// result describes the end of the run, which a hook or patience may have brought before its last step.
func (p *notebookProgress) result(err error) string {
	if err != nil {
		return fmt.Sprintf("%s: stopped: %v", p.name, err)
	}
	return fmt.Sprintf("%s: %d steps, %d epochs", p.name, p.step, p.epochs)
}
