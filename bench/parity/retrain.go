package parity

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"

	"owlm/bench/peers"
	"owlm/lmkit/dataset"
	"owlm/lmkit/ngram"
	"owlm/lmkit/rundir"
	"owlm/lmkit/train"
)

// Retraining compares runs of lmkit with the same training in PyTorch, and with n-gram models.
type Retraining struct {
	// Corpus is the name of the runs' text, SHA256 the text's hash in hexadecimal.
	Corpus string `json:"corpus"`
	SHA256 string `json:"sha256"`
	// Parts are the sizes of the training, validation and test part.
	Parts [3]dataset.PartSize `json:"parts"`
	// VocabularySize is that of all models.
	VocabularySize int `json:"vocabulary_size"`
	// Model describes what was trained.
	Model string `json:"model"`
	// Trainings lists the runs, each followed by PyTorch's of the same seed. Counted lists n-gram models of the same
	// tokens.
	Trainings []Training `json:"trainings"`
	Counted   []Counted  `json:"counted"`
	// Command is the command that compared.
	Command []string `json:"command"`

	common train.Config // what the runs must share: all settings but seed and directory
}

// Training is a run of lmkit or PyTorch.
type Training struct {
	// System is lmkit's engine, or PyTorch.
	System  string              `json:"system"`
	Seed    uint64              `json:"seed"`
	Epochs  []Epoch             `json:"epochs"`
	Valid   dataset.Evaluation  `json:"valid"`
	Test    *dataset.Evaluation `json:"test,omitempty"`
	Steps   int                 `json:"steps"`
	Seconds float64             `json:"seconds"`
	// Inputs is the sha256 of the run's settings and token file, on which its training depends.
	Inputs string `json:"inputs"`
	// Command is the command that trained, Versions and Device what it ran on.
	Command  []string          `json:"command"`
	Versions map[string]string `json:"versions"`
	Device   string            `json:"device"`
}

// Epoch contains the mean training loss of an epoch, and the validation loss after it, in nats.
type Epoch struct {
	Epoch     int      `json:"epoch"`
	Loss      float64  `json:"loss"`
	ValidLoss *float64 `json:"valid_loss"`
}

// Counted is an interpolated Kneser-Ney model of n-grams.
type Counted struct {
	Order int                 `json:"order"`
	Valid dataset.Evaluation  `json:"valid"`
	Test  *dataset.Evaluation `json:"test,omitempty"`
}

