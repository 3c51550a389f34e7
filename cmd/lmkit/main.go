// Command lmkit trains recurrent language models, generates text with them, and sets up and executes the notebooks.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"owlm/internal/oneline"
	"owlm/lmkit/backend"
)

// Exit codes; programs outside this repository rely on them.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130
)

func main() {
	backend.TuneMemory()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	go func() {
		<-ctx.Done()
		stop() // the second interrupt ends the program at once
	}()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run executes a command line and returns the exit code.
func run(ctx context.Context, args []string, in io.Reader, out, errors io.Writer) int {
	root := rootCommand()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errors)
	err := root.ExecuteContext(ctx)
	return report(err, errors)
}

// report writes an error in one line and returns the exit code.
func report(err error, w io.Writer) int {
	var usage *usageError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &usage):
		fmt.Fprintf(w, "lmkit: %s; see lmkit %s--help\n", oneline.Of(err), usage.verb)
		return exitUsage
	case errors.Is(err, errShown):
		return exitFailed
	}
	message := oneline.Of(err) + advice(err)
	if err == context.Canceled {
		message = "interrupted"
	}
	fmt.Fprintf(w, "lmkit: %s\n", message)
	if errors.Is(err, context.Canceled) {
		return exitInterrupted
	}
	return exitFailed
}

// errShown is the error of a command that has already printed what failed.
var errShown = errors.New("failed")

// usageError is a mistake in the command line itself.
type usageError struct {
	verb    string // with a space after it; "" for lmkit itself
	message string
}

func (e *usageError) Error() string { return e.message }
