package contest

import (
	"math"
	"slices"
	"testing"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/crew"
	"carriles/executor/pipeline"
	"carriles/executor/trace"
)

const ms = time.Millisecond

// span is one from a millisecond to another, on a processor for as many.
func span(stage trace.Stage, step, task, from, to, cpu int) trace.Span {
	s := trace.Span{Stage: stage, Step: step, Task: task, Start: time.Duration(from) * ms, End: time.Duration(to) * ms, CPU: trace.UnknownCPU}
	if cpu >= 0 {
		s.CPU = time.Duration(cpu) * ms
		s.Ways.Set(trace.Blocked, s.Duration()-s.CPU)
	}
	return s
}

// round is one of 100 ms on two lanes: the first does a task that its second
// attempt settles, after 20 ms of the first are lost, the other nothing.
func round(who crew.Identity, cpu bool) Sample {
	on := func(n int) int {
		if !cpu {
			return -1
		}
		return n
	}
	task := []trace.Span{
		span(trace.Read, 0, 0, 20, 30, on(1)), span(trace.Filter, 0, 0, 30, 60, on(30)), span(trace.Filter, 1, 0, 60, 90, on(27)),
	}
	lost, idle := span(trace.Lost, 0, 0, 0, 20, -1), span(trace.Idle, 0, -1, 90, 100, -1)
	return Sample{Digest: "same", Outputs: []string{"out"}, Report: crew.Report{
		Wall: 100 * ms,
		Tasks: []crew.TaskReport{{
			Outcome: pipeline.Outcome{Size: 7, Spans: task}, Lane: 0, Worker: who, Attempts: 2,
		}},
		Lanes: []crew.Lane{
			{Number: 0, Worker: who, Startup: 50 * ms, Tasks: 1, In: 300, Out: 7, Spans: slices.Concat([]trace.Span{lost}, task, []trace.Span{idle})},
			{Number: 1, Worker: who, Spans: []trace.Span{span(trace.Idle, 0, -1, 0, 100, -1)}},
		},
		Deaths: []string{"it died"},
	}}
}

