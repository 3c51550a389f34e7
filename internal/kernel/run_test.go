package kernel

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestRemoveAbandoned removes the directories of kernels that were killed, and no others.
func TestRemoveAbandoned(t *testing.T) {
	parent := t.TempDir()
	alive, unlock, err := makeTemporary(parent)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	killed, unlockKilled, err := makeTemporary(parent)
	if err != nil {
		t.Fatal(err)
	}
	unlockKilled()
	young, unlockYoung, err := makeTemporary(parent)
	if err != nil {
		t.Fatal(err)
	}
	unlockYoung() // like one that is being made
	strange := filepath.Join(parent, temporaryName+"x")
	if err := os.Mkdir(strange, 0o700); err != nil {
		t.Fatal(err)
	}
	long := time.Now().Add(-time.Hour)
	for _, dir := range []string{alive, killed} {
		if err := os.Chtimes(filepath.Join(dir, lockName), long, long); err != nil {
			t.Fatal(err)
		}
	}
	removeAbandoned(parent)
	for dir, want := range map[string]bool{alive: true, killed: false, young: true, strange: true} {
		if _, err := os.Stat(dir); (err == nil) != want {
			t.Errorf("%s: %v", dir, err)
		}
	}
}

func TestConnectionBehind(t *testing.T) {
	front := connection{Transport: "tcp", IP: "127.0.0.1", Shell: 1, IOPub: 2, Key: "k"}
	back, err := front.behind()
	if err != nil || back.IOPub == 2 || back.IOPub == 0 || back.Shell != 1 || back.Key != "k" {
		t.Errorf("%+v: %v", back, err)
	}
	if got := front.address(7); got != "tcp://127.0.0.1:7" {
		t.Error(got)
	}
	ipc := connection{Transport: "ipc", IP: "/tmp/k", IOPub: 4}
	back, err = ipc.behind()
	if err != nil || ipc.address(ipc.IOPub) != "ipc:///tmp/k-4" || back.address(back.IOPub) != "ipc:///tmp/k-1004" {
		t.Errorf("%+v: %v", back, err)
	}
}
