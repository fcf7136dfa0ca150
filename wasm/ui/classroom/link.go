package classroom

import (
	"encoding/json"
	"time"

	"carriles/executor/batch/class"
	"carriles/wasm/ui/client"
	"carriles/wasm/ui/dom"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/shell"
	"carriles/wasm/ui/widget"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// linkRetry is how long a lost link to the class waits before it tries again.
const linkRetry = 1500 * time.Millisecond

// Link follows the class's state. A link that is lost comes back by itself,
// after a server's restart or a phone's sleep too: every event is the whole
// state, so nothing is missed.
type Link struct {
	State *class.State // nil before the first
	Back  bool         // the last state is the first one after it was lost

	Page *shell.Page
	// Enter is what must succeed before the stream is opened, if it is not nil; it
	// is not called on the UI's goroutine.
	Enter func() *client.Problem
	// Heard is called with each new state.
	Heard func()

	lost    bool
	refused *client.Problem // why the server does not let us in
	try     *client.Scope   // nil before the first
}

func (c *Link) Open() {
	if c.try == nil {
		// A browser keeps a page that one has left, with its stream, and opens no
		// more than six connections to a server: after six pages nothing would be
		// answered any more. The page comes back by the event below.
		left := &dom.Listeners{On: app.Window()}
		left.Add("pagehide", func(app.Value) { c.try.End() })
		c.Page.Life.AtEnd(left.Drop)
		// A page that was asleep may hold a stream that is dead without knowing it.
		shown := &dom.Listeners{On: dom.Document()}
		shown.Add("visibilitychange", func(app.Value) {
			if dom.Document().Get("visibilityState").String() == "visible" {
				c.Page.Life.Dispatch(c.Open)
			}
		})
		c.Page.Life.AtEnd(shown.Drop)
	}
	c.begin()
	c.try.Ask(func() *client.Problem {
		if c.Enter == nil {
			return nil
		}
		return c.Enter()
	}, func(refused *client.Problem) {
		if refused != nil {
			c.refused = refused
			c.lose()
			return
		}
		c.listen()
	})
}

// begin drops what belongs to an older attempt.
func (c *Link) begin() {
	c.try.End()
	c.try = c.Page.Life.Within()
}

func (c *Link) listen() {
	c.try.Listen(client.Server{}, "/api/class/events/", map[string]func(string){
		"class": func(data string) {
			var state class.State
			if json.Unmarshal([]byte(data), &state) != nil {
				return
			}
			c.State, c.Back, c.lost, c.refused = &state, c.lost, false, nil
			if c.Heard != nil {
				c.Heard()
			}
		},
	}, func(bool) { c.lose() })
}

// lose says that the link is lost and tries again in a moment.
func (c *Link) lose() {
	c.lost = true
	c.begin()
	c.try.After(linkRetry, c.Open)
}

// Round is the present round; nil if there is none.
func (c *Link) Round() *class.Round {
	if c.State == nil {
		return nil
	}
	return c.State.Round
}

// Render says that the link is lost. It never blinks: it is there or not.
func (c *Link) Render(l i18n.Lang) app.UI {
	return app.Div().Class("link").Role("status").Body(
		widget.When(c.lost, func() app.UI {
			return app.Div().Class("notice lost").DataSet("testid", "reconnecting").Body(
				app.P().Class("strong").Text(l.T("class.lost")),
				widget.When(c.refused != nil, func() app.UI { return app.P().Class("soft").Text(c.refused.Sentence(l)) }),
			)
		}),
	)
}

// post sends something to the class, takes in how it stands then, and calls then
// on the UI's goroutine.
func (c *Link) post(what string, v any, then func(*client.Problem)) {
	q := client.Question{Lang: c.Page.Lang, URL: "/api/class/" + what + "/"}
	var state class.State
	c.Page.Life.Ask(func() *client.Problem { return client.Post(client.Server{}, q, v, &state) }, func(trouble *client.Problem) {
		if trouble == nil {
			c.State = &state
		}
		then(trouble)
	})
}