func measured(samples ...Sample) Measured {
	return Measured{
		Spec: request.Spec{
			Count: 1, Methods: []string{request.Threading}, Images: []string{"a.jpg", "b.jpg"}, Rounds: len(samples),
			Steps: []request.Step{{Filter: "blur"}, {Filter: "edges"}}, Workforce: request.Workforce{Workers: 2},
		},
		Shapes:  map[string]request.Shape{request.Threading: {Processes: 1, Goroutines: 2, MaxProcs: 2}},
		Samples: map[string][]Sample{request.Threading: samples},
	}
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

func TestAccountsAddUp(t *testing.T) {
	r := measured(round(crew.Identity{ProcessID: 42}, true)).Comparison(result.Environment{}, 2).Results[request.Threading]
	a, b := r.Overhead.Workers[0], r.Overhead.Workers[1]
	for _, f := range []struct {
		name      string
		got, want float64
	}{
		{"lost", a.LostS, 0.02}, {"read", a.Read, 0.01}, {"filter", a.Filter, 0.06}, {"idle", a.IdleS, 0.01},
		{"blur", a.FilterSeconds[0], 0.03}, {"edges", a.FilterSeconds[1], 0.03}, {"startup", a.StartupSeconds, 0.05},
		{"sum", a.LostS + a.Total() + a.IdleS, a.WallS}, {"the other's idle", b.IdleS, 0.1},
		{"stages", r.Stages.Total(), 0.07}, {"stage CPU", r.StageCPU.Filter, 0.057}, {"latency", r.Latency.P50, 0.07},
	} {
		if !near(f.got, f.want) {
			t.Errorf("%s: %g, want %g", f.name, f.got, f.want)
		}
	}
	if a.ProcessID != 42 || a.Tasks != 1 || a.BytesIn != 300 || a.BytesOut != 7 || b.Worker != 1 {
		t.Errorf("accounts %+v", r.Overhead.Workers)
	}
	if r.StageBound.Read != "io" || r.StageBound.Filter != "cpu" {
		t.Errorf("bound %+v", *r.StageBound)
	}
	task := r.Results[0]
	if task.OriginalPath != "/static/images/a.jpg" || task.ProcessID != 42 || task.Attempts != 2 || task.FileSize != 7 || task.Status != result.StatusSuccess {
		t.Errorf("the image: %+v", task)
	}
}

func TestTimeline(t *testing.T) {
	line := measured(round(crew.Identity{ProcessID: 42}, true)).Comparison(result.Environment{}, 2).Timelines[0]
	if line.WallS != 0.1 || len(line.Lanes) != 2 || line.Lanes[0].ProcessID != 42 || line.Lanes[1].Worker != 1 {
		t.Fatalf("%+v", line)
	}
	spans := line.Lanes[0].Spans
	if s := spans[0]; s.Stage != "lost" || s.Attempt != 0 || s.CPUS != nil { // it is not known which attempt that was
		t.Errorf("%+v", s)
	}
	if s := spans[3]; s.Stage != "filter" || s.Filter != "edges" || s.StartS != 0.06 || s.EndS != 0.09 || s.Attempt != 2 || *s.CPUS != 0.027 {
		t.Errorf("%+v", s)
	}
}

// A Web Worker has no process: what only a system knows is not there, and
// nothing is concluded from its not being there.
func TestWithoutProcesses(t *testing.T) {
	s := round(crew.Identity{ID: 3, Name: "worker 1"}, false)
	s.Processes = []result.ProcessAccount{{StartupSeconds: 0.05}}
	c := measured(s).Comparison(result.Environment{}, 0)
	r := c.Results[request.Threading]
	if r.Bound != "unknown" || r.StageBound != nil || r.StageCPU != nil || len(r.Overhead.Processes) != 0 || r.PeakMemoryBytes != 0 || r.CPUTime != 0 {
		t.Errorf("%+v", r)
	}
	if r.Time != 0.1 || !near(r.Stages.Filter, 0.06) || r.Overhead.Workers[0].ProcessID != 0 || !slices.Equal(r.WorkerDeaths, []string{"it died"}) {
		t.Errorf("%+v", r)
	}
}

func TestMedianIsARoundThatWas(t *testing.T) {
	for _, tt := range []struct{ walls, want []time.Duration }{
		{[]time.Duration{7}, []time.Duration{7}}, {[]time.Duration{9, 1, 5}, []time.Duration{5}},
		{[]time.Duration{4, 8}, []time.Duration{4}}, {[]time.Duration{8, 1, 4, 9}, []time.Duration{4}},
	} {
		var samples []Sample
		for _, w := range tt.walls {
			samples = append(samples, Sample{Report: crew.Report{Wall: w}})
		}
		m := Measured{Samples: map[string][]Sample{"a": samples}}
		if got := m.Median("a").Wall; got != tt.want[0] || samples[0].Wall != tt.walls[0] {
			t.Errorf("of %v: %v, want %v, and the rounds as they were", tt.walls, got, tt.want[0])
		}
	}
}

// Every counted round counts for the pixels and for the images, the last one for
// what is shown of them.
func TestRoundsAreCountedTogether(t *testing.T) {
	a, b := round(crew.Identity{}, true), round(crew.Identity{}, true)
	b.Digest, b.Chaos = "another", &result.ChaosReport{TasksInFlight: 1}
	c := measured(a, b).Comparison(result.Environment{}, 2)
	r := c.Results[request.Threading]
	if c.Performance.PixelsEqual || r.OutputDigest != "another" || r.AllImages != 2 || r.AllFailed != 0 || r.ProcessedCount != 1 || c.TestInfo.Rounds != 2 {
		t.Errorf("pixels equal: %v, %+v", c.Performance.PixelsEqual, r)
	}
	if len(r.Chaos) != 1 || r.Chaos[0].Round != 2 || r.Chaos[0].Text.EN == "" || b.Chaos.Round != 0 {
		t.Errorf("chaos %+v", r.Chaos)
	}
	if c := measured(a, a).Comparison(result.Environment{}, 2); !c.Performance.PixelsEqual {
		t.Error("equal pixels are not")
	}
}
