package results

import (
	"encoding/json"
	"strings"
	"testing"

	"carriles/executor/batch/result"
	"carriles/executor/text"
	"carriles/wasm/ui/i18n"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

func TestPairSentence(t *testing.T) {
	sources := []source{{Method: "sequential", Digest: "a"}, {Method: "threading", Digest: "a"}, {Method: "browser", Digest: "b"}, {Method: "hybrid"}}
	tests := []struct {
		left, right int
		want        string
	}{
		{theOriginal, 0, ""},
		{0, 1, i18n.ES.T("pictures.equal")},
		{0, 2, i18n.ES.T("pictures.different")},
		{3, 0, i18n.ES.T("pictures.unknown")},
		{0, 7, ""},
	}
	for _, tt := range tests {
		if got := PairSentence(i18n.ES, sources, tt.left, tt.right); got != tt.want {
			t.Errorf("%d and %d: %q, want %q", tt.left, tt.right, got, tt.want)
		}
	}
}

// TestLeftSide takes the same photograph of another method, whose list may lack
// it or stand in another order.
func TestLeftSide(t *testing.T) {
	p := Pair{Name: "b.jpg", Before: "/before", After: "/after"}
	g := &gallery{Lang: i18n.EN, Sources: []source{{Pairs: []Pair{{Name: "a.jpg", After: "/x"}, {Name: "b.jpg", After: "/other"}}}, {Pairs: []Pair{{Name: "b.jpg", Error: "broken"}}}}}
	for _, tt := range []struct {
		left  int
		want  string
		there bool
	}{{theOriginal, "/before", true}, {0, "/other", true}, {1, "", false}} {
		g.left = tt.left
		if got, there := g.leftOf(p); got != tt.want || there != tt.there {
			t.Errorf("%d: %q, %v", tt.left, got, there)
		}
	}
}

// An output that is there and was not looked at is named with the reason, in both
// languages, beside its picture; of a photograph that stands in the batch twice, once.
func TestOutputsThatWereNotVerified(t *testing.T) {
	why := text.Sprintf("fue la máquina", "it was the machine")
	task := func(name string, notVerified *text.Text) result.TaskResult {
		return result.TaskResult{OriginalPath: "/static/images/" + name, ProcessedPath: "/static/processed/" + name, Status: result.StatusSuccess, NotVerified: notVerified}
	}
	r := result.MethodResult{Results: []result.TaskResult{task("a.jpg", nil), task("b.jpg", &why), task("a.jpg", &why), task("c.jpg", nil)}}
	for lang, want := range map[i18n.Lang][]string{
		i18n.ES: {"Imágenes que están y no se comprobaron", "a.jpg: fue la máquina", "b.jpg: fue la máquina"},
		i18n.EN: {"Images that are there and were not checked", "a.jpg: it was the machine", "b.jpg: it was the machine"},
	} {
		pairs := Pairs(lang, r, nil)
		html := app.HTMLString(&gallery{Lang: lang, open: -1, Sources: []source{{Pairs: pairs}}})
		for _, w := range want {
			if len(pairs) != 3 || strings.Count(html, w) != 1 || strings.Contains(html, "c.jpg:") || !strings.Contains(html, `data-testid="pair-b.jpg"`) {
				t.Errorf("%s: %d pairs, %q is not there once: %s", lang, len(pairs), w, html)
			}
		}
	}
	if html := app.HTMLString(&gallery{Lang: i18n.EN, open: -1, Sources: []source{{Pairs: Pairs(i18n.EN, result.MethodResult{Results: r.Results[:1]}, nil)}}}); strings.Contains(html, "not-verified") {
		t.Errorf("all were looked at: %s", html)
	}
}

func TestPictureOfAResult(t *testing.T) {
	v := &View{Lang: i18n.ES, Result: comparison(), RunID: "r1", Browsers: browserOutcome()}
	p := v.picture(v.rows())
	if p.File != "carriles-r1.png" || p.Title != "Procesos gana." || len(p.Rows) != len(v.rows()) || len(p.Foot) != 3 {
		t.Errorf("%+v", p)
	}
	last := p.Rows[len(p.Rows)-1]
	if last.Method != "browser" || !near(last.End, 7.2) || !strings.Contains(last.Time, "7,20") {
		t.Errorf("%+v", last)
	}
	if first := p.Rows[0]; !near(first.End, 3.6) || !strings.Contains(first.Time, "×") {
		t.Errorf("%+v", first)
	}
	if last := p.Ticks[len(p.Ticks)-1]; !near(p.Max, 7.2) || last.Text != "6\u00a0s" || len(p.Legend) == 0 {
		t.Errorf("an axis up to %g with %+v, and the legend %+v", p.Max, last, p.Legend)
	}
	alone := &View{Lang: i18n.EN, Browsers: browserOutcome()}
	text, err := json.Marshal(alone.picture(alone.rows()))
	if err != nil || strings.Contains(string(text), "null") || !strings.Contains(string(text), "This browser: 7.20") {
		t.Errorf("%s, %v", text, err)
	}
}
