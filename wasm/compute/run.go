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
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/codec"
	"carriles/executor/pipeline"
	"carriles/executor/trace"
	"carriles/filters"
	"carriles/filters/engines"
	"carriles/wasm/compute/lanes"
)

// run does a whole job and posts its events.
func run(text string) {
	job, spec, err := parse(text)
	if err == nil {
		err = compute(job, spec)
	}
	if err != nil {
		post(result.BrowserEvent{Phase: result.PhaseError, Error: err.Error()}, nil)
	}
}

func parse(text string) (job result.BrowserJob, spec request.Spec, err error) {
	if err = json.Unmarshal([]byte(text), &job); err != nil {
		return job, spec, err
	}
	if job.Method == "" {
		job.Method = request.Browser
	}
	body, err := json.Marshal(job.Request)
	if err != nil {
		return job, spec, err
	}
	spec, err = request.Parse(body, request.Endpoint{MethodsField: true}, request.Lab{
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

func newMemory() *memory {
	return &memory{photos: map[string][]byte{}, outputs: map[int][]byte{}, formats: map[int]codec.Format{}}
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

// hands do the tasks of a round, one worker or several.
type hands interface {
	// round does all tasks once and calls report after each, at a time of the
	// round's clock, with what the lane has done since it was reported last.
	round(report func(lane int, spans []trace.Span, now time.Duration)) (lanes.Round, error)
	stop()
}

// compute downloads the photographs, runs the rounds, and looks at the outputs
// after the clock.
func compute(job result.BrowserJob, spec request.Spec) error {
	mem := newMemory()
	began := time.Now()
	if err := mem.download(spec); err != nil {
		return err
	}
	downloaded := time.Since(began)

	var team hands
	var err error
	if job.Workers == 0 {
		team, err = newSolo(spec, mem)
	} else {
		team, err = newCrew(job, spec, mem)
	}
	if err != nil {
		return err
	}
	defer team.stop()
	rounds, err := allRounds(job, spec, team)
	if err != nil {
		return err
	}
	return finish(spec, mem, resultOf(job, spec, rounds), rounds, downloaded)
}

// allRounds returns the rounds that count. Progress is posted after each task: a
// message costs microseconds, a task tens of milliseconds.
func allRounds(job result.BrowserJob, spec request.Spec, team hands) (rounds []lanes.Round, err error) {
	done, total := 0, (spec.Warmup+spec.Rounds)*spec.Count
	live := lanes.NewLive(job.Method, max(1, job.Workers), spec.FilterNames())
	for r := range spec.Warmup + spec.Rounds {
		phase := result.PhaseTimed
		if r < spec.Warmup {
			phase = result.PhaseWarmup
		}
		tell := func(e *result.LanesEvent) {
			post(result.BrowserEvent{Phase: phase, Done: done, Total: total, Lanes: e}, nil)
		}
		tell(live.Begin(phase, r+1))
		round, err := team.round(func(lane int, spans []trace.Span, now time.Duration) {
			done++
			live.Add(lane, spans)
			tell(live.Event(now))
		})
		if err != nil {
			return nil, err
		}
		tell(live.Over(round.Wall))
		if r >= spec.Warmup {
			rounds = append(rounds, round)
		}
	}
	return rounds, nil
}

// resultOf says of the rounds what the host would say of its own. The results
// are those of the last round, the accounts those of the median one.
func resultOf(job result.BrowserJob, spec request.Spec, rounds []lanes.Round) *result.MethodResult {
	workers, pool := 1, request.Warm
	if job.Workers > 0 {
		workers, pool = job.Workers, spec.Pool
	}
	res := &result.MethodResult{
		Method: job.Method, FiltersUsed: spec.FilterNames(), Workers: workers,
		Shape: request.Shape{Processes: workers, Goroutines: 1, MaxProcs: 1}, Pool: pool, Engine: spec.Engine,
		Environment: &result.Environment{
			GoVersion: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH,
			CoresUsed: workers, Engine: spec.Engine, SIMD: filters.SIMDOf(spec.Engine),
		},
	}
	for _, r := range rounds {
		res.Samples = append(res.Samples, r.Wall.Seconds())
	}
	median := lanes.Median(rounds)
	res.Overhead.Workers = median.Accounts(len(spec.Steps))
	for _, a := range res.Overhead.Workers {
		res.Stages = res.Stages.Plus(a.StageTimes)
	}
	res.Results = rounds[len(rounds)-1].Results
	analysis.Summarise(res)
	return res
}

// tasksOf is a batch, to be dealt out.
func tasksOf(spec request.Spec) <-chan pipeline.Task {
	tasks := make(chan pipeline.Task, spec.Count)
	for i := range spec.Count {
		tasks <- pipeline.Task{Index: i, Attempt: 1}
	}
	close(tasks)
	return tasks
}

// original is the path of a task's photograph, as it stands in the results.
func original(spec request.Spec, task int) string { return "/static/images/" + spec.Image(task) }

// solo does everything in the worker that was asked.
type solo struct {
	spec  request.Spec
	clock trace.Clock
	lane  *pipeline.Lane
}

func newSolo(spec request.Spec, mem *memory) (*solo, error) {
	clock := trace.NewClock()
	lane, err := pipeline.NewLane(0, spec, engines.All(), mem, mem, trace.NewRecorder(clock, nil))
	return &solo{spec: spec, clock: clock, lane: lane}, err
}

func (s *solo) stop() {}

func (s *solo) round(report func(lane int, spans []trace.Span, now time.Duration)) (lanes.Round, error) {
	round := lanes.Round{Lanes: make([]lanes.Lane, 1), Results: make([]result.TaskResult, s.spec.Count)}
	lane := &round.Lanes[0]
	lane.Start = ownStart(s.clock)
	began := s.clock.Now()
	executor.Sequential{Worker: s.lane}.Run(tasksOf(s.spec), func(o pipeline.Outcome) {
		round.Results[o.Task.Index] = o.Result(s.spec, original(s.spec, o.Task.Index))
		lane.Tasks++
		before := len(lane.Spans)
		lane.Add(-began, o.Spans...)
		report(0, lane.Spans[before:], s.clock.Now()-began)
	})
	round.Close(s.clock.Now() - began)
	return round, nil
}

// finish computes the digest of the outputs and posts the result with one
// output of each photograph.
func finish(spec request.Spec, mem *memory, res *result.MethodResult, rounds []lanes.Round, downloaded time.Duration) error {
	median := lanes.Median(rounds)
	timeline := median.Timeline(res.Method, spec.FilterNames())
	known := map[string]string{}
	digests := make([]string, spec.Count)
	var inspector pipeline.Inspector
	for i := range digests {
		post(result.BrowserEvent{Phase: result.PhaseVerify, Done: i, Total: spec.Count}, nil)
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
	res.OutputDigest = result.OutputDigest(digests)
	event := result.BrowserEvent{
		Phase: result.PhaseDone, Done: spec.Count, Total: spec.Count, Result: res, Timeline: &timeline, DownloadS: downloaded.Seconds(),
	}
	for _, l := range median.Lanes {
		event.Starts = append(event.Starts, l.Start)
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
