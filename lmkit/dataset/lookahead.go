package dataset

// lookahead are batches of which the next is prepared while the engine works on the one before: that may mean to read a file.
type lookahead struct {
	Batches
	pending      chan Batch // of the place below; nil before the first
	epoch, index int
}

// Ahead prepares the batches of another source ahead.
func Ahead(source Batches) *lookahead { return &lookahead{Batches: source} }

func (l *lookahead) Batch(epoch, index int) Batch {
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
func (l *lookahead) Wait() {
	if l.pending != nil {
		<-l.pending
		l.pending = nil
	}
}
