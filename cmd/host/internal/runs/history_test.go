package runs

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"carriles/executor/batch/result"
	"carriles/executor/fault"
)

// notebook is a Store in memory, which fails or waits where the test wants it
// to. The real one is tested in package journal, and both together in cmd/host.
type notebook struct {
	mu      sync.Mutex
	old     []result.RunView
	lines   []string // <id> <state>, and <id> for what is settled
	results map[string]result.RunView
	fails   error
	storing chan chan struct{} // if not nil: told of each result, which waits for an answer
}

func (n *notebook) Runs() []result.RunView { return n.old }

func (n *notebook) Note(v result.RunView) error {
	if v.State == result.Done && n.storing != nil {
		goOn := make(chan struct{})
		n.storing <- goOn
		<-goOn
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.fails != nil {
		return n.fails
	}
	n.lines = append(n.lines, v.ID+" "+string(v.State))
	if v.State == result.Done {
		n.results[v.ID] = v
	} else if hasResult(v) {
		return errors.New("a result of a run that is not done")
	}
	return nil
}

func (n *notebook) Result(id string) (result.RunView, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	v, ok := n.results[id]
	if !ok {
		return v, errors.New("secret cause")
	}
	return v, nil
}

func (n *notebook) Size(id string) int64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, ok := n.results[id]; ok {
		return 1000
	}
	return 0
}

func (n *notebook) Forget(v result.RunView) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lines = append(n.lines, v.ID+" forgotten")
	delete(n.results, v.ID)
	return nil
}

func (n *notebook) Settle(id string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lines = append(n.lines, id+" settled")
	return nil
}

// told is what the store has heard of a run.
func (n *notebook) told(id string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var states []string
	for _, l := range n.lines {
		if state, ok := strings.CutPrefix(l, id+" "); ok {
			states = append(states, state)
		}
	}
	return strings.Join(states, " ")
}

func inLabWith(t *testing.T, n *notebook, test func(t *testing.T, l lab)) {
	t.Helper()
	if n.results == nil {
		n.results = map[string]result.RunView{}
	}
	synctest.Test(t, func(t *testing.T) {
		f := &fake{t: t, begun: make(chan *call, 1000)}
		log := &bytes.Buffer{}
		l := lab{NewManager(f, n, slog.New(slog.NewTextHandler(log, nil))), f, t, log}
		test(t, l)
		l.Close()
	})
}

// oldRun is a run of an earlier server, as the clock of a synctest bubble has
// it: it begins with the year 2000.
func oldRun(id string, state result.State, age time.Duration) result.RunView {
	at := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Add(-age)
	v := result.RunView{ID: id, State: state, Created: at, Spec: spec}
	if state != result.Queued {
		v.Started = &at
	}
	if state.Final() {
		v.Finished = &at
	}
	if state == result.Failed {
		v.Error = &fault.ErrorBody{FaultBody: fault.FaultBody{Code: fault.CodeDiskFull, Error: "lleno"}}
		v.ErrorEN = &fault.ErrorBody{FaultBody: fault.FaultBody{Code: fault.CodeDiskFull, Error: "full"}}
	}
	return v
}

func listed(l lab) string {
	var ids []string
	for _, v := range l.List() {
		ids = append(ids, v.ID)
	}
	return strings.Join(ids, " ")
}

func TestOldRunsAreThere(t *testing.T) {
	res := &result.Comparison{TestInfo: result.TestInfo{ImagesCount: 7}}
	full := oldRun("done", result.Done, time.Hour)
	full.Result = res
	n := &notebook{
		old: []result.RunView{
			oldRun("done", result.Done, time.Hour), oldRun("failed", result.Failed, time.Hour),
			oldRun("running", result.Running, time.Minute), oldRun("queued", result.Queued, time.Second),
		},
		results: map[string]result.RunView{"done": full},
	}
	inLabWith(t, n, func(t *testing.T, l lab) {
		l.nothingBegins() // what was waiting is not begun without being asked for
		if got := listed(l); got != "queued running failed done" {
			t.Errorf("listed %s", got)
		}
		if v := l.is("done", result.Done, 0); v.Result != res {
			t.Errorf("result %+v", v.Result)
		}
		if got, err := l.Wait(t.Context(), "done"); err != nil || got.Comparison != res {
			t.Errorf("Wait: %v, %v", got, err)
		}
		if v := l.is("failed", result.Failed, 0); v.Error.Error != "lleno" || v.ErrorEN.Error != "full" {
			t.Errorf("error %+v", v.Error)
		}
		var e *fault.Error
		if _, err := l.Wait(t.Context(), "failed"); !errors.As(err, &e) || e.Code != fault.CodeDiskFull || e.Text.ES != "lleno" || e.Text.EN != "full" {
			t.Errorf("Wait: %v", err)
		}
		for _, id := range []string{"running", "queued"} {
			v, err := l.View(id)
			if err != nil || v.State != result.Interrupted || v.Finished == nil || v.Error.Code != "interrupted" || v.ErrorEN.Error == "" || v.Position != 0 {
				t.Errorf("%s: %+v, %v", id, v, err)
			}
			if got := n.told(id); got != "interrupted" {
				t.Errorf("the store hears that %s is %q", id, got)
			}
			news, stop, err := l.Watch(id)
			if err != nil {
				t.Fatal(err)
			}
			if views := seenBy(t, news); len(views) != 1 || views[0].State != result.Interrupted {
				t.Errorf("who watches %s sees %+v", id, views)
			}
			stop()
			if err := l.Cancel(id); err != nil {
				t.Errorf("cancelling %s: %v", id, err)
			}
		}
		if got := n.told("done") + n.told("failed"); got != "" {
			t.Errorf("the store hears %q of runs that it knows", got)
		}
		id := l.submit("a")
		l.begins(id).finish <- outcome{result: &result.Comparison{}}
		l.is(id, result.Done, 0)
	})
}

