package filters

import (
	"math"
	"slices"
	"testing"

	"carriles/executor/text"
	"carriles/filters/filter"
)

// TestContract holds the catalogue to the published table.
func TestContract(t *testing.T) {
	type param struct {
		name              string
		kind              filter.Kind
		def, lower, upper float64
	}
	want := []struct {
		name    string
		aliases []string
		params  []param
	}{
		{"resize", nil, []param{{"width", Int, 800, 1, 16384}, {"height", Int, 600, 1, 16384}}},
		{"blur", nil, []param{{"radius", Float, 2, 0, 100}}},
		{"brightness", nil, []param{{"factor", Float, 1.2, 0, 10}}},
		{"sharpen", []string{"heavy_sharpen"}, []param{{"intensity", Int, 3, 1, 10}}},
		{"edges", []string{"edge_detection"}, []param{{"threshold1", Float, 100, 0, 1000}, {"threshold2", Float, 200, 0, 1000}}},
	}
	all := All()
	if len(all) != len(want) {
		t.Fatalf("%d filters, want %d", len(all), len(want))
	}
	for i, w := range want {
		f := all[i]
		if f.Name != w.name || !slices.Equal(f.Aliases, w.aliases) || len(f.Params) != len(w.params) {
			t.Errorf("filter %d is %s %v with %d parameters, want %v", i, f.Name, f.Aliases, len(f.Params), w)
			continue
		}
		for j, p := range f.Params {
			if got := (param{p.Name, p.Kind, p.Default, p.Min, p.Max}); got != w.params[j] {
				t.Errorf("%s: parameter %v, want %v", f.Name, got, w.params[j])
			}
		}
	}
}

// TestCatalogue checks that the catalogue is whole and agrees with itself.
func TestCatalogue(t *testing.T) {
	texts := func(where string, list ...text.Text) {
		t.Helper()
		for _, x := range list {
			if x.ES == "" || x.EN == "" {
				t.Errorf("%s: a text is missing in one language: %+v", where, x)
			}
		}
	}
	names := map[string]bool{}
	if len(samples()) != len(All()) {
		t.Errorf("%d samples of %d filters", len(samples()), len(All()))
	}
	for _, f := range All() {
		sampleOf(t, f.Name)
		texts(f.Name, f.Title, f.Help)
		for _, name := range append([]string{f.Name}, f.Aliases...) {
			if names[name] {
				t.Errorf("the name %q is used twice", name)
			}
			names[name] = true
			if got, ok := Lookup(name); !ok || got.Name != f.Name {
				t.Errorf("Lookup(%q) = %q, %v", name, got.Name, ok)
			}
		}
		for _, p := range f.Params {
			texts(f.Name+"."+p.Name, p.Help, p.Allowed())
			if !p.Allows(p.Default) || !p.Allows(p.Min) || !p.Allows(p.Max) {
				t.Errorf("%s.%s refuses its own default or limits", f.Name, p.Name)
			}
			if p.Step <= 0 {
				t.Errorf("%s.%s has no step", f.Name, p.Name)
			}
			if got, ok := f.Param(p.Name); !ok || got.Name != p.Name {
				t.Errorf("%s.Param(%q) = %v, %v", f.Name, p.Name, got, ok)
			}
		}
		if d := f.Defaults(); len(d) != len(f.Params) {
			t.Errorf("%s: %d defaults for %d parameters", f.Name, len(d), len(f.Params))
		}
		if _, ok := f.Param("no such"); ok {
			t.Errorf("%s has a parameter that nobody declared", f.Name)
		}
	}
	if _, ok := Lookup("Blur"); ok {
		t.Error("Lookup ignores case, and the API does not")
	}

	engines := Engines()
	if len(engines) != 3 || engines[0].Name != NativeName || len(engines[0].Lacks) != 0 || engines[0].Name != Native().Name {
		t.Errorf("the first engine is not native: %+v", engines)
	}
	if SIMDOf(NativeName) != SIMD() || SIMDOf(ScalarName) != NoSIMD || SIMDOf(BildName) != NoSIMD {
		t.Error("an engine's SIMD level is not its own")
	}
	for _, e := range engines {
		texts(e.Name, e.Help)
		if got, ok := LookupEngine(e.Name); !ok || got.Name != e.Name {
			t.Errorf("LookupEngine(%q) = %q, %v", e.Name, got.Name, ok)
		}
		for name, why := range e.Lacks {
			texts(e.Name+" lacks "+name, why)
			if _, ok := Lookup(name); !ok {
				t.Errorf("%s lacks %q, which nobody knows", e.Name, name)
			}
		}
	}
	if _, ok := LookupEngine(""); ok {
		t.Error("an engine without a name")
	}
}

// TestSizes: resize has the size asked for, the others that of the source.
func TestSizes(t *testing.T) {
	for _, f := range All() {
		v := f.Defaults()
		wantW, wantH := 123, 45
		if f.Name == "resize" {
			wantW, wantH = 800, 600
		}
		if w, h := f.Size(123, 45, v); w != wantW || h != wantH {
			t.Errorf("%s: %dx%d, want %dx%d", f.Name, w, h, wantW, wantH)
		}
	}
}

func TestParam(t *testing.T) {
	whole := Param{Name: "n", Kind: Int, Min: 1, Max: 10}
	number := Param{Name: "x", Kind: Float, Min: 0, Max: 0.5}
	for _, c := range []struct {
		p    Param
		x    float64
		want bool
	}{
		{whole, 1, true}, {whole, 10, true}, {whole, 0, false}, {whole, 11, false}, {whole, 2.5, false},
		{whole, math.NaN(), false}, {whole, math.Inf(1), false},
		{number, 0, true}, {number, 0.5, true}, {number, 0.25, true}, {number, -1e-9, false}, {number, 0.6, false},
		{number, math.NaN(), false}, {number, math.Inf(-1), false},
	} {
		if got := c.p.Allows(c.x); got != c.want {
			t.Errorf("%s: Allows(%v) = %v", c.p.Name, c.x, got)
		}
	}
	if got := whole.Allowed(); got.ES != "un número entero de 1 a 10" || got.EN != "a whole number from 1 to 10" {
		t.Errorf("Allowed() = %+v", got)
	}
	if got := number.Allowed(); got.In("es") != "un número de 0 a 0.5" || got.In("en") != "a number from 0 to 0.5" {
		t.Errorf("Allowed() = %+v", got)
	}
	if got := (Values{"n": 7}).Int("n"); got != 7 {
		t.Errorf("Int = %d", got)
	}
}
