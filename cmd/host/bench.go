package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"text/tabwriter"

	"carriles/executor/analysis"
	"carriles/executor/batch/result"
	"carriles/executor/codec"
	"carriles/executor/crew/process"
	"carriles/executor/microbench"
	"carriles/filters"
	"carriles/filters/engines"
)

const (
	benchSubcommand = "bench"
	// benchWarmup is how often an operation runs before it is timed: once for
	// its memory to be there, once more for the caches.
	benchWarmup = 2
	// maxBenchRuns keeps a slip of the finger from running all day.
	maxBenchRuns = 1000
)

// inputError is a fault of the command line or of the image that it names.
type inputError struct{ err error }

func (e *inputError) Error() string { return e.err.Error() }
func (e *inputError) Unwrap() error { return e.err }

// benchConfig is what the command line of the benchmark says.
type benchConfig struct {
	Image  string
	Engine filters.Engine
	Runs   int
	JSON   bool
}

// parseBench reads the flags and CARRILES_BENCH_... variables; flags win. The
// error is flag.ErrHelp after the help has been printed, or else an
// *inputError.
func parseBench(args []string, out io.Writer) (benchConfig, error) {
	var c benchConfig
	var engine string
	fs := flag.NewFlagSet("carriles bench", flag.ContinueOnError)
	fs.BoolVar(&c.JSON, "json", false, "print JSON instead of a table")
	fs.IntVar(&c.Runs, "runs", 7, "timed runs of each operation, of which the median counts")
	fs.StringVar(&engine, "engine", filters.NativeName, "who computes the filters, as the API names it")
	if err := parseFlags(fs, args, "CARRILES_BENCH", "usage: carriles bench [flags] IMAGE\n\nTimes each filter and the codec on one thread.", out); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return c, err
		}
		return c, &inputError{err}
	}
	if fs.NArg() != 1 {
		return c, &inputError{fmt.Errorf("one image is needed, after the flags; there are %d arguments", fs.NArg())}
	}
	c.Image = fs.Arg(0)
	if c.Runs < 1 || c.Runs > maxBenchRuns {
		return c, &inputError{fmt.Errorf("-runs must be 1 to %d, not %d", maxBenchRuns, c.Runs)}
	}
	names := []string{}
	for _, e := range engines.All() {
		if e.Name == engine {
			c.Engine = e
			return c, nil
		}
		names = append(names, e.Name)
	}
	return c, &inputError{fmt.Errorf("unknown engine %q: there are %q", engine, names)}
}

// benchResult is the benchmark's answer; times are in milliseconds.
type benchResult struct {
	Image   string                   `json:"image"`
	Width   int                      `json:"width"`
	Height  int                      `json:"height"`
	Threads int                      `json:"threads"`
	SIMD    string                   `json:"simd"`
	Engine  string                   `json:"engine"`
	Runs    int                      `json:"runs"`
	MS      map[string]float64       `json:"ms"` // medians
	Spread  map[string]result.Spread `json:"spread_ms"`
	Lacks   []string                 `json:"lacks,omitempty"` // filters that the engine does not have
	Version string                   `json:"version"`
	Go      string                   `json:"go_version"`
}

// runBench measures and prints. The error is flag.ErrHelp, an *inputError or
// whatever went wrong while measuring.
func runBench(args []string, out, errOut io.Writer) error {
	c, err := parseBench(args, errOut)
	if err != nil {
		return err
	}
	photo, err := c.open()
	if err != nil {
		return err
	}
	r, err := c.measure(photo)
	if err != nil {
		return err
	}
	if c.JSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(r)
	}
	return r.print(out, photo.Operations())
}

// open reads the image. Any fault is the input's.
func (c benchConfig) open() (*microbench.Photo, error) {
	data, err := os.ReadFile(c.Image)
	if err != nil {
		return nil, &inputError{err}
	}
	photo, err := microbench.Open(data, c.Engine)
	if e, ok := errors.AsType[*codec.Error](err); ok {
		return nil, &inputError{fmt.Errorf("%s: %w", c.Image, e)}
	}
	return photo, err
}

// measure times every operation on one thread, with the collector set as in
// the workers.
func (c benchConfig) measure(photo *microbench.Photo) (benchResult, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	defer debug.SetGCPercent(debug.SetGCPercent(process.GCPercent))
	width, height := photo.Size()
	r := benchResult{
		Image: c.Image, Width: width, Height: height, Threads: 1, SIMD: photo.SIMD(), Engine: c.Engine.Name, Runs: c.Runs,
		MS: map[string]float64{}, Spread: map[string]result.Spread{}, Version: version, Go: runtime.Version(),
	}
	for _, lack := range photo.Lacks() {
		r.Lacks = append(r.Lacks, lack.Filter)
	}
	for _, name := range photo.Operations() {
		runtime.GC() // what one operation leaves behind is not the next one's
		samples, err := photo.Time(name, benchWarmup, c.Runs)
		if err != nil {
			return r, fmt.Errorf("%s: %w", name, err)
		}
		s := roundSpread(analysis.SpreadOf(samples))
		r.MS[name], r.Spread[name] = s.Median, s
	}
	return r, nil
}

// roundSpread keeps whole microseconds: what is below is not measured.
func roundSpread(s result.Spread) result.Spread {
	for _, x := range []*float64{&s.Min, &s.Q1, &s.Median, &s.Q3, &s.Max} {
		*x = math.Round(*x*1000) / 1000
	}
	return s
}

// print writes a table for people.
func (r benchResult) print(out io.Writer, operations []string) error {
	fmt.Fprintf(out, "%s, %dx%d, engine %s (SIMD: %s), 1 thread, %d runs, ms\n\n", r.Image, r.Width, r.Height, r.Engine, r.SIMD, r.Runs)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\tmedian\tmin\tquartiles\t\tMpixel/s\t")
	for _, name := range operations {
		s := r.Spread[name]
		rate := "-"
		if s.Median > 0 {
			rate = fmt.Sprintf("%.0f", float64(r.Width*r.Height)/s.Median/1000)
		}
		fmt.Fprintf(w, "%s\t%.2f\t%.2f\t%.2f\t%.2f\t%s\t\n", name, s.Median, s.Min, s.Q1, s.Q3, rate)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, name := range slices.Sorted(slices.Values(r.Lacks)) {
		fmt.Fprintln(out, "\n"+(&microbench.LackError{Engine: r.Engine, Filter: name}).Error())
	}
	return nil
}
