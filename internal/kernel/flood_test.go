package kernel

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// through returns the texts that a dam lets out, of which each line of input is printed at the next millisecond, in a
// cell of its own, up to the end of the cell.
func through(d *dam, printed ...stream) (texts []string) {
	now := time.Unix(0, 0)
	messages := []message{published("execute_input", map[string]any{"code": "", "execution_count": 1})}
	for _, s := range printed {
		messages = append(messages, published("stream", s))
	}
	for _, m := range append(messages, idle) {
		now = now.Add(time.Millisecond)
		for _, m := range d.pass(m, now) {
			var s stream
			if m.kind() == "stream" && json.Unmarshal(m.content, &s) == nil {
				texts = append(texts, s.Name+" "+s.Text)
			}
		}
	}
	return texts
}

func TestDam(t *testing.T) {
	out := func(text string) stream { return stream{"stdout", text} }
	tests := []struct {
		name    string
		printed []stream
		want    string
	}{
		{"the first line passes at once", []stream{out("a\n")}, `["stdout a\n"]`},
		{"the next are joined", []stream{out("a\n"), out("b\n"), out("c\n")}, `["stdout a\n" "stdout b\nc\n"]`},
		{"the streams stay apart", []stream{out("a\n"), out("b\n"), {"stderr", "e\n"}, out("c\n")},
			`["stdout a\n" "stdout b\n" "stderr e\n" "stdout c\n"]`},
	}
	for _, test := range tests {
		if got := fmt.Sprintf("%q", through(new(dam), test.printed...)); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func TestDamHoldsAFlood(t *testing.T) {
	tests := []struct {
		name        string
		line        func(i int) string
		count, left int // lines, and how many of them are not shown
	}{
		{"as many lines as are shown", func(i int) string { return fmt.Sprintf("%d\n", i) }, mostLines, 0},
		{"lines", func(i int) string { return fmt.Sprintf("%d\n", i) }, 200_000, 200_000 - mostLines - lastLines},
		{"long lines", func(i int) string { return fmt.Sprintf("%01000d\n", i) }, 5_000,
			5_000 - mostBytes/1001 - lastLines},
		{"letters of several bytes", func(i int) string { return strings.Repeat("é", 700) + "\n" }, 3_000, -1},
	}
	for _, test := range tests {
		var printed []stream
		for i := range test.count {
			printed = append(printed, stream{"stdout", test.line(i)})
		}
		d := new(dam)
		for range 2 { // each cell has its own limits
			all := strings.Join(through(d, printed...), "")
			if len(all) > mostBytes+2*longestEnd+200 || strings.Contains(all, "\uFFFD") {
				t.Errorf("%s: %d bytes were shown", test.name, len(all))
			}
			if !strings.Contains(all, test.line(0)) || !strings.HasSuffix(all, test.line(test.count-1)) {
				t.Errorf("%s: the first or the last line is not shown", test.name)
			}
			note := fmt.Sprintf("… %d lines are not shown\n", test.left)
			if test.left >= 0 && strings.Contains(all, note) != (test.left > 0) {
				_, end, _ := strings.Cut(all, "… the cell")
				t.Errorf("%s: no %q in %.200q", test.name, note, end)
			}
		}
	}
}

// TestPatient checks that the script of GoNB's version is still the one that patient changes.
func TestPatient(t *testing.T) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/janpfeifer/gonb").Output()
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "internal", "websocket", "websocket.js"))
	if err != nil {
		t.Fatal(err)
	}
	m := patient(published("update_display_data", map[string]string{"text/html": string(script)}))
	var content map[string]string
	if err := json.Unmarshal(m.content, &content); err != nil {
		t.Fatal(err)
	}
	changed := content["text/html"]
	if strings.Contains(changed, "\n                500, //") || strings.Count(changed, "30000, // milliseconds") != 1 {
		t.Error("the script still waits for half a second")
	}
	plain := published("stream", stream{"stdout", "500, // milliseconds"})
	if string(patient(plain).content) != string(plain.content) {
		t.Error("another message was changed")
	}
}
