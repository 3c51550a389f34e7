package train

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"owlm/internal/files"
	"owlm/internal/oneline"
	"owlm/lmkit/rundir"
)

// settings returns the settings of a configuration, as nested objects: those that a resumed run must not change, and the others.
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

// find returns a setting's JSON in run.json; nil if that lacks it, as one of an earlier version may.
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

// ReadRun reads the settings of the training run in a directory, so that it can be resumed with some of them changed. Backend, Hooks and
// the like are not among them.
func ReadRun(dir string) (Config, error) {
	path := filepath.Join(dir, rundir.SettingsFile)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return Config{}, fmt.Errorf("%s holds no training run: it has no %s", dir, rundir.SettingsFile)
	}
	var groups map[string]map[string]json.RawMessage
	if err := files.ReadJSON(path, &groups); err != nil {
		return Config{}, err
	}
	c := Config{Directory: dir, Resume: true}
	for _, s := range Settings {
		data, err := s.find(groups)
		if err == nil && data != nil {
			err = s.Of(&c).UnmarshalJSON(data)
		}
		if err != nil {
			return Config{}, fmt.Errorf("%s: %s: %w", path, s.Key, err)
		}
	}
	return c, nil
}

// compareSettings refuses to resume where fixed settings differ, and warns of what else changed.
func (c Config) compareSettings() error {
	before, err := ReadRun(c.Directory)
	if err != nil {
		return err
	}
	var changes []error
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
		change := fmt.Errorf("%s was %s and is now %s", s.Key, was, is)
		if s.Fixed {
			changes = append(changes, change)
		} else {
			c.Warn("resuming with a change: " + change.Error())
		}
	}
	if changes != nil {
		return fmt.Errorf("%s was started with other settings: %w; leave them as they were, or start in another directory",
			c.Directory, oneline.Join(changes))
	}
	return nil
}

// differences names the JSON fields in which two values of one type differ.
func differences(before, now any) []error {
	old, new := fields(before), fields(now)
	names := make([]string, 0, len(new))
	for name := range new {
		names = append(names, name)
	}
	sort.Strings(names)
	var changes []error
	for _, name := range names {
		if string(old[name]) != string(new[name]) {
			changes = append(changes, fmt.Errorf("%s was %s and is now %s", name, old[name], new[name]))
		}
	}
	return changes
}

func fields(value any) map[string]json.RawMessage {
	data, err := json.Marshal(value)
	if err != nil {
		return nil
	}
	var m map[string]json.RawMessage
	if json.Unmarshal(data, &m) != nil {
		return nil
	}
	return m
}
