package ngram

import (
	"fmt"
	"math"

	"owlm/lmkit/dataset"
)

// Evaluate measures how well a model predicts a part, which must be encoded with the model's vocabulary. The first
// token is not predicted, and no prediction looks back beyond the part, just as when lmkit evaluates a neural model.
func Evaluate(p dataset.Part, m *Model) (dataset.Evaluation, error) {
	if err := p.Check(); err != nil {
		return dataset.Evaluation{}, err
	}
	e := p.Evaluation(m.Loss(dataset.All(p.IDs)))
	if math.IsInf(e.Loss, 0) || math.IsNaN(e.Loss) {
		return dataset.Evaluation{}, fmt.Errorf("the loss is %v, because what was never counted has probability 0; "+
			"smooth the counts", e.Loss)
	}
	return e, nil
}
