package train

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"owlm/internal/want"
	"owlm/lmkit"
	"owlm/lmkit/corpora"
	"owlm/lmkit/dataset"
	"owlm/lmkit/network"
	"owlm/lmkit/rundir"
	"owlm/lmkit/text"
)

// TestOpenResumed interrupts a run that had ended and was resumed: Open and From take the weights of its checkpoint.
func TestOpenResumed(t *testing.T) {
	c := tiny("go")
	c.Directory, c.CheckpointEvery, c.Epochs, c.Steps = filepath.Join(t.TempDir(), "run"), 2, 0, 4
	train(t, c)
	opened, err := lmkit.Open(c.Directory, "go")
	if err != nil || opened.Note != "" {
		t.Fatalf("the run has ended: %q, %v", opened.Note, err)
	}
	c.Resume, c.Steps = true, 20
	interruptAt(t, c, 7)
	if opened, err = lmkit.Open(c.Directory, "go"); err != nil {
		t.Fatal(err)
	}
	want.Error(t, errors.New(opened.Note), "has not ended", "after step 7")
	var note string
	from := tiny("go")
	from.Model, from.Tokenizer, from.From, from.Epochs, from.Steps = network.Config{}, nil, c.Directory, 0, 1
	from.LearningRate, from.Warn = 1e-30, func(message string) { note = message }
	if m := train(t, from); !bytes.Equal(bytesOf(t, m), bytesOf(t, opened)) || note != opened.Note || m.Note != "" {
		t.Errorf("from the unfinished run: other weights, or note %q", note)
	}
	for _, name := range []string{rundir.WeightsFile, "checkpoints"} {
		if err := os.RemoveAll(filepath.Join(c.Directory, name)); err != nil {
			t.Fatal(err)
		}
	}
	_, err = Run(t.Context(), corpora.Owl, from)
	var unfinished *lmkit.UnfinishedError
	if !errors.As(err, &unfinished) {
		t.Errorf("from a run without a checkpoint: %v", err)
	}
}

// TestEpochLineOnce ends runs within an epoch and resumes them: the history has one line for each epoch.
func TestEpochLineOnce(t *testing.T) {
	c := tiny("go")
	c.Directory, c.CheckpointEvery, c.Epochs, c.Steps = filepath.Join(t.TempDir(), "run"), 1, 0, 1
	train(t, c)
	c.Resume = true
	for _, steps := range []int{2, 3, 40} {
		c.Steps = steps
		train(t, c)
	}
	records, err := rundir.ReadHistory(c.Directory)
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[int]bool)
	for _, record := range records {
		if record.Kind != "epoch" {
			continue
		}
		if seen[record.Epoch] {
			t.Errorf("epoch %d has two lines, the second after step %d", record.Epoch, record.Step)
		}
		seen[record.Epoch] = true
	}
	if len(seen) < 2 {
		t.Errorf("epochs %v", seen)
	}
}

// TestOtherMerges changes the tokenizer in the directory of a run that was given it: the run is not resumed with it.
func TestOtherMerges(t *testing.T) {
	given, err := text.ReadTokenizer("../text/testdata/written.json")
	if err != nil {
		t.Fatal(err)
	}
	c := learning(t)
	c.Tokenizer, c.Vocabulary.Size = given, 0
	train(t, c)
	path := filepath.Join(c.Directory, rundir.TokenizerFile)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	other := strings.NewReplacer(`"x x"`, `"a b"`, `"a b"`, `"x x"`).Replace(string(data))
	if err := os.WriteFile(path, []byte(other), 0o644); err != nil || other == string(data) {
		t.Fatal("nothing was swapped", err)
	}
	_, err = ReadRun(c.Directory)
	want.Error(t, err, path, "not the one that the run was started with", "sha256")
	c.Resume, c.Epochs = true, 3
	_, err = Run(t.Context(), corpora.Owl, c)
	want.Error(t, err, path, "sha256")
}

