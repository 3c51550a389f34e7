package main

import (
	"fmt"
	"os/exec"
	"strings"

	"github.com/spf13/cobra"

	"owlm/internal/oneline"
	"owlm/internal/setup"
	"owlm/lmkit"
	"owlm/lmkit/backend"
)

// finding is one line of doctor's report.
type finding struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	// Is describes what was found, or what is wrong. Fix says how to fix it.
	Is  string `json:"is"`
	Fix string `json:"mend,omitempty"`
}

func doctorCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "doctor",
		Short:   "Show what is installed, what is missing and how to fix it",
		Example: "  lmkit doctor",
		RunE: func(c *cobra.Command, _ []string) error {
			findings := examine()
			if asJSON {
				return writeJSON(c.OutOrStdout(), map[string]any{"findings": findings})
			}
			for _, f := range findings {
				mark := "ok     "
				if !f.OK {
					mark = "missing"
				}
				fmt.Fprintf(c.OutOrStdout(), "%s  %-16s %s\n", mark, f.Name, f.Is)
				if f.Fix != "" {
					fmt.Fprintf(c.OutOrStdout(), "         %-16s → %s\n", "", f.Fix)
				}
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, jsonUsage)
	return c
}

// examine inspects everything that lmkit uses. It changes nothing.
func examine() []finding {
	findings := []finding{{Name: "lmkit", OK: true, Is: describeVersions()}}
	findings = append(findings,
		program("go", []string{"version"}, "install Go 1.26.5 or newer"),
		program("cc", []string{"--version"},
			"install a C compiler (Debian, Ubuntu: gcc); without one, the go engine computes"),
		program("python3", []string{"--version"},
			"install Python 3.10 or newer (Debian, Ubuntu: python3 and python3-venv)"))
	for _, name := range backend.Names {
		if name != "auto" {
			findings = append(findings, tryEngine(name))
		}
	}
	findings = append(findings, tryAuto())
	return append(findings, installed()...)
}

// installed reports what set-up has installed, and what it would install.
func installed() (findings []finding) {
	checkout, err := setup.FindCheckout()
	if err != nil {
		fix := "run lmkit in a checkout of owlm"
		findings = append(findings, finding{Name: "checkout", Is: oneline.Of(err), Fix: fix})
	} else {
		findings = append(findings, finding{Name: "checkout", OK: true, Is: checkout})
	}
	parts, err := setup.Inspect(checkout)
	if err != nil {
		return append(findings, finding{Name: "cache", Is: oneline.Of(err), Fix: "set LMKIT_CACHE to a directory"})
	}
	for _, part := range parts {
		f := finding{Name: part.Name, OK: part.Path != "", Is: strings.TrimSpace(part.Version + " " + part.Path)}
		if !f.OK {
			f.Is, f.Fix = "not installed", "lmkit setup"
		}
		findings = append(findings, f)
	}
	return findings
}

// describeVersions returns the versions of lmkit, Go and the engines.
func describeVersions() string {
	versions := lmkit.Versions()
	return fmt.Sprintf("%s, %s, gomlx %s, go-xla %s", versions["lmkit"], versions["go"],
		versions["github.com/gomlx/gomlx"], versions["github.com/gomlx/go-xla"])
}

// program finds a program on the path and runs it with arguments that make it print its version.
func program(name string, args []string, fix string) finding {
	path, err := exec.LookPath(name)
	if err != nil {
		return finding{Name: name, Is: "not found on the path", Fix: fix}
	}
	output, err := exec.Command(path, args...).CombinedOutput()
	if err != nil {
		return finding{Name: name, Is: path + " does not run: " + oneline.Of(err), Fix: fix}
	}
	return finding{Name: name, OK: true, Is: oneline.First(strings.TrimSpace(string(output)))}
}

// tryAuto reports which engine "auto" stands for.
func tryAuto() finding {
	engine, err := backend.Open("auto")
	if err != nil {
		fix := "set LMKIT_BACKEND to another engine, or unset it"
		return finding{Name: "engine auto", Is: oneline.Of(err), Fix: fix}
	}
	return finding{Name: "engine auto", OK: true, Is: engine.Reason}
}

// tryEngine opens an engine and runs a small graph on it.
func tryEngine(name string) finding {
	f := finding{Name: "engine " + name}
	engine, err := backend.Open(name)
	if err == nil {
		err = engine.Try()
	}
	if err != nil {
		f.Is = oneline.Of(err)
		if name == backend.XLACPU {
			f.Fix = "lmkit setup"
		}
		return f
	}
	f.OK, f.Is = true, engine.Device()
	return f
}
