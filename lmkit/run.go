package lmkit

import (
	"context"
	"encoding/hex"
	"fmt"
	"math"
	"time"

	"owlm/lmkit/backend"
	"owlm/lmkit/text"
)

// run is a training run under way.
type run struct {
	config   TrainConfig // its tokenizer may have to learn; text has the one that did
	engine   *backend.Engine
	model    *Model
	source   batches
	stepper  *stepper
	steps    int // of the whole run
	position position
	schedule *schedule
	text     *encodedText

	history *historyWriter
	start   time.Time
	// The newest losses, for the receipt.
	trainLoss           float64
	validLoss, testLoss *float64
	// What was read since the history's last line of an epoch, and since that of a step.
	epochMeter, logMeter meter
	saveDue              bool // a checkpoint is to be written after the step at hand
}

// newRun prepares a run; of the run's directory it writes the token file, where there is to be one.
func newRun(ctx context.Context, in corpus, c TrainConfig, from *description) (*run, error) {
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
		r.steps = c.Epochs * r.source.perEpoch()
	}
	r.position = position{Plateau: plateauState{Best: math.MaxFloat64}, CorpusSHA256: hex.EncodeToString(r.text.Text[:])}
	r.schedule = newSchedule(c, r.steps, &r.position.Plateau)
	if r.model, err = startModel(r.engine, c, vocabulary); err != nil {
		return err
	}
	steps, rows := r.source.shape()
	r.stepper, err = newStepper(r.model, c, steps, rows, r.source.everyStep(), r.steps)
	return err
}

// startModel is the model before the first step: new, or with the weights of another.
func startModel(engine *backend.Engine, c TrainConfig, vocabulary *text.Vocabulary) (*Model, error) {
	config := c.Model
	config.VocabularySize = vocabulary.Len()
	m, err := New(engine, config, c.Tokenizer, vocabulary, c.Seed)
	switch {
	case err != nil:
		return nil, err
	case c.From != "":
		return m, m.loadWeights(c.From)
	case c.Initial != InitialWeights{}:
		return m, m.initialize(c.Seed, c.Initial)
	}
	return m, nil
}

// withFrom takes over the structure, tokenizer and vocabulary of the model that the run starts from.
func (c TrainConfig) withFrom() (TrainConfig, *description, error) {
	if c.From == "" {
		return c, nil, nil
	}
	from, err := readDescription(c.From)
	if err != nil {
		return c, nil, err
	}
	structure := from.config
	structure.VocabularySize, structure.Context = 0, 0
	wanted := c.Model
	wanted.VocabularySize, wanted.Context = 0, 0
	if wanted != (Config{}) && wanted != structure {
		return c, nil, fmt.Errorf("%s has another structure: %w", c.From, join(differences(from.config, withSizeAndContext(wanted, from.config))))
	}
	if c.Tokenizer != nil && !canBe(c.Tokenizer, from.tokenizer) {
		return c, nil, fmt.Errorf("%s has another tokenizer: %s, not %s", c.From, tokenizerName(from.tokenizer), tokenizerName(c.Tokenizer))
	}
	c.Model = from.config
	c.Model.Context = 0
	c.Tokenizer = from.tokenizer
	return c, &from, nil
}

// withSizeAndContext returns a structure with what structures are not compared by from another.
func withSizeAndContext(c, other Config) Config {
	c.VocabularySize, c.Context = other.VocabularySize, other.Context
	return c
}
