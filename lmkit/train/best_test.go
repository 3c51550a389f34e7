package train

import (
	"bytes"
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"owlm/internal/want"
	"owlm/lmkit/backend"
	"owlm/lmkit/corpora"
	"owlm/lmkit/rundir"
)

// overfitting returns a run whose validation loss falls and then rises, because the model learns a short text by heart.
func overfitting(t *testing.T) Config {
	c := tiny(backend.Go)
	c.Objective, c.BatchSize, c.Epochs, c.LearningRate = Stream{Length: 4}, 2, 12, 0.05
	c.Valid, c.Vocabulary.Unknown, c.Directory = 0.3, "<unk>", filepath.Join(t.TempDir(), "run")
	return c
}

// TestKeepBest compares the finished weights with the lowest validation loss of the history, and looks for its
// checkpoint.
func TestKeepBest(t *testing.T) {
	c := overfitting(t)
	last := bytesOf(t, train(t, c))
	c.Directory += "-best"
	c.KeepBest, c.CheckpointEvery = true, 1
	m := train(t, c)
	h, err := rundir.ReadHistory(c.Directory)
	if err != nil {
		t.Fatal(err)
	}
	best := slices.MinFunc(h, func(a, b rundir.Record) int {
		if *a.ValidLoss < *b.ValidLoss {
			return -1
		}
		return 1
	})
	if best.Epoch > 8 {
		t.Fatalf("the best epoch is %d: the run is no test of keeping an early one", best.Epoch)
	}
	receipt, err := rundir.ReadReceipt(c.Directory)
	if err != nil || receipt.Best == nil {
		t.Fatal(receipt, err)
	}
	want := rundir.Best{ValidLoss: *best.ValidLoss, Step: best.Step, Epoch: best.Epoch, Kept: true}
	if *receipt.Best != want || *receipt.ValidLoss != want.ValidLoss {
		t.Errorf("the receipt has %+v and %v, want %+v", *receipt.Best, *receipt.ValidLoss, want)
	}
	if bytes.Equal(last, bytesOf(t, m)) {
		t.Error("the weights are those of the last step")
	}
	checkpoint := filepath.Join(rundir.Checkpoints(c.Directory), rundir.CheckpointName(best.Step))
	kept, err := os.ReadFile(filepath.Join(checkpoint, rundir.WeightsFile))
	if err != nil || !bytes.Equal(kept, bytesOf(t, m)) {
		t.Errorf("the best checkpoint has other weights: %v", err)
	}
	names, err := rundir.List(c.Directory)
	if err != nil || len(names) != 4 {
		t.Errorf("checkpoints %v, %v", names, err)
	}
	// The run itself continued from its last weights, which its newest checkpoint has.
	newest, err := os.ReadFile(filepath.Join(rundir.Checkpoints(c.Directory), names[len(names)-1], rundir.WeightsFile))
	if err != nil || !bytes.Equal(newest, last) {
		t.Errorf("the newest checkpoint has other weights than the last step: %v", err)
	}
}

// TestKeepBestResumes interrupts a run before and after its best epoch: it ends like a run without interruptions.
func TestKeepBestResumes(t *testing.T) {
	c := overfitting(t)
	c.KeepBest, c.ValidateEvery, c.Dropout = true, 3, Dropout{Embeddings: 0.2, Outputs: 0.3, Locked: true}
	c.Samples = SampleOptions{Every: 5, Prompt: "once", Length: 3, Temperature: 1}
	straight := bytesOf(t, train(t, c))
	want, err := rundir.ReadHistory(c.Directory)
	if err != nil {
		t.Fatal(err)
	}
	c.Directory += "-interrupted"
	for _, at := range []int{2, 9, 31} {
		interruptAt(t, c, at)
		c.Resume = true
	}
	if !bytes.Equal(straight, bytesOf(t, train(t, c))) {
		t.Error("the resumed run ends with other weights")
	}
	got, err := rundir.ReadHistory(c.Directory)
	if err != nil {
		t.Fatal(err)
	}
	same := slices.EqualFunc(want, got, func(a, b rundir.Record) bool {
		a.TokensPerSecond, b.TokensPerSecond = 0, 0
		valid := (a.ValidLoss == nil) == (b.ValidLoss == nil) && (a.ValidLoss == nil || *a.ValidLoss == *b.ValidLoss)
		a.ValidLoss, b.ValidLoss = nil, nil
		return valid && a == b
	})
	if !same {
		t.Errorf("the histories differ:\n%+v\n%+v", want, got)
	}
}

