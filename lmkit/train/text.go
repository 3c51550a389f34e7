package train

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"owlm/internal/oneline"
	"owlm/lmkit"
	"owlm/lmkit/dataset"
	"owlm/lmkit/network"
	"owlm/lmkit/rundir"
	"owlm/lmkit/text"
)

// encode turns the text of a run into token ids, or opens the token file that the run already has. A run that is
// resumed although its text has changed keeps its tokenizer and vocabulary; from an unchanged text they come out the
// same.
func (c Config) encode(ctx context.Context, source text.Source, from *lmkit.Description) (*dataset.Parts, error) {
	o := c.encodeOptions()
	o.Warn = once(c.Warn)
	if from != nil {
		o.Vocabulary = from.Vocabulary
	}
	if c.Directory != "" && source.Open != nil && !source.InMemory() {
		o.Path = filepath.Join(c.Directory, dataset.TokensFile)
	}
	if begun := c.begun(); begun != nil {
		before := o
		before.Tokenizer, before.Vocabulary = begun.Tokenizer, begun.Vocabulary
		if p, err := c.reuse(ctx, source, before); p != nil || err != nil {
			return p, err
		}
		if c.AllowChangedText {
			o = before
		}
	}
	if o.Path != "" {
		removeLeftovers(c.Directory)
	}
	p, err := dataset.Encode(ctx, source, o)
	if err != nil {
		return nil, err
	}
	for _, held := range []struct {
		name  string
		share float64
		part  dataset.Part
	}{{"validation", c.Valid, p.Valid}, {"test", c.Test, p.Test}} {
		if held.share == 0 {
			continue
		}
		if err := held.part.Check(); err != nil {
			p.Close()
			return nil, fmt.Errorf("%s: %w; make its share, %v, larger", held.name, err, held.share)
		}
	}
	return p, nil
}

// once passes each message on the first time only: a text that is read twice is cleaned twice. A nil warn drops all.
func once(warn func(string)) func(string) {
	passed := make(map[string]bool)
	return func(message string) {
		if !passed[message] && warn != nil {
			passed[message] = true
			warn(message)
		}
	}
}

// begun returns the description of the model of a run that is resumed, or nil if the run starts now.
func (c Config) begun() *lmkit.Description {
	if c.Directory == "" || !c.Resume || !rundir.HoldsRun(c.Directory) {
		return nil
	}
	d, err := lmkit.ReadDescription(c.Directory)
	if err != nil {
		c.Warn(fmt.Sprintf("tokenizing the text again: %v", err))
		return nil
	}
	return &d
}

// reuse opens the token file of a run that is resumed. It returns nil if the text has to be tokenized again.
func (c Config) reuse(ctx context.Context, source text.Source, o dataset.Options) (*dataset.Parts, error) {
	if o.Path == "" {
		return nil, nil
	}
	p, err := dataset.Open(o)
	if err != nil {
		c.Warn(fmt.Sprintf("tokenizing the text again: %v", err))
		return nil, nil
	}
	now, err := dataset.SHA256(ctx, source, o.Warn)
	if err == nil && now == p.Text {
		return p, nil
	}
	p.Close()
	if err == nil && !c.AllowChangedText {
		err = &ChangedTextError{
			Now: hex.EncodeToString(now[:]), Before: hex.EncodeToString(p.Text[:]), File: o.Path,
		}
	}
	return nil, err
}

// removeLeftovers removes the temporary token files of a run that was killed. The caller holds the lock of the
// directory.
func removeLeftovers(dir string) {
	entries, _ := os.ReadDir(dir)
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), "."+dataset.TokensFile) {
			os.Remove(filepath.Join(dir, entry.Name()))
		}
	}
}

// withFrom fills in the structure and the tokenizer of the model that a run starts from, and returns its description.
func (c Config) withFrom() (Config, *lmkit.Description, error) {
	if c.From == "" {
		return c, nil, nil
	}
	from, err := lmkit.ReadDescription(c.From)
	if err != nil {
		return c, nil, err
	}
	asked, found := c.Model, from.Config
	for _, structure := range []*network.Config{&asked, &found} { // these two depend on the text and the objective
		structure.VocabularySize, structure.Context = 0, 0
	}
	if asked != (network.Config{}) && asked != found {
		return c, nil, fmt.Errorf("%s has another structure: %w", c.From, oneline.Join(differences(found, asked)))
	}
	if c.Tokenizer != nil && !canBe(c.Tokenizer, from.Tokenizer) {
		return c, nil, fmt.Errorf("%s has another tokenizer: %s, not %s", c.From, tokenizerName(from.Tokenizer),
			tokenizerName(c.Tokenizer))
	}
	c.Model = from.Config
	c.Model.Context = 0
	c.Tokenizer = from.Tokenizer
	return c, &from, nil
}

// differences lists the keys of config.json in which two structures differ.
func differences(found, asked network.Config) []error {
	values := func(c network.Config) (m map[string]json.RawMessage) {
		if data, err := json.Marshal(c); err == nil {
			_ = json.Unmarshal(data, &m)
		}
		return m
	}
	f, a := values(found), values(asked)
	var list []error
	for _, key := range slices.Sorted(maps.Keys(f)) {
		if string(f[key]) != string(a[key]) {
			list = append(list, fmt.Errorf("%s is %s, not %s", key, f[key], a[key]))
		}
	}
	return list
}

// Split cuts a text into the parts that Run would train, validate and test on, so that other models can be evaluated on
// the same tokens. It uses the fields Tokenizer, Vocabulary, Valid, Test, From and Warn of the configuration.
//
// With a configuration from ReadRun it returns the parts of that run, with its tokenizer and vocabulary. The text must
// be the one that the run was trained on; where the run's token file still exists, the ids come from it.
//
// The caller closes the result.
func Split(ctx context.Context, source text.Source, c Config) (*dataset.Parts, error) {
	if c.Resume {
		return splitOfRun(ctx, source, c)
	}
	c.Model, c.Directory = network.Config{}, ""
	c, from, err := c.withFrom()
	if err != nil {
		return nil, err
	}
	return c.withDefaults().encode(ctx, source, from)
}

func splitOfRun(ctx context.Context, source text.Source, c Config) (*dataset.Parts, error) {
	dir := c.Directory
	c.Warn = once(c.Warn)
	receipt, err := rundir.ReadReceipt(dir)
	known := err == nil
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	sum, err := dataset.SHA256(ctx, source, c.Warn)
	if err != nil {
		return nil, err
	}
	if now := hex.EncodeToString(sum[:]); known && receipt.Corpus.SHA256 != now {
		return nil, fmt.Errorf("the text is not the one that the run in %s was trained on: its sha256 is %s, not %s",
			filepath.Clean(dir), now, receipt.Corpus.SHA256)
	}
	from, err := lmkit.ReadDescription(dir)
	if err != nil {
		return nil, err
	}
	c.Tokenizer, c.From, c.Resume = from.Tokenizer, dir, false
	o := c.encodeOptions()
	o.Vocabulary, o.Path = from.Vocabulary, filepath.Join(dir, dataset.TokensFile)
	if p, err := dataset.Open(o); err == nil {
		if p.Text == sum {
			return p, nil
		}
		p.Close()
	}
	return Split(ctx, source, c)
}
