package runs

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/crew"
	"carriles/executor/trace"
)

func liveSpec(t *testing.T) request.Spec { return specFor(t, `{"filters":["blur","edges"]}`) }

// pid is a worker that is known by its process.
func pid(n int) crew.Identity { return crew.Identity{ProcessID: n} }

// spanOf is a span from one millisecond to another.
func spanOf(stage trace.Stage, step, from, to int) trace.Span {
	const ms = time.Millisecond
	return trace.Span{Stage: stage, Step: step, Task: 3, Start: time.Duration(from) * ms, End: time.Duration(to) * ms, CPU: trace.UnknownCPU}
}

// heard reads what there is after an event.
func heard(t *testing.T, l *Live, after int) (events []result.LanesEvent, last int) {
	t.Helper()
	if err := l.spell(); err != nil {
		t.Error(err)
	}
	data, last := l.since(after)
	for _, d := range data {
		var e result.LanesEvent
		if err := json.Unmarshal(d, &e); err != nil {
			t.Errorf("%v: %s", err, d)
		}
		events = append(events, e)
	}
	return events, last
}

func TestLiveTellsWhatIsNew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLive(liveSpec(t))
		l.Begin(request.Threading, result.PhaseWarmup, 1, 2, 4)
		if events, _ := heard(t, l, 0); len(events) != 0 {
			t.Errorf("before the clock runs: %+v", events)
		}
		l.Clock(time.Now())
		time.Sleep(250 * time.Millisecond)
		l.Spans(0, pid(7), []trace.Span{spanOf(trace.Decode, 0, 10, 20), spanOf(trace.Filter, 1, 20, 50)})
		l.Spans(1, pid(7), []trace.Span{spanOf(trace.Decode, 0, 11, 30)})
		l.Spans(0, pid(7), []trace.Span{spanOf(trace.Send, 0, 50, 51)})
		events, last := heard(t, l, 0)
		want := result.LanesEvent{
			LanesHead: result.LanesHead{Seq: 1, Method: request.Threading, Phase: result.PhaseWarmup, Round: 1, First: true, Workers: 2, NowS: 0.25},
			Lanes: []result.TimelineLane{
				{Worker: 0, ProcessID: 7, Spans: []result.TimelineSpan{
					{Stage: "decode", Task: 3, StartS: 0.01, EndS: 0.02}, {Stage: "filter", Filter: "edges", Task: 3, StartS: 0.02, EndS: 0.05},
					{Stage: "send", Task: 3, StartS: 0.05, EndS: 0.051},
				}},
				{Worker: 1, ProcessID: 7, Spans: []result.TimelineSpan{{Stage: "decode", Task: 3, StartS: 0.011, EndS: 0.03}}},
			},
		}
		if len(events) != 1 || !equalJSON(events[0], want) {
			t.Errorf("told %+v, want %+v", events, want)
		}
		if again, same := heard(t, l, last); len(again) != 0 || same != last {
			t.Errorf("with nothing new: %+v, the last %d after %d", again, same, last)
		}
		l.Spans(1, pid(7), []trace.Span{spanOf(trace.Encode, 0, 30, 40)})
		l.Over(400 * time.Millisecond)
		events, _ = heard(t, l, last)
		if len(events) != 1 || events[0].First || !events[0].Over || events[0].NowS != 0.4 || events[0].Seq != 2 || len(events[0].Lanes) != 1 {
			t.Errorf("at its end: %+v", events)
		}
	})
}

func equalJSON(a, b any) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}

// Who comes late, and who has missed events, hears all of each method's latest
// round once, and nothing of rounds before it.
func TestLiveForTheLateAndTheSlow(t *testing.T) {
	l := newLive(liveSpec(t))
	round := func(method string, n int) {
		l.Begin(method, result.PhaseTimed, n, 1, 4)
		l.Clock(time.Now())
		for i := range 3 {
			l.Spans(0, pid(1), []trace.Span{spanOf(trace.Filter, 0, 10*i, 10*i+5)})
			if _, _ = heard(t, l, 0); i == 2 {
				l.Over(time.Second)
			}
		}
	}
	round(request.Sequential, 1)
	_, slow := heard(t, l, 0)
	round(request.Threading, 1)
	round(request.Sequential, 2)
	l.Begin(request.Threading, result.PhaseTimed, 2, 1, 4) // of which nothing is known yet
	for name, after := range map[string]int{"late": 0, "slow": slow} {
		events, last := heard(t, l, after)
		spans, firsts := map[string]int{}, 0
		for i, e := range events {
			if i > 0 && e.Seq <= events[i-1].Seq {
				t.Errorf("%s: event %d after %d", name, e.Seq, events[i-1].Seq)
			}
			if e.First {
				firsts++
			}
			for _, lane := range e.Lanes {
				spans[e.Method] += len(lane.Spans)
			}
			if e.Method != request.Sequential || e.Round != 2 {
				t.Errorf("%s: heard of round %d of %s", name, e.Round, e.Method)
			}
		}
		if spans[request.Sequential] != 3 || firsts != 1 || last != events[len(events)-1].Seq {
			t.Errorf("%s: %d spans, %d first events, the last %d", name, spans[request.Sequential], firsts, last)
		}
	}
}

