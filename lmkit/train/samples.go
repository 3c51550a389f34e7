package train

import "owlm/lmkit"

// SampleOptions say what a model writes while it trains, so that one can see it learn.
type SampleOptions struct {
	// Every, if positive, generates a text every so many steps. It is kept in the history, and hooks that are a Watcher or a Recorder see it.
	Every int
	// Prompt is the text to continue, which may be empty.
	Prompt string
	// Length is the number of new tokens; 0 is 50.
	Length int
	// Temperature is as for generating: 0 is greedy.
	Temperature float64
}

func (s SampleOptions) config(seed uint64) lmkit.GenerateConfig {
	return lmkit.GenerateConfig{Length: s.Length, Temperature: s.Temperature, Seed: seed}
}

func (s SampleOptions) problems() []error {
	var p problems
	if s.Every < 0 {
		p.add("sample every is %d; it must be 0 or more", s.Every)
	}
	if err := s.config(0).Validate(); err != nil {
		p.add("samples: %w", err)
	}
	return p
}
