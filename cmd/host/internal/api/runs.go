package api

import (
	"net/http"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5"

	"carriles/cmd/host/internal/runs"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/fault"
	"carriles/executor/text"
)

// RunsEndpoint is that of the runs: all that any batch may be asked for with.
func RunsEndpoint() request.Endpoint {
	return request.Endpoint{Methods: request.GuideMethods(), MethodsField: true, Runs: true}
}

func (a *api) submitRun(w http.ResponseWriter, r *http.Request) {
	secret := newSecret()
	view, err := a.submit(w, r, RunsEndpoint(), secret)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	w.Header().Set("Location", "/api/runs/"+view.ID+"/")
	a.answer(w, http.StatusAccepted, result.Accepted{RunView: view, CancelToken: secret})
}

// forecast says how long a run would take, and starts nothing. With ?within_s=2 it
// says of how many images it may be to take 2 s; on a machine that has not measured
// anything yet, a few images are measured for that.
func (a *api) forecast(w http.ResponseWriter, r *http.Request) {
	spec, err := a.spec(w, r, RunsEndpoint())
	if err != nil {
		a.fail(w, r, err)
		return
	}
	if asked := r.URL.Query().Get("within_s"); asked != "" {
		within, err := strconv.ParseFloat(asked, 64)
		if err != nil || !(within > 0 && within <= mostWithin) {
			a.fail(w, r, fault.Invalid([]fault.Fault{{
				Code: fault.CodeOutOfRange, Field: "within_s", Text: text.Sprintf("«within_s» son segundos", "\"within_s\" is in seconds"),
				Allowed: text.Sprintf("más de 0 y hasta %d", "more than 0 and up to %d", mostWithin),
			}}))
			return
		}
		a.answer(w, http.StatusOK, a.Runs.Within(r.Context(), spec, within, a.Limits.Count))
		return
	}
	a.answer(w, http.StatusOK, a.Runs.Forecast(spec))
}

// mostWithin is the longest time that a count may be asked for, in seconds.
const mostWithin = 600

// runList is the answer of GET /api/runs/.
type runList struct {
	Runs []result.RunView `json:"runs"`
}

func (a *api) listRuns(w http.ResponseWriter, _ *http.Request) {
	a.answer(w, http.StatusOK, runList{a.Runs.List()})
}

func (a *api) showRun(w http.ResponseWriter, r *http.Request) {
	view, err := a.Runs.View(chi.URLParam(r, "id"))
	if err != nil {
		a.fail(w, r, err)
		return
	}
	if view.Result != nil {
		view.Result = view.Result.In(language(r))
	}
	a.answer(w, http.StatusOK, view)
}

// timelines is the answer of GET /api/runs/{id}/timeline/.
type timelines struct {
	ID    string            `json:"id"`
	State result.State      `json:"state"`
	Lines []result.Timeline `json:"timelines"`
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
	a.answer(w, http.StatusOK, timelines{view.ID, view.State, lines})
}

func (a *api) cancelRun(w http.ResponseWriter, r *http.Request) {
	if err := a.Runs.CancelBy(chi.URLParam(r, "id"), a.asker(r, r.Header.Get(cancelHeader))); err != nil {
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
	leave, ok := a.enterFor(a.runStreams, w, r, "")
	if !ok {
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
	write := eventStream(w, r)
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
