package text

// Window is a stretch of a text and the token that follows it.
type Window[T any] struct {
	Input  []T
	Target T
}

// Windows slides a window of the given length over a text, stride tokens at a time, as long as a token follows the
// window. With length 5 and stride 1 there are len(tokens)-5 windows. If length or stride is below 1, there are none.
// The inputs share memory with tokens.
func Windows[T any](tokens []T, length, stride int) []Window[T] {
	var windows []Window[T]
	if length < 1 || stride < 1 {
		return nil
	}
	for start := 0; start+length < len(tokens); start += stride {
		end := start + length
		windows = append(windows, Window[T]{tokens[start:end:end], tokens[end]})
	}
	return windows
}
