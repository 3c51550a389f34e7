package train

import (
	"fmt"
	"slices"
	"strings"

	"owlm/lmkit/network"
)

// problems collects what is wrong with a configuration.
type problems []error

func (p *problems) add(format string, args ...any) { *p = append(*p, fmt.Errorf(format, args...)) }

func (p *problems) positive(name string, value int) {
	if value < 1 || value > network.MaximumSize {
		p.add("%s is %d; it must be from 1 to %d", name, value, network.MaximumSize)
	}
}

func (p *problems) share(name string, value float64) {
	if !(value >= 0 && value < 1) {
		p.add("%s is %v; it must be at least 0 and below 1", name, value)
	}
}

func (p *problems) notNegative(name string, value float64) {
	if !(value >= 0 && value < 1e30) {
		p.add("%s is %v; it must be 0 or more, and finite", name, value)
	}
}

// oneOf accepts a name of a list, and "" for the usual one.
func (p *problems) oneOf(name, value string, list []string) {
	if value != "" && !slices.Contains(list, value) {
		p.add("%s is %q; it must be %s", name, value, strings.Join(list, ", "))
	}
}
