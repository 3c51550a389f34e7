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
	config   Config // its tokenizer may have to learn; text has the one that did
	engine   *backend.Engine
	model    *lmkit.Model
	source   dataset.Batches
	stepper  *trainingStep
	steps    int // of the whole run
	position rundir.Position
	schedule *schedule
	text     *dataset.EncodedText

	history *rundir.History
	start   time.Time
	// The newest losses, for the receipt.
	trainLoss           float64
	validLoss, testLoss *float64
	// What was read since the history's last line of an epoch, and since that of a step.
	epochMeter, logMeter meter
	saveDue              bool // a checkpoint is to be written after the step at hand
}

// newRun prepares a run; of the run's directory it writes the token file, where there is to be one.
func newRun(ctx context.Context, in dataset.Corpus, c Config, from *lmkit.Description) (*run, error) {
	start := time.Now()
	engine, err := backend.Open(c.Backend) // first: a text may take long
	if err != nil {
		return nil, err
	}
	encoded, err := c.encode(ctx, in, from)
	if err != nil {
		return nil, err
	}
	r := &run{config: c, engine: engine, text: encoded, start: start}
	if err := r.prepare(); err != nil {
		encoded.Close()
		return nil, err
	}
	return r, nil
}

func (r *run) prepare() (err error) {
	c, vocabulary := r.config, r.text.Vocabulary
	c.Tokenizer = r.text.Tokenizer
	if r.source, err = c.Objective.batches(r.text.Train.IDs, c); err != nil {
		return err
	}
	if _, err := vocabulary.Encode(c.Tokenizer.Tokenize(c.Samples.Prompt)); c.Samples.Every > 0 && err != nil {
		return fmt.Errorf("sample prompt: %w", err)
	}
	r.steps = c.Steps
	if r.steps == 0 {
		r.steps = c.Epochs * r.source.PerEpoch()
	}
	r.position = rundir.Position{Plateau: rundir.Plateau{Best: math.MaxFloat64}, CorpusSHA256: hex.EncodeToString(r.text.Text[:])}
	r.schedule = newSchedule(c, r.steps, &r.position.Plateau)
	if r.model, err = startModel(r.engine, c, vocabulary); err != nil {
		return err
	}
	steps, rows := r.source.Shape()
	r.stepper, err = newTrainingStep(r.model, c, steps, rows, r.source.EveryStep(), r.steps)
	return err
}

// startModel is the model before the first step: new, or with the weights of another.
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
		return c, nil, fmt.Errorf("%s has another structure: %w", c.From, oneline.Join(differences(from.Config, withSizeAndContext(wanted, from.Config))))
	}
	if c.Tokenizer != nil && !canBe(c.Tokenizer, from.Tokenizer) {
		return c, nil, fmt.Errorf("%s has another tokenizer: %s, not %s", c.From, tokenizerName(from.Tokenizer), tokenizerName(c.Tokenizer))
	}
	c.Model = from.Config
	c.Model.Context = 0
	c.Tokenizer = from.Tokenizer
	return c, &from, nil
}

// withSizeAndContext returns a structure with what structures are not compared by from another.
func withSizeAndContext(c, other network.Config) network.Config {
	c.VocabularySize, c.Context = other.VocabularySize, other.Context
	return c
}
