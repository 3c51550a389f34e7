package train

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"owlm/internal/want"
	"owlm/lmkit"
	"owlm/lmkit/backend"
	"owlm/lmkit/corpora"
	"owlm/lmkit/rundir"
)

// TestHookSeesRecords compares what a HookFunc receives with the history of the run.
func TestHookSeesRecords(t *testing.T) {
	c := tiny(backend.Go)
	c.Directory, c.LogEvery, c.Valid, c.Vocabulary.Unknown = filepath.Join(t.TempDir(), "run"), 1, 0.2, "<unk>"
	var seen []Record
	c.Hooks = []Hook{HookFunc(func(r Record) error { seen = append(seen, r); return nil })}
	train(t, c)
	written, err := rundir.ReadHistory(c.Directory)
	if err != nil || len(written) != len(seen) || len(seen) == 0 {
		t.Fatalf("%d records, %d in the history, %v", len(seen), len(written), err)
	}
	for i, r := range seen {
		w := written[i]
		if r.Kind != w.Kind || r.Step != w.Step || r.Epoch != w.Epoch || r.Loss != w.Loss ||
			r.LearningRate != w.LearningRate || r.GradientNorm != w.GradientNorm ||
			r.TokensPerSecond != w.TokensPerSecond || (r.ValidLoss == nil) != (w.ValidLoss == nil) {
			t.Errorf("the hook saw %+v, the history has %+v", r, w)
		}
		if r.TokensPerSecond <= 0 || r.GradientNorm <= 0 || r.LearningRate != c.LearningRate {
			t.Errorf("%+v lacks values", r)
		}
	}
}

// TestHookStops stops runs within and at the end of an epoch: the model is saved, and the receipt has the number of
// steps.
func TestHookStops(t *testing.T) {
	for _, at := range []int{1, 3, 4} { // an epoch has three steps
		c := tiny(backend.Go)
		c.Directory, c.Epochs = filepath.Join(t.TempDir(), "run"), 50
		c.Valid, c.Test, c.Vocabulary.Unknown, c.BatchSize = 0.2, 0.2, "<unk>", 8
		var warnings []string
		c.Warn = func(message string) { warnings = append(warnings, message) }
		c.Hooks = []Hook{HookFunc(func(r Record) error {
			if r.Kind == "step" && r.Step == at {
				return ErrStop
			}
			return nil
		})}
		m, err := Run(t.Context(), corpora.Owl, c)
		if err != nil {
			t.Fatal(err)
		}
		opened, err := lmkit.Open(c.Directory, backend.Go)
		if err != nil || opened.Note != "" || !bytes.Equal(bytesOf(t, m), bytesOf(t, opened)) {
			t.Errorf("step %d: the saved model is another: %v", at, err)
		}
		receipt, err := rundir.ReadReceipt(c.Directory)
		if err != nil || receipt.Steps != at || receipt.TestLoss == nil || receipt.TrainLoss == 0 {
			t.Errorf("step %d: %+v, %v", at, receipt, err)
		}
		if len(warnings) != 1 {
			t.Errorf("step %d: warnings %q", at, warnings)
		}
	}
}

// TestHookFails returns another error from a hook: the run is saved, can be resumed and ends like a run that was never
// stopped.
func TestHookFails(t *testing.T) {
	c := tiny(backend.Go)
	c.Epochs = 4
	straight := bytesOf(t, train(t, c))
	full := errors.New("the disk of the dashboard is full\nand so is the other")
	failing := HookFunc(func(r Record) error {
		if r.Step == 5 {
			return full
		}
		return nil
	})
	c.Hooks = []Hook{failing}
	m, err := Run(t.Context(), corpora.Owl, c)
	want.Error(t, err, "step 5", "a hook failed", "the dashboard is full")
	if !errors.Is(err, full) || m == nil {
		t.Errorf("%v, model %v", err, m)
	}
	c.Directory = filepath.Join(t.TempDir(), "run")
	_, err = Run(t.Context(), corpora.Owl, c)
	want.Error(t, err, "saved as", "step-00000005")
	c.Hooks, c.Resume = nil, true
	if !bytes.Equal(straight, bytesOf(t, train(t, c))) {
		t.Error("the resumed run ends with other weights")
	}
}

// TestInterruptedModel cancels a run: Run returns its model with the error, and Open finds the same weights in the
// directory.
func TestInterruptedModel(t *testing.T) {
	for _, engine := range engines(t) {
		c := tiny(engine)
		c.Directory, c.CheckpointEvery, c.Epochs = filepath.Join(t.TempDir(), "run"), 2, 4
		ctx, cancel := context.WithCancel(t.Context())
		h := &lossHook{stop: cancel, stopAt: 5}
		c.Hooks = []Hook{h}
		m, err := Run(ctx, corpora.Owl, c)
		var interrupted *Interrupted
		if !errors.As(err, &interrupted) || m == nil {
			t.Fatalf("%v, model %v", err, m)
		}
		weights := bytesOf(t, m)
		opened, err := lmkit.Open(c.Directory, engine)
		if err != nil || !bytes.Equal(weights, bytesOf(t, opened)) {
			t.Fatalf("Open: other weights, %v", err)
		}
		want.Error(t, errors.New(opened.Note), c.Directory, "has not ended", "after step 5")
		for _, err := range opened.Generate(t.Context(), "once upon", lmkit.GenerateConfig{Length: 2}) {
			if err != nil {
				t.Error(err)
			}
		}
		// If the newest checkpoint is damaged, Open takes the one before and names the damaged one.
		names, err := rundir.List(c.Directory)
		if err != nil || !slices.Equal(names, []string{"step-00000002", "step-00000004", "step-00000005"}) {
			t.Fatalf("%v, %v", names, err)
		}
		damage(t, filepath.Join(rundir.Checkpoints(c.Directory), names[2], rundir.WeightsFile))
		if opened, err = lmkit.Open(c.Directory, engine); err != nil {
			t.Fatal(err)
		}
		want.Error(t, errors.New(opened.Note), "after step 4", "passing over a damaged checkpoint", names[2])
		for _, name := range names[:2] {
			damage(t, filepath.Join(rundir.Checkpoints(c.Directory), name, rundir.WeightsFile))
		}
		_, err = lmkit.Open(c.Directory, engine)
		want.Error(t, err, "no checkpoint", names[0], names[1], names[2])
	}
}
