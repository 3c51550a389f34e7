package kernel

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// published makes a message of GoNB.
func published(kind string, content any) message {
	header, _ := json.Marshal(map[string]string{"msg_type": kind})
	m := message{header: header, parent: []byte("{}"), metadata: []byte("{}")}
	return m.with(content)
}

func said(text string) message { return published("stream", stream{"stderr", text}) }

func failed(entries ...string) message {
	return published("error", failure{"ERROR", strings.Join(entries, "\n"), entries})
}

var idle = idleAfter("execute_request")

// idleAfter makes the message at the end of a request.
func idleAfter(request string) message {
	m := published("status", map[string]string{"execution_state": "idle"})
	m.parent, _ = json.Marshal(map[string]string{"msg_type": request})
	return m
}

// shown returns what a learner sees of the messages in cell 3, a line for each message but the status.
func shown(l *learner, code string, messages ...message) (lines []string) {
	l.rewrite(published("execute_input", map[string]any{"code": code, "execution_count": 3}))
	for _, m := range append(messages, idle) {
		for _, m := range l.rewrite(m) {
			var s stream
			var f failure
			switch m.kind() {
			case "stream":
				json.Unmarshal(m.content, &s)
				lines = append(lines, fmt.Sprintf("%s %q", s.Name, s.Text))
			case "error":
				json.Unmarshal(m.content, &f)
				lines = append(lines, strings.Join(append([]string{f.Name}, f.Traceback...), "|"))
			}
		}
	}
	return lines
}

// at is what GoNB makes of a line of its file.
func at(cell, line int) string {
	return fmt.Sprintf("\t \x1b[7m[[ Cell [%d] Line %d ]]\x1b[0m /tmp/gonb_1/main.go:30 +0x1d\n", cell, line)
}

