package train

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"owlm/internal/want"
	"owlm/lmkit/backend"
	"owlm/lmkit/rundir"
)

func TestSummarize(t *testing.T) {
	c := tiny(backend.Go)
	c.Directory = filepath.Join(t.TempDir(), "run")
	m := train(t, c)
	whole, err := Summarize(c.Directory)
	if err != nil || whole.Cell != "gru" || whole.Parameters != m.Config.Parameters() || whole.Epochs != 2 ||
		whole.Steps != 6 || len(whole.Losses) != 2 || *whole.Loss != whole.Losses[1] || whole.ValidLoss != nil ||
		whole.TestLoss != nil || *whole.TokensPerSecond <= 0 || whole.Tokens == "" {
		t.Fatalf("%+v, %v", whole, err)
	}
	replace := func(name, content string) {
		t.Helper()
		path := filepath.Join(c.Directory, name)
		err := os.WriteFile(path, []byte(content), 0o644)
		if content == "" {
			err = os.Remove(path)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	// The validation loss rises again; the lowest is measured between two epochs.
	replace(rundir.HistoryFile, `{"kind":"epoch","epoch":1,"step":3,"loss":3,"valid_loss":3.5,"tokens_per_second":10}
{"kind":"step","epoch":2,"step":5,"loss":1,"valid_loss":2.5,"tokens_per_second":1000}
{"kind":"epoch","epoch":2,"step":6,"loss":1.5,"valid_loss":2.75,"tokens_per_second":30}
{"kind":"epoch","epoch":3,"step":9,"loss":2,"tokens_per_second":20}
`)
	s, err := Summarize(c.Directory)
	if err != nil || *s.Loss != 2 || *s.BestLoss != 1.5 || s.ValidLoss != nil || *s.BestValidLoss != 2.5 ||
		s.Epochs != 3 || s.Steps != 9 || math.Abs(*s.Perplexity-math.Exp(2.5)) > 1e-12 || *s.TokensPerSecond != 20 ||
		len(s.ValidLosses) != 3 || !math.IsNaN(s.ValidLosses[2]) {
		t.Errorf("%+v, %v", s, err)
	}
	replace(rundir.HistoryFile, "")
	if s, err = Summarize(c.Directory); err != nil || *s.Loss != *whole.Loss || s.BestLoss != nil ||
		s.Perplexity != nil || s.TokensPerSecond != nil || s.Tokens != whole.Tokens {
		t.Errorf("without a history: %+v, %v", s, err)
	}
	replace(rundir.ReceiptFile, "")
	if s, err = Summarize(c.Directory); err != nil || s.Loss != nil || s.Epochs != 0 || s.Tokens != "" ||
		s.Cell != "gru" {
		t.Errorf("a model alone: %+v, %v", s, err)
	}
	replace(rundir.HistoryFile, "{}\n<html>\n{}\n")
	_, err = Summarize(c.Directory)
	want.Error(t, err, rundir.HistoryFile, "line 2")
	replace(rundir.ConfigFile, "")
	_, err = Summarize(c.Directory)
	want.Error(t, err, c.Directory, rundir.ConfigFile)
	_, err = Summarize(filepath.Join(c.Directory, "nothing"))
	want.Error(t, err, "nothing")
}
