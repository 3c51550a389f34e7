package rnn

import . "github.com/gomlx/gomlx/core/graph"

// GoMLX's loops and gradients take and return lists of nodes. Here structs with named nodes become such lists, and
// back.

// present lists the nodes that are not nil.
func present(nodes ...*Node) []*Node {
	var list []*Node
	for _, node := range nodes {
		if node != nil {
			list = append(list, node)
		}
	}
	return list
}

// replace reverses present: it sets the nodes that are not nil to those of the list, in order.
func replace(list []*Node, nodes ...**Node) {
	for _, node := range nodes {
		if *node != nil {
			*node, list = list[0], list[1:]
		}
	}
}
