package form

import (
	"slices"

	"carriles/executor/batch/request"
	"carriles/executor/text"
	"carriles/filters"
	"carriles/wasm/ui/i18n"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Where fields stand, in this order. Those that have no place of their own are
// folded away, after folded.
var (
	spread = []string{"processes", "threads"} // beside the methods
	lock   = []string{"gil"}                  // beneath them
	often  = []string{"count", "rounds", "precision_percent", "budget_s", "warmup"}
	whence = []string{"source", "latency_ms"}
	folded = []string{"workers", "pool", "engine", "transport", "chaos"}
	swept  = []string{"over", "values"}
)

// renderFields shows how often and how the batch is run: first what a lesson
// changes, the rest folded away.
func (v *View) renderFields(cat request.Catalogue, c Checked) app.UI {
	form := &v.Model.Form
	columns := "trio"
	if form.Auto {
		columns = "trio pairwise"
	}
	more := []app.UI{app.Summary().Text(v.Lang.T("fields.more"))}
	more = append(more, v.renderDeclared(cat, c, folded...)...)
	placed := slices.Concat(spread, lock, often, whence, folded, swept)
	for _, d := range c.Fields {
		if !slices.Contains(placed, d.Name) {
			more = append(more, v.renderDeclared(cat, c, d.Name)...)
		}
	}
	return app.Section().Body(
		app.H2().Text(v.Lang.T("fields.title")),
		app.Div().Class(columns).Body(v.renderDeclared(cat, c, often...)...),
		v.renderCheck("auto", form.Auto, func(f *Form) { f.Auto = !f.Auto }),
		app.Div().Class("beneath").Body(v.renderDeclared(cat, c, whence...)...),
		app.Details().Class("more").DataSet("testid", "more").Body(more...),
		app.Details().Class("more").DataSet("testid", "sweep").Body(append([]app.UI{
			app.Summary().Text(v.Lang.T("sweep.title")),
			app.P().Class("hint").Text(v.Lang.T("sweep.help")),
		}, v.renderDeclared(cat, c, swept...)...)...),
	)
}

// renderDeclared shows those of the fields that matter to the batch, by their
// declarations.
func (v *View) renderDeclared(cat request.Catalogue, c Checked, names ...string) []app.UI {
	var list []app.UI
	for _, name := range names {
		for _, d := range c.Fields {
			if d.Name != name {
				continue
			}
			switch {
			case name == "gil":
				list = append(list, v.renderReleased(d, c))
			case d.Kind == request.Choice:
				list = append(list, v.renderChooser(v.chooserOf(cat, d), c))
			case d.Kind == filters.Int || name == "chaos" || name == "values" && c.Request.Over != "":
				list = append(list, v.renderTyped(v.typedOf(cat, d, c), c))
			}
		}
	}
	return list
}

// renderReleased asks which stages let the lock go.
func (v *View) renderReleased(d request.Field, c Checked) app.UI {
	boxes := []app.UI{app.P().Class("strong").Text(v.Lang.In(d.Title))}
	for _, o := range d.Choices() {
		boxes = append(boxes, app.Label().Class("method").Title(v.Lang.In(o.Help)).Body(
			app.Input().Type("checkbox").DataSet("testid", "gil-"+o.Name).Checked(v.Model.Form.Releases(o.Name)).
				OnChange(func(app.Context, app.Event) {
					v.Model.Edit(func(f *Form) { f.ToggleReleased(o.Name) })
				}, o.Name),
			app.Span().Text(v.Lang.In(o.Title)),
			app.Small().Text(v.Lang.In(o.Help)),
		))
	}
	return app.Div().Class("field").Role("group").Aria("label", v.Lang.In(d.Title)).DataSet("testid", "gil").Body(append(boxes,
		app.P().Class("hint").Text(v.Lang.In(d.Help)),
		v.renderFault(c, d.Name),
	)...)
}

// typedOf is a declared number, or several.
func (v *View) typedOf(cat request.Catalogue, d request.Field, c Checked) typed {
	t := typed{
		name: d.Name, title: v.Lang.In(d.Title), value: v.Model.Form.Fields[d.Name], help: v.Lang.In(d.Help), fault: d.Name, mode: "numeric",
		set: func(f *Form, text string) { f.Fields[d.Name] = text },
	}
	switch d.Name {
	case "workers":
		t.help += ". " + v.Lang.T("field.reason", v.Lang.Value(d.Default), v.Lang.In(cat.PoolReason))
	case "chaos":
		t.name, t.fault = "kill_after", killField
	case "values":
		t.fault, t.mode = c.itemFault("values", "values"), "text"
	}
	return t
}

// chooserOf is a declared choice. What this system lacks says why; the help is
// the chosen one's, where it has any.
func (v *View) chooserOf(cat request.Catalogue, d request.Field) chooser {
	form := &v.Model.Form
	s := chooser{
		name: d.Name, title: v.Lang.In(d.Title), chosen: form.Fields[d.Name], help: v.Lang.In(d.Help),
		set: func(f *Form, chosen string) { f.Fields[d.Name] = chosen },
	}
	for _, o := range d.Choices() {
		ch := choice{name: o.Name, text: v.Lang.In(o.Title)}
		if o.Lacks != nil {
			ch.text, ch.lacks = v.Lang.T("option.lacks", ch.text, v.Lang.In(*o.Lacks)), true
		}
		s.choices = append(s.choices, ch)
		if help := v.Lang.In(o.Help); o.Name == s.chosen && help != "" {
			s.help = help
		}
	}
	switch {
	case d.Name == "transport" && form.Fields["source"] == request.SourceHTTP:
		s.help = v.Lang.T("transport.http")
	case d.Name == "over":
		s.choices = slices.Insert(s.choices, 0, choice{text: v.Lang.T("sweep.none")})
		s.set = func(f *Form, chosen string) { f.SweepOver(cat, chosen, v.Lang) }
		s.help = ""
		if axis, swept := AxisNamed(cat, s.chosen); swept {
			s.help = v.sweepHelp(axis)
		}
	}
	return s
}

// typed is a field that is typed into.
type typed struct {
	name  string // of its hook and its place
	title string
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
		app.Label().For(id).Text(t.title),
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
	name    string // of its hook and its place
	title   string
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
		app.Label().For(s.name).Text(s.title),
		app.Select().ID(s.name).DataSet("testid", s.name).Body(options...).
			OnChange(func(ctx app.Context, _ app.Event) {
				chosen := ctx.JSSrc().Get("value").String()
				v.Model.Edit(func(f *Form) { s.set(f, chosen) })
			}, s.name),
		app.P().Class("hint").Text(s.help),
		v.renderFault(c, s.name),
	)
}

