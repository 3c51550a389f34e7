package train

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"owlm/internal/want"
	"owlm/lmkit/backend"
	"owlm/lmkit/corpora"
	"owlm/lmkit/rundir"
	"owlm/lmkit/text"
)

// refusals returns what Run must refuse: changes of the configuration tiny, and texts. held is a directory with a
// finished run.
func refusals(held string) []refusal {
	return []refusal{
		{"sizes", func(c *Config) { c.Model.HiddenSize, c.Model.Layers, c.BatchSize = 0, -1, 0 }, "",
			[]string{"hidden size is 0", "layers is -1", "batch size is 0"}},
		{"rate", func(c *Config) { c.LearningRate = 0 }, "", []string{"learning rate is 0"}},
		{"no objective", func(c *Config) { c.Objective = nil }, "", []string{"objective"}},
		{"names", func(c *Config) { c.Optimizer, c.Schedule = "adm", "cosin" }, "", []string{`"adm"`, `"cosin"`}},
		{"tied", func(c *Config) { c.Model.TieWeights = true }, "", []string{"embedding size is 8", "hidden size 12"}},
		{"ranges", func(c *Config) {
			c.Dropout.Embeddings, c.ScheduleOptions.Divisor, c.ScheduleOptions.WarmupSteps = 1, 0.5, -1
			c.ClipValue, c.Samples.Temperature = -1, -1
			c.Initial.Range, c.Initial.ForgetBias, c.RMSDecay = -1, 1, 1
		}, "", []string{"dropout of embeddings is 1", "divisor is 0.5", "warm-up steps is -1", "clip value is -1",
			"samples: temperature is -1", "initial weights is -1", "choice of the lstm", "decay of rmsprop is 1"}},
		{"no validation", func(c *Config) {
			c.KeepBest, c.Patience, c.ValidateEvery, c.Schedule = true, 1, 1, "plateau"
		}, "",
			[]string{"plateau needs a validation", "every so many steps needs", "best weights needs a validation",
				"patience needs"}},
		{"nowhere to keep", func(c *Config) { c.KeepBest, c.Valid, c.Directory = true, 0.2, "" }, "",
			[]string{"best weights needs a directory"}},
		{"from and initial", func(c *Config) { c.From, c.Initial.Range = held, 0.1 }, "",
			[]string{"initial weights", held}},
		{"shares", func(c *Config) { c.Valid, c.Test = 0.6, 0.6 }, "", []string{"leave nothing"}},
		{"short", func(*Config) {}, "one two three four", []string{"4 tokens", "at least 6"}},
		{"short lanes", func(c *Config) { c.Objective = Stream{Length: 8} }, "", []string{"43 tokens", "at least 144"}},
		{"empty", func(*Config) {}, " ", []string{"no tokens"}},
		{"not UTF-8", func(*Config) {}, "owl \xff owl", []string{"byte 4"}},
		{"held", func(c *Config) { c.Directory = held }, "", []string{held, "already holds"}},
		{"finished", func(c *Config) { c.Directory, c.Resume = held, true }, "", []string{"finished run"}},
		{"engine", func(c *Config) { c.Backend = "tpu" }, "", []string{`"tpu"`}},
		{"diverging", func(c *Config) { c.LearningRate, c.Optimizer = 1e5, "sgd" }, "",
			[]string{"step", "loss is NaN", "smaller learning rate"}},
		{"diverging validation", func(c *Config) {
			c.Optimizer, c.LearningRate, c.WeightDecay = "adamw", 10, 1e6
			c.BatchSize, c.Epochs, c.Valid, c.Vocabulary.Unknown = 64, 6, 0.2, "<unk>"
		}, "", []string{"step 3: the validation loss is NaN", "there is no checkpoint", "smaller learning rate"}},
		{"from nowhere", func(c *Config) { c.From = "nowhere" }, "", []string{"nowhere"}},
		{"from other", func(c *Config) { c.From = held; c.Model.HiddenSize = 13 }, "",
			[]string{held, "hidden_size is 12, not 13"}},
		{"unknown held", func(c *Config) { c.Valid = 0.2 }, "", []string{"validation text", "unknown"}},
	}
}

type refusal struct {
	name   string
	change func(c *Config)
	text   string // "" is the tutorial's
	want   []string
}

