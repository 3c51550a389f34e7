package lmkit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"owlm/lmkit/backend"
	"owlm/lmkit/text"
)

// Train trains a model on a text and returns it. If the configuration names a directory, the model,
// its history and its receipt are written there.
//
// Cancelling ctx ends the run after the step at hand; it is then saved as a checkpoint, and the error is an *Interrupted.
func Train(ctx context.Context, corpus string, c TrainConfig) (*Model, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	c, from, err := c.withFrom()
	if err != nil {
		return nil, err
	}
	c = c.withDefaults()
	r, err := newRun(corpus, c, from)
	if err != nil {
		return nil, err
	}
	unlock, err := r.openDirectory()
	if err != nil {
		return nil, err
	}
	defer unlock()
	defer r.history.close()
	hooks := hooks(c.Hooks)
	hooks.start(c.Name, c.epochsShown(), r.steps)
	err = r.train(ctx, hooks)
	hooks.end(err)
	if err != nil {
		return nil, err
	}
	return r.model, nil
}

// Interrupted is the error of a training run that was cancelled between two steps.
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

// epochsShown is the number of epochs that hooks are told; 0 if the run is counted in steps.
func (c TrainConfig) epochsShown() int {
	if c.Steps > 0 {
		return 0
	}
	return c.Epochs
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
		return c, nil, fmt.Errorf("%s has another structure: %w", c.From, join(differences(from.config, wanted.with(from.config))))
	}
	if c.Tokenizer != nil && c.Tokenizer != from.tokenizer {
		return c, nil, fmt.Errorf("%s has another tokenizer: %#v, not %#v", c.From, from.tokenizer, c.Tokenizer)
	}
	c.Model = from.config
	c.Model.Context = 0
	c.Tokenizer = from.tokenizer
	return c, &from, nil
}

// with takes over what a structure is not compared by.
func (c Config) with(other Config) Config {
	c.VocabularySize, c.Context = other.VocabularySize, other.Context
	return c
}

// run is a training run under way.
type run struct {
	config   TrainConfig
	model    *Model
	source   batches
	stepper  *stepper
	steps    int // of the whole run
	position position
	valid    []int32
	test     []int32

	corpusSize int
	history    *historyWriter
	start      time.Time
	// The newest losses, for the receipt.
	trainLoss           float64
	validLoss, testLoss *float64
	// What the history's next lines need.
	epochStart, logStart time.Time
	epochTokens          float64
	logTokens            float64
}

// newRun prepares a run; it writes nothing.
func newRun(corpus string, c TrainConfig, from *description) (*run, error) {
	if err := refuseHeld(c); err != nil {
		return nil, err
	}
	if _, _, at := text.Clean(corpus); at >= 0 {
		return nil, fmt.Errorf("the text is not UTF-8: byte %d", at)
	}
	tokens := c.Tokenizer.Tokenize(corpus)
	parts, err := text.Split(tokens, c.Valid, c.Test)
	if err != nil {
		return nil, err
	}
	vocabulary := (*text.Vocabulary)(nil)
	if from != nil {
		vocabulary = from.vocabulary
	} else if vocabulary, err = text.NewVocabulary(parts.Train, c.Vocabulary); err != nil {
		return nil, err
	}
	r := &run{config: c, corpusSize: len(corpus), start: time.Now()}
	training, err := vocabulary.Encode(parts.Train)
	if err != nil {
		return nil, fmt.Errorf("training text: %w", err)
	}
	if r.valid, err = encodePart("validation", vocabulary, parts.Valid); err != nil {
		return nil, err
	}
	if r.test, err = encodePart("test", vocabulary, parts.Test); err != nil {
		return nil, err
	}
	if r.source, err = c.Objective.batches(training, c); err != nil {
		return nil, err
	}
	r.steps = c.Steps
	if r.steps == 0 {
		r.steps = c.Epochs * r.source.perEpoch()
	}
	sum := sha256.Sum256([]byte(corpus))
	r.position = position{Schedule: newSchedule(c, r.steps), CorpusSHA256: hex.EncodeToString(sum[:])}
	if r.model, err = startModel(c, vocabulary); err != nil {
		return nil, err
	}
	if r.stepper, err = newStepper(r.model, c, r.source); err != nil {
		return nil, err
	}
	return r, nil
}

// encodePart encodes a part of the text that is not trained on.
func encodePart(name string, vocabulary *text.Vocabulary, tokens []string) ([]int32, error) {
	ids, err := vocabulary.Encode(tokens)
	if err != nil {
		return nil, fmt.Errorf("%s text: %w, as the training text does not have it; give the vocabulary a token for unknown words", name, err)
	}
	if len(ids) == 1 {
		return nil, fmt.Errorf("the %s text has 1 token, and evaluation needs at least 2; make its share larger", name)
	}
	return ids, nil
}

