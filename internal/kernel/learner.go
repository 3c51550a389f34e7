package kernel

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// learner rewrites what GoNB publishes about errors for somebody who learns: a line for each error, with the line of
// the cell. It passes everything else on. The messages are those of one kernel, in order.
type learner struct {
	count   int // the execution count of the cell that runs
	running bool
	cells   cells  // what was run
	dumps   bool   // the notebook asked for whole dumps: %env GOTRACEBACK=all
	pending string // the beginning of a line of standard error that may become one of those below
	dump    string // standard error from the panic on
	checked string // a line of notebook.Check, with its place
	ended   string // GoNB's note that the program failed
	last    message
}

// stream and failure are the contents of messages.
type stream struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

type failure struct {
	Name      string   `json:"ename"`
	Value     string   `json:"evalue"`
	Traceback []string `json:"traceback"`
}

// rewrite returns the messages to publish instead of m.
func (l *learner) rewrite(m message) []message {
	switch m.kind() {
	case "execute_input":
		var input struct {
			Count int    `json:"execution_count"`
			Code  string `json:"code"`
		}
		json.Unmarshal(m.content, &input)
		*l = learner{count: input.Count, running: true, cells: l.cells.with(input.Count, input.Code), dumps: l.dumps}
		if asked := traceback.FindStringSubmatch(input.Code); asked != nil {
			l.dumps = asked[1] != "none" && asked[1] != "0"
		}
	case "stream":
		var s stream
		if json.Unmarshal(m.content, &s) == nil && s.Name == "stderr" && !l.dumps {
			l.last = m
			return l.stderr(s.Text)
		}
		return append(l.release(), m)
	case "error":
		var f failure
		if json.Unmarshal(m.content, &f) == nil && !l.dumps {
			return []message{m.with(l.explain(f))}
		}
	case "status":
		var status struct {
			State string `json:"execution_state"`
		}
		if json.Unmarshal(m.content, &status); status.State == "idle" {
			return l.idle(m)
		}
	}
	return []message{m}
}

var (
	traceback = regexp.MustCompile(`(?m)^%env GOTRACEBACK[= ](\S+)`)
	// place is what GoNB makes of the name of its file and a line.
	place = regexp.MustCompile(`\s?\x1b\[7m\[\[ Cell (?:\[(\d+)\] )?Line (\d+) \]\]\x1b\[0m \S*main(?:_test)?\.go:\d+`)
	// barePlace is the name of GoNB's file and a line.
	barePlace = regexp.MustCompile(`(\S*/gonb_\w+/main(?:_test)?\.go):(\d+)`)
	// endNote is what GoNB writes after a program that failed.
	endNote = regexp.MustCompile(`^(\^C\n)?(exit status \d+|signal: [a-z ]+(?: \(core dumped\))?)\n$`)
	colour  = regexp.MustCompile(`\x1b\[[0-9;]*m`)
	cellTag = regexp.MustCompile(`^Cell(?:\[(\d+)\]:)? Line (\d+)$`)
)

// The beginnings of lines with which a program ends that crashes, and of the line that notebook.Check prints.
var (
	crashes = []string{"panic: ", "fatal error: ", "unexpected fault address ", "runtime: goroutine stack exceeds "}
	checks  = []string{"error: ", "stopped: "}
	// asides begin lines of a crash that say nothing to a learner.
	asides = []string{"[signal ", "runtime: "}
)

// stderr returns the messages for text that the program wrote to standard error. It holds back what may be the end of a
// program that fails.
func (l *learner) stderr(text string) []message {
	if endNote.MatchString(text) {
		l.ended = text
		return nil
	}
	if l.dump != "" {
		l.dump += text
		return nil
	}
	if l.checked != "" && strings.HasPrefix(text, "\t") {
		l.checked += text
		return nil
	}
	messages := l.release()
	text, l.pending = l.pending+text, ""
	for start := 0; start < len(text); {
		line, _, whole := strings.Cut(text[start:], "\n")
		switch {
		case hasPrefix(line, crashes):
			messages, l.dump = append(messages, l.say(text[:start])...), text[start:]
			return messages
		case hasPrefix(line, checks) && isLast(text[start:]):
			messages, l.checked = append(messages, l.say(text[:start])...), text[start:]
			return messages
		case !whole && mayBecome(line):
			messages, l.pending = append(messages, l.say(text[:start])...), line
			return messages
		}
		start += len(line) + 1
	}
	return append(messages, l.say(text)...)
}

// isLast reports whether a text is one line, perhaps with its place in a second line.
func isLast(text string) bool {
	_, rest, _ := strings.Cut(text, "\n")
	return rest == "" || strings.HasPrefix(rest, "\t") && strings.Count(rest, "\n") <= 1
}

func hasPrefix(line string, beginnings []string) bool {
	return slices.ContainsFunc(beginnings, func(b string) bool { return strings.HasPrefix(line, b) })
}

// mayBecome reports whether the beginning of a line may become a line that stderr holds back.
func mayBecome(line string) bool {
	return line != "" && slices.ContainsFunc(append(crashes[:len(crashes):len(crashes)], checks...),
		func(b string) bool { return strings.HasPrefix(b, line) })
}

// say returns a message with text on standard error, or none if there is no text.
func (l *learner) say(text string) []message {
	if text == "" {
		return nil
	}
	text = place.ReplaceAllStringFunc(text, func(match string) string {
		parts := place.FindStringSubmatch(match)
		return strings.TrimSuffix(" "+l.where(parts[1], parts[2]), ": ")
	})
	return []message{l.last.with(stream{"stderr", text})}
}

