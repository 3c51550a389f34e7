package dataset

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"owlm/internal/want"
)

// tokenFile writes a token file with n random ids, and returns the ids.
func tokenFile(t testing.TB, path string, n, vocabulary int) []int32 {
	sizes := [3]PartSize{{n - 2, 7, 1}, {0, 0, 0}, {2, 2, 0}}
	w, err := newTokenWriter(path, &Header{VocabularySize: vocabulary, Bytes: 9, Sizes: sizes})
	if err != nil {
		t.Fatal(err)
	}
	defer w.cleanup()
	random := rand.New(rand.NewPCG(1, 1))
	ids := make([]int32, n)
	for i := range ids {
		ids[i] = random.Int32N(int32(vocabulary))
		if err := w.add(ids[i]); err != nil {
			t.Fatal(err)
		}
	}
	file, err := w.finish()
	if err != nil {
		t.Fatal(err)
	}
	file.(*File).Close()
	return ids
}

// TestTokenFile writes ids of both widths, and reads random stretches of them.
func TestTokenFile(t *testing.T) {
	for vocabulary, width := range map[int]int64{1: 2, 1 << 16: 2, 1<<16 + 1: 4, 1<<31 - 1: 4} {
		path := filepath.Join(t.TempDir(), "tokens.bin")
		ids := tokenFile(t, path, 5000, vocabulary)
		info, err := os.Stat(path)
		if err != nil || info.Size() != tokenHeaderSize+5000*width {
			t.Errorf("%d bytes for a vocabulary of %d, %v", info.Size(), vocabulary, err)
		}
		file, err := OpenFile(path)
		if err != nil {
			t.Fatal(err)
		}
		random := rand.New(rand.NewPCG(1, 2))
		for range 3 * copiesMapped { // so that the file is mapped anew
			from := random.IntN(5000)
			into := make([]int32, random.IntN(5000-from+1))
			file.Copy(into, from)
			if !slices.Equal(into, ids[from:from+len(into)]) {
				t.Fatalf("vocabulary %d: other ids from %d to %d", vocabulary, from, from+len(into))
			}
		}
		file.Close()
	}
}

// TestDamagedTokenFile changes every byte of a file, and cuts it off everywhere.
func TestDamagedTokenFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens.bin")
	tokenFile(t, path, 20, 300)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	refuse := func(data []byte, what string) {
		t.Helper()
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := OpenFile(path)
		if want.Error(t, err, path+": "); !strings.HasPrefix(err.Error(), path) {
			t.Errorf("%s: error %v", what, err)
		}
	}
	for i := range whole {
		data := bytes.Clone(whole)
		data[i] ^= 0x40
		refuse(data, fmt.Sprintf("byte %d changed", i))
		refuse(whole[:i], fmt.Sprintf("cut to %d bytes", i))
	}
	refuse(append(whole, 0), "a byte more")
}

// FuzzTokenFile checks that a file that is accepted has as many bytes as its header says.
func FuzzTokenFile(f *testing.F) {
	path := filepath.Join(f.TempDir(), "tokens.bin")
	for _, vocabulary := range []int{3, 1 << 17} {
		tokenFile(f, path, 5, vocabulary)
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := verifyTokens(bytes.NewReader(data), int64(len(data)))
		if err == nil && tokenHeaderSize+h.Tokens()*h.width() != len(data) {
			t.Errorf("%d ids of %d bytes in %d bytes", h.Tokens(), h.width(), len(data))
		}
	})
}
