package rundir

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"owlm/internal/files"
	"owlm/internal/want"
)

// TestHistoryOfAnyLength writes records whose samples are longer than any buffer, and reads them.
func TestHistoryOfAnyLength(t *testing.T) {
	dir := t.TempDir()
	first := []Record{{Kind: "step", Epoch: 1, Step: 1, Loss: 3, Sample: strings.Repeat("the owl ", 1<<17)}}
	h, err := OpenHistory(dir, first)
	if err != nil {
		t.Fatal(err)
	}
	second := Record{Kind: "epoch", Epoch: 1, Step: 2, Loss: 2.5, Sample: strings.Repeat("\n\u2028é", 1<<16)}
	if err := h.Append(second); err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	records, err := ReadHistory(dir)
	if err != nil || !reflect.DeepEqual(records, append(first, second)) {
		t.Errorf("%d records, %v", len(records), err)
	}
	if losses := Losses(records); !reflect.DeepEqual(losses, []float64{2.5}) {
		t.Errorf("losses %v", losses)
	}
}

// TestCutHistory reads histories whose last line, or another, is broken.
func TestCutHistory(t *testing.T) {
	line := `{"kind":"step","epoch":1,"step":1,"loss":3}`
	for content, count := range map[string]int{
		"": 0, line: 1, line + "\n": 1, line + "\n" + line[:20]: 1, line[:5]: 0,
		line + "\n" + line + "\n" + line[:1] + "\n": 2, line + "\n\n" + line + "\n": 2,
	} {
		dir := filepath.Dir(want.File(t, HistoryFile, content))
		records, err := ReadHistory(dir)
		if err != nil || len(records) != count {
			t.Errorf("%q: %d records, %v; want %d", content, len(records), err, count)
		}
	}
	dir := filepath.Dir(want.File(t, HistoryFile, line+"\n"+line[:9]+"\n"+line+"\n"))
	_, err := ReadHistory(dir)
	want.Error(t, err, dir, "line 2")
	_, err = ReadHistory(t.TempDir())
	want.Error(t, err, "no training history")
	_, err = ReadHistory(filepath.Dir(filepath.Dir(want.File(t, HistoryFile, line))))
	want.Error(t, err, "no training history")
}

// FuzzReadHistory reads any file: it is an error of one line, or records that can be written and read again.
func FuzzReadHistory(f *testing.F) {
	f.Add(`{"kind":"step","epoch":1,"step":1,"loss":3,"valid_loss":2}` + "\n{")
	f.Add("null\n{}\n\x00")
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, content string) {
		if err := files.Write(filepath.Join(dir, HistoryFile), []byte(content)); err != nil {
			t.Fatal(err)
		}
		records, err := ReadHistory(dir)
		if err != nil {
			want.Error(t, err, HistoryFile)
			return
		}
		h, err := OpenHistory(dir, records)
		if err != nil {
			t.Fatal(err)
		}
		h.Close()
		again, err := ReadHistory(dir)
		if err != nil || !reflect.DeepEqual(again, records) {
			t.Errorf("%+v, %v; want %+v", again, err, records)
		}
	})
}
