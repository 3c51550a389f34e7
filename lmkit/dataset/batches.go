package dataset

// Batch is what one training step reads. Tokens [T*B] are time-major: the tokens of a time step lie side by side.
type Batch struct {
	Tokens []int32
	// Targets are the tokens to predict. Weights are 1, or 0 for a prediction that only fills up the batch.
	Targets []int32
	Weights []float32
	// Count is the sum of the weights.
	Count float64
	// Keep [B] says which rows continue from the state of the batch before: 1 if the row does, 0 if it begins a
	// document and so starts from zero. Nil means that all rows continue.
	Keep []float32
}

// Batches gives the batches of any epoch in any order, so that a resumed run can continue where it stopped.
type Batches interface {
	// PerEpoch returns the number of batches in an epoch.
	PerEpoch() int
	// Shape returns T and B of every batch.
	Shape() (steps, rows int)
	// EveryStep reports whether there is a prediction at every time step, and the state is carried from batch to batch:
	// Targets and Weights are then [T*B]. Otherwise only the last time step has one, [B], and the state starts from
	// zero.
	EveryStep() bool
	// Batch returns a batch of an epoch. Both count from 0.
	Batch(epoch, index int) Batch
}
