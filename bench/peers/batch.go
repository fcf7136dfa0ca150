package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"carriles/bench/report"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/filters"
)

// batchSteps are the filters with the lesson's parameters; batch.py has the
// same.
func batchSteps() []request.Step {
	return []request.Step{
		{Filter: "resize", Params: filters.Values{"width": 800, "height": 600}},
		{Filter: "blur", Params: filters.Values{"radius": 3}},
		{Filter: "brightness", Params: filters.Values{"factor": 1.2}},
		{Filter: "sharpen", Params: filters.Values{"intensity": 3}},
		{Filter: "edges", Params: filters.Values{"threshold1": 50, "threshold2": 150}},
	}
}

// compareBatches measures whole batches, files to files, by each of the
// guide's methods: ours through the API, with a cold pool, as Python's
// executors are.
func compareBatches(ctx context.Context, c config, results *report.Results) (err error) {
	dir, err := os.MkdirTemp("", "carriles-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	outputs := filepath.Join(dir, "python")
	if err := os.Mkdir(outputs, 0o755); err != nil {
		return err
	}
	lab, err := startLab(ctx, c.binary, filepath.Join(dir, "static"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lab.stop()) }()
	peers, err := c.start(ctx, results, "batch.py", c.photos, outputs)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, peers.close()) }()

	table := report.Table{Title: "whole batch", Unit: "s", Overall: true}
	for _, step := range batchSteps() {
		for _, method := range request.GuideMethods() {
			progress("batch, %s, %s: %d rounds", step.Filter, method, c.batchRounds)
			row, err := interleave(step.Filter+", "+method, c.batchRounds,
				func() (float64, error) { return lab.batch(ctx, step, method, peers.hello.Images) },
				func() (map[string]float64, error) {
					var answer struct {
						Seconds float64 `json:"seconds"`
					}
					err := peers.ask(step.Filter+" "+method, &answer)
					return map[string]float64{"Python": answer.Seconds}, err
				})
			if err != nil {
				return err
			}
			table.Rows = append(table.Rows, row)
		}
	}
	table.Input = fmt.Sprintf("%d photographs, read, decoded, filtered, encoded and written; at most %d workers of ours, %d of Python with OpenCV and Pillow",
		peers.hello.Images, lab.workers, peers.hello.Workers)
	results.Tables = append(results.Tables, table)
	return nil
}

// batch has the server process the photographs once, and gives the seconds
// that it tells. The outputs are removed, so that they do not fill the disk.
func (l *lab) batch(ctx context.Context, step request.Step, method string, images int) (float64, error) {
	path, asked := request.Request{
		Filters: []string{step.Filter}, FilterParams: map[string]filters.Values{step.Filter: step.Params},
		Count: images, Rounds: 1, Pool: request.Cold, Methods: []string{method},
	}.Endpoint()
	body, err := json.Marshal(asked)
	if err != nil {
		return 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, l.url+path, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err
	}
	var answer result.MethodResult
	if response.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("%s: %s", response.Status, data)
	}
	if err := json.Unmarshal(data, &answer); err != nil {
		return 0, err
	}
	if answer.SuccessCount != images || len(answer.Samples) != 1 {
		return 0, fmt.Errorf("%d of %d images in %d rounds: %s", answer.SuccessCount, images, len(answer.Samples), data)
	}
	l.workers = max(l.workers, answer.Workers)
	return answer.Samples[0], l.clean()
}
