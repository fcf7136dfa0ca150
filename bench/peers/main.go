// Command peers compares Carriles with what the course's server uses, OpenCV
// and Pillow, and on one thread with what a Node user would pick, sharp: the filters and the JPEG codec on one thread, whole batches by
// each method, and whether each side can read the other's JPEGs.
//
// Both sides work in turns within the same rounds, so that what disturbs the
// machine disturbs both. It keeps the raw samples in a file and prints the
// ratios; it judges nothing but the codec. It needs a machine that does nothing
// else, and never touches the static folder of a server that runs.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"time"

	"carriles/bench/report"
	"carriles/executor/topology"
)

const timeout = time.Hour

type config struct {
	image, photos, binary, python, node, scripts, out string
	rounds, batchRounds                               int
	only                                              string
}

// part is one of the things that are compared.
type part struct {
	name string
	run  func(context.Context, config, *report.Results) error
}

// parts lists them in the order in which they run.
func parts() []part {
	return []part{{"codec", checkCodec}, {"kernels", compareKernels}, {"batch", compareBatches}}
}

func main() {
	var c config
	flag.StringVar(&c.image, "image", "web/static/photos/arroyo.jpg", "photograph for the filters and the codec")
	flag.StringVar(&c.photos, "photos", "web/static/photos", "folder of the batch's JPEGs, the same as those in the binary")
	flag.StringVar(&c.binary, "binary", "bin/carriles", "the server that is measured")
	flag.StringVar(&c.python, "python", "/usr/bin/python3", "a Python with OpenCV and Pillow")
	flag.StringVar(&c.node, "node", "node", "a Node for sharp, which is in the scripts' node_modules; without it sharp is left out")
	flag.StringVar(&c.scripts, "scripts", "bench/peers", "folder of the scripts")
	flag.StringVar(&c.out, "out", "bin/bench/peers.json", "file for the results")
	flag.IntVar(&c.rounds, "rounds", 11, "rounds of the filters and the codec")
	flag.IntVar(&c.batchRounds, "batch-rounds", 7, "rounds of the batches")
	flag.StringVar(&c.only, "only", "", "do just one part: codec, kernels or batch; the results are printed but not kept")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if err := run(ctx, c, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, c config, out io.Writer) error {
	if c.rounds < 1 || c.batchRounds < 1 {
		return fmt.Errorf("%d and %d rounds: at least one of each is needed", c.rounds, c.batchRounds)
	}
	runtime.GOMAXPROCS(1)
	version, err := exec.CommandContext(ctx, c.binary, "version").Output() // carriles <version> <go> <platform>
	if err != nil {
		return fmt.Errorf("%s: %w (make build)", c.binary, err)
	}
	fields := strings.Fields(string(version))
	if len(fields) < 2 {
		return fmt.Errorf("%s says its version is %q", c.binary, version)
	}
	machine := topology.Detect()
	results := report.Results{
		Title: "Native", Date: time.Now(), CPU: machine.CPU.Model, Cores: machine.Affinity.Count,
		Versions: map[string]string{"Carriles": fields[1], "Go": strings.TrimPrefix(runtime.Version(), "go")},
	}
	known := false
	for _, p := range parts() {
		if c.only != "" && c.only != p.name {
			continue
		}
		known = true
		if err := p.run(ctx, c, &results); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	switch {
	case !known:
		return fmt.Errorf("no part %q", c.only)
	case c.only == "":
		if err := results.Write(c.out); err != nil {
			return err
		}
	case len(results.Tables) == 0:
		return nil
	}
	return results.Text(out)
}

// progress tells whoever waits what is being measured.
func progress(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }

// interleave has both sides work in turns, the first of a round alternating.
// One round before does not count.
func interleave(name string, rounds int, ours func() (float64, error), theirs func() (map[string]float64, error)) (report.Row, error) {
	row := report.Row{Name: name, Peers: map[string][]float64{}}
	for round := range rounds + 1 {
		var our float64
		var their map[string]float64
		var ourErr, theirErr error
		if round%2 == 0 {
			our, ourErr = ours()
			their, theirErr = theirs()
		} else {
			their, theirErr = theirs()
			our, ourErr = ours()
		}
		if ourErr != nil {
			return row, fmt.Errorf("%s, ours: %w", name, ourErr)
		}
		if theirErr != nil {
			return row, fmt.Errorf("%s, theirs: %w", name, theirErr)
		}
		if round == 0 {
			continue
		}
		row.Ours = append(row.Ours, our)
		for peer, t := range their {
			row.Peers[peer] = append(row.Peers[peer], t)
		}
	}
	return row, nil
}
