package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"

	"owlm/bench/peers"
	"owlm/lmkit/backend"
)

// The peers, as systems are named in results.
const (
	PyTorch = peers.PyTorch
	JAX     = peers.JAX
)

// System is something that workloads are measured on.
type System struct {
	Name string
	// Short leaves the long workloads out.
	Short bool
	// command is the program that measures; a workload's JSON is added to it.
	command []string
	// memory says which settings of memory a peer gets; lmkit's command gives itself its own.
	memory memory
}

type memory int

const (
	own     memory = iota // what the program gives itself
	untuned               // none, as users start PyTorch and JAX
	tuned                 // those of lmkit, backend.MemoryTuning
)

// Tuned, after a peer's name, says that it was started with the settings of memory that lmkit's command gives itself.
const Tuned = " tuned"

// Engines are the systems of lmkit: program is this command, with the arguments that make it call Measure for an engine, whose
// name is added.
func Engines(names []string, program ...string) []System {
	var list []System
	for _, name := range names {
		list = append(list, System{Name: name, command: append(append([]string(nil), program...), name)})
	}
	return list
}

// EnginesPresent are the engines that can be opened here.
func EnginesPresent() []string {
	var names []string
	for _, name := range []string{backend.XLACPU, backend.Go} {
		if _, err := backend.Open(name); err == nil {
			names = append(names, name)
		}
	}
	return names
}

// Peers are those of PeersOf, installed with pip into a virtual environment of their own in lmkit's cache directory where they are
// not there yet (about 3 GB); every file is checked by its hash.
func Peers(ctx context.Context, log io.Writer) ([]System, error) {
	python, err := peers.Python(ctx, log)
	if err != nil {
		return nil, err
	}
	return PeersOf(python), nil
}

// PeersOf are PyTorch and JAX in a Python that has them, each as its users start it, and tuned.
func PeersOf(python string) []System {
	torch, jax := []string{python, "-c", peers.TorchScript}, []string{python, "-c", peers.JAXScript}
	return []System{
		{Name: PyTorch, command: torch, memory: untuned}, {Name: PyTorch + Tuned, command: torch, memory: tuned},
		{Name: JAX, command: jax, memory: untuned}, {Name: JAX + Tuned, command: jax, memory: tuned},
	}
}

// measure measures a workload on a system, in a process of its own.
func (s System) measure(ctx context.Context, w Workload) (m Measurement, err error) {
	data, err := json.Marshal(w)
	if err != nil {
		return m, err
	}
	c := exec.CommandContext(ctx, s.command[0], append(s.command[1:len(s.command):len(s.command)], string(data))...)
	c.Env = append(os.Environ(), "PYTHONNOUSERSITE=1")
	switch s.memory {
	case untuned:
		c.Env = backend.Untuned(c.Env)
	case tuned:
		c.Env = backend.Tuned(c.Env)
	}
	var stderr bytes.Buffer
	c.Stderr = &stderr
	output, err := c.Output()
	if ctx.Err() != nil {
		return m, ctx.Err()
	}
	if err != nil {
		return m, fmt.Errorf("%s: %s: %w: %s", w.Name, s.Name, err, peers.LastLine(stderr.String()))
	}
	if err := json.Unmarshal(output, &m); err != nil {
		return m, fmt.Errorf("%s: %s printed no measurement: %w", w.Name, s.Name, err)
	}
	return m, nil
}
