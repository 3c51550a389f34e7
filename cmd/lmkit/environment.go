package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"owlm/internal/oneline"
	"owlm/internal/setup"
	"owlm/lmkit/backend"
)

// prepare sets up what a verb needs. Only the first time takes long.
func prepare(c *cobra.Command, o setup.Options) (e setup.Environment, checkout string, err error) {
	checkout, err = setup.FindCheckout()
	if err != nil {
		return e, "", err
	}
	o.Checkout, o.Probe, o.Log = checkout, probe, c.ErrOrStderr()
	end := func() {}
	if line, ok := newMovingLine(c.ErrOrStderr()); ok {
		began := time.Now()
		o.Progress = func(p setup.Progress) {
			line.show(func() string { return setupLine(p, time.Since(began)) })
		}
		end = line.end
	}
	e, err = setup.Run(c.Context(), o)
	end()
	for _, problem := range e.Problems {
		fmt.Fprintln(c.ErrOrStderr(), "lmkit: "+problem)
	}
	return e, checkout, err
}

// setupLine returns what the moving line says while a set-up runs.
func setupLine(p setup.Progress, passed time.Duration) string {
	share := float64(p.Done) / float64(max(1, p.Total))
	text := fmt.Sprintf("set-up %s %d/%d, %s", bar(share), p.Done, p.Total, passed.Round(time.Second))
	if len(p.Running) == 0 {
		return text
	}
	return text + ": " + strings.Join(p.Running, "; ")
}

// probe runs a small graph with a plugin, in a process of its own because a broken plugin may crash it.
func probe(ctx context.Context, plugin string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	output, err := exec.CommandContext(ctx, self, "try-plugin", plugin).CombinedOutput()
	var ended *exec.ExitError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &ended) && ended.ExitCode() == exitFailed:
		return errors.New(strings.TrimPrefix(oneline.First(string(output)), "lmkit: "))
	}
	// On a processor that lacks an instruction: "signal: illegal instruction".
	return fmt.Errorf("the program that tried it ended with %w", err)
}

// tryPluginCommand returns the verb that probe runs.
func tryPluginCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "try-plugin FILE",
		Short:   "Run a small graph with an XLA plugin",
		Example: "  lmkit try-plugin /opt/xla/xla_cpu_pjrt.so",
		Hidden:  true,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef(c, "it takes one file, not %d", len(args))
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			engine, err := backend.OpenPlugin(args[0])
			if err != nil {
				return err
			}
			return engine.Try()
		},
	}
}
