// Package dom is what the page asks of the browser it is in: promises, listeners,
// what a browser remembers, scripts, where the reader looks. It asks the host for
// nothing and shows nothing.
package dom

import (
	"encoding/json"

	"carriles/wasm/promise"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Await blocks the calling goroutine, which must not be the UI's, until a
// promise is settled.
func Await(p app.Value) (app.Value, error) { return promise.Await(p, app.FuncOf) }

// Listeners are the page's ears on one object of the browser.
type Listeners struct {
	On   app.Value
	list []listener
}

type listener struct {
	event string
	f     app.Func
}

// Add has f called with each event.
func (l *Listeners) Add(event string, f func(e app.Value)) {
	heard := app.FuncOf(func(_ app.Value, args []app.Value) any {
		f(args[0])
		return nil
	})
	l.list = append(l.list, listener{event, heard})
	l.On.Call("addEventListener", event, heard)
}

// Drop takes the listeners off and only then frees them: an event that is on
// its way already would call a function that is gone.
func (l *Listeners) Drop() {
	for _, h := range l.list {
		l.On.Call("removeEventListener", h.event, h.f)
		h.f.Release()
	}
	l.list = nil
}

// The places where a browser remembers: for good, or as long as the tab lives.
const (
	ForGood = "localStorage"
	ForTab  = "sessionStorage"
)

func Stored(key string) string { return StoredIn(ForGood, key) }

// Store remembers a value in this browser, if it may.
func Store(key, value string) { StoreIn(ForGood, key, value) }

// StoredIn reads a remembered value. Browsers may forbid the storage: then
// nothing is remembered.
func StoredIn(place, key string) (value string) {
	defer func() {
		if recover() != nil {
			value = ""
		}
	}()
	if v := app.Window().Get(place).Call("getItem", key); v.Truthy() {
		return v.String()
	}
	return ""
}

func StoreIn(place, key, value string) {
	defer func() { _ = recover() }()
	app.Window().Get(place).Call("setItem", key, value)
}

func KeepIn(place, key string, v any) {
	if b, err := json.Marshal(v); err == nil {
		StoreIn(place, key, string(b))
	}
}

// KeptIn reads such a value into v, which stays as it is if there is none.
func KeptIn(place, key string, v any) {
	_ = json.Unmarshal([]byte(StoredIn(place, key)), v) // nothing is remembered at first
}

// WithScripts has scripts and styles loaded one after the other, each once in
// the page's life, and then calls do on the UI's goroutine. The error is that
// one of them did not come.
func WithScripts(ctx app.Context, urls []string, do func(error)) {
	ctx.Async(func() {
		var err error
		for _, url := range urls {
			if err == nil {
				_, err = Await(app.Window().Call("carrilesLoad", Asset(url)))
			}
		}
		ctx.Dispatch(func(app.Context) { do(err) })
	})
}

// Asset is the address of a file of the page, path beginning with /web/: it
// changes with the files' content, so that browsers keep what they have.
func Asset(path string) string { return app.Getenv("GOAPP_STATIC_RESOURCES_URL") + path }

// BrowserCores is how many threads this browser may have, as it says itself; 0
// if it does not.
func BrowserCores() int {
	if n := app.Window().Get("navigator").Get("hardwareConcurrency"); n.Truthy() {
		return n.Int()
	}
	return 0
}

func Document() app.Value { return app.Window().Get("document") }

func Media(query string) bool {
	return app.Window().Call("matchMedia", query).Get("matches").Bool()
}

// InView reports whether the top of an element is in the upper half of the
// window, where it cannot be overlooked.
func InView(id string) bool {
	el := app.Window().GetElementByID(id)
	if !el.Truthy() {
		return false
	}
	top := el.Call("getBoundingClientRect").Get("top").Float()
	return top >= 0 && top < app.Window().Get("innerHeight").Float()/2
}

// ScrollTo brings an element to the top of the window.
func ScrollTo(id string) {
	el := app.Window().GetElementByID(id)
	if !el.Truthy() {
		return
	}
	behavior := "smooth"
	if Media("(prefers-reduced-motion: reduce)") {
		behavior = "auto"
	}
	el.Call("scrollIntoView", map[string]any{"behavior": behavior, "block": "start"})
}

func Focus(id string) {
	if el := app.Window().GetElementByID(id); el.Truthy() {
		el.Call("focus")
	}
}

// FocusOn moves the keyboard to the first element that a selector finds.
func FocusOn(selector string) {
	if el := Document().Call("querySelector", selector); el.Truthy() {
		el.Call("focus")
	}
}

// CopyText copies what an element shows. The clipboard's API exists only on
// secure origins, and a classroom's address is plain http: there, the old
// command copies the selection.
func CopyText(el app.Value, text string) bool {
	if clipboard := app.Window().Get("navigator").Get("clipboard"); clipboard.Truthy() && app.Window().Get("isSecureContext").Bool() {
		clipboard.Call("writeText", text)
		return true
	}
	selection := app.Window().Call("getSelection")
	selection.Call("selectAllChildren", el)
	return Document().Call("execCommand", "copy").Bool()
}
