package lmkit

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"time"
)

// Version is the version of lmkit; receipts and `lmkit --version` show it.
const Version = "0.1.0"

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
	// Compilations are the graphs that the engine compiled, and what that took, in the run or since its last resumption.
	Compilations []Compilation `json:"compilations,omitempty"`
	Steps        int           `json:"steps"`
	Epochs       int           `json:"epochs"`
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

const receiptFile = "receipt.json"

// ReadReceipt reads the receipt in a model directory.
func ReadReceipt(dir string) (r Receipt, err error) {
	return r, readJSON(filepath.Join(dir, receiptFile), &r)
}

// Versions are the versions of Go, lmkit and the modules that compute, as built into the program.
func Versions() map[string]string {
	versions := map[string]string{"go": runtime.Version(), "lmkit": Version}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return versions
	}
	for _, module := range info.Deps {
		switch module.Path {
		case "github.com/gomlx/gomlx", "github.com/gomlx/compute", "github.com/gomlx/go-xla":
			versions[module.Path] = module.Version
		}
	}
	return versions
}

// writeReceipt writes the receipt of the run, as far as it has come.
func (r *run) writeReceipt(dir string) error {
	receipt := Receipt{
		Command: os.Args, Seed: r.config.Seed, Versions: Versions(), Backend: r.model.Engine.Kind, Device: r.model.Engine.Device(),
		Start: r.start.UTC(), Seconds: r.position.Seconds, Steps: r.position.Step, Epochs: r.position.Epoch,
		TrainLoss: r.trainLoss, ValidLoss: r.validLoss, TestLoss: r.testLoss,
		SkippedSteps: r.position.Skipped, Compilations: r.model.Compilations(), Best: r.position.Best,
	}
	receipt.Corpus.Name, receipt.Corpus.Size, receipt.Corpus.SHA256 = r.config.Corpus, r.text.Bytes, r.position.CorpusSHA256
	data, err := json.MarshalIndent(receipt, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(dir, receiptFile), append(data, '\n'))
}
