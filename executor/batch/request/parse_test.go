package request

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"carriles/executor/fault"
	"carriles/executor/text"
	"carriles/filters"
)

// testLab is a lab with three photographs and an upload, on two cores.
func testLab() Lab {
	images := []string{"a.jpg", "b.jpg", "c.png"}
	return Lab{
		Limits: Limits{Count: 200, Stress: 50, Workers: 8, Executions: 3000, Pixels: 24_000_000},
		Pool:   2, PoolReason: text.Sprintf("2: los núcleos", "2: the cores"),
		Images: images,
		Exists: func(name string) bool { return slices.Contains(append(images, "uploads/x.png"), name) },
	}
}

var (
	one      = Endpoint{Methods: []string{Sequential}}
	locked   = Endpoint{Methods: []string{ThreadingGIL}}
	pythonic = Endpoint{Methods: []string{PythonThreading}}
	all      = Endpoint{Methods: GuideMethods(), MethodsField: true}
	stress   = Endpoint{Methods: []string{Multiprocessing}, Stress: true}
	resize   = Step{Filter: "resize", Params: filters.Values{"width": 800, "height": 600}}
	sharpen  = Step{Filter: "sharpen", Params: filters.Values{"intensity": 3}}
	edges    = Step{Filter: "edges", Params: filters.Values{"threshold1": 100, "threshold2": 200}}
)

func blur(radius float64) Step {
	return Step{Filter: "blur", Params: filters.Values{"radius": radius}}
}

// defaults is the spec of an empty body, which the tests then change.
func defaults(change ...func(*Spec)) Spec {
	s := Spec{
		Steps:  []Step{resize, blur(2), {Filter: "brightness", Params: filters.Values{"factor": 1.2}}},
		Images: testLab().Images, Count: 5, Workforce: Workforce{2, 2, 2}, WorkersReason: testLab().PoolReason,
		Rounds: 1, Engine: "native", Pool: "cold", Source: "file", Transport: "path", Methods: []string{"sequential"},
	}
	for _, c := range change {
		c(&s)
	}
	return s
}

func steps(chain ...Step) func(*Spec) { return func(s *Spec) { s.Steps = chain } }

