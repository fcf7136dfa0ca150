package contest

import (
	"slices"

	"carriles/executor/analysis"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
)

// method puts a method's result together. Its accounts are those of the median
// round, its images those of the last.
func (m Measured) method(name string, env result.Environment, cores int) *result.MethodResult {
	samples, shape, median := m.Samples[name], m.Shapes[name], m.Median(name)
	workers := shape.Lanes()
	if request.Described(name).Room { // whoever was there, with their own processors
		workers, cores = len(median.Lanes), len(median.Lanes)
	}
	user, system := median.CPU()
	spec := m.Spec.As(name)
	r := &result.MethodResult{
		Method: name, FiltersUsed: m.Spec.FilterNames(),
		Workers: workers, WorkersReason: analysis.WorkersReason(spec, request.MethodOf(name), shape),
		Shape: shape, Pool: spec.Pool, Engine: spec.Engine, Source: spec.Source, Transport: spec.Transport,
		OutputDigest: m.Last(name).Digest,
		Samples:      secondsOf(samples),
		Rounds:       append(roundsOf(m.Warmup[name], true), roundsOf(samples, false)...),
		CPUTime:      (user + system).Seconds(), CPUUser: user.Seconds(), CPUSystem: system.Seconds(),
		ServerCPUTime: median.Server.CPU().Seconds(),
		Overhead:      result.Overhead{Workers: accountsOf(median.Report, len(m.Spec.Steps)), Processes: told(median.Processes)},
		Results:       m.taskResults(name),
	}
	for _, w := range r.Overhead.Workers {
		r.Stages = r.Stages.Plus(w.StageTimes)
	}
	r.StageCPU = stageCPU(median.Report)
	countImages(r, samples)
	analysis.Summarise(r)
	stolen := 0.0
	if env.StolenCores != nil {
		stolen = *env.StolenCores
	}
	analysis.Bind(r, spent(median.Report, stolen), median.Wall.Seconds(), cores)
	r.Told()
	return r
}

// roundsOf are rounds as they were measured.
func roundsOf(samples []Sample, warmup bool) []result.Round {
	rounds := make([]result.Round, len(samples))
	for i, s := range samples {
		user, system := s.CPU()
		r := result.Round{
			Round: s.Round, Warmup: warmup, Order: s.Order, StartedAt: s.StartedAt.UTC(), Seconds: s.Wall.Seconds(),
			CPUUser: user.Seconds(), CPUSystem: system.Seconds(), Server: s.Server.CPU().Seconds(),
			OtherCores: s.Beside.OtherCores, StolenCores: s.Beside.StolenCores, PeakMemory: s.PeakMemory(), Digest: s.Digest,
		}
		for _, p := range s.Processes {
			r.MinorFaults, r.MajorFaults, r.QueuedS = plus(r.MinorFaults, p.MinorFaults), plus(r.MajorFaults, p.MajorFaults), plus(r.QueuedS, p.QueuedS)
		}
		for _, l := range s.Lanes {
			r.ClippedS += l.Clipped.Seconds()
			r.Stages = r.Stages.Plus(result.StageTimesOf(l.Spans))
		}
		for _, t := range s.Tasks {
			if t.Err != nil {
				r.Failed++
			}
		}
		rounds[i] = r
	}
	return rounds
}

// plus adds what is known.
func plus[T int64 | float64](sum, more *T) *T {
	if more == nil {
		return sum
	}
	all := *more
	if sum != nil {
		all += *sum
	}
	return &all
}

// countImages notes what became of every image in every counted round, and what
// happened to the workers.
func countImages(r *result.MethodResult, samples []Sample) {
	var latencies []float64
	for n, s := range samples {
		r.PeakMemoryBytes = max(r.PeakMemoryBytes, s.PeakMemory())
		r.WorkerDeaths = append(r.WorkerDeaths, s.Deaths...)
		if s.Chaos != nil {
			chaos := *s.Chaos
			chaos.Round, chaos.Text = n+1, analysis.ChaosText(chaos)
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
			latencies = append(latencies, result.StageTimesOf(t.Spans).Total())
		}
	}
	r.Latency = analysis.PercentilesOf(latencies)
}

// told are the accounts that tell something: a Web Worker has no process, and
// nobody knows what it used.
func told(accounts []result.ProcessAccount) []result.ProcessAccount {
	return slices.DeleteFunc(slices.Clone(accounts), func(p result.ProcessAccount) bool {
		return p.ProcessID == 0 && p.Kind == "" && p.UserS+p.SystemS == 0 && p.PeakMemoryBytes == 0
	})
}

// taskResults are what became of the images of a method's last round.
func (m Measured) taskResults(method string) []result.TaskResult {
	last := m.Last(method)
	results := make([]result.TaskResult, len(last.Tasks))
	for i, t := range last.Tasks {
		r := t.Result(m.Spec, "/static/images/"+m.Spec.Image(i))
		r.Worker, r.ProcessID, r.Attempts = t.Lane, t.Worker.ProcessID, t.Attempts
		if why, ok := last.NotVerified[i]; ok {
			r.NotVerified = &why
		}
		results[i] = r
	}
	return results
}
