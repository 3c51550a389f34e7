package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"owlm/bench"
	"owlm/lmkit/backend"
)

func benchCommand() *cobra.Command {
	var rounds int
	var peers, scaling, asJSON bool
	var python, out string
	var only, engines []string
	c := &cobra.Command{
		Use:     "bench",
		Short:   "Time training and generation on every engine, and beside PyTorch and JAX",
		Example: "  lmkit bench --peers --rounds 5 --out bench/results\n  lmkit bench --scaling --rounds 5 --out bench/results",
		RunE: func(c *cobra.Command, _ []string) error {
			if rounds < 1 {
				return usagef(c, "--rounds is %d; it must be 1 or more", rounds)
			}
			if scaling {
				if peers || python != "" || only != nil || engines != nil {
					return usagef(c, "--scaling times its own workloads on %s alone; leave out --peers, --python, --workload and --backend", backend.XLACPU)
				}
				return scale(c, rounds, out, asJSON)
			}
			workloads, err := chosenWorkloads(c, only)
			if err != nil {
				return err
			}
			self, err := os.Executable()
			if err != nil {
				return err
			}
			chosen := engines != nil
			if !chosen {
				engines = bench.EnginesPresent()
			}
			for _, name := range engines {
				if _, err := backend.Open(name); err != nil {
					return err
				}
			}
			systems := bench.Engines(engines, self, "measure")
			for i := range systems {
				systems[i].Short = systems[i].Name == backend.Go && !chosen
			}
			switch {
			case python != "":
				systems = append(systems, bench.PeersOf(python)...)
			case peers:
				list, err := bench.Peers(c.Context(), c.ErrOrStderr())
				if err != nil {
					return err
				}
				systems = append(systems, list...)
			}
			report, err := bench.Run(c.Context(), workloads, systems, rounds, c.ErrOrStderr())
			if err != nil {
				return err
			}
			if out != "" {
				if err := report.Save(out); err != nil {
					return err
				}
				fmt.Fprintf(c.ErrOrStderr(), "saved as %s and %s\n", filepath.Join(out, bench.TableFile), filepath.Join(out, bench.ReportFile))
			}
			if asJSON {
				return writeJSON(c.OutOrStdout(), report)
			}
			return report.WriteTable(c.OutOrStdout())
		},
	}
	f := c.Flags()
	f.IntVar(&rounds, "rounds", 5, "how often each measurement is made")
	f.BoolVar(&peers, "peers", false, "also time PyTorch and JAX; installs them the first time (about 3 GB)")
	f.StringVar(&python, "python", "", "time PyTorch and JAX in this Python, which has torch, jax and optax, instead of installing them")
	f.StringSliceVar(&only, "workload", nil, "only these workloads: "+strings.Join(workloadNames(), ", "))
	f.StringSliceVar(&engines, "backend", nil, "only these engines (default: all that are present, go without the workloads of many time steps)")
	f.BoolVar(&scaling, "scaling", false, "time instead how a step, compiling and memory grow with sequence, hidden size, batch and vocabulary")
	f.StringVar(&out, "out", "", "save the table, or the charts, and all numbers in this directory")
	f.BoolVar(&asJSON, "json", false, "write one JSON object")
	return c
}

func workloadNames() []string {
	var names []string
	for _, w := range bench.Workloads() {
		names = append(names, w.Name)
	}
	return names
}

// chosenWorkloads are those of the given names, all for none.
func chosenWorkloads(c *cobra.Command, names []string) ([]bench.Workload, error) {
	all := bench.Workloads()
	if names == nil {
		return all, nil
	}
	for _, name := range names {
		if !slices.Contains(workloadNames(), name) {
			return nil, usagef(c, "--workload is %q; there are %s", name, strings.Join(workloadNames(), ", "))
		}
	}
	return slices.DeleteFunc(all, func(w bench.Workload) bool { return !slices.Contains(names, w.Name) }), nil
}

// measureCommand is the process in which bench measures one workload on one engine.
func measureCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "measure ENGINE WORKLOAD",
		Short:   "Measure one of bench's workloads, given as JSON, in this process",
		Example: `  lmkit measure go '{"kind":"products","hidden":256,"least":5}'`,
		Hidden:  true,
		Args:    cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usagef(c, "it takes an engine and a workload, not %d arguments", len(args))
			}
			var w bench.Workload
			if err := json.Unmarshal([]byte(args[1]), &w); err != nil {
				return usagef(c, "the workload is no JSON: %v", err)
			}
			m, err := bench.Measure(c.Context(), w, args[0])
			if err != nil {
				return err
			}
			return writeJSON(c.OutOrStdout(), m)
		},
	}
}
