package main

import (
	"errors"
	"fmt"

	"owlm/lmkit"
	"owlm/lmkit/rundir"
	"owlm/lmkit/text"
	"owlm/lmkit/train"
)

// advice returns the flags that help against an error, to end its message. The library does not know the command line.
func advice(err error) string {
	var held *rundir.HeldError
	var unfinished *lmkit.UnfinishedError
	var finished *train.FinishedError
	var changedText *train.ChangedTextError
	var changedTokens *train.ChangedTokensError
	var notUTF8 *text.NotUTF8Error
	switch {
	case errors.As(err, &held):
		return "; choose another directory, or continue the run there with lmkit train --resume"
	case errors.As(err, &unfinished):
		return "; continue it with lmkit train --resume"
	case errors.As(err, &finished):
		return fmt.Sprintf("; train on from its weights with --from %s and another --out", finished.Directory)
	case errors.As(err, &changedText):
		return "; pass --allow-changed-text to continue anyway"
	case errors.As(err, &changedTokens):
		return " and pass --allow-changed-text"
	case errors.As(err, &notUTF8):
		return "; pass --lossy to replace it"
	}
	return ""
}
