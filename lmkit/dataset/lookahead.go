package dataset

// Lookahead prepares the next batch of a source while the engine works on the one before: that may mean to read a file.
type Lookahead struct {
	Batches
	pending      chan Batch // of the place below; nil before the first
	epoch, index int
}

// NewLookahead prepares the batches of a source ahead.
func NewLookahead(source Batches) *Lookahead { return &Lookahead{Batches: source} }

// Batch returns a batch of the source, and begins to prepare the one that follows it.
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

// Wait returns when nothing is being prepared any more, so that the text can be closed.
func (l *Lookahead) Wait() {
	if l.pending != nil {
		<-l.pending
		l.pending = nil
	}
}
