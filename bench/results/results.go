// Package results contains what was measured, for notebooks and tests to read.
package results

import "embed"

// Files are the files of this directory: tables as .md, the numbers with their receipts as .json.
//
//go:embed *.md *.json
var Files embed.FS
