package safetensors

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"
)

// Encode writes tensors as a safetensors file, with metadata if there is any. The same input gives the same bytes:
// tensors with larger elements come first, as in the Rust library, then tensors are sorted by name.
func Encode(w io.Writer, tensors []Tensor, metadata map[string]string) error {
	order := slices.Clone(tensors)
	sort.SliceStable(order, func(i, j int) bool {
		if a, b := sizes[order[i].DType], sizes[order[j].DType]; a != b {
			return a > b
		}
		return order[i].Name < order[j].Name
	})
	header := make(map[string]any)
	if len(metadata) > 0 {
		header["__metadata__"] = metadata
	}
	offset := uint64(0)
	for _, t := range order {
		end := offset + uint64(len(t.Data))
		e := entry{DType: t.DType, Shape: make([]uint64, len(t.Shape)), Offsets: []uint64{offset, end}}
		for i, dimension := range t.Shape {
			if dimension < 0 {
				return fmt.Errorf("tensor %q has shape %v", t.Name, t.Shape)
			}
			e.Shape[i] = uint64(dimension)
		}
		if err := e.check(); err != nil {
			return fmt.Errorf("tensor %q: %w", t.Name, err)
		}
		if _, twice := header[t.Name]; twice || t.Name == "__metadata__" {
			return fmt.Errorf("tensor %q: the name is taken", t.Name)
		}
		header[t.Name] = e
		offset = end
	}
	data, err := marshal(header)
	if err != nil {
		return err
	}
	if err := binary.Write(w, binary.LittleEndian, uint64(len(data))); err != nil {
		return err
	}
	if _, err := w.Write(data); err != nil {
		return err
	}
	for _, t := range order {
		if _, err := w.Write(t.Data); err != nil {
			return err
		}
	}
	return nil
}

// marshal returns the header, padded with spaces so that the data begin at a multiple of 8 bytes.
func marshal(header map[string]any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(header); err != nil {
		return nil, err
	}
	data := bytes.TrimSpace(b.Bytes())
	return append(data, strings.Repeat(" ", (8-len(data)%8)%8)...), nil
}
