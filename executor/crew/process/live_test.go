package process

import (
	"os"
	"slices"
	"testing"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/crew"
	"carriles/executor/trace"
)

// told collects what a job is told of its lanes.
type told struct {
	began time.Time
	lanes map[int][]trace.Span
	pids  map[int]bool
	tasks map[int]bool
}

func (d *told) to(job *crew.Job) {
	d.lanes, d.pids, d.tasks = map[int][]trace.Span{}, map[int]bool{}, map[int]bool{}
	job.Began = func(at time.Time) { d.began = at }
	job.Spans = func(lane int, who crew.Identity, spans []trace.Span) {
		d.lanes[lane] = append(d.lanes[lane], spans...)
		d.pids[who.ProcessID] = true
		for _, s := range spans {
			if s.Task != trace.NoTask {
				d.tasks[s.Task] = true
			}
		}
	}
}

// TestSpansAreToldAsTheyBecomeKnown compares what a job was told of its lanes
// while it ran with the report: the same spans, but for the sending of each
// lane's last output, which becomes known only after the clock.
func TestSpansAreToldAsTheyBecomeKnown(t *testing.T) {
	l := newLab(t)
	for _, transport := range transports() {
		for _, shape := range []request.Shape{oneLane, twoThreads, twoProcesses} {
			s := spec(repeat([]string{"a.png", "b.png"}, 4)...)
			s.Transport = transport
			c := l.crew(s, shape, long)
			if shape != oneLane { // cold, the first process may do it all before the second is there
				if err := c.Start(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			var d told
			job, out := l.job(nil)
			d.to(&job)
			job.Progress = func(done, _ int) {
				if len(d.tasks) < done {
					t.Errorf("%d tasks are settled, and of %d something was told", done, len(d.tasks))
				}
			}
			report, err := c.Run(t.Context(), job)
			if err != nil {
				t.Fatal(err)
			}
			worked := 0 // one of two threads may do it all before the other is there
			for _, lane := range report.Lanes {
				if lane.Tasks > 0 {
					worked++
				}
			}
			if len(out.files) != s.Count || len(d.lanes) != worked || len(report.Lanes) != shape.Lanes() {
				t.Fatalf("%s, %+v: %d outputs; told of %d lanes, of %d reported %d have worked", transport, shape, len(out.files), len(d.lanes), len(report.Lanes), worked)
			}
			if since := time.Since(d.began); since < report.Wall {
				t.Errorf("%s, %+v: the clock began %v ago, and the round took %v", transport, shape, since, report.Wall)
			}
			for i, lane := range report.Lanes {
				got, _ := trace.Whole(d.lanes[i], report.Wall)
				if got, want := withoutLastSend(got), withoutLastSend(lane.Spans); !slices.Equal(got, want) {
					t.Errorf("%s, %+v: lane %d was told as\n%v, reported as\n%v", transport, shape, i, got, want)
				}
				if !d.pids[lane.Worker.ProcessID] {
					t.Errorf("%s, %+v: lane %d is of process %d, told were %v", transport, shape, i, lane.Worker.ProcessID, d.pids)
				}
			}
			for _, f := range out.files {
				os.Remove(f)
			}
		}
	}
}

// withoutLastSend leaves out waiting, and how the last output was sent and, by
// the parent, stored: the one is unknown within the clock, and the other is cut
// where the two meet.
func withoutLastSend(spans []trace.Span) []trace.Span {
	last := trace.NoTask
	for _, s := range spans {
		if s.Stage == trace.Encode {
			last = s.Task
		}
	}
	return slices.DeleteFunc(slices.Clone(spans), func(s trace.Span) bool {
		return s.Stage == trace.Idle || s.Task == last && (s.Stage == trace.Send || s.Stage == trace.Write)
	})
}

// Work that dies with its process is told as lost, on the lane that had it.
func TestLostWorkIsTold(t *testing.T) {
	l := newLab(t)
	var d told
	job, _ := l.job(nil)
	d.to(&job)
	report, err := l.crew(spec("a.png", "exit.png"), oneLane, long).Run(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	lost, started := 0, 0
	for _, spans := range d.lanes {
		for _, s := range spans {
			switch s.Stage {
			case trace.Lost:
				lost++
			case trace.Spawn:
				started++
			}
		}
	}
	if started < 2 {
		t.Errorf("told of %d starts of processes", started)
	}
	if lost != maxAttempts || len(report.Deaths) != maxAttempts {
		t.Errorf("told of %d lost attempts, want %d; deaths %q", lost, maxAttempts, report.Deaths)
	}
}
