package main

import (
	"fmt"
	"image"
	"math"
	"slices"
	"strings"
	"testing"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
)

// own are the methods of this machine's processes of this program: those of the room
// and Python's, whose pixels another program makes, have tests of their own.
func own() []request.Method {
	return slices.DeleteFunc(request.Methods(), func(m request.Method) bool { return m.Room || m.Python })
}

// everyMethod is the "methods" field with all of them.
func everyMethod() string {
	var names []string
	for _, m := range own() {
		names = append(names, m.Name)
	}
	return `"methods":["` + strings.Join(names, `","`) + `"]`
}

// All methods, from every source and over every transport of this system, give
// the same pixels and accounts that add up.
func TestEverySourceAndTransport(t *testing.T) {
	s := start(t, smallPhotos(t))
	ways := []string{`"transport":"path"`, `"source":"http","latency_ms":20`}
	catalogue := s.json("GET", "/api/filters/", "", 200)
	for i := range catalogue.list("transports") {
		o := object(catalogue.list("transports")[i].(map[string]any))
		if o.at("lacks") == nil {
			ways = append(ways, `"transport":"`+o.text("name")+`"`)
		}
	}
	digest := ""
	for _, way := range ways {
		o := s.post("/api/process-batch/compare-all/", `{"filters":["blur","edges"],"count":4,`+everyMethod()+`,`+way+`}`, 200)
		for _, m := range own() {
			s.checkMethod(o, "results."+m.Name, m.Name, 4, image.Pt(320, 200))
			r := object(o.at("results." + m.Name).(map[string]any))
			if digest == "" {
				digest = r.text("output_digest")
			}
			if r.text("output_digest") != digest {
				t.Errorf("%s, %s: other pixels", way, m.Name)
			}
			in, tasks := 0.0, 0.0
			for i := range r.list("overhead.workers") {
				w := object(r.list("overhead.workers")[i].(map[string]any))
				in, tasks = in+w.number("bytes_in"), tasks+w.number("tasks")
				steps := w.list("filter_seconds")
				// Their sum is the same spans in another order, each to the microsecond.
				if len(steps) != 2 || math.Abs(steps[0].(float64)+steps[1].(float64)-w.number("filter_s")) > 2e-6 {
					t.Errorf("%s, %s: filters took %v of %v s", way, m.Name, steps, w.number("filter_s"))
				}
			}
			if travels := strings.Contains(way, "pipe") || strings.Contains(way, "shm") || strings.Contains(way, "pixels"); tasks != 4 || (in > 0) != travels {
				t.Errorf("%s, %s: %v tasks, %v bytes travelled", way, m.Name, tasks, in)
			}
			for i := range r.list("overhead.processes") {
				p := object(r.list("overhead.processes")[i].(map[string]any))
				p.has(t, "", "n:process_id n:user_s n:system_s n:peak_memory_bytes n:startup_seconds")
			}
			r.has(t, "", "n:cpu_user n:cpu_system n:server_cpu_time s:source s:transport")
		}
		if o.at("performance.pixels_equal") != true {
			t.Errorf("%s: the pixels differ", way)
		}
	}
}

// A batch that waits for a slow server: the waiting is in the read stage, which
// is bound by I/O whatever the machine does meanwhile. Each image is waited for
// two seconds, and its reading computes for less than 1 ms: that this lasts 500
// times as long on a busy machine does not make it "mixed".
func TestTheSlowServerIsReadFrom(t *testing.T) {
	s := start(t, smallPhotos(t))
	o := s.post("/api/process-batch/threading-gil/", `{"filters":["brightness"],"count":3,"workers":3,"source":"http","latency_ms":2000}`, 200)
	s.checkMethod(object{"it": map[string]any(o)}, "it", request.ThreadingGIL, 3, image.Pt(320, 200))
	if got := o.number("stages.read_s"); got < 3*2 {
		t.Errorf("read took %v s in all, want at least 6", got)
	}
	if o.at("stage_bound") != nil && o.text("stage_bound.read") != "io" {
		t.Errorf("the read stage is bound by %q", o.text("stage_bound.read"))
	}
	if shape := fmt.Sprint(o.at("shape")); shape != "map[gomaxprocs:3 goroutines:3 lock:true processes:1]" {
		t.Errorf("shape %s", shape)
	}
}