func guideBody(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "guide", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// compared makes a comparison of it; 0 seconds: without a budget.
func compared(rounds, warmup, budget int) func(*Spec) {
	return func(s *Spec) {
		s.Methods, s.Rounds, s.Warmup, s.Pool = GuideMethods(), rounds, warmup, Both
		if budget > 0 {
			s.Auto = &Auto{BudgetS: budget}
		}
	}
}

func TestParseAccepts(t *testing.T) {
	asked := text.Sprintf("los pide la petición", "asked for by the request")
	stressed := func(s *Spec) { s.Count, s.Methods, s.Sample = 20, []string{"multiprocessing"}, true }
	tests := []struct {
		name, body string
		ep         Endpoint
		want       Spec
	}{
		{"guide 1", guideBody(t, "1-resize-blur"), one, defaults(steps(resize, blur(3)))},
		{"guide 2", guideBody(t, "2-sharpen"), one, defaults(steps(sharpen))},
		{"guide 3", guideBody(t, "3-resize-sharpen"), one,
			defaults(steps(resize, Step{"sharpen", filters.Values{"intensity": 2}}))},
		{"guide 4", guideBody(t, "4-edges"), one,
			defaults(steps(Step{"edges", filters.Values{"threshold1": 50, "threshold2": 150}}))},
		{"guide 5", guideBody(t, "5-resize-blur-sharpen"), one, defaults(steps(resize, blur(2), sharpen))},

		{"no body", "", one, defaults()},
		{"white space", " \r\n\t ", one, defaults()},
		{"empty object", "{}", one, defaults()},
		{"space around", "\n {} \n", one, defaults()},

		{"alias in filters", `{"filters":["heavy_sharpen","edge_detection"]}`, one, defaults(steps(sharpen, edges))},
		{"alias in both", `{"filters":["heavy_sharpen"],"filter_params":{"heavy_sharpen":{"intensity":7}}}`, one,
			defaults(steps(Step{"sharpen", filters.Values{"intensity": 7}}))},
		{"alias in filters only", `{"filters":["edge_detection"],"filter_params":{"edges":{"threshold2":300}}}`, one,
			defaults(steps(Step{"edges", filters.Values{"threshold1": 100, "threshold2": 300}}))},
		{"alias in filter_params only", `{"filters":["sharpen"],"filter_params":{"heavy_sharpen":{"intensity":1}}}`, one,
			defaults(steps(Step{"sharpen", filters.Values{"intensity": 1}}))},
		{"a filter twice", `{"filters":["blur","sharpen","blur"],"filter_params":{"blur":{"radius":0.5}}}`, one,
			defaults(steps(blur(0.5), sharpen, blur(0.5)))},
		{"parameters of a filter that is not in the chain", `{"filters":["blur"],"filter_params":{"sharpen":{"intensity":9}}}`, one,
			defaults(steps(blur(2)))},
		{"no parameters", `{"filters":["blur"],"filter_params":{"blur":{}}}`, one, defaults(steps(blur(2)))},
		{"no filters' parameters", `{"filters":["blur"],"filter_params":{}}`, one, defaults(steps(blur(2)))},
		{"the ends of ranges", `{"filters":["resize","blur"],"filter_params":{"resize":{"width":1,"height":16384},"blur":{"radius":0}}}`, one,
			defaults(steps(Step{"resize", filters.Values{"width": 1, "height": 16384}}, blur(0)))},
		{"whole numbers written as 1.0 and 1e2", `{"count":1e2,"workers":1.0}`, one,
			defaults(func(s *Spec) { s.Count, s.Workers, s.WorkersReason = 100, 1, asked })},
		{"sixteen steps", `{"filters":[` + strings.Repeat(`"blur",`, 15) + `"blur"]}`, one,
			defaults(steps(slices.Repeat([]Step{blur(2)}, 16)...))},

		{"numbers", `{"count":200,"workers":8,"rounds":3,"warmup":2}`, one,
			defaults(func(s *Spec) {
				s.Count, s.Workforce, s.Rounds, s.Warmup, s.WorkersReason = 200, Workforce{8, 2, 4}, 3, 2, asked
			})},
		{"the pool's own number, asked for", `{"workers":2}`, one, defaults(func(s *Spec) { s.WorkersReason = asked })},
		{"images", `{"images":["c.png","uploads/x.png","c.png"]}`, one,
			defaults(func(s *Spec) { s.Images = []string{"c.png", "uploads/x.png", "c.png"} })},
		{"engine and pool", `{"engine":"bild","pool":"warm"}`, one,
			defaults(func(s *Spec) { s.Engine, s.Pool = "bild", "warm" })},

		{"the guide's methods", ``, all, defaults(compared(5, 1, 20))},
		{"methods in their own order", `{"methods":["multiprocessing","sequential"]}`, all,
			defaults(compared(5, 1, 20), func(s *Spec) { s.Methods = []string{"multiprocessing", "sequential"} })},
		{"a comparison of one method", `{"methods":["threading"]}`, all, defaults(func(s *Spec) { s.Methods = []string{"threading"} })},
		{"a comparison without warm-up", `{"warmup":0}`, all, defaults(compared(5, 0, 20))},
		{"a comparison with time", `{"budget_s":90}`, all, defaults(compared(5, 1, 90))},
		{"a comparison's own rounds", `{"rounds":1}`, all, defaults(compared(1, 0, 0))},
		{"rounds within a time", `{"rounds":9,"budget_s":30}`, all, defaults(compared(9, 0, 30))},
		// 200 x (4 + 1) x 3 are 3,000: of both pools there would be one round.
		{"as many rounds as there is room for", `{"count":200}`, all, defaults(compared(4, 1, 20), func(s *Spec) { s.Count, s.Pool = 200, Cold })},
		// 125 x (3 + 1) x 3 x 2 are 3,000.
		{"both pools with the fewest rounds", `{"count":125}`, all, defaults(compared(3, 1, 20), func(s *Spec) { s.Count = 125 })},
		{"a comparison from nothing", `{"pool":"cold"}`, all, defaults(compared(5, 1, 20), func(s *Spec) { s.Pool = Cold })},
		{"a comparison that runs", `{"pool":"warm"}`, all, defaults(compared(5, 1, 20), func(s *Spec) { s.Pool = Warm })},
		{"one method both ways", `{"pool":"both"}`, one, defaults(func(s *Spec) { s.Pool = Both })},

		{"stress", ``, stress, defaults(stressed)},
		{"stress: count and iterations", `{"count":50,"num_iterations":20}`, stress,
			defaults(stressed, func(s *Spec) { s.Count, s.Rounds = 50, 20 })},
		{"stress: rounds mean iterations", `{"rounds":4}`, stress, defaults(stressed, func(s *Spec) { s.Rounds = 4 })},
		{"stress: method", `{"method":"threading"}`, stress,
			defaults(stressed, func(s *Spec) { s.Methods = []string{"threading"} })},
		{"exactly as many executions as allowed", `{"count":100,"rounds":8,"warmup":2}`, all,
			defaults(func(s *Spec) { s.Count, s.Rounds, s.Warmup, s.Methods = 100, 8, 2, GuideMethods() })},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Parse([]byte(tt.body), tt.ep, testLab())
			if err != nil {
				t.Fatalf("refused: %v", err)
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("\n got %+v\nwant %+v", got, tt.want)
			}
		})
	}
}

