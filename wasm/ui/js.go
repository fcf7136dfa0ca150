package ui

import (
	"encoding/json"

	"carriles/wasm/promise"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// await blocks the calling goroutine, which must not be the UI's, until a
// promise is settled.
func await(p app.Value) (app.Value, error) { return promise.Await(p, app.FuncOf) }

// listeners are the page's ears on one object of the browser.
type listeners struct {
	on   app.Value
	list []listener
}

type listener struct {
	event string
	f     app.Func
}

// add has f called with each event.
func (l *listeners) add(event string, f func(e app.Value)) {
	heard := app.FuncOf(func(_ app.Value, args []app.Value) any {
		f(args[0])
		return nil
	})
	l.list = append(l.list, listener{event, heard})
	l.on.Call("addEventListener", event, heard)
}

// drop takes the listeners off and only then frees them: an event that is on
// its way already would call a function that is gone.
func (l *listeners) drop() {
	for _, h := range l.list {
		l.on.Call("removeEventListener", h.event, h.f)
		h.f.Release()
	}
	l.list = nil
}

// The places where a browser remembers: for good, or as long as the tab lives.
const (
	forGood = "localStorage"
	forTab  = "sessionStorage"
)

// stored reads a remembered value.
func stored(key string) string { return storedIn(forGood, key) }

// store remembers a value in this browser, if it may.
func store(key, value string) { storeIn(forGood, key, value) }

// storedIn reads a remembered value. Browsers may forbid the storage: then
// nothing is remembered.
func storedIn(place, key string) (value string) {
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

func storeIn(place, key, value string) {
	defer func() { _ = recover() }()
	app.Window().Get(place).Call("setItem", key, value)
}

// keepIn remembers a value as JSON.
func keepIn(place, key string, v any) {
	if b, err := json.Marshal(v); err == nil {
		storeIn(place, key, string(b))
	}
}

// keptIn reads such a value into v, which stays as it is if there is none.
func keptIn(place, key string, v any) {
	_ = json.Unmarshal([]byte(storedIn(place, key)), v) // nothing is remembered at first
}

// withScripts has scripts and styles loaded one after the other, each once in
// the page's life, and then calls do on the UI's goroutine. The error is that
// one of them did not come.
func withScripts(ctx app.Context, urls []string, do func(error)) {
	ctx.Async(func() {
		var err error
		for _, url := range urls {
			if err == nil {
				_, err = await(app.Window().Call("carrilesLoad", asset(url)))
			}
		}
		ctx.Dispatch(func(app.Context) { do(err) })
	})
}

// asset is the address of a file of the page, path beginning with /web/: it
// changes with the files' content, so that browsers keep what they have.
func asset(path string) string { return app.Getenv("GOAPP_STATIC_RESOURCES_URL") + path }

// browserCores is how many threads this browser may have, as it says itself; 1
// if it does not.
func browserCores() int {
	if n := app.Window().Get("navigator").Get("hardwareConcurrency"); n.Truthy() {
		return n.Int()
	}
	return 1
}

func document() app.Value { return app.Window().Get("document") }

// media reports whether a media query holds.
func media(query string) bool {
	return app.Window().Call("matchMedia", query).Get("matches").Bool()
}

// inView reports whether the top of an element is in the upper half of the
// window, where it cannot be overlooked.
func inView(id string) bool {
	el := app.Window().GetElementByID(id)
	if !el.Truthy() {
		return false
	}
	top := el.Call("getBoundingClientRect").Get("top").Float()
	return top >= 0 && top < app.Window().Get("innerHeight").Float()/2
}

// scrollTo brings an element to the top of the window.
func scrollTo(id string) {
	el := app.Window().GetElementByID(id)
	if !el.Truthy() {
		return
	}
	behavior := "smooth"
	if media("(prefers-reduced-motion: reduce)") {
		behavior = "auto"
	}
	el.Call("scrollIntoView", map[string]any{"behavior": behavior, "block": "start"})
}

// focus moves the keyboard to an element.
func focus(id string) {
	if el := app.Window().GetElementByID(id); el.Truthy() {
		el.Call("focus")
	}
}

// focusOn moves the keyboard to the first element that a selector finds.
func focusOn(selector string) {
	if el := document().Call("querySelector", selector); el.Truthy() {
		el.Call("focus")
	}
}

// copyText copies what an element shows. The clipboard's API exists only on
// secure origins, and a classroom's address is plain http: there, the old
// command copies the selection.
func copyText(el app.Value, text string) bool {
	if clipboard := app.Window().Get("navigator").Get("clipboard"); clipboard.Truthy() && app.Window().Get("isSecureContext").Bool() {
		clipboard.Call("writeText", text)
		return true
	}
	selection := app.Window().Call("getSelection")
	selection.Call("selectAllChildren", el)
	return document().Call("execCommand", "copy").Bool()
}
