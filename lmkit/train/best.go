package train

import (
	"fmt"
	"path/filepath"

	"owlm/lmkit/rundir"
)

// noteValidation takes note of a validation loss after the step at hand. A better one is to be saved, if the best weights are to be
// kept: as a checkpoint, so that resuming never goes back behind it.
func (r *run) noteValidation(loss float64) {
	p := &r.position
	if !finite(loss) || p.Best != nil && loss >= p.Best.ValidLoss {
		return
	}
	p.Best = &rundir.Best{ValidLoss: loss, Step: p.Step, Epoch: p.Epoch + 1}
	r.saveDue = r.saveDue || r.config.KeepBest
}

// outOfPatience says whether a run stops early: after whole epochs only.
func (r *run) outOfPatience() bool {
	p := &r.position
	patience := r.config.Patience
	return patience > 0 && p.Best != nil && p.Index == 0 && p.Epoch-p.Best.Epoch >= patience
}

// bestCheckpoint is where the best weights are saved; "" if they are not to be kept, or there are none yet.
func (r *run) bestCheckpoint() string {
	if !r.config.KeepBest || r.position.Best == nil {
		return ""
	}
	return filepath.Join(rundir.Checkpoints(r.config.Directory), rundir.CheckpointName(r.position.Best.Step))
}

// checkBest forgets the best loss of a resumed run whose weights are gone, as of a run that did not keep them.
func (r *run) checkBest() {
	path := r.bestCheckpoint()
	if path == "" {
		return
	}
	if _, err := rundir.Verify(path); err != nil {
		r.config.Warn(fmt.Sprintf("the weights of the lowest validation loss, %.4f at step %d, are not there any more (%v): looking for the best ones from here on",
			r.position.Best.ValidLoss, r.position.Best.Step, err))
		r.position.Best = nil
	}
}

// takeBest makes the best weights those of the model.
func (r *run) takeBest() error {
	path := r.bestCheckpoint()
	if path == "" {
		return nil
	}
	if err := r.model.LoadWeights(path); err != nil {
		return err
	}
	r.position.Best.Kept = true
	r.validLoss = &r.position.Best.ValidLoss
	return nil
}