// TestBestWeightsAreGone removes the checkpoint with the best weights and resumes the run.
func TestBestWeightsAreGone(t *testing.T) {
	c := overfitting(t)
	c.KeepBest = true
	train(t, c)
	receipt, err := rundir.ReadReceipt(c.Directory)
	if err != nil {
		t.Fatal(err)
	}
	best := filepath.Join(rundir.Checkpoints(c.Directory), rundir.CheckpointName(receipt.Best.Step))
	if err := os.RemoveAll(best); err != nil {
		t.Fatal(err)
	}
	var warnings []string
	c.Resume, c.Epochs, c.Warn = true, 14, func(message string) { warnings = append(warnings, message) }
	train(t, c)
	if !strings.Contains(strings.Join(warnings, "\n"), "not there any more") {
		t.Errorf("warnings: %q", warnings)
	}
	if receipt, err = rundir.ReadReceipt(c.Directory); err != nil || receipt.Best.Epoch < 13 {
		t.Errorf("the best epoch is %+v, %v", receipt.Best, err)
	}
}

func TestPatience(t *testing.T) {
	c := overfitting(t)
	var warnings []string
	c.Epochs, c.Patience, c.Warn = 30, 2, func(message string) { warnings = append(warnings, message) }
	train(t, c)
	receipt, err := rundir.ReadReceipt(c.Directory)
	if err != nil {
		t.Fatal(err)
	}
	if receipt.Epochs != receipt.Best.Epoch+2 || receipt.Epochs == 30 || receipt.Best.Kept {
		t.Errorf("%d epochs, best %+v", receipt.Epochs, receipt.Best)
	}
	if !strings.Contains(strings.Join(warnings, "\n"), "stopped after epoch") {
		t.Errorf("warnings: %q", warnings)
	}
}

// watcher is a hook that keeps the validation losses and samples it receives.
type watcher struct {
	lossHook
	validations map[int]float64
	samples     map[int]string
}

func (w *watcher) Validation(step int, loss float64) { w.validations[step] = loss }

func (w *watcher) Sample(step int, text string) { w.samples[step] = text }

func TestValidationsAndSamplesBetweenEpochs(t *testing.T) {
	w := &watcher{validations: map[int]float64{}, samples: map[int]string{}}
	c := overfitting(t)
	c.Epochs, c.ValidateEvery, c.Hooks = 4, 3, []Hook{w}
	c.Samples = SampleOptions{Every: 4, Prompt: "Once upon", Length: 3}
	train(t, c)
	steps := len(w.steps)
	if len(w.validations) != steps/3 || len(w.samples) != steps/4 || steps < 8 {
		t.Fatalf("%d steps, validations %v, samples %v", steps, w.validations, w.samples)
	}
	if words := strings.Fields(w.samples[4]); len(words) != 5 || words[0] != "Once" {
		t.Errorf("sample %q", w.samples[4])
	}
	records, err := rundir.ReadHistory(c.Directory)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		if r.Kind != "step" {
			continue
		}
		if r.Sample != w.samples[r.Step] || r.ValidLoss == nil && r.Step%3 == 0 ||
			r.ValidLoss != nil && *r.ValidLoss != w.validations[r.Step] {
			t.Errorf("%+v", r)
		}
	}
	c.Directory = ""
	c.Samples.Prompt = "a dragon"
	c.Vocabulary.Unknown, c.Valid, c.ValidateEvery = "", 0, 0
	_, err = Run(context.Background(), corpora.Owl, c)
	want.Error(t, err, "sample prompt", `"dragon"`)
}

// cancelledAfter is a context that is cancelled once a hook has seen so many steps, which is while the run validates.
type cancelledAfter struct {
	context.Context
	hook *lossHook
	step int
}

func (c cancelledAfter) Err() error {
	if len(c.hook.steps) < c.step {
		return nil
	}
	return context.Canceled
}

// TestInterruptedValidation interrupts a run while it validates: it saves a checkpoint at once, and validates when it
// is resumed.
func TestInterruptedValidation(t *testing.T) {
	c := overfitting(t)
	c.Epochs, c.KeepBest = 3, true
	straight := bytesOf(t, train(t, c))
	want, err := rundir.ReadHistory(c.Directory)
	if err != nil {
		t.Fatal(err)
	}
	perEpoch := want[0].Step
	c.Directory += "-interrupted"
	h := &lossHook{}
	c.Hooks = []Hook{h}
	_, err = Run(cancelledAfter{context.Background(), h, perEpoch}, corpora.Owl, c)
	var interrupted *Interrupted
	if !errors.As(err, &interrupted) || interrupted.Step != perEpoch || len(h.epochs) != 0 {
		t.Fatalf("%v, epochs %v", err, h.epochs)
	}
	c.Resume = true
	if !bytes.Equal(straight, bytesOf(t, train(t, c))) || len(h.epochs) != 3 {
		t.Errorf("the resumed run ends with other weights, or the hook saw %d epochs", len(h.epochs))
	}
	got, err := rundir.ReadHistory(c.Directory)
	if err != nil || len(got) != len(want) || *got[0].ValidLoss != *want[0].ValidLoss ||
		math.Abs(got[0].Loss-want[0].Loss) > 1e-12 {
		t.Errorf("%+v, want %+v, %v", got, want, err)
	}
}