// Retrain repeats runs of lmkit in PyTorch: it trains from the same token files, with the same settings and seeds. The
// runs must have the same text, split into the same parts. Retrain also counts n-grams of the given orders.
//
// If out is not "", Retrain saves the results after each training as OUT.json, with a table in OUT.md, and does not
// repeat a training that is saved there. python is as for Run.
func Retrain(ctx context.Context, checkout, python string, runs []string, orders []int, out string, log io.Writer) (
	*Retraining, error) {
	before, err := readRetraining(out)
	if err != nil {
		return nil, err
	}
	if python, err = pythonOr(ctx, python, log); err != nil {
		return nil, err
	}
	r := &Retraining{Command: os.Args}
	for _, dir := range runs {
		ours, err := r.add(dir, orders)
		if err != nil {
			return nil, err
		}
		theirs, known := before.find(ours.Inputs)
		if !known {
			fmt.Fprintf(log, "training in PyTorch what %s has …\n", dir)
			if theirs, err = r.train(ctx, checkout, python, dir, ours, log); err != nil {
				return nil, err
			}
		}
		r.Trainings = append(r.Trainings, ours, theirs)
		if err := r.save(out); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// find returns PyTorch's training from some inputs.
func (r *Retraining) find(inputs string) (Training, bool) {
	if r != nil {
		for _, t := range r.Trainings {
			if t.System == peers.PyTorch && t.Inputs == inputs {
				return t, true
			}
		}
	}
	return Training{}, false
}

// add reads the run in a directory. The first run sets what the others must agree with, and its n-grams are counted.
func (r *Retraining) add(dir string, orders []int) (t Training, err error) {
	config, err := train.ReadRun(dir)
	if err != nil {
		return t, err
	}
	tokens, err := dataset.OpenFile(filepath.Join(dir, dataset.TokensFile))
	if err != nil {
		return t, err
	}
	defer tokens.Close()
	sum, common, first := hex.EncodeToString(tokens.Text[:]), config, len(r.Trainings) == 0
	common.Seed, common.Directory = 0, ""
	if first {
		r.Corpus, r.SHA256, r.Parts, r.VocabularySize = config.TextName, sum, tokens.Sizes, tokens.VocabularySize
		r.Model, r.common = description(config), common
	}
	if r.SHA256 != sum || r.Parts != tokens.Sizes || r.VocabularySize != tokens.VocabularySize ||
		!reflect.DeepEqual(r.common, common) {
		return t, fmt.Errorf("%s: its text, tokens or settings are not those of the first run; "+
			"compare runs that differ only in the seed", dir)
	}
	if r.Parts[1].Tokens < 2 {
		return t, fmt.Errorf("%s: the run has no validation part to compare; train with --valid", dir)
	}
	if first {
		if err := r.count(tokens, orders); err != nil {
			return t, err
		}
	}
	return r.ours(dir, config)
}

// ours returns the result of the run in a directory.
func (r *Retraining) ours(dir string, config train.Config) (t Training, err error) {
	receipt, err := rundir.ReadReceipt(dir)
	if err != nil {
		return t, err
	}
	history, err := rundir.ReadHistory(dir)
	if err != nil {
		return t, err
	}
	if receipt.ValidLoss == nil || receipt.Epochs < config.Epochs {
		return t, fmt.Errorf("%s: the run is not finished; go on with lmkit train --resume", dir)
	}
	if t.Inputs, err = inputs(dir); err != nil {
		return t, err
	}
	t.System, t.Seed, t.Steps, t.Seconds = "lmkit, "+receipt.Backend, receipt.Seed, receipt.Steps, receipt.Seconds
	t.Command, t.Versions, t.Device = receipt.Command, receipt.Versions, receipt.Device
	for _, record := range history {
		if record.Kind == "epoch" {
			t.Epochs = append(t.Epochs, Epoch{record.Epoch, record.Loss, record.ValidLoss})
		}
	}
	r.evaluate(&t, *receipt.ValidLoss, receipt.TestLoss)
	return t, nil
}

// evaluate sets the final losses of a training.
func (r *Retraining) evaluate(t *Training, valid float64, test *float64) {
	t.Valid = r.part(1).Evaluation(valid)
	if test != nil {
		e := r.part(2).Evaluation(*test)
		t.Test = &e
	}
}

// part returns a part of the text without its tokens.
func (r *Retraining) part(i int) dataset.Part { return dataset.Part{PartSize: r.Parts[i]} }

// inputs returns the sha256 of the files on which a run's training depends.
func inputs(dir string) (string, error) {
	sum := sha256.New()
	for _, name := range []string{"run.json", dataset.TokensFile} {
		file, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			return "", err
		}
		_, err = io.Copy(sum, file)
		if err := errors.Join(err, file.Close()); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// count makes and evaluates n-gram models of a run's tokens.
func (r *Retraining) count(tokens *dataset.File, orders []int) error {
	at, parts := 0, [3]dataset.Part{}
	for i, size := range tokens.Sizes {
		parts[i] = dataset.Part{IDs: dataset.Stretch(tokens, at, at+size.Tokens), PartSize: size}
		at += size.Tokens
	}
	for _, order := range orders {
		model, err := ngram.NewKneserNey(dataset.All(parts[0].IDs), order, tokens.VocabularySize)
		if err != nil {
			return err
		}
		c := Counted{Order: order}
		if c.Valid, err = model.Evaluate(parts[1]); err != nil {
			return err
		}
		if parts[2].Tokens > 1 {
			e, err := model.Evaluate(parts[2])
			if err != nil {
				return err
			}
			c.Test = &e
		}
		r.Counted = append(r.Counted, c)
	}
	return nil
}