// idle returns the messages that say that GoNB is idle. JupyterLab takes no notice of that after a kernel_info_request,
// the only one that GoNB answers before the first cell, and shows the status "Unknown"; so it is said once more.
func (l *learner) idle(m message) []message {
	switch kindOf(m.parent) {
	case "execute_request":
		l.running = false
		return append(l.flush(), m)
	case "kernel_info_request":
		if !l.running {
			again := m
			again.parent = []byte("{}")
			return []message{m, again}
		}
	}
	return []message{m}
}

// release returns a line of Check that was held back although the program went on.
func (l *learner) release() []message {
	text := l.checked
	l.checked = ""
	return l.say(text)
}

// flush returns everything that is held back.
func (l *learner) flush() []message {
	text := l.checked + l.dump + l.pending + l.ended
	l.checked, l.dump, l.pending, l.ended = "", "", "", ""
	return l.say(text)
}

// where returns the place of an error: the line, and the cell if it is another than the one that runs.
func (l *learner) where(cell, line string) string {
	if cell == "" || cell == strconv.Itoa(l.count) {
		return "line " + line + ": "
	}
	return "cell [" + cell + "], line " + line + ": "
}

// explain returns an error as the learner shall see it.
func (l *learner) explain(f failure) failure {
	ended := l.ended
	l.ended = ""
	var lines []string
	switch {
	case l.dump != "":
		lines = []string{l.crash(l.dump)}
		l.dump = ""
	case l.checked != "":
		line, rest, _ := strings.Cut(l.checked, "\n")
		if at := place.FindStringSubmatch(rest); at != nil {
			line = l.where(at[1], at[2]) + line
		}
		lines = []string{line}
		l.checked = ""
	case ended != "":
		lines = []string{ending(ended)}
	default:
		lines = l.compilation(f.Traceback)
	}
	if len(lines) == 0 && strings.Contains(f.Value, "signal: interrupt") {
		lines = []string{"stopped"}
	}
	if len(lines) == 0 {
		lines = []string{firstLine(colour.ReplaceAllString(f.Value, ""))}
	}
	return failure{Name: "error", Value: strings.Join(lines, "; "), Traceback: lines}
}

// crash returns one line for the dump of a panic: the line of the cell that is nearest to it, and the message.
func (l *learner) crash(dump string) string {
	head, trace, _ := strings.Cut(dump, "\n\n")
	var parts []string
	for line := range strings.Lines(head) {
		if line = strings.TrimSpace(line); line != "" && !hasPrefix(line, asides) {
			parts = append(parts, line)
		}
	}
	message := shorten(strings.Join(parts, " "))
	return l.innermost(trace) + message
}

// innermost returns the first place in a cell that a trace names, or "". The program writes a trace piece by piece, and
// GoNB only recognizes a place that it reads in one piece. The others are looked up in the cells.
func (l *learner) innermost(trace string) string {
	at, bare := place.FindStringSubmatchIndex(trace), barePlace.FindStringSubmatchIndex(trace)
	switch {
	case at != nil && (bare == nil || at[0] <= bare[0]):
		parts := place.FindStringSubmatch(trace)
		return l.where(parts[1], parts[2])
	case bare != nil:
		line, _ := strconv.Atoi(trace[bare[4]:bare[5]])
		if cell, line, ok := l.cells.find(trace[bare[2]:bare[3]], line); ok {
			return l.where(strconv.Itoa(cell), strconv.Itoa(line))
		}
	}
	return ""
}

// shorten limits a message to a few lines on the screen.
func shorten(message string) string {
	const most = 500
	if runes := []rune(message); len(runes) > most {
		return string(runes[:most]) + " …"
	}
	return message
}

// ending explains how a program ended that has not said why.
func ending(note string) string {
	match := endNote.FindStringSubmatch(note)
	stopped := match[1] != ""
	switch how := match[2]; {
	case stopped && strings.HasPrefix(how, "signal: killed"):
		return "stopped: the program did not end within five seconds and was killed"
	case stopped || strings.HasPrefix(how, "signal: interrupt"):
		return "stopped"
	case strings.HasPrefix(how, "signal: killed"):
		return "the program was killed, as the system does when memory runs out"
	default:
		return "the program ended with " + how
	}
}

// compilation returns a line for each error of the compiler, or of GoNB, from the entries of a traceback. An entry is
// the place in the cell, the code around it and the error.
func (l *learner) compilation(entries []string) []string {
	const most = 4
	var lines []string
	for _, entry := range entries {
		parts := strings.Split(strings.TrimRight(colour.ReplaceAllString(entry, ""), "\n"), "\n")
		said := parts[len(parts)-1]
		at := cellTag.FindStringSubmatch(strings.TrimSpace(parts[0]))
		switch text := strings.TrimSpace(said); {
		case text == "" || strings.HasPrefix(text, "# ") || text == "too many errors" || endNote.MatchString(text+"\n"):
		case at != nil:
			lines = append(lines, l.where(at[1], at[2])+text)
		case strings.HasPrefix(said, "\t") && len(lines) > 0: // goes on with the error before
			lines[len(lines)-1] += ", " + text
		default:
			lines = append(lines, text)
		}
	}
	for i, line := range lines {
		if strings.Contains(line, ": expected declaration, found ") {
			lines[i] += "; a cell with statements begins with a line %%"
		}
	}
	lines = slices.Compact(lines)
	if len(lines) > most {
		lines = append(lines[:most-1], fmt.Sprintf("… and %d more", len(lines)-most+1))
	}
	return lines
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}