func (v *View) sweepHelp(a request.SweepAxis) string {
	allowed := v.Lang.In(a.Param.Allowed())
	if needs := v.Lang.In(a.Needs); needs != "" {
		return v.Lang.T("sweep.needs", allowed, needs)
	}
	return allowed
}

// renderMethods shows who may run the batch: the host's methods with their
// shape, and this browser.
func (v *View) renderMethods(cat request.Catalogue, c Checked) app.UI {
	force := v.Model.Form.Workforce(cat)
	var rows []app.UI
	for _, m := range cat.Methods {
		shape := cat.Shapes[m.Name]
		// The catalogue knows the shape of the default pool; the page knows the
		// methods themselves and can tell any other.
		if known, ok := request.LookupMethod(m.Name); ok {
			shape = known.Shape(force)
		}
		rows = append(rows, v.renderMethod(m.Name, v.Lang.In(m.Title), v.Lang.In(m.Help),
			v.Lang.T("method.shape", shape.Processes, shape.Goroutines), m.Lacks))
	}
	for _, name := range request.BrowserMethods() {
		shape := v.Lang.T("shape.worker.one")
		if name == request.BrowserWorkers && v.Model.Form.Cores > 1 {
			shape = v.Lang.T("shape.workers.up", v.Model.Form.Cores)
		}
		rows = append(rows, v.renderMethod(name, i18n.MethodTitle(v.Lang, name), v.Lang.In(request.Described(name).Help), shape, nil))
	}
	return app.Section().Body(
		app.H2().Body(
			app.Text(v.Lang.T("methods.title")),
			app.Span().Class("aside").Text(v.Lang.T("methods.shape")),
		),
		app.Div().Class("methods").Role("group").Aria("label", v.Lang.T("methods.title")).Body(rows...),
		app.Div().Class("trio pairwise").Body(append(v.renderDeclared(cat, c, spread...), v.renderBrowserWorkers(c))...),
		app.Div().Class("beneath").Body(append(v.renderDeclared(cat, c, lock...), v.renderVariants(c))...),
		v.renderFault(c, "methods"),
	)
}

// renderBrowserWorkers asks how many Web Workers share the batch, where they do.
func (v *View) renderBrowserWorkers(c Checked) app.UI {
	form := &v.Model.Form
	if !form.Methods[request.BrowserWorkers] {
		return nil
	}
	return v.renderTyped(typed{
		name: browserWorkersField, title: v.Lang.T("field.browser_workers"), value: form.BrowserWorkers, fault: browserWorkersField, mode: "numeric",
		help: v.Lang.T("browser_workers.help", form.Cores),
		set:  func(f *Form, text string) { f.BrowserWorkers = text },
	}, c)
}

// renderMethod offers a method; one that lacks something is not to be chosen, and
// says why.
func (v *View) renderMethod(name, title, help, shape string, lacks *text.Text) app.UI {
	if lacks != nil {
		help, shape = v.Lang.In(*lacks), v.Lang.T("unavailable")
	}
	return app.Label().Class("method").Title(help).Body(
		app.Input().Type("checkbox").DataSet("testid", "method-check-"+name).Checked(v.Model.Form.Methods[name] && lacks == nil).Disabled(lacks != nil).
			OnChange(func(app.Context, app.Event) {
				v.Model.Edit(func(f *Form) { f.Methods[name] = !f.Methods[name] })
			}, name),
		app.Span().Text(title),
		app.Small().Text(shape),
	)
}
