package network

import (
	"testing"
)

func FuzzConfig(f *testing.F) {
	f.Add([]byte(`{"format":1,"cell":"lstm","vocabulary_size":30,"embedding_size":128,"hidden_size":256,"layers":2}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var c Config
		if c.UnmarshalJSON(data) == nil && c.Validate() != nil {
			t.Errorf("%s was read as %+v", data, c)
		}
	})
}
