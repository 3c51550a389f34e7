package safetensors

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

// TestReadsPython reads a file that Python's safetensors wrote (testdata/make_types.py).
func TestReadsPython(t *testing.T) {
	file, err := Read("testdata/types.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile("testdata/types.json")
	if err != nil {
		t.Fatal(err)
	}
	var want map[string][]string
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	if len(file.Tensors) != 8 || file.Metadata["note"] != "naïve" {
		t.Errorf("%d tensors, metadata %v", len(file.Tensors), file.Metadata)
	}
	for _, tensor := range file.Tensors {
		values, err := tensor.Float32s()
		if want[tensor.Name] == nil {
			if err == nil {
				t.Errorf("%s of type %s was read as float32", tensor.Name, tensor.DType)
			}
			continue
		}
		if err != nil || len(values) != len(want[tensor.Name]) {
			t.Fatalf("%s: %d values, %v", tensor.Name, len(values), err)
		}
		for i, text := range want[tensor.Name] {
			number, err := strconv.ParseFloat(text, 64)
			if err != nil {
				t.Fatal(err)
			}
			if math.Float32bits(values[i]) != math.Float32bits(float32(number)) {
				t.Errorf("%s[%d] is %v, Python has %v", tensor.Name, i, values[i], number)
			}
		}
	}
	if shape := file.Tensors[5].Shape; file.Tensors[5].Name != "matrix" || !reflect.DeepEqual(shape, []int{2, 3}) {
		t.Errorf("%s has shape %v", file.Tensors[5].Name, shape)
	}
}

func TestRoundTrip(t *testing.T) {
	tensors := []Tensor{
		Float32("a", []int{2, 2}, []float32{1, 2, 3, 4}),
		Float32("b", nil, []float32{5}),
		{Name: "c", DType: "U8", Shape: []int{3}, Data: []byte{1, 2, 3}},
	}
	var first, second bytes.Buffer
	for _, b := range []*bytes.Buffer{&first, &second} {
		if err := Encode(b, tensors, map[string]string{"k": "<v>"}); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the same tensors give different bytes")
	}
	file, err := Decode(bytes.NewReader(first.Bytes()), int64(first.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if len(file.Tensors) != 3 || file.Metadata["k"] != "<v>" || !bytes.Equal(file.Tensors[2].Data, []byte{1, 2, 3}) {
		t.Errorf("%+v", file)
	}
	for _, bad := range [][]Tensor{
		{Float32("a", []int{3}, []float32{1})},
		{Float32("a", nil, []float32{1}), Float32("a", nil, []float32{1})},
		{Float32("__metadata__", nil, []float32{1})},
		{{Name: "a", DType: "F99"}},
		{{Name: "a", DType: "F32", Shape: []int{-1}}},
	} {
		if Encode(&bytes.Buffer{}, bad, nil) == nil {
			t.Errorf("%+v was written", bad)
		}
	}
}

// file returns a file with a header, as it is, and a number of data bytes.
func file(header string, data int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), make([]byte, data)...)
}

// tensor returns the header's entry of a tensor.
func tensor(name, kind, shape, offsets string) string {
	return fmt.Sprintf(`"%s":{"dtype":"%s","shape":[%s],"data_offsets":[%s]}`, name, kind, shape, offsets)
}

var hostile = map[string][]byte{
	"empty":           {},
	"short":           {1, 2, 3},
	"huge header":     {255, 255, 255, 255, 255, 255, 255, 127, 0},
	"100 MB header":   append(binary.LittleEndian.AppendUint64(nil, 100<<20), 0),
	"web page":        []byte("<!DOCTYPE html><html><body>404</body></html>"),
	"no object":       file(`[]`, 0),
	"negative offset": file(`{`+tensor("a", "F32", "1", "-4,0")+`}`, 4),
	"negative shape":  file(`{`+tensor("a", "F32", "-1", "0,4")+`}`, 4),
	"reversed":        file(`{`+tensor("a", "F32", "1", "4,0")+`}`, 4),
	"overflow":        file(`{`+tensor("a", "F32", "4611686018427387904,4611686018427387904", "0,4")+`}`, 4),
	"beyond":          file(`{`+tensor("a", "F32", "250000000000", "0,1000000000000")+`}`, 4),
	"other size":      file(`{`+tensor("a", "F32", "2", "0,4")+`}`, 4),
	"overlap":         file(`{`+tensor("a", "F32", "1", "0,4")+`,`+tensor("b", "F32", "1", "2,6")+`}`, 6),
	"hole":            file(`{`+tensor("a", "U8", "1", "1,2")+`}`, 2),
	"rest":            file(`{`+tensor("a", "U8", "1", "0,1")+`}`, 2),
	"twice":           file(`{`+tensor("a", "U8", "1", "0,1")+`,`+tensor("a", "U8", "1", "1,2")+`}`, 2),
	"type":            file(`{`+tensor("a", "F31", "1", "0,1")+`}`, 1),
	"ranks":           file(`{`+tensor("a", "U8", strings.Repeat("1,", 40)+"1", "0,1")+`}`, 1),
	"more":            file(`{}{}`, 0),
	"metadata":        file(`{"__metadata__":{"a":1}}`, 0),
}

func TestHostileFiles(t *testing.T) {
	for name, data := range hostile {
		_, err := Decode(bytes.NewReader(data), int64(len(data)))
		if err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
	path := filepath.Join(t.TempDir(), "x.safetensors")
	for _, p := range []string{path, t.TempDir()} {
		if _, err := Read(p); err == nil || !strings.Contains(err.Error(), p) {
			t.Errorf("%s: %v", p, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, data := range hostile {
		f.Add(data)
	}
	if data, err := os.ReadFile("testdata/types.safetensors"); err == nil {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Decode(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		total := 0
		for _, tensor := range file.Tensors {
			total += len(tensor.Data)
			tensor.Float32s()
		}
		if total > len(data) {
			t.Errorf("%d bytes of tensors in a file of %d", total, len(data))
		}
		if err := Encode(&bytes.Buffer{}, file.Tensors, file.Metadata); err != nil {
			t.Errorf("what was read cannot be written: %v", err)
		}
	})
}

func ExampleEncode() {
	var b bytes.Buffer
	if err := Encode(&b, []Tensor{Float32("fc.bias", []int{2}, []float32{0.5, -1})}, nil); err != nil {
		fmt.Println(err)
	}
	file, err := Decode(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		fmt.Println(err)
		return
	}
	values, _ := file.Tensors[0].Float32s()
	fmt.Println(file.Tensors[0].Name, file.Tensors[0].Shape, values)
	// Output: fc.bias [2] [0.5 -1]
}
