package results

import (
	"slices"
	"strings"

	"carriles/executor/analysis"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/measure"
	"carriles/wasm/ui/widget"
	"carriles/web/draw"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// SettingsLine says over a verdict what was measured.
func SettingsLine(l i18n.Lang, text string) app.UI {
	return widget.When(text != "", func() app.UI {
		return app.P().Class("settings").DataSet("testid", "settings").Body(
			app.Span().Class("sr-only").Text(l.T("settings.label")+": "), app.Text(text),
		)
	})
}

// settingsText writes those of a spec that were run in so many rounds; nothing of one that is
// not known.
func settingsText(l i18n.Lang, s request.Spec, rounds int) string {
	if len(s.Steps) == 0 {
		return ""
	}
	return draw.SettingsText(string(l), s, rounds)
}

// SettingsOf writes those of what was measured.
func SettingsOf(l i18n.Lang, c *result.Comparison) string {
	return settingsText(l, c.Spec, c.TestInfo.Rounds)
}

func (v *View) settings() string {
	switch {
	case v.Under.Run.Phase != measure.Idle:
		return settingsText(v.Lang, v.Under.Run.View.Spec, 0)
	case v.Result != nil:
		return SettingsOf(v.Lang, v.Result)
	case v.Contest != nil:
		return settingsText(v.Lang, v.Contest.Spec, v.Contest.TestInfo.Rounds)
	}
	return ""
}

// renderSettings is the line over the verdict, and that the form says something else
// by now.
func (v *View) renderSettings() app.UI {
	return app.Div().Class("experiment").Body(
		SettingsLine(v.Lang, v.settings()),
		widget.When(v.Changed && v.Around != nil && v.Under.Run.Phase == measure.Idle, func() app.UI { return changedNote(v.Lang, v.Around) }),
	)
}

func changedNote(l i18n.Lang, around Around) app.UI {
	return app.P().Class("notice").DataSet("testid", "changed").Body(
		app.Text(l.T("settings.changed")+" "),
		app.Button().Type("button").Class("plain").DataSet("testid", "restore").Text(l.T("settings.restore")).
			OnClick(func(app.Context, app.Event) { around.Restore() }),
	)
}

// renderActions is what can be done with a result: kept, measured again, set beside
// another.
func (v *View) renderActions() app.UI {
	return app.Div().Class("actions").Body(
		renderAgain(v.Lang, v.Around, v.Session),
		renderOthers(v.Lang, v.Around, v.Others, v.Result != nil),
		&pictureButton{Lang: v.Lang, Of: v},
	)
}

// renderAgain measures what is shown once more.
func renderAgain(l i18n.Lang, around Around, s *measure.Session) app.UI {
	return widget.When(around != nil, func() app.UI {
		return app.Button().Type("button").Class("plain").DataSet("testid", "again").Disabled(s.Busy()).Text(l.T("settings.again")).
			OnClick(func(app.Context, app.Event) { around.Again() })
	})
}

// renderOthers lets another run be chosen to be set beside this one.
func renderOthers(l i18n.Lang, around Around, others []Other, comparable bool) app.UI {
	return widget.When(around != nil && comparable && len(others) > 0, func() app.UI {
		options := []app.UI{app.Option().Value("").Selected(true).Text(l.T("compare.with"))}
		for _, o := range others {
			options = append(options, app.Option().Value(o.ID).Text(o.Text))
		}
		return app.Select().Class("others").DataSet("testid", "compare-with").Aria("label", l.T("compare.with")).Body(options...).
			OnChange(func(ctx app.Context, _ app.Event) {
				id := ctx.JSSrc().Get("value").String()
				ctx.JSSrc().Set("value", "")
				if id != "" {
					around.CompareWith(id)
				}
			})
	})
}

// tied reports whether every pair is equal: then one sentence says all.
func tied(verdicts []result.Verdict) bool {
	return len(verdicts) > 1 && !slices.ContainsFunc(verdicts, func(v result.Verdict) bool { return v.Outcome != analysis.OutcomeEqual })
}

// Compared sets two finished runs side by side: what they were asked for, with what
// differs marked, and their times. It names no winner: the two were not measured in
// turns.
type Compared struct {
	app.Compo
	Lang  i18n.Lang
	This  result.RunView
	Other result.RunView
	// Around is asked to stop comparing.
	Around Around
}

// line is a row of the table: what it is of, and both sides of it. Of a condition
// nobody asked: it was as it was.
type line struct {
	name, this, other string
	condition         bool
}

func (c line) differs() bool { return c.this != c.other }

// lines are what the two runs were asked for and ran on. What neither has anything
// to say of is left out.
func (c *Compared) lines() []line {
	var list []line
	add := func(name, this, other string, condition bool) {
		if none := c.Lang.T("unknown"); this != "" && this != none || other != "" && other != none {
			list = append(list, line{name, this, other, condition})
		}
	}
	lang := string(c.Lang)
	methods := slices.Concat(c.This.Spec.Methods, c.Other.Spec.Methods)
	for _, s := range draw.Settings() {
		if s.Method != "" && !slices.Contains(methods, s.Method) {
			continue
		}
		add(c.Lang.In(s.Name), s.Value(lang, c.This.Spec), s.Value(lang, c.Other.Spec), false)
	}
	a, b := c.This.Result.Environment, c.Other.Result.Environment
	add(c.Lang.T("compare.machine"), machineOf(c.Lang, a), machineOf(c.Lang, b), false)
	add(c.Lang.T("compare.version"), a.Version, b.Version, false)
	add(c.Lang.T("compare.others"), c.others(a), c.others(b), true)
	return list
}

func machineOf(l i18n.Lang, e result.Environment) string {
	return e.CPUModel + " · " + l.T("environment.cores", e.CoresUsed, e.CoresFound)
}

func (c *Compared) others(e result.Environment) string {
	if e.OtherCores == nil {
		return c.Lang.T("unknown")
	}
	return c.Lang.Number(*e.OtherCores, 1)
}

func (c *Compared) Render() app.UI {
	l := c.Lang
	heads := func(first string) app.UI {
		return widget.Head(first, l.T("compare.this", i18n.LocalTime(c.This.Created)), l.T("compare.other", i18n.LocalTime(c.Other.Created)), "")
	}
	rows, names := []app.UI{heads(l.T("compare.what"))}, []string{}
	for _, line := range c.lines() {
		mark, class := "", ""
		if line.differs() {
			mark, class = l.T("compare.differs"), "differs"
			if !line.condition {
				names = append(names, line.name)
			}
		}
		rows = append(rows, widget.Row(line.name, line.this, line.other, mark).Class(class))
	}
	said := l.T("compare.same")
	if len(names) > 0 {
		said = l.T("compare.differ", strings.Join(names, ", "))
	}
	return app.Section().Class("card compared").Aria("label", l.T("compare.title")).DataSet("testid", "compared").Body(
		app.H3().Body(
			app.Text(l.T("compare.title")),
			app.Button().Type("button").Class("plain").DataSet("testid", "compare-close").Text(l.T("compare.close")).
				OnClick(func(app.Context, app.Event) { c.Around.CompareWith("") }),
		),
		app.P().Class("strong").DataSet("testid", "compared-said").Text(said),
		widget.Scroll(l.T("compare.title"), "compared-times", append([]app.UI{heads(l.T("costs.method"))}, c.times()...)),
		widget.Scroll(l.T("compare.title"), "compared-settings", rows),
		app.P().Class("hint").Text(l.T("compare.caution")),
	)
}

// times are the methods of both, a row each: the median with the middle half of the
// rounds as a bar on one axis, and how many times as long this one took.
func (c *Compared) times() []app.UI {
	l, methods := c.Lang, map[string]bool{}
	var all []float64
	longest := 0.0
	for _, r := range []*result.Comparison{c.This.Result, c.Other.Result} {
		for name, m := range r.Results {
			methods[name] = true
			all = append(all, m.Time)
			longest = max(longest, m.Time)
		}
	}
	scale := i18n.ScaleOf(all...)
	cell := func(r *result.Comparison, name string) app.UI {
		m := r.Results[name]
		if m == nil {
			return app.Td().Text(l.T("unknown"))
		}
		return app.Td().DataSet("testid", "compared-"+name).Body(
			app.Text(scale.Write(l, m.Time)+i18n.NoBreak+scale.Unit),
			widget.When(longest > 0, func() app.UI {
				return app.Div().Class("bar plainbar").Aria("hidden", true).Style("width", widget.Percent(100*m.Time/longest))
			}),
		)
	}
	var rows []app.UI
	for _, name := range draw.MethodOrder(methods) {
		ratio := l.T("unknown")
		if a, b := c.This.Result.Results[name], c.Other.Result.Results[name]; a != nil && b != nil && b.Time > 0 {
			ratio = l.T("compare.ratio", l.Times(a.Time/b.Time))
		}
		rows = append(rows, app.Tr().Body(
			app.Th().Scope("row").Text(i18n.MethodTitle(l, name)), cell(c.This.Result, name), cell(c.Other.Result, name), app.Td().Class("soft").Text(ratio),
		))
	}
	return rows
}
