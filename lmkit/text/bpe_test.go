package text

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"owlm/internal/golden"
)

var update = flag.Bool("update", false, "write testdata/written.json; then run bpe.py")

// bpeGolden is testdata/bpe.json, which bpe.py made with Hugging Face's tokenizers.
type bpeGolden struct {
	Texts   []string
	Trained []struct {
		trainingGolden
		Merges []string
		IDs    [][]int32
	}
	Random []struct {
		trainingGolden
		MergesSHA256 string `json:"merges_sha256"`
		IDsSHA256    string `json:"ids_sha256"`
	}
	Foreign []struct {
		File    json.RawMessage
		Texts   []string
		IDs     [][]int32
		Decoded []string
	}
	Decoded []struct{ Bytes, Text string }
	Classes struct {
		Count  map[string]int
		SHA256 string
	}
	Books map[string]struct {
		trainingGolden
		SHA256       string
		MergesSHA256 string `json:"merges_sha256"`
		IDs          int
		IDsSHA256    string `json:"ids_sha256"`
	}
	Written [][]int32
}

type trainingGolden struct {
	Text           string
	VocabularySize int `json:"vocabulary_size"`
	MinFrequency   int `json:"min_frequency"`
	Tokens         int
}

func bpeGoldens(t testing.TB) (g bpeGolden) {
	golden.Read(t, "testdata/bpe.json", &g)
	if len(g.Texts) < 70 || len(g.Trained) < 3 || len(g.Random) < 60 || len(g.Foreign) < 5 || len(g.Decoded) < 100 {
		t.Fatal("goldens are missing")
	}
	return g
}

// train learns from a text with the golden's options and checks the number of tokens.
func (g trainingGolden) train(t *testing.T, content string) BPE {
	b := BPE{VocabularySize: g.VocabularySize, MinFrequency: g.MinFrequency}
	b, err := b.Train(context.Background(), strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	if n := b.Vocabulary().Len(); n != g.Tokens {
		t.Errorf("%.20q: %d tokens, want %d", content, n, g.Tokens)
	}
	return b
}

func mergesOf(b BPE) []string {
	var list []string
	for left, right := range b.merges.Pairs() {
		list = append(list, left+" "+right)
	}
	return list
}

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func hashOfIDs(ids []int32) string {
	var b bytes.Buffer
	binary.Write(&b, binary.LittleEndian, ids)
	return hashOf(b.Bytes())
}

// checkBPE encodes texts, compares the ids and joins the tokens again.
func checkBPE(t *testing.T, name string, b BPE, texts []string, want [][]int32) {
	t.Helper()
	vocabulary := b.Vocabulary()
	for i, text := range texts {
		ids := b.Encode(text)
		if !slices.Equal(ids, want[i]) {
			t.Errorf("%s: %q is\n%q, want\n%q", name, text, vocabulary.Decode(ids), vocabulary.Decode(want[i]))
		}
		tokens := b.Tokenize(text)
		if again, err := vocabulary.Encode(tokens); err != nil || !slices.Equal(again, ids) {
			t.Errorf("%s: the tokens of %q are %q, %v", name, text, tokens, err)
		}
		if joined := b.Join(tokens); joined != text {
			t.Errorf("%s: %q came back as %q", name, text, joined)
		}
	}
}

func TestBPELikeHuggingFace(t *testing.T) {
	g := bpeGoldens(t)
	for _, c := range g.Trained {
		b := c.train(t, c.Text)
		if got := mergesOf(b); !slices.Equal(got, c.Merges) {
			t.Errorf("merges of %.20q:\n got %q\nwant %q", c.Text, got, c.Merges)
		}
		checkBPE(t, fmt.Sprintf("%.20q", c.Text), b, g.Texts, c.IDs)
	}
	for _, c := range g.Random {
		b := c.train(t, c.Text)
		if got := hashOf([]byte(strings.Join(mergesOf(b), "\n"))); got != c.MergesSHA256 {
			t.Errorf("different merges for %q: %q", c.Text, mergesOf(b))
		}
		if got := hashOfIDs(b.Encode(c.Text)); got != c.IDsSHA256 {
			t.Errorf("different ids for %q", c.Text)
		}
	}
	golden.Agree(t, agreement(t, "trainings of byte-pair encoding, their merges and ids", len(g.Trained)+len(g.Random)))
}

// agreement returns the agreement of a test that has compared texts one by one.
func agreement(t *testing.T, comparison string, cases int) golden.Agreement {
	a := golden.Agreement{Comparison: comparison, Cases: cases}
	if t.Failed() {
		a.Largest = 1
	}
	return a
}

func TestBPEOfBooksLikeHuggingFace(t *testing.T) {
	for name, g := range bpeGoldens(t).Books {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(golden.Book(t, name))
			if err != nil {
				t.Skip("this book is not here:", err)
			}
			book := string(data)
			if got := hashOf(data); got != g.SHA256 {
				t.Skip("this is not the golden's edition:", got)
			}
			b := g.train(t, book)
			if got := hashOf([]byte(strings.Join(mergesOf(b), "\n"))); got != g.MergesSHA256 {
				t.Error("the merges are not Hugging Face's")
			}
			ids := b.Encode(book)
			if len(ids) != g.IDs || hashOfIDs(ids) != g.IDsSHA256 {
				t.Errorf("%d ids, want %d, or different ids", len(ids), g.IDs)
			}
			if b.Join(b.Tokenize(book)) != book {
				t.Error("the book did not come back")
			}
			golden.Agree(t, agreement(t, "ids of "+name+" by byte-pair encoding", len(ids)))
		})
	}
}

