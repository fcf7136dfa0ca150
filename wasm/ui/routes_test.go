package ui

import (
	"strings"
	"testing"

	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/shell"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

func TestTheHostSendsAShell(t *testing.T) {
	for _, v := range Views() {
		html := app.HTMLString(v.New(&shell.Page{}))
		for _, want := range []string{"<h1>", "<noscript>", i18n.ES.T("noscript"), i18n.EN.T("noscript")} {
			if !strings.Contains(html, want) {
				t.Errorf("%s: %q is not in the shell", v.Path, want)
			}
		}
		if strings.Contains(html, "<form") || strings.Contains(html, "<main class=\"lab") {
			t.Errorf("%s: the shell holds what works only with the wasm", v.Path)
		}
	}
}

// TestViews has each view's words in the table, and its way back in the header.
func TestViews(t *testing.T) {
	for _, v := range Views() {
		for _, key := range []string{v.Title, v.Nav} {
			if key != "" && i18n.EN.T(key) == "" {
				t.Errorf("%s: no text %q", v.Path, key)
			}
		}
		if (v.Nav == "") == (v.Within == "") {
			t.Errorf("%s: it has a link of its own, or another's place: %+v", v.Path, v)
		}
	}
}
