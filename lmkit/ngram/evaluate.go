package ngram

import (
	"fmt"
	"math"

	"owlm/lmkit/dataset"
)

// Evaluate measures how well a counting model, of the part's vocabulary, predicts a part. As in Model.Evaluate, what
// comes before the part is not known.
func Evaluate(p dataset.Part, m *Model) (dataset.Evaluation, error) {
	if err := p.Check(); err != nil {
		return dataset.Evaluation{}, err
	}
	e := p.Evaluation(m.Loss(dataset.All(p.IDs)))
	if math.IsInf(e.Loss, 0) || math.IsNaN(e.Loss) {
		return dataset.Evaluation{}, fmt.Errorf("the loss is %v: what was never counted has probability 0; smooth the counts", e.Loss)
	}
	return e, nil
}
