package train

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"

	"owlm/lmkit"
	"owlm/lmkit/rundir"
)

// Summary is what a training run came to. Losses are mean cross entropies in nats; nil is not known.
type Summary struct {
	Directory  string `json:"directory"`
	Cell       string `json:"cell"`
	Parameters int    `json:"parameters"`
	// Epochs and Steps are how far the run came.
	Epochs int `json:"epochs"`
	Steps  int `json:"steps"`
	// Loss is the last epoch's training loss, BestLoss the lowest of all epochs; the same for the validation text,
	// which may have been measured between epochs too.
	Loss          *float64 `json:"loss"`
	BestLoss      *float64 `json:"best_loss"`
	ValidLoss     *float64 `json:"valid_loss"`
	BestValidLoss *float64 `json:"best_valid_loss"`
	// TestLoss is that of the finished model on the test text.
	TestLoss *float64 `json:"test_loss"`
	// Perplexity is exp(BestValidLoss) or, without a validation text, exp(BestLoss).
	Perplexity *float64 `json:"perplexity"`
	// TokensPerSecond is the median over the epochs.
	TokensPerSecond *float64 `json:"tokens_per_second"`
	// Tokens tells apart what was predicted: runs with the same Tokens, a hash of text, shares, tokenizer and vocabulary,
	// have losses that compare. "" if the run has no settings or receipt.
	Tokens string `json:"tokens"`
	// Losses and ValidLosses are the curves, a value an epoch; NaN where none was measured.
	Losses      []float64 `json:"-"`
	ValidLosses []float64 `json:"-"`
}

// Summarize reads what is known of the run in a directory: at least config.json, and its history and receipt if they
// are there.
func Summarize(dir string) (Summary, error) {
	s := Summary{Directory: dir}
	description, err := lmkit.ReadDescription(dir)
	if err != nil {
		return s, err
	}
	s.Cell, s.Parameters = description.Config.Cell.String(), description.Config.Parameters()
	receipt, err := rundir.ReadReceipt(dir)
	switch {
	case err == nil:
		s.Epochs, s.Steps, s.Loss, s.ValidLoss, s.TestLoss = receipt.Epochs, receipt.Steps, &receipt.TrainLoss, receipt.ValidLoss, receipt.TestLoss
		if s.Tokens, err = tokensHash(dir, receipt.Corpus.SHA256); err != nil {
			return s, err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return s, err
	}
	if _, err := os.Stat(filepath.Join(dir, rundir.HistoryFile)); errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	records, err := rundir.ReadHistory(dir)
	if err != nil {
		return s, err
	}
	s.addHistory(records)
	return s, nil
}

func (s *Summary) addHistory(records []rundir.Record) {
	var rates []float64
	for _, r := range records {
		s.Steps = max(s.Steps, r.Step)
		s.BestValidLoss = lower(s.BestValidLoss, r.ValidLoss)
		if r.Kind != "epoch" {
			continue
		}
		s.Epochs = max(s.Epochs, r.Epoch)
		s.Loss, s.ValidLoss = &r.Loss, r.ValidLoss
		s.BestLoss = lower(s.BestLoss, s.Loss)
		s.Losses, s.ValidLosses = append(s.Losses, r.Loss), append(s.ValidLosses, valueOf(r.ValidLoss))
		rates = append(rates, r.TokensPerSecond)
	}
	best := s.BestValidLoss
	if best == nil {
		best = s.BestLoss
	}
	if best != nil {
		if perplexity := math.Exp(*best); finite(perplexity) { // JSON has no infinity
			s.Perplexity = &perplexity
		}
	}
	if len(rates) > 0 {
		slices.Sort(rates)
		s.TokensPerSecond = &rates[len(rates)/2]
	}
}

// lower is the lower of two losses, either of which may not be known.
func lower(a, b *float64) *float64 {
	if a == nil || b != nil && *b < *a {
		return b
	}
	return a
}

// valueOf is the value, NaN for nil.
func valueOf(p *float64) float64 {
	if p == nil {
		return math.NaN()
	}
	return *p
}

// tokensHash is a hash of all that decides which tokens a run predicted; "" for a model without the settings of a run.
func tokensHash(dir, corpus string) (string, error) {
	if _, err := os.Stat(filepath.Join(dir, rundir.SettingsFile)); errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	c, err := ReadRun(dir)
	if err != nil {
		return "", err
	}
	hash := sha256.New()
	fmt.Fprintf(hash, "%s %v %v\n", corpus, c.Valid, c.Test)
	for _, name := range []string{rundir.TokenizerFile, rundir.VocabularyFile} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return "", err
		}
		hash.Write(data)
	}
	return hex.EncodeToString(hash.Sum(nil))[:16], nil
}
