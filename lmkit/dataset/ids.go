package dataset

import "owlm/lmkit/text"

// Stretch returns the ids from position from up to position to, without copying them.
func Stretch(ids text.IDs, from, to int) text.IDs {
	if list, ok := ids.(text.IDList); ok {
		return list[from:to:to]
	}
	return stretch{ids, from, to}
}

// All returns ids in memory. Ids that are not in memory are copied; others must not be changed.
func All(ids text.IDs) []int32 {
	if list, ok := ids.(text.IDList); ok {
		return list
	}
	list := make([]int32, ids.Len())
	ids.Copy(list, 0)
	return list
}

// stretch is a stretch of ids that are not in memory.
type stretch struct {
	ids      text.IDs
	from, to int
}

func (s stretch) Len() int { return s.to - s.from }

func (s stretch) Copy(into []int32, at int) {
	if at < 0 || at+len(into) > s.Len() {
		panic("dataset: ids outside the stretch")
	}
	s.ids.Copy(into, s.from+at)
}
