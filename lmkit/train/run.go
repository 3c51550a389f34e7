package train

import (
	"context"
	"encoding/hex"
	"fmt"
	"math"
	"time"

	"owlm/internal/oneline"
	"owlm/lmkit"
	"owlm/lmkit/backend"
	"owlm/lmkit/dataset"
	"owlm/lmkit/network"
	"owlm/lmkit/rundir"
	"owlm/lmkit/text"
)

// run is a training run under way.
type run struct {
	config   Config // its tokenizer may have to learn; parts has the one that did
	hooks    hooks
	engine   *backend.Engine
	model    *lmkit.Model
	parts    *dataset.Parts
	source   dataset.Batches
	step     *step
	steps    int // of the whole run
	schedule *schedule
	position rundir.Position

	history *rundir.History
	start   time.Time
	// The newest losses, for the receipt.
	trainLoss           float64
	validLoss, testLoss *float64
	// What was read since the history's last line of an epoch, and since that of a step.
	epochMeter, logMeter meter
	saveDue              bool  // a checkpoint is to be written after the step at hand
	stopped              error // what a hook returned
}

// newRun prepares a run. In the run's directory it writes the token file, where there is to be one.
func newRun(ctx context.Context, source text.Source, c Config, from *lmkit.Description) (*run, error) {
	start := time.Now()
	engine, err := backend.Open(c.Backend) // first: a text may take long
	if err != nil {
		return nil, err
	}
	parts, err := c.encode(ctx, source, from)
	if err != nil {
		return nil, err
	}
	r := &run{config: c, hooks: c.Hooks, engine: engine, parts: parts, start: start}
	if err := r.prepare(); err != nil {
		parts.Close()
		return nil, err
	}
	return r, nil
}

func (r *run) prepare() error {
	c, vocabulary := r.config, r.parts.Vocabulary
	c.Tokenizer = r.parts.Tokenizer
	var err error
	r.source, err = c.Objective.batches(r.parts.Train, batching{size: c.BatchSize, seed: c.Seed, inOrder: c.InOrder})
	if err != nil {
		return err
	}
	if _, err := vocabulary.Encode(c.Tokenizer.Tokenize(c.Samples.Prompt)); c.Samples.Every > 0 && err != nil {
		return fmt.Errorf("sample prompt: %w", err)
	}
	r.steps = c.Steps
	if r.steps == 0 {
		r.steps = c.Epochs * r.source.PerEpoch()
	}
	r.position = rundir.Position{Plateau: rundir.Plateau{Best: math.MaxFloat64}, CorpusSHA256: hex.EncodeToString(r.parts.Text[:])}
	r.schedule = newSchedule(c.Schedule, c.LearningRate, c.ScheduleOptions, r.steps, &r.position.Plateau)
	if r.model, err = startModel(r.engine, c, vocabulary); err != nil {
		return err
	}
	steps, rows := r.source.Shape()
	r.step, err = newStep(r.model, c.step(), stepShape{
		steps: steps, rows: rows, every: r.source.EveryStep(), documents: r.source.EveryStep() && r.parts.Train.Starts != nil,
		// Unrolled, W1's step of bench takes 7 % less time, and one of 8 time steps 13 %, but compiling takes 0.3 to 0.6 seconds more.
		unrolled: r.steps >= 10000 && steps <= 8,
	})
	return err
}

// startModel makes the model before the first step: new, or with the weights of another.
func startModel(engine *backend.Engine, c Config, vocabulary *text.Vocabulary) (*lmkit.Model, error) {
	config := c.Model
	config.VocabularySize = vocabulary.Len()
	m, err := lmkit.New(engine, config, c.Tokenizer, vocabulary, c.Seed)
	switch {
	case err != nil:
		return nil, err
	case c.From != "":
		return m, m.LoadWeights(c.From)
	case c.Initial != network.InitialWeights{}:
		return m, m.Initialize(c.Seed, c.Initial)
	}
	return m, nil
}

// withFrom takes over the structure, tokenizer and vocabulary of the model that the run starts from.
func (c Config) withFrom() (Config, *lmkit.Description, error) {
	if c.From == "" {
		return c, nil, nil
	}
	from, err := lmkit.ReadDescription(c.From)
	if err != nil {
		return c, nil, err
	}
	structure := from.Config
	structure.VocabularySize, structure.Context = 0, 0
	wanted := c.Model
	wanted.VocabularySize, wanted.Context = 0, 0
	if wanted != (network.Config{}) && wanted != structure {
		return c, nil, fmt.Errorf("%s has another structure: %w", c.From, oneline.Join(differences(structure, wanted)))
	}
	if c.Tokenizer != nil && !canBe(c.Tokenizer, from.Tokenizer) {
		return c, nil, fmt.Errorf("%s has another tokenizer: %s, not %s", c.From, tokenizerName(from.Tokenizer), tokenizerName(c.Tokenizer))
	}
	c.Model = from.Config
	c.Model.Context = 0
	c.Tokenizer = from.Tokenizer
	return c, &from, nil
}

// meter counts tokens read in training and the seconds that took, validation and saving left out.
type meter struct{ tokens, seconds float64 }

func (m *meter) add(tokens int, seconds float64) {
	m.tokens += float64(tokens)
	m.seconds += seconds
}

// rate returns tokens a second; 0 where nothing was read, as right after a run is resumed.
func (m meter) rate() float64 {
	if m.seconds == 0 {
		return 0
	}
	return m.tokens / m.seconds
}
