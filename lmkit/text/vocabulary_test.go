package text

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"owlm/internal/want"
)

func TestVocabulary(t *testing.T) {
	tokens := strings.Fields("b a c a b a d")
	for _, c := range []struct {
		options VocabularyOptions
		want    string // "": an error
	}{
		{VocabularyOptions{}, "a b c d"},
		{VocabularyOptions{Unknown: "<unk>"}, "<unk> a b c d"},
		{VocabularyOptions{Unknown: "a"}, "a b c d"},
		{VocabularyOptions{Unknown: "<unk>", MinCount: 2}, "<unk> a b"},
		{VocabularyOptions{Unknown: "<unk>", Size: 3}, "<unk> a b"},
		{VocabularyOptions{Unknown: "<unk>", Size: 4}, "<unk> a b c"},
		{VocabularyOptions{Size: 4}, "a b c d"},
		{VocabularyOptions{Size: 2}, ""}, {VocabularyOptions{MinCount: 2}, ""}, {VocabularyOptions{MinCount: -1}, ""},
	} {
		v, err := NewVocabulary(tokens, c.options)
		if (err == nil) != (c.want != "") {
			t.Errorf("%+v: %v", c.options, err)
		}
		if err == nil && strings.Join(v.Tokens(), " ") != c.want {
			t.Errorf("%+v: %q, want %q", c.options, v.Tokens(), c.want)
		}
	}
	if _, err := NewVocabulary(nil, VocabularyOptions{}); err == nil {
		t.Error("a vocabulary of nothing")
	}
}

