package results

import (
	"slices"
	"strconv"
	"strings"

	"carriles/executor/batch/result"
	"carriles/executor/text"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/measure"
	"carriles/wasm/ui/widget"
	"carriles/web/draw"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// QueueRow is a line of the list of runs.
type QueueRow struct {
	Place string // "1" is the next one; a word for the one that is measured
	What  string // its methods and images
	Mine  bool
	Left  int // in place of all that: how many runs are left out here
}

// queueShown is how many runs the list names, one's own apart: with a class of
// thirty it would fill a phone.
const queueShown = 4

// QueueRows lists what is measured and what waits. mine are the ids of the
// runs that this browser asked for.
func QueueRows(l i18n.Lang, queue []result.QueuedRun, mine []string) []QueueRow {
	var rows []QueueRow
	waiting := 0
	for i, r := range queue {
		row := QueueRow{Place: l.T("queue.now"), What: QueuedText(l, r), Mine: slices.Contains(mine, r.ID)}
		if r.State != result.Running {
			waiting++
			row.Place = strconv.Itoa(waiting)
		}
		last := len(rows) - 1
		switch {
		case i < queueShown || row.Mine:
			rows = append(rows, row)
		case rows[last].Left > 0:
			rows[last].Left++
		default:
			rows = append(rows, QueueRow{Left: 1})
		}
	}
	return rows
}

// QueuedText says in a line what a run measures.
func QueuedText(l i18n.Lang, r result.QueuedRun) string {
	parts := []string{i18n.MethodTitles(l, r.Methods), l.Images(r.Images)}
	if r.EstimateS >= 1 {
		parts = append(parts, l.T("queue.estimate", text.Number(string(l), r.EstimateS, 0)))
	}
	if r.Over != "" {
		parts = append(parts, l.T("history.sweep", r.Over))
	}
	return strings.Join(parts, " · ")
}

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
		app.P().Class("soft").Text(draw.QueueText(string(l), queue)),
		app.Ol().Body(items...),
	)
}
