package runs

import (
	"cmp"
	"slices"
	"time"

	"carriles/executor/analysis"
	"carriles/executor/batch"
	"carriles/filters"
)

// comparison puts the answer together from the samples.
func (e *execution) comparison(env batch.Environment, started time.Time) *batch.Comparison {
	c := &batch.Comparison{
		TestInfo: batch.TestInfo{
			ImagesCount: e.spec.Count, Filters: e.spec.FilterNames(),
			ThreadingWorkers: e.spec.Workers, MPWorkers: e.spec.Workers,
			Rounds: e.spec.Rounds, Warmup: e.spec.Warmup, Order: e.order,
		},
		Results:     map[string]*batch.MethodResult{},
		APIInfo:     batch.APIInfo{TestDate: started.UTC(), ImagesUsed: e.imagesUsed(), RunID: e.id},
		Environment: env,
		Spec:        e.spec,
	}
	for _, method := range e.spec.Methods {
		c.Results[method] = e.methodResult(method)
	}
	c.Performance = performance(e.spec.Methods, c.Results)
	c.Performance.PixelsEqual = e.pixelsEqual()
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
func (e *execution) workersReason(shape batch.Shape) filters.Text {
	if shape.Lanes() != e.spec.Workers {
		return batch.Textf("%d: así es el método", "%d: that is the method", shape.Lanes())
	}
	return e.spec.WorkersReason
}

func (e *execution) methodResult(method string) *batch.MethodResult {
	samples := e.samples[method]
	m, _ := batch.LookupMethod(method)
	shape := m.Shape(e.spec.Workforce)
	last, median := samples[len(samples)-1], medianSample(samples)
	r := &batch.MethodResult{
		Method: method, FiltersUsed: e.spec.FilterNames(),
		Workers: shape.Lanes(), WorkersReason: e.workersReason(shape),
		Shape: shape, Pool: e.spec.Pool, Engine: e.spec.Engine,
		OutputDigest: last.digest,
		CPUTime:      median.CPU.Seconds(),
		Overhead:     batch.Overhead{Workers: median.Accounts},
		Results:      e.taskResults(last),
	}
	var latencies []float64
	for _, s := range samples {
		r.Samples = append(r.Samples, s.Wall.Seconds())
		r.PeakMemoryBytes = max(r.PeakMemoryBytes, s.PeakMemory)
		r.WorkerDeaths = append(r.WorkerDeaths, s.Deaths...)
		for _, t := range s.Tasks {
			r.AllImages++
			if t.Err != nil {
				r.AllFailed++
				continue
			}
			latencies = append(latencies, batch.StageTimesOf(t.Spans).Total())
		}
	}
	r.Latency = analysis.PercentilesOf(latencies)
	analysis.Summarise(r)
	busy := 0.0
	for _, w := range median.Accounts {
		busy += w.Busy()
		r.Stages = r.Stages.Plus(w.StageTimes)
	}
	cores := min(r.Shape.Processes*r.Shape.MaxProcs, e.Machine.Cores())
	r.Bound = analysis.Bound(r.CPUTime, busy, median.Wall.Seconds()*float64(cores))
	return r
}

// medianSample is the round whose time is the median, the faster of the two
// in the middle of an even number: its accounts are real, not averaged.
func medianSample(samples []sample) sample {
	sorted := slices.SortedFunc(slices.Values(samples), func(a, b sample) int { return cmp.Compare(a.Wall, b.Wall) })
	return sorted[(len(sorted)-1)/2]
}

func (e *execution) taskResults(s sample) []batch.TaskResult {
	results := make([]batch.TaskResult, len(s.Tasks))
	for i, t := range s.Tasks {
		r := t.Result(e.spec, "/static/images/"+e.spec.Image(i))
		r.Worker, r.ProcessID, r.Attempts = t.Lane, t.PID, t.Attempts
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
