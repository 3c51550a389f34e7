package lab

import (
	"bytes"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestErrorLog(t *testing.T) {
	const written = "[I 2026-01-31 11:30:00.000 ServerApp] Jupyter Server is running\n" +
		"[E 2026-01-31 11:30:01.000 ServerApp] Uncaught exception\n    Traceback\n" +
		"[C 2026-01-31 11:30:02.000 ServerApp] received signal 15, stopping\n\n"
	tests := []struct {
		all  bool
		want string
	}{
		{false, "[E 2026-01-31 11:30:01.000 ServerApp] Uncaught exception\n"},
		{true, written},
	}
	for _, test := range tests {
		var out bytes.Buffer
		log := &errorLog{to: &out, all: test.all}
		for part := range slices.Chunk([]byte(written), 7) {
			log.Write(part)
		}
		if out.String() != test.want {
			t.Errorf("all=%v: %q, want %q", test.all, out.String(), test.want)
		}
		if got := log.reason(nil); got != "received signal 15, stopping" {
			t.Errorf("the reason is %q", got)
		}
	}
	if got := new(errorLog).reason(errors.New("exit status 3")); got != "exit status 3" {
		t.Errorf("without a log, the reason is %q", got)
	}
}

func TestListening(t *testing.T) {
	dir := t.TempDir()
	if _, ok := listening(dir, ""); ok {
		t.Error("there is an address without a server")
	}
	server, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	port := strconv.Itoa(server.Addr().(*net.TCPAddr).Port)
	tests := []struct{ info, page, want string }{
		{`{"hostname": "localhost", "po`, "", ""},
		{`{"hostname": "localhost", "port": PORT, "base_url": "/", "token": "a1"}`, "01 a.ipynb",
			"http://localhost:PORT/lab/tree/01%20a.ipynb?token=a1"},
		{`{"hostname": "0.0.0.0", "port": PORT, "base_url": "/x/", "token": ""}`, "",
			"http://localhost:PORT/x/lab?token="},
		{`{"hostname": "::", "port": PORT, "base_url": "/", "token": "b"}`, "", "http://localhost:PORT/lab?token=b"},
	}
	for _, test := range tests {
		info := []byte(strings.ReplaceAll(test.info, "PORT", port))
		if err := os.WriteFile(filepath.Join(dir, "jpserver-7.json"), info, 0o600); err != nil {
			t.Fatal(err)
		}
		want := strings.ReplaceAll(test.want, "PORT", port)
		if got, ok := listening(dir, test.page); got != want || ok != (want != "") {
			t.Errorf("%s: %q, want %q", info, got, want)
		}
	}
	server.Close()
	if _, ok := listening(dir, ""); ok {
		t.Error("there is an address although nothing listens there")
	}
}

func TestTemporaryParent(t *testing.T) {
	long := "/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T"
	for own, want := range map[string]string{"/tmp": "/tmp", "/var/tmp": "/var/tmp", long: "/tmp"} {
		if got := temporaryParent(own); got != want {
			t.Errorf("for %s: %s, want %s", own, got, want)
		}
	}
}

// TestPrepare checks that none of the user's settings is used: every directory that Jupyter writes to is ours.
func TestPrepare(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"JUPYTER_CONFIG_DIR", "JUPYTER_CONFIG_PATH", "JUPYTER_DATA_DIR",
		"JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR", "TMPDIR"} {
		t.Setenv(name, "/users/own")
	}
	t.Setenv("JUPYTER_PATH", "/more")
	environment, err := prepare(filepath.Join(dir, "t"), filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	last := make(map[string]string) // a later value replaces an earlier one
	for _, entry := range environment {
		name, value, _ := strings.Cut(entry, "=")
		last[name] = value
	}
	for name, value := range last {
		if value == "/users/own" {
			t.Errorf("%s is the user's", name)
		}
	}
	if want := filepath.Join(dir, "t", "data") + string(os.PathListSeparator) + "/more"; last["JUPYTER_PATH"] != want {
		t.Errorf("JUPYTER_PATH is %s, want %s", last["JUPYTER_PATH"], want)
	}
	if _, err := prepare(filepath.Join(dir, "t"), "/dev/null/s"); err == nil {
		t.Error("settings in a file are no error")
	}
}