func TestTheStoreHearsOfEveryChange(t *testing.T) {
	n := &notebook{}
	inLabWith(t, n, func(t *testing.T, l lab) {
		ids := []string{l.submit("a"), l.submit("a"), l.submit("a"), l.submit("a")}
		l.begins(ids[0]).finish <- outcome{result: &result.Comparison{}}
		l.begins(ids[1]).finish <- outcome{err: errors.New("x")}
		third := l.begins(ids[2])
		for _, id := range ids[2:] {
			if err := l.Cancel(id); err != nil {
				t.Error(err)
			}
		}
		if got := n.told(ids[2]); got != "queued running cancelled" {
			t.Errorf("told %q before Execute has returned: its outputs must not be settled", got)
		}
		third.finish <- outcome{err: third.ctx.Err()}
		synctest.Wait()
		for i, want := range []string{"queued running done settled", "queued running failed settled", "queued running cancelled settled", "queued cancelled"} {
			if got := n.told(ids[i]); got != want {
				t.Errorf("run %d: told %q, want %q", i, got, want)
			}
		}
	})
}

// A run is done when its result is stored, not before; it cannot be cancelled
// meanwhile, and the next one waits.
func TestStoringAResult(t *testing.T) {
	n := &notebook{storing: make(chan chan struct{})}
	inLabWith(t, n, func(t *testing.T, l lab) {
		id, after := l.submit("a"), l.submit("a")
		l.begins(id).finish <- outcome{result: &result.Comparison{}}
		goOn := <-n.storing
		if v := l.is(id, result.Running, 0); v.Result != nil {
			t.Error("a running run has a result")
		}
		if err := l.Cancel(id); err != nil {
			t.Error(err)
		}
		l.is(id, result.Running, 0)
		l.is(after, result.Queued, 1)
		l.nothingBegins()
		close(goOn)
		if v := l.is(id, result.Done, 0); v.Result == nil {
			t.Error("no result")
		}
		l.begins(after).finish <- outcome{err: errors.New("x")}
		if len(l.discarded) > 0 {
			t.Error("a result was discarded")
		}
	})
}

func TestCloseWhileAResultIsStored(t *testing.T) {
	n := &notebook{storing: make(chan chan struct{})}
	inLabWith(t, n, func(t *testing.T, l lab) {
		id := l.submit("a")
		l.begins(id).finish <- outcome{result: &result.Comparison{}}
		goOn := <-n.storing
		closed := make(chan struct{})
		go func() {
			l.Close()
			close(closed)
		}()
		synctest.Wait()
		close(goOn)
		<-closed
		l.is(id, result.Done, 0)
		if got := n.told(id); got != "queued running done settled" {
			t.Errorf("told %q", got)
		}
	})
}

// A history that cannot be written ends no lesson.
func TestAStoreThatFails(t *testing.T) {
	n := &notebook{fails: errors.New("no space left")}
	inLabWith(t, n, func(t *testing.T, l lab) {
		for range keepResults + 2 {
			id := l.submit("a")
			l.begins(id).finish <- outcome{result: &result.Comparison{}}
			l.is(id, result.Done, 0)
		}
		for _, v := range l.List() {
			if full := l.is(v.ID, result.Done, 0); full.Result == nil {
				t.Error("a result that is stored nowhere is gone")
			}
		}
		if !strings.Contains(l.log.String(), "no space left") {
			t.Errorf("log: %s", l.log)
		}
	})
}

