package kernel

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// The limits of a flood. A cell that prints without end otherwise sends thousands of messages a second: JupyterLab's
// server drops some with "IOPub data rate exceeded", and the page stops answering.
const (
	pause      = 40 * time.Millisecond // between two messages with text
	mostLines  = 10_000                // that a cell shows as they come
	mostBytes  = 1 << 20               // that a cell shows as they come
	lastLines  = 100                   // that are shown when the cell ends
	longestEnd = 1 << 16               // bytes that the last lines may have
)

// dam joins what a cell prints into fewer messages, and bounds it: beyond the limits only the last lines are shown,
// when the cell ends. Other messages pass at once, after the text that was printed before them.
type dam struct {
	last    time.Time // when text was let out
	held    message   // the first of the messages that are joined
	name    string    // of their stream
	text    strings.Builder
	lines   int // shown, of this cell
	bytes   int
	skipped int    // lines that were not shown
	end     []byte // the last of them
	over    bool   // the limits are passed
}

// pass returns the messages to publish when m arrives.
func (d *dam) pass(m message, now time.Time) (out []message) {
	switch m.kind() {
	case "stream":
		var s stream
		if json.Unmarshal(m.content, &s) != nil {
			break
		}
		if d.over {
			d.skip(s.Text)
			return nil
		}
		if d.text.Len() > 0 && d.name != s.Name {
			out = d.flush(now)
		}
		if d.text.Len() == 0 {
			d.held, d.name = m, s.Name
		}
		d.text.WriteString(s.Text)
		if now.Sub(d.last) >= pause {
			out = append(out, d.flush(now)...)
		}
		return out
	case "execute_input":
		out = d.flush(now)
		*d = dam{last: d.last}
		return append(out, m)
	case "error":
		return append(append(d.flush(now), d.rest()...), m)
	case "status":
		if kindOf(m.parent) == "execute_request" {
			return append(append(d.flush(now), d.rest()...), m)
		}
	}
	return append(d.flush(now), m)
}

// holds reports whether there is text to flush.
func (d *dam) holds() bool { return d.text.Len() > 0 }

// flush returns the text that is held, if any, and counts it.
func (d *dam) flush(now time.Time) []message {
	if !d.holds() {
		return nil
	}
	text := d.text.String()
	d.text.Reset()
	d.last = now
	shown := text[:d.fits(text)]
	d.lines, d.bytes = d.lines+strings.Count(shown, "\n"), d.bytes+len(shown)
	if len(shown) == len(text) {
		return []message{d.held.with(stream{d.name, text})}
	}
	d.over = true
	d.skip(text[len(shown):])
	note := "… the cell goes on printing; its last lines follow when it ends\n"
	return []message{d.held.with(stream{d.name, shown + note})}
}

// fits returns how many bytes of a text the limits allow. They end with a line.
func (d *dam) fits(text string) (bytes int) {
	lines := d.lines
	for line := range strings.Lines(text) {
		if lines++; lines > mostLines || d.bytes+bytes+len(line) > mostBytes {
			break
		}
		bytes += len(line)
	}
	return bytes
}

// skip counts text that is not shown, and keeps its end.
func (d *dam) skip(text string) {
	d.skipped += strings.Count(text, "\n")
	d.end = append(d.end, text...)
	if surplus := len(d.end) - longestEnd; surplus > longestEnd {
		d.end = d.end[:copy(d.end, d.end[surplus:])]
	}
}

// rest returns the last lines of a cell that has printed more than the limits allow.
func (d *dam) rest() []message {
	if !d.over {
		return nil
	}
	lines := slices.Collect(strings.Lines(strings.ToValidUTF8(string(d.end), ""))) // it may begin within a letter
	lines = lines[max(0, len(lines)-lastLines):]
	note := "…\n"
	if left := d.skipped - len(lines); left > 0 {
		note = fmt.Sprintf("… %d lines are not shown\n", left)
	}
	d.over, d.end = false, nil
	return []message{d.held.with(stream{d.name, note + strings.Join(lines, "")})}
}
