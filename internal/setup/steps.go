package setup

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
)

// Progress says how far a set-up is.
type Progress struct {
	// Running says what is being done, in the order in which it began.
	Running []string
	// Done is the number of parts that are installed, or have failed, of the Total that were missing.
	Done, Total int
}

// steps installs parts, some at the same time, and says how it goes.
type steps struct {
	log      func(string)
	show     func(Progress) // nil: nobody looks
	missing  []string
	mutex    sync.Mutex
	progress Progress
	failed   map[string]error // by the name of the part
}

func newSteps(o Options, missing []string) *steps {
	return &steps{
		log: func(line string) { fmt.Fprintln(o.Log, line) }, show: o.Progress, missing: missing,
		progress: Progress{Total: len(missing)}, failed: map[string]error{},
	}
}

// do installs a part if it is missing and ctx has not ended.
func (s *steps) do(ctx context.Context, name string, install func() error) {
	if !slices.Contains(s.missing, name) || ctx.Err() != nil {
		return
	}
	doing := describe(name)
	s.change(func() {
		s.progress.Running = append(slices.Clone(s.progress.Running), doing)
		if s.show == nil {
			s.log(doing + " …")
		}
	})
	err := install()
	s.change(func() {
		running := slices.Clone(s.progress.Running)
		s.progress.Running = slices.DeleteFunc(running, func(other string) bool { return other == doing })
		s.progress.Done++
		s.failed[name] = err
	})
}

// change changes the progress and shows it.
func (s *steps) change(how func()) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	how()
	if s.show != nil {
		s.show(s.progress)
	}
}

// describe says what installing a part does.
func describe(part string) string {
	switch part {
	case "python":
		return "installing JupyterLab, nbclient and nbconvert with pip (about 80 MB to download)"
	case "xla":
		if os.Getenv("LMKIT_XLA_PLUGIN") != "" || !hasWheel {
			return "trying the XLA plugin"
		}
		return "installing XLA for the CPU with pip (about 60 MB to download, 260 MB unpacked)"
	case "gonb":
		return "building the Go kernel for Jupyter (gonb, goimports, lmkit-kernel)"
	case "cells":
		return "compiling the packages that cells import"
	case "gopls":
		return "building gopls, for completion in cells"
	}
	return "writing the " + part
}

// waiting passes what lock writes on to the one that looks.
type waiting struct{ Options }

func (w waiting) Write(line []byte) (int, error) {
	if w.Progress == nil {
		return w.Log.Write(line)
	}
	w.Progress(Progress{Running: []string{strings.TrimSuffix(string(line), " …\n")}})
	return len(line), nil
}
