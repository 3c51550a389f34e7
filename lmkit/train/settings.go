package train

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sort"

	"owlm/internal/files"
	"owlm/internal/oneline"
	"owlm/lmkit/network"
	"owlm/lmkit/rundir"
	"owlm/lmkit/text"
)

// settings is run.json. Fixed must be the same when a run is resumed, Free may change.
type settings struct {
	Fixed fixedSettings `json:"fixed"`
	Free  freeSettings  `json:"free"`
}

type fixedSettings struct {
	Cell          string                 `json:"cell"`
	EmbeddingSize int                    `json:"embedding_size"`
	HiddenSize    int                    `json:"hidden_size"`
	Layers        int                    `json:"layers"`
	Dropout       float64                `json:"dropout"`
	TieWeights    bool                   `json:"tie_weights"`
	ResetBefore   bool                   `json:"reset_before"`
	Tokenizer     json.RawMessage        `json:"tokenizer"`
	Unknown       string                 `json:"unknown"`
	MinCount      int                    `json:"min_count"`
	Vocabulary    int                    `json:"vocabulary"`
	Objective     string                 `json:"objective"`
	Sequence      int                    `json:"sequence"`
	BatchSize     int                    `json:"batch"`
	Optimizer     string                 `json:"optimizer"`
	Valid         float64                `json:"valid"`
	Test          float64                `json:"test"`
	InOrder       bool                   `json:"in_order"`
	Seed          uint64                 `json:"seed"`
	From          string                 `json:"from"`
	Dropouts      Dropout                `json:"dropouts"`
	Initial       network.InitialWeights `json:"initial_weights"`
}

type freeSettings struct {
	Epochs          int     `json:"epochs"`
	Steps           int     `json:"steps"`
	LearningRate    float64 `json:"learning_rate"`
	WeightDecay     float64 `json:"weight_decay"`
	Schedule        string  `json:"schedule"`
	Clip            float64 `json:"clip"`
	CheckpointEvery int     `json:"checkpoint_every"`
	LogEvery        int     `json:"log_every"`
	Corpus          string  `json:"corpus"`

	RMSDecay        float64         `json:"rms_decay"`
	ScheduleOptions ScheduleOptions `json:"schedule_options"`
	ClipValue       float64         `json:"clip_value"`
	SkipNotFinite   bool            `json:"skip_not_finite"`
	ValidateEvery   int             `json:"validate_every"`
	KeepBest        bool            `json:"keep_best"`
	Patience        int             `json:"patience"`
	Samples         SampleOptions   `json:"samples"`
}

func (c Config) settings() (settings, error) {
	tokenizer, err := tokenizerSettings(c.Tokenizer)
	if err != nil {
		return settings{}, err
	}
	s := settings{
		Fixed: fixedSettings{
			Cell: c.Model.Cell.String(), EmbeddingSize: c.Model.EmbeddingSize, HiddenSize: c.Model.HiddenSize, Layers: c.Model.Layers,
			Dropout: c.Model.Dropout, TieWeights: c.Model.TieWeights, ResetBefore: c.Model.ResetBefore, Tokenizer: tokenizer,
			Unknown: c.Vocabulary.Unknown, MinCount: c.Vocabulary.MinCount, Vocabulary: c.Vocabulary.Size,
			BatchSize: c.BatchSize, Optimizer: c.Optimizer, Valid: c.Valid, Test: c.Test, InOrder: c.InOrder, Seed: c.Seed, From: c.From,
			Dropouts: c.Dropout, Initial: c.Initial,
		},
		Free: freeSettings{
			Epochs: c.Epochs, Steps: c.Steps, LearningRate: c.LearningRate, WeightDecay: c.WeightDecay, Schedule: c.Schedule,
			Clip: c.Clip, CheckpointEvery: c.CheckpointEvery, LogEvery: c.LogEvery, Corpus: c.Corpus,
			RMSDecay: c.RMSDecay, ScheduleOptions: c.ScheduleOptions, ClipValue: c.ClipValue, SkipNotFinite: c.SkipNotFinite,
			ValidateEvery: c.ValidateEvery, KeepBest: c.KeepBest, Patience: c.Patience, Samples: c.Samples,
		},
	}
	switch o := c.Objective.(type) {
	case Windows:
		s.Fixed.Objective, s.Fixed.Sequence = "windows", o.Length
	case Stream:
		s.Fixed.Objective, s.Fixed.Sequence = "stream", o.Length
	}
	return s, nil
}

