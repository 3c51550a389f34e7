package controls

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// play runs the loop over a slider and a list and returns the values of each round, and how long the loop took. The
// reader acts in a goroutine of its own.
func play(t *testing.T, reader func(post func(values ...string), done func(values ...string))) (
	got []string, took time.Duration) {
	t.Helper()
	temperature := &Slider{Name: "temperature", Max: 5, Step: 0.5, Value: 1}
	cell := &Select{Name: "cell", Options: []string{"rnn", "gru"}, Value: "rnn"}
	list := []Control{temperature, cell}
	box := mailbox{c: make(chan message, 1)}
	sent := int64(0)
	post := func(done bool, values []string) {
		sent++
		box.put(message{Number: sent, Values: values, Done: done})
	}
	go reader(func(values ...string) { post(false, values) }, func(values ...string) { post(true, values) })
	began := time.Now()
	rounds(t.Context(), list, box.c, func() bool {
		time.Sleep(time.Second) // the round's work
		got = append(got, number(temperature.Value)+" "+cell.Value)
		return true
	})
	return got, time.Since(began)
}

func TestRounds(t *testing.T) {
	type values = func(values ...string)
	tests := []struct {
		name   string
		reader func(post, done values)
		want   string
		took   time.Duration
	}{
		{"no browser", func(post, done values) {}, "1 rnn", time.Second + answerLimit},
		{"no change", func(post, done values) { post("1", "rnn") }, "1 rnn", time.Second + firstLimit},
		{"a change", func(post, done values) {
			post("1", "rnn")
			time.Sleep(10 * time.Second)
			post("1", "gru")
		}, "1 rnn, 1 gru", 11*time.Second + changeLimit},
		{"changes during a round count as one", func(post, done values) {
			post("1", "rnn")
			time.Sleep(10 * time.Second)
			for _, v := range []string{"1.5", "2", "2.5", "3"} {
				post(v, "rnn")
				time.Sleep(100 * time.Millisecond)
			}
		}, "1 rnn, 1.5 rnn, 3 rnn", 12*time.Second + changeLimit},
		{"there and back during a round", func(post, done values) {
			time.Sleep(100 * time.Millisecond)
			post("2", "rnn")
			post("1", "rnn")
		}, "1 rnn", time.Second + firstLimit},
		{"done", func(post, done values) {
			time.Sleep(5 * time.Second)
			done("1", "rnn")
		}, "1 rnn", 5 * time.Second},
		{"done after a last change", func(post, done values) {
			time.Sleep(5 * time.Second)
			done("4", "gru")
		}, "1 rnn, 4 gru", 6 * time.Second},
		{"values that no control has", func(post, done values) {
			post("1", "rnn")
			time.Sleep(5 * time.Second)
			post("7", "lstm")
			time.Sleep(5 * time.Second)
			post("NaN", "rnn")
			time.Sleep(5 * time.Second)
			post("2")
		}, "1 rnn", 15*time.Second + firstLimit},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got, took := play(t, test.reader)
				if strings.Join(got, ", ") != test.want || took != test.took {
					t.Errorf("rounds %q in %v, want %q in %v", got, took, test.want, test.took)
				}
			})
		})
	}
}

// TestRoundsEnd ends the loop from its body, by break and by its context.
func TestRoundsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Slider{Max: 1}
		ctx, cancel := context.WithCancel(t.Context())
		messages, count, began := make(chan message, 1), 0, time.Now()
		messages <- message{Number: 1, Values: []string{"1"}}
		rounds(ctx, []Control{s}, messages, func() bool { count++; return count < 2 })
		if count != 2 || s.Value != 1 {
			t.Errorf("%d rounds, value %v, want 2 and 1", count, s.Value)
		}
		rounds(ctx, []Control{s}, messages, func() bool { count++; cancel(); return true })
		if count != 3 || time.Since(began) != 0 {
			t.Errorf("%d rounds, ended after %v, want 3 at once", count, time.Since(began))
		}
	})
}

// TestNoNotebook runs the loop where there is no kernel.
func TestNoNotebook(t *testing.T) {
	count := 0
	for range Changes(t.Context(), &Slider{}) {
		count++
	}
	if count != 1 {
		t.Errorf("%d rounds, want 1", count)
	}
}

func TestText(t *testing.T) {
	guess := &Text{Name: "guess"}
	for _, step := range []struct {
		value string
		want  bool
	}{{"t", true}, {"t", false}, {"tt", true}, {"", true}, {"naïve <b>", true}} {
		m := message{Values: []string{step.value}}
		if got := m.apply([]Control{guess}); got != step.want || guess.Value != step.value {
			t.Errorf("%q: changed %v to %q, want %v", step.value, got, guess.Value, step.want)
		}
	}
}

// TestMailbox delivers messages out of order.
func TestMailbox(t *testing.T) {
	box := mailbox{c: make(chan message, 1)}
	var read []int64
	for _, number := range []int64{2, 1, 4, 3} {
		box.put(message{Number: number})
	}
	read = append(read, (<-box.c).Number)
	box.put(message{Number: 3})
	box.put(message{Number: 5})
	read = append(read, (<-box.c).Number)
	if !slices.Equal(read, []int64{4, 5}) || len(box.c) != 0 {
		t.Errorf("read %v and %d more, want 4 and 5", read, len(box.c))
	}
}

func TestForm(t *testing.T) {
	html := form("/controls/1", []Control{
		&Slider{Name: "<b>", Min: 0.1, Max: 5, Step: 0.1, Value: 1e-1},
		&Select{Name: "prompt", Options: []string{"a \"b\"", "</select>"}, Value: "</select>"},
		&Text{Name: "guess", Value: `"x" <`},
	})
	for _, want := range []string{
		`<label>&lt;b&gt;`, `min="0.1" max="5" step="0.1" value="0.1"><output>0.1</output>`,
		`<option>a &#34;b&#34;</option><option selected>&lt;/select&gt;</option></select>`,
		`<input type="text" value="&#34;x&#34; &lt;" autocomplete="off" spellcheck="false">`,
		`gonb_comm?.send("/controls/1", `,
	} {
		if !strings.Contains(html, want) {
			t.Errorf("no %s in\n%s", want, html)
		}
	}
}
