package kernel

import "bytes"

// The script with which GoNB connects a page gives up if the kernel does not answer within half a second, as happens on
// a busy machine: the server first makes sure that it hears the kernel. Then no control works, and nothing says so.
var (
	impatience   = []byte("500, // milliseconds")
	longPatience = []byte("30000, // milliseconds")
	scriptMark   = []byte("comm_open_ack not received in time")
)

// patient returns the message; if it has GoNB's script, the script waits for half a minute.
func patient(m message) message {
	if bytes.Contains(m.content, scriptMark) {
		m.content = bytes.Replace(m.content, impatience, longPatience, 1)
	}
	return m
}
