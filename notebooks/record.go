package notebooks

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"

	"owlm/internal/files"
)

// recordName is the file in the output directory that says how the notebooks in it were executed.
const recordName = "record.json"

// record says for each notebook, by name, how it was executed last.
type record map[string]execution

// execution says how a notebook was executed.
type execution struct {
	// Seconds is the time that it took.
	Seconds float64 `json:"seconds"`
	// Inputs is a hash of everything that the outputs depend on, and Output one of the executed notebook. They are ""
	// if the notebook failed, or if a source changed during the run.
	Inputs string `json:"inputs,omitempty"`
	Output string `json:"output,omitempty"`
}

// readRecord returns the record in an output directory. It is empty if there is none that can be read.
func readRecord(out string) record {
	r := record{}
	if files.ReadJSON(filepath.Join(out, recordName), &r) != nil {
		return record{}
	}
	return r
}

func (r record) write(out string) error { return files.WriteJSON(filepath.Join(out, recordName), r) }

// begin takes back what the record says about the outputs of notebooks, which a run now replaces.
func (r record) begin(sources []string) {
	for _, source := range sources {
		r[Name(source)] = execution{Seconds: r[Name(source)].Seconds}
	}
}

// end records the notebooks that a run has executed. inputs maps a source to the hash of what its outputs depend on.
func (r record) end(out string, sources []string, events map[string]Event, inputs map[string]string) error {
	for _, source := range sources {
		name := Name(source)
		e, ended := events[name]
		if !ended {
			continue
		}
		x := execution{Seconds: e.Seconds}
		if e.Done && inputs[source] != "" {
			output, err := os.ReadFile(executedPath(out, source))
			if err != nil {
				return err
			}
			x.Inputs, x.Output = inputs[source], fmt.Sprintf("%x", sha256.Sum256(output))
		}
		r[name] = x
	}
	return r.write(out)
}

// stale returns why the executed notebooks in a directory are not what executing sources now would give, "" if they
// are.
func stale(out string, sources []string, inputs map[string]string) string {
	r := readRecord(out)
	for _, source := range sources {
		x, found := r[Name(source)]
		output, err := os.ReadFile(executedPath(out, source))
		switch {
		case !found || err != nil:
			return Name(source) + " was not executed"
		case x.Inputs == "":
			return Name(source) + " failed, or was executed while a source changed"
		case x.Inputs != inputs[source]:
			return Name(source) + " was executed with other sources, settings or another engine"
		case x.Output != fmt.Sprintf("%x", sha256.Sum256(output)):
			return Name(source) + " was changed after it was executed"
		}
	}
	return ""
}

// record has run execute the notebooks, with Progress set, and records how it went.
func (o Options) record(ctx context.Context, out string, run func(Options) ([]Event, error)) ([]Event, error) {
	r := readRecord(out)
	r.begin(o.Sources)
	if err := r.write(out); err != nil {
		return nil, err
	}
	inputs := func() (map[string]string, error) {
		if o.Checkout == "" {
			return nil, nil
		}
		return inputsOf(ctx, o.Checkout, o.Backend, o.Sources)
	}
	before, err := inputs()
	if err != nil {
		return nil, err
	}
	ended, progress := map[string]Event{}, o.Progress
	o.Progress = func(e Event) {
		if e.Done || e.Error != "" {
			ended[e.Notebook] = e
		}
		if progress != nil {
			progress(e)
		}
	}
	failures, runErr := run(o)
	if after, err := inputs(); err != nil || !maps.Equal(before, after) {
		before = nil
	}
	return failures, errors.Join(runErr, r.end(out, o.Sources, ended, before))
}
