package train

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"

	"owlm/internal/files"
	"owlm/lmkit"
	"owlm/lmkit/rundir"
	"owlm/lmkit/safetensors"
)

// saveCheckpoint saves the run as it stands.
func (r *run) saveCheckpoint() (string, error) {
	return rundir.WriteCheckpoint(r.config.Directory, r.position.Step, r.bestCheckpoint(), r.checkpointFiles)
}

func (r *run) checkpointFiles(dir string) error {
	if err := r.model.Save(dir); err != nil {
		return err
	}
	list, err := r.trainingTensors()
	if err != nil {
		return err
	}
	var data bytes.Buffer
	if err := safetensors.Encode(&data, list, nil); err != nil {
		return err
	}
	if err := files.Write(filepath.Join(dir, rundir.TrainingFile), data.Bytes()); err != nil {
		return err
	}
	history, err := os.ReadFile(filepath.Join(r.config.Directory, rundir.HistoryFile))
	if err != nil {
		return err
	}
	if err := files.Write(filepath.Join(dir, rundir.HistoryFile), history); err != nil {
		return err
	}
	if err := files.WriteJSON(filepath.Join(dir, rundir.PositionFile), r.position); err != nil {
		return err
	}
	return r.writeReceipt(dir)
}

// writeReceipt writes the receipt of the run, as far as it has come.
func (r *run) writeReceipt(dir string) error {
	receipt := rundir.Receipt{
		Command: os.Args, Seed: r.config.Seed, Versions: lmkit.Versions(), Backend: r.model.Engine.Kind, Device: r.model.Engine.Device(),
		Start: r.start.UTC(), Seconds: r.position.Seconds, Steps: r.position.Step, Epochs: r.position.Epoch,
		TrainLoss: r.trainLoss, ValidLoss: r.validLoss, TestLoss: r.testLoss,
		SkippedSteps: r.position.Skipped, Compilations: r.model.Compilations(), Best: r.position.Best,
	}
	receipt.Corpus.Name, receipt.Corpus.Size, receipt.Corpus.SHA256 = r.config.TextName, r.parts.Bytes, r.position.CorpusSHA256
	var err error
	if receipt.Settings, err = r.config.settings(); err != nil {
		return err
	}
	data, err := json.MarshalIndent(receipt, "", "  ")
	if err != nil {
		return err
	}
	return files.Write(filepath.Join(dir, rundir.ReceiptFile), append(data, '\n'))
}