// A stress test whose limit is below its default count has that as default.
func TestDefaultCountKeepsTheLimit(t *testing.T) {
	lab := testLab()
	lab.Limits.Count, lab.Limits.Stress = 3, 7
	for ep, want := range map[*Endpoint]int{&one: 3, &stress: 7} {
		if s, err := Parse(nil, *ep, lab); err != nil || s.Count != want {
			t.Errorf("count %d, %v; want %d", s.Count, err, want)
		}
	}
}

func TestExecutionsLimit(t *testing.T) {
	lab := testLab()
	lab.Limits.Executions = 30 // 5 images x 3 methods x 2 rounds
	if _, err := Parse([]byte(`{"rounds":2}`), all, lab); err != nil {
		t.Errorf("exactly as many as allowed: %v", err)
	}
	lab.Limits.Executions = 29
	_, err := Parse([]byte(`{"rounds":2}`), all, lab)
	if f := faultsOf(t, err); f[0].Code != fault.CodeTooMany || !strings.Contains(f[0].Text.EN, "30 images") {
		t.Errorf("one too many: %v", err)
	}
}

// What could only wait for longer than a run lasts is refused before.
func TestWaitsLimit(t *testing.T) {
	lab := testLab()
	const slow = `{"source":"http","latency_ms":5000,"count":10,"workers":2,"rounds":2,"warmup":1`
	lab.Limits.RunSeconds = 10*3*5 + 5*3*5 // sequential, and two lanes
	if _, err := Parse([]byte(slow+`,"methods":["sequential","threading"]}`), all, lab); err != nil {
		t.Errorf("exactly as long as allowed: %v", err)
	}
	lab.Limits.RunSeconds--
	_, err := Parse([]byte(slow+`,"methods":["sequential","threading"]}`), all, lab)
	if f := faultsOf(t, err); f[0].Code != fault.CodeTooMany || f[0].Field != "latency_ms" || !strings.Contains(f[0].Text.EN, "225 s") {
		t.Errorf("a second too long: %v", err)
	}
	lab.Limits.RunSeconds = 900
	if _, err := Parse([]byte(`{"source":"http","latency_ms":5000,"count":200,"rounds":5,"methods":["sequential","threading","multiprocessing"]}`), all, lab); err == nil {
		t.Error("four hours are accepted")
	}
}

