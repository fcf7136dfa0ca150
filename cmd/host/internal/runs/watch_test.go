package runs

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"carriles/executor/batch/result"
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
