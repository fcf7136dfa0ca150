package room

import (
	"encoding/json"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/codec"
	"carriles/executor/crew"
	"carriles/executor/crew/room/wire"
	"carriles/executor/fault"
	"carriles/executor/text"
	"carriles/executor/trace"
	"carriles/filters"
)

const ms = time.Millisecond

// desk is a session with the batch that it works for, and what it has said.
type desk struct {
	t     *testing.T
	s     *session
	place *Place
	acts  []action
}

// ready is a session of a device with two lanes whose worker is ready.
func ready(t *testing.T) *desk {
	d := &desk{t: t, s: newSession(0), place: &Place{room: &Room{epoch: time.Now()}, epoch: time.Now()}}
	d.place.setup.Spec = request.Spec{Count: 4, Steps: []request.Step{{Filter: "resize", Params: filters.Values{"width": 8, "height": 4}}}}
	d.do(d.s.admit(0, wire.Hello{Name: "pc", Kind: wire.Machine, Lanes: 2}, "1"))
	d.do(d.s.hear(2*ms, wire.Message{Pong: &wire.Pong{Number: 1, Clock: int64(101 * ms)}}))
	d.do(d.s.want(2*ms, d.place))
	d.do(d.s.hear(3*ms, wire.Message{Ready: &wire.Ready{Job: 1}}))
	if a, ok := d.last().tell.(crew.Arrived); !ok || a.Lanes != 2 || a.Name != "pc" || d.s.state != StateReady {
		t.Fatalf("not ready: %+v", d.acts)
	}
	return d
}

func (d *desk) do(acts []action) []action { d.acts = append(d.acts, acts...); return acts }
func (d *desk) last() action              { return d.acts[len(d.acts)-1] }

func (d *desk) give(now time.Duration, task int, number uint64) {
	d.t.Helper()
	acts := d.do(d.s.give(now, d.s.worker, crew.Order{Task: task, Attempt: 1}, number, Photo{SHA256: "ab", Bytes: 3}))
	if len(acts) != 1 || acts[0].send.Task.Lease != number || acts[0].send.Task.Index != task {
		d.t.Fatalf("given: %+v", acts)
	}
}

func done(number uint64) wire.Done {
	return wire.Done{Lease: number, Format: codec.PNG, Bytes: 10, Lane: 1, Spans: wire.Spans{{Stage: trace.Filter, Start: 105 * ms, End: 107 * ms, CPU: ms}}}
}

func TestAnOrderIsSettledOnce(t *testing.T) {
	d := ready(t)
	d.give(4*ms, 3, 7)
	if acts := d.do(d.s.hear(9*ms, wire.Message{Done: new(done(7))})); len(acts) != 1 || acts[0].expect.Lease != 7 {
		t.Fatalf("%+v", acts)
	}
	acts := d.do(d.s.delivered(10*ms, done(7), "file", ms))
	o := acts[0].tell.(crew.Settled).Outcome
	// The device's clock is 100 ms ahead of the host's: given at 104, here at 109.
	want := []trace.Span{
		{Stage: trace.Filter, Task: 3, Start: 105 * ms, End: 107 * ms, CPU: ms},
		{Stage: trace.Receive, Task: 3, Start: 104 * ms, End: 105 * ms, CPU: trace.UnknownCPU},
		{Stage: trace.Send, Task: 3, Start: 107 * ms, End: 109 * ms, CPU: trace.UnknownCPU},
	}
	if o.Task.Index != 3 || o.Task.Attempt != 1 || o.Lane != 1 || o.Output.File != "file" || o.Stored != ms || o.Out != 10 || !reflect.DeepEqual(o.Spans, want) {
		t.Errorf("%+v", o)
	}
	if acts := d.s.delivered(11*ms, done(7), "file", 0); acts != nil {
		t.Errorf("twice: %+v", acts)
	}
}

func TestTheClockIsTold(t *testing.T) {
	d := ready(t)
	for _, a := range d.acts {
		if news, ok := a.tell.(crew.Arrived); ok {
			// A ping took 2 ms: the device's 101 was at 1 of ours, give or take 1.
			if at := news.Clock.Zero.Sub(d.place.epoch); at != -100*ms || news.Clock.Error != ms+50 || news.Credits != 0 {
				t.Errorf("zero at %v, error %v, %d credits", at, news.Clock.Error, news.Credits)
			}
		}
	}
	var c clock
	c.note(0, 10*ms, 5*ms)
	c.note(10*ms, 12*ms, 111*ms) // a shorter way: it counts
	c.note(20*ms, 40*ms, 999*ms)
	if zero, off, ok := c.zero(40 * ms); !ok || zero != -100*ms || off != ms+1400 {
		t.Errorf("%v ± %v", zero, off)
	}
}