func TestParseRefuses(t *testing.T) {
	tests := []struct {
		name, body string
		ep         Endpoint
		want       []string // "code field", in order
	}{
		{"unknown field", `{"filtros":[]}`, one, []string{"unknown_field filtros"}},
		{"names are exact", `{"Count":3,"FILTERS":["blur"]}`, one, []string{"unknown_field Count", "unknown_field FILTERS"}},
		{"unknown filter", `{"filters":["blur","sepia"]}`, one, []string{"unknown_filter filters[1]"}},
		{"empty filter", `{"filters":["", "null"]}`, one, []string{"unknown_filter filters[0]", "unknown_filter filters[1]"}},
		{"unknown filter in filter_params", `{"filter_params":{"sepia":{}}}`, one, []string{"unknown_filter filter_params.sepia"}},
		{"unknown parameter", `{"filter_params":{"blur":{"radio":1}}}`, one, []string{"unknown_param filter_params.blur.radio"}},
		{"another filter's parameter", `{"filter_params":{"blur":{"width":1}}}`, one, []string{"unknown_param filter_params.blur.width"}},
		{"alias and name in filter_params", `{"filter_params":{"sharpen":{"intensity":1},"heavy_sharpen":{"intensity":2}}}`, one,
			[]string{"duplicate filter_params.heavy_sharpen"}},

		{"filters null", `{"filters":null}`, one, []string{"wrong_type filters"}},
		{"filters a string", `{"filters":"blur"}`, one, []string{"wrong_type filters"}},
		{"filters an object", `{"filters":{"blur":1}}`, one, []string{"wrong_type filters"}},
		{"filters of numbers", `{"filters":["blur",1,null,["blur"],{}]}`, one,
			[]string{"wrong_type filters[1]", "wrong_type filters[2]", "wrong_type filters[3]", "wrong_type filters[4]"}},
		{"filters empty", `{"filters":[]}`, one, []string{"out_of_range filters"}},
		{"17 steps", `{"filters":[` + strings.Repeat(`"blur",`, 16) + `"blur"]}`, one, []string{"out_of_range filters"}},

		{"filter_params null", `{"filter_params":null}`, one, []string{"wrong_type filter_params"}},
		{"filter_params a list", `{"filter_params":[]}`, one, []string{"wrong_type filter_params"}},
		{"filter_params a number", `{"filter_params":3}`, one, []string{"wrong_type filter_params"}},
		{"a filter's parameters null", `{"filter_params":{"blur":null}}`, one, []string{"wrong_type filter_params.blur"}},
		{"a filter's parameters a number", `{"filter_params":{"blur":3}}`, one, []string{"wrong_type filter_params.blur"}},
		{"parameter null", `{"filter_params":{"blur":{"radius":null}}}`, one, []string{"wrong_type filter_params.blur.radius"}},
		{"parameter a string", `{"filter_params":{"blur":{"radius":"3"}}}`, one, []string{"wrong_type filter_params.blur.radius"}},
		{"parameter a list", `{"filter_params":{"blur":{"radius":[3]}}}`, one, []string{"wrong_type filter_params.blur.radius"}},
		{"parameter nested", `{"filter_params":{"blur":{"radius":{"radius":{"radius":3}}}}}`, one, []string{"wrong_type filter_params.blur.radius"}},
		{"parameter a bool", `{"filter_params":{"blur":{"radius":true}}}`, one, []string{"wrong_type filter_params.blur.radius"}},
		{"parameter beyond float64", `{"filter_params":{"blur":{"radius":1e309}}}`, one, []string{"out_of_range filter_params.blur.radius"}},
		{"parameter below -float64", `{"filter_params":{"blur":{"radius":-1e309}}}`, one, []string{"out_of_range filter_params.blur.radius"}},
		{"radius above", `{"filter_params":{"blur":{"radius":100.0001}}}`, one, []string{"out_of_range filter_params.blur.radius"}},
		{"radius negative", `{"filter_params":{"blur":{"radius":-0.1}}}`, one, []string{"out_of_range filter_params.blur.radius"}},
		{"intensity not whole", `{"filter_params":{"sharpen":{"intensity":2.5}}}`, one, []string{"out_of_range filter_params.sharpen.intensity"}},
		{"intensity 0 and 11", `{"filter_params":{"sharpen":{"intensity":0}, "edges":{"threshold1":1001}}}`, one,
			[]string{"out_of_range filter_params.sharpen.intensity", "out_of_range filter_params.edges.threshold1"}},
		{"width 0", `{"filter_params":{"resize":{"width":0}}}`, one, []string{"out_of_range filter_params.resize.width"}},
		{"height 16385", `{"filter_params":{"resize":{"height":16385}}}`, one, []string{"out_of_range filter_params.resize.height"}},
		{"16384 x 16384", `{"filters":["resize"],"filter_params":{"resize":{"width":16384,"height":16384}}}`, one,
			[]string{"out_of_range filter_params.resize"}},
		{"one pixel column too many", `{"filters":["resize"],"filter_params":{"resize":{"width":6001,"height":4000}}}`, one,
			[]string{"out_of_range filter_params.resize"}},

		{"count null", `{"count":null}`, one, []string{"wrong_type count"}},
		{"count a string", `{"count":"5"}`, one, []string{"wrong_type count"}},
		{"count a list", `{"count":[5]}`, one, []string{"wrong_type count"}},
		{"count 0", `{"count":0}`, one, []string{"out_of_range count"}},
		{"count negative", `{"count":-1}`, one, []string{"out_of_range count"}},
		{"count not whole", `{"count":2.5}`, one, []string{"out_of_range count"}},
		{"count above", `{"count":201}`, one, []string{"out_of_range count"}},
		{"count huge", `{"count":1e300}`, one, []string{"out_of_range count"}},
		{"count beyond int64", `{"count":99999999999999999999}`, one, []string{"out_of_range count"}},
		{"workers 0", `{"workers":0}`, one, []string{"out_of_range workers"}},
		{"workers above", `{"workers":9}`, one, []string{"out_of_range workers"}},
		{"rounds 0", `{"rounds":0}`, one, []string{"out_of_range rounds"}},
		{"rounds above", `{"rounds":51}`, one, []string{"out_of_range rounds"}},
		{"warmup below", `{"warmup":-1}`, one, []string{"out_of_range warmup"}},
		{"warmup above", `{"warmup":11}`, one, []string{"out_of_range warmup"}},
		{"num_iterations is the stress test's", `{"num_iterations":1}`, one, []string{"unknown_field num_iterations"}},
		{"stress: count above", `{"count":51}`, stress, []string{"out_of_range count"}},
		{"stress: iterations above", `{"num_iterations":21}`, stress, []string{"out_of_range num_iterations"}},
		{"stress: rounds and iterations", `{"rounds":2,"num_iterations":2}`, stress, []string{"duplicate num_iterations"}},
		{"stress: unknown method", `{"method":"browser"}`, stress, []string{"unknown_name method"}},
		{"stress: method null", `{"method":null}`, stress, []string{"wrong_type method"}},
		{"stress: no list", `{"methods":["threading"]}`, stress, []string{"unknown_field methods"}},

		{"images null", `{"images":null}`, one, []string{"wrong_type images"}},
		{"images empty", `{"images":[]}`, one, []string{"out_of_range images"}},
		{"images not strings", `{"images":["a.jpg",7]}`, one, []string{"wrong_type images[1]"}},
		{"unknown image", `{"images":["a.jpg","nada.jpg"]}`, one, []string{"unknown_name images[1]"}},
		{"path traversal", `{"images":["../../etc/passwd","/etc/passwd","uploads/../a.jpg","..\\a.jpg","a.jpg\u0000",""]}`, one,
			[]string{"unknown_name images[0]", "unknown_name images[1]", "unknown_name images[2]", "unknown_name images[3]", "unknown_name images[4]", "unknown_name images[5]"}},
		{"more images than a batch may have", `{"images":[` + strings.Repeat(`"nada",`, 200) + `"nada"]}`, one, []string{"out_of_range images"}},

		{"engine null", `{"engine":null}`, one, []string{"wrong_type engine"}},
		{"engine unknown", `{"engine":"opencv"}`, one, []string{"unknown_name engine"}},
		{"bild has no Canny", `{"engine":"bild","filters":["blur","edge_detection"]}`, one, []string{"engine_lacks_filter filters[1]"}},
		{"pool unknown", `{"pool":"hot"}`, one, []string{"unknown_name pool"}},
		{"pool a number", `{"pool":1}`, one, []string{"wrong_type pool"}},

		{"methods where there is no choice", `{"methods":["threading"]}`, one, []string{"unknown_field methods"}},
		{"method where there is no choice", `{"method":"threading"}`, all, []string{"unknown_field method"}},
		{"methods null", `{"methods":null}`, all, []string{"wrong_type methods"}},
		{"methods empty", `{"methods":[]}`, all, []string{"out_of_range methods"}},
		{"methods twice", `{"methods":["threading","sequential","threading"]}`, all, []string{"duplicate methods[2]"}},
		{"methods unknown", `{"methods":["threading","gpu"]}`, all, []string{"unknown_name methods[1]"}},
		{"methods too many", `{"methods":["threading","threading","threading","threading","threading","threading","threading","threading","threading","threading","threading"]}`, all, []string{"out_of_range methods"}},

		{"too many executions", `{"count":100,"rounds":8,"warmup":3}`, all, []string{"too_many count"}},
		{"too many executions, but for a fault", `{"count":200,"rounds":50,"pool":""}`, all, []string{"unknown_name pool"}},

		{"a field twice", `{"count":1,"count":2,"count":3}`, one, []string{"duplicate count"}},
		{"a filter's parameters twice", `{"filter_params":{"blur":{"radius":1},"blur":{"radius":2}}}`, one, []string{"duplicate filter_params.blur"}},
		{"a parameter twice", `{"filter_params":{"blur":{"radius":1,"radius":1}}}`, one, []string{"duplicate filter_params.blur.radius"}},
		{"a field twice, written otherwise", `{"count":1,"c\u006funt":2}`, one, []string{"duplicate count"}},

		{"everything at once, in order",
			`{"methods":["sequential","sequential"],"pool":"hot","images":["nada"],"warmup":-1,"rounds":0,"workers":0,"count":0,
			  "filter_params":{"sepia":{},"blur":{"radio":1,"radius":-1}},"filters":["sepia"],"engine":"x","b":1,"a":1,"b":2}`, all,
			[]string{
				"unknown_field b", "unknown_field a", "duplicate b", "unknown_name engine", "unknown_filter filters[0]",
				"unknown_filter filter_params.sepia", "unknown_param filter_params.blur.radio", "out_of_range filter_params.blur.radius",
				"out_of_range count", "out_of_range workers", "out_of_range rounds", "out_of_range warmup",
				"unknown_name images[0]", "unknown_name pool", "duplicate methods[1]",
			}},

		{"cut off", `{"count": 5`, one, []string{"invalid_json "}},
		{"cut off in a string", `{"filters":["bl`, one, []string{"invalid_json "}},
		{"a brace", `{`, one, []string{"invalid_json "}},
		{"more behind it", `{} x`, one, []string{"invalid_json "}},
		{"two objects", `{}{}`, one, []string{"invalid_json "}},
		{"a comma too many", `{"count":5,}`, one, []string{"invalid_json "}},
		{"quotes missing", `{count:5}`, one, []string{"invalid_json "}},
		{"single quotes", `{'count':5}`, one, []string{"invalid_json "}},
		{"a list", `["blur"]`, one, []string{"invalid_json "}},
		{"null", `null`, one, []string{"invalid_json "}},
		{"a string", `"blur"`, one, []string{"invalid_json "}},
		{"a number", `5`, one, []string{"invalid_json "}},
		{"byte order mark", "\ufeff{}", one, []string{"invalid_json "}},
		{"form data", `filters=blur`, one, []string{"invalid_json "}},
		{"NaN", `{"count":NaN}`, one, []string{"invalid_json "}},
		{"a number with a leading zero", `{"count":05}`, one, []string{"invalid_json "}},
		{"nested too deep", strings.Repeat(`[`, 60_000), one, []string{"invalid_json "}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse([]byte(tt.body), tt.ep, testLab())
			faults := faultsOf(t, err)
			var got []string
			for _, f := range faults {
				got = append(got, f.Code+" "+f.Field)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("\n got %q\nwant %q", got, tt.want)
			}
		})
	}
}