func TestSweep(t *testing.T) {
	s := start(t, smallPhotos(t))
	o := s.post("/api/sweep/", `{"over":"workers","values":[1,2,3],"filters":["sharpen"],"count":3,"methods":["sequential","threading","multiprocessing"]}`, 200)
	o.has(t, "", "s:over l:points l:crossovers o:summary o:environment o:spec b:pixels_equal")
	points := o.list("points")
	if len(points) != 3 || o.at("pixels_equal") != true || o.text("api_info.endpoint") != "/api/sweep/" {
		t.Fatalf("sweep %v", o)
	}
	for i := range points {
		p := object(points[i].(map[string]any))
		if p.number("value") != float64(i+1) || p.number("results.threading.workers") != float64(i+1) || p.number("results.sequential.workers") != 1 {
			t.Errorf("point %v", p)
		}
		p.has(t, "results.multiprocessing", "n:time l:samples o:spread n:throughput n:speedup n:cpu_time s:bound s:output_digest")
	}
	// A law takes three points up to the cores, and must hold; else it is said why.
	o.has(t, "fits.threading", "o:why")
	if law, why := o.at("fits.threading.amdahl"), o.text("fits.threading.why.en"); (law == nil) != (why != "") {
		t.Errorf("a law %v, and why there is none: %q", law, why)
	}
	if got := s.files("processed"); len(got) != 0 {
		t.Errorf("a sweep left %q", got)
	}
	o = s.json("POST", "/api/runs/", `{"over":"intensity","values":[1,2],"filters":["sharpen"],"count":2}`, 202)
	id := o.text("id")
	eventually(t, "the sweep ends", func() bool {
		return s.json("GET", "/api/runs/"+id+"/", "", 200).text("state") == string(result.Done)
	})
	if run := s.json("GET", "/api/runs/"+id+"/", "", 200); len(run.list("sweep.points")) != 2 || run.at("result") != nil {
		t.Errorf("run %v", run)
	}
}

// The stress test is watched, and may lose a worker on purpose: no image goes
// with it.
func TestStressWithChaos(t *testing.T) {
	s := start(t, smallPhotos(t))
	o := s.post("/api/process-batch/stress/", `{"filters":["sharpen"],"filter_params":{"sharpen":{"intensity":10}},"count":20,"chaos":{"kill_after":3}}`, 200)
	if o.number("stress_test_results.success_count") != 20 || o.number("stress_test_results.error_count") != 0 {
		t.Errorf("results %v", o.at("stress_test_results"))
	}
	chaos := o.list("performance_analysis.chaos")
	if len(chaos) != 1 {
		t.Fatalf("chaos %v", chaos)
	}
	c := object(chaos[0].(map[string]any))
	c.has(t, "", "n:killed_at_s n:process_id n:tasks_in_flight n:lost_s n:images_lost s:text.es s:text.en")
	if c.number("images_lost") != 0 || c.number("round") != 1 {
		t.Errorf("chaos %v", c)
	}
}

func TestAutomaticRounds(t *testing.T) {
	s := start(t, smallPhotos(t))
	o := s.post("/api/process-batch/compare/", `{"filters":["brightness"],"count":1,"rounds":"auto","precision_percent":50,"budget_s":1}`, 200)
	info := object(o.at("test_info").(map[string]any))
	rounds := info.number("rounds")
	if got := len(o.list("results.sequential.samples")); rounds < 1 || float64(got) != rounds {
		t.Errorf("%d samples of %v rounds", got, rounds)
	}
	if stopped := info.text("stopped"); stopped != "precision" && stopped != "budget" && stopped != "limit" {
		t.Errorf("stopped by %q", stopped)
	}
}

