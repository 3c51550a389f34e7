package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"owlm/lmkit/backend"
)

// WriteTable writes a report as a Markdown table.
func (r *Report) WriteTable(w io.Writer) error {
	var b strings.Builder
	b.WriteString("| workload | system | median | fastest to slowest | speed to PyTorch | to JAX | tokens/s | " +
		"share of limit | first | memory |\n")
	b.WriteString("|---|---|---:|---|---:|---:|---:|---:|---:|---:|\n")
	for _, row := range r.Rows {
		fmt.Fprintf(&b, "| %s | %s | %s | %s to %s | %s | %s | %s | %s | %s | %d MB |\n",
			row.Workload, row.System, duration(row.Median), duration(row.Fastest), duration(row.Slowest),
			optional("%.2f", row.SpeedToPyTorch), optional("%.2f", row.SpeedToJAX),
			optional("%.0f", row.TokensPerSecond), optional("%.0f %%", 100*row.Limit),
			duration(row.First), row.Memory>>20)
	}
	for _, problem := range r.Skipped {
		fmt.Fprintf(&b, "\nLeft out: %s\n", problem)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// duration returns a time in seconds with three digits and a unit.
func duration(seconds float64) string {
	switch {
	case seconds < 1e-3:
		return fmt.Sprintf("%.0f µs", seconds*1e6)
	case seconds < 1e-2:
		return fmt.Sprintf("%.2f ms", seconds*1e3)
	case seconds < 1:
		return fmt.Sprintf("%.3g ms", seconds*1e3)
	}
	return fmt.Sprintf("%.3g s", seconds)
}

// optional formats a number. 0 is one that is not known, and gives "".
func optional(format string, x float64) string {
	if x == 0 {
		return ""
	}
	return fmt.Sprintf(format, x)
}

// simd reports whether this program was built with GOEXPERIMENT=simd.
func simd() bool {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return false
	}
	for _, s := range info.Settings {
		if s.Key == "GOEXPERIMENT" && strings.Contains(s.Value, "simd") {
			return true
		}
	}
	return false
}

// The files that Save writes.
const (
	TableFile  = "table.md"
	ReportFile = "report.json"
)

// Save writes the report's table and all its numbers into a directory.
func (r *Report) Save(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := r.saveJSON(filepath.Join(dir, ReportFile)); err != nil {
		return err
	}
	var table bytes.Buffer
	fmt.Fprintf(&table, "Measured by `%s`: %d rounds on %s.",
		strings.Join(r.Receipt.Command, " "), r.Receipt.Rounds, r.Receipt.Device)
	if slices.ContainsFunc(r.Rows, func(row Row) bool { return strings.HasSuffix(row.System, Tuned) }) {
		fmt.Fprintf(&table, " *Tuned* is started with `%s=%s`, which lmkit's command gives itself unless the variable "+
			"is set.", backend.MemoryVariable, backend.MemoryTuning)
	}
	table.WriteString("\n\n")
	if err := r.WriteTable(&table); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, TableFile), table.Bytes(), 0o644)
}

// saveJSON writes all numbers of the report into a file.
func (r *Report) saveJSON(path string) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(data, '\n'), 0o644)
}
