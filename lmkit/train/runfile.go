package train

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"owlm/internal/files"
	"owlm/internal/oneline"
	"owlm/lmkit/rundir"
)

// settings returns the settings of a configuration as the nested objects of run.json: one for the fixed settings and
// one for the others.
func (c Config) settings() (map[string]any, error) {
	groups := map[string]any{"fixed": map[string]any{}, "free": map[string]any{}}
	for _, s := range Settings {
		data, err := s.Of(&c).MarshalJSON()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.Key, err)
		}
		object := groups[s.group()].(map[string]any)
		outer, key, nested := strings.Cut(s.Key, ".")
		if nested {
			if object[outer] == nil {
				object[outer] = map[string]any{}
			}
			object = object[outer].(map[string]any)
		} else {
			key = outer
		}
		object[key] = json.RawMessage(data)
	}
	return groups, nil
}

func (s Setting) group() string {
	if s.Fixed {
		return "fixed"
	}
	return "free"
}

// find returns the JSON of a setting in run.json, or nil if an earlier version wrote the file without it.
func (s Setting) find(groups map[string]map[string]json.RawMessage) (json.RawMessage, error) {
	outer, key, nested := strings.Cut(s.Key, ".")
	data := groups[s.group()][outer]
	if !nested || data == nil {
		return data, nil
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(data, &object); err != nil {
		return nil, err
	}
	return object[key], nil
}

// always lists settings that every run.json has, whichever version wrote it.
var always = []string{"tokenizer", "cell", "embedding_size", "hidden_size", "layers", "objective", "sequence", "batch"}

// ReadRun returns the configuration of the run in a directory, with Resume set, so that the run can be resumed as it is
// or with changes. Backend, Hooks and the other fields that belong to a call of Run rather than to the run are zero.
func ReadRun(dir string) (Config, error) {
	path := filepath.Join(dir, rundir.SettingsFile)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return Config{}, fmt.Errorf("%s holds no training run: it has no %s", dir, rundir.SettingsFile)
	}
	var groups map[string]map[string]json.RawMessage
	if err := files.ReadJSON(path, &groups); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			err = fmt.Errorf("%s: it has a JSON %s; it must have the objects fixed and free", path, wrong.Value)
		}
		return Config{}, err
	}
	c := Config{Directory: dir, Resume: true}
	var missing []string
	for _, s := range Settings {
		data, err := s.find(groups)
		switch {
		case err == nil && data != nil:
			err = s.Of(&c).UnmarshalJSON(data)
		case err == nil && slices.Contains(always, s.Key):
			missing = append(missing, s.Key)
		}
		if err != nil {
			return Config{}, fmt.Errorf("%s: %s: %w", path, s.Key, err)
		}
	}
	if missing != nil {
		return Config{}, fmt.Errorf("%s is damaged: it has no %s; restore it, or use another directory",
			path, strings.Join(missing, ", "))
	}
	return c, nil
}

// unescaped undoes the escapes that package json writes for HTML, as in "\u003cunk\u003e".
var unescaped = strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&")

// compareSettings compares a run that is to be resumed with the settings in its directory. It refuses a change of a
// fixed setting and warns about every other change.
func (c Config) compareSettings() error {
	before, err := ReadRun(c.Directory)
	if err != nil {
		return err
	}
	var refused []error
	for _, s := range Settings {
		was, err := s.Of(&before).MarshalJSON()
		if err != nil {
			return err
		}
		is, err := s.Of(&c).MarshalJSON()
		if err != nil {
			return err
		}
		if string(was) == string(is) {
			continue
		}
		change := errors.New(unescaped.Replace(fmt.Sprintf("%s was %s and is now %s", s.Key, was, is)))
		if s.Fixed {
			refused = append(refused, change)
		} else {
			c.Warn("resuming with a change: " + change.Error())
		}
	}
	if refused != nil {
		return fmt.Errorf("%s was started with other settings: %w; leave them as they were, or use another directory",
			c.Directory, oneline.Join(refused))
	}
	return nil
}
