package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"owlm/lmkit"
)

// verbs are lmkit's commands, in the order of the help text; each has a file of its own.
var verbs = []func() *cobra.Command{
	setupCommand, doctorCommand, notebooksCommand, labCommand, trainCommand, evalCommand, ngramCommand, generateCommand, compareCommand,
	importCommand, tokenizeCommand, corpusCommand, benchCommand, parityCommand,
	tryPluginCommand, measureCommand,
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "lmkit",
		Short:         "Recurrent language models in Go: train them, generate text, run the notebooks",
		Version:       lmkit.Version,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return &usageError{"", fmt.Sprintf("there is no verb %q", args[0])}
			}
			c.SetOut(c.ErrOrStderr())
			c.Usage()
			return &usageError{"", "a verb is missing"}
		},
	}
	root.SetVersionTemplate("lmkit {{.Version}}\n")
	root.SetFlagErrorFunc(flagError)
	cobra.EnableCommandSorting = false
	for _, verb := range verbs {
		command := verb()
		if command.Args == nil {
			command.Args = noArguments
		}
		root.AddCommand(command)
	}
	return root
}

// flagError is a flag that cannot be parsed, in our words: pflag's tell of Go's parsers.
func flagError(c *cobra.Command, err error) error {
	var invalid *pflag.InvalidValueError
	if !errors.As(err, &invalid) {
		return usagef(c, "%v", err)
	}
	flag, kind := invalid.GetFlag(), ""
	switch flag.Value.Type() {
	case "int":
		kind = "it must be a whole number"
	case "uint64":
		kind = "it must be a whole number of 0 or more"
	case "float64":
		kind = "it must be a number"
	case "bool":
		kind = "it must be true or false"
	default:
		kind = invalid.Unwrap().Error()
	}
	return usagef(c, "--%s is %q; %s", flag.Name, invalid.GetValue(), kind)
}

// usagef is a usage error of a command.
func usagef(c *cobra.Command, format string, args ...any) error {
	verb := ""
	if c.HasParent() {
		verb = c.Name() + " "
	}
	return &usageError{verb, fmt.Sprintf(format, args...)}
}

func noArguments(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef(c, "unexpected argument %q", args[0])
	}
	return nil
}

// require is a usage error that names the flags which were not given.
func require(c *cobra.Command, names ...string) error {
	var missing []string
	for _, name := range names {
		if !c.Flags().Changed(name) {
			missing = append(missing, "--"+name)
		}
	}
	if missing != nil {
		return usagef(c, "missing %s", strings.Join(missing, ", "))
	}
	return nil
}

// warnings writes lines to standard error.
func warnings(c *cobra.Command) func(message string) {
	return func(message string) { fmt.Fprintln(c.ErrOrStderr(), "lmkit: "+message) }
}

// writeJSON writes one JSON object on a line of its own.
func writeJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// choice is a flag that takes one of several words.
type choice struct {
	value   string
	choices []string
}

func (c *choice) String() string { return c.value }
func (c *choice) Type() string   { return strings.Join(c.choices, "|") }

func (c *choice) Set(value string) error {
	for _, word := range c.choices {
		if value == word {
			c.value = value
			return nil
		}
	}
	return fmt.Errorf("it must be %s", strings.Join(c.choices, ", "))
}
