package text

import (
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"owlm/internal/want"
)

// TestSources reads each kind of source twice.
func TestSources(t *testing.T) {
	path := want.File(t, "owl.txt", "\uFEFFan owl\r\n")
	for name, source := range map[string]Source{
		"string": String("owl", "an owl\r\n"), "file": File(path, false),
		"reader":      FromReader("owl", strings.NewReader("an owl\n"), false),
		"slow reader": FromReader("owl", iotest.OneByteReader(strings.NewReader("an owl\n")), false),
	} {
		for range 2 {
			if got, err := source.Text(); got != "an owl\n" || err != nil {
				t.Errorf("%s: %q, %v", name, got, err)
			}
		}
		if source.InMemory() != (name != "file") {
			t.Errorf("%s: in memory: %v", name, source.InMemory())
		}
	}
	apart := Apart("rows", "one", "two")
	if got, err := apart.Text(); got != "one\ntwo" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	vocabulary, err := NewVocabulary([]string{"a", "b"}, VocabularyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	ready := Ready("ids", vocabulary, []int32{0, 1}, nil, []int32{1})
	ids := make([]int32, ready.Tokens.IDs.Len())
	ready.Tokens.IDs.Copy(ids, 0)
	if !slices.Equal(ids, []int32{0, 1, 1}) || !slices.Equal(ready.Tokens.Starts, []int{0, 2, 2}) {
		t.Errorf("%v from %v", ids, ready.Tokens.Starts)
	}
	_, err = ready.Text()
	want.Error(t, err, "ids", "no text")
	if one := Ready("ids", vocabulary, []int32{0, 1}); one.Tokens.Starts != nil {
		t.Errorf("one text has starts %v", one.Tokens.Starts)
	}
}

func TestSourcesRefuse(t *testing.T) {
	for name, source := range map[string]Source{
		"owl: byte 3 is not UTF-8":  String("owl", "owl\xff"),
		"owl: byte 0 is not UTF-8":  FromReader("owl", strings.NewReader("\xff"), false),
		"nowhere.txt: no such file": File("nowhere.txt", false),
		"the file is empty":         File(want.File(t, "empty.txt", ""), false),
		"owl: multiple Read calls":  FromReader("owl", iotest.ErrReader(io.ErrNoProgress), false),
	} {
		_, err := source.Text()
		want.Error(t, err, name)
	}
	var notUTF8 *NotUTF8Error
	if _, err := String("owl", "owl\xff").Text(); !errors.As(err, &notUTF8) || notUTF8.Offset != 3 {
		t.Errorf("%v", err)
	}
	if got, err := FromReader("owl", strings.NewReader("owl\xff"), true).Text(); got != "owl\uFFFD" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := os.Stat("nowhere.txt"); err == nil {
		t.Error("a file was made")
	}
}
