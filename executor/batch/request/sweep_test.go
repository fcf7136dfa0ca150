package request

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"carriles/executor/text"
	"carriles/filters"
)

var sweeping = Endpoint{Methods: GuideMethods(), MethodsField: true, Sweep: true}

func swept(over string, values ...float64) func(*Spec) {
	return func(s *Spec) {
		s.Methods, s.Rounds, s.Sweep = GuideMethods(), FewestRounds, &SweepPlan{over, values}
	}
}

func TestParseAcceptsSweeps(t *testing.T) {
	http := func(s *Spec) { s.Source, s.LatencyMS = "http", 100 }
	tests := []struct {
		name, body string
		want       Spec
	}{
		{"workers, up to twice the pool", `{"over":"workers"}`, defaults(swept("workers", 1, 2, 3, 4))},
		{"intensity", `{"over":"intensity","filters":["sharpen"]}`, defaults(steps(sharpen), swept("intensity", 1, 2, 4, 6, 8, 10))},
		{"latency", `{"over":"latency_ms","source":"http"}`, defaults(http, swept("latency_ms", 0, 50, 100, 200, 400))},
		{"width", `{"over":"width","filters":["resize"]}`, defaults(steps(resize), swept("width", 400, 800, 1600, 2400, 3200))},
		{"values", `{"over":"workers","values":[1,8]}`, defaults(swept("workers", 1, 8))},
		{"values out of order", `{"over":"workers","values":[8,1,4.0,2e0]}`, defaults(swept("workers", 1, 2, 4, 8))},
		{"sixteen values", `{"over":"latency_ms","source":"http","values":[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15]}`,
			defaults(http, swept("latency_ms", 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15))},
		{"the alias of sharpen", `{"over":"intensity","filters":["heavy_sharpen"],"values":[1,10]}`, defaults(steps(sharpen), swept("intensity", 1, 10))},
		// 5 images x 3 methods x 4 points: 60 a round, and 3000 are the most.
		{"with automatic rounds", `{"over":"workers","rounds":"auto"}`,
			defaults(swept("workers", 1, 2, 3, 4), func(s *Spec) { s.Rounds, s.Auto = 50, &Auto{5, 60} })},
		{"with fewer automatic rounds", `{"over":"workers","rounds":"auto","count":20}`,
			defaults(swept("workers", 1, 2, 3, 4), func(s *Spec) { s.Count, s.Rounds, s.Auto = 20, 12, &Auto{5, 60} })},
		{"of one method", `{"over":"workers","methods":["threading"]}`,
			defaults(swept("workers", 1, 2, 3, 4), func(s *Spec) { s.Methods, s.Rounds = []string{Threading}, 1 })},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Parse([]byte(tt.body), sweeping, testLab())
			if err != nil {
				t.Fatalf("refused: %v", err)
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("\n got %+v\nwant %+v", got, tt.want)
			}
		})
	}
}

