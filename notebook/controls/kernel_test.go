//go:build unix

package controls

import (
	"bufio"
	"context"
	"encoding/gob"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// TestCell is a cell. The tests below run it in a process of its own.
func TestCell(t *testing.T) {
	if os.Getenv("CONTROLS_CELL") == "" {
		t.Skip("run by other tests")
	}
	s := &Slider{Name: "temperature", Max: 5, Step: 0.5, Value: 1}
	for range Changes(context.Background(), s) {
		fmt.Println("temperature", s.Value)
	}
}

// startCell starts a cell that finds its kernel behind two named pipes.
func startCell(t *testing.T, toKernel, fromKernel string, environment ...string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCell$")
	c.Env = append(os.Environ(), append(environment, "CONTROLS_CELL=1",
		protocol.GONB_PIPE_ENV+"="+toKernel, protocol.GONB_PIPE_BACK_ENV+"="+fromKernel)...)
	c.Stderr = t.Output()
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c, bufio.NewScanner(stdout)
}

func expectLine(t *testing.T, output *bufio.Scanner, want string) {
	t.Helper()
	if !output.Scan() || output.Text() != want {
		t.Errorf("the cell printed %q, want %q", output.Text(), want)
	}
}

// TestWithKernel plays the kernel and the browser of a cell: the panel appears, a change makes a round, Done ends the
// loop and removes the panel.
func TestWithKernel(t *testing.T) {
	toKernel, fromKernel := filepath.Join(t.TempDir(), "to"), filepath.Join(t.TempDir(), "from")
	for _, path := range []string{toKernel, fromKernel} {
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, output := startCell(t, toKernel, fromKernel, NoFrontEnd+"=")
	k := newKernel(t, toKernel, fromKernel)
	address := k.next().Data[protocol.MIMECommSubscribe].(protocol.CommSubscription).Address
	panel := k.next()
	if html := panel.Data[protocol.MIMETextHTML].(string); !strings.Contains(html, `send("`+address+`", `) {
		t.Errorf("the panel does not send to %q:\n%s", address, html)
	}
	expectLine(t, output, "temperature 1")
	k.send(address, `{"number": 1, "values": ["1"], "done": false}`)
	k.send(address, `{"number": 2, "values": ["2.5"], "done": false}`)
	expectLine(t, output, "temperature 2.5")
	k.send(address, `not JSON`)
	k.send(address, `{"number": 3, "values": ["4"], "done": true}`)
	expectLine(t, output, "temperature 4")
	end := k.next()
	html := end.Data[protocol.MIMETextHTML].(string)
	if end.DisplayID != panel.DisplayID || strings.Contains(html, "<form") {
		t.Errorf("the panel was replaced by %q in output %q", html, end.DisplayID)
	}
	k.send(protocol.GonbuiSyncAckAddress, k.next().Data[protocol.MIMECommValue].(protocol.CommValue).Value)
	io.Copy(io.Discard, k.messages)
	if err := c.Wait(); err != nil {
		t.Error(err)
	}
}

// TestNoFrontEnd runs a cell with the variable that says that there is no browser. The pipes do not exist.
func TestNoFrontEnd(t *testing.T) {
	began := time.Now()
	c, output := startCell(t, "no", "no", NoFrontEnd+"=1")
	expectLine(t, output, "temperature 1")
	expectLine(t, output, "PASS")
	if err := c.Wait(); err != nil || time.Since(began) > answerLimit {
		t.Errorf("ended after %v: %v", time.Since(began), err)
	}
}

// kernel is the kernel's side of the pipes.
type kernel struct {
	t        *testing.T
	messages *os.File
	decoder  *gob.Decoder
	encoder  *gob.Encoder
}

func newKernel(t *testing.T, toKernel, fromKernel string) kernel {
	t.Helper()
	messages, err := os.Open(toKernel) // waits for the cell
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { messages.Close() })
	back, err := os.OpenFile(fromKernel, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { back.Close() })
	return kernel{t, messages, gob.NewDecoder(messages), gob.NewEncoder(back)}
}

func (k kernel) next() (d protocol.DisplayData) {
	k.t.Helper()
	if err := k.decoder.Decode(&d); err != nil {
		k.t.Fatal(err)
	}
	return d
}

func (k kernel) send(address string, value any) {
	k.t.Helper()
	if err := k.encoder.Encode(&protocol.CommValue{Address: address, Value: value}); err != nil {
		k.t.Fatal(err)
	}
}
