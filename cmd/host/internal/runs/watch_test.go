package runs

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/crew"
	"carriles/executor/trace"
)

// seenBy reads the news of a run until the final one.
func seenBy(t *testing.T, news <-chan News) []result.RunView {
	var views []result.RunView
	for n := range news {
		var v result.RunView
		if err := json.Unmarshal(n.JSON, &v); err != nil {
			t.Error(err)
		}
		if n.Final != v.State.Final() {
			t.Errorf("%s is marked final: %v", v.State, n.Final)
		}
		views = append(views, v)
		if n.Final {
			break
		}
	}
	return views
}

func TestWatch(t *testing.T) {
	inLab(t, func(t *testing.T, l lab) {
		c := l.begins(l.submit("a"))
		id, ahead := l.submit("b"), ""
		news, stop, err := l.Watch(id)
		if err != nil {
			t.Fatal(err)
		}
		defer stop()
		take := func() result.RunView {
			t.Helper()
			synctest.Wait()
			select {
			case n := <-news:
				var v result.RunView
				if err := json.Unmarshal(n.JSON, &v); err != nil {
					t.Fatal(err)
				}
				return v
			default:
				t.Fatal("no news")
				return result.RunView{}
			}
		}
		if v := take(); v.State != result.Queued || v.Position != 1 || v.ID != id {
			t.Errorf("at first: %+v", v)
		}
		// A newcomer's turn does not come before ours: we are told our place again.
		ahead = l.submit("c")
		if v := take(); v.Position != 1 {
			t.Errorf("with another in the queue: %d ahead", v.Position)
		}
		c.finish <- outcome{result: &result.Comparison{}}
		c = l.begins(id)
		if v := take(); v.State != result.Running || v.Position != 0 {
			t.Errorf("running: %+v", v)
		}
		for i := range 1000 {
			c.progress(result.Progress{Done: i, Total: 1000})
		}
		if v := <-news; len(v.JSON) == 0 || !strings.Contains(string(v.JSON), `"done":999`) {
			t.Errorf("progress: %s", v.JSON) // the tick comes as soon as all else waits
		}
		c.finish <- outcome{result: &result.Comparison{}}
		if v := take(); v.State != result.Done || v.Result != nil {
			t.Errorf("at last: %+v", v)
		}
		l.begins(ahead).finish <- outcome{result: &result.Comparison{}}

		late, stopLate, err := l.Watch(id)
		if err != nil {
			t.Fatal(err)
		}
		defer stopLate()
		if views := seenBy(t, late); len(views) != 1 || views[0].State != result.Done {
			t.Errorf("who comes late sees %+v", views)
		}
	})
}

// The place in the queue of a watched run changes when a client that has not
// had its turn comes later.
func TestWatchersHearOfNewcomers(t *testing.T) {
	inLab(t, func(t *testing.T, l lab) {
		c := l.begins(l.submit("a"))
		second := l.submit("a")
		news, stop, err := l.Watch(second)
		if err != nil {
			t.Fatal(err)
		}
		defer stop()
		<-news
		l.submit("b")
		synctest.Wait()
		select {
		case n := <-news:
			if !strings.Contains(string(n.JSON), `"position":2`) {
				t.Errorf("told %s", n.JSON)
			}
		default:
			t.Error("a newcomer went before, and nobody was told")
		}
		go func() {
			for c := range l.begun {
				c.finish <- outcome{err: context.Canceled}
			}
		}()
		c.finish <- outcome{err: context.Canceled}
		l.Close()
		close(l.begun)
	})
}

// Whatever ends a run, its watchers see a final state.
func TestWatchersSeeTheEnd(t *testing.T) {
	tests := map[string]struct {
		end  func(l lab, id string, c *call)
		want result.State
	}{
		"done":      {func(_ lab, _ string, c *call) { c.finish <- outcome{result: &result.Comparison{}} }, result.Done},
		"failed":    {func(_ lab, _ string, c *call) { c.finish <- outcome{err: errors.New("x")} }, result.Failed},
		"panic":     {func(_ lab, _ string, c *call) { c.finish <- outcome{panics: "x"} }, result.Failed},
		"cancelled": {func(l lab, id string, c *call) { _ = l.Cancel(id); c.finish <- outcome{err: c.ctx.Err()} }, result.Cancelled},
		"closed":    {func(l lab, _ string, c *call) { c.finish <- outcome{err: context.Canceled}; l.Close() }, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			inLab(t, func(t *testing.T, l lab) {
				id := l.submit("a")
				c := l.begins(id)
				news, stop, err := l.Watch(id)
				if err != nil {
					t.Fatal(err)
				}
				defer stop()
				go tt.end(l, id, c)
				views := seenBy(t, news)
				if last := views[len(views)-1]; tt.want != "" && last.State != tt.want {
					t.Errorf("the last news is %s, want %s", last.State, tt.want)
				}
				synctest.Wait()
			})
		})
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
		c.live.Spans(0, crew.Identity{}, []trace.Span{{Stage: trace.Decode, End: 5 * time.Millisecond}})
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
		c.live.Spans(0, crew.Identity{}, []trace.Span{{Stage: trace.Encode, Start: 5 * time.Millisecond, End: 9 * time.Millisecond}})
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
