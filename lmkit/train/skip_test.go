package train

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"path/filepath"
	"testing"

	"owlm/internal/want"
	"owlm/lmkit/backend"
	"owlm/lmkit/corpora"
	"owlm/lmkit/dataset"
	"owlm/lmkit/rundir"
)

// TestSkippedStepChangesNothing makes a step with a target of infinite weight: weights, optimizer moments and carried
// states must stay as they were, and the next step must give the same loss as without it.
func TestSkippedStepChangesNothing(t *testing.T) {
	for _, engine := range engines(t) {
		for _, optimizer := range Optimizers {
			t.Run(engine+"/"+optimizer, func(t *testing.T) {
				t.Parallel()
				losses := func(poison bool) (values []float64, weights []byte) {
					c := tiny(engine)
					c.Objective, c.BatchSize, c.Optimizer, c.SkipNotFinite = Stream{Length: 4}, 2, optimizer, true
					r, err := newRun(t.Context(), corpora.Owl, c.withDefaults(), nil)
					if err != nil {
						t.Fatal(err)
					}
					for i := range 4 {
						if poison && i == 2 {
							b := r.source.Batch(0, 3)
							b.Weights[0] = float32(math.Inf(1))
							if loss, norm, err := r.step.run(b, 0.01); err != nil || finite(loss) && finite(norm) {
								t.Fatalf("loss %v, norm %v, %v: the step is no test", loss, norm, err)
							}
						}
						loss, _, err := r.step.run(r.source.Batch(0, i), 0.01)
						if err != nil {
							t.Fatal(err)
						}
						values = append(values, loss)
					}
					return values, bytesOf(t, r.model)
				}
				want, weights := losses(false)
				got, same := losses(true)
				if fmt.Sprint(got) != fmt.Sprint(want) || !bytes.Equal(weights, same) {
					t.Errorf("losses %v, without the skipped step %v", got, want)
				}
			})
		}
	}
}

// poisoned gives the first target of a batch infinite weight, from some step of each epoch on.
type poisoned struct {
	dataset.Batches
	from int
}

func (p poisoned) Batch(epoch, index int) dataset.Batch {
	b := p.Batches.Batch(epoch, index)
	if index >= p.from {
		b.Weights[0] = float32(math.Inf(1))
	}
	return b
}

// TestSkipsInTraining trains on batches without a finite loss. Without SkipNotFinite the first one stops the run. With
// it they are skipped and counted, and an epoch in which all are skipped stops the run.
func TestSkipsInTraining(t *testing.T) {
	for _, test := range []struct {
		skip         bool
		from         int
		problem      string // in the error
		skipped, row int
	}{
		{false, 2, "step 3: loss is", 0, 0}, {true, 2, "", 2, 1}, {true, 0, "step 3 in a row", 3, 3},
	} {
		c := tiny(backend.Go)
		warnings := 0
		c.SkipNotFinite, c.Directory, c.Warn = test.skip, filepath.Join(t.TempDir(), "run"), func(string) { warnings++ }
		c = c.withDefaults()
		unlock, err := c.openDirectory()
		if err != nil {
			t.Fatal(err)
		}
		r, err := newRun(t.Context(), corpora.Owl, c, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.source = poisoned{r.source, test.from} // three steps in an epoch
		if _, err := r.beginDirectory(); err != nil {
			t.Fatal(err)
		}
		err = r.train(context.Background())
		unlock()
		if test.problem != "" {
			want.Error(t, err, test.problem, "smaller learning rate")
		} else if err != nil {
			t.Fatal(err)
		}
		if r.position.Skipped != test.skipped || r.position.SkippedInRow != test.row ||
			warnings != min(test.skipped, 2) {
			t.Errorf("%+v: %d steps skipped, %d in a row, %d warnings", test, r.position.Skipped,
				r.position.SkippedInRow, warnings)
		}
		records, err := rundir.ReadHistory(c.Directory)
		if err != nil {
			t.Fatal(err)
		}
		for _, record := range records {
			if !finite(record.Loss) || record.Skipped == 0 {
				t.Errorf("%+v: %+v", test, record)
			}
		}
	}
}
