package plots

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"fmt"
	"image/png"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/janpfeifer/gonb/gonbui/protocol"
)

var threeLosses = Loss{Title: "Training", Runs: []Run{{Name: "LSTM", Losses: []float64{3, 2, 1}}}}

func ExampleShow() {
	if err := Show(threeLosses); err != nil {
		fmt.Println(err)
	}
	// Output:
	// Training
	//            first  last  lowest  highest
	// LSTM  █▅▁      3     1       1        3
}

func TestShowOutsideNotebook(t *testing.T) {
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout := os.Stdout
	os.Stdout = write
	err = ShowAs("an id changes nothing here", threeLosses)
	os.Stdout = stdout
	write.Close()
	printed, _ := io.ReadAll(read)
	if err != nil || string(printed) != threeLosses.Text() {
		t.Errorf("printed %q, error %v", printed, err)
	}
	if err := Show(Loss{}); err == nil {
		t.Error("a chart without data is shown without an error")
	}
}

func TestBundle(t *testing.T) {
	data, err := bundle("id", threeLosses)
	if err != nil {
		t.Fatal(err)
	}
	// GoNB sends it to the kernel by gob, and the kernel writes it as JSON.
	var wire bytes.Buffer
	if err := gob.NewEncoder(&wire).Encode(data); err != nil {
		t.Fatal(err)
	}
	var received protocol.DisplayData
	if err := gob.NewDecoder(&wire).Decode(&received); err != nil {
		t.Fatal(err)
	}
	for _, kind := range []protocol.MIMEType{"application/vnd.vegalite.v5+json", "image/png", "text/plain"} {
		if received.Data[kind] == nil {
			t.Errorf("no %s", kind)
		}
	}
	spec := threeLosses.VegaLite()
	spec["description"] = altText(threeLosses)
	sent, _ := json.Marshal(spec)
	got, err := json.Marshal(received.Data[MIMEVegaLite])
	if err != nil || !bytes.Equal(sent, got) {
		t.Errorf("the specification changes on the way: %v", err)
	}
	picture, err := png.Decode(bytes.NewReader(received.Data[protocol.MIMEImagePNG].([]byte)))
	if err != nil || picture.Bounds().Dx() != 2*defaultWidth {
		t.Errorf("PNG: %v", err)
	}
	size := received.Metadata["image/png"].(map[string]any)
	if size["width"] != defaultWidth || size["alt"] != spec["description"] || received.DisplayID != "id" {
		t.Errorf("metadata %v, display id %q", received.Metadata, received.DisplayID)
	}
	if text := received.Data[protocol.MIMETextPlain].(string); !strings.HasPrefix(text, "Training\n") {
		t.Errorf("text %q", text)
	}
}
