package results

import (
	"encoding/json"
	"strings"
	"testing"

	"carriles/wasm/ui/i18n"
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

func TestPictureOfAResult(t *testing.T) {
	v := &View{Lang: i18n.ES, Result: comparison(), RunID: "r1", Browsers: browserOutcome()}
	p := v.picture(v.rows())
	if p.File != "carriles-r1.png" || p.Title != "Procesos gana." || len(p.Rows) != len(v.rows()) || len(p.Foot) != 3 {
		t.Errorf("%+v", p)
	}
	last := p.Rows[len(p.Rows)-1]
	if last.Method != "browser" || !near(last.Share, 1) || !strings.Contains(last.Time, "7,20") {
		t.Errorf("%+v", last)
	}
	if first := p.Rows[0]; !near(first.Share, 0.5) || !strings.Contains(first.Time, "×") {
		t.Errorf("%+v", first)
	}
	alone := &View{Lang: i18n.EN, Browsers: browserOutcome()}
	text, err := json.Marshal(alone.picture(alone.rows()))
	if err != nil || strings.Contains(string(text), "null") || !strings.Contains(string(text), "This browser: 7.20") {
		t.Errorf("%s, %v", text, err)
	}
}
