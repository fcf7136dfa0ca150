package analysis

import (
	"slices"

	"carriles/executor/batch"
	"carriles/filters"
)

// method puts a method's result together. Its accounts are those of the median
// round, its images those of the last.
func (m Measured) method(name string, cores int) *batch.MethodResult {
	samples, shape, median := m.Samples[name], m.Shapes[name], m.median(name)
	user, system := median.CPU()
	r := &batch.MethodResult{
		Method: name, FiltersUsed: m.Spec.FilterNames(),
		Workers: shape.Lanes(), WorkersReason: m.workersReason(name, shape),
		Shape: shape, Pool: m.Spec.Pool, Engine: m.Spec.Engine, Source: m.Spec.Source, Transport: m.Spec.Transport,
		OutputDigest: m.last(name).Digest,
		Samples:      Seconds(samples),
		CPUTime:      (user + system).Seconds(), CPUUser: user.Seconds(), CPUSystem: system.Seconds(),
		ServerCPUTime: median.Server.CPU().Seconds(),
		Overhead:      batch.Overhead{Workers: accountsOf(median.Report, len(m.Spec.Steps)), Processes: told(median.Processes)},
		Results:       m.taskResults(name),
	}
	countImages(r, samples)
	Summarise(r)
	m.bind(r, median, cores)
	return r
}

// workersReason says why a method has its number of workers.
func (m Measured) workersReason(method string, shape batch.Shape) filters.Text {
	switch {
	case method == batch.Hybrid:
		return batch.Textf("%d procesos con %d hilos cada uno", "%d processes with %d threads each", shape.Processes, shape.Goroutines)
	case shape.Lanes() != m.Spec.Workers:
		return batch.Textf("%d: así es el método", "%d: that is the method", shape.Lanes())
	}
	return m.Spec.WorkersReason
}

// countImages notes what became of every image in every counted round, and what
// happened to the workers.
func countImages(r *batch.MethodResult, samples []Sample) {
	var latencies []float64
	for n, s := range samples {
		r.PeakMemoryBytes = max(r.PeakMemoryBytes, s.PeakMemory())
		r.WorkerDeaths = append(r.WorkerDeaths, s.Deaths...)
		if s.Chaos != nil {
			chaos := *s.Chaos
			chaos.Round, chaos.Text = n+1, chaosText(chaos)
			r.Chaos = append(r.Chaos, chaos)
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
			latencies = append(latencies, batch.StageTimesOf(t.Spans).Total())
		}
	}
	r.Latency = PercentilesOf(latencies)
}

// bind says what a method was bound by, as a whole and by its stages; unknown
// where no worker's system accounts its processor time.
func (m Measured) bind(r *batch.MethodResult, median Sample, cores int) {
	busy := 0.0
	for _, w := range r.Overhead.Workers {
		busy += w.Busy()
		r.Stages = r.Stages.Plus(w.StageTimes)
	}
	r.Bound = BoundUnknown
	slots := r.Shape.Processes * r.Shape.MaxProcs
	cores = min(slots, cores)
	wall := median.Wall.Seconds()
	if r.CPUTime > 0 {
		r.Bound = Bound(Load{
			CPU: r.CPUTime, Busy: busy, Slots: wall * float64(slots), Capacity: wall * float64(cores), Queued: r.Overhead.Queued(),
		})
	}
	if r.StageCPU = stageCPU(median.Report); r.StageCPU != nil {
		bounds := StageBoundsOf(*r.StageCPU, r.Stages, r.Shape.Lanes(), cores, r.Overhead.Queued())
		r.StageBound = &bounds
	}
}

// told are the accounts that tell something: a Web Worker has no process, and
// nobody knows what it used.
func told(accounts []batch.ProcessAccount) []batch.ProcessAccount {
	return slices.DeleteFunc(slices.Clone(accounts), func(p batch.ProcessAccount) bool {
		return p.ProcessID == 0 && p.UserS+p.SystemS == 0 && p.PeakMemoryBytes == 0
	})
}

// taskResults are what became of the images of a method's last round.
func (m Measured) taskResults(method string) []batch.TaskResult {
	tasks := m.last(method).Tasks
	results := make([]batch.TaskResult, len(tasks))
	for i, t := range tasks {
		r := t.Result(m.Spec, "/static/images/"+m.Spec.Image(i))
		r.Worker, r.ProcessID, r.Attempts = t.Lane, t.Worker.ProcessID, t.Attempts
		results[i] = r
	}
	return results
}
