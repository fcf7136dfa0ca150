package request

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"carriles/executor/fault"
)

// Contestants are the variants, each with what it sets and the rest of the request;
// asked for again, they are the same.
func TestVariants(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		want       string // the contestants
	}{
		{"cold and warm", `{"variants":[{"pool":"cold"},{"pool":"warm"}]}`, "threading@pool=cold threading@pool=warm"},
		{"of a method", `{"methods":["multiprocessing"],"variants":[{"transport":"path"},{"transport":"pipe"},{"engine":"bild"},{"workers":8}],"filters":["blur"]}`,
			"multiprocessing@transport=path multiprocessing@transport=pipe multiprocessing@engine=bild multiprocessing@workers=8"},
		{"of two methods", `{"methods":["sequential","threading"],"variants":[{"pool":"cold"},{"pool":"warm"}]}`,
			"sequential@pool=cold threading@pool=cold sequential@pool=warm threading@pool=warm"},
		{"one, beside the request", `{"variants":[{"pool":"warm"}]}`, "threading threading@pool=warm"},
		{"two fields", `{"variants":[{"pool":"warm","transport":"pipe"},{"pool":"warm"}]}`, "threading@pool=warm,transport=pipe threading@pool=warm"},
		{"methods too", `{"variants":[{"method":"hybrid","processes":3},{"method":"threading"}]}`, "hybrid@processes=3 threading"},
		{"locks", `{"methods":["threading-gil"],"variants":[{"gil":{"released_in":["decode","filter"]}}]}`, "threading-gil threading-gil@gil=decode+filter"},
		{"the lab against itself", `{"methods":["threading"],"control":true}`, "threading threading@control"},
		{"a variant against itself", `{"variants":[{"pool":"warm"}],"control":true}`, "threading@pool=warm threading@pool=warm,control"},
		{"no control", `{"methods":["threading","sequential"],"control":false}`, "threading sequential"},
	} {
		s, err := Parse([]byte(tt.body), all, testLab())
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if got := strings.Join(s.Methods, " "); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
		body, err := json.Marshal(Of(s))
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse(body, all, testLab())
		if err != nil || !slices.Equal(again.Methods, s.Methods) {
			t.Errorf("%s: asked for again with %s: %v, %v", tt.name, body, again.Methods, err)
			continue
		}
		for i, name := range s.Methods {
			if one, other := s.As(name), again.As(name); one.Pool != other.Pool || one.Transport != other.Transport || one.Engine != other.Engine || !reflect.DeepEqual(one.GIL, other.GIL) || s.Shape(name) != again.Shape(name) {
				t.Errorf("%s, %d: %+v, asked for again %+v", tt.name, i, one, other)
			}
		}
	}
	s, err := Parse([]byte(`{"methods":["multiprocessing"],"variants":[{"pool":"warm"},{"workers":8},{"transport":"pipe"},{"engine":"bild"}],"filters":["blur"]}`), all, testLab())
	if err != nil {
		t.Fatal(err)
	}
	warm, eight, pipe, bild := s.As(s.Methods[0]), s.As(s.Methods[1]), s.As(s.Methods[2]), s.As(s.Methods[3])
	if warm.Pool != Warm || eight.Pool != Cold || s.Shape(s.Methods[1]).Processes != 8 || s.Shape(s.Methods[0]).Processes != 2 || pipe.Transport != TransportPipe || bild.Engine != "bild" || warm.Engine != "native" {
		t.Errorf("%+v", s.Variants)
	}
	if m := Described(s.Methods[1]); m.Title.EN != "Processes · 8 workers" || m.Subject.ES != "los procesos (8 trabajadores)" || !m.Plural {
		t.Errorf("%+v", m)
	}
	if path, _ := Of(s).Endpoint(); path != BatchPath+"compare-all/" {
		t.Errorf("variants are posted to %s", path)
	}
}

