// Package programs tests the programs in this directory, and the README's, as their readers would run them: in a module
// of their own.
package programs

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"owlm/lmkit"
	"owlm/lmkit/corpora"
	"owlm/lmkit/rnn"
	"owlm/lmkit/train"
)

// checkout is the root of the module.
const checkout = "../.."

// built builds a program in a module outside the checkout, and returns its path.
func built(t *testing.T, source []byte) string {
	t.Helper()
	if testing.Short() {
		t.Skip("it links a program with XLA")
	}
	root, err := filepath.Abs(checkout)
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, content := range map[string][]byte{"main.go": source, "go.sum": sums} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{
		{"mod", "init", "example"}, {"mod", "edit", "-require=owlm@v0.0.0", "-replace=owlm=" + root}, {"mod", "tidy"},
		{"build", "-o", "program", "."},
	} {
		command := exec.Command("go", args...)
		command.Dir = dir
		if output, err := command.CombinedOutput(); err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, output)
		}
	}
	return filepath.Join(dir, "program")
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestReadme(t *testing.T) {
	readme := read(t, filepath.Join(checkout, "README.md"))
	program := regexp.MustCompile("(?s)```go\n(package main.*?)```").FindSubmatch(readme)
	if program == nil {
		t.Fatal("the README has no program")
	}
	output, err := exec.Command(built(t, program[1])).CombinedOutput()
	if words := strings.Fields(string(output)); err != nil || len(words) != 20 {
		t.Errorf("%v: %d words: %s", err, len(words), output)
	}
}

func TestRivers(t *testing.T) {
	output, err := exec.Command(built(t, read(t, "rivers/main.go"))).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	lines := strings.Split(strings.TrimSpace(string(output)), "\n")
	if len(lines) != 6 || !strings.HasSuffix(lines[0], "that is enough") {
		t.Fatalf("%s", output)
	}
	for _, line := range lines[1:] {
		if !strings.HasPrefix(line, "m") || len(line) < 3 {
			t.Errorf("%q is no river", line)
		}
	}
}

// TestScan checks that the program's model learns: it prints the share of right answers, first and last.
func TestScan(t *testing.T) {
	output, err := exec.Command(built(t, read(t, "scan/main.go"))).CombinedOutput()
	if err != nil || !strings.Contains(string(output), "after 300 steps: 100 % right") {
		t.Errorf("%v\n%s", err, output)
	}
}

// TestServer asks for three texts at once, of which one client goes away: the others get what each gets alone.
func TestServer(t *testing.T) {
	program := built(t, read(t, "server/main.go"))
	dir := filepath.Join(t.TempDir(), "run")
	if _, err := train.Run(t.Context(), corpora.Owl, train.Config{
		Model:     lmkit.Config{Cell: rnn.LSTM, EmbeddingSize: 16, HiddenSize: 32, Layers: 2},
		Objective: train.Stream{Length: 7}, BatchSize: 1, Epochs: 5, LearningRate: 0.01, Directory: dir, Backend: "go",
	}); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(program, "-model", dir, "-address", "127.0.0.1:0")
	errors, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { command.Process.Kill(); command.Wait() })
	log := bufio.NewScanner(errors)
	address := ""
	for address == "" && log.Scan() {
		_, address, _ = strings.Cut(log.Text(), "listening on ")
	}
	gone := make(chan bool, 1)
	go func() {
		for log.Scan() {
			if strings.HasSuffix(log.Text(), "gone") {
				gone <- true
			}
		}
	}()
	ask := func(ctx context.Context, prompt, length string, read func(io.Reader) string) string {
		query := url.Values{"prompt": {prompt}, "length": {length}}
		request, err := http.NewRequestWithContext(ctx, "GET", address+"/?"+query.Encode(), nil)
		if err != nil {
			return err.Error()
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err.Error()
		}
		defer response.Body.Close()
		return read(response.Body)
	}
	all := func(r io.Reader) string { data, _ := io.ReadAll(r); return string(data) }
	prompts := []string{"the owl", "every night ,"}
	alone := make([]string, len(prompts))
	for i, prompt := range prompts {
		alone[i] = ask(t.Context(), prompt, "40", all)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	first := make(chan string, 1)
	go ask(ctx, "once", "100000000", func(r io.Reader) string { // it would never end
		line := make([]byte, 10)
		io.ReadFull(r, line)
		first <- string(line)
		<-ctx.Done()
		return ""
	})
	<-first
	answers := make(chan string, len(prompts))
	for _, prompt := range prompts {
		go func() { answers <- ask(ctx, prompt, "40", all) }()
	}
	for range prompts {
		if answer := <-answers; !slices.Contains(alone, answer) || len(strings.Fields(answer)) != 40 {
			t.Errorf("%q, alone %q", answer, alone)
		}
	}
	cancel()
	select {
	case <-gone:
	case <-time.After(time.Minute):
		t.Error("the text of the client that went away did not end")
	}
	if answer := ask(t.Context(), "the dragon", "5", all); !strings.Contains(answer, `"dragon"`) {
		t.Errorf("%q", answer)
	}
}