// However many tasks a batch has and whatever dies in it, no more than
// LiveSpans are kept.
func TestLiveIsBounded(t *testing.T) {
	task := []trace.Span{
		spanOf(trace.Receive, 0, 0, 1), spanOf(trace.Read, 0, 1, 2), spanOf(trace.Decode, 0, 2, 9), spanOf(trace.Filter, 0, 9, 20),
		spanOf(trace.Filter, 1, 20, 40), spanOf(trace.Encode, 0, 40, 46), spanOf(trace.Write, 0, 46, 47),
	}
	tests := []struct{ tasks, extra, want int }{
		{8, 0, 8 * 7},              // all of each
		{500, 0, 500 * 3},          // (2000 - 2) / 500 = 3 of each
		{2000, 0, 2000},            // one of each
		{200, 2000, LiveSpans},     // workers that died took the room
		{LiveSpans + 500, 0, 2000}, // one of each as long as there is room
	}
	for _, tt := range tests {
		l := newLive(liveSpec(t))
		l.Begin(request.Sequential, result.PhaseTimed, 1, 2, tt.tasks)
		l.Clock(time.Now())
		for range tt.extra {
			l.Spans(0, pid(1), []trace.Span{spanOf(trace.Lost, 0, 0, 1)})
		}
		for range tt.tasks {
			l.Spans(0, pid(1), task)
		}
		events, _ := heard(t, l, 0)
		if len(events) != 1 || len(events[0].Lanes) != 1 || len(events[0].Lanes[0].Spans) != tt.want {
			t.Errorf("%d tasks and %d lost attempts: not %d spans", tt.tasks, tt.extra, tt.want)
		}
	}
}

func TestMerged(t *testing.T) {
	read, decode, filter, encode := spanOf(trace.Read, 0, 0, 1), spanOf(trace.Decode, 0, 1, 9), spanOf(trace.Filter, 0, 10, 30), spanOf(trace.Encode, 0, 30, 35)
	tests := []struct {
		most int
		want []trace.Span
	}{
		{4, []trace.Span{read, decode, filter, encode}},
		{3, []trace.Span{spanOf(trace.Decode, 0, 0, 9), filter, encode}},                  // the first has one neighbour
		{2, []trace.Span{spanOf(trace.Decode, 0, 0, 9), spanOf(trace.Filter, 0, 10, 35)}}, // the last too
		{1, []trace.Span{spanOf(trace.Filter, 0, 0, 35)}},                                 // with the millisecond between them
	}
	spans := []trace.Span{read, decode, filter, encode}
	for _, tt := range tests {
		if got := merged(spans, tt.most); !slices.Equal(got, tt.want) {
			t.Errorf("at most %d: %v, want %v", tt.most, got, tt.want)
		}
	}
	if !slices.Equal(spans, []trace.Span{read, decode, filter, encode}) {
		t.Error("the task's own spans were changed")
	}
	// A neighbour in the middle: the longer one takes it, with the processor time.
	a, b, c := spanOf(trace.Decode, 0, 0, 5), spanOf(trace.Filter, 0, 5, 6), spanOf(trace.Encode, 0, 6, 9)
	a.CPU, b.CPU = 4, 1
	want := spanOf(trace.Decode, 0, 0, 6)
	want.CPU = 5
	if got := merged([]trace.Span{a, b, c}, 2); !slices.Equal(got, []trace.Span{want, c}) {
		t.Errorf("in the middle: %v", got)
	}
}

func TestNoLive(t *testing.T) {
	var l *Live
	l.Begin(request.Sequential, result.PhaseTimed, 1, 1, 1)
	l.Clock(time.Now())
	l.Spans(0, pid(1), []trace.Span{spanOf(trace.Read, 0, 0, 1)})
	l.Over(time.Second)
	if events, last := heard(t, l, 5); len(events) != 0 || last != 5 {
		t.Errorf("%v, %d", events, last)
	}
}

