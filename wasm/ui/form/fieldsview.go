package form

import (
	"strings"

	"carriles/executor/batch/request"
	"carriles/filters"
	"carriles/wasm/ui/widget"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// renderFields shows how often and how the batch is run: first what a lesson
// changes, the rest folded away.
func (v *View) renderFields(cat request.Catalogue, c Checked) app.UI {
	form := &v.Model.Form
	columns := "trio"
	if form.Auto {
		columns = "trio pairwise"
	}
	return app.Section().Body(
		app.H2().Text(v.Lang.T("fields.title")),
		app.Div().Class(columns).Body(v.renderNumbers(cat, c, "count", "rounds", "precision_percent", "budget_s", "warmup")...),
		v.renderCheck("auto", form.Auto, func(f *Form) { f.Auto = !f.Auto }),
		v.renderSource(cat, c),
		app.Details().Class("more").DataSet("testid", "more").Body(
			app.Summary().Text(v.Lang.T("fields.more")),
			app.Div().Body(v.renderNumbers(cat, c, "workers")...),
			v.renderPool(cat),
			v.renderEngine(cat, c),
			v.renderTransport(cat, c),
			v.renderChaos(c),
		),
		v.renderSweep(cat, c),
	)
}

// renderNumbers shows those of the numbers that matter to the batch.
func (v *View) renderNumbers(cat request.Catalogue, c Checked, names ...string) []app.UI {
	var list []app.UI
	for _, name := range names {
		for _, p := range cat.Fields {
			if p.Name != name || !v.Model.Form.Asks(name) {
				continue
			}
			help := v.Lang.In(p.Help)
			if name == "workers" {
				help += ". " + v.Lang.T("field.reason", v.Lang.Value(p.Default), v.Lang.In(cat.PoolReason))
			}
			list = append(list, v.renderField(p, c, help))
		}
	}
	return list
}

func (v *View) renderField(p filters.Param, c Checked, help string) app.UI {
	return v.renderTyped(typed{
		name: p.Name, value: v.Model.Form.Fields[p.Name], help: help, fault: p.Name, mode: "numeric",
		set: func(f *Form, text string) { f.Fields[p.Name] = text },
	}, c)
}

// typed is a field that is typed into.
type typed struct {
	name  string // of its text, its hook and its place
	value string
	help  string
	fault string // the field that faults name
	mode  string // of a phone's keyboard
	set   func(*Form, string)
}

func (v *View) renderTyped(t typed, c Checked) app.UI {
	id := "field-" + t.name
	_, wrong := c.Fault(t.fault)
	return app.Div().Class("field").Title(t.help).Body(
		app.Label().For(id).Text(v.Lang.T("field."+t.name)),
		app.Input().Type("text").ID(id).DataSet("testid", t.name).
			Attr("inputmode", t.mode).AutoComplete(false).
			Value(t.value).
			Aria("invalid", wrong).Aria("describedby", id+"-help").
			OnInput(func(ctx app.Context, _ app.Event) {
				text := ctx.JSSrc().Get("value").String()
				v.Model.Edit(func(f *Form) { t.set(f, text) })
			}, t.name),
		app.P().Class("hint").ID(id+"-help").Text(t.help),
		v.renderFault(c, t.fault),
	)
}

func (v *View) renderCheck(name string, checked bool, toggle func(*Form)) app.UI {
	return app.Label().Class("method").Body(
		app.Input().Type("checkbox").DataSet("testid", name).Checked(checked).
			OnChange(func(app.Context, app.Event) { v.Model.Edit(toggle) }, name),
		app.Span().Text(v.Lang.T("field."+name)),
	)
}

// choice is one of the options of a chooser.
type choice struct {
	name, text string
	lacks      bool
}

// chooser is a field that is chosen from a list.
type chooser struct {
	name    string // of its text, its hook and its place
	chosen  string
	choices []choice
	help    string
	set     func(*Form, string)
}

func (v *View) renderChooser(s chooser, c Checked) app.UI {
	var options []app.UI
	for _, o := range s.choices {
		options = append(options, app.Option().Value(o.name).Selected(s.chosen == o.name).Disabled(o.lacks).Text(o.text))
	}
	return app.Div().Class("field").Body(
		app.Label().For(s.name).Text(v.Lang.T("field."+s.name)),
		app.Select().ID(s.name).DataSet("testid", s.name).Body(options...).
			OnChange(func(ctx app.Context, _ app.Event) {
				chosen := ctx.JSSrc().Get("value").String()
				v.Model.Edit(func(f *Form) { s.set(f, chosen) })
			}, s.name),
		app.P().Class("hint").Text(s.help),
		v.renderFault(c, s.name),
	)
}

func (v *View) renderPool(cat request.Catalogue) app.UI {
	s := chooser{
		name: "pool", chosen: v.Model.Form.Pool, help: v.Lang.T("pool.help"),
		set: func(f *Form, chosen string) { f.Pool = chosen },
	}
	for _, name := range cat.Pools {
		s.choices = append(s.choices, choice{name: name, text: v.Lang.T("pool." + name)})
	}
	return v.renderChooser(s, Checked{})
}

func (v *View) renderEngine(cat request.Catalogue, c Checked) app.UI {
	s := chooser{
		name: "engine", chosen: v.Model.Form.Engine,
		set: func(f *Form, chosen string) { f.Engine = chosen },
	}
	for _, e := range cat.Engines {
		s.choices = append(s.choices, choice{name: e.Name, text: e.Name})
		if e.Name == s.chosen {
			s.help = v.Lang.In(e.Help)
		}
	}
	return v.renderChooser(s, c)
}

// renderSource shows where the photographs come from, and how slowly where
// that is asked.
func (v *View) renderSource(cat request.Catalogue, c Checked) app.UI {
	s := chooser{
		name: "source", chosen: v.Model.Form.Source,
		set: func(f *Form, chosen string) { f.Source = chosen },
	}
	s.choices, s.help = v.choicesOf(cat.Sources, s.chosen)
	return app.Div().Class("beneath").Body(
		append([]app.UI{v.renderChooser(s, c)}, v.renderNumbers(cat, c, "latency_ms")...)...,
	)
}

func (v *View) renderTransport(cat request.Catalogue, c Checked) app.UI {
	s := chooser{
		name: "transport", chosen: v.Model.Form.Transport,
		set: func(f *Form, chosen string) { f.Transport = chosen },
	}
	s.choices, s.help = v.choicesOf(cat.Transports, s.chosen)
	if v.Model.Form.Source == request.SourceHTTP {
		s.help = v.Lang.T("transport.http")
	}
	return v.renderChooser(s, c)
}

// choicesOf makes choices of the catalogue's options: what this system lacks
// says why. help is the chosen one's.
func (v *View) choicesOf(options []request.Option, chosen string) (list []choice, help string) {
	for _, o := range options {
		ch := choice{name: o.Name, text: v.Lang.In(o.Title)}
		if o.Lacks != nil {
			ch.text, ch.lacks = v.Lang.T("option.lacks", ch.text, v.Lang.In(*o.Lacks)), true
		}
		list = append(list, ch)
		if o.Name == chosen {
			help = v.Lang.In(o.Help)
		}
	}
	return list, help
}

func (v *View) renderChaos(c Checked) app.UI {
	return v.renderTyped(typed{
		name: "kill_after", value: v.Model.Form.KillAfter, help: v.Lang.T("kill_after.help"), fault: killField, mode: "numeric",
		set: func(f *Form, text string) { f.KillAfter = text },
	}, c)
}

// renderSweep shows what turns the batch into one of many.
func (v *View) renderSweep(cat request.Catalogue, c Checked) app.UI {
	form := &v.Model.Form
	s := chooser{
		name: "over", chosen: form.Over, choices: []choice{{text: v.Lang.T("sweep.none")}},
		set: func(f *Form, chosen string) { f.SweepOver(cat, chosen, v.Lang) },
	}
	for _, a := range cat.SweepAxes {
		s.choices = append(s.choices, choice{name: a.Name, text: v.Lang.In(a.Title)})
		if a.Name == form.Over {
			s.help = v.sweepHelp(a)
		}
	}
	return app.Details().Class("more").DataSet("testid", "sweep").Body(
		app.Summary().Text(v.Lang.T("sweep.title")),
		app.P().Class("hint").Text(v.Lang.T("sweep.help")),
		v.renderChooser(s, c),
		widget.When(form.Over != "", func() app.UI {
			return v.renderTyped(typed{
				name: "values", value: form.Values, help: v.Lang.T("values.help"), fault: valuesFault(c), mode: "text",
				set: func(f *Form, text string) { f.Values = text },
			}, c)
		}),
	)
}

func (v *View) sweepHelp(a request.SweepAxis) string {
	allowed := v.Lang.In(a.Param.Allowed())
	if needs := v.Lang.In(a.Needs); needs != "" {
		return v.Lang.T("sweep.needs", allowed, needs)
	}
	return allowed
}

// valuesFault is the field of the first fault in the values of a sweep: the
// host names the single value.
func valuesFault(c Checked) string {
	for _, f := range c.Faults {
		if strings.HasPrefix(f.Field, "values[") {
			return f.Field
		}
	}
	return "values"
}
