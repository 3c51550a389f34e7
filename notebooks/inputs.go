package notebooks

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"hash"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"owlm/internal/files"
	"owlm/internal/oneline"
	"owlm/internal/setup"
)

// inputsOf returns for each source a hash of everything that its outputs depend on: its own cells and those of the
// checkout's notebooks, whose models it may open; the sources of the checkout's packages with the files embedded in
// them, among these the lock file of the Python packages; the versions of the modules and of Go; and the engine.
func inputsOf(ctx context.Context, checkout, engine string, sources []string) (map[string]string, error) {
	h := sha256.New()
	if err := addPackages(ctx, h, checkout); err != nil {
		return nil, err
	}
	plugin, _, err := setup.XLAPlugin()
	if err != nil {
		return nil, err
	}
	if engine == "" {
		engine = "auto"
	}
	fmt.Fprintln(h, engine, plugin.SHA256, plugin.Size)
	for _, variable := range []string{"LMKIT_BACKEND", "LMKIT_XLA_PLUGIN", "XLA_FLAGS"} {
		fmt.Fprintln(h, variable, os.Getenv(variable))
	}
	all, err := List(filepath.Join(checkout, "notebooks"))
	if err != nil {
		return nil, err
	}
	for _, path := range all {
		if isSolution(path) { // no notebook opens what a solution makes
			continue
		}
		if err := addCells(h, path); err != nil {
			return nil, err
		}
	}
	common := h.Sum(nil)
	inputs := map[string]string{}
	for _, source := range sources {
		own := sha256.New()
		own.Write(common)
		if err := addCells(own, source); err != nil {
			return nil, err
		}
		inputs[source] = fmt.Sprintf("%x", own.Sum(nil))
	}
	return inputs, nil
}

// addPackages adds to a hash the settings of Go, the sources of a checkout's packages and the versions of what they
// import.
func addPackages(ctx context.Context, h hash.Hash, checkout string) error {
	settings, err := goOutput(ctx, checkout, "env", "GOVERSION", "GOOS", "GOARCH", "GOAMD64", "GOEXPERIMENT", "GOFLAGS",
		"CGO_ENABLED")
	if err != nil {
		return err
	}
	h.Write(settings)
	const fields = "Dir,GoFiles,CgoFiles,IgnoredGoFiles,CFiles,HFiles,SFiles,EmbedFiles"
	list, err := goOutput(ctx, checkout, "list", "-e", "-json="+fields, "./...")
	if err != nil {
		return err
	}
	paths := []string{filepath.Join(checkout, "go.mod"), filepath.Join(checkout, "go.sum")}
	for decoder := json.NewDecoder(bytes.NewReader(list)); decoder.More(); {
		var p struct {
			Dir                                                                   string
			GoFiles, CgoFiles, IgnoredGoFiles, CFiles, HFiles, SFiles, EmbedFiles []string
		}
		if err := decoder.Decode(&p); err != nil {
			return fmt.Errorf("go list: %w", err)
		}
		for _, name := range slices.Concat(p.GoFiles, p.CgoFiles, p.IgnoredGoFiles, p.CFiles, p.HFiles, p.SFiles,
			p.EmbedFiles) {
			paths = append(paths, filepath.Join(p.Dir, name))
		}
	}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(checkout, path)
		if err != nil {
			return err
		}
		fmt.Fprintf(h, "%s %x\n", filepath.ToSlash(name), sha256.Sum256(content))
	}
	return nil
}

// goOutput returns what the go command prints when it runs in a directory.
func goOutput(ctx context.Context, dir string, arguments ...string) ([]byte, error) {
	var complaints bytes.Buffer
	c := exec.CommandContext(ctx, "go", arguments...)
	c.Dir, c.Stderr = dir, &complaints
	output, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w: %s", arguments[0], err, oneline.First(complaints.String()))
	}
	return output, nil
}

// addCells adds the cells of a notebook to a hash, without what executing them changes.
func addCells(h hash.Hash, path string) error {
	var document struct {
		Cells []map[string]any `json:"cells"`
	}
	if err := files.ReadJSON(path, &document); err != nil {
		return err
	}
	for _, cell := range document.Cells {
		delete(cell, "outputs")
		delete(cell, "execution_count")
	}
	cells, err := json.Marshal(document.Cells) // keys in order
	if err != nil {
		return err
	}
	fmt.Fprintf(h, "%s %s\n", Name(path), cells)
	return nil
}
