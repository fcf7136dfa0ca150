package api

import (
	"cmp"
	"encoding/json"
	"net/http"

	"carriles/cmd/host/internal/wall"
	"carriles/executor/batch/class"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
)

// wall is the audience's view: a page that is whole before any script runs.
func (a *api) wall(w http.ResponseWriter, r *http.Request) {
	page, err := wall.Page(a.seen(r))
	if err != nil {
		a.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if _, err := w.Write([]byte(page)); err != nil {
		a.Log.Debug("writing the wall", "err", err) // the client has gone
	}
}

// wallEvents streams the wall's screens as server-sent events named "wall", each
// when the class has changed. What a run has come to is in the class's queue, so a
// run that ends is such a change.
func (a *api) wallEvents(w http.ResponseWriter, r *http.Request) {
	leave, ok := a.enterFor(a.classStreams, w, r, "")
	if !ok {
		return
	}
	defer leave()
	write := eventStream(w, r)
	err := a.Class.Stream(r.Context(), "", func(data []byte) bool {
		if data == nil {
			return write([]byte(": \n\n"))
		}
		screen, err := wall.Of(a.seen(r))
		if err == nil {
			data, err = json.Marshal(screen)
		}
		if err != nil {
			a.Log.Error("laying out the wall", "err", err)
			return false
		}
		return write([]byte("event: wall\ndata: "), data, []byte("\n\n"))
	})
	if err != nil {
		a.Log.Error("encoding the class", "err", err)
	}
}

// seen is what the wall is laid out from, as things stand now.
func (a *api) seen(r *http.Request) wall.Seen {
	s := wall.Seen{Lang: cmp.Or(r.URL.Query().Get("lang"), language(r)), State: a.Class.View(), Address: a.joinAddresses(r)[0].URL}
	if s.State.Shown != nil {
		if view, err := a.Runs.View(s.State.Shown.RunID); err == nil { // else it is forgotten, and not shown
			s.Run = &view
		}
	}
	s.Runs = map[int]*result.RunView{}
	for _, shown := range s.State.Runs {
		if view, err := a.Runs.View(shown.RunID); err == nil {
			s.Runs[shown.Command] = &view
		}
	}
	if round := s.State.Round; round != nil && round.Phase == class.RoundOpen {
		body, err := json.Marshal(round.Request)
		if err == nil {
			var spec request.Spec
			if spec, err = request.Parse(body, request.Endpoint{Methods: request.GuideMethods(), MethodsField: true}, a.lab()); err == nil {
				s.Asked = &spec
			}
		}
		if err != nil {
			a.Log.Warn("the question's batch is none that this server takes", "err", err)
		}
	}
	return s
}
