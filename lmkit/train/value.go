package train

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"owlm/lmkit/rnn"
)

// Value is the value of a setting in a Config: as text, for flags (it is a flag.Value, and a Value of the package pflag), and as JSON, for
// files.
type Value interface {
	String() string
	Set(s string) error
	// Type is int, uint64, float64, bool, string or the words to choose from.
	Type() string
	json.Marshaler
	json.Unmarshaler
}

// plain is a value of one of Go's own types.
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

// inverted is a bool whose flag says the opposite.
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

// choice is one of several words.
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
		return fmt.Errorf("it must be %s", strings.Join(v.words, ", "))
	}
	*v.p = s
	return nil
}

// cellValue is the recurrence.
type cellValue struct{ p *rnn.Cell }

func (v cellValue) String() string { return v.p.String() }

func (v cellValue) Type() string { return "rnn|lstm|gru" }

func (v cellValue) MarshalJSON() ([]byte, error) { return json.Marshal(v.p.String()) }

func (v cellValue) UnmarshalJSON(data []byte) error { return json.Unmarshal(data, v.p) }

func (v cellValue) Set(s string) (err error) {
	cell, err := rnn.ParseCell(s)
	if err != nil {
		return fmt.Errorf("it must be %s", strings.ReplaceAll(v.Type(), "|", ", "))
	}
	*v.p = cell
	return nil
}

// objectiveValue is the name of the objective.
type objectiveValue struct{ c *Config }

func (v objectiveValue) String() string {
	name, _ := v.c.objective()
	return name
}

func (v objectiveValue) Type() string { return "windows|stream" }

func (v objectiveValue) MarshalJSON() ([]byte, error) { return json.Marshal(v.String()) }

func (v objectiveValue) UnmarshalJSON(data []byte) error { return unmarshal(data, v) }

func (v objectiveValue) Set(s string) error {
	_, length := v.c.objective()
	if v.c.setObjective(s, length) != nil {
		return fmt.Errorf("it must be %s", strings.ReplaceAll(v.Type(), "|", ", "))
	}
	return nil
}

// sequenceValue is the length of the objective.
type sequenceValue struct{ c *Config }

func (v sequenceValue) String() string {
	_, length := v.c.objective()
	return strconv.Itoa(length)
}

func (v sequenceValue) Type() string { return "int" }

func (v sequenceValue) MarshalJSON() ([]byte, error) { return []byte(v.String()), nil }

func (v sequenceValue) UnmarshalJSON(data []byte) error {
	var length int
	if err := json.Unmarshal(data, &length); err != nil {
		return err
	}
	return v.set(length)
}

func (v sequenceValue) Set(s string) error {
	length, err := strconv.ParseInt(s, 0, strconv.IntSize)
	if err != nil {
		return err
	}
	return v.set(int(length))
}

func (v sequenceValue) set(length int) error {
	name, _ := v.c.objective()
	return v.c.setObjective(name, length)
}

// tokenizerValue is the tokenizer, as run.json has it. It has no flag.
type tokenizerValue struct{ c *Config }

func (v tokenizerValue) String() string { return tokenizerName(v.c.Tokenizer) }

func (v tokenizerValue) Type() string { return "tokenizer" }

func (v tokenizerValue) Set(string) error { return fmt.Errorf("a tokenizer is not set as text") }

func (v tokenizerValue) MarshalJSON() ([]byte, error) { return tokenizerSettings(v.c.Tokenizer) }

func (v tokenizerValue) UnmarshalJSON(data []byte) (err error) {
	v.c.Tokenizer, err = parseTokenizerSettings(v.c.Directory, data)
	return err
}

// unmarshal sets a value from a JSON string.
func unmarshal(data []byte, v Value) error {
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	return v.Set(s)
}
