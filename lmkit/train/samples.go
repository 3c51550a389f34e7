package train

import "owlm/lmkit"

// SampleOptions describes the texts that a model generates while it trains, so that one can see it learn.
type SampleOptions struct {
	// Every, if positive, generates a text after every so many steps. The history keeps it, and hooks receive it; see
	// Watcher and Recorder.
	Every int
	// Prompt is the text to continue; it may be empty.
	Prompt string
	// Length is the number of new tokens; 0 stands for 50.
	Length int
	// Temperature is the sampling temperature; 0 always takes the likeliest token.
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
