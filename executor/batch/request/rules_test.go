package request

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"carriles/executor/fault"
	"carriles/executor/text"
	"carriles/filters"
)

// checkRefusals parses each body at its endpoint and compares the faults, as
// "code field" in order.
func checkRefusals(t *testing.T, tests []refusal, lab Lab) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse([]byte(tt.body), tt.ep, lab)
			var got []string
			for _, f := range faultsOf(t, err) {
				got = append(got, f.Code+" "+f.Field)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("\n got %q\nwant %q", got, tt.want)
			}
		})
	}
}

type refusal struct {
	name, body string
	ep         Endpoint
	want       []string
}

// fewTransports is a lab on a system without shared memory.
func fewTransports() Lab {
	lab := testLab()
	lab.Lacks = map[string]text.Text{TransportShm: text.Sprintf("este sistema no la tiene", "this system has none")}
	return lab
}

func TestParseAcceptsExtras(t *testing.T) {
	asked := text.Sprintf("los pide la petición", "asked for by the request")
	force := func(workers, processes, threads int) func(*Spec) {
		return func(s *Spec) { s.Workforce = Workforce{workers, processes, threads} }
	}
	reason := func(s *Spec) { s.WorkersReason = asked }
	auto := func(rounds int, precision int, budget int) func(*Spec) {
		return func(s *Spec) { s.Rounds, s.Auto = rounds, &Auto{precision, budget} }
	}
	guide := func(s *Spec) { s.Methods = GuideMethods() }
	tests := []struct {
		name, body string
		ep         Endpoint
		want       Spec
	}{
		{"processes and threads up to the limit", `{"processes":4,"threads":2}`, one, defaults(force(2, 4, 2))},
		{"one process of many threads", `{"processes":1,"threads":8}`, one, defaults(force(2, 1, 8))},
		{"processes alone", `{"processes":4}`, one, defaults(force(2, 4, 2))},
		{"threads alone", `{"threads":1}`, one, defaults(force(2, 2, 1))},
		{"the hybrid follows workers", `{"workers":6}`, one, defaults(force(6, 2, 3), reason)},
		{"the hybrid's own numbers", `{"workers":6,"processes":3,"threads":1}`, one, defaults(force(6, 3, 1), reason)},

		{"the slow server", `{"source":"http"}`, one, defaults(func(s *Spec) { s.Source, s.LatencyMS = "http", 100 })},
		{"without a wait", `{"source":"http","latency_ms":0}`, one, defaults(func(s *Spec) { s.Source = "http" })},
		{"the longest wait", `{"source":"http","latency_ms":5000,"transport":"path"}`, one,
			defaults(func(s *Spec) { s.Source, s.LatencyMS = "http", 5000 })},
		{"the defaults said", `{"source":"file","transport":"path"}`, one, defaults()},
		{"pipe", `{"transport":"pipe"}`, one, defaults(func(s *Spec) { s.Transport = "pipe" })},
		{"shared memory", `{"transport":"shm"}`, one, defaults(func(s *Spec) { s.Transport = "shm" })},

		// 5 images x 3 methods: 15 a round, and 50 rounds are the most.
		{"automatic rounds", `{"rounds":"auto"}`, all, defaults(guide, auto(50, 5, 60), func(s *Spec) { s.Pool = Both })},
		{"how precise, how long", `{"rounds":"auto","precision_percent":1,"budget_s":600}`, one, defaults(auto(50, 1, 600))},
		// 3000 executions leave room for 15 rounds of 200, the warm-up among them.
		{"as many as the limit leaves room for", `{"rounds":"auto","count":200,"warmup":2}`, one,
			defaults(func(s *Spec) { s.Count, s.Warmup = 200, 2 }, auto(13, 5, 60))},
		{"just the fewest", `{"rounds":"auto","count":200}`, all, defaults(guide, func(s *Spec) { s.Count = 200 }, auto(5, 5, 60))},
		{"written otherwise", `{"rounds":"\u0061uto"}`, one, defaults(auto(50, 5, 60))},

		{"chaos", `{"chaos":{"kill_after":1}}`, one, defaults(func(s *Spec) { s.Chaos = &Chaos{1} })},
		{"chaos before the last image", `{"chaos":{"kill_after":4}}`, one, defaults(func(s *Spec) { s.Chaos = &Chaos{4} })},
		{"a lock let go in a stage", `{"methods":["threading-gil","sequential"],"rounds":1,"gil":{"released_in":["filter"]}}`, all,
			defaults(func(s *Spec) {
				s.Methods, s.GIL, s.Pool = []string{ThreadingGIL, Sequential}, &GIL{[]string{"filter"}}, Both
			})},
		{"a lock let go in all", `{"gil":{"released_in":["encode","decode","filter"]}}`, Endpoint{Methods: []string{ThreadingGIL}},
			defaults(func(s *Spec) {
				s.Methods, s.GIL = []string{ThreadingGIL}, &GIL{[]string{"encode", "decode", "filter"}}
			})},
		{"a lock let go nowhere", `{"gil":{"released_in":[]}}`, Endpoint{Methods: []string{ThreadingGIL}},
			defaults(func(s *Spec) { s.Methods = []string{ThreadingGIL} })},
		{"a lock in the stress test", `{"method":"threading-gil","gil":{"released_in":["decode"]}}`, stress,
			defaults(func(s *Spec) {
				s.Count, s.Methods, s.Sample, s.GIL = 20, []string{ThreadingGIL}, true, &GIL{[]string{"decode"}}
			})},
		{"pure and small", `{"engine":"pure","filters":["resize","sharpen"],"filter_params":{"resize":{"width":400,"height":400}}}`, pythonic,
			defaults(func(s *Spec) {
				s.Methods, s.Engine = []string{PythonThreading}, "pure"
				s.Steps = []Step{{Filter: "resize", Params: filters.Values{"width": 400, "height": 400}}, sharpen}
			})},
		{"Python by pipe", `{"transport":"pipe"}`, pythonic, defaults(func(s *Spec) { s.Methods, s.Transport = []string{PythonThreading}, "pipe" })},
		{"chaos in the stress test", `{"count":50,"chaos":{"kill_after":49}}`, stress,
			defaults(func(s *Spec) {
				s.Count, s.Methods, s.Sample, s.Chaos = 50, []string{Multiprocessing}, true, &Chaos{49}
			})},
		{"chaos with two images", `{"count":2,"chaos":{"kill_after":1}}`, one, defaults(func(s *Spec) { s.Count, s.Chaos = 2, &Chaos{1} })},
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

func TestParseRefusesExtras(t *testing.T) {
	checkRefusals(t, []refusal{
		{"processes 0", `{"processes":0}`, one, []string{"out_of_range processes"}},
		{"processes above", `{"processes":9,"threads":1}`, one, []string{"out_of_range processes"}},
		{"threads not whole", `{"threads":1.5}`, one, []string{"out_of_range threads"}},
		{"threads a string", `{"threads":"2"}`, one, []string{"wrong_type threads"}},
		{"too many together", `{"processes":3,"threads":3}`, one, []string{"out_of_range threads"}},
		{"too many with the default of the other", `{"processes":5}`, one, []string{"out_of_range threads"}},
		{"too many with what follows workers", `{"workers":8,"processes":4}`, one, []string{"out_of_range threads"}},

		{"source unknown", `{"source":"ftp"}`, one, []string{"unknown_name source"}},
		{"source null", `{"source":null}`, one, []string{"wrong_type source"}},
		{"source in capitals", `{"source":"HTTP"}`, one, []string{"unknown_name source"}},
		{"a latency of files", `{"latency_ms":100}`, one, []string{"contradiction latency_ms"}},
		{"a latency of files, said", `{"source":"file","latency_ms":0}`, one, []string{"contradiction latency_ms"}},
		{"latency below", `{"source":"http","latency_ms":-1}`, one, []string{"out_of_range latency_ms"}},
		{"latency above", `{"source":"http","latency_ms":5001}`, one, []string{"out_of_range latency_ms"}},
		{"latency null", `{"source":"http","latency_ms":null}`, one, []string{"wrong_type latency_ms"}},
		{"transport unknown", `{"transport":"socket"}`, one, []string{"unknown_name transport"}},
		{"transport a list", `{"transport":["pipe"]}`, one, []string{"wrong_type transport"}},
		{"from the server, through a pipe", `{"source":"http","transport":"pipe"}`, one, []string{"contradiction transport"}},
		{"from the server, in shared memory", `{"source":"http","transport":"shm"}`, one, []string{"contradiction transport"}},

		{"rounds AUTO", `{"rounds":"AUTO"}`, one, []string{"wrong_type rounds"}},
		{"rounds null", `{"rounds":null}`, one, []string{"wrong_type rounds"}},
		{"rounds a number in quotes", `{"rounds":"5"}`, one, []string{"wrong_type rounds"}},
		{"rounds a list", `{"rounds":["auto"]}`, one, []string{"wrong_type rounds"}},
		{"rounds -1, which the page's type means auto by", `{"rounds":-1}`, one, []string{"out_of_range rounds"}},
		{"precision without auto", `{"precision_percent":5}`, one, []string{"contradiction precision_percent"}},
		{"both without auto", `{"rounds":5,"budget_s":60,"precision_percent":5}`, one,
			[]string{"contradiction precision_percent"}},
		{"precision 0", `{"rounds":"auto","precision_percent":0}`, one, []string{"out_of_range precision_percent"}},
		{"precision above", `{"rounds":"auto","precision_percent":51}`, one, []string{"out_of_range precision_percent"}},
		{"budget 0", `{"rounds":"auto","budget_s":0}`, one, []string{"out_of_range budget_s"}},
		{"budget above", `{"rounds":"auto","budget_s":601}`, one, []string{"out_of_range budget_s"}},
		{"budget a string", `{"rounds":"auto","budget_s":"60"}`, one, []string{"wrong_type budget_s"}},
		{"iterations of the stress test, and auto", `{"rounds":"auto","num_iterations":2}`, stress, []string{"duplicate num_iterations"}},
		// 200 x (5 + 1) x 3 = 3600.
		{"even the fewest rounds are too many", `{"rounds":"auto","count":200,"warmup":1}`, all, []string{"too_many count"}},

		{"pure without Python", `{"engine":"pure","filters":["sharpen"]}`, one, []string{"contradiction engine", "too_many engine"}},
		{"pure beside another", `{"engine":"pure","filters":["resize","sharpen"],"filter_params":{"resize":{"width":100,"height":100}},"methods":["python-threading","threading"]}`, all, []string{"contradiction engine"}},
		{"pure of another filter", `{"engine":"pure","filters":["blur"]}`, pythonic, []string{"engine_lacks_filter filters[0]"}},
		{"pure and large", `{"engine":"pure","filters":["resize","sharpen"],"filter_params":{"resize":{"width":800,"height":600}}}`, pythonic, []string{"too_many engine"}},
		{"Python by shared memory", `{"transport":"shm"}`, pythonic, []string{"contradiction transport"}},
		{"gil null", `{"gil":null}`, locked, []string{"wrong_type gil"}},
		{"gil a list", `{"gil":["filter"]}`, locked, []string{"wrong_type gil"}},
		{"gil empty", `{"gil":{}}`, locked, []string{"missing gil.released_in"}},
		{"gil of another name", `{"gil":{"release":["filter"]}}`, locked, []string{"unknown_field gil.release", "missing gil.released_in"}},
		{"released_in no list", `{"gil":{"released_in":"filter"}}`, locked, []string{"wrong_type gil.released_in"}},
		{"released_in unknown stages", `{"gil":{"released_in":["read","filter","blur"]}}`, locked, []string{"unknown_name gil.released_in[0]", "unknown_name gil.released_in[2]"}},
		{"released_in a number", `{"gil":{"released_in":[3]}}`, locked, []string{"wrong_type gil.released_in[0]"}},
		{"released_in twice", `{"gil":{"released_in":["filter","filter"]}}`, locked, []string{"duplicate gil.released_in[1]"}},
		{"released_in too many", `{"gil":{"released_in":["read","filter","decode","encode"]}}`, locked, []string{"out_of_range gil.released_in"}},
		{"gil of a method without one", `{"gil":{"released_in":["filter"]}}`, one, []string{"contradiction gil"}},
		{"gil of methods without one", `{"methods":["threading"],"gil":{"released_in":["filters"]}}`, all, []string{"unknown_name gil.released_in[0]", "contradiction gil"}},
		{"chaos null", `{"chaos":null}`, one, []string{"wrong_type chaos"}},
		{"chaos true", `{"chaos":true}`, one, []string{"wrong_type chaos"}},
		{"chaos a number", `{"chaos":3}`, one, []string{"wrong_type chaos"}},
		{"chaos a list", `{"chaos":[{"kill_after":3}]}`, one, []string{"wrong_type chaos"}},
		{"chaos a string", `{"chaos":"kill_after"}`, one, []string{"wrong_type chaos"}},
		{"chaos empty", `{"chaos":{}}`, one, []string{"missing chaos.kill_after"}},
		{"chaos of another name", `{"chaos":{"kill":3}}`, one, []string{"unknown_field chaos.kill", "missing chaos.kill_after"}},
		{"chaos with more", `{"chaos":{"kill_after":3,"every":2}}`, one, []string{"unknown_field chaos.every"}},
		{"chaos twice", `{"chaos":{"kill_after":3,"kill_after":2}}`, one, []string{"duplicate chaos.kill_after"}},
		{"kill_after null", `{"chaos":{"kill_after":null}}`, one, []string{"wrong_type chaos.kill_after"}},
		{"kill_after a string", `{"chaos":{"kill_after":"3"}}`, one, []string{"wrong_type chaos.kill_after"}},
		{"kill_after 0", `{"chaos":{"kill_after":0}}`, one, []string{"out_of_range chaos.kill_after"}},
		{"kill_after not whole", `{"chaos":{"kill_after":1.5}}`, one, []string{"out_of_range chaos.kill_after"}},
		{"kill_after the last image", `{"chaos":{"kill_after":5}}`, one, []string{"out_of_range chaos.kill_after"}},
		{"chaos with one image", `{"count":1,"chaos":{"kill_after":1}}`, one, []string{"contradiction chaos"}},
		{"chaos of a count that is none", `{"count":0,"chaos":{"kill_after":150}}`, one, []string{"out_of_range count"}},

		{"everything at once, in order",
			`{"chaos":{},"transport":"x","source":"y","latency_ms":-1,"budget_s":0,"threads":0,"processes":0,"rounds":"AUTO","over":"workers"}`, one,
			[]string{
				"unknown_field over", "wrong_type rounds", "out_of_range processes", "out_of_range threads", "out_of_range latency_ms",
				"out_of_range budget_s", "unknown_name source", "unknown_name transport", "contradiction latency_ms",
				"missing chaos.kill_after",
			}},
	}, testLab())
	checkRefusals(t, []refusal{
		{"no shared memory", `{"transport":"shm"}`, one, []string{"unavailable transport"}},
		{"no shared memory, from the server", `{"transport":"shm","source":"http"}`, one, []string{"unavailable transport", "contradiction transport"}},
	}, fewTransports())
}

// A transport that is not there: why, and what there is.
func TestUnavailableTransport(t *testing.T) {
	_, err := Parse([]byte(`{"transport":"shm"}`), one, fewTransports())
	f := faultsOf(t, err)[0]
	if f.Text != (text.Text{ES: "este sistema no la tiene", EN: "this system has none"}) ||
		f.Allowed != (text.Text{ES: "uno de: path, pipe, pixels", EN: "one of: path, pipe, pixels"}) {
		t.Errorf("%+v", f)
	}
	if _, err := Parse([]byte(`{"transport":"pipe"}`), one, fewTransports()); err != nil {
		t.Errorf("pipe: %v", err)
	}
	// The catalogue shows it with the reason, and lists what it is one of.
	for _, o := range NewCatalogue(fewTransports(), 1).Transports {
		if lacks := o.Lacks != nil; lacks != (o.Name == TransportShm) {
			t.Errorf("%s: lacks %v", o.Name, o.Lacks)
		}
	}
}

func TestExtrasSayWhatIsAllowed(t *testing.T) {
	tests := []struct{ body, en string }{
		{`{"processes":3,"threads":3}`, "processes × threads up to 8"},
		{`{"latency_ms":100}`, `with "source": "http"`},
		{`{"source":"http","transport":"pipe"}`, `"transport": "path"`},
		{`{"source":"http","latency_ms":5001}`, "a whole number from 0 to 5000"},
		{`{"rounds":"AUTO"}`, `a whole number from 1 to 50, or "auto"`},
		{`{"rounds":51}`, `a whole number from 1 to 50, or "auto"`},
		{`{"precision_percent":5}`, `with "rounds": "auto"`},
		{`{"gil":{"released_in":["x"]}}`, "one of: decode, filter, encode"},
		{`{"gil":{"released_in":["filter"]}}`, `with "methods": "threading-gil"`},
		{`{"chaos":3}`, `an object such as {"kill_after": 3}`},
		{`{"count":9,"chaos":{"kill_after":9}}`, "a whole number from 1 to 8"},
		{`{"chaos":{"kill":1}}`, "one of: kill_after"},
		{`{"source":"ftp"}`, "one of: file, http"},
		{`{"transport":"ftp"}`, "one of: path, pipe, shm, pixels"},
	}
	for _, tt := range tests {
		_, err := Parse([]byte(tt.body), one, testLab())
		if got := faultsOf(t, err)[0].Allowed.EN; got != tt.en {
			t.Errorf("%s: allowed is %q, want %q", tt.body, got, tt.en)
		}
	}
}

// The page writes rounds as the API reads them.
func TestRoundsJSON(t *testing.T) {
	for _, tt := range []struct {
		rounds Rounds
		json   string
	}{
		{AutoRounds, `{"rounds":"auto"}`},
		{1, `{"rounds":1}`},
		{50, `{"rounds":50}`},
		{0, `{}`}, // absent: the default
	} {
		data, err := json.Marshal(Request{Rounds: tt.rounds})
		if err != nil || string(data) != tt.json {
			t.Errorf("%d: %s, %v", tt.rounds, data, err)
		}
		var back Request
		if err := json.Unmarshal(data, &back); err != nil || back.Rounds != tt.rounds {
			t.Errorf("%s: %d, %v", data, back.Rounds, err)
		}
		spec, err := Parse(data, one, testLab())
		if err != nil || (spec.Auto != nil) != (tt.rounds == AutoRounds) || tt.rounds > 0 && spec.Rounds != int(tt.rounds) {
			t.Errorf("%s: %+v, %v", data, spec, err)
		}
	}
	for _, bad := range []string{`"AUTO"`, `"5"`, `1.5`, `[]`, `-1`, `1e400`} {
		r := Rounds(7)
		if err := json.Unmarshal([]byte(bad), &r); err == nil || r != 7 {
			t.Errorf("%s is read as %d, %v", bad, r, err)
		}
	}
}

// Of a latency of 0 the page says so: it is not the default.
func TestRequestKeepsALatencyOfZero(t *testing.T) {
	zero := 0
	data, err := json.Marshal(Request{Source: SourceHTTP, LatencyMS: &zero})
	if err != nil || string(data) != `{"source":"http","latency_ms":0}` {
		t.Errorf("%s, %v", data, err)
	}
}

// Where an interpreter lacks the libraries its methods are left out, and that is
// said; a batch of nothing else is refused with the reason.
func TestUnavailablePython(t *testing.T) {
	why := text.Sprintf("faltan", "they lack")
	lab := testLab()
	lab.PythonLacks = func() *text.Text { return &why }
	s, err := Parse([]byte(`{"methods":["sequential","python-threading","threading"]}`), all, lab)
	if err != nil || !slices.Equal(s.Methods, []string{Sequential, Threading}) || !reflect.DeepEqual(s.Unavailable, map[string]text.Text{PythonThreading: why}) {
		t.Errorf("%v, %+v, %v", s.Methods, s.Unavailable, err)
	}
	s, err = Parse([]byte(`{"methods":["sequential"],"variants":[{"method":"sequential"},{"method":"python-threading"}]}`), all, lab)
	if err != nil || !slices.Equal(s.Methods, []string{Sequential}) || s.Unavailable[PythonThreading] != why {
		t.Errorf("as a variant: %v, %+v, %v", s.Methods, s.Unavailable, err)
	}
	for body, ep := range map[string]Endpoint{
		`{}`:                                     pythonic,
		`{"methods":["python-multiprocessing"]}`: all,
		`{"method":"python-threading"}`:          stress,
	} {
		_, err := Parse([]byte(body), ep, lab)
		if got := faultsOf(t, err); len(got) != 1 || got[0].Code != fault.CodeUnavailable || got[0].Text != why || strings.Contains(got[0].Allowed.EN, "python") {
			t.Errorf("%s: %v", body, got)
		}
	}
	lab.PythonLacks = func() *text.Text { t.Error("the interpreter was started for nothing"); return nil }
	if _, err := Parse([]byte(`{}`), all, lab); err != nil {
		t.Error(err)
	}
	// The page's form is checked against what the catalogue says.
	lab.PythonLacks = func() *text.Text { return &why }
	cat := NewCatalogue(lab, 1)
	if lacks := cat.Lab().PythonLacks; lacks == nil || *lacks() != why {
		t.Error("the catalogue does not tell that Python lacks")
	}
}
