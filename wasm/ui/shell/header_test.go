package shell

import (
	"strings"
	"testing"

	"carriles/wasm/ui/i18n"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

func TestMachine(t *testing.T) {
	m := ParseMachine(`{"topology":{"cpu":{"features":["sse2","avx2","avx"]},"cores":{"physical":{"value":8},"allowed":{"value":2}}},"load":0.1}`, `{"version":"v1"}`)
	if got := m.Chips(i18n.ES); got != "2 núcleos · AVX2 · v1" {
		t.Errorf("%q", got)
	}
	if got := ParseMachine("", "<html>").Chips(i18n.EN); got != "" {
		t.Errorf("chips of nothing: %q", got)
	}
	if got := ParseMachine(`{"topology":{"cores":{"physical":{"value":1}}}}`, "").Chips(i18n.EN); got != "1 core" {
		t.Errorf("%q", got)
	}
}

func TestViewsAreLinked(t *testing.T) {
	views := []View{
		{Path: "/", Nav: "nav.lab"}, {Path: "/guide", Nav: "nav.guide"}, {Path: "/class", Nav: "nav.class"},
	}
	for _, v := range views {
		html := app.HTMLString(&header{Page: &Page{view: v, views: views}, Lang: i18n.ES})
		before, after, _ := strings.Cut(html, "aria-current")
		link := before[strings.LastIndex(before, "<a"):] + after[:strings.Index(after, ">")]
		if strings.Contains(after, "aria-current") || !strings.Contains(link, `href="`+v.Path+`"`) {
			t.Errorf("the link of %s is not the only current one: %s", v.Path, html)
		}
		if n := strings.Count(html, "<li"); n != 3 || !strings.Contains(html, "Guía") {
			t.Errorf("%s: %d links: %s", v.Path, n, html)
		}
	}
}
