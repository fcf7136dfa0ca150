package form

import (
	"carriles/executor/batch/request"
	"carriles/wasm/ui/i18n"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

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
			v.Lang.T("method.shape", shape.Processes, shape.Goroutines)))
	}
	for _, name := range request.BrowserMethods() {
		shape := v.Lang.T("shape.worker.one")
		if name == request.BrowserWorkers && v.Model.Form.Cores > 1 {
			shape = v.Lang.T("shape.workers.up", v.Model.Form.Cores)
		}
		rows = append(rows, v.renderMethod(name, i18n.MethodTitle(v.Lang, name), v.Lang.T("method."+name+".help"), shape))
	}
	return app.Section().Body(
		app.H2().Body(
			app.Text(v.Lang.T("methods.title")),
			app.Span().Class("aside").Text(v.Lang.T("methods.shape")),
		),
		app.Div().Class("methods").Role("group").Aria("label", v.Lang.T("methods.title")).Body(rows...),
		app.Div().Class("trio pairwise").Body(append(v.renderNumbers(cat, c, "processes", "threads"), v.renderBrowserWorkers(c))...),
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
		name: browserWorkersField, value: form.BrowserWorkers, fault: browserWorkersField, mode: "numeric",
		help: v.Lang.T("browser_workers.help", form.Cores),
		set:  func(f *Form, text string) { f.BrowserWorkers = text },
	}, c)
}

func (v *View) renderMethod(name, title, help, shape string) app.UI {
	return app.Label().Class("method").Title(help).Body(
		app.Input().Type("checkbox").DataSet("testid", "method-check-"+name).Checked(v.Model.Form.Methods[name]).
			OnChange(func(app.Context, app.Event) {
				v.Model.Edit(func(f *Form) { f.Methods[name] = !f.Methods[name] })
			}, name),
		app.Span().Text(title),
		app.Small().Text(shape),
	)
}