// What ends a worker is told once, and its orders are nobody's then.
func TestEndsOfAWorker(t *testing.T) {
	gone := func(acts []action) int {
		n := 0
		for _, a := range acts {
			if _, ok := a.tell.(crew.Gone); ok {
				n++
			}
		}
		return n
	}
	for _, tt := range []struct {
		name   string
		event  func(d *desk) []action
		state  State
		closed string
	}{
		{"silence", func(d *desk) []action { return d.s.tick(SilenceTime + 9*ms) }, StateGone, ""},
		{"the socket", func(d *desk) []action { return d.s.leave(left, &wire.Refused{}) }, StateGone, ""},
		{"its child", func(d *desk) []action { return d.s.hear(9*ms, wire.Message{Ended: &wire.Ended{Job: 1, Reason: left}}) }, StatePreparing, ""},
		{"a kill", func(d *desk) []action { return d.s.kill(9*ms, d.s.worker) }, StatePreparing, ""},
		{"no image", func(d *desk) []action { return d.s.spoiled(9*ms, left, true) }, StatePreparing, ""},
		{"its own failure", func(d *desk) []action {
			return d.s.hear(9*ms, wire.Message{Failed: &wire.Failed{Lease: 7, Code: fault.CodeInternal}})
		}, StatePreparing, ""},
		{"the batch's end", func(d *desk) []action { return d.s.want(9*ms, nil) }, StateIdle, ""},
		{"leave", func(d *desk) []action { return d.s.letGo(d.s.worker) }, StateIdle, ""},
		{"too large", func(d *desk) []action {
			return d.s.hear(9*ms, wire.Message{Done: &wire.Done{Lease: 7, Bytes: 4*8*4 + 64<<10 + 1}})
		}, StateGone, wire.RefusedOut},
		{"nonsense", func(d *desk) []action { return d.s.hear(9*ms, wire.Message{Ping: &wire.Ping{}}) }, StateGone, wire.RefusedOut},
		{"a flood", func(d *desk) (acts []action) {
			for range chatterMax + 2 {
				acts = append(acts, d.s.hear(9*ms, wire.Message{Beat: &wire.Beat{}})...)
			}
			return acts
		}, StateGone, wire.RefusedOut},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := ready(t)
			d.give(8*ms, 0, 7)
			worker := d.s.worker
			acts := d.do(tt.event(d))
			if gone(acts) != 1 || d.s.state != tt.state || len(d.s.leases) != 0 {
				t.Fatalf("%d told, state %s: %+v", gone(acts), d.s.state, acts)
			}
			i := slices.IndexFunc(acts, func(a action) bool { return a.close != nil })
			if (tt.state == StateGone) != (i >= 0) || i >= 0 && acts[i].close.Code != tt.closed {
				t.Errorf("closed: %+v", acts)
			}
			for _, late := range [][]action{
				d.s.delivered(10*ms, done(7), "late", 0), d.s.give(10*ms, worker, crew.Order{}, 8, Photo{}),
				d.s.kill(10*ms, worker), d.s.askAccount(worker), d.s.letGo(worker),
				d.s.hear(10*ms, wire.Message{Ended: &wire.Ended{Job: 1}}), d.s.hear(10*ms, wire.Message{Failed: &wire.Failed{Lease: 7}}),
			} {
				if late != nil {
					t.Errorf("of the old worker: %+v", late)
				}
			}
		})
	}
}

