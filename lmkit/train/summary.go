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

// Summary holds the results of a training run. Losses are mean cross entropies in nats. A nil value is not known.
type Summary struct {
	Directory  string `json:"directory"`
	Cell       string `json:"cell"`
	Parameters int    `json:"parameters"`
	// Epochs and Steps are the numbers of epochs and training steps made.
	Epochs int `json:"epochs"`
	Steps  int `json:"steps"`
	// Loss is the training loss of the last epoch and BestLoss the lowest of all epochs. ValidLoss and BestValidLoss
	// are the same for the validation part; the best may have been measured between epochs.
	Loss          *float64 `json:"loss"`
	BestLoss      *float64 `json:"best_loss"`
	ValidLoss     *float64 `json:"valid_loss"`
	BestValidLoss *float64 `json:"best_valid_loss"`
	// TestLoss is the loss of the finished model on the test part.
	TestLoss *float64 `json:"test_loss"`
	// Perplexity is exp(BestValidLoss) or, without a validation part, exp(BestLoss). It is nil if it is infinite.
	Perplexity *float64 `json:"perplexity"`
	// TokensPerSecond is the median of the epochs.
	TokensPerSecond *float64 `json:"tokens_per_second"`
	// Tokens is a hash of the text, the shares held out, the tokenizer and the vocabulary. Losses can only be compared
	// between runs with the same Tokens. It is "" if the directory has no settings or no receipt.
	Tokens string `json:"tokens"`
	// Losses and ValidLosses are the curves, with a value for each epoch; NaN if none was measured.
	Losses      []float64 `json:"-"`
	ValidLosses []float64 `json:"-"`
}

// Summarize reads the results of the run in a directory: config.json, which must exist, and its history and receipt if
// it has them.
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
		s.Epochs, s.Steps = receipt.Epochs, receipt.Steps
		s.Loss, s.ValidLoss, s.TestLoss = &receipt.TrainLoss, receipt.ValidLoss, receipt.TestLoss
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

// lower returns the lower of two losses, of which either may be nil.
func lower(a, b *float64) *float64 {
	if a == nil || b != nil && *b < *a {
		return b
	}
	return a
}

// valueOf returns the value, or NaN for nil.
func valueOf(p *float64) float64 {
	if p == nil {
		return math.NaN()
	}
	return *p
}

// tokensHash returns the hash for Summary.Tokens, or "" if the directory has no settings. textHash is the hash of the
// text.
func tokensHash(dir, textHash string) (string, error) {
	if _, err := os.Stat(filepath.Join(dir, rundir.SettingsFile)); errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	c, err := ReadRun(dir)
	if err != nil {
		return "", err
	}
	hash := sha256.New()
	fmt.Fprintf(hash, "%s %v %v\n", textHash, c.Valid, c.Test)
	for _, name := range []string{rundir.TokenizerFile, rundir.VocabularyFile} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return "", err
		}
		hash.Write(data)
	}
	return hex.EncodeToString(hash.Sum(nil))[:16], nil
}
