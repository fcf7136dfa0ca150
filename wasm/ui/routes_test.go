package ui

import (
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

func TestTheHostSendsAShell(t *testing.T) {
	html := app.HTMLString(NewLab(&Page{}))
	for _, want := range []string{"<h1>", "<noscript>", ES.T("noscript"), EN.T("noscript")} {
		if !strings.Contains(html, want) {
			t.Errorf("%q is not in the shell", want)
		}
	}
	if strings.Contains(html, "<form") {
		t.Error("the shell holds the form, which works only with the wasm")
	}
}
