package rundir

import (
	"path/filepath"
	"time"

	"owlm/internal/files"
	"owlm/lmkit/network"
)

// ReceiptFile is the name of a run's receipt.
const ReceiptFile = "receipt.json"

// Receipt says how the numbers of a run came to be.
type Receipt struct {
	// Command is the command line of the program that trained.
	Command []string `json:"command"`
	Seed    uint64   `json:"seed"`
	// Corpus names the text, with its size in bytes and its sha256 in hexadecimal.
	Corpus struct {
		Name   string `json:"name,omitempty"`
		Size   int    `json:"size"`
		SHA256 string `json:"sha256"`
	} `json:"corpus"`
	// Versions has the versions of Go, lmkit and the libraries that compute.
	Versions map[string]string `json:"versions"`
	// Backend is the kind of the engine, and Device what it ran on.
	Backend string `json:"backend"`
	Device  string `json:"device"`
	// Start is when the run began or was last resumed. Seconds is its whole training time.
	Start   time.Time `json:"start"`
	Seconds float64   `json:"duration_seconds"`
	// Settings are the settings of the run, as run.json has them.
	Settings map[string]any `json:"settings,omitempty"`
	// Compilations lists the graphs that the engine compiled since Start.
	Compilations []network.Compilation `json:"compilations,omitempty"`
	Steps        int                   `json:"steps"`
	Epochs       int                   `json:"epochs"`
	// SkippedSteps counts the steps that changed nothing because their loss or gradient was not finite.
	SkippedSteps int `json:"skipped_steps,omitempty"`
	// TrainLoss is the mean cross entropy of the last epoch, in nats. ValidLoss and TestLoss are those of the finished
	// model on the validation and the test part, nil without such a part.
	TrainLoss float64  `json:"train_loss"`
	ValidLoss *float64 `json:"valid_loss,omitempty"`
	TestLoss  *float64 `json:"test_loss,omitempty"`
	// Best is the lowest validation loss of the run.
	Best *Best `json:"best,omitempty"`
}

// ReadReceipt reads the receipt of the run in a directory.
func ReadReceipt(dir string) (r Receipt, err error) {
	return r, files.ReadJSON(filepath.Join(dir, ReceiptFile), &r)
}