func TestForeignBPE(t *testing.T) {
	for i, c := range bpeGoldens(t).Foreign {
		for range 2 { // first as it came, then as we write it
			tokenizer, err := ParseTokenizer(c.File)
			if err != nil {
				t.Fatal(err)
			}
			b := tokenizer.(BPE)
			checkBPE(t, fmt.Sprint("file ", i), b, c.Texts, c.IDs)
			for j, text := range c.Decoded {
				if got := b.Join(b.Vocabulary().Decode(c.IDs[j])); got != text {
					t.Errorf("file %d: %v is %q, want %q", i, c.IDs[j], got, text)
				}
			}
			if c.File, err = MarshalTokenizer(b); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestWrittenFile compares the file that we write with the one that bpe.py read with Hugging Face's library.
func TestWrittenFile(t *testing.T) {
	g := bpeGoldens(t)
	b, err := BPE{VocabularySize: 400}.Train(context.Background(), strings.NewReader(strings.Join(g.Texts, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	data, err := MarshalTokenizer(b)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("testdata/written.json", data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if file, err := os.ReadFile("testdata/written.json"); err != nil || !bytes.Equal(file, data) {
		t.Errorf("written.json is not what is written now (%v); run with -update, then bpe.py", err)
	}
	back, err := ParseTokenizer(data)
	if err != nil {
		t.Fatal(err)
	}
	if len(g.Written) != len(g.Texts) {
		t.Fatal("bpe.py has not read written.json")
	}
	checkBPE(t, "written.json", back.(BPE), g.Texts, g.Written)
}

func TestValid(t *testing.T) {
	for s, valid := range map[string]string{
		"": "", "où": "où", "the \xff owl": "the \uFFFD owl",
		"the \xe2\x82": "the \uFFFD", "\xe2\x82\xff": "\uFFFD\uFFFD",
	} {
		if got := Valid(s); got != valid {
			t.Errorf("%q becomes %q, not %q", s, got, valid)
		}
	}
}

func TestCutUTF8(t *testing.T) {
	for _, c := range bpeGoldens(t).Decoded {
		content, err := hex.DecodeString(c.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		whole, rest := CutUTF8(string(content))
		if rest != "" {
			if len(rest) > 3 || utf8.FullRuneInString(rest) {
				t.Errorf("% x: the rest is % x", content, rest)
			}
			whole += "\uFFFD"
		}
		if whole != c.Text {
			t.Errorf("% x: %q and % x, want %q", content, whole, rest, c.Text)
		}
	}
}

func TestBPEOptions(t *testing.T) {
	for _, c := range []struct {
		b    BPE
		want string // "": accepted
	}{
		{BPE{}, ""}, {BPE{VocabularySize: 256}, ""},
		{BPE{VocabularySize: 255}, "vocabulary size is 255"}, {BPE{VocabularySize: -1}, "vocabulary size is -1"},
		{BPE{VocabularySize: 1 << 30, MinFrequency: -2}, "min frequency is -2"},
	} {
		_, err := c.b.Train(context.Background(), strings.NewReader("an owl"))
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v", c.b, err)
		}
	}
	// A literal makes every byte a token; so does training on nothing.
	empty, err := BPE{}.Train(context.Background(), strings.NewReader(""))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range []BPE{{}, empty} {
		got := b.Tokenize("é l")
		if !slices.Equal(got, []string{"Ã", "©", "Ġ", "l"}) || b.Vocabulary().Len() != 256 || b.Join(got) != "é l" {
			t.Errorf("%q", got)
		}
	}
	if (BPE{}).Trained() || !empty.Trained() {
		t.Error("only the trained one must say that it is trained")
	}
}

func ExampleBPE() {
	b, err := BPE{VocabularySize: 270}.Train(context.Background(), strings.NewReader(owl))
	if err != nil {
		panic(err)
	}
	tokens := b.Tokenize("the owl said: héllo 🦉")
	fmt.Println(strings.Join(tokens, " "))
	fmt.Println(b.Join(tokens))
	// Output:
	// t he Ġowl Ġ s a i d : Ġ h Ã © l l o Ġ ð Ł ¦ ī
	// the owl said: héllo 🦉
}

func BenchmarkBPE(b *testing.B) {
	book := golden.Opticks(b)
	bpe, err := BPE{VocabularySize: 8000}.Train(context.Background(), strings.NewReader(book))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(book)))
	for b.Loop() {
		bpe.Encode(book)
	}
}

func BenchmarkBPETraining(b *testing.B) {
	book := golden.Opticks(b)
	b.SetBytes(int64(len(book)))
	for b.Loop() {
		if _, err := (BPE{VocabularySize: 8000}).Train(context.Background(), strings.NewReader(book)); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzBPE(f *testing.F) {
	g := bpeGoldens(f)
	b := BPE{VocabularySize: 1000, MinFrequency: 1}
	b, err := b.Train(context.Background(), strings.NewReader(strings.Join(g.Texts, "\n")))
	if err != nil {
		f.Fatal(err)
	}
	for _, text := range g.Texts {
		f.Add(text)
	}
	f.Add("\xff\xc3 \xe2\x82")
	f.Fuzz(func(t *testing.T, text string) {
		if joined := b.Join(b.Tokenize(text)); joined != text {
			t.Errorf("%q came back as %q", text, joined)
		}
	})
}
