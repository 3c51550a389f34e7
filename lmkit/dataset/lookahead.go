package dataset

// Lookahead prepares the next batch while the engine works on the one before, because preparing may read a file.
type Lookahead struct {
	Batches
	pending      chan Batch // the batch of epoch and index; nil before the first
	epoch, index int
}

// NewLookahead returns a Lookahead over source.
func NewLookahead(source Batches) *Lookahead { return &Lookahead{Batches: source} }

// Batch returns a batch, and begins to prepare the one that follows it.
func (l *Lookahead) Batch(epoch, index int) Batch {
	var b Batch
	if l.pending != nil {
		b = <-l.pending
	}
	if l.pending == nil || l.epoch != epoch || l.index != index { // the first, or not the one that was expected
		b = l.Batches.Batch(epoch, index)
	}
	if index++; index == l.PerEpoch() {
		epoch, index = epoch+1, 0
	}
	l.epoch, l.index = epoch, index
	pending := make(chan Batch, 1)
	l.pending = pending
	go func() { pending <- l.Batches.Batch(epoch, index) }()
	return b
}

// Wait returns when no batch is being prepared any more. Only then may the ids be closed.
func (l *Lookahead) Wait() {
	if l.pending != nil {
		<-l.pending
		l.pending = nil
	}
}