func TestParseRefusesSweeps(t *testing.T) {
	checkRefusals(t, []refusal{
		{"nothing to go over", ``, sweeping, []string{"missing over"}},
		{"values of nothing", `{"values":[1,2]}`, sweeping, []string{"missing over"}},
		{"over unknown", `{"over":"radius"}`, sweeping, []string{"unknown_name over"}},
		{"over null", `{"over":null}`, sweeping, []string{"wrong_type over"}},
		{"over two things", `{"over":["workers","width"]}`, sweeping, []string{"wrong_type over"}},
		{"over, where there is no sweep", `{"over":"workers"}`, all, []string{"unknown_field over"}},
		{"values, where there is no sweep", `{"values":[1,2]}`, stress, []string{"unknown_field values"}},
		{"intensity without sharpen", `{"over":"intensity"}`, sweeping, []string{"contradiction over"}},
		{"width without resize", `{"over":"width","filters":["blur"]}`, sweeping, []string{"contradiction over"}},
		{"devices without the room", `{"over":"devices"}`, sweeping, []string{"contradiction over"}},
		{"no device", `{"methods":["swarm"],"over":"devices","values":[0,1]}`, sweeping, []string{"out_of_range values[0]"}},
		{"latency of files", `{"over":"latency_ms"}`, sweeping, []string{"contradiction over"}},

		{"values null", `{"over":"workers","values":null}`, sweeping, []string{"wrong_type values"}},
		{"values a number", `{"over":"workers","values":4}`, sweeping, []string{"wrong_type values"}},
		{"values an object", `{"over":"workers","values":{"1":2}}`, sweeping, []string{"wrong_type values"}},
		{"values a string", `{"over":"workers","values":"1,2"}`, sweeping, []string{"wrong_type values"}},
		{"no values", `{"over":"workers","values":[]}`, sweeping, []string{"out_of_range values"}},
		{"one value", `{"over":"workers","values":[1]}`, sweeping, []string{"out_of_range values"}},
		{"17 values", `{"over":"latency_ms","source":"http","values":[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]}`, sweeping,
			[]string{"out_of_range values"}},
		{"not numbers", `{"over":"workers","values":[1,"2",null,[3],{},true]}`, sweeping,
			[]string{"wrong_type values[1]", "wrong_type values[2]", "wrong_type values[3]", "wrong_type values[4]", "wrong_type values[5]"}},
		{"twice", `{"over":"workers","values":[1,2,1,2.0]}`, sweeping, []string{"duplicate values[2]", "duplicate values[3]"}},
		{"workers out of range", `{"over":"workers","values":[0,1,9,1.5,1e309]}`, sweeping,
			[]string{"out_of_range values[0]", "out_of_range values[2]", "out_of_range values[3]", "out_of_range values[4]"}},
		{"intensity out of range", `{"over":"intensity","filters":["sharpen"],"values":[1,11]}`, sweeping, []string{"out_of_range values[1]"}},
		{"latency out of range", `{"over":"latency_ms","source":"http","values":[-1,5001]}`, sweeping,
			[]string{"out_of_range values[0]", "out_of_range values[1]"}},
		{"width out of range", `{"over":"width","values":[800,16385]}`, sweeping, []string{"out_of_range values[1]"}},

		// 16384 x 12288 at the aspect of 800 x 600: 201 megapixels of 24.
		{"a result too large", `{"over":"width","values":[800,16384]}`, sweeping, []string{"out_of_range filter_params.resize"}},
		{"the result of the batch itself too large", `{"over":"width","filter_params":{"resize":{"width":16384,"height":16384}},"values":[1,2]}`, sweeping,
			[]string{"out_of_range filter_params.resize"}},
		// Small enough, but twice as high as any image may be.
		{"a height that nobody could ask for", `{"over":"width","filter_params":{"resize":{"width":1,"height":16384}},"values":[1,2]}`, sweeping,
			[]string{"out_of_range values"}},
		{"default widths that are too high", `{"over":"width","filter_params":{"resize":{"width":10,"height":1000}}}`, sweeping,
			[]string{"out_of_range values"}},

		// 50 x 5 x 3 x 4 = 3000.
		{"one execution a round too many", `{"over":"workers","count":51,"rounds":5}`, sweeping, []string{"too_many count"}},
		// 40 x 5 x 3 x 6 = 3600: automatic rounds begin at five.
		{"automatic rounds of too many points", `{"over":"intensity","filters":["sharpen"],"count":40,"rounds":"auto"}`, sweeping, []string{"too_many count"}},
		{"no further faults for want of a batch", `{"over":"intensity","filters":["sharp"],"values":[1,2]}`, sweeping, []string{"unknown_filter filters[0]"}},
	}, testLab())
	if _, err := Parse([]byte(`{"over":"workers","count":50,"rounds":5}`), sweeping, testLab()); err != nil {
		t.Errorf("exactly as many executions as allowed: %v", err)
	}
}

func TestSweepsSayWhatIsAllowed(t *testing.T) {
	tests := []struct{ body, text, allowed string }{
		{``, `"over" is missing`, "one of: workers, intensity, latency_ms, width, devices"},
		{`{"over":"intensity"}`, "a sweep over intensity needs another batch", `sharpen in "filters"`},
		{`{"over":"workers","values":[1]}`, `"values" has 1 elements`, "2 to 16 numbers"},
		{`{"over":"workers","values":[1,9]}`, `"values[1]" cannot be 9`, "a whole number from 1 to 8"},
		{`{"over":"workers","values":[4,4]}`, "4 stands twice", "a whole number from 1 to 8"},
		{`{"over":"width","filter_params":{"resize":{"width":1,"height":16384}},"values":[1,2]}`,
			"with a width of 2 pixels, resize.height would be 32768", "a whole number from 1 to 16384"},
		{`{"over":"workers","count":200,"rounds":50}`, "the batch asks for 120000 images in all: too many", "images × rounds × methods × points up to 3000"},
	}
	for _, tt := range tests {
		_, err := Parse([]byte(tt.body), sweeping, testLab())
		if f := faultsOf(t, err)[0]; f.Text.EN != tt.text || f.Allowed.EN != tt.allowed {
			t.Errorf("%s: %q, allowed %q; want %q, %q", tt.body, f.Text.EN, f.Allowed.EN, tt.text, tt.allowed)
		}
	}
}