func TestTrainRefuses(t *testing.T) {
	held := filepath.Join(t.TempDir(), "held")
	c := tiny(backend.Go)
	c.Directory = held
	train(t, c)
	for _, test := range refusals(held) {
		t.Run(test.name, func(t *testing.T) {
			c := tiny(backend.Go)
			c.Directory = filepath.Join(t.TempDir(), "run")
			test.change(&c)
			_, err := Run(context.Background(), text.String("it", cmp.Or(test.text, corpora.OwlText)), c)
			if test.name == "diverging" && err == nil {
				t.Skip("it did not diverge")
			}
			want.Error(t, err, test.want...)
			begun := strings.HasPrefix(test.name, "diverging")
			if _, err := os.Stat(c.Directory); !begun && c.Directory != held && err == nil {
				t.Error("a directory was left behind")
			}
		})
	}
}

func TestResumeRefuses(t *testing.T) {
	c := tiny(backend.Go)
	c.Directory, c.CheckpointEvery = filepath.Join(t.TempDir(), "run"), 2
	train(t, c)
	c.Resume = true
	other := c
	other.Model.HiddenSize, other.Seed, other.Vocabulary.Unknown = 13, 4, "<unk>"
	_, err := Run(context.Background(), corpora.Owl, other)
	want.Error(t, err, "hidden_size was 12 and is now 13", "seed was 3 and is now 4",
		`unknown was "" and is now "<unk>"`)
	changed := strings.Replace(corpora.OwlText, "owl", "fox", 1) + " owl"
	_, err = Run(context.Background(), text.String("it", changed), c)
	want.Error(t, err, "the text has changed: its sha256")
	var textChanged *ChangedTextError
	if !errors.As(err, &textChanged) {
		t.Errorf("%T", err)
	}

	var warnings []string
	c.Warn = func(message string) { warnings = append(warnings, message) }
	c.Epochs, c.LearningRate = 3, 0.005
	train(t, c)
	all := strings.Join(warnings, "\n")
	for _, change := range []string{"learning_rate was 0.01 and is now 0.005", "epochs was 2"} {
		if !strings.Contains(all, change) {
			t.Errorf("warnings: %s", all)
		}
	}
}

// TestDamagedCheckpoints damages the newest checkpoint in several ways: the run resumes from the one before.
func TestDamagedCheckpoints(t *testing.T) {
	c := tiny(backend.Go)
	c.CheckpointEvery = 2 // the owl's two epochs have six steps
	damages := map[string]func(dir string) error{
		"truncated":   func(dir string) error { return os.Truncate(filepath.Join(dir, rundir.WeightsFile), 100) },
		"missing":     func(dir string) error { return os.Remove(filepath.Join(dir, rundir.TrainingFile)) },
		"flipped":     func(dir string) error { damage(t, filepath.Join(dir, rundir.WeightsFile)); return nil },
		"no manifest": func(dir string) error { return os.Remove(filepath.Join(dir, "MANIFEST.json")) },
	}
	for name, spoil := range damages {
		t.Run(name, func(t *testing.T) {
			c.Directory, c.Resume = filepath.Join(t.TempDir(), "run"), false
			train(t, c)
			names, err := rundir.List(c.Directory)
			if err != nil || len(names) < 2 {
				t.Fatal(names, err)
			}
			newest := filepath.Join(rundir.Checkpoints(c.Directory), names[len(names)-1])
			if err := spoil(newest); err != nil {
				t.Fatal(err)
			}
			var warnings []string
			c.Resume, c.Warn = true, func(message string) { warnings = append(warnings, message) }
			train(t, c)
			if !strings.Contains(strings.Join(warnings, "\n"), newest) {
				t.Errorf("warnings do not name %s: %q", newest, warnings)
			}
		})
	}
}

// TestNoWholeCheckpoint damages all checkpoints: Run must not start from the beginning and overwrite the run.
func TestNoWholeCheckpoint(t *testing.T) {
	c := tiny(backend.Go)
	c.Directory, c.CheckpointEvery = filepath.Join(t.TempDir(), "run"), 2
	train(t, c)
	names, err := rundir.List(c.Directory)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if err := os.Remove(filepath.Join(rundir.Checkpoints(c.Directory), name, "MANIFEST.json")); err != nil {
			t.Fatal(err)
		}
	}
	c.Resume = true
	_, err = Run(context.Background(), corpora.Owl, c)
	want.Error(t, err, append(names, "no checkpoint")...)
}

// damage flips a bit of a file.
func damage(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)-1] ^= 1
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
