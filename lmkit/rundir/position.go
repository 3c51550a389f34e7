package rundir

// Position is where in its text a run stands.
type Position struct {
	Step  int `json:"step"`  // training steps made
	Epoch int `json:"epoch"` // complete epochs
	Index int `json:"index"` // batches read of the epoch at hand
	// EpochLoss and EpochCount are the sum of the losses of the epoch at hand, and of how many predictions.
	EpochLoss  float64 `json:"epoch_loss"`
	EpochCount float64 `json:"epoch_count"`
	// Pending is the record of the newest step, as long as what comes after a step is still to be done.
	Pending *Record `json:"pending,omitempty"`
	// Best is the lowest validation loss so far.
	Best *Best `json:"best,omitempty"`
	// Skipped and SkippedInRow count steps that were passed over because their loss was not finite.
	Skipped      int `json:"skipped"`
	SkippedInRow int `json:"skipped_in_row"`
	// Seconds is the training time so far.
	Seconds float64 `json:"seconds"`
	// Plateau is the state of the schedule plateau.
	Plateau Plateau `json:"schedule"`
	// CorpusSHA256 is of the whole text, in hexadecimal.
	CorpusSHA256 string `json:"corpus_sha256"`
}

// Best is the lowest validation loss of a training run.
type Best struct {
	// ValidLoss is in nats; Step and Epoch, both counted from 1, are when it was measured.
	ValidLoss float64 `json:"valid_loss"`
	Step      int     `json:"step"`
	Epoch     int     `json:"epoch"`
	// Kept says that the model's weights are those, as TrainConfig.KeepBest asks for, and not those of the last step.
	Kept bool `json:"kept"`
}

// Plateau is what plateau keeps from epoch to epoch; it is part of a checkpoint.
type Plateau struct {
	Best    float64 `json:"best_valid_loss"`
	Waited  int     `json:"waited"` // epochs in a row without a better loss
	Divided int     `json:"divided"`
}
