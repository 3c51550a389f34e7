package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"owlm/internal/setup"
	"owlm/internal/want"
	"owlm/notebooks"
)

// TestNotebookProgress checks what is shown outside a terminal.
func TestNotebookProgress(t *testing.T) {
	var b bytes.Buffer
	show, end := notebookProgress(&b, t.TempDir(), nil)
	show(notebooks.Event{Notebook: "03_networks", Cell: 4, Cells: 17})
	show(notebooks.Event{Notebook: "03_networks", Cell: 17, Cells: 17, Done: true, Seconds: 12.34})
	show(notebooks.Event{Notebook: "04_text", Cell: 2, Cells: 9, Error: "line 3: undefined: x"})
	end()
	want := "03_networks  17 cells, 12.3 s\n04_text  cell 2/9 failed:\nline 3: undefined: x\n"
	if b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}

// TestMovingLine checks what is written to a terminal: each line over the one before, cut to the width, and printed
// lines above it.
func TestMovingLine(t *testing.T) {
	var b bytes.Buffer
	l := &movingLine{w: &b, width: func() int { return 11 }, stop: make(chan struct{})}
	number := 0
	l.show(func() string {
		number++
		return strings.Repeat("x", 7*number)
	})
	l.print("03 failed\n")
	l.end()
	const over = "\r\x1b[K"
	if want := over + "xxxxxxx" + over + "03 failed\nxxxxxxxxx…" + over; b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}

// TestLines checks what the moving line says.
func TestLines(t *testing.T) {
	now := time.Now()
	var sources []string
	for _, name := range []string{"01_one.ipynb", "02_two.ipynb"} {
		sources = append(sources, want.File(t, name, `{"cells": [{}, {}, {}, {}]}`))
	}
	out := filepath.Dir(want.File(t, "record.json", `{"01_one": {"seconds": 80}, "02_two": {"seconds": 100}}`))
	estimate := notebooks.NewEstimate(out, sources, now)
	add := func(e notebooks.Event, passed time.Duration) string {
		estimate.Add(e, now.Add(passed))
		return notebookLine(e, estimate, now.Add(passed))
	}
	for got, want := range map[string]string{
		add(notebooks.Event{Notebook: "01_one", Cell: 3, Cells: 4}, 20*time.Second): "notebooks " +
			"[======                  ] 0/2, 2m40s left: 01_one, cell 3/4",
		add(notebooks.Event{Notebook: "01_one", Cell: 4, Cells: 4, Done: true}, 90*time.Second): "notebooks " +
			"[============            ] 1/2, 1m40s left",
		setupLine(setup.Progress{Running: []string{"a", "b"}, Done: 1, Total: 4}, 34*time.Second): "set-up " +
			"[======                  ] 1/4, 34s: a; b",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
