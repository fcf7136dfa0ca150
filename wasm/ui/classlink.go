package ui

import (
	"encoding/json"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"carriles/executor/batch/class"
)

// linkRetry is how long a lost link to the class waits before it tries again.
const linkRetry = 1500 * time.Millisecond

// classLink follows the class's state. A link that is lost comes back by
// itself, after a server's restart or a phone's sleep too: every event is the
// whole state, so nothing is missed.
type classLink struct {
	ctx  app.Context
	lang func() Lang
	// enter is what must succeed before the stream is opened; it is not called
	// on the UI's goroutine. query is the stream's.
	enter func() *Problem
	query string
	// heard is called with each new state.
	heard func()

	state   *class.State // nil before the first
	lost    bool
	back    bool     // the last state is the first one after it was lost
	refused *Problem // why the server does not let us in
	stream  *stream
	ears    *listeners // on the page's sleep
	left    *listeners // on its end, which may be a sleep too
	try     int        // counts the attempts; what belongs to an older one is dropped
}

// open starts to follow.
func (c *classLink) open() {
	if c.ears == nil {
		// A browser keeps a page that one has left, with its stream, and opens no
		// more than six connections to a server: after six pages nothing would be
		// answered any more. The page comes back by the event below.
		c.left = &listeners{on: app.Window()}
		c.left.add("pagehide", func(app.Value) { c.drop() })
		c.ears = &listeners{on: document()}
		// A page that was asleep may hold a stream that is dead without knowing it.
		c.ears.add("visibilitychange", func(app.Value) {
			if document().Get("visibilityState").String() == "visible" {
				c.ctx.Dispatch(func(app.Context) { c.open() })
			}
		})
	}
	c.drop()
	c.try++
	try := c.try
	c.ctx.Async(func() {
		var refused *Problem
		if c.enter != nil {
			refused = c.enter()
		}
		c.ctx.Dispatch(func(app.Context) {
			switch {
			case try != c.try:
			case refused != nil:
				c.refused = refused
				c.lose(try)
			default:
				c.listen(try)
			}
		})
	})
}

func (c *classLink) listen(try int) {
	source := app.Window().Get("EventSource").New("/api/class/events/" + c.query)
	ears := &listeners{on: source}
	c.stream = &stream{source: source, ears: ears}
	ears.add("class", func(e app.Value) {
		var state class.State
		if json.Unmarshal([]byte(e.Get("data").String()), &state) != nil {
			return
		}
		c.ctx.Dispatch(func(app.Context) {
			if try != c.try {
				return
			}
			c.state, c.back, c.lost, c.refused = &state, c.lost, false, nil
			if c.heard != nil {
				c.heard()
			}
		})
	})
	ears.add("error", func(app.Value) {
		c.ctx.Dispatch(func(app.Context) { c.lose(try) })
	})
}

// lose says that the link is lost and tries again in a moment.
func (c *classLink) lose(try int) {
	if try != c.try {
		return
	}
	c.drop()
	c.lost = true
	c.ctx.After(linkRetry, func(app.Context) {
		if try == c.try {
			c.open()
		}
	})
}

func (c *classLink) drop() {
	if c.stream != nil {
		c.stream.close()
		c.stream = nil
	}
}

// close ends the following.
func (c *classLink) close() {
	c.try++
	c.drop()
	if c.ears != nil {
		c.ears.drop()
		c.left.drop()
		c.ears, c.left = nil, nil
	}
}

// round is the present round; nil if there is none.
func (c *classLink) round() *class.Round {
	if c.state == nil {
		return nil
	}
	return c.state.Round
}

// renderLink says that the link is lost. It never blinks: it is there or not.
func (c *classLink) renderLink() app.UI {
	l := c.lang()
	return app.Div().Class("link").Role("status").Body(
		when(c.lost, func() app.UI {
			return app.Div().Class("notice lost").DataSet("testid", "reconnecting").Body(
				app.P().Class("strong").Text(l.T("class.lost")),
				when(c.refused != nil, func() app.UI { return app.P().Class("soft").Text(c.refused.Sentence(l)) }),
			)
		}),
	)
}

// classPost sends something to the class and reads the state that it answers with.
func classPost(lang Lang, token, what string, v any) (*class.State, *Problem) {
	body, err := json.Marshal(v)
	if err != nil {
		return nil, &Problem{Key: "error.answer", Detail: err.Error()}
	}
	r, err := sendAs(lang, token, "POST", "/api/class/"+what+"/", string(body))
	if err != nil {
		return nil, &Problem{Key: "error.network", Detail: err.Error()}
	}
	if !r.ok() {
		return nil, problemOf(r)
	}
	var state class.State
	if err := json.Unmarshal([]byte(r.Body), &state); err != nil {
		return nil, &Problem{Key: "error.answer", Detail: err.Error()}
	}
	return &state, nil
}
