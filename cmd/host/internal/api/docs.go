package api

import (
	"bytes"
	"cmp"
	"embed"
	"html/template"
	"net/http"
	"strings"
	"sync"

	"carriles/executor/batch/request"
	"carriles/executor/text"
)

//go:embed docs.html.tmpl
var docsFile embed.FS

var docsPage = sync.OnceValue(func() *template.Template {
	return template.Must(template.ParseFS(docsFile, "docs.html.tmpl"))
})

// docsView is what the page is laid out from.
type docsView struct {
	Lang, Assets, Origin string
	Before               []string // lines that set what others name
	Sections             []docsSection
	Fields               []docsField
}

type docsSection struct {
	Title  text.Text
	Routes []docsRoute
}

type docsRoute struct {
	Method, Path string
	Title, Needs text.Text
	Course       bool
	Lines        []string
}

type docsField struct {
	Name          string
	Help, Allowed text.Text
	Course        bool
}

// docs is the page that lists the API. It needs no script; the reader's language comes
// first, and both are there.
func (a *api) docs(w http.ResponseWriter, r *http.Request) {
	origin := originOf(r)
	view := docsView{Lang: tongue(r), Assets: cmp.Or(a.AssetsPath, "/web"), Origin: origin, Before: []string{aRun().on(origin)}}
	for _, part := range a.sections() {
		section := docsSection{Title: part.title}
		for _, x := range part.routes {
			shown := docsRoute{Method: x.method, Path: x.path, Title: x.title, Needs: x.needs, Course: x.course}
			for _, l := range append(x.first, x.ownLine()) {
				shown.Lines = append(shown.Lines, l.on(origin))
			}
			section.Routes = append(section.Routes, shown)
		}
		view.Sections = append(view.Sections, section)
	}
	lab := a.Lab()
	for _, f := range request.Fields(request.Endpoint{MethodsField: true, Stress: true, Runs: true, Queued: true}, lab) {
		view.Fields = append(view.Fields, docsField{f.Name, f.Help, allowed(f), f.Course})
	}
	var page bytes.Buffer
	if err := docsPage().Execute(&page, view); err != nil {
		a.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(page.Bytes()) // the client may have gone
}

// allowed says in words what a field may be; nothing where only its help does.
func allowed(f request.Field) text.Text {
	schema := field(f)
	if _, number := schema["maximum"]; number || f.Word != "" {
		return f.Allowed()
	}
	if items, ok := schema["items"].(object); ok && items["enum"] != nil {
		schema = items
	}
	if names, ok := schema["enum"].([]string); ok {
		return text.Text{ES: "uno de: " + strings.Join(names, ", "), EN: "one of: " + strings.Join(names, ", ")}
	}
	return text.Text{}
}

// Say is a text in the page's language, and Other in the other.
func (v docsView) Say(t text.Text) string { return t.In(v.Lang) }

func (v docsView) Other(t text.Text) string { return t.In(v.OtherLang()) }

func (v docsView) OtherLang() string {
	if v.Lang == "en" {
		return "es"
	}
	return "en"
}

// In is a text of the template's own.
func (v docsView) In(es, en string) string { return text.Text{ES: es, EN: en}.In(v.Lang) }
