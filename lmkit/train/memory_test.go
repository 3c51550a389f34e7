//go:build linux || darwin

package train

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"owlm/lmkit/backend"
	"owlm/lmkit/dataset"
	"owlm/lmkit/text"
)

// madeText generates a text while it is read: sentences of words that are as frequent as in books (Zipf's law), 200,000
// distinct ones. It is the same each time.
type madeText struct {
	left  int
	words []string
	zipf  *rand.Zipf
	ready []byte
}

func madeSource(size int) text.Source {
	return text.Source{Name: "made", Open: func() (*text.Reader, error) {
		random := rand.New(rand.NewPCG(5, 6))
		m := &madeText{left: size, zipf: rand.NewZipf(random, 1.07, 3, 200_000-1)}
		for i := range 200_000 {
			m.words = append(m.words, strings.ToLower(strconv.FormatInt(int64(i)*7919+36, 36)))
		}
		return text.NewReader("made", m, false), nil
	}}
}

func (m *madeText) Read(p []byte) (int, error) {
	if m.left == 0 {
		return 0, io.EOF
	}
	for len(m.ready) < 4096 {
		m.ready = append(m.ready, "The"...)
		for range 6 + m.zipf.Uint64()%17 {
			m.ready = append(append(m.ready, ' '), m.words[m.zipf.Uint64()]...)
		}
		m.ready = append(m.ready, ".\n"...)
	}
	n := copy(p[:min(len(p), m.left)], m.ready)
	m.ready = m.ready[:copy(m.ready, m.ready[n:])]
	m.left -= n
	return n, nil
}

// measured is the result of the child process of TestMemory.
type measured struct {
	Tokens, Types  int
	PeakMB         int // of the process's resident memory, mapped files included
	EncodeSeconds  float64
	BytesPerSecond float64
}

// readAll tokenizes a text, reads batches of both objectives and makes some training steps.
func readAll(t *testing.T, size int) (m measured) {
	c := tiny(backend.Go)
	c.Objective, c.BatchSize, c.Steps, c.Epochs = Stream{Length: 35}, 20, 5, 0
	c.Vocabulary, c.Valid = text.VocabularyOptions{Size: 10000, Unknown: "<unk>"}, 1e-5
	switch os.Getenv("LMKIT_MEMORY_TOKENS") {
	case "character":
		c.Tokenizer = text.Characters{}
	case "bpe":
		c.Tokenizer = text.BPE{}
	}
	start := time.Now()
	r, err := newRun(t.Context(), madeSource(size), c.withDefaults(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.parts.Close()
	m.EncodeSeconds = time.Since(start).Seconds()
	m.BytesPerSecond = float64(size) / m.EncodeSeconds
	m.Tokens, m.Types = r.parts.Tokens(), r.parts.VocabularySize
	windows, err := Windows{Length: 5}.batches(r.parts.Train, batching{size: c.BatchSize})
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range []dataset.Batches{r.source, windows} {
		for index := range min(source.PerEpoch(), 20_000) {
			source.Batch(0, index)
		}
	}
	if err := r.train(t.Context()); err != nil {
		t.Fatal(err)
	}
	m.PeakMB = peakMB(t)
	return m
}

// peakMB returns the largest resident memory that this process has had, in MB. On Linux it reads VmHWM: the maximum of
// getrusage starts, in a process started by Go, at the parent's peak, which in a long test is higher than the child's.
func peakMB(t *testing.T) int {
	t.Helper()
	if status, err := os.ReadFile("/proc/self/status"); err == nil {
		_, rest, _ := strings.Cut(string(status), "VmHWM:")
		var kilobytes int
		if _, err := fmt.Sscan(rest, &kilobytes); err != nil {
			t.Fatalf("VmHWM in /proc/self/status: %v", err)
		}
		return kilobytes >> 10
	}
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS == "darwin" {
		return int(usage.Maxrss >> 20) // in bytes
	}
	return int(usage.Maxrss >> 10) // in KiB
}

// TestMemory trains on a text in a child process, whose memory must stay below 500 MB. The text has 20 MB, or 4 MB in
// short mode. LMKIT_MEMORY_MB chooses another size, and LMKIT_MEMORY_TOKENS=character or bpe another kind of tokens
// than words.
func TestMemory(t *testing.T) {
	size := 20_000_000
	if testing.Short() {
		size = 4_000_000
	}
	if megabytes, err := strconv.Atoi(os.Getenv("LMKIT_MEMORY_MB")); err == nil {
		size = megabytes * 1_000_000
	}
	const child = "LMKIT_MEMORY_CHILD"
	if os.Getenv(child) != "" {
		line, err := json.Marshal(readAll(t, size))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Printf("measured %s\n", line)
		return
	}
	command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestMemory$", "-test.timeout=0",
		fmt.Sprintf("-test.short=%v", testing.Short()))
	command.Env = append(os.Environ(), child+"=1", "TMPDIR="+t.TempDir())
	output, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	_, line, _ := strings.Cut(string(output), "measured ")
	var m measured
	if err := json.NewDecoder(strings.NewReader(line)).Decode(&m); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	t.Logf("%d MB of text, %d tokens, vocabulary %d: tokenized in %.1f s, %.1f MB/s; peak memory %d MB",
		size/1_000_000, m.Tokens, m.Types, m.EncodeSeconds, m.BytesPerSecond/1e6, m.PeakMB)
	if m.PeakMB >= 500 {
		t.Errorf("peak memory is %d MB for a text of %d MB", m.PeakMB, size/1_000_000)
	}
}
