package ui

import (
	"encoding/json"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"carriles/executor/batch/result"
)

// keyRuns is where a browser remembers the ids of the runs that it asked for:
// that is how it knows its own in the queue, which does not say whose they are.
const keyRuns = "carriles.runs"

func ownRuns() []string {
	var ids []string
	_ = json.Unmarshal([]byte(stored(keyRuns)), &ids) // nothing is remembered at first
	return ids
}

// announce takes in that the host has queued a run for this page: it is remembered
// as this browser's own.
func (l *Lab) announce(id string) {
	if b, err := json.Marshal(withOwn(ownRuns(), id)); err == nil {
		store(keyRuns, string(b))
	}
	if l.started != nil {
		l.started(id)
		return
	}
	linkTo(id)
}

// hearQueue follows the queue on a run's stream.
func (l *Lab) hearQueue(ears *listeners, seq int) {
	ears.add("queue", func(e app.Value) {
		var queue result.Queue
		if json.Unmarshal([]byte(e.Get("data").String()), &queue) != nil {
			return
		}
		l.ctx.Dispatch(func(app.Context) {
			if seq == l.seq {
				l.queue = queue.Runs
			}
		})
	})
}

// renderQueue lists the queue beside a run of this page that is not over, if
// others are in it.
func (l *Lab) renderQueue() app.UI {
	return when(l.run.phase == watching && len(l.queue) > 1, func() app.UI {
		return app.Section().Class("card waiting").Aria("label", l.lang.T("queue.title")).Body(
			app.H3().Text(l.lang.T("queue.title")),
			queueView(l.lang, l.queue),
			app.P().Class("hint").Text(l.lang.T("queue.why")),
		)
	})
}

// queueView lists what is measured and what waits.
func queueView(l Lang, queue []result.QueuedRun) app.UI {
	var items []app.UI
	for _, r := range QueueRows(l, queue, ownRuns()) {
		if r.Left > 0 {
			items = append(items, app.Li().Class("soft left").Text(l.T("queue.left", r.Left)))
			continue
		}
		class := ""
		if r.Mine {
			class = "mine"
		}
		items = append(items, app.Li().Class(class).Body(
			app.B().Class("place").Text(r.Place),
			app.Span().Class("what").Text(r.What),
			when(r.Mine, func() app.UI { return app.Strong().DataSet("testid", "queue-mine").Text(l.T("queue.mine")) }),
		))
	}
	return app.Div().Class("queue").DataSet("testid", "queue").DataSet("runs", len(queue)).Body(
		app.P().Class("soft").Text(QueueText(l, queue)),
		app.Ol().Body(items...),
	)
}