// startModel is the model before the first step: new, or with the weights of another.
func startModel(c TrainConfig, vocabulary *text.Vocabulary) (*Model, error) {
	engine, err := backend.Open(c.Backend)
	if err != nil {
		return nil, err
	}
	config := c.Model
	config.VocabularySize = vocabulary.Len()
	m, err := New(engine, config, c.Tokenizer, vocabulary, c.Seed)
	if err != nil || c.From == "" {
		return m, err
	}
	weights, err := readWeights(c.From, config)
	if err != nil {
		return nil, err
	}
	for _, p := range config.parameters() {
		if err := m.setWeight(p, weights[p.name]); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// refuseHeld refuses a directory that holds a run already, unless that is to be resumed.
func refuseHeld(c TrainConfig) error {
	if c.Directory == "" || c.Resume || !holdsRun(c.Directory) {
		return nil
	}
	unlock, err := lockDirectory(c.Directory) // a run under way is the better reason
	if err != nil {
		return err
	}
	unlock()
	return fmt.Errorf("%s already holds a model or a run; pass --resume to go on with it, or choose another directory", c.Directory)
}

// openDirectory makes and locks the run's directory, restores what a run that is resumed left there, and writes
// what it holds from the beginning.
func (r *run) openDirectory() (unlock func(), err error) {
	dir := r.config.Directory
	if dir == "" {
		return func() {}, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("%s: %w", dir, reason(err))
	}
	if !r.config.Resume && holdsRun(dir) { // another run began since newRun looked
		return nil, refuseHeld(r.config)
	}
	if unlock, err = lockDirectory(dir); err != nil {
		return nil, err
	}
	if err := r.beginDirectory(dir); err != nil {
		unlock()
		return nil, err
	}
	return unlock, nil
}

func (r *run) beginDirectory(dir string) error {
	now, err := r.config.settings()
	if err != nil {
		return err
	}
	var records []Record
	if r.config.Resume && holdsRun(dir) {
		if err := compareSettings(dir, now, r.config.Warn); err != nil {
			return err
		}
		if records, err = r.restore(); err != nil {
			return err
		}
	}
	if err := writeJSON(filepath.Join(dir, settingsFile), now); err != nil {
		return err
	}
	if err := r.model.saveDescription(dir); err != nil {
		return err
	}
	r.history, err = openHistory(dir, records)
	return err
}

// restore goes back to the newest whole checkpoint, and returns the history up to it.
func (r *run) restore() ([]Record, error) {
	dir := r.config.Directory
	checkpoint, at, err := newestCheckpoint(dir, r.config.Warn)
	if err != nil {
		return nil, err
	}
	if checkpoint == "" {
		if _, err := os.Stat(filepath.Join(dir, weightsFile)); err == nil {
			return nil, fmt.Errorf("%s holds a finished run without checkpoints, so there is nothing to resume; train on from its weights with --from %s and another --out", dir, dir)
		}
		r.config.Warn(dir + " has no checkpoint yet: starting from the beginning")
		return nil, nil
	}
	if at.CorpusSHA256 != r.position.CorpusSHA256 && !r.config.AllowChangedText {
		return nil, fmt.Errorf("the text has changed: its sha256 is %.12s…, but %s was made with %.12s…; pass --allow-changed-text to go on all the same",
			r.position.CorpusSHA256, checkpoint, at.CorpusSHA256)
	}
	weights, err := readWeights(checkpoint, r.model.Config)
	if err != nil {
		return nil, err
	}
	for _, p := range r.model.Config.parameters() {
		if err := r.model.setWeight(p, weights[p.name]); err != nil {
			return nil, err
		}
	}
	if err := r.restoreTraining(checkpoint); err != nil {
		return nil, err
	}
	fresh := r.position
	r.position = at
	r.position.CorpusSHA256 = fresh.CorpusSHA256
	fresh.Schedule.Best, fresh.Schedule.Divided = at.Schedule.Best, at.Schedule.Divided
	r.position.Schedule = fresh.Schedule
	r.config.Warn(fmt.Sprintf("resuming after step %d from %s", at.Step, checkpoint))
	records, err := ReadHistory(checkpoint)
	for _, record := range records {
		if record.Kind == "epoch" {
			r.trainLoss, r.validLoss = record.Loss, record.ValidLoss
		}
	}
	return records, err
}

// train makes the steps of the run, and saves the model after the last one.
func (r *run) train(ctx context.Context, hooks hooks) error {
	r.epochStart, r.logStart = time.Now(), time.Now()
	for r.position.Step < r.steps {
		if ctx.Err() != nil {
			return r.interrupted()
		}
		if err := r.step(hooks); err != nil {
			return err
		}
		every := r.config.CheckpointEvery
		if r.config.Directory != "" && every > 0 && r.position.Step%every == 0 {
			if _, err := r.writeCheckpoint(); err != nil {
				return err
			}
		}
	}
	return r.finish(ctx)
}

func (r *run) interrupted() error {
	e := &Interrupted{Step: r.position.Step}
	if r.config.Directory == "" {
		return e
	}
	checkpoint, err := r.writeCheckpoint()
	if err != nil {
		return fmt.Errorf("interrupted after step %d, and the checkpoint could not be saved: %w", e.Step, err)
	}
	e.Checkpoint = checkpoint
	return e
}

// step makes one training step, and what comes at the end of an epoch.
func (r *run) step(hooks hooks) error {
	p := &r.position
	b := r.source.batch(p.Epoch, p.Index)
	rate := p.Schedule.at(p.Step)
	began := time.Now()
	loss, norm, err := r.stepper.run(b, rate)
	p.Seconds += time.Since(began).Seconds()
	if err != nil {
		return fmt.Errorf("step %d failed: %s; %s", p.Step+1, firstLine(err), r.lastSaved())
	}
	if !finite(loss) || !finite(norm) {
		return fmt.Errorf("step %d: loss is %v and the gradient's norm %v; %s; try a smaller learning rate or clipping", p.Step+1, loss, norm, r.lastSaved())
	}
	p.Step++
	p.Index++
	p.EpochLoss += loss * b.count
	p.EpochCount += b.count
	r.epochTokens += float64(len(b.tokens))
	r.logTokens += float64(len(b.tokens))
	hooks.step(p.Step, loss)
	if every := r.config.LogEvery; every > 0 && p.Step%every == 0 {
		record := Record{Kind: "step", Epoch: p.Epoch + 1, Step: p.Step, Loss: loss, LearningRate: rate, GradientNorm: norm,
			TokensPerSecond: r.logTokens / time.Since(r.logStart).Seconds()}
		r.logTokens, r.logStart = 0, time.Now()
		if err := r.history.append(record); err != nil {
			return err
		}
	}
	if p.Index == r.source.perEpoch() || p.Step == r.steps {
		return r.endEpoch(hooks, rate, norm)
	}
	return nil
}

// endEpoch evaluates, writes the history and begins the next epoch.
func (r *run) endEpoch(hooks hooks, rate, norm float64) error {
	p := &r.position
	r.trainLoss = p.EpochLoss / p.EpochCount
	validation := math.NaN()
	seconds := time.Since(r.epochStart).Seconds()
	if len(r.valid) > 0 {
		sum, err := r.model.totalLoss(context.Background(), r.valid, r.model.Config.Context)
		if err != nil {
			return err
		}
		validation = sum / float64(len(r.valid)-1)
		p.Schedule.epoch(validation)
	}
	r.validLoss = optional(validation)
	record := Record{Kind: "epoch", Epoch: p.Epoch + 1, Step: p.Step, Loss: r.trainLoss, ValidLoss: r.validLoss, LearningRate: rate,
		GradientNorm: norm, TokensPerSecond: r.epochTokens / seconds}
	if err := r.history.append(record); err != nil {
		return err
	}
	hooks.epoch(p.Epoch+1, r.trainLoss, validation)
	if p.Index == r.source.perEpoch() {
		p.Epoch++
		p.Index, p.EpochLoss, p.EpochCount = 0, 0, 0
		r.stepper.reset()
	}
	r.epochStart, r.epochTokens = time.Now(), 0
	return nil
}

// finish evaluates the test text and saves the model.
func (r *run) finish(ctx context.Context) error {
	if len(r.test) > 0 {
		sum, err := r.model.totalLoss(ctx, r.test, r.model.Config.Context)
		if err != nil {
			return err
		}
		r.testLoss = optional(sum / float64(len(r.test)-1))
	}
	if r.config.Directory == "" {
		return nil
	}
	if r.config.CheckpointEvery > 0 {
		if _, err := r.writeCheckpoint(); err != nil {
			return err
		}
	}
	if err := r.writeReceipt(r.config.Directory); err != nil {
		return err
	}
	return r.model.saveWeights(r.config.Directory)
}

// lastSaved says, for an error message, what there is to go back to.
func (r *run) lastSaved() string {
	if r.config.Directory == "" {
		return "nothing was saved"
	}
	checkpoint, _, err := newestCheckpoint(r.config.Directory, func(string) {})
	if err != nil || checkpoint == "" {
		return "there is no checkpoint"
	}
	return "the last checkpoint is " + checkpoint
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// firstLine is an error's message without the stack traces that GoMLX adds below it.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
