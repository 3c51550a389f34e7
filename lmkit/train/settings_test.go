package train

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"owlm/internal/files"
	"owlm/internal/want"
	"owlm/lmkit/rundir"
	"owlm/lmkit/text"
)

// notSettings lists the fields of a Config that belong to a call of Run rather than to the run.
var notSettings = []string{"Backend", "Directory", "Resume", "AllowChangedText", "Name", "Hooks", "Warn",
	"Model.VocabularySize", "Model.Context"}

// TestSettingsAreComplete changes the fields of a Config one by one: each changes exactly one setting, except those
// that belong to a call of Run.
func TestSettingsAreComplete(t *testing.T) {
	seen := 0
	var walk func(value reflect.Value, path string, c *Config)
	walk = func(value reflect.Value, path string, c *Config) {
		if slices.Contains(notSettings, path) {
			return
		}
		switch value.Kind() {
		case reflect.Struct:
			for i := range value.NumField() {
				walk(value.Field(i), strings.TrimPrefix(path+"."+value.Type().Field(i).Name, "."), c)
			}
			return
		case reflect.Interface: // the tokenizer and the objective
			return
		}
		before := settingsOf(t, *c)
		switch value.Kind() {
		case reflect.Bool:
			value.SetBool(true)
		case reflect.Int:
			value.SetInt(2)
		case reflect.Uint64:
			value.SetUint(3)
		case reflect.Float64:
			value.SetFloat(0.25)
		case reflect.String:
			value.SetString("adamw")
		default:
			t.Fatalf("%s is a %s", path, value.Kind())
		}
		seen++
		if changed := changes(before, settingsOf(t, *c)); changed != 1 {
			t.Errorf("%s changes %d settings", path, changed)
		}
	}
	c := Config{Tokenizer: text.Words{}, Objective: Windows{Length: 1}}
	walk(reflect.ValueOf(&c).Elem(), "", &c)
	if seen < 40 {
		t.Errorf("only %d fields were changed", seen)
	}
	for _, change := range []func(c *Config){
		func(c *Config) { c.Tokenizer = text.Characters{} }, func(c *Config) { c.Objective = Windows{Length: 2} },
		func(c *Config) { c.Objective = Stream{Length: 1} },
	} {
		a := Config{Tokenizer: text.Words{}, Objective: Windows{Length: 1}}
		b := a
		change(&b)
		if changed := changes(settingsOf(t, a), settingsOf(t, b)); changed != 1 {
			t.Errorf("%+v changes %d settings", b, changed)
		}
	}
}

// settingsOf lists the settings as JSON.
func settingsOf(t *testing.T, c Config) []string {
	t.Helper()
	var list []string
	for _, s := range Settings {
		data, err := s.Of(&c).MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, string(data))
	}
	return list
}

func changes(a, b []string) (count int) {
	for i := range a {
		if a[i] != b[i] {
			count++
		}
	}
	return count
}

// TestSettingsComeBack writes run.json and reads it. It also sets each value from its text, as a flag does.
func TestSettingsComeBack(t *testing.T) {
	c := tiny("go")
	c.Tokenizer, c.Optimizer, c.Schedule, c.Dropout.Locked, c.Model.ResetBefore = text.Characters{Lowercase: true},
		"rmsprop", "plateau", true, true
	c.Samples.Prompt, c.LearningRate, c.Seed, c.InOrder, c.TextName, c.Objective = "a \"b\"\n", 1.0/3, 1<<63, true,
		"owl", Stream{Length: 9}
	dir := t.TempDir()
	settings, err := c.settings()
	if err != nil {
		t.Fatal(err)
	}
	if err := files.WriteJSON(filepath.Join(dir, rundir.SettingsFile), settings); err != nil {
		t.Fatal(err)
	}
	read, err := ReadRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := settingsOf(t, read), settingsOf(t, c); !slices.Equal(got, want) {
		t.Errorf("read %q\nwritten %q", got, want)
	}
	set := Config{Tokenizer: c.Tokenizer}
	keys, flags := make(map[string]bool), make(map[string]bool)
	for _, s := range Settings {
		if keys[s.Key] || s.Flag != "" && flags[s.Flag] || (s.Flag == "") != (s.Usage == "") {
			t.Errorf("%q, --%s: twice, or without usage", s.Key, s.Flag)
		}
		keys[s.Key], flags[s.Flag] = true, true
		if s.Flag == "" {
			continue
		}
		if err := s.Of(&set).Set(s.Of(&c).String()); err != nil {
			t.Errorf("%s: %v", s.Key, err)
		}
		if got, want := s.Of(&set).String(), s.Of(&c).String(); got != want {
			t.Errorf("%s: %q, want %q", s.Key, got, want)
		}
	}
}

// TestReadRunNamesTheFile reads a run.json with a tokenizer of no kind: the error names the file once.
func TestReadRunNamesTheFile(t *testing.T) {
	path := want.File(t, rundir.SettingsFile, `{"fixed":{"tokenizer":{"kind":"syllable"}},"free":{}}`)
	_, err := ReadRun(filepath.Dir(path))
	want.Error(t, err, path+": tokenizer: ", "syllable")
	if strings.Count(err.Error(), path) != 1 {
		t.Error(err)
	}
}

// FuzzReadRun reads any run.json: the result is an error of one line, or a configuration that can be written again.
func FuzzReadRun(f *testing.F) {
	c := tiny("go")
	c.Tokenizer = text.Words{}
	settings, err := c.settings()
	if err != nil {
		f.Fatal(err)
	}
	data, err := json.Marshal(settings)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(data))
	f.Add(`{"fixed":{"dropouts":3},"free":{}}`)
	f.Add(`{"fixed":{"objective":"stream","sequence":-1,"cell":"lsmt"}}`)
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, content string) {
		if err := files.Write(filepath.Join(dir, rundir.SettingsFile), []byte(content)); err != nil {
			t.Fatal(err)
		}
		c, err := ReadRun(dir)
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("%q", err)
			}
			return
		}
		if c.Tokenizer == nil {
			return
		}
		if _, err := c.settings(); err != nil {
			t.Errorf("%s: %v", fmt.Sprintf("%+v", c), err)
		}
	})
}