// Every fault of variants is named, with its path.
func TestVariantsRefused(t *testing.T) {
	for _, tt := range []struct{ name, body, want string }{
		{"nothing is set", `{"variants":[{}]}`, "variants[0] duplicate"},
		{"what the request says", `{"pool":"warm","variants":[{"pool":"warm"}]}`, "variants[0] duplicate"},
		{"the default, alone", `{"variants":[{"pool":"cold"}]}`, "variants[0] duplicate"},
		{"twice", `{"variants":[{"pool":"warm"},{"pool":"warm"}]}`, "variants[1] duplicate"},
		{"workers of a method that has one", `{"methods":["sequential"],"variants":[{"workers":8},{"workers":4}]}`, "variants[1] duplicate"},
		{"what cannot vary", `{"variants":[{"count":3},{"rounds":2,"pool":"warm"}]}`, "variants[0].count contradiction, variants[1].rounds contradiction"},
		{"what is no field", `{"variants":[{"colour":"red"}]}`, "variants[0].colour unknown_field"},
		{"a wrong value", `{"variants":[{"pool":"tepid"},{"workers":0},{"workers":"x"}]}`, "variants[0].pool unknown_name, variants[1].workers out_of_range, variants[2].workers wrong_type"},
		{"no method", `{"variants":[{"method":"magic"}]}`, "variants[0].method unknown_name"},
		{"what does not go together", `{"source":"http","variants":[{"transport":"pipe"}]}`, "variants[0].transport contradiction"},
		{"nor the other way round", `{"transport":"pipe","variants":[{"source":"http"}]}`, "variants[0].transport contradiction"},
		{"an engine without the filter", `{"filters":["edges"],"variants":[{"engine":"bild"}]}`, "variants[0].filters[0] engine_lacks_filter"},
		{"no list", `{"variants":{"pool":"warm"}}`, "variants wrong_type"},
		{"no objects", `{"variants":["warm"]}`, "variants[0] wrong_type"},
		{"none", `{"variants":[]}`, "variants out_of_range"},
		{"no truth", `{"control":1}`, "control wrong_type"},
	} {
		_, err := Parse([]byte(tt.body), all, testLab())
		var bad *fault.Error
		if !errors.As(err, &bad) {
			t.Errorf("%s: accepted", tt.name)
			continue
		}
		var got []string
		for _, f := range bad.Faults {
			got = append(got, f.Field+" "+f.Code)
			if f.Text.ES == "" || f.Text.EN == "" || f.Allowed.EN == "" {
				t.Errorf("%s: %+v", tt.name, f)
			}
		}
		if strings.Join(got, ", ") != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, strings.Join(got, ", "), tt.want)
		}
	}
	sweep := Endpoint{Methods: GuideMethods(), MethodsField: true, Runs: true}
	for _, body := range []string{`{"over":"workers","variants":[{"pool":"warm"}]}`, `{"over":"workers","control":true}`} {
		if _, err := Parse([]byte(body), sweep, testLab()); err == nil {
			t.Errorf("%s: accepted", body)
		}
	}
}

// Where a comparison measures both pools, each of its methods takes turns from nothing
// and running; a variant that names a pool leaves the others theirs.
func TestContestants(t *testing.T) {
	for _, tt := range []struct{ body, want string }{
		{`{}`, "sequential@from-nothing:cold sequential:warm threading@from-nothing:cold threading:warm multiprocessing@from-nothing:cold multiprocessing:warm"},
		{`{"pool":"cold"}`, "sequential:cold threading:cold multiprocessing:cold"},
		{`{"methods":["threading"]}`, "threading:cold"},
		{`{"methods":["threading"],"pool":"both"}`, "threading@from-nothing:cold threading:warm"},
		{`{"methods":["threading"],"control":true}`, "threading@from-nothing:cold threading:warm threading@control,from-nothing:cold threading@control:warm"},
		{`{"variants":[{"transport":"pipe"}]}`, "threading@from-nothing:cold threading:warm threading@transport=pipe,from-nothing:cold threading@transport=pipe:warm"},
		{`{"variants":[{"transport":"pipe"},{"pool":"warm"}],"control":true}`, "threading@transport=pipe:cold threading@transport=pipe,control:cold threading@pool=warm:warm"},
		{`{"methods":["sequential","distributed"]}`, "sequential@from-nothing:cold sequential:warm distributed:warm"},
	} {
		s, err := Parse([]byte(tt.body), all, testLab())
		if err != nil {
			t.Errorf("%s: %v", tt.body, err)
			continue
		}
		var got []string
		for _, name := range s.Contestants() {
			got = append(got, name+":"+s.As(name).Pool)
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: %s, want %s", tt.body, strings.Join(got, " "), tt.want)
		}
		warm := len(got) // who takes part in a warm-up
		if s.Warmup > 0 && strings.Contains(tt.want, "from-nothing") {
			warm = strings.Count(tt.want, ":warm")
		}
		if n := s.Count * (s.Rounds*len(got) + s.Warmup*warm); s.Executions() != n || len(s.InRound(0)) != warm || len(s.InRound(s.Warmup)) != len(got) {
			t.Errorf("%s: %d executions, want %d, in rounds of %q", tt.body, s.Executions(), n, s.InRound(0))
		}
	}
	m := Described(FromNothing(Threading))
	if of, yes := IsFromNothing(m.Name); m.Title.ES != "Hilos · desde cero" || m.Title.EN != "Threads · from nothing" || of != Threading || !yes {
		t.Errorf("%+v", m)
	}
	if of, yes := IsFromNothing("threading@transport=pipe"); yes {
		t.Errorf("a variant is taken for %q from nothing", of)
	}
}
