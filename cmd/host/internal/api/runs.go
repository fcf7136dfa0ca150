package api

import (
	"net/http"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"

	"carriles/cmd/host/internal/runs"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/fault"
)

// The limits of event streams.
const (
	streamsPerClient = 4
	streamsInAll     = 256
	heartbeat        = 15 * time.Second
	streamWrite      = 5 * time.Second // a reader that never reads is dropped
)

func (a *api) submitRun(w http.ResponseWriter, r *http.Request) {
	view, err := a.submit(w, r, request.Endpoint{Methods: request.GuideMethods(), MethodsField: true, Runs: true})
	if err != nil {
		a.fail(w, r, err)
		return
	}
	w.Header().Set("Location", "/api/runs/"+view.ID+"/")
	a.answer(w, http.StatusAccepted, view)
}

func (a *api) listRuns(w http.ResponseWriter, _ *http.Request) {
	a.answer(w, http.StatusOK, map[string]any{"runs": a.Runs.List()})
}

func (a *api) showRun(w http.ResponseWriter, r *http.Request) {
	view, err := a.Runs.View(chi.URLParam(r, "id"))
	if err != nil {
		a.fail(w, r, err)
		return
	}
	if view.Result != nil {
		view.Result = inLanguage(view.Result, language(r))
	}
	a.answer(w, http.StatusOK, view)
}

// timeline gives the lanes of each method's median round.
func (a *api) timeline(w http.ResponseWriter, r *http.Request) {
	view, err := a.Runs.View(chi.URLParam(r, "id"))
	if err != nil {
		a.fail(w, r, err)
		return
	}
	lines := []result.Timeline{}
	if view.Result != nil {
		lines = view.Result.Timelines
	}
	a.answer(w, http.StatusOK, map[string]any{"id": view.ID, "state": view.State, "timelines": lines})
}

func (a *api) cancelRun(w http.ResponseWriter, r *http.Request) {
	if err := a.Runs.Cancel(chi.URLParam(r, "id")); err != nil {
		a.fail(w, r, err)
		return
	}
	a.showRun(w, r)
}

// watchRun streams a run's views as server-sent events named "run", beginning
// with the present one and ending with a final one; before each what its lanes
// have done since, in events named "lanes". Right behind the first one, unless
// it is final, and between the others are events named "queue": all that is
// measured or waits, as result.Queue.
func (a *api) watchRun(w http.ResponseWriter, r *http.Request) {
	leave, ok := a.streams.enter(client(r))
	if !ok {
		a.fail(w, r, fault.Errorf(fault.CodeBusy, "hay demasiadas páginas mirando", "too many pages are watching"))
		return
	}
	defer leave()
	id := chi.URLParam(r, "id")
	news, stop, err := a.Runs.Watch(id)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	defer stop()
	waiting, leaveQueue := a.Runs.WatchQueue()
	defer leaveQueue()
	var queue <-chan runs.News // waiting, once the run's first event is there
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	write := eventStream(w)
	told := 0 // of the lanes' events
	for {
		select {
		case <-r.Context().Done():
			return
		case <-beat.C:
			if !write([]byte(": \n\n")) {
				return
			}
		case data := <-queue:
			if !write(appendEvent(nil, "queue", data.JSON)...) {
				return
			}
		case data := <-news:
			var lanes [][]byte
			lanes, told = data.Lanes(told)
			var parts [][]byte
			for _, l := range lanes {
				parts = appendEvent(parts, "lanes", l)
			}
			parts = appendEvent(parts, "run", data.JSON)
			if queue == nil && !data.Final {
				queue = waiting
				select {
				case first := <-queue:
					parts = appendEvent(parts, "queue", first.JSON)
				default: // it cannot be encoded, which is in the log
				}
			}
			if !write(parts...) || data.Final {
				return
			}
		}
	}
}

// appendEvent adds an event to what is to be written.
func appendEvent(parts [][]byte, name string, data []byte) [][]byte {
	return append(parts, []byte("event: "+name+"\ndata: "), data, []byte("\n\n"))
}

// eventStream begins a stream of events. What it returns writes to it, and is
// false when the reader is gone or does not read.
func eventStream(w http.ResponseWriter) (write func(parts ...[]byte) bool) {
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	return func(parts ...[]byte) bool {
		_ = out.SetWriteDeadline(time.Now().Add(streamWrite))
		for _, p := range parts {
			if _, err := w.Write(p); err != nil {
				return false
			}
		}
		return out.Flush() == nil
	}
}

// streams counts the open event streams.
type streams struct {
	mu       sync.Mutex
	byClient map[string]int
	all      int
}

func newStreams() *streams { return &streams{byClient: map[string]int{}} }

// enter takes a place; leave must be called if ok.
func (s *streams) enter(client string) (leave func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all >= streamsInAll || s.byClient[client] >= streamsPerClient {
		return nil, false
	}
	s.all++
	s.byClient[client]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.all--
		if s.byClient[client]--; s.byClient[client] == 0 {
			delete(s.byClient, client)
		}
	}, true
}
