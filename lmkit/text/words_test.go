package text

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"owlm/internal/golden"
	"owlm/lmkit/internal/runes"
	"owlm/lmkit/internal/treebank"
)

// words is a case of testdata/words.json, which words.py made with NLTK.
type words struct {
	Text      string   `json:"text"`
	Sentences []string `json:"sentences"`
	Tokens    []string `json:"tokens"`
	Joined    string   `json:"joined"`
}

func goldens(t testing.TB) (list []words) {
	golden.Read(t, "testdata/words.json", &list)
	if len(list) < 450 {
		t.Fatalf("only %d golden cases", len(list))
	}
	return list
}

func TestWordsLikeNLTK(t *testing.T) {
	list, different := goldens(t), 0
	for _, g := range list {
		got, sentences := Words{}.Tokenize(g.Text), Sentences(g.Text)
		if slices.Equal(got, g.Tokens) && slices.Equal(sentences, g.Sentences) {
			continue
		}
		if different++; different < 20 {
			t.Errorf("%q:\n got %q in %q\nwant %q in %q", g.Text, got, sentences, g.Tokens, g.Sentences)
		}
	}
	golden.Agree(t, golden.Agreement{
		Comparison: "hard cases that NLTK tokenizes otherwise", Cases: len(list), Largest: float64(different),
	})
}

// digest is the number of lines and their sha256, by which testdata/books.json represents a book.
type digest struct {
	Count  int
	SHA256 string
}

func digestOf(lines ...[]string) digest {
	all := slices.Concat(lines...)
	return digest{len(all), hashOf([]byte(strings.Join(all, "\n")))}
}

// TestBooksLikeNLTK compares the sentences and tokens of whole books with NLTK's, by number and hash, and the tokens of
// 2,000 sentences of each book, each tokenized by itself.
func TestBooksLikeNLTK(t *testing.T) {
	var list map[string]struct {
		SHA256            string
		Sentences, Tokens digest
		Groups            []digest // 100 sentences each
	}
	golden.Read(t, "testdata/books.json", &list)
	for name, want := range list {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(golden.Book(t, name))
			if err != nil {
				t.Skip("the book is not here:", err)
			}
			book := string(data)
			if hashOf(data) != want.SHA256 {
				t.Skip("this is not the golden's edition")
			}
			sentences, different := Sentences(book), 0
			if got := digestOf(sentences); got != want.Sentences {
				t.Fatalf("sentences: %v, NLTK has %v", got, want.Sentences)
			}
			if got := digestOf(Words{}.Tokenize(book)); got != want.Tokens {
				t.Errorf("tokens: %v, NLTK has %v", got, want.Tokens)
			}
			for i, want := range want.Groups {
				var tokens [][]string
				for j := i * 100; j < (i+1)*100; j++ {
					tokens = append(tokens, Words{}.Tokenize(sentences[j*len(sentences)/2000]))
				}
				if got := digestOf(tokens...); got != want {
					different++
					t.Errorf("sentences %d to %d of 2000: %v, NLTK has %v", i*100, (i+1)*100, got, want)
				}
			}
			golden.Agree(t, golden.Agreement{
				Comparison: "hundreds of sentences of " + name + " that NLTK tokenizes otherwise",
				Cases:      len(want.Groups), Largest: float64(different),
			})
		})
	}
}

func TestOwl(t *testing.T) {
	tokens := Words{Lowercase: true}.Tokenize(owl)
	want := strings.Fields("once upon a time , in a land far away , there lived a wise old owl . " +
		"the owl watched over the forest and guided the creatures . " +
		"every night , under the bright moonlight , the owl would share stories .")
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

// BenchmarkWords begins each time with an empty cache.
func BenchmarkWords(b *testing.B) {
	book := golden.Opticks(b)
	b.SetBytes(int64(len(book)))
	for b.Loop() {
		treebank.Forget()
		Words{}.Tokenize(book)
	}
}

func BenchmarkCharacters(b *testing.B) {
	book := golden.Opticks(b)
	b.SetBytes(int64(len(book)))
	for b.Loop() {
		Characters{}.Tokenize(book)
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
			if token == "" || strings.IndexFunc(token, runes.IsSpace) >= 0 {
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
