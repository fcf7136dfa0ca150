package results

import (
	"carriles/executor/batch/result"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/measure"
	"carriles/wasm/ui/widget"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Waiting lists the queue beside a run of this page that is not over, if
// others are in it.
func Waiting(l i18n.Lang, s *measure.Session) app.UI {
	return widget.When(s.Run.Phase == measure.Watching && len(s.Queue) > 1, func() app.UI {
		return app.Section().Class("card waiting").Aria("label", l.T("queue.title")).Body(
			app.H3().Text(l.T("queue.title")),
			QueueView(l, s.Queue),
			app.P().Class("hint").Text(l.T("queue.why")),
		)
	})
}

// QueueView lists what is measured and what waits.
func QueueView(l i18n.Lang, queue []result.QueuedRun) app.UI {
	var items []app.UI
	for _, r := range QueueRows(l, queue, measure.OwnRuns()) {
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
			widget.When(r.Mine, func() app.UI { return app.Strong().DataSet("testid", "queue-mine").Text(l.T("queue.mine")) }),
		))
	}
	return app.Div().Class("queue").DataSet("testid", "queue").DataSet("runs", len(queue)).Body(
		app.P().Class("soft").Text(QueueText(l, queue)),
		app.Ol().Body(items...),
	)
}