// A point differs from the batch in the one value, and the batch stays as it
// is.
func TestSweepAxisAt(t *testing.T) {
	base := func() Spec {
		return defaults(steps(resize, sharpen, blur(2), sharpen), swept("width", 1, 2), func(s *Spec) { s.Source, s.LatencyMS = "http", 100 })
	}
	sharpened := Step{"sharpen", filters.Values{"intensity": 7}}
	tests := []struct {
		over   string
		value  float64
		change func(*Spec)
	}{
		{OverWorkers, 6, func(s *Spec) {
			s.Workforce, s.WorkersReason = Workforce{6, 2, 3}, text.Sprintf("los pide el barrido", "asked for by the sweep")
		}},
		{OverIntensity, 7, steps(resize, sharpened, blur(2), sharpened)},
		{OverDevices, 3, func(s *Spec) { s.Devices = 3 }},
		{OverLatency, 400, func(s *Spec) { s.LatencyMS = 400 }},
		{OverWidth, 1600, steps(Step{"resize", filters.Values{"width": 1600, "height": 1200}}, sharpen, blur(2), sharpen)},
		{OverWidth, 1, steps(Step{"resize", filters.Values{"width": 1, "height": 1}}, sharpen, blur(2), sharpen)}, // 0.75, rounded
	}
	axes := SweepAxes(testLab().Limits, testLab().Pool)
	for _, tt := range tests {
		i := slices.IndexFunc(axes, func(a SweepAxis) bool { return a.Name == tt.over })
		s, want := base(), base()
		got := axes[i].At(s, tt.value)
		tt.change(&want)
		want.Sweep = nil
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s %g:\n got %+v\nwant %+v", tt.over, tt.value, got, want)
		}
		if !reflect.DeepEqual(s, base()) {
			t.Errorf("%s %g changed the batch: %+v", tt.over, tt.value, s)
		}
	}
}

func TestSweepAxes(t *testing.T) {
	for _, a := range SweepAxes(testLab().Limits, testLab().Pool) {
		if a.Title.ES == "" || a.Title.EN == "" || (a.Needs.ES == "") != (a.Needs.EN == "") {
			t.Errorf("%s lacks a text: %+v", a.Name, a)
		}
		if len(a.Values) < 2 || len(a.Values) > maxSweep || !slices.IsSorted(a.Values) {
			t.Errorf("%s: values %v", a.Name, a.Values)
		}
		for _, v := range a.Values {
			if !a.Param.Allows(v) {
				t.Errorf("%s: %g is out of range", a.Name, v)
			}
		}
		if p := a.Phrase(4); !strings.Contains(p.ES, "4") || !strings.Contains(p.EN, "4") || p.ES == p.EN {
			t.Errorf("%s: 4 is %+v", a.Name, p)
		}
	}
	// A large machine: no more points than a sweep may have, no more workers
	// than are allowed.
	for _, tt := range []struct{ limit, pool, want int }{{256, 64, maxSweep}, {8, 64, 8}, {8, 3, 6}, {8, 1, 2}} {
		if got := SweepAxes(Limits{Workers: tt.limit}, tt.pool)[0].Values; len(got) != tt.want || got[0] != 1 || got[len(got)-1] != float64(tt.want) {
			t.Errorf("up to %d workers, a pool of %d: %v", tt.limit, tt.pool, got)
		}
	}
	if p := SweepAxes(Limits{Workers: 8}, 2)[0].Phrase(1); p != (text.Text{ES: "1 trabajador", EN: "1 worker"}) {
		t.Errorf("one worker is %+v", p)
	}
}

// The spec of a sweep is what its result shows.
func TestSweepSpecJSON(t *testing.T) {
	spec, err := Parse([]byte(`{"over":"workers","values":[1,2],"rounds":"auto","chaos":{"kill_after":2}}`), sweeping, testLab())
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(spec)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"sweep":{"over":"workers","values":[1,2]}`, `"auto":{"precision_percent":5,"budget_s":60}`, `"chaos":{"kill_after":2}`, `"transport":"path"`} {
		if !strings.Contains(string(data), part) {
			t.Errorf("%s lacks %s", data, part)
		}
	}
}
