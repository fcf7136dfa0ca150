package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"carriles/bench/report"
	"carriles/executor/analysis"
	"carriles/executor/microbench"
	"carriles/filters"
)

// As in kernels.py: one run that does not count, then the median of three.
const turnWarmup, turnRuns = 1, 3

// compareKernels measures each operation on one thread.
func compareKernels(ctx context.Context, c config, results *report.Results) (err error) {
	data, err := os.ReadFile(c.image)
	if err != nil {
		return err
	}
	photo, err := microbench.Open(data, filters.Native())
	if err != nil {
		return fmt.Errorf("%s: %w", c.image, err)
	}
	names := []string{"kernels.py"}
	if c.node != "" {
		names = append(names, "kernels.mjs")
	}
	var peers []*script
	for _, name := range names {
		s, err := c.start(ctx, results, name, c.image)
		if err != nil {
			return err
		}
		peers = append(peers, s)
	}
	defer func() {
		for _, s := range peers {
			err = errors.Join(err, s.close())
		}
	}()

	width, height := photo.Size()
	table := report.Table{
		Title: "one thread", Unit: "ms",
		Input: fmt.Sprintf("%s of %dx%d pixels, decoded; our SIMD: %s", filepath.Base(c.image), width, height, photo.SIMD()),
	}
	for _, name := range peers[0].hello.Operations {
		progress("%s: %d rounds", name, c.rounds)
		row, err := interleave(name, c.rounds,
			func() (float64, error) {
				ms, err := photo.Time(name, turnWarmup, turnRuns)
				return analysis.SpreadOf(ms).Median, err
			},
			func() (ms map[string]float64, err error) {
				for _, s := range peers { // one after the other, into one map
					if slices.Contains(s.hello.Operations, name) {
						err = errors.Join(err, s.ask(name, &ms))
					}
				}
				return ms, err
			})
		if err != nil {
			return err
		}
		table.Rows = append(table.Rows, row)
	}
	results.Tables = append(results.Tables, table)
	return nil
}
