package rundir

// Position is how far a run has come. A checkpoint stores it as position.json.
type Position struct {
	// Step counts the training steps of the run, Epoch the whole epochs, and Index the batches of the epoch at hand.
	Step  int `json:"step"`
	Epoch int `json:"epoch"`
	Index int `json:"index"`
	// EpochLoss is the sum of the losses of the epoch at hand, in nats, and EpochCount the number of predictions in it.
	EpochLoss  float64 `json:"epoch_loss"`
	EpochCount float64 `json:"epoch_count"`
	// Pending is the record of the newest step until all that follows a step, such as validation, is done.
	Pending *Record `json:"pending,omitempty"`
	// Best is the lowest validation loss so far; nil before the first.
	Best *Best `json:"best,omitempty"`
	// Skipped counts the steps that were skipped because their loss or gradient was not finite, and SkippedInRow those
	// since the last step that was not.
	Skipped      int `json:"skipped"`
	SkippedInRow int `json:"skipped_in_row"`
	// Seconds is the training time so far.
	Seconds float64 `json:"seconds"`
	// Plateau is the state of the plateau schedule.
	Plateau Plateau `json:"schedule"`
	// CorpusSHA256 is the sha256 of the whole text, in hexadecimal.
	CorpusSHA256 string `json:"corpus_sha256"`
}

// Best is the lowest validation loss of a run.
type Best struct {
	// ValidLoss is a mean cross entropy in nats. It was measured after Step, in Epoch; both count from 1.
	ValidLoss float64 `json:"valid_loss"`
	Step      int     `json:"step"`
	Epoch     int     `json:"epoch"`
	// Kept says that the model has the weights of that step, as train.Config.KeepBest asks for, instead of those of the
	// last step.
	Kept bool `json:"kept"`
}

// Plateau is what the plateau schedule remembers from one validation loss to the next.
type Plateau struct {
	// Best is the lowest validation loss so far.
	Best float64 `json:"best_valid_loss"`
	// Waited counts epochs in a row without a lower loss.
	Waited int `json:"waited"`
	// Divided counts how often the schedule has divided the learning rate.
	Divided int `json:"divided"`
}
