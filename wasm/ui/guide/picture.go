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

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// picture sets the methods of all commands of the step that may be told side by side.
func (g *Guide) picture() ([]results.Row, *measure.Timelines) {
	var all []lesson.Measured
	for i := range g.step().Commands {
		if o := g.outcomes[classroom.CommandKey(g.step().ID, i)]; o.result != nil && g.told(i, o) {
			all = append(all, lesson.Measured{Command: i, Result: o.result})
		}
	}
	var rows []results.Row
	var merged *measure.Timelines
	for _, lane := range lesson.Picture(all) {
		rows = append(rows, results.RowOf(lane.As, *lane.Result.Results[lane.Method]))
		lines := g.linesOf(g.outcomes[classroom.CommandKey(g.step().ID, lane.Command)])
		line := lines.Of(lane.Method)
		if line == nil {
			continue
		}
		if merged == nil {
			merged = &measure.Timelines{}
		}
		renamed := *line
		renamed.Method = lane.As
		merged.Lines = append(merged.Lines, renamed)
		if len(lines.Images) > len(merged.Images) { // they are cycled over the tasks
			merged.Images = lines.Images
		}
	}
	return rows, g.same(rows, merged)
}

// same keeps the lanes that were handed over before, if they are still those: a view
// that is told of others is drawn anew.
func (g *Guide) same(rows []results.Row, lines *measure.Timelines) *measure.Timelines {
	if lines == nil {
		return nil
	}
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
	return app.Section().Class("card").Aria("label", l.T("guide.picture")).DataSet("testid", "picture").Body(
		app.H3().Text(l.T("guide.picture")),
		&results.RaceView{Lang: l, Rows: rows, Lines: lines},
	)
}

// renderTable shows the guide's table as far as it was measured.
func (g *Guide) renderTable(table lesson.Table) app.UI {
	l := g.page.Lang
	at := func(i int) *result.Comparison {
		if o := g.outcomes[classroom.CommandKey(g.step().ID, i)]; o.result != nil && g.told(i, o) {
			return o.result
		}
		return nil
	}
	rows := []app.UI{widget.Head(l.T("table.filters"), l.T("table.guide"), l.T("table.python"), l.T("table.here"), l.T("table.verdict"))}
	elsewhere := false
	for i, row := range table.Rows {
		c := row.Cells(at(row.Command), at(row.Python))
		python := l.In(c.Python)
		if c.Elsewhere {
			elsewhere, python = true, python+" *"
		}
		rows = append(rows, widget.Row(c.Filters, l.In(c.Guide), python, l.In(c.Here), l.In(c.Verdict)).
			DataSet("testid", "row-"+strconv.Itoa(i)).DataSet("met", c.Met))
	}
	return app.Section().Class("card").Aria("label", l.T("table.title")).Body(
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
	var lines []app.UI
	for _, key := range []string{"lead", "back", "arrows", "full", "help"} {
		lines = append(lines, app.Div().Body(app.Dt().Text(l.T("keys."+key)), app.Dd().Text(l.T("keys."+key+".does"))))
	}
	return app.Section().Class("card keys-of").Role("status").DataSet("testid", "keys").Body(
		app.H3().Text(l.T("keys.title")),
		app.Dl().Body(lines...),
	)
}