func TestOldResultsAreReadWhenTheyAreWanted(t *testing.T) {
	n := &notebook{}
	inLabWith(t, n, func(t *testing.T, l lab) {
		var ids []string
		for i := range keepResults + 3 {
			id := l.submit("a")
			l.begins(id).finish <- outcome{result: &result.Comparison{TestInfo: result.TestInfo{ImagesCount: i}}}
			synctest.Wait()
			ids = append(ids, id)
		}
		for i, id := range ids {
			if inMemory := l.runs[id].view.Result != nil; inMemory != (i >= 3) {
				t.Errorf("result %d of %d is in memory: %v", i, len(ids), inMemory)
			}
			if v := l.is(id, result.Done, 0); v.Result == nil || v.Result.TestInfo.ImagesCount != i {
				t.Errorf("result %d: %+v", i, v.Result)
			}
		}
		delete(n.results, ids[0])
		var e *fault.Error
		if _, err := l.View(ids[0]); !errors.As(err, &e) || e.Code != fault.CodeInternal || strings.Contains(e.Text.ES+e.Text.EN, "secret") || !strings.Contains(l.log.String(), "secret cause") {
			t.Errorf("a result that is gone: %v; the log: %s", err, l.log)
		}
	})
}

// Of large results fewer stay in memory, but the newest does, however large.
func TestLargeResultsAreReadWhenTheyAreWanted(t *testing.T) {
	inLabWith(t, &notebook{}, func(t *testing.T, l lab) {
		for _, step := range []struct {
			spans int
			stay  string
		}{{10, "0"}, {keepSpans - 11, "01"}, {1, "012"}, {1, "123"}, {keepSpans + 1, "4"}, {keepSpans, "5"}} {
			id := l.submit("a")
			l.begins(id).finish <- outcome{result: &result.Comparison{Timelines: []result.Timeline{{Lanes: []result.TimelineLane{{Spans: make([]result.TimelineSpan, step.spans)}}}}}}
			synctest.Wait()
			inMemory := ""
			for i, id := range l.history {
				if l.runs[id].view.Result != nil {
					inMemory += strconv.Itoa(i)
				}
			}
			if inMemory != step.stay {
				t.Errorf("after one of %d spans %s are in memory, not %s", step.spans, inMemory, step.stay)
			}
		}
	})
}

func TestMemoryAndStoreForgetTheSame(t *testing.T) {
	n := &notebook{old: []result.RunView{oldRun("old", result.Failed, keepFor+time.Second), oldRun("young", result.Failed, keepFor-time.Second)}}
	inLabWith(t, n, func(t *testing.T, l lab) {
		if listed(l) != "young" || n.told("old") != "forgotten" {
			t.Errorf("listed %q; the store heard %q", listed(l), n.told("old"))
		}
		time.Sleep(2 * time.Second)
		id := l.submit("a")
		if listed(l) != id || n.told("young") != "forgotten" {
			t.Errorf("listed %q; the store heard %q", listed(l), n.told("young"))
		}
		l.begins(id).finish <- outcome{result: &result.Comparison{}}
		synctest.Wait()
	})
}

func TestExpired(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	of := func(n int, k kept) []kept { return slices.Repeat([]kept{k}, n) }
	young := kept{final: true, finished: now.Add(-keepFor)}
	old := kept{final: true, finished: now.Add(-keepFor - 1)}
	large := kept{final: true, finished: now, bytes: keepBytes/2 + 1}
	half := kept{final: true, finished: now, bytes: keepBytes / 2}
	tests := []struct {
		name string
		runs []kept
		want []int
	}{
		{"none", nil, nil},
		{"as many as may be", of(keepRuns, young), nil},
		{"too many: the oldest", of(keepRuns+2, young), []int{0, 1}},
		{"too many, but the oldest is not over", append([]kept{{}}, of(keepRuns, young)...), []int{1}},
		{"none is over", of(keepRuns+2, kept{}), nil},
		{"too old", []kept{young, old, young, old}, []int{1, 3}},
		{"as large as may be", of(2, half), nil},
		{"too large: the oldest", of(2, large), []int{0}},
		{"one alone is too large", []kept{{final: true, finished: now, bytes: keepBytes + 1}}, []int{0}},
		{"what expired for its age leaves room", []kept{{final: true, finished: old.finished, bytes: keepBytes}, large}, []int{0}},
	}
	for _, tt := range tests {
		if got := expired(tt.runs, now); fmt.Sprint(got) != fmt.Sprint(tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
