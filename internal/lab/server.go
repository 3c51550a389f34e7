package lab

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// server is what JupyterLab says about itself in a file of its runtime directory.
type server struct {
	Hostname string
	Port     int
	BaseURL  string `json:"base_url"`
	Token    string
}

// findServer reads the file of a server that listens.
func findServer(runtime string) (s server, ok bool) {
	files, _ := filepath.Glob(filepath.Join(runtime, "jpserver-*.json"))
	if len(files) == 0 {
		return s, false
	}
	data, err := os.ReadFile(files[0])
	if err != nil || json.Unmarshal(data, &s) != nil || s.Port == 0 { // still being written
		return s, false
	}
	if ip := net.ParseIP(s.Hostname); ip != nil && ip.IsUnspecified() { // all networks
		s.Hostname = "localhost"
	}
	connection, err := net.DialTimeout("tcp", s.host(), time.Second)
	if err != nil { // it writes the file first
		return s, false
	}
	connection.Close()
	return s, true
}

func (s server) host() string { return net.JoinHostPort(s.Hostname, strconv.Itoa(s.Port)) }

// address returns the address of a path under the server's own, with the token.
func (s server) address(path string) string {
	return "http://" + s.host() + s.BaseURL + path + "?token=" + url.QueryEscape(s.Token)
}

// listening returns the address of a page once JupyterLab listens, which it announces in its runtime directory.
func listening(runtime, page string) (address string, ok bool) {
	s, ok := findServer(runtime)
	if !ok {
		return "", false
	}
	path := "lab"
	if page != "" {
		path += "/tree/" + url.PathEscape(page)
	}
	return s.address(path), true
}

// busy returns the number of kernels that run a cell, as far as the server says so within a second.
func busy(runtime string) (cells int) {
	s, ok := findServer(runtime)
	if !ok {
		return 0
	}
	client := http.Client{Timeout: time.Second}
	answer, err := client.Get(s.address("api/kernels"))
	if err != nil {
		return 0
	}
	defer answer.Body.Close()
	var kernels []struct {
		State string `json:"execution_state"`
	}
	if json.NewDecoder(io.LimitReader(answer.Body, 1<<20)).Decode(&kernels) != nil {
		return 0
	}
	for _, k := range kernels {
		if k.State == "busy" {
			cells++
		}
	}
	return cells
}
