package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

// movingLine is a line at the bottom of a terminal that changes while something runs. What is printed stays above it.
type movingLine struct {
	w     io.Writer
	width func() int
	mutex sync.Mutex
	text  func() string // what the line says now; nil: nothing
	stop  chan struct{}
}

// newMovingLine starts a line. ok is false if w is no terminal.
func newMovingLine(w io.Writer) (l *movingLine, ok bool) {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return nil, false
	}
	width := func() int {
		columns, _, err := term.GetSize(int(file.Fd()))
		if err != nil || columns < 20 {
			return 80
		}
		return columns
	}
	l = &movingLine{w: w, width: width, stop: make(chan struct{})}
	go l.move()
	return l, true
}

// move draws the line again each second, because times in it change.
func (l *movingLine) move() {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-l.stop:
			return
		case <-ticker.C:
			l.print("")
		}
	}
}

// show changes what the line says: what text returns, now and later.
func (l *movingLine) show(text func() string) {
	l.mutex.Lock()
	l.text = text
	l.mutex.Unlock()
	l.print("")
}

// print prints lines above the line, and draws it again.
func (l *movingLine) print(lines string) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	text := ""
	if l.text != nil {
		text = cut(l.text(), l.width()-1)
	}
	fmt.Fprint(l.w, "\r\x1b[K"+lines+text)
}

// end removes the line.
func (l *movingLine) end() {
	close(l.stop)
	l.show(nil)
}

// cut shortens a text to a number of characters.
func cut(text string, width int) string {
	if runes := []rune(text); len(runes) > width {
		return string(runes[:width-1]) + "…"
	}
	return text
}

// bar draws a share from 0 to 1.
func bar(share float64) string {
	const width = 24
	return fmt.Sprintf("[%-*s]", width, strings.Repeat("=", int(share*width)))
}
