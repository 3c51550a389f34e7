package dataset

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"owlm/internal/want"
	"owlm/lmkit/text"
)

// documents are rows of their own data, some of which have nothing to predict.
var documents = []string{"anna", "bo", "", "c", "christopher", "dee", "e", "fitzgerald", "gus", "hal"}

// TestEncodeDocuments compares documents that are kept apart with each of them tokenized by itself.
func TestEncodeDocuments(t *testing.T) {
	o := Options{Tokenizer: text.Characters{}, Valid: 0.2, Test: 0.1, VocabularyOptions: text.VocabularyOptions{Unknown: "?"}}
	p, err := Encode(context.Background(), text.Apart("names", documents...), o)
	if err != nil {
		t.Fatal(err)
	}
	for i, names := range [][]string{documents[:7], documents[7:9], documents[9:]} {
		part := []Part{p.Train, p.Valid, p.Test}[i]
		var got []string
		predictions := 0
		for _, ids := range part.Documents() {
			got = append(got, strings.Join(p.Vocabulary.Decode(All(ids)), ""))
		}
		known := strings.Map(func(r rune) rune {
			if r == '|' || strings.ContainsRune(strings.Join(documents[:7], ""), r) {
				return r
			}
			return '?'
		}, strings.Join(names, "|"))
		for _, name := range names {
			predictions += max(0, len(name)-1)
		}
		all := strings.Join(names, "")
		if strings.Join(got, "|") != known || part.Tokens != len(all) || part.Characters != len(all) || part.Predictions() != predictions ||
			part.Unknown != strings.Count(known, "?") {
			t.Errorf("part %d: %q, %+v, %d predictions; want %q and %d", i, got, part.PartSize, part.Predictions(), known, predictions)
		}
	}
	other, err := Encode(context.Background(), text.Apart("names", append([]string{"ann", "abo"}, documents[2:]...)...), o)
	if err != nil || other.Text == p.Text {
		t.Errorf("documents that are cut in another place have the same hash: %v", err)
	}
	// Byte-pair encoding learns nothing across two documents.
	bpe, err := Encode(context.Background(), text.Apart("pairs", slices.Repeat([]string{"xa", "bx"}, 50)...), Options{Tokenizer: text.BPE{VocabularySize: 300}})
	if err != nil {
		t.Fatal(err)
	}
	if tokens := bpe.Vocabulary.Tokens(); !slices.Contains(tokens, "xa") || slices.Contains(tokens, "xabx") || slices.Contains(tokens, "ab") {
		t.Errorf("%q", tokens[256:])
	}
}

// TestReadyIDs cuts token ids, as one text and as documents, and refuses what is none.
func TestReadyIDs(t *testing.T) {
	vocabulary, err := text.NewVocabulary(strings.Split("a b c d e f g h i j", " "), text.VocabularyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Tokenizer: text.Words{}, Valid: 0.25, Test: 0.25}
	one, err := Encode(context.Background(), text.Ready("ids", vocabulary, []int32{0, 1, 2, 3, 4, 5, 6, 7}), o)
	if err != nil || fmt.Sprint(All(one.Train.IDs), All(one.Valid.IDs), All(one.Test.IDs)) != "[0 1 2 3] [4 5] [6 7]" || one.Valid.Characters != len("e f") {
		t.Errorf("%+v, %v", one, err)
	}
	rows, err := Encode(context.Background(), text.Ready("ids", vocabulary, []int32{0, 1, 2}, []int32{3}, []int32{4, 5}, []int32{6, 7}), o)
	if err != nil || fmt.Sprint(All(rows.Train.IDs), All(rows.Valid.IDs), All(rows.Test.IDs)) != "[0 1 2 3] [4 5] [6 7]" ||
		fmt.Sprint(rows.Train.Starts, rows.Valid.Starts, rows.Test.Starts) != "[0 3] [0] [0]" {
		t.Errorf("%+v, %v", rows, err)
	}
	for reason, source := range map[string]text.Source{
		"ids: id 10, at position 1, is outside": text.Ready("ids", vocabulary, []int32{0, 10}),
		"id -1":                                 text.Ready("ids", vocabulary, []int32{-1}),
		"their vocabulary":                      text.Ready("ids", nil, []int32{0}),
		"one behind the other":                  {Name: "ids", Tokens: &text.Tokens{IDs: text.IDList{0, 1}, Vocabulary: vocabulary, Starts: []int{0, 5}}},
	} {
		_, err := Encode(context.Background(), source, o)
		want.Error(t, err, reason)
	}
	few, err := text.NewVocabulary([]string{"a"}, text.VocabularyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = Encode(context.Background(), text.Ready("ids", vocabulary, []int32{0}), Options{Tokenizer: text.Words{}, Vocabulary: few})
	want.Error(t, err, "another vocabulary")
}

// TestDocumentBatches reads an epoch of both objectives over random documents: every prediction within a document is made once, none
// reaches from one into the next, and a lane keeps its state within a document only.
func TestDocumentBatches(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		part, ids := Part{Starts: []int{}}, text.IDList{}
		predictions, windows := map[[2]int32]bool{}, map[string]bool{}
		length, rows := 1+random.IntN(6), 1+random.IntN(5)
		for range 1 + random.IntN(12) {
			part.Starts = append(part.Starts, len(ids))
			size := random.IntN(15)
			for i := range size {
				ids = append(ids, int32(len(ids)))
				if i > 0 {
					predictions[[2]int32{int32(len(ids) - 2), int32(len(ids) - 1)}] = true
				}
				if i >= length {
					windows[fmt.Sprint(ids[len(ids)-length-1:])] = true
				}
			}
		}
		part.IDs, part.Tokens = ids, len(ids)
		checkLanes(t, part, length, rows, predictions)
		checkWindows(t, part, length, rows, windows)
	}
}

