// Package client is how the page asks the host: requests with their problems in
// words, event streams, and scopes.
//
// The hard case is an answer that comes too late. Everything that is asked for is
// asked for in a Scope, which ends when nobody wants it any more (another run is
// opened, a link is tried anew, the view is left); what comes after its end never
// arrives. So no answer carries a number that somebody must compare.
package client

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"carriles/executor/batch/class"
	"carriles/wasm/ui/dom"
	"carriles/wasm/ui/i18n"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Host is who is asked. Server is the page's; tests of what asks have their own.
type Host interface {
	// Send asks and reads the whole answer. It blocks, so it must not be called
	// on the UI's goroutine. The error is the browser's: there was no answer.
	Send(q Question) (Reply, error)
	// Listen opens an event stream and calls heard by the events' names; lost when
	// the connection breaks: gone is that it will not come back by itself. None of
	// them is called on the UI's goroutine, nor after end.
	Listen(url string, heard map[string]func(data string), lost func(gone bool)) (end func())
}

type Question struct {
	Lang   i18n.Lang // of its sentences
	Method string
	URL    string
	Body   string // JSON, or empty
	Secret string // of the run that is to be cancelled
	// Signal is an AbortSignal that ends the asking, in place of fetchTimeout; may be nil.
	Signal app.Value
}

// KeyToken is where a tab keeps the presenter's token, which goes with all that
// it asks.
const KeyToken = "carriles.token"

// Token is the presenter's, in the tab that leads the class; empty in any other.
func Token() string { return dom.StoredIn(dom.ForTab, KeyToken) }

// bearer is how a request says that the presenter asks.
func bearer(token string) string { return "Bearer " + token }

// seated is the address of an event stream, for the presenter that of its own
// place: a browser sets no header with one.
func seated(url, token string) string {
	switch {
	case token == "":
		return url
	case strings.Contains(url, "?"):
		return url + "&" + class.SeatField + "=" + class.Seat(token)
	}
	return url + "?" + class.SeatField + "=" + class.Seat(token)
}

type Reply struct {
	Status     int
	Body       string
	RetryAfter int // seconds; 0: not said
}

func (r Reply) OK() bool { return r.Status >= 200 && r.Status < 300 }

// Ask reads the host's answer into v, of which nil is that it does not matter.
func Ask(h Host, q Question, v any) *Problem {
	r, err := h.Send(q)
	return Read(r, err, v)
}

// Read reads what came of a request into v, as Ask does.
func Read(r Reply, err error, v any) *Problem {
	if problem := ProblemWith(r, err); problem != nil || v == nil {
		return problem
	}
	if err := json.Unmarshal([]byte(r.Body), v); err != nil {
		return &Problem{Key: "error.answer", Detail: err.Error()}
	}
	return nil
}

// Get reads the host's answer of a URL into v.
func Get(h Host, lang i18n.Lang, url string, v any) *Problem {
	return Ask(h, Question{Lang: lang, Method: "GET", URL: url}, v)
}

// Post sends what as JSON and reads the host's answer into v.
func Post(h Host, q Question, what, v any) *Problem {
	body, err := json.Marshal(what)
	if err != nil {
		return &Problem{Key: "error.answer", Detail: err.Error()}
	}
	q.Method, q.Body = "POST", string(body)
	return Ask(h, q, v)
}

// fetchTimeout bounds every request but an upload, in milliseconds: on a
// classroom's network a request may get no answer at all.
const fetchTimeout = 20_000

// Server is the host that the page is from.
type Server struct{}

func (Server) Send(q Question) (Reply, error) {
	headers := map[string]any{"Accept-Language": string(q.Lang)}
	options := map[string]any{"method": q.Method, "cache": "no-store", "headers": headers}
	if q.Body != "" {
		options["body"], headers["Content-Type"] = q.Body, "application/json"
	}
	if token := Token(); token != "" {
		headers["Authorization"] = bearer(token)
	}
	if q.Secret != "" {
		headers["X-Cancel-Token"] = q.Secret
	}
	if q.Signal != nil {
		options["signal"] = q.Signal
	} else if signal := app.Window().Get("AbortSignal"); signal.Truthy() && signal.Get("timeout").Truthy() {
		options["signal"] = signal.Call("timeout", fetchTimeout)
	}
	response, err := dom.Await(app.Window().Call("fetch", q.URL, options))
	if err != nil {
		return Reply{}, err
	}
	text, err := dom.Await(response.Call("text"))
	if err != nil {
		return Reply{}, err
	}
	r := Reply{Status: response.Get("status").Int(), Body: text.String()}
	if after := response.Get("headers").Call("get", "Retry-After"); after.Truthy() {
		// A date instead of seconds reads as 0: then no time is named.
		r.RetryAfter, _ = strconv.Atoi(after.String())
	}
	return r, nil
}

// Listen implements Host. A stream that is lost comes back by itself: that is
// what EventSource does.
func (Server) Listen(url string, heard map[string]func(data string), lost func(gone bool)) (end func()) {
	source := app.Window().Get("EventSource").New(seated(url, Token()))
	ears := &dom.Listeners{On: source}
	for event, hear := range heard {
		ears.Add(event, func(e app.Value) { hear(e.Get("data").String()) })
	}
	ears.Add("error", func(app.Value) {
		const closed = 2 // EventSource.CLOSED: it will not try again
		lost(source.Get("readyState").Int() == closed)
	})
	return func() {
		ears.Drop()
		source.Call("close")
	}
}

// SendFiles posts files as a form, telling how far it has come from 0 to 1:
// fetch cannot tell that.
func SendFiles(lang i18n.Lang, url string, files []app.Value, progress func(share float64)) (Reply, error) {
	form := app.Window().Get("FormData").New()
	for _, f := range files {
		form.Call("append", "files", f)
	}
	xhr := app.Window().Get("XMLHttpRequest").New()
	moved := &dom.Listeners{On: xhr.Get("upload")}
	defer moved.Drop()
	moved.Add("progress", func(e app.Value) {
		if total := e.Get("total").Float(); total > 0 {
			progress(e.Get("loaded").Float() / total)
		}
	})
	done := make(chan struct{}, 1)
	over := &dom.Listeners{On: xhr}
	defer over.Drop()
	over.Add("loadend", func(app.Value) { done <- struct{}{} }) // after load, error and abort alike
	xhr.Call("open", "POST", url)
	xhr.Call("setRequestHeader", "Accept-Language", string(lang))
	if token := Token(); token != "" {
		xhr.Call("setRequestHeader", "Authorization", bearer(token))
	}
	xhr.Call("send", form)
	<-done
	r := Reply{Status: xhr.Get("status").Int(), Body: xhr.Get("responseText").String()}
	if r.Status == 0 {
		return r, errors.New("no answer")
	}
	return r, nil
}
