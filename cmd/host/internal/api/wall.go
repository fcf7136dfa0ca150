package api

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"carriles/cmd/host/internal/wall"
	"carriles/executor/batch/class"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/web/draw"
)

// laid answers with a page that is whole before any script runs.
func (a *api) laid(page func(wall.Seen) (string, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		html, err := page(a.seen(r))
		if err != nil {
			a.fail(w, r, err)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		if _, err := w.Write([]byte(html)); err != nil {
			a.Log.Debug("writing a page", "err", err) // the client has gone
		}
	}
}

// wallEvents streams the wall's screens.
func (a *api) wallEvents(w http.ResponseWriter, r *http.Request) {
	a.screens(w, r, "", func([]byte) (draw.Screen, error) { return wall.Of(a.seen(r)) })
}

// phoneEvents streams a member's screens, and keeps it in the class.
func (a *api) phoneEvents(w http.ResponseWriter, r *http.Request) {
	member := r.URL.Query().Get("member")
	if err := a.Class.CheckMember(member); err != nil {
		a.fail(w, r, err)
		return
	}
	lang := tongue(r)
	a.screens(w, r, member, func(state []byte) (draw.Screen, error) {
		return a.phones.of(lang, state, func() (draw.Screen, error) { return wall.Phone(a.seen(r)) })
	})
}

// screens streams what of lays out as server-sent events named "screen", each when
// the class has changed, with those parts that have. What a run has come to is in
// the class's queue, so a run that ends is such a change.
func (a *api) screens(w http.ResponseWriter, r *http.Request, member string, of func(state []byte) (draw.Screen, error)) {
	leave, ok := a.enterFor(a.classStreams, w, r, member)
	if !ok {
		return
	}
	defer leave()
	write, told := eventStream(w, r), draw.Screen{}
	err := a.Class.Stream(r.Context(), member, func(data []byte) bool {
		if data == nil {
			return write([]byte(": \n\n"))
		}
		screen, err := of(data)
		if err == nil {
			data, err = json.Marshal(screen.Since(told))
		}
		if err != nil {
			a.Log.Error("laying out a screen", "err", err)
			return false
		}
		told = screen
		return write([]byte("event: screen\ndata: "), data, []byte("\n\n"))
	})
	if err != nil {
		a.Log.Error("encoding the class", "err", err)
	}
}

// phones is the newest screen of the phones, by language: thirty of them see the
// same, and it is laid out once.
type phones struct {
	mu     sync.Mutex
	newest map[string]phoneScreen
}

type phoneScreen struct {
	state  string // of the class, as it was told
	screen draw.Screen
	at     time.Time
}

// of gives the screen of a state, by lay if it was not laid out yet.
func (p *phones) of(lang string, state []byte, lay func() (draw.Screen, error)) (draw.Screen, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	known, ok := p.newest[lang]
	if !ok || known.state != string(state) {
		screen, err := lay()
		if err != nil {
			return screen, err
		}
		known = phoneScreen{string(state), screen, time.Now()}
		if p.newest == nil {
			p.newest = map[string]phoneScreen{}
		}
		p.newest[lang] = known
	}
	screen := known.screen
	if screen.LeftS > 0 { // it was when it was laid out
		screen.LeftS = max(0.001, screen.LeftS-time.Since(known.at).Seconds())
	}
	return screen, nil
}

// tongue is the language of a page that a script may have asked for in another than
// the browser's.
func tongue(r *http.Request) string {
	if cmp.Or(r.URL.Query().Get("lang"), language(r)) == "en" {
		return "en"
	}
	return "es"
}

// seen is what the wall and the phones are laid out from, as things stand now.
func (a *api) seen(r *http.Request) wall.Seen {
	s := wall.Seen{Lang: tongue(r), State: a.Class.View(), Address: a.joinAddresses(r)[0].URL, Assets: cmp.Or(a.AssetsPath, "/web")}
	s.State.Queue = a.Runs.Queue() // with estimates as of now
	view := func(id string) *result.RunView {
		v, err := a.Runs.View(id)
		if err != nil {
			return nil // it is forgotten, and not shown
		}
		return &v
	}
	if s.State.Shown != nil {
		s.Run = view(s.State.Shown.RunID)
	}
	s.Runs = map[int]*result.RunView{}
	for _, shown := range s.State.Runs {
		s.Runs[shown.Command] = view(shown.RunID)
	}
	if turn := s.State.Turn; turn != nil && turn.Phase == class.TurnBrowsers {
		s.Values = map[int]*request.Spec{}
		for _, g := range turn.Groups {
			s.Values[g.Value] = a.inBrowser(g.Request)
		}
	}
	switch round := s.State.Round; {
	case round == nil:
	case round.Phase == class.RoundOpen:
		s.Asked = a.specOf(round.Request, request.Endpoint{Methods: request.GuideMethods(), MethodsField: true})
	case round.Reveal != nil:
		if s.Revealed = s.Run; s.Run == nil || s.Run.ID != round.Reveal.Outcome.RunID {
			s.Revealed = view(round.Reveal.Outcome.RunID)
		}
		s.Here = a.inBrowser(round.Request)
	}
	for _, spec := range append(slices.Collect(maps.Values(s.Values)), s.Here) { // of the same photographs
		s.Photos = max(s.Photos, a.photos(spec))
	}
	return s
}

// photos is how many bytes a browser downloads for a batch; 0 for none.
func (a *api) photos(spec *request.Spec) (all int64) {
	if spec == nil {
		return 0
	}
	for _, name := range spec.UsedImages() {
		if _, size, err := a.Library.SHA256(name); err == nil { // else the browser tells that it is not there
			all += size
		}
	}
	return all
}

// inBrowser is what a browser measures of a request of the lesson's; nil if this
// server takes none such.
func (a *api) inBrowser(asked request.Request) *request.Spec {
	spec := a.specOf(asked.InBrowser(), request.Endpoint{MethodsField: true})
	if spec != nil {
		spec.Methods, spec.Workers = []string{request.Browser}, 0
	}
	return spec
}

// specOf is what a request of the lesson's measures; nil if this server takes none such.
func (a *api) specOf(asked request.Request, ep request.Endpoint) *request.Spec {
	body, err := json.Marshal(asked)
	if err == nil {
		var spec request.Spec
		if spec, err = request.Parse(body, ep, a.Lab()); err == nil {
			return &spec
		}
	}
	a.Log.Warn("the question's batch is none that this server takes", "err", err)
	return nil
}
