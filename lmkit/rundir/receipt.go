package rundir

import (
	"path/filepath"
	"time"

	"owlm/internal/files"
	"owlm/lmkit/network"
)

// Receipt says how the numbers of a training run came to be.
type Receipt struct {
	// Command is the command line of the program that trained.
	Command []string `json:"command"`
	Seed    uint64   `json:"seed"`
	// Corpus is the text: its name, size in bytes and sha256 in hexadecimal.
	Corpus struct {
		Name   string `json:"name,omitempty"`
		Size   int    `json:"size"`
		SHA256 string `json:"sha256"`
	} `json:"corpus"`
	// Versions are those of Go, lmkit and the libraries that compute.
	Versions map[string]string `json:"versions"`
	// Backend is the engine's kind, Device what it runs on.
	Backend string `json:"backend"`
	Device  string `json:"device"`
	// Start is when the run, or its last resumption, began; Seconds is the training time of all parts.
	Start   time.Time `json:"start"`
	Seconds float64   `json:"duration_seconds"`
	// Settings are those of the run, as run.json has them: the fixed ones and the others.
	Settings map[string]any `json:"settings,omitempty"`
	// Compilations are the graphs that the engine compiled, and what that took, in the run or since its last resumption.
	Compilations []network.Compilation `json:"compilations,omitempty"`
	Steps        int                   `json:"steps"`
	Epochs       int                   `json:"epochs"`
	// SkippedSteps of the steps changed nothing, as their loss or gradient was not finite.
	SkippedSteps int `json:"skipped_steps,omitempty"`
	// Losses are mean cross entropies in nats: of the last epoch, and of the model's weights on the validation and test
	// texts where there are any.
	TrainLoss float64  `json:"train_loss"`
	ValidLoss *float64 `json:"valid_loss,omitempty"`
	TestLoss  *float64 `json:"test_loss,omitempty"`
	// Best is the lowest validation loss of the run.
	Best *Best `json:"best,omitempty"`
}

const ReceiptFile = "receipt.json"

// ReadReceipt reads the receipt in a model directory.
func ReadReceipt(dir string) (r Receipt, err error) {
	return r, files.ReadJSON(filepath.Join(dir, ReceiptFile), &r)
}