func TestUnknownTokens(t *testing.T) {
	strict, err := NewVocabulary([]string{"the", "owl"}, VocabularyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = strict.Encode([]string{"the", "dragon"})
	var unknown *UnknownTokenError
	if !errors.As(err, &unknown) || unknown.Token != "dragon" || unknown.Position != 1 {
		t.Errorf("%v", err)
	}
	open, err := NewVocabulary([]string{"the", "owl"}, VocabularyOptions{Unknown: "<unk>"})
	if err != nil {
		t.Fatal(err)
	}
	ids, err := open.Encode([]string{"the", "dragon"})
	if err != nil || !slices.Equal(open.Decode(ids), []string{"the", "<unk>"}) {
		t.Errorf("%v, %v", ids, err)
	}
}

func TestVocabularyJSON(t *testing.T) {
	v, err := NewVocabulary(strings.Fields("<b> é \"q\" <unk>"), VocabularyOptions{Unknown: "<unk>"})
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var back Vocabulary
	if err := json.Unmarshal(data, &back); err != nil || !reflect.DeepEqual(*v, back) {
		t.Errorf("%s: %v", data, err)
	}
	for text, want := range map[string]string{
		`{"tokens":[]}`: "tokens", `{"tokens":[1]}`: "tokens", `{"tokens":["a","a"]}`: `"a" occurs twice`,
		`{"tokens":["a"],"unknown":"b"}`: "unknown", `{"tokens":["a"],"unknown":""}`: "unknown",
		`{"tokens":["a"],"size":1}`: "size", `[`: "",
	} {
		if err := json.Unmarshal([]byte(text), &back); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestTokenizerJSON(t *testing.T) {
	for _, tokenizer := range []Tokenizer{
		Words{}, Words{Lowercase: true}, Characters{}, Characters{Lowercase: true},
		BPE{}, BPE{VocabularySize: 300, MinFrequency: 3},
	} {
		data, err := MarshalTokenizer(tokenizer)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := ParseTokenizer(data); err != nil || back != tokenizer {
			t.Errorf("%s: %#v, %v", data, back, err)
		}
	}
	for _, text := range []string{
		``, `{}`, `{"kind":1}`, `{"kind":"word","x":1}`, `{"kind":"word"}{}`,
		`{"kind":"bpe","vocabulary_size":255}`, `{"kind":"bpe","size":300}`, `{"kind":"bpe","lowercase":true}`,
	} {
		if _, err := ParseTokenizer([]byte(text)); err == nil {
			t.Errorf("%s is accepted", text)
		}
	}
}

func TestWindows(t *testing.T) {
	ids := []int{0, 1, 2, 3, 4, 5, 6}
	for _, c := range []struct{ length, stride, count int }{
		{5, 1, 2}, {6, 1, 1}, {7, 1, 0}, {1, 1, 6}, {2, 2, 3}, {2, 3, 2}, {0, 1, 0}, {1, 0, 0},
	} {
		windows := Windows(ids, c.length, c.stride)
		if len(windows) != c.count {
			t.Errorf("length %d, stride %d: %d windows, want %d", c.length, c.stride, len(windows), c.count)
		}
		for i, w := range windows {
			if w.Input[0] != i*c.stride || w.Target != w.Input[c.length-1]+1 || len(w.Input) != c.length {
				t.Errorf("window %d: %+v", i, w)
			}
		}
	}
}

func TestReadFile(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		content, want string
		replaced      int
		bad           string // part of the error without lossy; "" for none
	}{
		{"owl", "owl", 0, ""}, {"\uFEFFowl\r\nowl\r", "owl\nowl\r", 0, ""}, {"nul\x00", "nul\x00", 0, ""},
		{"ow\xffl\xc3", "ow\uFFFDl\uFFFD", 2, "byte 2 is not UTF-8"}, {"", "", 0, "empty"},
	} {
		path := filepath.Join(dir, "text.txt")
		if err := os.WriteFile(path, []byte(c.content), 0o644); err != nil {
			t.Fatal(err)
		}
		content, _, err := ReadFile(path, false)
		if c.bad != "" {
			want.Error(t, err, path+": ", c.bad)
		} else if err != nil || content != c.want {
			t.Errorf("%q: %q, %v", c.content, content, err)
		}
		if c.replaced == 0 {
			continue
		}
		content, replaced, err := ReadFile(path, true)
		if err != nil || content != c.want || replaced != c.replaced {
			t.Errorf("%q, lossy: %q, %d, %v", c.content, content, replaced, err)
		}
	}
	for _, path := range []string{dir, filepath.Join(dir, "nothing")} {
		if _, _, err := ReadFile(path, false); err == nil || !strings.HasPrefix(err.Error(), path+": ") {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func FuzzVocabularyJSON(f *testing.F) {
	f.Add([]byte(`{"tokens":["a","b"],"unknown":"a"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var v Vocabulary
		if json.Unmarshal(data, &v) == nil && v.Len() == 0 {
			t.Errorf("%s is an empty vocabulary", data)
		}
		ParseTokenizer(data)
	})
}

func ExampleNewVocabulary() {
	tokens := Words{Lowercase: true}.Tokenize("The owl and the forest.")
	v, err := NewVocabulary(tokens, VocabularyOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	ids, err := v.Encode(tokens)
	fmt.Println(v.Tokens(), ids, err)
	// Output: [. and forest owl the] [4 3 1 4 2 0] <nil>
}

func ExampleWindows() {
	for _, w := range Windows([]string{"once", "upon", "a", "time"}, 2, 1) {
		fmt.Println(w.Input, "->", w.Target)
	}
	// Output:
	// [once upon] -> a
	// [upon a] -> time
}

func TestImportedVocabularies(t *testing.T) {
	for name, c := range map[string]struct {
		file, content, tokens, unknown string
	}{
		"list":        {"v.txt", "a\nb c\n  \n", "a|b c|  ", ""},
		"CR LF":       {"v.txt", "\uFEFFa\r\nb", "a|b", ""},
		"unknown":     {"v.txt", "a\n<unk>\nb\n", "a|<unk>|b", "<unk>"},
		"JSON":        {"v.json", `{"tokens":["a","\n"],"unknown":"a"}`, "a|\n", "a"},
		"JSON inside": {"v.txt", `{"tokens":["a"]}`, "a", ""},
		"brackets":    {"v.txt", "{\n}\n", "{|}", ""},
	} {
		v, err := ReadVocabulary(want.File(t, c.file, c.content))
		if err != nil || strings.Join(v.Tokens(), "|") != c.tokens || v.Unknown() != c.unknown {
			t.Errorf("%s: %v, %v", name, v, err)
		}
	}
}
