package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"owlm/lmkit"
	"owlm/lmkit/backend"
)

// verbs lists the commands of lmkit in the order of its help. Each verb has a file of its own.
var verbs = []func() *cobra.Command{
	setupCommand, doctorCommand, notebooksCommand, labCommand, kernelCommand,
	trainCommand, evalCommand, ngramCommand, generateCommand, compareCommand,
	importCommand, tokenizeCommand, corpusCommand,
	benchCommand, parityCommand,
	tryPluginCommand, measureCommand, guardCommand, // hidden
}

// Usages of flags that several verbs have. The word in back quotes stands for the value.
const (
	textUsage      = "`text`: owl, opticks, kjv or a file; see lmkit corpus list"
	lossyUsage     = "replace bytes that are not UTF-8 instead of refusing the text"
	jsonUsage      = "print one JSON object"
	modelUsage     = "model `directory`"
	tokenizerUsage = "`file` of a tokenizer to use instead: a tokenizer.json of lmkit or, for bpe, of Hugging Face"
	contextUsage   = "predict each token from `n` tokens before it; 0: carry the hidden state (default: as in training)"
)

func backendUsage() string { return "`engine`: " + backend.Help() }

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

// flagError returns the usage error for a flag that cannot be parsed. pflag's own message quotes Go's parsers.
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

// usagef returns a usage error of a command.
func usagef(c *cobra.Command, format string, args ...any) error {
	verb := ""
	for ; c.HasParent(); c = c.Parent() {
		verb = c.Name() + " " + verb
	}
	return &usageError{verb, fmt.Sprintf(format, args...)}
}

func noArguments(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef(c, "unexpected argument %q", args[0])
	}
	return nil
}

// require returns a usage error that names the flags that were not given, if any.
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

// warnings returns a function that writes messages to standard error.
func warnings(c *cobra.Command) func(message string) {
	return func(message string) { fmt.Fprintln(c.ErrOrStderr(), "lmkit: "+message) }
}

// writeJSON writes one JSON object on a line of its own.
func writeJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// finite returns a number for JSON, which has no infinity: nil stands for a number that is not finite.
func finite(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

// choice is the value of a flag that accepts one of several words.
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
