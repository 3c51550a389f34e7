// Package safetensors reads and writes the safetensors format, in which PyTorch and others exchange weights: eight
// bytes that hold the length of a JSON header, the header, and the tensors' bytes. Numbers are little-endian.
//
// The reader trusts nothing. Whatever a file holds, reading it takes bounded memory and time, and returns either
// tensors that lie inside the file and do not overlap, or an error.
package safetensors

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Tensor is a named array.
type Tensor struct {
	Name string
	// DType is the format's name of the element type, such as "F32".
	DType string
	Shape []int
	// Data holds the elements in row-major order, little-endian.
	Data []byte
}

// sizes maps an element type to its size in bytes.
var sizes = map[string]int{
	"BOOL": 1, "U8": 1, "I8": 1, "F8_E5M2": 1, "F8_E4M3": 1, "U16": 2, "I16": 2, "F16": 2, "BF16": 2,
	"U32": 4, "I32": 4, "F32": 4, "U64": 8, "I64": 8, "F64": 8,
}

// Float32 returns a tensor of type F32. The number of values must be the product of shape; Encode checks it.
func Float32(name string, shape []int, values []float32) Tensor {
	data := make([]byte, 0, 4*len(values))
	for _, value := range values {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(value))
	}
	return Tensor{Name: name, DType: "F32", Shape: shape, Data: data}
}

// Float32s returns the elements of a tensor of type F32, F16 or BF16. It widens the latter two, which is exact.
func (t Tensor) Float32s() ([]float32, error) {
	size := sizes[t.DType]
	if t.DType != "F32" && t.DType != "F16" && t.DType != "BF16" {
		return nil, fmt.Errorf("type %s is not F32, F16 or BF16", t.DType)
	}
	values := make([]float32, len(t.Data)/size)
	for i := range values {
		element := t.Data[i*size:]
		switch t.DType {
		case "F32":
			values[i] = math.Float32frombits(binary.LittleEndian.Uint32(element))
		case "BF16":
			values[i] = math.Float32frombits(uint32(binary.LittleEndian.Uint16(element)) << 16)
		case "F16":
			values[i] = widenHalf(binary.LittleEndian.Uint16(element))
		}
	}
	return values, nil
}

// widenHalf returns the value of an IEEE 754 half-precision number.
func widenHalf(bits uint16) float32 {
	sign := uint32(bits>>15) << 31
	exponent := uint32(bits>>10) & 0x1f
	fraction := uint32(bits) & 0x3ff
	switch exponent {
	case 0: // zero or subnormal: fraction * 2^-24
		value := float32(fraction) * (1.0 / (1 << 24))
		if sign != 0 {
			value = -value
			if fraction == 0 {
				value = math.Float32frombits(sign)
			}
		}
		return value
	case 0x1f: // infinity or NaN
		return math.Float32frombits(sign | 0x7f800000 | fraction<<13)
	}
	return math.Float32frombits(sign | (exponent+127-15)<<23 | fraction<<13)
}