func TestLearner(t *testing.T) {
	const undefined = "Cell[3]: Line 2\n\nfunc main() {\n\tx()\n^\n}\n\x1b[31mundefined: x\x1b[0m"
	dump := "panic: it broke\n\ngoroutine 1 [running]:\nmain.f(...)\n" + at(1, 7) + "main.main()\n" + at(3, 2)
	for _, test := range []struct {
		name     string
		messages []message
		want     []string
	}{
		{"nothing", nil, nil},
		{"a typo", []message{failed("\x1b[31m# gonb_1\x1b[0m", undefined, "\x1b[31m\x1b[0m")},
			[]string{"error|line 2: undefined: x"}},
		{"a typo in another cell", []message{failed("Cell[1]: Line 4\n\n\x1b[31mundefined: x\x1b[0m")},
			[]string{"error|cell [1], line 4: undefined: x"}},
		{"an error of several lines", []message{failed(
			"Cell[3]: Line 2\n\nnot enough arguments in call to f", "\thave ()", "\twant (int)")},
			[]string{"error|line 2: not enough arguments in call to f, have (), want (int)"}},
		{"a forgotten %%", []message{failed("Cell[3]: Line 1\n\nexpected declaration, found fmt")},
			[]string{"error|line 1: expected declaration, found fmt; a cell with statements begins with a line %%"}},
		{"many errors", []message{failed("Cell[3]: Line 1\na", "Cell[3]: Line 2\nb", "Cell[3]: Line 3\nc",
			"Cell[3]: Line 4\nd", "Cell[3]: Line 5\ne", "too many errors")},
			[]string{"error|line 1: a|line 2: b|line 3: c|… and 2 more"}},
		{"GoNB's own error", []message{failed("special command unknown")}, []string{"error|special command unknown"}},
		{"a panic", []message{said(dump), said("exit status 2\n"), failed("exit status 2")},
			[]string{"error|cell [1], line 7: panic: it broke"}},
		{"a panic in pieces", []message{said("warning\npan"), said("ic: it broke\n\ngorout"),
			said("ine 1:\n" + at(3, 2)), said("exit status 2\n"), failed("exit status 2")},
			[]string{`stderr "warning\n"`, "error|line 2: panic: it broke"}},
		{"a nil pointer", []message{said("panic: runtime error: nil\n[signal SIGSEGV: x]\n\n" + at(3, 5)),
			said("exit status 2\n"), failed("exit status 2")}, []string{"error|line 5: panic: runtime error: nil"}},
		{"a panic of two lines", []message{said("panic: one\n\ttwo\n\ngoroutine 1\n"), failed("exit status 2")},
			[]string{"error|panic: one two"}},
		{"a deadlock", []message{said("fatal error: all asleep\n\n" + at(3, 1)), failed("exit status 2")},
			[]string{"error|line 1: fatal error: all asleep"}},
		{"a stack overflow", []message{said("runtime: goroutine stack exceeds 9-byte limit\nruntime: sp=0x1\n" +
			"fatal error: stack overflow\n\n" + at(3, 1)), failed("exit status 2")},
			[]string{"error|line 1: fatal error: stack overflow"}},
		{"a line that only begins like one", []message{said("runtime: 5 s\n")}, []string{`stderr "runtime: 5 s\n"`}},
		{"Check", []message{said("error: no model\n" + at(3, 4)), said("exit status 1\n"), failed("exit status 1")},
			[]string{"error|line 4: error: no model"}},
		{"Check in two pieces", []message{said("error: no model\n"), said(at(1, 4)), said("exit status 1\n"),
			failed("exit status 1")}, []string{"error|cell [1], line 4: error: no model"}},
		{"Check without a place", []message{said("stopped: saved\n"), said("^C\nexit status 1\n"),
			failed("exit status 1")}, []string{"error|stopped: saved"}},
		{"like Check, but the program goes on", []message{said("error: a\n"), said("error: b\nc\n")},
			[]string{`stderr "error: a\n"`, `stderr "error: b\nc\n"`}},
		{"like Check, and other output", []message{said("error: a\n"), published("stream", stream{"stdout", "b\n"})},
			[]string{`stderr "error: a\n"`, `stdout "b\n"`}},
		{"ordinary lines", []message{said("a\n"), said("exit"), said("ing\n")},
			[]string{`stderr "a\n"`, `stderr "exit"`, `stderr "ing\n"`}},
		{"a place in a log", []message{said("log:" + at(3, 9))}, []string{`stderr "log:\t line 9 +0x1d\n"`}},
		{"half a word", []message{said("pan")}, []string{`stderr "pan"`}},
		{"a panic that was caught and printed", []message{said("panic: caught\n")},
			[]string{`stderr "panic: caught\n"`}},
		{"an exit", []message{said("exit status 3\n"), failed("exit status 3")},
			[]string{"error|the program ended with exit status 3"}},
		{"an interrupt", []message{said("^C\nsignal: interrupt\n"), failed("signal: interrupt")},
			[]string{"error|stopped"}},
		{"killed after an interrupt", []message{said("^C\nsignal: killed\n"), failed("signal: killed")},
			[]string{"error|stopped: the program did not end within five seconds and was killed"}},
		{"killed", []message{said("signal: killed\n"), failed("signal: killed")},
			[]string{"error|the program was killed, as the system does when memory runs out"}},
		{"goimports that was interrupted",
			[]message{published("error", failure{Value: "goimports: signal: interrupt"})}, []string{"error|stopped"}},
	} {
		if got := shown(new(learner), "f()", test.messages...); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// TestDumpOnRequest checks that a notebook gets the whole dump after %env GOTRACEBACK=all, also in later cells.
func TestDumpOnRequest(t *testing.T) {
	l := new(learner)
	dump := []message{said("panic: x\n\ngoroutine 1\n"), said("exit status 2\n"), failed("exit status 2")}
	for _, test := range []struct {
		code string
		want int
	}{{"f()", 1}, {"%env GOTRACEBACK=all\nf()", 3}, {"f()", 3}, {"%env GOTRACEBACK none", 1}} {
		if got := shown(l, test.code, dump...); len(got) != test.want {
			t.Errorf("%s shows %q", test.code, got)
		}
	}
}

// TestIdle checks that JupyterLab learns that a kernel is idle before the first cell, and not while a cell runs.
func TestIdle(t *testing.T) {
	l := new(learner)
	if got := l.rewrite(idleAfter("kernel_info_request")); len(got) != 2 || string(got[1].parent) != "{}" {
		t.Errorf("before the first cell: %+v", got)
	}
	l.rewrite(published("execute_input", map[string]any{"execution_count": 1}))
	if got := l.rewrite(idleAfter("kernel_info_request")); len(got) != 1 {
		t.Errorf("while a cell runs: %+v", got)
	}
	l.rewrite(idleAfter("execute_request"))
	if got := l.rewrite(idleAfter("kernel_info_request")); len(got) != 2 {
		t.Errorf("after the cell: %+v", got)
	}
}

// FuzzLearner checks that nothing which a program writes to standard error is lost or shown twice, if it succeeds.
func FuzzLearner(f *testing.F) {
	f.Add("pan", "ic: x\n\ngoroutine", "\nerror: y\n")
	f.Add("error: a\n", "\tb\n", "exit status 1\n")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		var want, got strings.Builder
		l := new(learner)
		for _, text := range []string{a, b, c} {
			m := said(text)
			var s stream
			json.Unmarshal(m.content, &s) // JSON replaces what is not UTF-8
			want.WriteString(s.Text)
			for _, m := range l.rewrite(m) {
				json.Unmarshal(m.content, &s)
				got.WriteString(s.Text)
			}
		}
		for _, m := range l.rewrite(idle) {
			var s stream
			if m.kind() == "stream" {
				json.Unmarshal(m.content, &s)
				got.WriteString(s.Text)
			}
		}
		if place.MatchString(want.String()) || strings.Contains(want.String(), "exit status") ||
			strings.Contains(want.String(), "signal: ") {
			return // shown in other words, or at the end
		}
		if got.String() != want.String() {
			t.Errorf("%q became %q", want.String(), got.String())
		}
	})
}

