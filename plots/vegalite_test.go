package plots_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// TestPageColors checks that specifications bring no background, and no text that a dark page would hide. The texts of
// heat maps and words stand on colours of their own.
func TestPageColors(t *testing.T) {
	for name, chart := range valid {
		spec, err := json.Marshal(chart.VegaLite())
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []string{`"background":"transparent"`, `"renderer":"svg"`, `"labelColor":"currentColor"`} {
			if !bytes.Contains(spec, []byte(part)) {
				t.Errorf("%s has no %s", name, part)
			}
		}
		colored := strings.HasPrefix(name, "heat map") || name == "words"
		for _, dark := range []string{`"#000000"`, `"#222222"`} {
			if !colored && bytes.Contains(spec, []byte(dark)) {
				t.Errorf("%s draws in %s, which a dark page hides", name, dark)
			}
		}
	}
}
