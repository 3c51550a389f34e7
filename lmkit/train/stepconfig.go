package train

import "owlm/internal/oneline"

// StepConfig describes how a training step changes the weights. Objective, BatchSize and LearningRate must be set. The
// fields have the same meaning as those of Config.
type StepConfig struct {
	Objective       Objective
	BatchSize       int
	Optimizer       string
	LearningRate    float64
	WeightDecay     float64
	RMSDecay        float64
	Clip, ClipValue float64
	SkipNotFinite   bool
	Dropout         Dropout
}

// withDefaults replaces zero values by what they stand for.
func (c StepConfig) withDefaults() StepConfig {
	if c.Optimizer == "" {
		c.Optimizer = "adam"
	}
	if c.Optimizer == "adamw" && c.WeightDecay == 0 {
		c.WeightDecay = 0.01
	}
	if c.Optimizer == "rmsprop" && c.RMSDecay == 0 {
		c.RMSDecay = 0.99
	}
	return c
}

// Validate reports every mistake in the configuration in one error.
func (c StepConfig) Validate() error { return oneline.Join(c.problems()) }

func (c StepConfig) problems() []error {
	var p problems
	if c.Objective == nil {
		p.add("no objective is given; use Windows or Stream")
	} else if err := c.Objective.validate(); err != nil {
		p = append(p, err)
	}
	p.positive("batch size", c.BatchSize)
	p.oneOf("optimizer", c.Optimizer, Optimizers)
	if !validRate(c.LearningRate) {
		p.add("learning rate is %v; it must be above 0 and below 1,000,000", c.LearningRate)
	}
	p.notNegative("clip", c.Clip)
	p.notNegative("clip value", c.ClipValue)
	p.share("the decay of rmsprop", c.RMSDecay)
	p.notNegative("weight decay", c.WeightDecay)
	return append(p, c.Dropout.problems()...)
}

func validRate(rate float64) bool { return rate > 0 && rate < 1e6 }
