package kernel

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// message is a message of Jupyter's protocol as it travels, described in "Messaging in Jupyter", section "The wire
// protocol".
type message struct {
	prefix                            [][]byte // the topic
	header, parent, metadata, content []byte   // JSON
	buffers                           [][]byte
}

// delimiter stands before the signature of a message.
var delimiter = []byte("<IDS|MSG>")

// parseMessage takes the frames of a message apart. It does not check the signature.
func parseMessage(frames [][]byte) (m message, ok bool) {
	for i, frame := range frames {
		if bytes.Equal(frame, delimiter) {
			if len(frames) < i+6 {
				return m, false
			}
			m = message{prefix: frames[:i], header: frames[i+2], parent: frames[i+3], metadata: frames[i+4],
				content: frames[i+5], buffers: frames[i+6:]}
			return m, true
		}
	}
	return m, false
}

// frames signs the message and returns its frames.
func (m message) frames(key []byte) [][]byte {
	parts := [][]byte{m.header, m.parent, m.metadata, m.content}
	var signature []byte
	if len(key) > 0 {
		mac := hmac.New(sha256.New, key)
		for _, part := range parts {
			mac.Write(part)
		}
		signature = hex.AppendEncode(nil, mac.Sum(nil))
	}
	frames := append([][]byte{}, m.prefix...)
	frames = append(frames, delimiter, signature)
	frames = append(frames, parts...)
	return append(frames, m.buffers...)
}

// kind returns the type of the message, such as "stream".
func (m message) kind() string { return kindOf(m.header) }

// kindOf returns the type of the message with a header.
func kindOf(header []byte) string {
	var h struct {
		Type string `json:"msg_type"`
	}
	json.Unmarshal(header, &h)
	return h.Type
}

// with returns the message with another content.
func (m message) with(content any) message {
	m.content, _ = json.Marshal(content)
	return m
}