// What the executor tells of the lanes comes with the next progress, to who
// watched from the beginning and to who comes later, and ends with the run.
func TestWatchersSeeTheLanes(t *testing.T) {
	inLab(t, func(t *testing.T, l lab) {
		id := l.submit("a")
		c := l.begins(id)
		early, stop, err := l.Watch(id)
		if err != nil {
			t.Fatal(err)
		}
		defer stop()
		if lanes, _ := (<-early).Lanes(0); len(lanes) != 0 {
			t.Errorf("at first: %s", lanes)
		}
		c.live.Begin(request.Sequential, result.PhaseTimed, 1, 1, 3)
		c.live.Clock(time.Now())
		c.live.Spans(0, pid(1), []trace.Span{spanOf(trace.Decode, 0, 0, 5)})
		c.progress(result.Progress{Done: 1, Total: 3})
		first, told := (<-early).Lanes(0)
		if len(first) != 1 || !strings.Contains(string(first[0]), `"decode"`) {
			t.Fatalf("told %s", first)
		}
		late, stopLate, err := l.Watch(id)
		if err != nil {
			t.Fatal(err)
		}
		defer stopLate()
		lanes, _ := (<-late).Lanes(0)
		if len(lanes) != 1 || &lanes[0][0] != &first[0][0] {
			t.Errorf("who comes later hears %s; want the same bytes, encoded once", lanes)
		}
		c.live.Spans(0, pid(1), []trace.Span{spanOf(trace.Encode, 0, 5, 9)})
		c.finish <- outcome{result: &result.Comparison{}}
		for n := range early {
			if !n.Final {
				continue
			}
			if rest, _ := n.Lanes(told); len(rest) != 1 || !strings.Contains(string(rest[0]), `"encode"`) {
				t.Errorf("at the end: %s", rest)
			}
			break
		}
		synctest.Wait()
		if r, err := l.find(id); err != nil || r.live != nil {
			t.Error("the lanes of a run that is done are kept beside its result")
		}
	})
}

// Telling, writing and reading at once neither race nor lose a span.
func TestLiveAtOnce(t *testing.T) {
	l := newLive(liveSpec(t))
	l.Begin(request.Sequential, result.PhaseTimed, 1, 1, 300)
	l.Clock(time.Now())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 300 {
			l.Spans(0, pid(1), []trace.Span{spanOf(trace.Decode, 0, 0, 5)})
		}
		l.Over(time.Second)
	}()
	counts := make(chan int)
	for range 2 {
		go func() {
			spans, last, over := 0, 0, false
			for !over {
				var events []result.LanesEvent
				events, last = heard(t, l, last)
				for _, e := range events {
					for _, lane := range e.Lanes {
						spans += len(lane.Spans)
					}
					over = over || e.Over
				}
			}
			counts <- spans
		}()
	}
	<-done
	for range 2 {
		if n := <-counts; n != 300 {
			t.Errorf("heard of %d spans, want 300", n)
		}
	}
}

// BenchmarkLivePut is what handing a task's spans on costs within the clock.
func BenchmarkLivePut(b *testing.B) {
	l := newLive(request.Spec{})
	spans := make([]trace.Span, 8)
	for i := range spans {
		spans[i] = spanOf(trace.Filter, 0, i, i+1)
	}
	l.Begin(request.Sequential, result.PhaseTimed, 1, 2, 200)
	r := l.latest
	for b.Loop() {
		if r.kept+len(spans) > LiveSpans {
			r.kept, r.waiting = 0, r.waiting[:0]
		}
		l.Spans(0, pid(1), spans)
	}
}

// BenchmarkLiveSpell is what writing an event of 400 spans costs beside it.
func BenchmarkLiveSpell(b *testing.B) {
	l := newLive(request.Spec{})
	spans := make([]trace.Span, 8)
	for i := range spans {
		spans[i] = spanOf(trace.Filter, 0, i, i+1)
		spans[i].CPU = time.Millisecond
	}
	for b.Loop() {
		l.Begin(request.Sequential, result.PhaseTimed, 1, 2, 50)
		l.Clock(time.Now())
		for range 50 {
			l.Spans(0, pid(1), spans)
		}
		if err := l.spell(); err != nil {
			b.Fatal(err)
		}
	}
}
