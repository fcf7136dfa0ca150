package analysis

import (
	"strings"
	"testing"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
)

func wayOf(t *testing.T, name string) request.WaitWay {
	t.Helper()
	way, ok := request.LookupWaitWay(name)
	if !ok {
		t.Fatalf("no way %q", name)
	}
	return way
}

func TestWaitRoom(t *testing.T) {
	const enough = 1 << 20 // descriptors
	for _, tt := range []struct {
		name string
		way  string
		n    int
		room WaitRoom
		why  string // empty: it may be tried
	}{
		{"a thousand threads", request.WaitThreads, 1000, WaitRoom{Descriptors: enough}, ""},
		{"one more", request.WaitThreads, 1001, WaitRoom{Descriptors: enough}, "1001 threads at once are too many"},
		{"goroutines", request.WaitGoroutines, 10_000, WaitRoom{Descriptors: enough}, ""},
		{"few descriptors", request.WaitGoroutines, 1000, WaitRoom{Descriptors: 1024}, "1024 files and connections"},
		{"just enough", request.WaitGoroutines, 960, WaitRoom{Descriptors: 1024}, ""},
		// The students are one process.
		{"processes with few descriptors", request.WaitProcesses, 1000, WaitRoom{Descriptors: 1024}, "1024 files and connections"},
		// 10 x (16 MiB + 100 x 24 KiB) + 1000 x 24 KiB = 217 MB: twice that has to be there.
		{"processes in little memory", request.WaitProcesses, 1000, WaitRoom{Descriptors: enough, Memory: 400e6}, "need some 217 MB and 400 MB are left"},
		{"processes", request.WaitProcesses, 1000, WaitRoom{Descriptors: enough, Memory: 440e6}, ""},
		// 16 MiB + 1000 x 64 KiB + 1000 x 24 KiB = 107 MB
		{"threads in little memory", request.WaitThreads, 1000, WaitRoom{Descriptors: enough, Memory: 200e6}, "need some 107 MB and 200 MB are left"},
	} {
		why := tt.room.LacksFor(wayOf(t, tt.way), request.Waits{Requests: tt.n, Workers: 2})
		switch {
		case (why == nil) != (tt.why == ""):
			t.Errorf("%s: %+v, want %q", tt.name, why, tt.why)
		case why != nil && (!strings.Contains(strings.ReplaceAll(why.EN, text.NoBreak, " "), tt.why) || why.ES == ""):
			t.Errorf("%s: %+v, want %q", tt.name, why, tt.why)
		}
	}
}

func TestPatience(t *testing.T) {
	for _, tt := range []struct {
		way     string
		n       int
		seconds float64
		want    time.Duration
	}{
		{request.WaitSequential, 1000, 1, 3250 * time.Millisecond},
		{request.WaitSequential, 1000, 10, 22500 * time.Millisecond},
		{request.WaitSequential, 1, 10, 50 * time.Second},
		{request.WaitPool, 3, 0.1, 3025 * time.Millisecond},
		{request.WaitPool, 2, 0.1, 20300 * time.Millisecond},
		{request.WaitGoroutines, 1000, 1, 23 * time.Second},
	} {
		if got := Patience(wayOf(t, tt.way), request.Waits{Requests: tt.n, Seconds: tt.seconds, Workers: 2}); got != tt.want {
			t.Errorf("%s of %d x %v s: %v, want %v", tt.way, tt.n, tt.seconds, got, tt.want)
		}
	}
}

func TestWaited(t *testing.T) {
	w := request.Waits{Requests: 1000, Seconds: 1, Workers: 2}
	stopped := WaitedOf(wayOf(t, request.WaitPool), w, &result.WaitFigures{Answered: 6, Time: 3.003, LeftAfter: 3.25, PeakMemory: 30, BaseMemory: 10}, nil)
	// 3.003 s / 6 x 1000 = 500.5 s; 20 bytes by two at a time.
	if stopped.Forecast < 500.4 || stopped.Forecast > 500.6 || stopped.MemoryEach != 10 || stopped.Lanes != 2 || !strings.Contains(stopped.Text.EN, "stopped: all would take 8") {
		t.Errorf("%+v", stopped)
	}
	never := WaitedOf(wayOf(t, request.WaitPool), w, &result.WaitFigures{LeftAfter: 3.25}, nil)
	if never.Forecast != 500 { // 500 waits of each
		t.Errorf("%+v", never)
	}
	all := WaitedOf(wayOf(t, request.WaitProcesses), w, &result.WaitFigures{Answered: 1000, Time: 1.05, CPUUser: 0.25, CPUSystem: 0.5, Threads: 40}, nil)
	if all.Forecast != 0 || all.Lanes != 1000 || all.Processes != 10 || all.CPU != 0.75 || all.MemoryEach != 0 {
		t.Errorf("%+v", all)
	}
	why := text.Sprintf("no", "no")
	none := WaitedOf(wayOf(t, request.WaitThreads), w, nil, &why)
	if none.WaitFigures != nil || none.Unavailable.EN != "no" || none.Text.ES != "no" {
		t.Errorf("%+v", none)
	}
	said := WaitSummary(w, []result.Waited{stopped, none, all})
	for _, want := range []string{"1000 requests that wait 1", "all answered in 1.05", "10 processes", "40 threads", "A few workers\" would take 8"} {
		if !strings.Contains(said.EN, want) {
			t.Errorf("%q lacks %q", said.EN, want)
		}
	}
	if WaitSummary(w, []result.Waited{stopped, none}) != (text.Text{}) {
		t.Error("something is said where none answered all")
	}
}
