package text

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// golden is a case of testdata/words.json, which NLTK made (words.py beside it).
type golden struct {
	Text      string   `json:"text"`
	Sentences []string `json:"sentences"`
	Tokens    []string `json:"tokens"`
	Joined    string   `json:"joined"`
}

func goldens(t testing.TB) []golden {
	data, err := os.ReadFile("testdata/words.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []golden
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	if len(list) < 300 {
		t.Fatalf("only %d golden cases", len(list))
	}
	return list
}

func TestWordsLikeNLTK(t *testing.T) {
	for _, g := range goldens(t) {
		if got := Sentences(g.Text); !slices.Equal(got, g.Sentences) {
			t.Errorf("sentences of %q:\n got %q\nwant %q", g.Text, got, g.Sentences)
		}
		if got := (Words{}).Tokenize(g.Text); !slices.Equal(got, g.Tokens) {
			t.Errorf("words of %q:\n got %q\nwant %q", g.Text, got, g.Tokens)
		}
	}
}

// TestWordsOfOpticks compares a book that comes with Go's sources, by number and hash, with what
// words.py printed for it.
func TestWordsOfOpticks(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(runtime.GOROOT(), "src/testdata/Isaac.Newton-Opticks.txt"))
	if err != nil {
		t.Skip("this Go installation has no Opticks:", err)
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != "d4a9ac22462b35e7821a4f2706c211093da678620a8f9997989ee7cf8d507bbd" {
		t.Skip("this Go installation has another edition of Opticks")
	}
	tokens := Words{}.Tokenize(string(data))
	sum := sha256.Sum256([]byte(strings.Join(tokens, "\n")))
	const want = "114799 f37f9575f519a727a9f4d0e37a371ad6df8c99fdc9eaf1800fc80a26ef33f9c2"
	if got := fmt.Sprintf("%d %x", len(tokens), sum); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestOwl(t *testing.T) {
	tokens := Words{Lowercase: true}.Tokenize(Owl)
	want := strings.Fields("once upon a time , in a land far away , there lived a wise old owl . the owl watched over the forest and guided " +
		"the creatures . every night , under the bright moonlight , the owl would share stories .")
	if len(tokens) != 43 || !slices.Equal(tokens, want) {
		t.Errorf("%d tokens: %q", len(tokens), tokens)
	}
}

func TestWordsTakeAnyBytes(t *testing.T) {
	for _, token := range (Words{}).Tokenize("caf\xe9 \xff'\xfe.\"") {
		if !utf8.ValidString(token) {
			t.Errorf("token %q is not UTF-8", token)
		}
	}
}

func BenchmarkWords(b *testing.B) {
	data, err := os.ReadFile(filepath.Join(runtime.GOROOT(), "src/testdata/Isaac.Newton-Opticks.txt"))
	if err != nil {
		b.Skip(err)
	}
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		Words{}.Tokenize(string(data))
	}
}

func ExampleWords() {
	words := Words{Lowercase: true}
	tokens := words.Tokenize(`The owl said: "Don't go, Mr Fox."`)
	fmt.Println(words.Join(tokens))
	// Output: the owl said : `` do n't go , mr fox . ''
}

func FuzzWords(f *testing.F) {
	for _, g := range goldens(f) {
		f.Add(g.Text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, token := range (Words{}).Tokenize(text) {
			if token == "" || strings.IndexFunc(token, isSpace) >= 0 {
				t.Errorf("token %q of %q", token, text)
			}
		}
	})
}

func FuzzCharacters(f *testing.F) {
	f.Add("naïve 日本\xff")
	f.Fuzz(func(t *testing.T, text string) {
		c := Characters{}
		if got := c.Join(c.Tokenize(text)); got != text {
			t.Errorf("got %q, want %q", got, text)
		}
	})
}

func TestDetokenizeLikeNLTK(t *testing.T) {
	for _, g := range goldens(t) {
		if got := Detokenize(g.Tokens); got != g.Joined {
			t.Errorf("joining %q:\n got %q\nwant %q", g.Tokens, got, g.Joined)
		}
	}
}
