package lmkit

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"owlm/lmkit/backend"
	"owlm/lmkit/text"
)

// wantError checks that an error has one line, and says what is to be said.
func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", parts)
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("more than one line: %v", err)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
}

func TestTrainRefuses(t *testing.T) {
	held := filepath.Join(t.TempDir(), "held")
	c := tiny(backend.Go)
	c.Directory = held
	train(t, c)
	for name, test := range map[string]struct {
		change func(c *TrainConfig)
		corpus string
		want   []string
	}{
		"sizes":        {func(c *TrainConfig) { c.Model.HiddenSize, c.Model.Layers, c.BatchSize = 0, -1, 0 }, text.Owl, []string{"hidden size is 0", "layers is -1", "batch size is 0"}},
		"rate":         {func(c *TrainConfig) { c.LearningRate = 0 }, text.Owl, []string{"learning rate is 0"}},
		"no objective": {func(c *TrainConfig) { c.Objective = nil }, text.Owl, []string{"objective"}},
		"names":        {func(c *TrainConfig) { c.Optimizer, c.Schedule = "adm", "cosin" }, text.Owl, []string{`"adm"`, `"cosin"`}},
		"tied":         {func(c *TrainConfig) { c.Model.TieWeights = true }, text.Owl, []string{"embedding size is 8", "hidden size 12"}},
		"new ranges": {func(c *TrainConfig) {
			c.Dropout.Embeddings, c.ScheduleOptions.Divisor, c.ScheduleOptions.WarmupSteps, c.ClipValue, c.Samples.Temperature = 1, 0.5, -1, -1, -1
			c.Initial.Range, c.Initial.ForgetBias, c.RMSDecay = -1, 1, 1
		}, text.Owl, []string{"dropout of embeddings is 1", "divisor is 0.5", "warm-up steps is -1", "clip value is -1", "samples: temperature is -1", "initial weights is -1", "choice of the lstm", "decay of rmsprop is 1"}},
		"no validation": {func(c *TrainConfig) { c.KeepBest, c.Patience, c.ValidateEvery, c.Schedule = true, 1, 1, "plateau" }, text.Owl,
			[]string{"plateau needs a validation", "every so many steps needs", "best weights needs a validation", "patience needs"}},
		"nowhere to keep":  {func(c *TrainConfig) { c.KeepBest, c.Valid, c.Directory = true, 0.2, "" }, text.Owl, []string{"best weights needs a directory"}},
		"from and initial": {func(c *TrainConfig) { c.From, c.Initial.Range = held, 0.1 }, text.Owl, []string{"initial weights", held}},
		"shares":           {func(c *TrainConfig) { c.Valid, c.Test = 0.6, 0.6 }, text.Owl, []string{"leave nothing"}},
		"short":            {func(*TrainConfig) {}, "one two three four", []string{"4 tokens", "at least 6"}},
		"short lanes":      {func(c *TrainConfig) { c.Objective = Stream{Length: 8} }, text.Owl, []string{"43 tokens", "at least 144"}},
		"empty":            {func(*TrainConfig) {}, " ", []string{"no tokens"}},
		"not UTF-8":        {func(*TrainConfig) {}, "owl \xff owl", []string{"byte 4"}},
		"held":             {func(c *TrainConfig) { c.Directory = held }, text.Owl, []string{held, "--resume"}},
		"finished":         {func(c *TrainConfig) { c.Directory, c.Resume = held, true }, text.Owl, []string{"finished run"}},
		"engine":           {func(c *TrainConfig) { c.Backend = "tpu" }, text.Owl, []string{`"tpu"`}},
		"diverging":        {func(c *TrainConfig) { c.LearningRate, c.Optimizer = 1e5, "sgd" }, text.Owl, []string{"step", "loss is NaN", "smaller learning rate"}},
		"from nowhere":     {func(c *TrainConfig) { c.From = "nowhere" }, text.Owl, []string{"nowhere"}},
		"from other":       {func(c *TrainConfig) { c.From = held; c.Model.HiddenSize = 13 }, text.Owl, []string{held, "hidden_size"}},
		"unknown held":     {func(c *TrainConfig) { c.Valid = 0.2 }, text.Owl, []string{"validation text", "unknown"}},
	} {
		t.Run(name, func(t *testing.T) {
			c := tiny(backend.Go)
			c.Directory = filepath.Join(t.TempDir(), "run")
			test.change(&c)
			_, err := Train(context.Background(), test.corpus, c)
			if name == "diverging" && err == nil {
				t.Skip("it did not diverge")
			}
			wantError(t, err, test.want...)
			if _, err := os.Stat(c.Directory); name != "diverging" && c.Directory != held && err == nil {
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
	other.Model.HiddenSize, other.Seed = 13, 4
	_, err := Train(context.Background(), text.Owl, other)
	wantError(t, err, "hidden_size was 12 and is now 13", "seed was 3 and is now 4")
	changed := strings.Replace(text.Owl, "owl", "fox", 1) + " owl"
	_, err = Train(context.Background(), changed, c)
	wantError(t, err, "sha256", "--allow-changed-text")

	var warnings []string
	c.Warn = func(message string) { warnings = append(warnings, message) }
	c.Epochs, c.LearningRate = 3, 0.005
	train(t, c)
	if all := strings.Join(warnings, "\n"); !strings.Contains(all, "learning_rate was 0.01 and is now 0.005") || !strings.Contains(all, "epochs was 2") {
		t.Errorf("warnings: %s", all)
	}
}

// TestDamagedCheckpoints damages the newest checkpoint in several ways; the one before it must be taken.
func TestDamagedCheckpoints(t *testing.T) {
	c := tiny(backend.Go)
	c.CheckpointEvery = 2 // the owl's two epochs have six steps
	damages := map[string]func(dir string) error{
		"truncated": func(dir string) error { return os.Truncate(filepath.Join(dir, weightsFile), 100) },
		"missing":   func(dir string) error { return os.Remove(filepath.Join(dir, trainingFile)) },
		"flipped": func(dir string) error {
			path := filepath.Join(dir, weightsFile)
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			data[len(data)-1] ^= 1
			return os.WriteFile(path, data, 0o644)
		},
		"no manifest": func(dir string) error { return os.Remove(filepath.Join(dir, manifestFile)) },
	}
	for name, damage := range damages {
		t.Run(name, func(t *testing.T) {
			c.Directory, c.Resume = filepath.Join(t.TempDir(), "run"), false
			train(t, c)
			names, err := checkpointNames(checkpointsDir(c.Directory))
			if err != nil || len(names) < 2 {
				t.Fatal(names, err)
			}
			newest := filepath.Join(checkpointsDir(c.Directory), names[len(names)-1])
			if err := damage(newest); err != nil {
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

// TestNoWholeCheckpoint damages all of them: nothing may start from the beginning and write over the run.
func TestNoWholeCheckpoint(t *testing.T) {
	c := tiny(backend.Go)
	c.Directory, c.CheckpointEvery = filepath.Join(t.TempDir(), "run"), 2
	train(t, c)
	names, err := checkpointNames(checkpointsDir(c.Directory))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if err := os.Remove(filepath.Join(checkpointsDir(c.Directory), name, manifestFile)); err != nil {
			t.Fatal(err)
		}
	}
	c.Resume = true
	_, err = Train(context.Background(), text.Owl, c)
	wantError(t, err, append(names, "no checkpoint")...)
}

func TestOneWriter(t *testing.T) {
	dir := t.TempDir()
	unlock, err := lockDirectory(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, err = lockDirectory(dir)
	wantError(t, err, dir, "process")
	unlock()
	unlock, err = lockDirectory(dir)
	if err != nil {
		t.Fatal(err)
	}
	unlock()
}

func TestOpenRefuses(t *testing.T) {
	m := newModel(t, backend.Go, Config{EmbeddingSize: 4, HiddenSize: 4, Layers: 1})
	write := func(name, content string) func(dir string) error {
		return func(dir string) error { return os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644) }
	}
	config := `{"format":1,"cell":"rnn","vocabulary_size":30,"embedding_size":4,"hidden_size":4,"layers":1`
	for name, test := range map[string]struct {
		damage func(dir string) error
		want   []string
	}{
		"no weights":  {func(dir string) error { return os.Remove(filepath.Join(dir, weightsFile)) }, []string{weightsFile, "--resume"}},
		"no config":   {func(dir string) error { return os.Remove(filepath.Join(dir, configFileName)) }, []string{configFileName}},
		"newer":       {write(configFileName, `{"format":2}`), []string{"format is 2"}},
		"unknown key": {write(configFileName, config+`,"hiden":1}`), []string{configFileName, "hiden"}},
		"wrong type":  {write(configFileName, config+`,"dropout":"x"}`), []string{configFileName, "dropout"}},
		"zero":        {write(configFileName, strings.Replace(config, `"hidden_size":4`, `"hidden_size":0`, 1)+"}"), []string{"hidden size is 0"}},
		"other shape": {write(configFileName, strings.Replace(config, `"hidden_size":4`, `"hidden_size":5`, 1)+"}"), []string{"rnn.weight_hh_l0", "[4, 4]", "[5, 5]"}},
		"more layers": {write(configFileName, strings.Replace(config, `"layers":1`, `"layers":2`, 1)+"}"), []string{"rnn.weight_ih_l1 is missing"}},
		"few words":   {write(vocabularyFile, `{"tokens":["a"],"unknown":null}`), []string{vocabularyFile, "1 tokens", "30"}},
		"twice":       {write(vocabularyFile, `{"tokens":["a","a"],"unknown":null}`), []string{vocabularyFile, `"a" occurs twice`}},
		"tokenizer":   {write(tokenizerFile, `{"kind":"syllable"}`), []string{tokenizerFile, "syllable"}},
		"not weights": {write(weightsFile, "<html>"), []string{weightsFile}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := m.Save(dir); err != nil {
				t.Fatal(err)
			}
			if err := test.damage(dir); err != nil {
				t.Fatal(err)
			}
			_, err := Open(dir, backend.Go)
			wantError(t, err, append(test.want, dir)...)
		})
	}
	_, err := Open(filepath.Join(t.TempDir(), "nothing"), backend.Go)
	wantError(t, err, "nothing")
}

func TestGenerateRefuses(t *testing.T) {
	m := newModel(t, backend.Go, Config{EmbeddingSize: 4, HiddenSize: 4, Layers: 1})
	for _, test := range []struct {
		prompt string
		config GenerateConfig
		want   string
	}{
		{"a dragon", GenerateConfig{Length: 1}, `"dragon"`}, {"owl", GenerateConfig{Length: -1}, "length is -1"},
		{"owl", GenerateConfig{Length: 1, Temperature: -1}, "temperature is -1"}, {"owl", GenerateConfig{Length: 1, TopK: -1}, "top-k is -1"},
		{"owl", GenerateConfig{Length: 1, TopP: 1.5}, "top-p is 1.5"}, {"owl", GenerateConfig{Length: 1, Stop: "dragon"}, `"dragon"`},
		{"owl", GenerateConfig{Length: 1, Context: -2}, "context is -2"},
	} {
		_, err := m.Samples(context.Background(), test.prompt, test.config, 1)
		wantError(t, err, test.want)
	}
}
