package main

import (
	"fmt"
	"io"
	"os"

	"owlm/lmkit/text"
)

// readCorpus reads the text that a flag names: "owl" is the tutorial's, everything else a file.
func readCorpus(name string, lossy bool, warnings io.Writer) (string, error) {
	if name == "owl" {
		return text.Owl, nil
	}
	if name == "opticks" || name == "kjv" {
		if _, err := os.Stat(name); err != nil {
			return "", fmt.Errorf("the corpus %s is not part of this version; name a text file, or owl for the tutorial's text", name)
		}
	}
	content, replaced, err := text.ReadFile(name, lossy)
	if replaced > 0 {
		fmt.Fprintf(warnings, "lmkit: %s: replaced %d bytes that are not UTF-8\n", name, replaced)
	}
	return content, err
}