// What the guide expects stands beside what was measured.
func TestExpectation(t *testing.T) {
	s := start(t, smallPhotos(t))
	o := s.post("/api/process-batch/compare-all/", guide(t)[1], 200)
	if o.text("performance.expected.winner") != request.Multiprocessing || o.text("performance.expected.met") == "" {
		t.Errorf("expected %v", o.at("performance.expected"))
	}
}

// A real run's evidence: a trace with a span of every stage on a lane of every
// worker, and a report that holds its pictures.
func TestEvidenceOfARun(t *testing.T) {
	s := start(t, smallPhotos(t))
	o := s.post("/api/process-batch/compare-all/", `{"filters":["blur"],"count":3,"workers":2,"rounds":1,`+everyMethod()+`}`, 200)
	at := "/api/runs/" + o.text("api_info.run_id") + "/"
	trace := s.json("GET", at+"trace/", "", 200)
	seen, lanes := map[string]bool{}, map[string]bool{}
	for i := range trace.list("traceEvents") {
		e := object(trace.list("traceEvents")[i].(map[string]any))
		if e.text("ph") == "X" {
			seen[e.text("cat")] = true
			lanes[fmt.Sprint(e.at("pid"), e.at("tid"))] = true
		}
	}
	for _, stage := range []string{"spawn", "receive", "read", "decode", "filter", "encode", "write"} {
		if !seen[stage] {
			t.Errorf("no %s in the trace: %v", stage, seen)
		}
	}
	if len(lanes) < 5 { // one a method at the least: a cold pool's first worker may do it all
		t.Errorf("lanes %v", lanes)
	}
	code, report := s.do("GET", at+"report/", "")
	if code != 200 || strings.Count(string(report), "data:image/") < 2 || strings.Contains(string(report), "No hay vista previa") {
		t.Errorf("report: %d, %d bytes, %d pictures", code, len(report), strings.Count(string(report), "data:image/"))
	}
	if code, table := s.do("GET", at+"csv/", ""); code != 200 || strings.Count(string(table), "\n") != 11 { // both pools
		t.Errorf("csv: %d, %s", code, table)
	}
}

// Variants are interleaved as methods are, each with what it sets, and give the same
// pixels; the control is the first of them once more.
func TestVariants(t *testing.T) {
	s := start(t, smallPhotos(t))
	o := s.post("/api/process-batch/compare-all/", `{"methods":["multiprocessing"],"filters":["sharpen"],"count":3,"workers":2,"rounds":2,"warmup":1,"control":true,
		"variants":[{"pool":"cold"},{"pool":"warm"},{"transport":"pipe"},{"workers":3}]}`, 200)
	const name = "multiprocessing@"
	for variant, want := range map[string]string{
		"pool=cold": "cold path 2", "pool=cold,control": "cold path 2", "pool=warm": "warm path 2", "transport=pipe": "cold pipe 2", "workers=3": "cold path 3",
	} {
		var r object
		for key, value := range o.at("results").(map[string]any) { // a name may have dots
			if key == name+variant {
				r = value.(map[string]any)
			}
		}
		if r == nil {
			t.Errorf("%s has no result among %v", variant, o.at("results"))
			continue
		}
		if got := fmt.Sprint(r.text("pool"), " ", r.text("transport"), " ", len(r.list("overhead.workers"))); got != want {
			t.Errorf("%s: %s, want %s", variant, got, want)
		}
		if len(r.list("samples")) != 2 || r.text("method") != name+variant {
			t.Errorf("%s: %v", variant, r)
		}
	}
	if o.at("performance.pixels_equal") != true || len(o.list("performance.verdicts")) != 10 || len(o.list("test_info.order")) != 3 {
		t.Errorf("%v", o.at("performance"))
	}
	s.post("/api/process-batch/compare-all/", `{"variants":[{"count":3},{}]}`, 400)
}
