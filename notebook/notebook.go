// Package notebook has what a cell of a GoNB notebook needs beside the library: a context that the kernel's stop button
// ends, Must and Check, which end a cell with an error of one line, and Expect, which checks the answer to an exercise.
//
// It knows nothing of lmkit, so that a cell that only splits text stays quick to build.
package notebook

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"sync"
	"syscall"
)

// Context returns a context that ends when the kernel is interrupted (the stop button of JupyterLab) or shut down. The
// kernel kills a cell that still runs five seconds later.
var Context = sync.OnceValue(func() context.Context {
	ctx, _ := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	return ctx
})

// Must returns v. If err is not nil, it ends the cell instead, as Check does.
func Must[T any](v T, err error) T {
	Check(err)
	return v
}

// Check ends the cell if err is not nil: it prints the error to standard error in one line, without a stack, and exits
// with status 1, so that the cells below do not run. If the error is that of a training run that was stopped and saved,
// the line says that running the cell again goes on.
func Check(err error) {
	if err == nil {
		return
	}
	fmt.Fprint(os.Stderr, message(err)+"\n"+place())
	os.Exit(1)
}

// place returns a line with the place in the cell's program from which this package was called, for the kernel
// "Go (lmkit)", which turns it into the line of the cell. In other kernels it returns "".
func place() string {
	if os.Getenv("LMKIT_KERNEL") == "" {
		return ""
	}
	callers := make([]uintptr, 16)
	frames := runtime.CallersFrames(callers[:runtime.Callers(2, callers)])
	for {
		frame, more := frames.Next()
		if strings.HasPrefix(frame.Function, "main.") {
			return fmt.Sprintf("\t%s:%d\n", frame.File, frame.Line)
		}
		if !more {
			return ""
		}
	}
}

// message returns the line that Check prints.
func message(err error) string {
	line := strings.Join(strings.Fields(err.Error()), " ")
	var saved interface{ Resumable() bool } // *train.Interrupted
	switch {
	case errors.As(err, &saved) && saved.Resumable():
		return "stopped: " + line + "; run the cell again to go on from there"
	case errors.Is(err, context.Canceled):
		return "stopped: " + line
	}
	return "error: " + line
}
