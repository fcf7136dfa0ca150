package runs

import (
	"cmp"
	"slices"

	"carriles/executor/analysis"
	"carriles/executor/batch/lesson"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
)

// comparison puts the answer together from the samples.
func (e *execution) comparison(env result.Environment) *result.Comparison {
	c := &result.Comparison{
		TestInfo: result.TestInfo{
			ImagesCount: e.spec.Count, Filters: e.spec.FilterNames(),
			ThreadingWorkers: e.spec.Workers, MPWorkers: e.spec.Workers,
			Rounds: len(e.samples[e.spec.Methods[0]]), Warmup: e.spec.Warmup, Stopped: e.stopped, Order: e.order,
		},
		Results:     map[string]*result.MethodResult{},
		APIInfo:     result.APIInfo{TestDate: e.began.UTC(), ImagesUsed: e.imagesUsed(), RunID: e.id},
		Environment: env,
		Spec:        e.spec,
	}
	for _, method := range e.spec.Methods {
		c.Results[method] = e.methodResult(method)
		c.Timelines = append(c.Timelines, timelineOf(method, medianSample(e.samples[method]).Report, e.spec))
	}
	if e.spec.Auto != nil && c.TestInfo.Stopped == "" {
		c.TestInfo.Stopped = stoppedLimit
	}
	c.Performance = performance(e.spec.Methods, c.Results, env)
	c.Performance.PixelsEqual = e.pixelsEqual()
	if expected := lesson.Expect(e.spec); expected != nil && len(e.spec.Methods) > 1 {
		met := expected.Against(c.Performance.Winner)
		c.Performance.Expected = &met
	}
	return c
}

func (e *execution) imagesUsed() []string {
	n := min(e.spec.Count, len(e.spec.Images))
	return slices.Clone(e.spec.Images[:n])
}

// pixelsEqual reports whether every counted round of every method gave the
// same pixels.
func (e *execution) pixelsEqual() bool {
	first := e.samples[e.spec.Methods[0]][0].digest
	for _, samples := range e.samples {
		for _, s := range samples {
			if s.digest == "" || s.digest != first {
				return false
			}
		}
	}
	return true
}

// workersReason says why a method has its number of workers.
func (e *execution) workersReason(method string, shape request.Shape) text.Text {
	switch {
	case method == request.Hybrid:
		return text.Sprintf("%d procesos con %d hilos cada uno", "%d processes with %d threads each", shape.Processes, shape.Goroutines)
	case shape.Lanes() != e.spec.Workers:
		return text.Sprintf("%d: así es el método", "%d: that is the method", shape.Lanes())
	}
	return e.spec.WorkersReason
}

func (e *execution) methodResult(method string) *result.MethodResult {
	samples := e.samples[method]
	m, _ := request.LookupMethod(method)
	shape := m.Shape(e.spec.Workforce)
	last, median := samples[len(samples)-1], medianSample(samples)
	user, system := median.CPU()
	r := &result.MethodResult{
		Method: method, FiltersUsed: e.spec.FilterNames(),
		Workers: shape.Lanes(), WorkersReason: e.workersReason(method, shape),
		Shape: shape, Pool: e.spec.Pool, Engine: e.spec.Engine, Source: e.spec.Source, Transport: e.spec.Transport,
		OutputDigest: last.digest,
		CPUTime:      (user + system).Seconds(), CPUUser: user.Seconds(), CPUSystem: system.Seconds(),
		ServerCPUTime: median.Server.CPU().Seconds(),
		Overhead:      result.Overhead{Workers: accountsOf(median.Report, len(e.spec.Steps)), Processes: median.Processes},
		Results:       e.taskResults(last),
	}
	var latencies []float64
	r.Samples = secondsOf(samples)
	for n, s := range samples {
		r.PeakMemoryBytes = max(r.PeakMemoryBytes, s.PeakMemory())
		r.WorkerDeaths = append(r.WorkerDeaths, s.Deaths...)
		if s.Chaos != nil {
			s.Chaos.Round, s.Chaos.Text = n+1, chaosText(*s.Chaos)
			r.Chaos = append(r.Chaos, *s.Chaos)
		}
		for _, sampled := range s.Series {
			sampled.Round = n + 1
			r.Series = append(r.Series, sampled)
		}
		for _, t := range s.Tasks {
			r.AllImages++
			if t.Err != nil {
				r.AllFailed++
				continue
			}
			latencies = append(latencies, result.StageTimesOf(t.Spans).Total())
		}
	}
	r.Latency = analysis.PercentilesOf(latencies)
	analysis.Summarise(r)
	busy := 0.0
	for _, w := range r.Overhead.Workers {
		busy += w.Busy()
		r.Stages = r.Stages.Plus(w.StageTimes)
	}
	slots := r.Shape.Processes * r.Shape.MaxProcs
	cores := min(slots, e.Machine.Cores())
	wall := median.Wall.Seconds()
	r.Bound = analysis.Bound(analysis.Load{
		CPU: r.CPUTime, Busy: busy, Slots: wall * float64(slots), Capacity: wall * float64(cores), Queued: r.Overhead.Queued(),
	})
	if r.StageCPU = stageCPU(median.Report); r.StageCPU != nil {
		bounds := analysis.StageBoundsOf(*r.StageCPU, r.Stages, shape.Lanes(), cores, r.Overhead.Queued())
		r.StageBound = &bounds
	}
	return r
}

func secondsOf(samples []sample) []float64 {
	seconds := make([]float64, len(samples))
	for i, s := range samples {
		seconds[i] = s.Wall.Seconds()
	}
	return seconds
}

// medianSample is the round whose time is the median, the faster of the two
// in the middle of an even number: its accounts are real, not averaged.
func medianSample(samples []sample) sample {
	sorted := slices.SortedFunc(slices.Values(samples), func(a, b sample) int { return cmp.Compare(a.Wall, b.Wall) })
	return sorted[(len(sorted)-1)/2]
}

func (e *execution) taskResults(s sample) []result.TaskResult {
	results := make([]result.TaskResult, len(s.Tasks))
	for i, t := range s.Tasks {
		r := t.Result(e.spec, "/static/images/"+e.spec.Image(i))
		r.Worker, r.ProcessID, r.Attempts = t.Lane, t.Worker.ProcessID, t.Attempts
		if t.Err != nil {
			e.Log.Warn("image failed", "run", e.id, "image", e.spec.Image(i), "err", t.Err)
		} else {
			r.ProcessedPath = "/static/processed/" + s.names[i]
			r.PreviewPath = "/static/previews/processed/" + s.names[i] + ".jpg"
		}
		results[i] = r
	}
	return results
}
