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

// The names of the peers in results.
const (
	PyTorch = peers.PyTorch
	JAX     = peers.JAX
)

// System is something that runs workloads.
type System struct {
	Name string
	// Short leaves out the long workloads.
	Short bool
	// command is the program that measures, and its first arguments. The workload's JSON is the last one.
	command []string
	// memory chooses the settings of memory.
	memory memory
}

// memory chooses the settings of memory with which a system starts.
type memory int

const (
	own     memory = iota // those that the program chooses itself, as lmkit's command does
	untuned               // none, as users start PyTorch and JAX
	tuned                 // those of lmkit's command, backend.MemoryTuning
)

// Tuned after a peer's name marks one that was started with the settings of memory of lmkit's command.
const Tuned = " tuned"

// Engines returns the systems of lmkit. program is the command that calls Measure; the engine's name is added to it.
func Engines(names []string, program ...string) []System {
	var list []System
	for _, name := range names {
		list = append(list, System{Name: name, command: append(append([]string(nil), program...), name)})
	}
	return list
}

// EnginesPresent returns the engines that can be opened on this machine.
func EnginesPresent() []string {
	var names []string
	for _, name := range []string{backend.XLACPU, backend.Go} {
		if _, err := backend.Open(name); err == nil {
			names = append(names, name)
		}
	}
	return names
}

// Peers installs the peers if need be and returns PeersOf. It installs them with pip into a virtual environment in
// lmkit's cache directory (about 3 GB), and checks the hash of every file.
func Peers(ctx context.Context, log io.Writer) ([]System, error) {
	python, err := peers.Python(ctx, log)
	if err != nil {
		return nil, err
	}
	return PeersOf(python), nil
}

// PeersOf returns PyTorch and JAX in a Python that has them, each as its users start it, and tuned.
func PeersOf(python string) []System {
	torch, jax := []string{python, "-c", peers.TorchScript}, []string{python, "-c", peers.JAXScript}
	return []System{
		{Name: PyTorch, command: torch, memory: untuned}, {Name: PyTorch + Tuned, command: torch, memory: tuned},
		{Name: JAX, command: jax, memory: untuned}, {Name: JAX + Tuned, command: jax, memory: tuned},
	}
}

// measure measures a workload on a system, in a new process.
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
