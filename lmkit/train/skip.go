package train

import (
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// undoNotFinite makes a step whose loss or gradient norm is not finite change nothing: it sets every variable of the store (weights,
// optimizer moments, random state) back to the value from before the step, and returns the carried states to go on with.
func undoNotFinite(scope *model.Scope, loss, norm *graph.Node, before, after []*graph.Node) []*graph.Node {
	g := loss.Graph()
	finite := graph.LogicalAnd(graph.IsFinite(loss), graph.IsFinite(norm))
	for variable := range scope.Store().IterVariables() {
		if variable.ChangedInGraph(g) {
			variable.SetNodeValue(graph.Where(finite, variable.NodeValue(g), g.GetParameterByName(variable.Path())))
		}
	}
	states := make([]*graph.Node, len(before))
	for i := range before {
		states[i] = graph.Where(finite, after[i], before[i])
	}
	return states
}
