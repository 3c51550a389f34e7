package train

import (
	"path/filepath"
	"reflect"
	"testing"

	"owlm/lmkit/backend"
	"owlm/lmkit/network"
	"owlm/lmkit/rundir"
)

// compileHook is a hook that keeps the compilations it receives.
type compileHook struct {
	lossHook
	list []network.Compilation
}

func (h *compileHook) Compiled(what string, seconds float64) {
	h.list = append(h.list, network.Compilation{What: what, Seconds: seconds})
}

// TestCompilations checks that the training step is compiled only once, although the last batch of an epoch is short,
// and that hooks, the model and the receipt report the same compilations.
func TestCompilations(t *testing.T) {
	c := tiny(backend.Go)
	h := &compileHook{}
	c.Epochs, c.Hooks, c.Directory = 2, []Hook{h}, filepath.Join(t.TempDir(), "run")
	c.Samples = SampleOptions{Every: 2, Length: 3}
	m := train(t, c)
	count := make(map[string]int)
	for _, compilation := range m.Compilations() {
		count[compilation.What]++
		if compilation.Seconds <= 0 {
			t.Errorf("%s took %v s", compilation.What, compilation.Seconds)
		}
	}
	if want := map[string]int{"training step": 1, "generation": 1}; !reflect.DeepEqual(count, want) {
		t.Errorf("compiled %v, want %v", count, want)
	}
	receipt, err := rundir.ReadReceipt(c.Directory)
	if err != nil || !reflect.DeepEqual(receipt.Compilations, m.Compilations()) ||
		!reflect.DeepEqual(h.list, m.Compilations()) {
		t.Errorf("the receipt has %v, the hook saw %v, the model has %v; %v", receipt.Compilations, h.list,
			m.Compilations(), err)
	}
}