// faultsOf checks what every error of Parse owes its reader.
func faultsOf(t *testing.T, err error) []fault.Fault {
	t.Helper()
	var e *fault.Error
	if !errors.As(err, &e) {
		t.Fatalf("the error is a %T: %v", err, err)
	}
	if len(e.Faults) == 0 {
		t.Fatalf("no faults in %v", err)
	}
	if e.Code != e.Faults[0].Code || e.Text != e.Faults[0].Text {
		t.Errorf("the error is %s %v, its first fault %s %v", e.Code, e.Text, e.Faults[0].Code, e.Faults[0].Text)
	}
	for _, f := range e.Faults {
		for _, text := range []text.Text{f.Text, f.Allowed} {
			if strings.TrimSpace(text.ES) == "" || strings.TrimSpace(text.EN) == "" || strings.Contains(text.ES+text.EN, "%!") {
				t.Errorf("%s %s: a text is missing or broken: %+v", f.Code, f.Field, text)
			}
		}
	}
	return e.Faults
}

// What is allowed is said with the very limits.
func TestFaultsSayWhatIsAllowed(t *testing.T) {
	tests := []struct {
		body, es, en string
		ep           Endpoint
	}{
		{`{"count":201}`, "un número entero de 1 a 200", "a whole number from 1 to 200", one},
		{`{"count":51}`, "un número entero de 1 a 50", "a whole number from 1 to 50", stress},
		{`{"filter_params":{"blur":{"radius":101}}}`, "un número de 0 a 100", "a number from 0 to 100", one},
		{`{"pool":"hot"}`, "uno de: cold, warm, both", "one of: cold, warm, both", one},
		{`{"pool":"hot"}`, "uno de: both, cold, warm", "one of: both, cold, warm", all},
		{`{"over":"workers","pool":"both"}`, "uno de: cold, warm", "one of: cold, warm", Endpoint{Methods: GuideMethods(), MethodsField: true, Runs: true}},
		{`{"count":200,"rounds":3,"pool":"both"}`, `imágenes × rondas × métodos × 2 ("pool": "both") hasta 3000`, `images × rounds × methods × 2 ("pool": "both") up to 3000`, all},
		{`{"filters":["x"]}`, "uno de: resize, blur, brightness, sharpen, edges", "one of: resize, blur, brightness, sharpen, edges", one},
		{`{"images":["x"]}`, "uno de: a.jpg, b.jpg, c.png", "one of: a.jpg, b.jpg, c.png", one},
		{`{"methods":[]}`, "de 1 a 10 nombres", "1 to 10 names", all},
		{`{"images":[]}`, "de 1 a 200 nombres", "1 to 200 names", one},
		{`{"x":1}`, "uno de: filters, filter_params, count, workers, rounds, warmup, processes, threads, devices, latency_ms, precision_percent, budget_s, images, engine, pool, source, transport, chaos, gil",
			"one of: filters, filter_params, count, workers, rounds, warmup, processes, threads, devices, latency_ms, precision_percent, budget_s, images, engine, pool, source, transport, chaos, gil", one},
		{`{"filters":["resize"],"filter_params":{"resize":{"width":16384,"height":16384}}}`,
			"hasta 24000000 píxeles en total", "up to 24000000 pixels in all", one},
		{`{"count":200,"rounds":50}`, "imágenes × rondas × métodos hasta 3000", "images × rounds × methods up to 3000", all},
	}
	for _, tt := range tests {
		_, err := Parse([]byte(tt.body), tt.ep, testLab())
		if got := faultsOf(t, err)[0].Allowed; got.ES != tt.es || got.EN != tt.en {
			t.Errorf("%s: allowed is %+v, want %q, %q", tt.body, got, tt.es, tt.en)
		}
	}
}

