package plots

import (
	"math"
	"sync"
	"time"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"
	"gonum.org/v1/plot"
)

// Live is a training hook (it satisfies train.Hook) that draws the loss while a model trains: in a notebook one picture
// that changes in place, up to four times a second and at the end. A thin line is the loss of each step, a thick line
// the mean of each epoch, a dashed line the validation loss. Outside a notebook nothing is shown; Save writes the
// picture when the run is over.
//
// One Live may follow several runs, one after the other. Each gets its own colour. Its methods may be called from
// several goroutines.
type Live struct {
	Title string // "" is "Loss while training"
	Log   bool   // logarithmic loss axis

	mutex sync.Mutex
	runs  []*liveRun
	id    string // of the output in the notebook
	shown time.Time
	send  func(id string, c Chart, final bool) // nil: sendLive; replaced in tests
	now   func() time.Time                     // nil: time.Now; replaced in tests
}

// liveRun is a run that is being followed.
type liveRun struct {
	name                      string
	epochs, stepCount         int
	last                      int // step
	steps, losses, validation []point
}

// betweenUpdates is the shortest time between two pictures of a run.
const betweenUpdates = 250 * time.Millisecond

// LiveLoss returns a hook for train.Config.Hooks.
func LiveLoss() *Live { return &Live{} }

// Start begins a run; see train.Hook.
func (l *Live) Start(name string, epochs, steps int) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.runs = append(l.runs, &liveRun{name: name, epochs: epochs, stepCount: steps})
}

// Step adds the loss of a step, in nats; see train.Hook.
func (l *Live) Step(step int, loss float64) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	run := l.current()
	run.last = step
	run.steps = append(run.steps, point{run.position(step), loss})
	l.update(false)
}

// Epoch adds the mean loss of an epoch and its validation loss (NaN: none); see train.Hook.
func (l *Live) Epoch(epoch int, loss, validation float64) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.epoch(epoch, loss, validation)
	l.update(false)
}

// epoch adds the losses of an epoch. The caller holds the mutex.
func (l *Live) epoch(epoch int, loss, validation float64) {
	run := l.current()
	at := float64(epoch)
	if !run.byEpoch() {
		at = float64(run.last)
	}
	run.losses = append(run.losses, point{at, loss})
	if !math.IsNaN(validation) {
		run.validation = append(run.validation, point{at, validation})
	}
}

// Resumed adds an epoch of a run before it was stopped; see train.Resumer.
func (l *Live) Resumed(epoch, step int, loss, validation float64) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.current().last = step
	l.epoch(epoch, loss, validation)
}

// End shows the last picture, whatever ended the run; see train.Hook.
func (l *Live) End(error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.update(true)
}

// current returns the run of the latest Start. Without a Start it makes one that counts in steps.
func (l *Live) current() *liveRun {
	if len(l.runs) == 0 {
		l.runs = append(l.runs, &liveRun{})
	}
	return l.runs[len(l.runs)-1]
}

// byEpoch reports whether positions are in epochs.
func (r *liveRun) byEpoch() bool { return r.epochs > 0 && r.stepCount > 0 }

// position returns the place of a step on the horizontal axis: in epochs if their number is known, else in steps.
func (r *liveRun) position(step int) float64 {
	if r.byEpoch() {
		return float64(step) * float64(r.epochs) / float64(r.stepCount)
	}
	return float64(step)
}

// update sends the picture if enough time has passed, or if it is the final one. The caller holds the mutex.
func (l *Live) update(final bool) {
	send, now := l.send, l.now
	if send == nil {
		if !gonbui.IsNotebook {
			return
		}
		send = sendLive
	}
	if now == nil {
		now = time.Now
	}
	if !final && now().Sub(l.shown) < betweenUpdates {
		return
	}
	chart := l.curves()
	if chart.check() != nil {
		return
	}
	if l.id == "" {
		l.id = gonbui.UniqueId()
	}
	send(l.id, chart, final)
	l.shown = now()
}

// sendLive sends the picture to the notebook. Before the final one it leaves out the PNG, because drawing that takes
// longer than most steps. It drops errors, so that they do not end the training.
func sendLive(id string, c Chart, final bool) {
	if final {
		_ = ShowAs(id, c)
		return
	}
	gonbui.SendData(&protocol.DisplayData{DisplayID: id, Data: map[protocol.MIMEType]any{
		MIMEVegaLite: c.VegaLite(), protocol.MIMETextPlain: c.Text(),
	}})
}

// curves converts what has arrived so far to the form that is drawn. The caller holds the mutex.
func (l *Live) curves() curves {
	result := curves{kind: "loss", title: l.Title, x: "step", y: "loss (nats)", logY: l.Log}
	if l.Title == "" {
		result.title = "Loss while training"
	}
	names := make([]string, len(l.runs))
	for i, run := range l.runs {
		names[i] = run.name
		if run.byEpoch() {
			result.x = "epoch"
		}
	}
	for i, name := range numbered(names) {
		run := l.runs[i]
		result.lines = append(result.lines,
			curve{name: name, color: i, faint: true, points: run.steps},
			curve{name: name, color: i, points: run.losses})
		if len(run.validation) > 0 {
			validation := curve{name: validationName(name), color: i, dashed: true, points: run.validation}
			result.lines = append(result.lines, validation)
		}
	}
	return result
}

// snapshot calls curves under the mutex.
func (l *Live) snapshot() curves {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.curves()
}

// VegaLite implements Chart with what has arrived so far.
func (l *Live) VegaLite() map[string]any { return l.snapshot().vega() }

// Plot implements Chart with what has arrived so far. It fails before the first loss.
func (l *Live) Plot() (*plot.Plot, error) { return l.snapshot().plot() }

// Text implements Chart with what has arrived so far.
func (l *Live) Text() string { return l.snapshot().text() }

// curves implements Chart, so that Live can send what it has under its mutex.

func (c curves) VegaLite() map[string]any  { return c.vega() }
func (c curves) Plot() (*plot.Plot, error) { return c.plot() }
func (c curves) Text() string              { return c.text() }
