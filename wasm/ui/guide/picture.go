package guide

import (
	"strconv"

	"carriles/executor/batch/lesson"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/wasm/ui/classroom"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/measure"
	"carriles/wasm/ui/results"
	"carriles/wasm/ui/widget"
	"carriles/web/draw"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// picture sets the methods of all commands of the step that may be told side by side.
func (g *Guide) picture() ([]results.Row, *measure.Timelines) {
	picture := lesson.Picture(g.measured())
	var rows []results.Row
	for _, lane := range picture {
		rows = append(rows, results.RowOf(lane.As, *lane.Result.Results[lane.Method]))
	}
	var merged measure.Timelines
	merged.Lines, merged.Images = lesson.Lines(picture, func(m lesson.Measured) ([]result.Timeline, []string) {
		lines := g.linesOf(g.outcomes[classroom.CommandKey(g.step().ID, m.Command)])
		if lines == nil {
			return nil, nil
		}
		return lines.Lines, lines.Images
	})
	if merged.Lines == nil {
		return rows, nil
	}
	return rows, g.same(&merged)
}

// measured are the results of the step's commands that may be told.
func (g *Guide) measured() (all []lesson.Measured) {
	for i := range g.step().Commands {
		if c := g.toldOf(i); c != nil {
			all = append(all, lesson.Measured{Command: i, Result: c})
		}
	}
	return all
}

// toldOf is what a command of the step gave; nil if nothing, or it may not be told.
func (g *Guide) toldOf(i int) *result.Comparison {
	if o := g.outcomes[classroom.CommandKey(g.step().ID, i)]; g.told(i, o) {
		return o.result
	}
	return nil
}

// same keeps the lanes that were handed over before, if they are still those: a view
// that is told of others is drawn anew.
func (g *Guide) same(lines *measure.Timelines) *measure.Timelines {
	key := ""
	for i, line := range lines.Lines {
		key += line.Method + " " + strconv.Itoa(i) + " " + strconv.FormatFloat(line.End(), 'g', -1, 64) + "\n"
	}
	if g.drawn.key != key || g.drawn.lines == nil {
		g.drawn.key, g.drawn.lines = key, lines
	}
	return g.drawn.lines
}

// renderPicture shows what all commands of the step gave as one race.
func (g *Guide) renderPicture() app.UI {
	l := g.page.Lang
	rows, lines := g.picture()
	if len(rows) == 0 {
		return nil
	}
	var settings []app.UI
	for _, m := range g.measured() {
		settings = append(settings, app.P().Class("settings").Text(results.SettingsOf(l, m.Result)))
	}
	return app.Section().Class("card").Aria("label", l.T("guide.picture")).DataSet("testid", "picture").Body(
		app.H3().Text(l.T("guide.picture")),
		app.Div().Body(settings...),
		&results.RaceView{Lang: l, Rows: rows, Lines: lines},
		app.Details().Class("more").DataSet("testid", "costs-of").Open(g.step().Costs()).Body(
			app.Summary().Text(l.T("costs.title")),
			results.CostsTable(l, rows),
		),
	)
}

// renderTable shows the guide's table as far as it was measured.
func (g *Guide) renderTable(table lesson.Table) app.UI {
	l := g.page.Lang
	rows := []app.UI{widget.Head(l.T("table.filters"), l.T("table.guide"), l.T("table.python"), l.T("table.here"), l.T("table.verdict"))}
	elsewhere := false
	for i, row := range table.Rows {
		here := g.toldOf(row.Command)
		c := row.Cells(here, g.toldOf(row.Python))
		python := l.In(c.Python)
		if c.Elsewhere {
			elsewhere, python = true, python+" *"
		}
		filters := c.Filters
		if here != nil {
			filters = results.SettingsOf(l, here)
		}
		rows = append(rows, widget.Row(filters, l.In(c.Guide), python, l.In(c.Here), l.In(c.Verdict)).
			DataSet("testid", "row-"+strconv.Itoa(i)).DataSet("met", c.Met))
	}
	return app.Section().Class("card guide-table").Aria("label", l.T("table.title")).Body(
		widget.Scroll(l.T("table.title"), "guide-table", rows),
		widget.When(elsewhere, func() app.UI {
			return app.P().Class("hint").DataSet("testid", "source").Text("* " + l.In(table.Source))
		}),
	)
}

// renderChange lets the presenter turn figures of a command in place.
func (g *Guide) renderChange(i int, key string) app.UI {
	l := g.page.Lang
	intensity, rounds, workers := g.step().Commands[i].May()
	if !rounds {
		return nil
	}
	now, _ := request.ChangeOf(g.command(i).Body)
	var fields []app.UI
	field := func(name string, most int, value int, set func(*request.Change, int)) {
		hook := name + "-" + strconv.Itoa(i)
		shown := ""
		if value > 0 {
			shown = strconv.Itoa(value)
		}
		fields = append(fields, app.Label().Class("turned").Body(
			app.Text(l.T("change."+name)+" "),
			app.Input().Type("number").ID(hook).DataSet("testid", hook).Min("1").Max(most).Value(shown).
				Placeholder(l.T("change.default")).Disabled(g.occupied()).
				OnChange(func(ctx app.Context, _ app.Event) {
					typed := ctx.JSSrc().Get("value").String()
					n, err := strconv.Atoi(typed)
					if typed != "" && (err != nil || n < 1 || n > most) {
						return // the browser says what is allowed
					}
					change := g.at.Changes[key]
					set(&change, n)
					if g.at.Changes == nil {
						g.at.Changes = map[string]request.Change{}
					}
					g.at.Changes[key] = change
					g.remember()
				}, key, name),
		))
	}
	if intensity {
		field(request.OverIntensity, 10, now.Intensity, func(c *request.Change, n int) { c.Intensity = n })
	}
	field("rounds", 50, now.Rounds, func(c *request.Change, n int) { c.Rounds = n })
	if workers {
		field(request.OverWorkers, 64, now.Workers, func(c *request.Change, n int) { c.Workers = n })
	}
	return app.Div().Class("line change").Body(fields...)
}

// renderKeys lists what the keys do.
func (g *Guide) renderKeys() app.UI {
	l := g.page.Lang
	return widget.When(g.keys, func() app.UI { return keysView(l) })
}

func keysView(l i18n.Lang) app.UI {
	title, _, list := draw.Keys(string(l))
	var lines []app.UI
	for _, k := range list {
		lines = append(lines, app.Div().Body(app.Dt().Text(k.Key), app.Dd().Text(k.Does)))
	}
	return app.Section().Class("card keys-of").Role("status").DataSet("testid", "keys").Body(
		app.H3().Text(title),
		app.Dl().Body(lines...),
	)
}
