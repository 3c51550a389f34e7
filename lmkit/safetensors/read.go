package safetensors

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/bits"
	"os"
	"sort"
)

// What the reader accepts as a header; the format itself allows 100 MB.
const (
	maximumHeader  = 16 << 20
	maximumTensors = 100_000
	maximumRank    = 32
)

// File is the content of a safetensors file.
type File struct {
	// Tensors holds the tensors, sorted by name.
	Tensors []Tensor
	// Metadata is the free-form map that a file may carry.
	Metadata map[string]string
}

// Read reads a file. Every error names the file.
func Read(path string) (*File, error) {
	file, err := os.Open(path)
	if err != nil {
		var pathError *fs.PathError
		if errors.As(err, &pathError) {
			err = pathError.Err
		}
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if info.IsDir() {
		return nil, fmt.Errorf("%s: it is a directory, not a safetensors file", path)
	}
	decoded, err := Decode(file, info.Size())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return decoded, nil
}

// Decode reads size bytes as a safetensors file. It allocates no more than a small multiple of size.
func Decode(r io.ReaderAt, size int64) (*File, error) {
	if size < 8 {
		return nil, fmt.Errorf("it has %d bytes, too few for a safetensors file", size)
	}
	var prefix [8]byte
	if _, err := r.ReadAt(prefix[:], 0); err != nil {
		return nil, err
	}
	length := binary.LittleEndian.Uint64(prefix[:])
	if length > maximumHeader || length > uint64(size-8) {
		return nil, fmt.Errorf("its header claims %d bytes, but the file has %d; it is damaged or no safetensors file",
			length, size)
	}
	header := make([]byte, length)
	if _, err := r.ReadAt(header, 8); err != nil {
		return nil, err
	}
	entries, metadata, err := parseHeader(header)
	if err != nil {
		return nil, err
	}
	start := 8 + int64(length)
	if err := checkLayout(entries, uint64(size-start)); err != nil {
		return nil, err
	}
	file := &File{Metadata: metadata}
	for _, e := range entries {
		data := make([]byte, e.Offsets[1]-e.Offsets[0])
		if _, err := r.ReadAt(data, start+int64(e.Offsets[0])); err != nil && len(data) > 0 {
			return nil, fmt.Errorf("tensor %q: %w", e.name, err)
		}
		shape := make([]int, len(e.Shape))
		for i, dimension := range e.Shape {
			shape[i] = int(dimension)
		}
		file.Tensors = append(file.Tensors, Tensor{Name: e.name, DType: e.DType, Shape: shape, Data: data})
	}
	sort.Slice(file.Tensors, func(i, j int) bool { return file.Tensors[i].Name < file.Tensors[j].Name })
	return file, nil
}

// entry describes a tensor in the header. The numbers are unsigned, so that negative ones do not parse.
type entry struct {
	name    string
	DType   string   `json:"dtype"`
	Shape   []uint64 `json:"shape"`
	Offsets []uint64 `json:"data_offsets"`
}

// parseHeader reads the header's entries one by one, so that it finds names that occur twice.
func parseHeader(header []byte) (entries []entry, metadata map[string]string, err error) {
	decoder := json.NewDecoder(bytes.NewReader(header))
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return nil, nil, errors.New("its header is not a JSON object")
	}
	seen := make(map[string]bool)
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return nil, nil, fmt.Errorf("header: %w", err)
		}
		name, ok := token.(string)
		if !ok || seen[name] {
			return nil, nil, fmt.Errorf("header: the name %v occurs twice", token)
		}
		seen[name] = true
		if len(seen) > maximumTensors {
			return nil, nil, fmt.Errorf("header: it names more than %d tensors", maximumTensors)
		}
		if name == "__metadata__" {
			if err := decoder.Decode(&metadata); err != nil {
				return nil, nil, fmt.Errorf("header: __metadata__: %w", err)
			}
			continue
		}
		e := entry{name: name}
		if err := decoder.Decode(&e); err != nil {
			return nil, nil, fmt.Errorf("header: tensor %q: %w", name, err)
		}
		if err := e.check(); err != nil {
			return nil, nil, fmt.Errorf("header: tensor %q: %w", name, err)
		}
		entries = append(entries, e)
	}
	if _, err := decoder.Token(); err != nil {
		return nil, nil, fmt.Errorf("header: %w", err)
	}
	if rest := bytes.TrimSpace(header[decoder.InputOffset():]); len(rest) > 0 {
		return nil, nil, errors.New("header: something follows the JSON object")
	}
	return entries, metadata, nil
}

// check compares the size that follows from type and shape with the size that the offsets give.
func (e entry) check() error {
	size, ok := sizes[e.DType]
	if !ok {
		return fmt.Errorf("type %q is not known", e.DType)
	}
	if len(e.Offsets) != 2 || e.Offsets[0] > e.Offsets[1] {
		return fmt.Errorf("data_offsets %v are not a begin and an end", e.Offsets)
	}
	if len(e.Shape) > maximumRank {
		return fmt.Errorf("it has %d dimensions, more than %d", len(e.Shape), maximumRank)
	}
	total := uint64(size)
	for _, dimension := range e.Shape {
		high, low := bits.Mul64(total, dimension)
		if high != 0 || low > 1<<62 || dimension > 1<<62 {
			return fmt.Errorf("shape %v is too large", e.Shape)
		}
		total = low
	}
	if got := e.Offsets[1] - e.Offsets[0]; got != total {
		return fmt.Errorf("shape %v of %s takes %d bytes, but data_offsets %v give it %d",
			e.Shape, e.DType, total, e.Offsets, got)
	}
	return nil
}

// checkLayout checks that the tensors fill the data exactly: no overlap, no hole, nothing after the last.
func checkLayout(entries []entry, size uint64) error {
	order := make([]entry, len(entries))
	copy(order, entries)
	sort.Slice(order, func(i, j int) bool {
		if order[i].Offsets[0] != order[j].Offsets[0] {
			return order[i].Offsets[0] < order[j].Offsets[0]
		}
		return order[i].Offsets[1] < order[j].Offsets[1]
	})
	end := uint64(0)
	for _, e := range order {
		if e.Offsets[0] != end {
			return fmt.Errorf("tensor %q begins at byte %d of the data, where byte %d was expected: "+
				"tensors overlap or leave a hole", e.name, e.Offsets[0], end)
		}
		end = e.Offsets[1]
	}
	if end != size {
		return fmt.Errorf("its tensors end at byte %d of the data, but there are %d bytes: "+
			"the file was cut off or extended", end, size)
	}
	return nil
}
