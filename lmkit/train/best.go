package train

import (
	"fmt"
	"path/filepath"

	"owlm/lmkit/rundir"
)

// noteValidation remembers the validation loss after the current step if it is the lowest so far. If the best weights
// are to be kept, a checkpoint is then due, so that resuming never goes back to before these weights.
func (r *run) noteValidation(loss float64) {
	p := &r.position
	if p.Best != nil && loss >= p.Best.ValidLoss {
		return
	}
	p.Best = &rundir.Best{ValidLoss: loss, Step: p.Step, Epoch: p.Epoch + 1}
	r.saveDue = r.saveDue || r.config.KeepBest
}

// outOfPatience reports whether the run ends early, which it only does after a whole epoch.
func (r *run) outOfPatience() bool {
	p := &r.position
	patience := r.config.Patience
	return patience > 0 && p.Best != nil && p.Index == 0 && p.Epoch-p.Best.Epoch >= patience
}

// bestCheckpoint returns the path of the checkpoint with the best weights, or "" if they are not kept or none have been
// found yet.
func (r *run) bestCheckpoint() string {
	if !r.config.KeepBest || r.position.Best == nil {
		return ""
	}
	return filepath.Join(rundir.Checkpoints(r.config.Directory), rundir.CheckpointName(r.position.Best.Step))
}

// checkBest forgets the lowest validation loss of a resumed run if its weights are missing, as they are if the run did
// not keep them before.
func (r *run) checkBest() {
	path := r.bestCheckpoint()
	if path == "" {
		return
	}
	if _, err := rundir.Verify(path); err != nil {
		best := r.position.Best
		r.config.Warn(fmt.Sprintf("the weights with the lowest validation loss, %.4f at step %d, are not there any "+
			"more (%v); only later weights can be kept as the best ones", best.ValidLoss, best.Step, err))
		r.position.Best = nil
	}
}

// takeBest gives the model the best weights.
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