// TestLeftovers removes what a killed run left of its token file, whatever the directory is called.
func TestLeftovers(t *testing.T) {
	c := tiny("go")
	c.Directory, c.CheckpointEvery = filepath.Join(t.TempDir(), "r[u]n"), 2
	if _, err := Run(t.Context(), stored("it", corpora.OwlText), c); err != nil {
		t.Fatal(err)
	}
	left := filepath.Join(c.Directory, "."+dataset.TokensFile+"123")
	if err := os.WriteFile(left, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	c.Resume, c.AllowChangedText, c.Epochs = true, true, 4
	if _, err := Run(t.Context(), stored("it", corpora.OwlText+" the owl"), c); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(left); err == nil {
		t.Error("what a killed run left is still there")
	}
}

// TestDamagedSettings reads run.json that has lost settings which every version writes.
func TestDamagedSettings(t *testing.T) {
	for _, content := range []string{`{}`, `{"fixed":{"cell":"lstm"}}`, `null`} {
		path := want.File(t, rundir.SettingsFile, content)
		_, err := ReadRun(filepath.Dir(path))
		want.Error(t, err, path, "is damaged", "tokenizer", "batch", "another directory")
	}
	path := want.File(t, rundir.SettingsFile, `[]`)
	_, err := ReadRun(filepath.Dir(path))
	want.Error(t, err, path, "array")
	if strings.Contains(err.Error(), "map[") {
		t.Error(err)
	}
}

// epochsSeen is a hook that notes the epochs of a run, those before it was resumed with a minus.
type epochsSeen struct {
	HookFunc
	epochs, steps []int
}

func (e *epochsSeen) Epoch(epoch int, _, _ float64) { e.epochs = append(e.epochs, epoch) }

func (e *epochsSeen) Resumed(epoch, step int, loss, validation float64) {
	if loss > 0 && math.IsNaN(validation) {
		e.epochs, e.steps = append(e.epochs, -epoch), append(e.steps, step)
	}
}

// TestResumedHooks stops a run and resumes it: hooks and messages say what was before, and when no step is left.
func TestResumedHooks(t *testing.T) {
	c := tiny("go")
	c.Directory, c.Epochs, c.Steps = filepath.Join(t.TempDir(), "run"), 5, 0
	perEpoch := 0
	c.Hooks = []Hook{HookFunc(func(r Record) error {
		if r.Kind == "epoch" {
			perEpoch = r.Step
			return ErrStop
		}
		return nil
	})}
	train(t, c)
	if err := os.RemoveAll(c.Directory); err != nil {
		t.Fatal(err)
	}
	c.Hooks = nil
	interruptAt(t, c, 2*perEpoch+1)
	var messages []string
	seen := &epochsSeen{HookFunc: func(Record) error { return nil }}
	bar := &progress{}
	c.Resume, c.Hooks, c.Warn = true, []Hook{seen, bar}, func(m string) { messages = append(messages, m) }
	train(t, c)
	wanted := fmt.Sprint([]int{-1, -2, 3, 4, 5}, []int{perEpoch, 2 * perEpoch})
	if got := fmt.Sprint(seen.epochs, seen.steps); got != wanted {
		t.Errorf("epochs and steps %s, want %s", got, wanted)
	}
	if got, want := bar.result(nil), fmt.Sprintf("gru: %d steps, 5 epochs", 5*perEpoch); got != want {
		t.Errorf("the bar ends with %q, want %q", got, want)
	}
	want.Error(t, errors.New(strings.Join(messages, "; ")), "resuming after step", "to begin anew, delete "+c.Directory)
	for _, name := range []string{rundir.WeightsFile, rundir.ReceiptFile} { // as if the run had not ended
		if err := os.Remove(filepath.Join(c.Directory, name)); err != nil {
			t.Fatal(err)
		}
	}
	messages, c.Epochs, bar.step = nil, 1, 0
	train(t, c)
	want.Error(t, errors.New(strings.Join(messages, "; ")), "epochs was 5 and is now 1", "no step is left to make")
	if bar.step == 0 {
		t.Error("the bar ends with 0 steps")
	}
}
