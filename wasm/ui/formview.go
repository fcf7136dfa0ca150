package ui

import (
	"carriles/executor/batch"
	"carriles/filters"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// formView is the form: what to compute, how, how often.
type formView struct {
	app.Compo
	Lab     *Lab
	Lang    Lang
	Rev     int // tells that the form behind Lab has changed
	Busy    bool
	Trouble *Problem
	Upload  upload
}

func (v *formView) Render() app.UI {
	cat := *v.Lab.cat
	checked := v.Lab.form.Check(cat)
	// What the host found wrong last time stands beside its field until the
	// form changes.
	checked.Faults = append(checked.Faults, v.Trouble.fieldFaults()...)
	return app.Form().Class("card form").Aria("label", v.Lang.T("form.label")).
		OnSubmit(v.submit).
		Body(
			v.renderPhotos(checked),
			v.renderChain(cat, checked),
			v.renderMethods(cat, checked),
			v.renderFields(cat, checked),
			app.Div().Class("go").Body(
				v.renderButton(),
				app.P().Class("hint").Text(v.plan(checked)),
			),
			&curlView{Lang: v.Lang, Command: v.command(checked)},
		)
}

// submit keeps the browser from sending the form itself.
func (v *formView) submit(_ app.Context, e app.Event) {
	e.PreventDefault()
	v.Lab.measure()
}

func (v *formView) renderButton() app.UI {
	label := v.Lang.T("measure")
	if v.Busy {
		label = v.Lang.T("measuring")
	}
	return app.Button().Type("submit").Class("primary").ID("run").DataSet("testid", "run").
		Disabled(v.Busy).
		Text(label)
}

// plan says what the button will do, or why it won't.
func (v *formView) plan(c Checked) string {
	if len(c.Faults) > 0 {
		return v.Lang.T("plan.fault")
	}
	rounds := max(1, c.Request.Rounds)
	switch {
	case rounds == 1 && c.Request.Warmup == 0:
		return v.Lang.T("plan.once")
	case c.Request.Warmup == 0:
		return v.Lang.T("plan.rounds", rounds)
	case c.Request.Warmup == 1:
		return v.Lang.T("plan.warmup", rounds)
	}
	return v.Lang.T("plan.warmups", rounds, c.Request.Warmup)
}

func (v *formView) command(c Checked) string {
	if len(c.Faults) > 0 {
		return ""
	}
	return Curl(app.Window().Get("location").Get("origin").String(), c)
}

// renderFields shows how often and how the batch is run.
func (v *formView) renderFields(cat batch.Catalogue, c Checked) app.UI {
	var main, more []app.UI
	for _, p := range cat.Fields {
		if p.Name == "workers" {
			more = append(more, v.renderField(p, c, v.Lang.In(cat.PoolReason)))
		} else {
			main = append(main, v.renderField(p, c, ""))
		}
	}
	more = append(more, v.renderPool(cat), v.renderEngine(cat, c))
	return app.Section().Body(
		app.H2().Text(v.Lang.T("fields.title")),
		app.Div().Class("trio").Body(main...),
		app.Details().Class("more").Body(
			append([]app.UI{app.Summary().Text(v.Lang.T("fields.more"))}, more...)...,
		),
	)
}

func (v *formView) renderField(p filters.Param, c Checked, reason string) app.UI {
	id := "field-" + p.Name
	_, wrong := c.Fault(p.Name)
	help := v.fieldHelp(p, reason)
	return app.Div().Class("field").Title(help).Body(
		app.Label().For(id).Text(v.Lang.T("field."+p.Name)),
		app.Input().Type("text").ID(id).DataSet("testid", p.Name).
			Attr("inputmode", "numeric").AutoComplete(false).
			Value(v.Lab.form.Fields[p.Name]).
			Aria("invalid", wrong).Aria("describedby", id+"-help").
			OnInput(func(ctx app.Context, _ app.Event) {
				typed := ctx.JSSrc().Get("value").String()
				v.Lab.edit(func(f *Form) { f.Fields[p.Name] = typed })
			}, p.Name),
		app.P().Class("hint").ID(id+"-help").Text(help),
		v.renderFault(c, p.Name),
	)
}

func (v *formView) fieldHelp(p filters.Param, reason string) string {
	help := v.Lang.In(p.Help)
	if reason != "" {
		help += ". " + v.Lang.T("field.reason", v.Lang.Value(p.Default), reason)
	}
	return help
}

func (v *formView) renderPool(cat batch.Catalogue) app.UI {
	var options []app.UI
	for _, name := range cat.Pools {
		options = append(options, app.Option().Value(name).Selected(v.Lab.form.Pool == name).Text(v.Lang.T("pool."+name)))
	}
	return app.Div().Class("field").Body(
		app.Label().For("pool").Text(v.Lang.T("field.pool")),
		app.Select().ID("pool").DataSet("testid", "pool").Body(options...).
			OnChange(func(ctx app.Context, _ app.Event) {
				chosen := ctx.JSSrc().Get("value").String()
				v.Lab.edit(func(f *Form) { f.Pool = chosen })
			}),
		app.P().Class("hint").Text(v.Lang.T("pool.help")),
	)
}

func (v *formView) renderEngine(cat batch.Catalogue, c Checked) app.UI {
	var options []app.UI
	help := ""
	for _, e := range cat.Engines {
		options = append(options, app.Option().Value(e.Name).Selected(v.Lab.form.Engine == e.Name).Text(e.Name))
		if e.Name == v.Lab.form.Engine {
			help = v.Lang.In(e.Help)
		}
	}
	return app.Div().Class("field").Body(
		app.Label().For("engine").Text(v.Lang.T("field.engine")),
		app.Select().ID("engine").DataSet("testid", "engine").Body(options...).
			OnChange(func(ctx app.Context, _ app.Event) {
				chosen := ctx.JSSrc().Get("value").String()
				v.Lab.edit(func(f *Form) { f.Engine = chosen })
			}),
		app.P().Class("hint").Text(help),
		v.renderFault(c, "engine"),
	)
}

// renderFault says beside a field what is wrong with it. The place is always
// there, so that a screen reader hears what appears in it.
func (v *formView) renderFault(c Checked, field string) app.UI {
	fault, wrong := c.Fault(field)
	text := ""
	if wrong {
		text = v.Lang.In(fault.Text)
		// A sentence of this page already says what is allowed.
		if allowed := v.Lang.In(fault.Allowed); allowed != "" && fault.Text != mustBe(fault.Allowed) {
			text += " (" + allowed + ")"
		}
	}
	return app.P().Class("fault").Role("alert").DataSet("testid", "fault-"+field).Hidden(!wrong).Text(text)
}
