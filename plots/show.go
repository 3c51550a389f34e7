package plots

import (
	"encoding/gob"
	"fmt"
	"os"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"
)

func init() {
	// Vega-Lite specifications are sent to the kernel as Go values, by gob.
	gob.Register(map[string]any{})
	gob.Register([]any{})
}

// Show displays a chart as the output of a notebook cell: one message with Vega-Lite, PNG and text. The reader's
// program draws the best of these that it can. Outside a notebook Show prints the chart's Text to standard output.
func Show(c Chart) error { return ShowAs("", c) }

// ShowAs displays a chart like Show, under an id. In a notebook a later ShowAs with the same id replaces the chart; use
// gonbui.UniqueId for the id. An empty id always makes a new output.
func ShowAs(id string, c Chart) error {
	if !gonbui.IsNotebook {
		if _, err := c.Plot(); err != nil {
			return err
		}
		_, err := fmt.Fprint(os.Stdout, c.Text())
		return err
	}
	data, err := bundle(id, c)
	if err != nil {
		return err
	}
	gonbui.SendData(data)
	gonbui.Sync() // if the cell ended now, the message would be lost
	return gonbui.Error()
}

// MIMEVegaLite is the type under which JupyterLab and VS Code draw Vega-Lite without an extension.
const MIMEVegaLite protocol.MIMEType = "application/vnd.vegalite.v5+json"

// bundle returns the chart in all its forms, as one display message.
func bundle(id string, c Chart) (*protocol.DisplayData, error) {
	image, err := encodePNG(c)
	if err != nil {
		return nil, err
	}
	width, height := sizeOf(c)
	alt, spec := altText(c), c.VegaLite()
	spec["description"] = alt
	return &protocol.DisplayData{
		Data: map[protocol.MIMEType]any{
			MIMEVegaLite:           spec,
			protocol.MIMEImagePNG:  image,
			protocol.MIMETextPlain: c.Text(),
		},
		// The PNG has two dots to the pixel. Without its size it would be shown twice as large.
		Metadata:  map[string]any{"image/png": map[string]any{"width": width, "height": height, "alt": alt}},
		DisplayID: id,
	}, nil
}
