package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/fault"
)

func TestWaiting(t *testing.T) {
	l := open(t, twoPhotos(t))
	l.wait = func(_ context.Context, way request.WaitWay) (*result.WaitFigures, error) {
		switch way.Name {
		case request.WaitPool:
			return nil, fault.Errorf(fault.CodeInternal, "murió", "it died")
		case request.WaitProcesses:
			return nil, errors.New("secret")
		}
		return &result.WaitFigures{Answered: 500, Time: 1.1}, nil
	}
	o := l.do("POST", "/api/waiting/", `{"n": 500}`).object(t, 200, "n", "seconds", "workers", "ways", "results", "summary", "cores", "api_info")
	var got []string
	for _, r := range o["results"].([]any) {
		row := r.(map[string]any)
		got = append(got, row["way"].(string)+": "+row["text"].(map[string]any)["en"].(string))
	}
	want := "sequential: all 500 answered in 1.10 s; pool: it died; threads: all 500 answered in 1.10 s; goroutines: all 500 answered in 1.10 s; processes: it failed; the cause is in the log"
	if said := strings.ReplaceAll(strings.Join(got, "; "), "\u00a0", " "); said != want {
		t.Errorf("%s\nwant %s", said, want)
	}
	// The lab has 1024 descriptors a process.
	o = l.do("POST", "/api/waiting", `{"n": 1000, "ways": ["goroutines"]}`).object(t, 200, "results")
	if row := o["results"].([]any)[0].(map[string]any); row["unavailable"] == nil || row["answered"] != nil {
		t.Errorf("%v", row)
	}
	if e := l.do("POST", "/api/waiting/", `{"n": 0, "ways": ["fibres"]}`).fault(t, 400, fault.CodeOutOfRange); len(e.Faults) != 2 || e.Faults[1].Field != "ways[0]" {
		t.Errorf("%+v", e)
	}
	l.do("GET", "/api/waiting/", "").fault(t, 405, fault.CodeBadMethod)
	l.do("POST", "/api/waiting/", strings.Repeat(" ", maxBody+1)).fault(t, 413, fault.CodeTooLarge)
	l.quiet()
}

// TestWaitingForTheClass shows the class what the presenter's have given, way by way,
// and nobody else's.
func TestWaitingForTheClass(t *testing.T) {
	l := open(t, twoPhotos(t))
	l.control(`{"action":"show","step":"tomorrow"}`, 200)
	var seen []int
	l.wait = func(context.Context, request.WaitWay) (*result.WaitFigures, error) {
		if w := l.room.View().Waiting; w != nil {
			seen = append(seen, len(w.Results))
		}
		return &result.WaitFigures{Answered: 10, Time: 1}, nil
	}
	const asked = `{"n": 10, "ways": ["pool", "goroutines"]}`
	l.do("POST", "/api/waiting/", asked).object(t, 200)
	if w := l.room.View().Waiting; w != nil || seen != nil {
		t.Errorf("a student's are shown: %+v, %v", w, seen)
	}
	l.do("POST", "/api/waiting/", asked, asPresenter).object(t, 200)
	if w := l.room.View().Waiting; w == nil || len(w.Results) != 2 || w.Summary.ES == "" || !slices.Equal(seen, []int{0, 1}) {
		t.Errorf("%+v, seen before each way %v", w, seen)
	}
	l.quiet()
}

// TestWaitingInLine has one at a time, so many in line, and none for who has left.
func TestWaitingInLine(t *testing.T) {
	l := open(t, twoPhotos(t))
	began, ended := make(chan struct{}, 10), make(chan error, 10)
	var alone sync.Mutex
	l.wait = func(ctx context.Context, _ request.WaitWay) (*result.WaitFigures, error) {
		if !alone.TryLock() {
			t.Error("two at a time")
		}
		defer alone.Unlock()
		began <- struct{}{}
		<-ctx.Done()
		ended <- ctx.Err()
		return nil, ctx.Err()
	}
	ask := func() (code <-chan int, leave func()) {
		ctx, leave := context.WithCancel(t.Context())
		told := make(chan int, 1)
		go func() {
			code, _ := clientPost(ctx, l.url+"/api/waiting/") // 0 of who has left
			told <- code
		}()
		return told, leave
	}
	_, first := ask()
	<-began
	// An address has two places: one of two more waits, the other is turned away.
	second, leaveSecond := ask()
	third, leaveThird := ask()
	select {
	case code := <-second:
		second = third
		if leaveSecond(); code != http.StatusTooManyRequests {
			t.Errorf("%d", code)
		}
		leaveSecond = leaveThird
	case code := <-third:
		if leaveThird(); code != http.StatusTooManyRequests {
			t.Errorf("%d", code)
		}
	}
	first()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	<-began // the other one's turn
	leaveSecond()
	<-ended
	<-second
	l.do("POST", "/api/class/control/", `{"action":"pause"}`, "Authorization: Bearer "+presenterToken).object(t, 200)
	l.do("POST", "/api/waiting/", "").fault(t, 429, fault.CodeBusy)
}

func clientPost(ctx context.Context, url string) (int, error) {
	req, err := http.NewRequestWithContext(ctx, "POST", url, strings.NewReader(`{"n":5}`))
	if err != nil {
		return 0, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	return resp.StatusCode, nil
}
