package bench

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"owlm/lmkit"
	"owlm/lmkit/backend"
)

// Report is the result of a run.
type Report struct {
	Rows []Row `json:"rows"`
	// Skipped describes the measurements that failed, a line each.
	Skipped []string `json:"skipped,omitempty"`
	// Receipt says where and how the numbers were measured.
	Receipt Receipt `json:"receipt"`
}

// Receipt says where and how a run was made.
type Receipt struct {
	Command  []string          `json:"command"`
	Start    time.Time         `json:"start"`
	Seconds  float64           `json:"duration_seconds"`
	Rounds   int               `json:"rounds"`
	Device   string            `json:"device"`
	Cores    int               `json:"cores"`
	SIMD     bool              `json:"simd"` // the program was built with GOEXPERIMENT=simd
	Versions map[string]string `json:"versions"`
}

// Row is what a system needs for a workload. Times are in seconds. The time of a round is its median; Median, Fastest
// and Slowest are those of the rounds' times.
type Row struct {
	Workload string  `json:"workload"`
	System   string  `json:"system"`
	Median   float64 `json:"median_seconds"`
	Fastest  float64 `json:"fastest_seconds"`
	Slowest  float64 `json:"slowest_seconds"`
	Rounds   int     `json:"rounds"`
	// Each is the median of each round, in order.
	Each []float64 `json:"each_seconds"`
	// First is the median time of the first repetition, including compilation. FirstFastest and FirstSlowest are its
	// extremes.
	First        float64 `json:"first_seconds"`
	FirstFastest float64 `json:"first_fastest_seconds"`
	FirstSlowest float64 `json:"first_slowest_seconds"`
	// Compile is the median time that compiling took, 0 if it was not measured. CompileFastest and CompileSlowest are
	// its extremes.
	Compile        float64 `json:"compile_seconds,omitempty"`
	CompileFastest float64 `json:"compile_fastest_seconds,omitempty"`
	CompileSlowest float64 `json:"compile_slowest_seconds,omitempty"`
	// Memory is the most memory that a process ever had, in bytes.
	Memory int64 `json:"memory_bytes"`
	// SpeedToPyTorch and SpeedToJAX compare with the peers as their users start them: 2 is twice as fast. They are the
	// median of the ratios in each round, which changes little if the machine is slow in some rounds. They are 0 if the
	// peer was not measured in all rounds.
	SpeedToPyTorch float64 `json:"speed_to_pytorch,omitempty"`
	SpeedToJAX     float64 `json:"speed_to_jax,omitempty"`
	// TokensPerSecond is 0 if tokens are not counted.
	TokensPerSecond float64 `json:"tokens_per_second,omitempty"`
	// GFLOPS is how many operations of the workload's matrix products are done in a second, in billions, 0 if they are
	// not counted. Limit is its share of the GFLOPS of the fastest product in the run, 0 if that was not measured.
	Limit  float64 `json:"share_of_limit,omitempty"`
	GFLOPS float64 `json:"gflops,omitempty"`
}

// Run measures all workloads on all systems, one after the other, and repeats that for each round. It leaves out a
// measurement that fails, and reports it. Cancelling ctx ends the run. Run writes lines of progress to log.
func Run(ctx context.Context, workloads []Workload, systems []System, rounds int, log io.Writer) (*Report, error) {
	receipt := Receipt{
		Command: commandLine(), Start: time.Now().UTC(), Rounds: rounds,
		Cores: runtime.NumCPU(), SIMD: simd(), Versions: lmkit.Versions(),
	}
	if engine, err := backend.Open(backend.Go); err == nil {
		receipt.Device = engine.Device()
	}
	type key struct{ workload, system string }
	found := make(map[key][]Measurement)
	failed := make(map[key]string)
	for round := range rounds {
		for _, w := range workloads {
			for _, s := range systems {
				k := key{w.Name, s.Name}
				if failed[k] != "" || s.Short && w.Long {
					continue
				}
				m, err := s.measure(ctx, w)
				if ctx.Err() != nil {
					return nil, ctx.Err()
				}
				if err != nil {
					failed[k] = err.Error()
					fmt.Fprintln(log, "left out:", err)
					continue
				}
				found[k] = append(found[k], m)
				if product, version, ok := strings.Cut(m.Version, " "); ok && product != "lmkit" {
					receipt.Versions[product] = version
				}
				fmt.Fprintf(log, "round %d/%d  %-10s  %-13s  %s\n",
					round+1, rounds, w.Name, s.Name, duration(m.seconds()))
			}
		}
	}
	receipt.Seconds = time.Since(receipt.Start).Seconds()
	report := &Report{Receipt: receipt}
	for _, w := range workloads {
		for _, s := range systems {
			if list := found[key{w.Name, s.Name}]; list != nil {
				report.Rows = append(report.Rows, newRow(w, s, list))
			}
			if problem := failed[key{w.Name, s.Name}]; problem != "" {
				report.Skipped = append(report.Skipped, problem)
			}
		}
	}
	report.compare(workloads)
	return report, nil
}

