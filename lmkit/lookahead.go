package lmkit

// lookahead are batches of which the next is prepared while the engine works on the one before: that may mean to read a file.
type lookahead struct {
	batches
	pending      chan batch // of the place below; nil before the first
	epoch, index int
}

// newLookahead prepares the batches of another source ahead.
func newLookahead(source batches) *lookahead { return &lookahead{batches: source} }

func (l *lookahead) batch(epoch, index int) batch {
	var b batch
	if l.pending != nil {
		b = <-l.pending
	}
	if l.pending == nil || l.epoch != epoch || l.index != index { // the first, or not the one that was expected
		b = l.batches.batch(epoch, index)
	}
	if index++; index == l.perEpoch() {
		epoch, index = epoch+1, 0
	}
	l.epoch, l.index = epoch, index
	pending := make(chan batch, 1)
	l.pending = pending
	go func() { pending <- l.batches.batch(epoch, index) }()
	return b
}

// wait returns when nothing is being prepared any more, so that the text can be closed.
func (l *lookahead) wait() {
	if l.pending != nil {
		<-l.pending
		l.pending = nil
	}
}
