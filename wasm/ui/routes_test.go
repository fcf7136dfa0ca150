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
		if v.Nav == "" || i18n.EN.T(v.Nav) == "" || v.Title != "" && i18n.EN.T(v.Title) == "" {
			t.Errorf("%s: it has no link in the header, or no text: %+v", v.Path, v)
		}
	}
}
