package parity

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// WriteTable writes the report as a Markdown table, and below it what failed or was left out.
func (r *Report) WriteTable(w io.Writer) error {
	var b strings.Builder
	b.WriteString("| compared | cases | largest difference | allowed |\n|---|---|---|---|\n")
	for _, a := range r.Agreements {
		fmt.Fprintf(&b, "| %s | %d | %s | %s |\n", a.Comparison, a.Cases, number(a.Largest), number(a.Limit))
	}
	var names []string
	for name, version := range r.Versions {
		names = append(names, name+" "+version)
	}
	slices.Sort(names)
	fmt.Fprintf(&b, "\nWith %s.\n", strings.Join(names, ", "))
	for _, line := range r.Skipped {
		fmt.Fprintf(&b, "left out: %s\n", line)
	}
	for _, line := range r.Failures {
		fmt.Fprintf(&b, "failed: %s\n", line)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// number returns a difference with two digits.
func number(x float64) string {
	if x == 0 {
		return "0"
	}
	return fmt.Sprintf("%.1e", x)
}
