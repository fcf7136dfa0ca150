//go:build js && wasm

package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"runtime"
	"time"

	"carriles/executor"
	"carriles/executor/analysis"
	"carriles/executor/batch"
	"carriles/executor/codec"
	"carriles/executor/pipeline"
	"carriles/executor/trace"
	"carriles/filters"
	"carriles/filters/bildengine"
)

// run does a whole job and posts its events.
func run(text string) {
	job, spec, err := parse(text)
	if err == nil {
		err = compute(job, spec)
	}
	if err != nil {
		post(batch.BrowserEvent{Phase: batch.PhaseError, Error: err.Error()}, nil)
	}
}

func parse(text string) (job batch.BrowserJob, spec batch.Spec, err error) {
	if err = json.Unmarshal([]byte(text), &job); err != nil {
		return job, spec, err
	}
	body, err := json.Marshal(job.Request)
	if err != nil {
		return job, spec, err
	}
	spec, err = batch.Parse(body, batch.Endpoint{MethodsField: true}, batch.Lab{
		Limits: job.Limits, Pool: 1, Images: job.Images,
		Exists: func(string) bool { return true }, // the download tells
	})
	return job, spec, err
}

// memory is the source and the sink: photographs and outputs by name and task.
type memory struct {
	photos  map[string][]byte
	outputs map[int][]byte
	formats map[int]codec.Format
}

// Read implements pipeline.Source: a copy, as reading a file is one.
func (m *memory) Read(_ pipeline.Task, name string, buf []byte) ([]byte, error) {
	data, ok := m.photos[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return append(buf[:0], data...), nil
}

// Write implements pipeline.Sink.
func (m *memory) Write(t pipeline.Task, f codec.Format, data []byte) error {
	m.outputs[t.Index], m.formats[t.Index] = append(m.outputs[t.Index][:0], data...), f
	return nil
}

// compute downloads the photographs, runs the rounds, and looks at the outputs
// after the clock.
func compute(job batch.BrowserJob, spec batch.Spec) error {
	mem := &memory{outputs: map[int][]byte{}, formats: map[int]codec.Format{}}
	began := time.Now()
	if err := mem.download(spec); err != nil {
		return err
	}
	downloaded := time.Since(began)

	engines := []filters.Engine{filters.Native(), filters.Scalar(), bildengine.Engine()}
	lane, err := pipeline.NewLane(0, spec, engines, mem, mem, trace.NewRecorder(trace.NewClock(), nil))
	if err != nil {
		return err
	}
	result := &batch.MethodResult{
		Method: batch.Browser, FiltersUsed: spec.FilterNames(), Workers: 1,
		Shape: batch.Shape{Processes: 1, Goroutines: 1, MaxProcs: 1}, Pool: batch.Warm, Engine: spec.Engine,
		Environment: &batch.Environment{
			GoVersion: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH,
			CoresUsed: 1, Engine: spec.Engine, SIMD: filters.SIMDOf(spec.Engine),
		},
	}
	for r := range spec.Warmup + spec.Rounds {
		round(spec, lane, result, r)
	}
	analysis.Summarise(result)
	return finish(spec, mem, result, downloaded)
}

// round runs all tasks once. Progress is posted after each: a message costs
// microseconds, a task tens of milliseconds.
func round(spec batch.Spec, lane *pipeline.Lane, result *batch.MethodResult, r int) {
	phase := batch.PhaseTimed
	if r < spec.Warmup {
		phase = batch.PhaseWarmup
	}
	tasks := make(chan pipeline.Task, spec.Count)
	for i := range spec.Count {
		tasks <- pipeline.Task{Index: i, Attempt: 1}
	}
	close(tasks)
	results := make([]batch.TaskResult, spec.Count)
	account := batch.WorkerAccount{Tasks: spec.Count}
	done := r * spec.Count
	total := (spec.Warmup + spec.Rounds) * spec.Count
	post(batch.BrowserEvent{Phase: phase, Done: done, Total: total}, nil)

	began := time.Now()
	executor.Sequential{Worker: lane}.Run(tasks, func(o pipeline.Outcome) {
		results[o.Task.Index] = o.Result(spec, "/static/images/"+spec.Image(o.Task.Index))
		done++
		post(batch.BrowserEvent{Phase: phase, Done: done, Total: total}, nil)
	})
	account.WallS = time.Since(began).Seconds()

	for _, t := range results {
		account.StageTimes = account.StageTimes.Plus(t.Stages)
	}
	account.IdleS = max(0, account.WallS-account.StageTimes.Total())
	if r < spec.Warmup {
		return
	}
	result.Samples = append(result.Samples, account.WallS)
	result.Results = results
	result.Stages = account.StageTimes
	result.Overhead.Workers = []batch.WorkerAccount{account}
}

// finish computes the digest of the outputs and posts the result with one
// output of each photograph.
func finish(spec batch.Spec, mem *memory, result *batch.MethodResult, downloaded time.Duration) error {
	known := map[string]string{}
	digests := make([]string, spec.Count)
	var inspector pipeline.Inspector
	for i := range digests {
		post(batch.BrowserEvent{Phase: batch.PhaseVerify, Done: i, Total: spec.Count}, nil)
		data, ok := mem.outputs[i]
		if !ok {
			continue
		}
		sum := sha256.Sum256(data)
		hash := hex.EncodeToString(sum[:])
		if known[hash] == "" {
			in, err := inspector.Inspect(data)
			if err != nil {
				return fmt.Errorf("output %d: %w", i, err)
			}
			known[hash] = hex.EncodeToString(in.Digest[:])
		}
		digests[i] = known[hash]
	}
	result.OutputDigest = batch.OutputDigest(digests)
	event := batch.BrowserEvent{
		Phase: batch.PhaseDone, Done: spec.Count, Total: spec.Count, Result: result, DownloadS: downloaded.Seconds(),
	}
	var blobs []any
	for i := range min(spec.Count, len(spec.Images)) {
		if data, ok := mem.outputs[i]; ok {
			event.Outputs = append(event.Outputs, spec.Image(i))
			blobs = append(blobs, blob(data, mem.formats[i]))
		}
	}
	post(event, blobs)
	return nil
}
