package form

import (
	"slices"
	"testing"

	"carriles/executor/batch/request"
	"carriles/executor/fault"
	"carriles/wasm/ui/i18n"
)

// Each recipe is a batch that can be measured as it stands, and shows its subject;
// what was chosen before it does not stay, but for the photographs.
func TestRecipes(t *testing.T) {
	for _, r := range recipes() {
		f, cat := newForm(t)
		f.SetCores(3)
		f.Fields["engine"], f.Fields["source"], f.Auto = "bild", request.SourceHTTP, true
		f.Methods[request.Hybrid] = true
		f.TogglePhoto("a.jpg")
		f.Cook(cat, i18n.ES, r.name)
		c := f.Check(cat)
		if len(c.Faults) > 0 {
			t.Fatalf("%s: %+v", r.name, c.Faults)
		}
		s := c.Spec
		if s.Engine != "native" || s.Automatic() || s.Pool != request.Warm || !slices.Equal(s.Images, []string{"b.jpg"}) || slices.Contains(s.Methods, request.Hybrid) || f.Cores != 3 {
			t.Errorf("%s: %+v", r.name, s)
		}
		if waits := s.Source == request.SourceHTTP; waits != (r.name == RecipeWaits) {
			t.Errorf("%s waits: %v", r.name, waits)
		}
		if locks := slices.Contains(s.Methods, request.ThreadingGIL); locks != (r.name == RecipeLock) {
			t.Errorf("%s has a lock: %v", r.name, locks)
		}
		for _, lang := range []i18n.Lang{i18n.ES, i18n.EN} {
			if lang.T("recipe."+r.name) == "" || lang.T("recipe."+r.name+".help") == "" {
				t.Errorf("%s has no name in %s", r.name, lang)
			}
		}
	}
}

// A cause is told once, with all the files that it is of.
func TestRefusals(t *testing.T) {
	got := refusals(i18n.EN, []fault.FaultBody{
		{Field: "a.heic", Error: `"a.heic" is HEIC`}, {Field: "b.jpg", Error: "it is over 10 MiB"}, {Field: "c.heic", Error: `"c.heic" is HEIC`}, {Error: "busy"},
	})
	if want := []string{"a.heic, c.heic: is HEIC", "b.jpg: it is over 10 MiB", "busy"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
