package runs

import (
	"time"

	"carriles/executor/batch"
	"carriles/executor/process"
	"carriles/executor/trace"
)

// accountsOf adds up where the time of a round's workers went.
func accountsOf(r process.Report, steps int) []batch.WorkerAccount {
	accounts := make([]batch.WorkerAccount, len(r.Lanes))
	for i, l := range r.Lanes {
		a := &accounts[i]
		*a = batch.WorkerAccount{
			Worker: i, ProcessID: l.PID, Tasks: l.Tasks, WallS: r.Wall.Seconds(),
			FilterSeconds: make([]float64, steps), BytesIn: l.In, BytesOut: l.Out,
			StartupSeconds: l.Startup.Seconds(),
			SpawnS:         l.Spent(trace.Spawn).Seconds(), ReceiveS: l.Spent(trace.Receive).Seconds(),
			SendS: l.Spent(trace.Send).Seconds(), LostS: l.Spent(trace.Lost).Seconds(), IdleS: l.Spent(trace.Idle).Seconds(),
		}
		for _, s := range l.Spans {
			a.Add(s.Stage, s.Duration().Seconds())
			if s.Stage == trace.Filter && s.Step < steps {
				a.FilterSeconds[s.Step] += s.Duration().Seconds()
			}
		}
	}
	return accounts
}

// stageCPU adds up the processor time of the workers' threads by stage; nil if
// the system does not tell.
func stageCPU(r process.Report) *batch.StageTimes {
	var cpu batch.StageTimes
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

// timelineOf puts a round's lanes on their axis.
func timelineOf(method string, r process.Report, spec batch.Spec) batch.Timeline {
	t := batch.Timeline{Method: method, WallS: r.Wall.Seconds(), Lanes: make([]batch.TimelineLane, len(r.Lanes))}
	for i, l := range r.Lanes {
		lane := batch.TimelineLane{Worker: i, ProcessID: l.PID, Spans: make([]batch.TimelineSpan, len(l.Spans))}
		for n, s := range l.Spans {
			lane.Spans[n] = timelineSpan(s, r, spec)
		}
		t.Lanes[i] = lane
	}
	return t
}

func timelineSpan(s trace.Span, r process.Report, spec batch.Spec) batch.TimelineSpan {
	out := batch.TimelineSpan{Stage: s.Stage.String(), Task: s.Task, StartS: rounded(s.Start), EndS: rounded(s.End)}
	if s.Stage == trace.Filter && s.Step < len(spec.Steps) {
		out.Filter = spec.Steps[s.Step].Filter
	}
	if s.Task >= 0 && s.Task < len(r.Tasks) && s.Stage != trace.Lost {
		out.Attempt = r.Tasks[s.Task].Attempts
	}
	if s.CPU != trace.UnknownCPU {
		cpu := rounded(s.CPU)
		out.CPUS = &cpu
	}
	return out
}

// rounded is a time in seconds, to the microsecond: a timeline has hundreds of
// them, and more digits would say nothing.
func rounded(d time.Duration) float64 { return float64(d.Microseconds()) / 1e6 }
