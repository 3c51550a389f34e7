package rnn

import (
	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
)

// canLoop reports whether the engine has what a loop over time needs.
func canLoop(g *Graph) bool {
	operations := g.Backend().Capabilities().Operations
	return operations[compute.OpTypeDynamicSlice] && operations[compute.OpTypeDynamicUpdateSlice]
}

// layoutMatters reports whether the engine is XLA, whose products depend on how their factors lie in memory.
func layoutMatters(g *Graph) bool {
	return canLoop(g) && g.Backend().Capabilities().Operations[compute.OpTypeOptimizationBarrier]
}
