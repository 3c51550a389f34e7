package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/spf13/cobra"

	"owlm/lmkit/setup"
)

// prepare sets up what a verb needs, which takes long only the first time.
func prepare(c *cobra.Command, completion bool) (setup.Environment, string, error) {
	checkout, err := setup.FindCheckout()
	if err != nil {
		return setup.Environment{}, "", err
	}
	e, err := setup.Run(c.Context(), setup.Options{Checkout: checkout, Completion: completion, Probe: probe, Log: c.ErrOrStderr()})
	for _, problem := range e.Problems {
		fmt.Fprintln(c.ErrOrStderr(), "lmkit: "+problem)
	}
	return e, checkout, err
}

// probeVariable, set to a plugin's path, makes the program run a small graph with it and end.
const probeVariable = "LMKIT_PROBE_PLUGIN"

// probe runs a small graph with a plugin in a process of its own, as a broken one may end it.
func probe(ctx context.Context, plugin string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	c := exec.CommandContext(ctx, self, "doctor")
	c.Env = append(os.Environ(), probeVariable+"="+plugin)
	output, err := c.CombinedOutput()
	if err == nil {
		return nil
	}
	lines := strings.Split(strings.TrimSpace(string(output)), "\n")
	if lines[0] == "" {
		return err
	}
	return errors.New(lines[0])
}
