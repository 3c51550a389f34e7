package train

import (
	"context"
	"encoding/hex"
	"fmt"
	"math"
	"time"

	"owlm/lmkit"
	"owlm/lmkit/backend"
	"owlm/lmkit/dataset"
	"owlm/lmkit/network"
	"owlm/lmkit/rundir"
	"owlm/lmkit/text"
)

// run is the state of a training run.
type run struct {
	config   Config // its tokenizer may not have learned its merges; that of parts has
	hooks    hooks
	engine   *backend.Engine
	model    *lmkit.Model
	parts    *dataset.Parts
	source   dataset.Batches
	step     *step
	steps    int // in the whole run
	schedule *schedule
	position rundir.Position

	history *rundir.History
	start   time.Time
	// The latest losses, for the receipt.
	trainLoss           float64
	validLoss, testLoss *float64
	// Tokens and seconds since the last epoch line of the history, and since its last step line.
	epochMeter, logMeter meter
	saveDue              bool  // save a checkpoint after the current step
	stopped              error // the error of a hook
}

// newRun prepares a run. If the ids of the text go into a token file, it writes that file.
func newRun(ctx context.Context, source text.Source, c Config, from *lmkit.Description) (*run, error) {
	start := time.Now()
	engine, err := backend.Open(c.Backend) // before the text, which may take a while to read
	if err != nil {
		return nil, err
	}
	parts, err := c.encode(ctx, source, from)
	if err != nil {
		return nil, err
	}
	r := &run{config: c, hooks: c.Hooks, engine: engine, parts: parts, start: start}
	if err := r.prepare(); err != nil {
		r.release()
		return nil, err
	}
	return r, nil
}

// release closes the text and the model of a run that failed.
func (r *run) release() {
	r.parts.Close()
	if r.model != nil {
		r.model.Close()
	}
}

func (r *run) prepare() error {
	c, vocabulary := r.config, r.parts.Vocabulary
	c.Tokenizer = r.parts.Tokenizer
	var err error
	r.source, err = c.Objective.batches(r.parts.Train, batching{size: c.BatchSize, seed: c.Seed, inOrder: c.InOrder})
	if err != nil {
		return err
	}
	if c.Samples.Every > 0 {
		if _, err := vocabulary.Encode(c.Tokenizer.Tokenize(c.Samples.Prompt)); err != nil {
			return fmt.Errorf("sample prompt: %w", err)
		}
	}
	r.steps = c.Steps
	if r.steps == 0 {
		r.steps = c.Epochs * r.source.PerEpoch()
	}
	r.position = rundir.Position{
		Plateau: rundir.Plateau{Best: math.MaxFloat64}, CorpusSHA256: hex.EncodeToString(r.parts.Text[:]),
	}
	r.schedule = newSchedule(c.Schedule, c.LearningRate, c.ScheduleOptions, r.steps, &r.position.Plateau)
	if r.model, err = startModel(r.engine, c, vocabulary); err != nil {
		return err
	}
	steps, rows := r.source.Shape()
	r.step, err = newStep(r.model, c.step(), stepShape{
		steps: steps, rows: rows, every: r.source.EveryStep(),
		documents: r.source.EveryStep() && r.parts.Train.Starts != nil,
		// Measured: unrolling saves 7 % of the time of a step with 5 time steps and 13 % with 8, but compiling takes
		// 0.3 to 0.6 seconds longer.
		unrolled: r.steps >= 10000 && steps <= 8,
	})
	return err
}

// startModel returns the model with its initial weights: new ones, or those of the model in c.From.
func startModel(engine *backend.Engine, c Config, vocabulary *text.Vocabulary) (*lmkit.Model, error) {
	config := c.Model
	config.VocabularySize = vocabulary.Len()
	m, err := lmkit.New(engine, config, c.Tokenizer, vocabulary, c.Seed)
	switch {
	case err != nil:
		return nil, err
	case c.From != "":
		if err := m.LoadWeights(c.From); err != nil {
			return nil, err
		}
		if m.Note != "" {
			c.Warn(m.Note)
			m.Note = ""
		}
	case c.Initial != network.InitialWeights{}:
		return m, m.Initialize(c.Seed, c.Initial)
	}
	return m, nil
}

// meter adds up the tokens that training steps read and the seconds that they took, without validation and saving.
type meter struct{ tokens, seconds float64 }

func (m *meter) add(tokens int, seconds float64) {
	m.tokens += float64(tokens)
	m.seconds += seconds
}

// rate returns the tokens per second, or 0 if no step was made, as right after a run is resumed.
func (m meter) rate() float64 {
	if m.seconds == 0 {
		return 0
	}
	return m.tokens / m.seconds
}