// A device whose workers only die is asked for another one later each time, and
// three times no image is enough.
func TestRestAndStrikes(t *testing.T) {
	d := ready(t)
	now := 10 * ms
	for i, pause := range []time.Duration{0, 200 * ms, 400 * ms} {
		d.do(d.s.hear(now, wire.Message{Ended: &wire.Ended{Job: d.s.job, Reason: left}}))
		if due := d.s.due(); i > 0 && (d.s.state != StateResting || due != now+pause) || i == 0 && d.s.state != StatePreparing {
			t.Fatalf("%d: %s until %v, want %v", i, d.s.state, due, now+pause)
		}
		now += pause
		d.s.tick(now)
		if d.s.state != StatePreparing {
			t.Fatalf("%d: %s", i, d.s.state)
		}
	}
	d = ready(t)
	for i := range strikesMax {
		d.do(d.s.spoiled(now, text.Text{ES: "mal", EN: "bad"}, true))
		if out := d.s.state == StateGone; out != (i == strikesMax-1) {
			t.Fatalf("strike %d: %s", i+1, d.s.state)
		}
		now = max(now, d.s.until)
		d.s.tick(now)
		d.do(d.s.hear(now, wire.Message{Ready: &wire.Ready{Job: d.s.job}}))
	}
	if d.last().close.Code != wire.RefusedOut || d.last().close.Text.EN != "this machine is out: it bad" {
		t.Errorf("%+v", d.last().close)
	}
}

func TestABadImageIsTheTasksEnd(t *testing.T) {
	d := ready(t)
	d.place.photos = map[string]Photo{"a.png": {SHA256: "ab"}}
	d.give(4*ms, 0, 7)
	acts := d.s.hear(9*ms, wire.Message{Failed: &wire.Failed{Lease: 7, Code: fault.CodeBadImage, Text: text.Text{ES: "«ab» no vale", EN: "ab\u202e is bad"}}})
	o := acts[0].tell.(crew.Settled).Outcome
	if o.Err == nil || o.Err.Text.EN != "a.png is bad" || o.Err.Text.ES != "«a.png» no vale" || d.s.state != StateReady {
		t.Errorf("%+v", o.Err)
	}
}

