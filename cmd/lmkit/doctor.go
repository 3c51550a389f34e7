package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/spf13/cobra"

	"owlm/lmkit"
	"owlm/lmkit/backend"
	"owlm/lmkit/setup"
)

// finding is one line of doctor's report.
type finding struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	// Is says what there is, or what is wrong; Mend how to mend it.
	Is   string `json:"is"`
	Mend string `json:"mend,omitempty"`
}

func doctorCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "doctor",
		Short:   "Say what is installed, what is missing and how to mend it",
		Example: "  lmkit doctor",
		RunE: func(c *cobra.Command, _ []string) error {
			if plugin := os.Getenv(probeVariable); plugin != "" {
				return tryPlugin(plugin)
			}
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
				if f.Mend != "" {
					fmt.Fprintf(c.OutOrStdout(), "         %-16s → %s\n", "", f.Mend)
				}
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "write one JSON object")
	return c
}

// examine looks at everything that lmkit uses.
func examine() []finding {
	findings := []finding{{Name: "lmkit", OK: true, Is: describeVersions()}}
	findings = append(findings,
		program("go", []string{"version"}, "install Go 1.26.5 or newer"),
		program("cc", []string{"--version"}, "install a C compiler (Debian, Ubuntu: gcc); without one, the go engine computes"),
		program("python3", []string{"--version"}, "install Python 3.10 or newer (Debian, Ubuntu: python3 and python3-venv)"))
	for _, name := range backend.Names[1:] {
		findings = append(findings, tryEngine(name))
	}
	engine, err := backend.Open("auto")
	if err != nil {
		findings = append(findings, finding{Name: "auto", Is: err.Error(), Mend: "unset LMKIT_BACKEND, or name another engine"})
	} else {
		findings = append(findings, finding{Name: "auto", OK: true, Is: engine.Reason})
	}
	return append(findings, examineCache())
}

func describeVersions() string {
	versions := lmkit.Versions()
	return fmt.Sprintf("%s, %s, gomlx %s, go-xla %s", versions["lmkit"], versions["go"], versions["github.com/gomlx/gomlx"], versions["github.com/gomlx/go-xla"])
}

func program(name string, args []string, mend string) finding {
	path, err := exec.LookPath(name)
	if err != nil {
		return finding{Name: name, Is: "not found on the path", Mend: mend}
	}
	output, err := exec.Command(path, args...).CombinedOutput()
	if err != nil {
		return finding{Name: name, Is: path + " does not run: " + oneLine(err), Mend: mend}
	}
	return finding{Name: name, OK: true, Is: oneLine(errors.New(strings.TrimSpace(string(output))))}
}

// tryEngine opens an engine and runs a small graph on it.
func tryEngine(name string) finding {
	f := finding{Name: "engine " + name}
	engine, err := backend.Open(name)
	if err == nil {
		err = tryGraph(engine)
	}
	if err != nil {
		f.Is = oneLine(err)
		if name == backend.XLACPU {
			f.Mend = "lmkit setup"
		}
		return f
	}
	f.OK, f.Is = true, engine.Device()
	return f
}

// tryGraph multiplies two small matrices.
func tryGraph(engine *backend.Engine) error {
	output, err := graph.ExecOnce(engine.Backend, func(a, b *graph.Node) *graph.Node {
		return graph.ReduceAllSum(graph.Dot(a, b).Product())
	}, [][]float32{{1, 2}, {3, 4}}, [][]float32{{1, 0}, {0, 1}})
	if err != nil {
		return err
	}
	if sum := tensors.ToScalar[float32](output); sum != 10 {
		return fmt.Errorf("a small graph gave %v instead of 10", sum)
	}
	return nil
}

// tryPlugin is the other side of probe.
func tryPlugin(path string) error {
	os.Setenv("LMKIT_XLA_PLUGIN", path)
	engine, err := backend.Open(backend.XLACPU)
	if err != nil {
		return err
	}
	return tryGraph(engine)
}

func examineCache() finding {
	dir, err := setup.CacheDir()
	if err != nil {
		return finding{Name: "cache", Is: err.Error()}
	}
	if _, ok, err := setup.XLAPlugin(); err != nil || !ok {
		return finding{Name: "cache", Is: dir + " holds no complete installation", Mend: "lmkit setup"}
	}
	return finding{Name: "cache", OK: true, Is: dir}
}