func TestNoImages(t *testing.T) {
	lab := testLab()
	lab.Images = nil
	_, err := Parse(nil, one, lab)
	var e *fault.Error
	if !errors.As(err, &e) || e.Code != fault.CodeNoImages || !strings.Contains(e.Text.ES, "static/images/") || !strings.Contains(e.Text.EN, "static/images/") {
		t.Errorf("got %v", err)
	}
	// A fault in the request comes first: with photographs it would still be one.
	_, err = Parse([]byte(`{"count":0}`), one, lab)
	if got := faultsOf(t, err); got[0].Code != fault.CodeOutOfRange {
		t.Errorf("got %v", err)
	}
	if _, err := Parse([]byte(`{"images":["uploads/x.png"]}`), one, lab); err != nil {
		t.Errorf("an upload in a lab without photographs: %v", err)
	}
}

// The answer to a hostile body stays in proportion to it.
func TestFaultsAreBounded(t *testing.T) {
	lab := testLab()
	lab.Images = nil
	for i := range 5000 {
		lab.Images = append(lab.Images, fmt.Sprintf("photograph-%04d.jpg", i))
	}
	var fields, names []string
	for i := range 150 {
		fields = append(fields, fmt.Sprintf(`"x%d":1`, i))
		names = append(names, fmt.Sprintf(`"nada%d"`, i))
	}
	_, err := Parse([]byte("{"+strings.Join(fields, ",")+"}"), one, lab)
	faults := faultsOf(t, err)
	if len(faults) != maxFaults+1 || faults[maxFaults].Code != fault.CodeTooMany || faults[maxFaults].Text.EN != "and 50 more faults" {
		t.Errorf("%d faults, the last %+v", len(faults), faults[len(faults)-1])
	}
	_, err = Parse([]byte(`{"images":[`+strings.Join(names, ",")+`]}`), one, lab)
	if allowed := faultsOf(t, err)[0].Allowed.EN; len(allowed) > 1000 || !strings.HasSuffix(allowed, "photograph-0029.jpg, … (5000)") {
		t.Errorf("what is allowed takes %d bytes: …%s", len(allowed), allowed[max(0, len(allowed)-60):])
	}
	_, err = Parse([]byte(`{"count":`+strings.Repeat("9", 300)+`}`), one, lab)
	if text := faultsOf(t, err)[0].Text.EN; text != `"count" cannot be `+strings.Repeat("9", 30)+"…" {
		t.Errorf("text %q", text)
	}
}
