package train

import (
	"fmt"
	"html"
	"io"
	"os"
	"strings"
	"time"

	"github.com/janpfeifer/gonb/gonbui"
	"golang.org/x/term"
)

// Progress returns a hook that shows a bar with the loss and the time left: on standard error if that is a terminal, or
// below the cell in a GoNB notebook. There a finished run leaves a single line without times, so that running a
// notebook again does not change it. Elsewhere it shows nothing.
func Progress() Hook {
	switch {
	case gonbui.IsNotebook:
		return &progress{show: &cellBar{id: gonbui.UniqueId()}}
	case isTerminal(os.Stderr):
		return &progress{show: terminalBar{os.Stderr}}
	}
	return &progress{}
}

// progress follows a run and shows how far it is.
type progress struct {
	show        bar // nil shows nothing
	name        string
	steps       int // in the whole run
	step        int // the last one made
	first       int // first step of this session, which ended at time start
	start, last time.Time
	epochs      int
}

// bar shows progress in one place.
type bar interface {
	// begin shows the name of a run before its first step.
	begin(name string)
	// draw shows that step of steps is done. text says how it goes.
	draw(name string, step, steps int, text string)
	// end shows the result of a run.
	end(result string)
}

func (p *progress) Start(name string, _, steps int) {
	p.name, p.steps = name, steps
	if p.show != nil {
		p.show.begin(name)
	}
}

func (p *progress) Step(step int, loss float64) {
	now := time.Now()
	p.step = step
	if p.first == 0 {
		p.first, p.start = step, now
	}
	if p.show == nil || now.Sub(p.last) < 250*time.Millisecond {
		return
	}
	p.last = now
	text := fmt.Sprintf("step %d of %d, loss %.4f%s", step, p.steps, loss, p.left(step, now.Sub(p.start)))
	p.show.draw(p.name, step, p.steps, text)
}

// left describes the time that the remaining steps will take. It leaves out the first step, which includes compiling.
func (p *progress) left(step int, took time.Duration) string {
	if step == p.first {
		return ""
	}
	left := time.Duration(float64(took) / float64(step-p.first) * float64(p.steps-step))
	return fmt.Sprintf(", %s left", left.Round(time.Second))
}

func (p *progress) Epoch(epoch int, _, _ float64) { p.epochs = epoch }

func (p *progress) Resumed(epoch, step int, _, _ float64) { p.epochs, p.step = epoch, step }

func (p *progress) End(err error) {
	if p.show != nil {
		p.show.end(p.result(err))
	}
}

// result describes the end of the run, which a hook or patience may have brought before its last step. What
// the error is, the program says.
func (p *progress) result(err error) string {
	if err != nil {
		return fmt.Sprintf("%s: stopped after step %d of %d", p.name, p.step, p.steps)
	}
	return fmt.Sprintf("%s: %d steps, %d epochs", p.name, p.step, p.epochs)
}

// terminalBar shows progress in the last line of a terminal. Lines that others print go above it.
type terminalBar struct{ w io.Writer }

func (b terminalBar) begin(name string) { fmt.Fprintf(b.w, "%s%s: compiling …\r", clearLine, name) }

func (b terminalBar) draw(name string, step, steps int, text string) {
	const width = 24
	done := strings.Repeat("=", width*step/max(1, steps))
	fmt.Fprintf(b.w, "%s%s [%-*s] %s\r", clearLine, name, width, done, text)
}

// end clears the line: the program says what became of the run.
func (b terminalBar) end(string) { fmt.Fprint(b.w, clearLine) }

// clearLine empties the line of a terminal in which the cursor is.
const clearLine = "\r\x1b[K"

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// printInCell prints a message if the program is the cell of a notebook.
func printInCell(message string) {
	if gonbui.IsNotebook {
		fmt.Println("note: " + message)
	}
}

// cellBar shows progress below a notebook's cell, in place.
type cellBar struct{ id string }

func (b *cellBar) begin(name string) {
	gonbui.UpdateHtml(b.id, html.EscapeString(name)+": compiling …")
}

func (b *cellBar) draw(name string, step, steps int, text string) {
	gonbui.UpdateHtml(b.id, fmt.Sprintf(`%s <progress value="%d" max="%d"></progress> %s`,
		html.EscapeString(name), step, steps, text))
}

func (b *cellBar) end(result string) {
	gonbui.UpdateHtml(b.id, html.EscapeString(result))
	gonbui.Sync()
}
