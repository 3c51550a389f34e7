package ngram

import (
	"fmt"
	"math"

	"owlm/lmkit/dataset"
)

// Evaluate measures how well the model predicts a part, which must be encoded with the model's vocabulary. The first
// token, of each document, is not predicted, and no prediction looks back beyond that, just as when lmkit evaluates a
// neural model.
func (m *Model) Evaluate(p dataset.Part) (dataset.Evaluation, error) {
	if err := p.Check(); err != nil {
		return dataset.Evaluation{}, err
	}
	sum := 0.0
	for _, document := range p.Documents() {
		if n := document.Len() - 1; n > 0 {
			sum += m.Loss(dataset.All(document)) * float64(n)
		}
	}
	loss := sum / float64(p.Predictions())
	if math.IsInf(loss, 0) || math.IsNaN(loss) {
		return dataset.Evaluation{}, fmt.Errorf("the loss is %v, because what was never counted has probability 0; "+
			"smooth the counts", loss)
	}
	return p.Evaluation(loss), nil
}