func checkLanes(t *testing.T, part Part, length, rows int, predictions map[[2]int32]bool) {
	t.Helper()
	batches, err := NewLaneBatches(part, length, rows)
	if len(predictions) == 0 {
		want.Error(t, err, "2 tokens that a prediction needs")
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	seen := map[[2]int32]bool{}
	last := make([]int32, rows) // the target that a lane read last
	for index := range batches.PerEpoch() {
		b := batches.Batch(0, index)
		count := 0
		for row := range rows {
			for step := range length {
				i := step*rows + row
				if b.Weights[i] == 0 {
					continue
				}
				count++
				pair := [2]int32{b.Tokens[i], b.Targets[i]}
				if seen[pair] || !predictions[pair] {
					t.Fatalf("%v is predicted twice, or is no prediction", pair)
				}
				seen[pair] = true
				goesOn := step > 0 || b.Keep[row] == 1
				begins := slices.Contains(part.Starts, int(pair[0]))
				if goesOn == begins || goesOn && last[row] != pair[0] {
					t.Fatalf("%v: goes on %v, begins a document %v, behind %d", pair, goesOn, begins, last[row])
				}
				last[row] = pair[1]
			}
		}
		if count == 0 || float64(count) != b.Count {
			t.Errorf("batch %d has %d predictions, and says %v", index, count, b.Count)
		}
	}
	if len(seen) != len(predictions) || len(predictions) != part.Predictions() {
		t.Errorf("%d of %d predictions, %d of the part", len(seen), len(predictions), part.Predictions())
	}
}

func checkWindows(t *testing.T, part Part, length, rows int, windows map[string]bool) {
	t.Helper()
	for _, inOrder := range []bool{true, false} {
		batches, err := NewWindowBatches(part, length, rows, 7, inOrder)
		if len(windows) == 0 {
			want.Error(t, err, fmt.Sprintf("a window of %d needs", length))
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		_, rows := batches.Shape()
		seen := map[string]bool{}
		for index := range batches.PerEpoch() {
			b := batches.Batch(0, index)
			for row := range rows {
				if b.Weights[row] == 0 {
					continue
				}
				var window []int32
				for step := range length {
					window = append(window, b.Tokens[step*rows+row])
				}
				name := fmt.Sprint(append(window, b.Targets[row]))
				if seen[name] || !windows[name] {
					t.Fatalf("%s comes twice, or is no window", name)
				}
				seen[name] = true
			}
		}
		if len(seen) != len(windows) {
			t.Errorf("%d of %d windows", len(seen), len(windows))
		}
	}
}

// TestTemporaryTokens closes the parts of a text that lay in a temporary file: nothing stays.
func TestTemporaryTokens(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	p, err := Encode(context.Background(), text.File(want.File(t, "owl.txt", "the owl, the owl"), false), Options{Tokenizer: text.Words{}})
	if err != nil {
		t.Fatal(err)
	}
	if found, _ := filepath.Glob(filepath.Join(dir, "lmkit-*", TokensFile)); len(found) != 1 {
		t.Errorf("the ids are not in a file: %v", found)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "lmkit-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