// commandLine returns the command of this program. It removes the directories of absolute paths, because results are
// published.
func commandLine() []string {
	var list []string
	for _, argument := range os.Args {
		if filepath.IsAbs(argument) {
			argument = filepath.Base(argument)
		}
		list = append(list, argument)
	}
	return list
}

// seconds returns the median repetition, or the whole time of a workload that is done once.
func (m Measurement) seconds() float64 {
	if len(m.Times) == 0 {
		return m.First
	}
	return median(m.Times)
}

// newRow summarizes the rounds of a workload on a system.
func newRow(w Workload, s System, list []Measurement) Row {
	var times, firsts, compiles []float64
	row := Row{Workload: w.Name, System: s.Name, Rounds: len(list)}
	for _, m := range list {
		times, firsts, compiles = append(times, m.seconds()), append(firsts, m.First), append(compiles, m.Compile)
		row.Memory = max(row.Memory, m.Memory)
	}
	row.Each = times
	row.Median, row.Fastest, row.Slowest = median(times), slices.Min(times), slices.Max(times)
	row.First, row.FirstFastest, row.FirstSlowest = median(firsts), slices.Min(firsts), slices.Max(firsts)
	row.Compile, row.CompileFastest, row.CompileSlowest = median(compiles), slices.Min(compiles), slices.Max(compiles)
	row.TokensPerSecond = float64(w.Tokens()) / row.Median
	row.GFLOPS = w.Operations() / row.Median / 1e9
	return row
}

// compare sets the fields that need other rows.
func (r *Report) compare(workloads []Workload) {
	kinds := make(map[string]Kind)
	for _, w := range workloads {
		kinds[w.Name] = w.Kind
	}
	limit := 0.0
	for _, row := range r.Rows {
		if kinds[row.Workload] == Products {
			limit = max(limit, row.GFLOPS)
		}
	}
	each := make(map[string]map[string][]float64)
	for _, row := range r.Rows {
		if each[row.Workload] == nil {
			each[row.Workload] = make(map[string][]float64)
		}
		each[row.Workload][row.System] = row.Each
	}
	for i := range r.Rows {
		row := &r.Rows[i]
		row.SpeedToPyTorch = speed(row.Each, each[row.Workload][PyTorch])
		row.SpeedToJAX = speed(row.Each, each[row.Workload][JAX])
		if limit > 0 {
			row.Limit = row.GFLOPS / limit
		}
	}
}

// speed returns the median of the ratios of a peer's times to those of the same rounds, 0 if the peer lacks some.
func speed(times, peer []float64) float64 {
	if len(peer) != len(times) {
		return 0
	}
	ratios := make([]float64, len(times))
	for i := range times {
		ratios[i] = peer[i] / times[i]
	}
	return median(ratios)
}

// median returns the median, the mean of the two in the middle if their number is even.
func median(list []float64) float64 {
	sorted := slices.Sorted(slices.Values(list))
	if n := len(sorted); n%2 == 0 {
		return (sorted[n/2-1] + sorted[n/2]) / 2
	}
	return sorted[len(sorted)/2]
}
