package widget

import (
	"carriles/wasm/ui/dom"
	"carriles/wasm/ui/i18n"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// CurlView shows the command that does the same.
type CurlView struct {
	app.Compo
	Lang    i18n.Lang
	Command string

	copied bool
	failed bool
}

func (v *CurlView) Render() app.UI {
	note := ""
	switch {
	case v.copied:
		note = v.Lang.T("curl.copied")
	case v.failed:
		note = v.Lang.T("curl.failed")
	case v.Command == "":
		note = v.Lang.T("curl.none")
	}
	return app.Section().Class("curl").Body(
		app.H2().Body(
			app.Text(v.Lang.T("curl.title")),
			app.Button().Type("button").Class("aside plain").DataSet("testid", "copy").
				Disabled(v.Command == "").Text(v.Lang.T("curl.copy")).OnClick(v.copy),
		),
		app.Pre().TabIndex(0).Hidden(v.Command == "").Aria("label", v.Lang.T("curl.title")).Body(
			app.Code().ID("curl").DataSet("testid", "curl").Text(v.Command),
		),
		app.P().Class("hint").Role("status").Text(note),
	)
}

// OnUpdate drops the note of a command that is no longer shown.
func (v *CurlView) OnUpdate(app.Context) { v.copied, v.failed = false, false }

func (v *CurlView) copy(app.Context, app.Event) {
	v.copied = dom.CopyText(app.Window().GetElementByID("curl"), v.Command)
	v.failed = !v.copied
}
