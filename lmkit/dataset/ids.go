package dataset

// IDs are the token ids of a text, in memory or in a file.
type IDs interface {
	// Len is the number of tokens.
	Len() int
	// Copy copies ids from position at on, as many as into takes; there must be that many.
	Copy(into []int32, at int)
}

// Slice is token ids in memory.
type Slice []int32

// Len is the number of tokens.
func (s Slice) Len() int { return len(s) }

// Copy copies ids from position at on.
func (s Slice) Copy(into []int32, at int) { copy(into, s[at:at+len(into)]) }

// Part is a stretch of a text.
type Part struct {
	IDs IDs
	PartSize
}

// PartSize is what a part is counted by.
type PartSize struct {
	Tokens int
	// Characters is the number of code points that the tokens were made of, with the white space behind them.
	Characters int
	// Unknown is how many of the tokens the vocabulary lacks; their ids are that of the token for unknown ones.
	Unknown int
}

// Stretch is the ids from position from up to position to.
func Stretch(ids IDs, from, to int) IDs {
	if s, ok := ids.(Slice); ok {
		return s[from:to:to]
	}
	return idStretch{ids, from, to}
}

// All copies the ids into memory, where they are not there already.
func All(ids IDs) []int32 {
	if s, ok := ids.(Slice); ok {
		return s
	}
	list := make([]int32, ids.Len())
	ids.Copy(list, 0)
	return list
}

type idStretch struct {
	ids      IDs
	from, to int
}

func (s idStretch) Len() int { return s.to - s.from }

func (s idStretch) Copy(into []int32, at int) {
	if at < 0 || at+len(into) > s.Len() {
		panic("text: ids outside the stretch")
	}
	s.ids.Copy(into, s.from+at)
}