func TestSpansAreMadeSane(t *testing.T) {
	span := func(stage trace.Stage, step int, from, to time.Duration) trace.Span {
		return trace.Span{Stage: stage, Step: step, Task: 99, Start: from, End: to, CPU: 5 * time.Second}
	}
	got := sane([]trace.Span{
		span(trace.Filter, 0, 1*ms, 3*ms), span(trace.Filter, -1, 1*ms, 3*ms), span(trace.Filter, 1, 1*ms, 3*ms),
		span(trace.Spawn, 0, 1*ms, 3*ms), span(200, 0, 1*ms, 3*ms), span(trace.Read, 0, 3*ms, 1*ms),
		span(trace.Fetch, 0, -time.Hour, time.Hour),
	}, 4, 1, 2*ms, 9*ms)
	want := []trace.Span{
		{Stage: trace.Filter, Task: 4, Start: 2 * ms, End: 3 * ms, CPU: ms},
		{Stage: trace.Fetch, Task: 4, Start: 2 * ms, End: 9 * ms, CPU: 7 * ms},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
	if n := len(sane(slices.Repeat(got, 100), 4, 1, 0, time.Hour)); n != spansMax {
		t.Errorf("%d spans", n)
	}
}

func TestOutputsAreBounded(t *testing.T) {
	whole := request.Spec{Steps: []request.Step{{Filter: "blur"}}}
	small := request.Spec{Steps: []request.Step{{Filter: "resize", Params: filters.Values{"width": 100, "height": 50}}, {Filter: "edges"}}}
	if maxOutput(whole) != 4*codec.MaxPixels+64<<10 || maxOutput(small) != 4*5000+64<<10 {
		t.Errorf("%d, %d", maxOutput(whole), maxOutput(small))
	}
	for format, data := range map[codec.Format]string{codec.JPEG: "\xff\xd8\xff\xe0", codec.PNG: "\x89PNG\r\n\x1a\nx"} {
		if !looksLike(format, []byte(data)) || looksLike(format, []byte(data[:2])) || looksLike(codec.GIF, []byte(data)) {
			t.Errorf("%s", format)
		}
	}
}

func TestMessages(t *testing.T) {
	var w trace.Ways
	w.Set(trace.Queued, 3)
	m := wire.Message{Done: &wire.Done{Lease: 5, Format: codec.JPEG, Bytes: 9, CRC32C: 7, Spans: wire.Spans{{Stage: trace.Fetch, Step: 1, Task: 2, Start: 3, End: 4, CPU: -1, Ways: w}}}}
	got, err := wire.Decode(wire.Encode(m))
	if err != nil || !reflect.DeepEqual(got, m) {
		t.Errorf("%+v, %v", got, err)
	}
	for _, bad := range []string{``, `{}`, `[]`, `{"beat":{},"pong":{}}`, `{"beat":null}`, `{"done":{"spans":[[300,0,0,0,0,0,0,0]]}}`, `{"done":{"lease":-1}}`} {
		if m, err := wire.Decode([]byte(bad)); err == nil {
			t.Errorf("%s is taken for %+v", bad, m)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"done":{"lease":1,"format":"png","bytes":9,"spans":[[4,0,0,1,2,-1,-1,-1]]}}`))
	f.Add([]byte(`{"hello":{"v":1,"name":"a"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := wire.Decode(data)
		if err != nil {
			return
		}
		again, err := wire.Decode(wire.Encode(m))
		if a, b := wire.Encode(m), wire.Encode(again); err != nil || string(a) != string(b) {
			t.Errorf("%s becomes %s, %v", a, b, err)
		}
		if m.Done != nil {
			for _, s := range sane(m.Done.Spans, 0, 1, 0, time.Hour) {
				if s.Start >= s.End || s.Step != 0 {
					t.Errorf("%+v", s)
				}
			}
		}
	})
}

func TestCodes(t *testing.T) {
	seen := map[string]bool{}
	for i := range 50 {
		code := CodeOf(strconv.Itoa(i))
		if !CheckCode(code) || seen[code] || code != CodeOf(strconv.Itoa(i)) || strings.ContainsAny(code, "IO") {
			t.Fatal(code)
		}
		seen[code] = true
	}
	for _, bad := range []string{"", "ABCDEFG", "ABCDEFGHJ", "ABCDEFGI", "abcdefgh"} {
		if CheckCode(bad) {
			t.Error(bad)
		}
	}
	var joined wire.Joined
	if err := json.Unmarshal([]byte(`{"credential":"x"}`), &joined); err != nil || joined.Credential != "x" {
		t.Error(joined, err)
	}
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// Over a slow network an output takes longer than silence may: each piece is a sign, as
// a connection may fill all that it is given before it returns.
func TestEachPieceOfAnOutputIsASign(t *testing.T) {
	d := &device{room: &Room{epoch: time.Now().Add(-time.Hour)}, session: newSession(0)}
	largest := 0
	in := readerFunc(func(p []byte) (int, error) { largest = max(largest, len(p)); return len(p), nil })
	if n, err := io.ReadFull(&alive{in, d}, make([]byte, 5*piece+1)); n != 5*piece+1 || err != nil {
		t.Fatal(n, err)
	}
	if largest != piece || d.session.heard < time.Hour {
		t.Errorf("%d bytes were read before anything was heard; heard at %v", largest, d.session.heard)
	}
}

// A device that rests is asked for a sign now and then, and one that begins to work is
// given its first beat, however long ago it was heard.
func TestRestAndWork(t *testing.T) {
	rests := func() *session {
		s := newSession(0)
		s.admit(0, wire.Hello{Name: "pc", Kind: wire.Machine, Lanes: 1}, "1")
		for n := 1; n <= firstPings; n++ {
			s.hear(0, wire.Message{Pong: &wire.Pong{Number: n, Clock: 1}})
		}
		return s
	}
	for _, tt := range []struct {
		name  string
		s     *session
		asked time.Duration // for a sign
		gone  time.Duration
		from  time.Duration // it works
	}{
		{"rests", rests(), RestTime, RestTime + 2*BeatTime, 0},
		{"works", rests(), RestTime - ms + BeatTime, RestTime - ms + SilenceTime, RestTime - ms},
	} {
		if tt.from > 0 {
			acts := tt.s.want(tt.from, &Place{room: &Room{}, epoch: time.Now()})
			if len(acts) != 2 || acts[0].send.Spec == nil || acts[1].send.Ping == nil {
				t.Fatalf("asked to work: %+v", acts)
			}
		}
		if due := tt.s.due(); due != tt.asked {
			t.Errorf("%s: due at %v, not %v", tt.name, due, tt.asked)
		}
		if acts := tt.s.tick(tt.asked); len(acts) != 1 || acts[0].send.Ping == nil {
			t.Errorf("%s: at %v %+v", tt.name, tt.asked, acts)
		}
		if tt.s.tick(tt.gone - 1); tt.s.state == StateGone {
			t.Errorf("%s: gone before %v", tt.name, tt.gone)
		}
		if tt.s.tick(tt.gone); tt.s.state != StateGone {
			t.Errorf("%s: not gone after %v", tt.name, tt.gone)
		}
	}
}
