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

// benchFlags holds the values of the flags of bench.
type benchFlags struct {
	rounds                             int
	peers, scaling, cells, gpu, asJSON bool
	python, out                        string
	only, engines                      []string
}

func benchCommand() *cobra.Command {
	var g benchFlags
	c := &cobra.Command{
		Use:   "bench",
		Short: "Time training and generation on every engine, next to PyTorch and JAX",
		Example: "  lmkit bench --peers --rounds 5 --out bench/results\n" +
			"  lmkit bench --scaling --rounds 5 --out bench/results\n" +
			"  lmkit bench --cells --rounds 2 --out bench/results\n" +
			"  lmkit bench --gpu --out bench/results",
		RunE: func(c *cobra.Command, _ []string) error { return g.run(c) },
	}
	f := c.Flags()
	f.IntVar(&g.rounds, "rounds", 5, "number of times to make each measurement")
	f.BoolVar(&g.peers, "peers", false, "also time PyTorch and JAX, as their users start them and with lmkit's memory "+
		"settings; installs them the first time (about 3 GB)")
	f.StringVar(&g.python, "python", "", "time PyTorch and JAX in this `Python`, which must have torch, jax and "+
		"optax, instead of installing them")
	f.StringSliceVar(&g.only, "workload", nil, "only these `workloads`: "+strings.Join(workloadNames(), ", "))
	f.StringSliceVar(&g.engines, "backend", nil, "only these `engines` (default: all that work here; go without the "+
		"workloads that have many time steps)")
	f.BoolVar(&g.scaling, "scaling", false, "measure instead how the time of a step, compiling and memory grow with "+
		"sequence, hidden size, batch and vocabulary")
	f.BoolVar(&g.cells, "cells", false, "measure instead how soon an edited cell of a notebook answers, in this "+
		"kernel and in GoNB as it comes")
	f.BoolVar(&g.gpu, "gpu", false, "measure instead training on a GPU, beside PyTorch with cuDNN and without "+
		"(--python, which must have torch for CUDA)")
	f.StringVar(&g.out, "out", "", "save the table or the charts, and all numbers, in this `directory`")
	f.BoolVar(&g.asJSON, "json", false, jsonUsage)
	return c
}

func (g *benchFlags) run(c *cobra.Command) error {
	if g.rounds < 1 {
		return usagef(c, "--rounds is %d; it must be 1 or more", g.rounds)
	}
	if g.gpu {
		if g.scaling || g.cells || g.peers || g.only != nil || len(g.engines) > 1 {
			return usagef(c, "--gpu has its own workloads; leave out --scaling, --cells, --peers and --workload")
		}
		return g.timeGPU(c)
	}
	if g.cells {
		if g.scaling || g.peers || g.python != "" || g.only != nil || g.engines != nil {
			return usagef(c, "--cells has its own workloads; leave out --scaling, --peers, --python, --workload and "+
				"--backend")
		}
		return timeCells(c, g.rounds, g.out, g.asJSON)
	}
	if g.scaling {
		if g.peers || g.python != "" || g.only != nil || g.engines != nil {
			return usagef(c, "--scaling has its own workloads, on %s only; leave out --peers, --python, --workload "+
				"and --backend", backend.XLACPU)
		}
		return scale(c, g.rounds, g.out, g.asJSON)
	}
	workloads, err := chosenWorkloads(c, g.only)
	if err != nil {
		return err
	}
	systems, err := g.systems(c)
	if err != nil {
		return err
	}
	report, err := bench.Run(c.Context(), workloads, systems, g.rounds, c.ErrOrStderr())
	if err != nil {
		return err
	}
	if g.out != "" {
		if err := report.Save(g.out); err != nil {
			return err
		}
		fmt.Fprintf(c.ErrOrStderr(), "saved as %s and %s\n", filepath.Join(g.out, bench.TableFile),
			filepath.Join(g.out, bench.ReportFile))
	}
	if g.asJSON {
		return writeJSON(c.OutOrStdout(), report)
	}
	return report.WriteTable(c.OutOrStdout())
}

// systems returns the engines and, if the flags ask for them, PyTorch and JAX.
func (g *benchFlags) systems(c *cobra.Command) ([]bench.System, error) {
	engines := g.engines
	if engines == nil {
		engines = bench.EnginesPresent()
	}
	systems, err := engineSystems(engines)
	if err != nil {
		return nil, err
	}
	for i := range systems {
		systems[i].Short = systems[i].Name == backend.Go && g.engines == nil
	}
	switch {
	case g.python != "":
		systems = append(systems, bench.PeersOf(g.python)...)
	case g.peers:
		list, err := bench.Peers(c.Context(), c.ErrOrStderr())
		if err != nil {
			return nil, err
		}
		systems = append(systems, list...)
	}
	return systems, nil
}

// engineSystems returns engines as systems that this program measures. It fails if one does not work here.
func engineSystems(names []string) ([]bench.System, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if _, err := backend.Open(name); err != nil {
			return nil, err
		}
	}
	return bench.Engines(names, self, "measure"), nil
}

func workloadNames() []string {
	var names []string
	for _, w := range bench.Workloads() {
		names = append(names, w.Name)
	}
	return names
}

// chosenWorkloads returns the workloads with the given names or, without names, all.
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

// measureCommand returns the verb that bench runs in a process of its own, to measure one workload on one engine.
func measureCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "measure ENGINE WORKLOAD",
		Short:   "Measure a workload of bench, given as JSON, in this process",
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
