package results

import (
	"net/url"

	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/measure"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// RunLink is the page's address of a run.
func RunLink(id string) string { return "/?run=" + url.QueryEscape(id) }

// Evidence links to a run's figures in other forms.
func Evidence(l i18n.Lang, id string) app.UI {
	base := measure.RunURL(id)
	return app.Ul().Class("evidence").Aria("label", l.T("evidence.title")).Body(
		ReportLink(l, id),
		saved(base+"trace/", "carriles-"+id+"-trace.json", l.T("evidence.trace")),
		saved(base+"csv/", "carriles-"+id+".csv", l.T("evidence.csv")),
		Opened(base, "carriles-"+id+".json", l.T("raw")),
	)
}

// ReportLink saves a run's report in the page's language.
func ReportLink(l i18n.Lang, id string) app.UI {
	return saved(measure.RunURL(id)+"report/?lang="+string(l), "carriles-"+id+".html", l.T("evidence.report"))
}

// saved is a link to a file. go-app takes over the clicks on links without a
// download attribute.
func saved(url, name, text string) app.UI {
	return app.Li().Body(app.A().Href(url).Download(name).Text(text))
}

// Opened is a link to what is of more use read in a tab than saved, on a phone
// above all.
func Opened(url, name, text string) app.UI {
	return app.Li().Body(app.A().Href(url).Download(name).Text(text).
		OnClick(func(_ app.Context, e app.Event) {
			e.PreventDefault()
			app.Window().Call("open", url, "_blank", "noopener")
		}, url))
}
