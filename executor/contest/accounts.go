package contest

import (
	"carriles/executor/analysis"
	"carriles/executor/batch/result"
	"carriles/executor/crew"
	"carriles/executor/trace"
)

// accountsOf adds up where the time of a round's lanes went; steps is the
// length of the chain.
func accountsOf(r crew.Report, steps int) []result.WorkerAccount {
	accounts := make([]result.WorkerAccount, len(r.Lanes))
	for i, l := range r.Lanes {
		a := result.AccountOf(l.Spans, r.Wall, steps)
		a.Worker, a.ProcessID, a.Tasks, a.BytesIn, a.BytesOut = l.Number, l.Worker.ProcessID, l.Tasks, l.In, l.Out
		a.Device = l.Worker.Device(l.ClockError)
		a.StartupSeconds = l.Startup.Seconds()
		accounts[i] = a
	}
	return accounts
}

// stageCPU adds up the processor time of the lanes by stage; nil where nobody
// tells it.
func stageCPU(r crew.Report) *result.StageTimes {
	var cpu result.StageTimes
	known := false
	for _, l := range r.Lanes {
		for _, s := range l.Spans {
			if s.CPU != trace.UnknownCPU {
				cpu.Add(s.Stage, s.CPU.Seconds())
				known = true
			}
		}
	}
	if !known {
		return nil
	}
	return &cpu
}

// spent is how the lanes spent the pipeline's stages; stolen are the processors
// that a hypervisor kept meanwhile, on average.
func spent(r crew.Report, stolen float64) (stages [5]analysis.Spent) {
	for _, l := range r.Lanes {
		for _, s := range l.Spans {
			// What the place did for a lane, such as storing what has travelled, its
			// thread knows nothing of.
			if s.Stage < trace.Read || s.Stage > trace.Write || s.CPU == trace.UnknownCPU {
				continue
			}
			told := analysis.Spent{Wall: s.Duration().Seconds(), CPU: s.CPU.Seconds(), Stolen: stolen * s.Duration().Seconds()}
			if blocked, known := s.Ways.Of(trace.Blocked); known {
				told.Blocked = blocked.Seconds()
			} else {
				told.Untold = max(0, told.Wall-told.CPU)
			}
			if locked, known := s.Ways.Of(trace.Locked); known {
				told.Lock = min(locked.Seconds(), told.Wall)
			}
			into := &stages[s.Stage-trace.Read]
			*into = into.Plus(told)
		}
	}
	return stages
}

// timelineOf puts a round's lanes on their axis; chain are the names of the
// filters.
func timelineOf(method string, r crew.Report, chain []string) result.Timeline {
	t := result.Timeline{Method: method, WallS: r.Wall.Seconds(), Lanes: make([]result.TimelineLane, len(r.Lanes))}
	for i, l := range r.Lanes {
		lane := result.TimelineLane{Worker: l.Number, ProcessID: l.Worker.ProcessID, Device: l.Worker.Device(l.ClockError), Spans: make([]result.TimelineSpan, len(l.Spans))}
		for n, s := range l.Spans {
			lane.Spans[n] = result.TimelineSpanOf(s, chain)
			if s.Task >= 0 && s.Task < len(r.Tasks) && s.Stage != trace.Lost {
				lane.Spans[n].Attempt = r.Tasks[s.Task].Attempts
			}
		}
		t.Lanes[i] = lane
	}
	return t
}
