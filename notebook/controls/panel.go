package controls

import (
	_ "embed"
	"encoding/json"
	"html/template"
	"strings"
	"sync"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/comms"
)

//go:embed panel.html
var panelHTML string

// element is a control as the panel shows it: a list if it has options, a line of text, or a slider.
type element struct {
	Name, Value    string
	Min, Max, Step string
	Options        []string
	Text           bool
}

// panel is a form in the output of a cell.
type panel struct {
	id       string // of the output
	messages mailbox
}

// openPanel shows the form and listens to it.
func openPanel(list []Control) *panel {
	p := &panel{id: gonbui.UniqueId(), messages: mailbox{c: make(chan message, 1)}}
	address := "/controls/" + p.id
	comms.Subscribe(address, func(_, text string) {
		var m message
		if json.Unmarshal([]byte(text), &m) == nil {
			p.messages.put(m)
		}
	})
	gonbui.UpdateHTML(p.id, form(address, list))
	return p
}

// close replaces the form, which does nothing any more, by a line.
func (p *panel) close() {
	gonbui.UpdateHTML(p.id, "<i>Run the cell again to use its controls.</i>")
	gonbui.Sync()
}

// form returns the HTML of the form and its script, which sends to an address.
func form(address string, list []Control) string {
	// Parsed here and not at the start of the program: most cells have no panel.
	t := template.Must(template.New("").Parse(panelHTML))
	var elements []element
	for _, c := range list {
		elements = append(elements, c.element())
	}
	var b strings.Builder
	err := t.Execute(&b, struct {
		Address  string
		Elements []element
	}{address, elements})
	if err != nil {
		panic(err) // a bug: the data are strings
	}
	return b.String()
}

// message is what the script sends when it starts, after each change, and at the end.
type message struct {
	Number int64    // grows
	Values []string // of the controls, in order
	Done   bool
}

// apply sets the controls and reports whether a value is new.
func (m message) apply(list []Control) (changed bool) {
	if len(m.Values) != len(list) {
		return false
	}
	for i, c := range list {
		changed = c.set(m.Values[i]) || changed
	}
	return changed
}

// mailbox holds the newest message until it is read. GoNB may deliver messages out of order; older ones are dropped.
type mailbox struct {
	mutex  sync.Mutex
	newest int64
	c      chan message // has room for one
}

func (b *mailbox) put(m message) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if m.Number <= b.newest {
		return
	}
	b.newest = m.Number
	select {
	case <-b.c:
	default:
	}
	b.c <- m
}
