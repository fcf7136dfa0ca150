package evidence

import (
	"html/template"
	"strings"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/web/draw"
)

// Settings says in one line what a run measures: nobody should read a figure
// without it.
func Settings(s request.Spec, lang string) string {
	return draw.SettingsText(language(lang).Tag(), s, 0)
}

// SettingsOf is Settings of what was measured, with as many rounds as it took.
func SettingsOf(c *result.Comparison, lang string) string {
	return draw.SettingsText(language(lang).Tag(), c.Spec, c.TestInfo.Rounds)
}

// Headline is the verdict of a comparison, or what its one method took.
func Headline(c *result.Comparison, lang string) string {
	return language(lang).headline(c, draw.MethodOrder(c.Results))
}

// Race is a comparison's race as the report has it, with its legend: lanes and times
// of each of the methods in their order on one axis, drawn by the page's scripts from
// the JSON that it holds.
func Race(c *result.Comparison, methods []string, lang string) (template.HTML, []draw.Key, error) {
	l := language(lang)
	var out strings.Builder
	f := l.race(c, methods)
	for i, name := range methods {
		if memory := c.Results[name].PeakMemoryBytes; memory > 0 {
			f.Race.Rows[i].Under += " · " + l.bytes(memory)
		}
	}
	f.Race.Data = handed(draw.RaceOf(l.Tag(), f.Race.end, c.Spec.Images, c.Timelines))
	err := reportTemplate().ExecuteTemplate(&out, "race", f.Race)
	return template.HTML(out.String()), f.Legend, err
}

// Curves are charts as the report has them, drawn by the page's scripts.
func Curves(c draw.Charts) (template.HTML, error) {
	var out strings.Builder
	err := reportTemplate().ExecuteTemplate(&out, "charts", chartsOf(c))
	return template.HTML(out.String()), err
}
