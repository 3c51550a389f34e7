package train

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"owlm/lmkit/rnn"
)

// Value reads and sets the value of a setting in a Config: as text for flags (it is a flag.Value, and a Value of
// package pflag) and as JSON for files.
type Value interface {
	String() string
	Set(s string) error
	// Type is int, uint64, float64, bool, string, or the accepted words separated by "|".
	Type() string
	json.Marshaler
	json.Unmarshaler
}

// plain is the Value of a field of one of Go's own types.
type plain[T int | uint64 | float64 | bool | string] struct{ p *T }

func of[T int | uint64 | float64 | bool | string](p *T) Value { return plain[T]{p} }

func (v plain[T]) String() string { return fmt.Sprint(*v.p) }

func (v plain[T]) Type() string { return fmt.Sprintf("%T", *v.p) }

func (v plain[T]) MarshalJSON() ([]byte, error) { return json.Marshal(*v.p) }

func (v plain[T]) UnmarshalJSON(data []byte) error { return json.Unmarshal(data, v.p) }

func (v plain[T]) Set(s string) error {
	var value any
	var err error
	switch any(v.p).(type) {
	case *int:
		var n int64
		n, err = strconv.ParseInt(s, 0, strconv.IntSize)
		value = int(n)
	case *uint64:
		value, err = strconv.ParseUint(s, 0, 64)
	case *float64:
		value, err = strconv.ParseFloat(s, 64)
	case *bool:
		value, err = strconv.ParseBool(s)
	default:
		value = s
	}
	if err == nil {
		*v.p = value.(T)
	}
	return err
}

// inverted is the Value of a bool whose flag has the opposite meaning. In JSON it has the meaning of the field.
type inverted struct{ p *bool }

func (v inverted) String() string { return strconv.FormatBool(!*v.p) }

func (v inverted) Type() string { return "bool" }

func (v inverted) MarshalJSON() ([]byte, error) { return json.Marshal(*v.p) }

func (v inverted) UnmarshalJSON(data []byte) error { return json.Unmarshal(data, v.p) }

func (v inverted) Set(s string) error {
	value, err := strconv.ParseBool(s)
	if err == nil {
		*v.p = !value
	}
	return err
}

// choice is the Value of a string that must be one of several words. UnmarshalJSON accepts any string, which
// Config.Validate checks.
type choice struct {
	p     *string
	words []string
}

func (v choice) String() string { return *v.p }

func (v choice) Type() string { return strings.Join(v.words, "|") }

func (v choice) MarshalJSON() ([]byte, error) { return json.Marshal(*v.p) }

func (v choice) UnmarshalJSON(data []byte) error { return json.Unmarshal(data, v.p) }

func (v choice) Set(s string) error {
	if !slices.Contains(v.words, s) {
		return mustBe(v)
	}
	*v.p = s
	return nil
}

type cellValue struct{ p *rnn.Cell }

func (v cellValue) String() string { return v.p.String() }

func (v cellValue) Type() string { return "rnn|lstm|gru" }

func (v cellValue) MarshalJSON() ([]byte, error) { return json.Marshal(v.p.String()) }

func (v cellValue) UnmarshalJSON(data []byte) error { return json.Unmarshal(data, v.p) }

func (v cellValue) Set(s string) error {
	cell, err := rnn.ParseCell(s)
	if err != nil {
		return mustBe(v)
	}
	*v.p = cell
	return nil
}

// objectiveValue is the name of the objective, and sequenceValue its length. Each keeps the other.
type objectiveValue struct{ c *Config }

func (v objectiveValue) String() string {
	name, _ := splitObjective(v.c.Objective)
	return name
}

func (v objectiveValue) Type() string { return "windows|stream" }

func (v objectiveValue) MarshalJSON() ([]byte, error) { return json.Marshal(v.String()) }

func (v objectiveValue) UnmarshalJSON(data []byte) error {
	var name string
	if err := json.Unmarshal(data, &name); err != nil {
		return err
	}
	return v.Set(name)
}

func (v objectiveValue) Set(s string) error {
	if !slices.Contains(strings.Split(v.Type(), "|"), s) {
		return mustBe(v)
	}
	_, length := splitObjective(v.c.Objective)
	v.c.Objective = joinObjective(s, length)
	return nil
}

type sequenceValue struct{ c *Config }

func (v sequenceValue) String() string {
	_, length := splitObjective(v.c.Objective)
	return strconv.Itoa(length)
}

func (v sequenceValue) Type() string { return "int" }

func (v sequenceValue) MarshalJSON() ([]byte, error) { return []byte(v.String()), nil }

func (v sequenceValue) UnmarshalJSON(data []byte) error {
	var length int
	if err := json.Unmarshal(data, &length); err != nil {
		return err
	}
	v.set(length)
	return nil
}

func (v sequenceValue) Set(s string) error {
	var length int
	if err := of(&length).Set(s); err != nil {
		return err
	}
	v.set(length)
	return nil
}

func (v sequenceValue) set(length int) {
	name, _ := splitObjective(v.c.Objective)
	v.c.Objective = joinObjective(name, length)
}

func splitObjective(o Objective) (name string, length int) {
	switch o := o.(type) {
	case Windows:
		return "windows", o.Length
	case Stream:
		return "stream", o.Length
	}
	return "windows", 0
}

func joinObjective(name string, length int) Objective {
	if name == "stream" {
		return Stream{Length: length}
	}
	return Windows{Length: length}
}

// tokenizerValue is the tokenizer as run.json describes it. It has no flag, because the command takes it from several.
type tokenizerValue struct{ c *Config }

func (v tokenizerValue) String() string { return tokenizerName(v.c.Tokenizer) }

func (v tokenizerValue) Type() string { return "tokenizer" }

func (v tokenizerValue) Set(string) error { return errors.New("a tokenizer cannot be set from text") }

func (v tokenizerValue) MarshalJSON() ([]byte, error) { return tokenizerSettings(v.c.Tokenizer) }

func (v tokenizerValue) UnmarshalJSON(data []byte) (err error) {
	v.c.Tokenizer, err = parseTokenizerSettings(v.c.Directory, data)
	return err
}

// mustBe returns the error for a word that a value does not accept.
func mustBe(v Value) error {
	return fmt.Errorf("it must be %s", strings.ReplaceAll(v.Type(), "|", ", "))
}
