package form

import (
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/fault"
	"carriles/executor/text"
	"carriles/wasm/ui/client"
	"carriles/wasm/ui/dom"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/widget"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// View is the form: what to compute, how, how often.
type View struct {
	app.Compo
	Model   *Model
	Lang    i18n.Lang
	Rev     int // tells that the form behind Model has changed
	Busy    bool
	Trouble *client.Problem
	Upload  Upload
	// Forecast is how long it will take; nil while that is not known.
	Forecast *result.Forecast
}

func (v *View) Render() app.UI {
	cat, checked := v.Model.Catalogue, v.Model.Check()
	// What the host found wrong last time stands beside its field until the
	// form changes.
	checked.Faults = append(checked.Faults, fieldFaults(v.Trouble)...)
	return app.Form().Class("card form").Aria("label", v.Lang.T("form.label")).
		OnSubmit(v.submit).
		Body(
			v.renderRecipes(),
			v.renderMethods(cat, checked),
			v.renderChain(cat, checked),
			v.renderPhotos(checked),
			v.renderFields(cat, checked),
			app.Div().Class("go").Body(
				v.renderButton(),
				app.P().Class("hint").Text(PlanText(v.Lang, checked)),
				app.P().Class("hint").DataSet("testid", "forecast").Text(ForecastText(v.Lang, v.Forecast)),
			),
			&widget.CurlView{Lang: v.Lang, Command: v.command(checked)},
		)
}

// submit keeps the browser from sending the form itself.
func (v *View) submit(_ app.Context, e app.Event) {
	e.PreventDefault()
	v.Model.around.Submitted()
}

func (v *View) renderButton() app.UI {
	label := v.Lang.T("measure")
	if v.Busy {
		label = v.Lang.T("measuring")
	}
	return app.Button().Type("submit").Class("primary").ID("run").DataSet("testid", "run").
		Disabled(v.Busy).
		Text(label)
}

func (v *View) command(c Checked) string {
	if len(c.Faults) > 0 {
		return ""
	}
	return Curl(app.Window().Get("location").Get("origin").String(), c.Asked)
}

// fieldFaults turns the host's faults into those that the form shows beside its
// fields. They are in the language in which they were asked for.
func fieldFaults(p *client.Problem) []fault.Fault {
	if p == nil {
		return nil
	}
	var out []fault.Fault
	for _, f := range p.Faults {
		out = append(out, fault.Fault{
			Code: f.Code, Field: f.Field,
			Text:    text.Text{ES: f.Error, EN: f.Error},
			Allowed: text.Text{ES: f.Allowed, EN: f.Allowed},
		})
	}
	return out
}

// renderFault says beside a field what is wrong with it. The place is always
// there, so that a screen reader hears what appears in it.
func (v *View) renderFault(c Checked, field string) app.UI {
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

// keyUploads is where a browser remembers the pictures that it has sent.
const keyUploads = "carriles.uploads"

// Model is the form with what goes with it. Views share it by pointer.
type Model struct {
	Catalogue request.Catalogue
	Form      Form
	Rev       int // counts the form's changes
	Upload    Upload

	around Around
	images []result.ImageInfo // the host's
}

// Around is what a form needs of the page that it stands on.
type Around interface {
	Language() i18n.Lang
	Say(text string)
	Life() *client.Scope
	// Edited is told of each change, Submitted that the form is to be measured.
	Edited()
	Submitted()
	// Cooked is told that a recipe was taken: its number of images is to be found.
	Cooked()
}

// NewModel is the form as it starts, over the host's photographs and this
// browser's own.
func NewModel(around Around, cat request.Catalogue, images []result.ImageInfo) *Model {
	m := &Model{Catalogue: cat, Form: NewForm(cat, around.Language()), around: around, images: images}
	m.Form.SetCores(dom.BrowserCores())
	var own []result.ImageInfo
	dom.KeptIn(dom.ForGood, keyUploads, &own)
	m.Form.SetPhotos(images, own)
	m.Form.Cook(cat, around.Language(), RecipeComputes)
	return m
}

func (m *Model) Edit(change func(*Form)) {
	change(&m.Form)
	m.Rev++
	m.around.Edited()
}

func (m *Model) Respell(lang i18n.Lang) {
	m.Form.Respell(lang)
	m.Rev++
}

// Check is what the form stands for.
func (m *Model) Check() Checked { return m.Form.Check(m.Catalogue) }

func (m *Model) rememberUploads() { dom.KeepIn(dom.ForGood, keyUploads, m.Form.Own()) }