// ReadRun reads the settings of the training run in a directory, so that it can be resumed with
// some of them changed. Backend, Hooks and the like are not among them.
func ReadRun(dir string) (Config, error) {
	var s settings
	if err := files.ReadJSON(filepath.Join(dir, rundir.SettingsFile), &s); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return Config{}, fmt.Errorf("%s holds no training run: it has no %s", dir, rundir.SettingsFile)
		}
		return Config{}, err
	}
	tokenizer, err := parseTokenizerSettings(dir, s.Fixed.Tokenizer)
	if err != nil {
		return Config{}, err
	}
	f := s.Fixed
	c := Config{
		Tokenizer: tokenizer, Vocabulary: text.VocabularyOptions{Unknown: f.Unknown, MinCount: f.MinCount, Size: f.Vocabulary},
		BatchSize: f.BatchSize, Optimizer: f.Optimizer, Valid: f.Valid, Test: f.Test, InOrder: f.InOrder, Seed: f.Seed, From: f.From,
		Epochs: s.Free.Epochs, Steps: s.Free.Steps, LearningRate: s.Free.LearningRate, WeightDecay: s.Free.WeightDecay,
		Schedule: s.Free.Schedule, Clip: s.Free.Clip, CheckpointEvery: s.Free.CheckpointEvery, LogEvery: s.Free.LogEvery, Corpus: s.Free.Corpus,
		Directory: dir, Resume: true,
		Dropout: f.Dropouts, Initial: f.Initial, RMSDecay: s.Free.RMSDecay, ScheduleOptions: s.Free.ScheduleOptions, ClipValue: s.Free.ClipValue,
		SkipNotFinite: s.Free.SkipNotFinite, ValidateEvery: s.Free.ValidateEvery, KeepBest: s.Free.KeepBest, Patience: s.Free.Patience,
		Samples: s.Free.Samples,
	}
	c.Model = network.Config{EmbeddingSize: f.EmbeddingSize, HiddenSize: f.HiddenSize, Layers: f.Layers, Dropout: f.Dropout, TieWeights: f.TieWeights, ResetBefore: f.ResetBefore}
	if err := c.Model.Cell.UnmarshalText([]byte(f.Cell)); err != nil {
		return Config{}, fmt.Errorf("%s: %w", filepath.Join(dir, rundir.SettingsFile), err)
	}
	c.Objective = Objective(Windows{Length: f.Sequence})
	if f.Objective == "stream" {
		c.Objective = Stream{Length: f.Sequence}
	}
	return c, nil
}

// compareSettings refuses to resume where fixed settings differ, and names to warn what else changed.
func compareSettings(dir string, now settings, warn func(string)) error {
	var before settings
	if err := files.ReadJSON(filepath.Join(dir, rundir.SettingsFile), &before); err != nil {
		return err
	}
	if changes := differences(before.Fixed, now.Fixed); len(changes) > 0 {
		return fmt.Errorf("%s was started with other settings: %w; leave them as they were, or start in another directory", dir, oneline.Join(changes))
	}
	for _, change := range differences(before.Free, now.Free) {
		warn("resuming with a change: " + change.Error())
	}
	return nil
}

// differences names the JSON fields in which two values of one type differ.
func differences(before, now any) []error {
	old, new := fields(before), fields(now)
	names := make([]string, 0, len(new))
	for name := range new {
		names = append(names, name)
	}
	sort.Strings(names)
	var changes []error
	for _, name := range names {
		if string(old[name]) != string(new[name]) {
			changes = append(changes, fmt.Errorf("%s was %s and is now %s", name, old[name], new[name]))
		}
	}
	return changes
}

func fields(value any) map[string]json.RawMessage {
	data, err := json.Marshal(value)
	if err != nil {
		return nil
	}
	var m map[string]json.RawMessage
	if json.Unmarshal(data, &m) != nil {
		return nil
	}
	return m
}
