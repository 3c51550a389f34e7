// Command textsize measures how the perplexity of a character model depends on the size of the text it is trained on:
// an LSTM with and without dropout, beside Kneser-Ney, on growing beginnings of the King James Bible. All are judged by
// the same characters from its end.
//
//	go run ./bench/textsize --out bench/results
//
// It takes about half an hour on two cores, writes textsize.json and textsize.md, and goes on where it was stopped.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"

	"owlm/internal/files"
	"owlm/lmkit"
	"owlm/lmkit/backend"
	"owlm/lmkit/corpora"
	"owlm/lmkit/dataset"
	"owlm/lmkit/ngram"
	"owlm/lmkit/rnn"
	"owlm/lmkit/text"
	"owlm/lmkit/train"
)

// The sizes of the experiment, in characters. tokens is how many of them a run reads at most.
var sizes = []int{25_000, 100_000, 400_000, 1_600_000}

const (
	held   = 50_000 // at the end of the Bible: for early stopping and for judging alike
	tokens = 3_200_000
	seeds  = 3
	order  = 8
)

// Row is one model: a perplexity per character of the text that it was trained on and of the held-out one.
type Row struct {
	Model      string  `json:"model"`
	Characters int     `json:"characters"`
	Dropout    float64 `json:"dropout"`
	Seed       uint64  `json:"seed"`
	Epochs     int     `json:"epochs,omitempty"` // until the held-out perplexity was lowest
	Train      float64 `json:"train"`
	Valid      float64 `json:"valid"`
}

// Report is the content of textsize.json.
type Report struct {
	Corpus   string            `json:"corpus"`
	Held     int               `json:"held"`
	Device   string            `json:"device"`
	Versions map[string]string `json:"versions"`
	Command  string            `json:"command"`
	Rows     []Row             `json:"rows"`
}

func main() {
	out := flag.String("out", "bench/results", "`directory` for textsize.json and textsize.md")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *out); err != nil {
		fmt.Fprintln(os.Stderr, "textsize:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out string) error {
	source, err := corpora.Open(ctx, "kjv", false, os.Stderr)
	if err != nil {
		return err
	}
	whole, err := source.Text()
	if err != nil {
		return err
	}
	engine, err := backend.Open("auto")
	if err != nil {
		return err
	}
	path := filepath.Join(out, "textsize.json")
	report := Report{Corpus: "kjv", Held: held}
	if _, err := os.Stat(path); err == nil {
		if err := files.ReadJSON(path, &report); err != nil {
			return err
		}
	}
	report.Device, report.Versions = engine.String(), lmkit.Versions()
	report.Command = "go run ./bench/textsize --out bench/results"
	for _, want := range plan() {
		if slices.ContainsFunc(report.Rows, func(r Row) bool { return sameRun(r, want) }) {
			continue
		}
		row, err := measure(ctx, whole, want)
		if err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "%+v\n", row)
		report.Rows = append(report.Rows, row)
		if err := files.WriteJSON(path, report); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(out, "textsize.md"), []byte(report.table()), 0o644)
}

// plan lists the models, without their perplexities.
func plan() (rows []Row) {
	for _, size := range sizes {
		rows = append(rows, Row{Model: "Kneser-Ney", Characters: size})
		for _, dropout := range []float64{0, 0.3} {
			for seed := range uint64(seeds) {
				rows = append(rows, Row{Model: "LSTM", Characters: size, Dropout: dropout, Seed: seed + 1})
			}
		}
	}
	return rows
}

func sameRun(a, b Row) bool {
	return a.Model == b.Model && a.Characters == b.Characters && a.Dropout == b.Dropout && a.Seed == b.Seed
}

// measure trains the model of a row, or counts, and returns the row with its perplexities.
func measure(ctx context.Context, whole string, r Row) (Row, error) {
	characters := []rune(whole)
	source := text.String("kjv", string(characters[:r.Characters])+string(characters[len(characters)-held:]))
	directory, err := os.MkdirTemp("", "textsize-")
	if err != nil {
		return r, err
	}
	defer os.RemoveAll(directory)
	c := train.Config{
		Model:     lmkit.Config{Cell: rnn.LSTM, EmbeddingSize: 128, HiddenSize: 128, Layers: 1, TieWeights: true},
		Tokenizer: text.Characters{}, Vocabulary: text.VocabularyOptions{Unknown: "<unk>"},
		Objective: train.Stream{Length: 50}, BatchSize: 16, Epochs: tokens / r.Characters,
		LearningRate: 0.004, Clip: 1, Dropout: train.Dropout{Outputs: r.Dropout}, Seed: r.Seed,
		Valid: float64(held) / float64(r.Characters+held), KeepBest: true, Patience: 4,
		Directory: filepath.Join(directory, "run"),
	}
	c.Initial.Range = 0.1
	parts, err := train.Split(ctx, source, c)
	if err != nil {
		return r, err
	}
	defer parts.Close()
	var of func(p dataset.Part) (dataset.Evaluation, error)
	if r.Model == "LSTM" {
		best := 0.0
		c.Hooks = []train.Hook{train.HookFunc(func(record train.Record) error {
			if record.Kind == "epoch" && (best == 0 || *record.ValidLoss < best) {
				best, r.Epochs = *record.ValidLoss, record.Epoch
			}
			return nil
		})}
		m, err := train.Run(ctx, source, c)
		if err != nil {
			return r, err
		}
		defer m.Close()
		of = func(p dataset.Part) (dataset.Evaluation, error) {
			return m.Evaluate(ctx, p.Source(""), lmkit.EvaluateConfig{})
		}
	} else {
		m, err := ngram.NewKneserNey(dataset.All(parts.Train.IDs), order, parts.Vocabulary.Len())
		if err != nil {
			return r, err
		}
		of = m.Evaluate
	}
	learned, err := of(parts.Train)
	if err != nil {
		return r, err
	}
	judged, err := of(parts.Valid)
	r.Train, r.Valid = learned.Perplexity, judged.Perplexity
	return r, err
}

// table returns the report in Markdown.
func (r Report) table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Perplexity per character on %d characters from the end of the King James Bible, after training "+
		"on its beginning. LSTM: one layer of 128, means of %d seeds, with the lowest and the highest. On: %s.\n\n",
		r.Held, seeds, r.Device)
	b.WriteString("| characters | Kneser-Ney, order 8 | LSTM | on its training text | LSTM, dropout 0.3 | on its " +
		"training text |\n|---:|---:|---:|---:|---:|---:|\n")
	for _, size := range sizes {
		counted := r.of("Kneser-Ney", size, 0)
		fmt.Fprintf(&b, "| %d | %.2f", size, counted[0].Valid)
		for _, dropout := range []float64{0, 0.3} {
			var learned, judged []float64
			for _, row := range r.of("LSTM", size, dropout) {
				learned, judged = append(learned, row.Train), append(judged, row.Valid)
			}
			fmt.Fprintf(&b, " | %.2f (%.2f to %.2f) | %.2f", mean(judged), slices.Min(judged), slices.Max(judged),
				mean(learned))
		}
		b.WriteString(" |\n")
	}
	fmt.Fprintf(&b, "\n- `%s`\n", r.Command)
	return b.String()
}

// of returns the rows of a model.
func (r Report) of(model string, size int, dropout float64) (rows []Row) {
	for _, row := range r.Rows {
		if row.Model == model && row.Characters == size && row.Dropout == dropout {
			rows = append(rows, row)
		}
	}
	return rows
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}
