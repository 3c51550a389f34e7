package train

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// maximumSkips is how many training steps in a row may be skipped before a run stops: weights that give no finite loss on
// that many batches will not recover.
const maximumSkips = 100

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

// skip passes over a step that changed nothing; it is an error where no step comes through any more.
func (r *run) skip(problem string) error {
	p := &r.position
	p.Skipped++
	p.SkippedInRow++
	// An epoch of skipped steps alone has no loss.
	whole := p.EpochCount == 0 && (p.Index+1 == r.source.PerEpoch() || p.Step+1 == r.steps)
	if p.SkippedInRow >= maximumSkips || whole {
		return fmt.Errorf("%s; that is step %d in a row, so training stops; %s; try a smaller learning rate or clipping", problem, p.SkippedInRow, r.lastSaved())
	}
	r.config.Warn(problem + "; the step is skipped")
	return nil
}
