package lmkit

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"owlm/internal/oneline"
	"owlm/lmkit/safetensors"
)

// readStateDict reads a state dict from a safetensors file, and gives its tensors the names of a model directory.
func readStateDict(path string) (map[string]safetensors.Tensor, error) {
	if isPickle(path) {
		to := strings.TrimSuffix(path, filepath.Ext(path)) + ".safetensors"
		return nil, fmt.Errorf("%s is a pickle, which may run any program when it is read; "+
			"if you trust it, convert it with: python3 -c \"%s\" %s %s",
			path, converter, oneline.ShellWord(path), oneline.ShellWord(to))
	}
	file, err := safetensors.Read(path)
	if err != nil {
		return nil, err
	}
	return renamed(path, file.Tensors, weightName)
}

// converter is a Python program that turns a pickled state dict into safetensors.
const converter = `import sys, torch, safetensors.torch as s; s.save_file({k: v.clone().contiguous() ` +
	`for k, v in torch.load(sys.argv[1], map_location='cpu', weights_only=True).items()}, sys.argv[2])`

// isPickle recognizes what torch.save writes: a zip archive or, before PyTorch 1.6, a bare pickle.
func isPickle(path string) bool {
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	begin := make([]byte, 4)
	if _, err := io.ReadFull(file, begin); err != nil {
		return false
	}
	return string(begin) == "PK\x03\x04" || begin[0] == 0x80 && begin[1] >= 2 && begin[1] <= 5
}

// wrappers are what DataParallel and torch.compile put in front of every name.
var wrappers = []string{"module.", "_orig_mod."}

// weightName returns the name in a model directory of a tensor of a state dict.
func weightName(name string) string {
	for again := true; again; {
		again = false
		for _, wrapper := range wrappers {
			if rest, ok := strings.CutPrefix(name, wrapper); ok {
				name, again = rest, true
			}
		}
	}
	member, rest, _ := strings.Cut(name, ".")
	switch member {
	case "encoder":
		member = "embedding"
	case "decoder":
		member = "fc"
	case "lstm", "gru":
		member = "rnn"
	}
	if rest == "" {
		return member
	}
	return member + "." + rest
}