func TestMessageIsSigned(t *testing.T) {
	m := published("stream", stream{"stdout", "x"})
	m.prefix, m.buffers = [][]byte{[]byte("topic")}, [][]byte{{1, 2}}
	frames := m.frames([]byte("key"))
	again, ok := parseMessage(frames)
	if !ok || again.kind() != "stream" || string(again.prefix[0]) != "topic" || len(again.buffers) != 1 {
		t.Fatalf("%v %v", again, ok)
	}
	if len(frames[2]) != 64 { // SHA-256 in hexadecimal
		t.Errorf("signature %q", frames[2])
	}
	if other := m.frames([]byte("another")); slices.Equal(other[2], frames[2]) {
		t.Error("the key does not matter")
	}
	for _, bad := range [][][]byte{nil, {delimiter}, frames[:5]} {
		if _, ok := parseMessage(bad); ok {
			t.Errorf("%q is a message", bad)
		}
	}
}

// TestPlaceInPieces checks that a panic's place is found where GoNB has not recognized it.
func TestPlaceInPieces(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gonb_1")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "main.go")
	file := "package main\n\nfunc f() {\n\tg()\n\tg()\n}\n\nfunc main() {\n\tf()\n\tg()\n\tg()\n}\n"
	if err := os.WriteFile(path, []byte(file), 0o644); err != nil {
		t.Fatal(err)
	}
	l := new(learner)
	shown(l, "%%\nh()") // counts 3
	l.cells = l.cells.with(1, "import \"fmt\"\n\nfunc f() {\n\tg()\n\tg()\n}")
	for _, test := range []struct {
		line int
		want string
	}{
		{4, "cell [1], line 4: panic: x"}, {5, "cell [1], line 5: panic: x"}, {9, "line 2: panic: x"},
		{10, "line 3: panic: x"}, {11, "line 4: panic: x"}, {2, "panic: x"}, {99, "panic: x"},
	} {
		dump := fmt.Sprintf("panic: x\n\ngoroutine 1 [running]:\nmain.f()\n\t%s:%d +0x1\n", path, test.line)
		got := shown(l, "%%\nf()\ng()\ng()", said(dump), failed("exit status 2"))
		if want := []string{"error|" + test.want}; !slices.Equal(got, want) {
			t.Errorf("line %d: %q, want %q", test.line, got, want)
		}
	}
	if _, _, ok := l.cells.find(filepath.Join(dir, "other.go"), 1); ok {
		t.Error("a file that does not exist has lines")
	}
}
