package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"math"
	"mime/multipart"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"carriles/cmd/host/internal/hosttest"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/fault"
)

// guide gives the lesson's five bodies, word for word.
func guide(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("../../executor/batch/request/testdata/guide/*.json")
	if err != nil || len(paths) != 5 {
		t.Fatalf("%d bodies, %v", len(paths), err)
	}
	var bodies []string
	for _, p := range paths {
		data, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		bodies = append(bodies, string(data))
	}
	return bodies
}

// The fields that scripts for the course's server read, and those beside them.
const (
	methodFields = `s:method n:processed_count n:success_count l:filters_used n:total_time n:avg_time_per_image n:throughput l:results`
	entryFields  = `s:original_path s:processed_path l:filters_applied n:processing_time n:file_size n:worker n:process_id s:status`
	besideFields = `s:output_digest l:samples n:spread.q1 n:spread.q3 n:cpu_time n:peak_memory_bytes s:bound l:overhead.workers
		n:time n:workers o:workers_reason o:shape s:pool s:engine n:spread.min n:spread.median n:spread.max o:latency o:stages`
	workerFields = `n:wall_s n:spawn_s n:receive_s n:read_s n:decode_s n:filter_s n:encode_s n:write_s n:send_s n:idle_s`
	environment  = `s:version s:go_version s:cpu_model n:cores_found n:cores_used s:cpu_quota s:simd s:engine s:gogc n:other_runs o:pool_reason`
)

// told is how far off a ratio may be that is computed again from the times of an answer:
// it was told with four digits, and they to the microsecond.
func told(ratio float64, times ...float64) float64 {
	off := 5e-4
	for _, t := range times {
		off += 0.5e-6 / t
	}
	return off * ratio
}

// checkMethod checks one method's answer: fields, sums and files.
func (s *server) checkMethod(o object, at, method string, images int, size image.Point) {
	t := s.t
	t.Helper()
	m := object(o.at(at).(map[string]any))
	m.has(t, "", methodFields+" "+besideFields)
	if m.text("method") != method || m.number("processed_count") != float64(images) || m.number("success_count") != float64(images) {
		t.Errorf("%s: %s processed %v, %v well; want %d", method, m.text("method"), m.at("processed_count"), m.at("success_count"), images)
	}
	seconds := m.number("total_time")
	close := func(what string, got, want float64) {
		if math.Abs(got-want) > told(want, seconds)+1e-6 || want <= 0 {
			t.Errorf("%s: %s is %g, want %g", method, what, got, want)
		}
	}
	close("avg_time_per_image", m.number("avg_time_per_image"), seconds/float64(images))
	close("throughput", m.number("throughput"), float64(images)/seconds)
	close("time", m.number("time"), seconds)
	results := m.list("results")
	if len(results) != images {
		t.Fatalf("%s: %d results, want %d", method, len(results), images)
	}
	for i := range results {
		entry := object(results[i].(map[string]any))
		entry.has(t, "", entryFields)
		if entry.text("status") != "success" || entry.at("error") != nil || fmt.Sprint(entry.at("filters_applied")) != fmt.Sprint(m.at("filters_used")) {
			t.Errorf("%s: entry %v", method, entry)
		}
		s.checkOutput(entry, size)
	}
	for i := range m.list("overhead.workers") {
		w := object(m.list("overhead.workers")[i].(map[string]any))
		w.has(t, "", workerFields)
		sum, wall := 0.0, w.number("wall_s")
		for key, v := range w {
			if strings.HasSuffix(key, "_s") && key != "wall_s" && !slices.Contains(result.WayNames(), strings.TrimSuffix(key, "_s")) {
				sum += v.(float64)
			}
		}
		if wall <= 0 || math.Abs(sum-wall) > 0.02*wall {
			t.Errorf("%s: worker %d's parts add up to %g s of %g s: %v", method, i, sum, wall, w)
		}
	}
}

// checkOutput checks an output's name, its file, and that it is served and
// whole, with its preview.
func (s *server) checkOutput(entry object, size image.Point) {
	s.t.Helper()
	original, processed := entry.text("original_path"), entry.text("processed_path")
	stem := strings.TrimSuffix(path.Base(original), path.Ext(original))
	var chain []string
	for _, f := range entry.list("filters_applied") {
		chain = append(chain, f.(string))
	}
	name := regexp.MustCompile(`^/static/processed/` + stem + `_` + strings.Join(chain, "-") + `_\d{8}-\d{6}_[a-z0-9]{6,}\` + path.Ext(original) + `$`)
	if !name.MatchString(processed) {
		s.t.Errorf("%s became %s, want %v", original, processed, name)
	}
	code, data := s.do("GET", processed, "")
	onDisk, err := os.ReadFile(filepath.Join(s.dir, strings.TrimPrefix(processed, "/static/")))
	if code != 200 || err != nil || !bytes.Equal(data, onDisk) || entry.number("file_size") != float64(len(data)) {
		s.t.Errorf("%s: %d with %d bytes; the file has %d, %v; file_size %v", processed, code, len(data), len(onDisk), err, entry.at("file_size"))
	}
	m, _, err := image.Decode(bytes.NewReader(data))
	if err != nil || m.Bounds().Size() != size {
		s.t.Errorf("%s: %v, %v; want %v", processed, m.Bounds(), err, size)
	}
	if code, _ := s.do("GET", entry.text("preview_path"), ""); code != 200 {
		s.t.Errorf("preview %q: %d", entry.text("preview_path"), code)
	}
}

// The lesson's commands as they stand: each body to each method and to
// compare-all, whose answers must agree on every pixel.
func TestTheGuide(t *testing.T) {
	s := start(t, smallPhotos(t))
	original, resized := image.Pt(320, 200), image.Pt(800, 600)
	for i, size := range []image.Point{resized, original, resized, original, resized} {
		body := guide(t)[i]
		digests := map[string]string{}
		for j, method := range request.GuideMethods() {
			o := s.post("/api/process-batch/"+method+[]string{"", "/"}[(i+j)%2], body, 200)
			s.checkMethod(object{"it": map[string]any(o)}, "it", method, 5, size)
			o.has(t, "environment", environment)
			o.has(t, "api_info", "s:endpoint s:test_date l:images_used")
			digests[o.text("output_digest")] = method
		}
		if len(digests) != 1 {
			t.Errorf("%s: the methods' digests differ: %v", body, digests)
		}
		if got, want := len(s.files("processed")), (i+1)*15; got != want {
			t.Errorf("after %s: %d files in processed/, want %d", body, got, want)
		}
	}
	if previews, outputs := s.files("previews/processed"), s.files("processed"); len(previews) != len(outputs) {
		t.Errorf("%d previews of %d outputs", len(previews), len(outputs))
	}
}

func TestCompare(t *testing.T) {
	s := start(t, smallPhotos(t))
	both, three := []string{request.Sequential, request.Threading}, request.GuideMethods()
	const sharpen = 1 // the guide's second body
	for i, tt := range []struct {
		endpoint string
		methods  []string
	}{{"compare", both}, {"compare/", both}, {"compare-all", three}, {"compare-all/", three}} {
		o := s.post("/api/process-batch/"+tt.endpoint, guide(t)[sharpen], 200)
		o.has(t, "test_info", "n:images_count l:filters n:threading_workers n:mp_workers n:rounds l:order")
		o.has(t, "performance", "s:winner n:threading_speedup n:threading_improvement s:recommendation s:summary.es s:summary.en l:verdicts b:pixels_equal")
		o.has(t, "api_info", "s:endpoint s:test_date l:images_used s:run_id")
		o.has(t, "environment", environment)
		if len(o.at("results").(map[string]any)) != len(tt.methods) {
			t.Errorf("%s: results of %v", tt.endpoint, o.at("results"))
		}
		digest := o.text("results.sequential.output_digest")
		for _, method := range tt.methods {
			s.checkMethod(o, "results."+method, method, 5, image.Pt(320, 200))
			if o.text("results."+method+".output_digest") != digest {
				t.Errorf("%s: %s gave other pixels than sequential", tt.endpoint, method)
			}
			alone, with := o.number("results.sequential.time"), o.number("results."+method+".time")
			speedup := alone / with
			if got := o.number("results." + method + ".speedup"); math.Abs(got-speedup) > told(speedup, alone, with) {
				t.Errorf("%s: %s has speedup %g, want %g", tt.endpoint, method, got, speedup)
			}
		}
		if o.at("performance.pixels_equal") != true || o.text("api_info.endpoint") != "/api/process-batch/"+tt.endpoint {
			t.Errorf("%s: %v %v", tt.endpoint, o.at("performance.pixels_equal"), o.at("api_info"))
		}
		if got := o.list("api_info.images_used"); fmt.Sprint(got) != "[a.jpg b.jpg c.png]" {
			t.Errorf("%s: images_used %v", tt.endpoint, got)
		}
		if len(tt.methods) == 3 {
			o.has(t, "performance", "n:mp_speedup n:mp_improvement")
			if got := len(o.list("performance.verdicts")); got != 3 {
				t.Errorf("%d verdicts on three methods", got)
			}
		}
		if winner := o.text("performance.winner"); winner != "none" && o.at("results."+winner) == nil {
			t.Errorf("winner %q", winner)
		}
		if got, want := len(s.files("processed")), []int{10, 20, 35, 50}[i]; got != want {
			t.Errorf("after %s: %d files in processed/, want %d", tt.endpoint, got, want)
		}
	}
}

// Rounds are interleaved in alternating order, kept as samples, and only the
// last one's files stay; a warm pool gives the same pixels. What is from nothing has no
// warm-up where the running pool has one.
func TestRoundsAndPools(t *testing.T) {
	s := start(t, smallPhotos(t))
	var digests []string
	for i, pool := range request.PoolKinds() {
		o := s.post("/api/process-batch/compare-all/",
			`{"filters":["brightness"],"count":4,"workers":2,"rounds":3,"warmup":1,"pool":"`+pool+`","methods":["multiprocessing","sequential"]}`, 200)
		first, there, back := "multiprocessing sequential", "multiprocessing sequential", "sequential multiprocessing"
		if pool == request.Both {
			there = "multiprocessing@from-nothing multiprocessing sequential@from-nothing sequential"
			back = "sequential sequential@from-nothing multiprocessing multiprocessing@from-nothing"
		}
		if got := fmt.Sprint(o.at("test_info.order")); got != fmt.Sprintf("[[%s] [%s] [%s] [%s]]", first, back, there, back) {
			t.Errorf("%s: order %s", pool, got)
		}
		for _, method := range []string{request.Sequential, request.Multiprocessing} {
			s.checkMethod(o, "results."+method, method, 4, image.Pt(320, 200))
			m := object(o.at("results." + method).(map[string]any))
			spawnedIn := func(accounts string) (spawned float64) {
				for i := range m.list(accounts) {
					spawned += m.number(fmt.Sprintf("%s.%d.spawn_s", accounts, i))
				}
				return spawned
			}
			spawned, is := spawnedIn("overhead.workers"), pool
			figures := map[string]bool{"from_nothing": pool != request.Warm, "running": pool != request.Cold}
			if pool == request.Both {
				is = request.Warm // which is the one that is judged
				if m.number("starting.spawn_s") <= 0 || spawnedIn("from_nothing.overhead.workers") <= 0 || len(m.list("from_nothing.rounds")) != 3 {
					t.Errorf("%s: from nothing %v, starting %v", method, m.at("from_nothing"), m.at("starting"))
				}
			}
			for figure, there := range figures {
				if (m[figure] != nil) != there || there && len(m.list(figure+".samples")) != 3 {
					t.Errorf("%s, %s: %s is %v", pool, method, figure, m[figure])
				}
			}
			if len(m.list("samples")) != 3 || m.number("all_images") != 12 || m.text("pool") != is || (spawned > 0) != (pool == request.Cold) {
				t.Errorf("%s, %s: %d samples, %v images, spawn %g s", pool, method, len(m.list("samples")), m.at("all_images"), spawned)
			}
			if want := map[string]int{request.Sequential: 1, request.Multiprocessing: 2}[method]; len(m.list("overhead.workers")) != want {
				t.Errorf("%s, %s: %d workers' accounts, want %d", pool, method, len(m.list("overhead.workers")), want)
			}
			digests = append(digests, m.text("output_digest"))
		}
		if got, want := len(s.files("processed")), 8*(i+1); got != want {
			t.Errorf("%s: %d files, want %d", pool, got, want)
		}
	}
	for _, d := range digests {
		if d != digests[0] || d == "" {
			t.Errorf("digests differ: %v", digests)
		}
	}
}

func TestBild(t *testing.T) {
	s := start(t, smallPhotos(t))
	o := s.post("/api/process-batch/compare-all/", `{"engine":"bild","count":3,"filters":["brightness","sharpen"]}`, 200)
	for _, method := range request.GuideMethods() {
		s.checkMethod(o, "results."+method, method, 3, image.Pt(320, 200))
	}
	if o.at("performance.pixels_equal") != true || o.text("environment.engine") != "bild" {
		t.Errorf("%v", o.at("performance"))
	}
}

func TestStress(t *testing.T) {
	s := start(t, smallPhotos(t))
	o := s.post("/api/process-batch/stress/", `{"filters":["brightness"]}`, 200)
	o.has(t, "stress_test_results", "n:total_time n:images_processed n:success_count n:error_count s:success_rate s:throughput n:avg_processing_time")
	o.has(t, "system_info", "s:method n:workers l:filters_applied n:num_iterations o:environment")
	o.has(t, "performance_analysis", "n:latency.p50 n:latency.p95 n:latency.p99 n:images_per_second n:cores_busy n:peak_memory_bytes s:bound l:iteration_seconds o:stages")
	r := object(o.at("stress_test_results").(map[string]any))
	if r.number("images_processed") != 20 || r.number("success_count") != 20 || r.number("error_count") != 0 || r.text("success_rate") != "100.0%" {
		t.Errorf("results %v", r)
	}
	// total_time is told in whole microseconds, which may be another hundredth.
	iterations := o.list("performance_analysis.iteration_seconds")
	if len(iterations) != 1 || math.Abs(iterations[0].(float64)-r.number("total_time")) > 0.51e-6 {
		t.Errorf("one iteration took %v, in all %v", iterations, r.number("total_time"))
	}
	if want := fmt.Sprintf("%.2f images/sec", 20/iterations[0].(float64)); r.text("throughput") != want {
		t.Errorf("throughput %q, want %q", r.text("throughput"), want)
	}
	if o.text("system_info.method") != "multiprocessing" {
		t.Errorf("method %v", o.at("system_info.method"))
	}
	o = s.post("/api/process-batch/stress", `{"filters":["brightness"],"count":4,"num_iterations":2,"method":"threading"}`, 200)
	if o.number("stress_test_results.images_processed") != 8 || len(o.list("performance_analysis.iteration_seconds")) != 2 || o.text("system_info.method") != "threading" {
		t.Errorf("two iterations of four: %v", o)
	}
	if got := len(s.files("processed")); got != 24 {
		t.Errorf("%d files, want 20 and 4: earlier iterations' go", got)
	}
}

// An image that cannot be read is said to be that; the others are processed.
func TestAnUnreadableImage(t *testing.T) {
	photos := smallPhotos(t)
	photos["bad.jpg"] = photos["a.jpg"][:len(photos["a.jpg"])*2/3] // a good header
	s := start(t, photos)
	const body = `{"filters":["brightness"],"count":3,"rounds":1,"images":["a.jpg","bad.jpg","c.png"]}`
	o := s.post("/api/process-batch/compare-all/", body, 200)
	for _, method := range request.GuideMethods() {
		m := object(o.at("results." + method).(map[string]any))
		if m.number("processed_count") != 3 || m.number("success_count") != 2 || m.text("output_digest") != "" || m.number("all_failed") != 1 {
			t.Errorf("%s: %v of %v, digest %q", method, m.at("success_count"), m.at("processed_count"), m.text("output_digest"))
		}
		for i, status := range []string{"success", "error", "success"} {
			entry := object(m.list("results")[i].(map[string]any))
			if entry.text("status") != status {
				t.Errorf("%s: entry %d: %v", method, i, entry)
			}
			if status == "success" {
				s.checkOutput(entry, image.Pt(320, 200))
			} else if entry.at("processed_path") != nil || !strings.Contains(entry.text("error"), "bad.jpg") ||
				!strings.Contains(entry.text("error_text.en"), "bad.jpg") || entry.number("file_size") != 0 || entry.number("attempts") != 1 {
				t.Errorf("%s: %v", method, entry)
			}
		}
	}
	if o.at("performance.pixels_equal") != false {
		t.Error("the pixels are said to be equal, but some are missing")
	}
	if got := len(s.files("processed")); got != 6 {
		t.Errorf("%d files, want 6: %q", got, s.files("processed"))
	}
	o = s.post("/api/process-batch/stress/", body, 200)
	if o.text("stress_test_results.success_rate") != "66.7%" || o.number("stress_test_results.error_count") != 1 || len(o.list("performance_analysis.errors")) != 1 {
		t.Errorf("stress: %v", o)
	}
}

func TestFormats(t *testing.T) {
	s := start(t, map[string][]byte{
		"g.gif": hosttest.Encoded(t, "gif", picture(40, 30, 1)), "j.jpg": hosttest.Encoded(t, "jpeg", picture(40, 30, 1)), "p.png": hosttest.Encoded(t, "png", picture(40, 30, 1)),
	})
	o := s.post("/api/process-batch/sequential/", `{"filters":["edges"],"count":3}`, 200)
	for i, want := range []string{"png", "jpeg", "png"} {
		entry := object(o.list("results")[i].(map[string]any))
		_, data := s.do("GET", entry.text("processed_path"), "")
		_, format, err := image.Decode(bytes.NewReader(data))
		ext := map[string]string{"png": ".png", "jpeg": ".jpg"}[want]
		if err != nil || format != want || path.Ext(entry.text("processed_path")) != ext {
			t.Errorf("%s became %s, a %s, %v", entry.text("original_path"), entry.text("processed_path"), format, err)
		}
	}
}

// One body of the guide on the photographs of the binary, which are there
// without any further step.
func TestRealPhotographs(t *testing.T) {
	s := start(t, nil)
	info := s.json("GET", "/api/image/info/", "", 200)
	if info.number("count") < 2 || info.at("ignored") != nil {
		t.Fatalf("%v", info)
	}
	o := s.post("/api/process-batch/threading/", guide(t)[0], 200)
	s.checkMethod(object{"it": map[string]any(o)}, "it", request.Threading, 5, image.Pt(800, 600))
	for i := range info.list("images") {
		preview := info.text(fmt.Sprintf("images.%d.preview_url", i))
		eventually(t, "preview "+preview, func() bool {
			code, data := s.do("GET", preview, "")
			_, _, err := image.DecodeConfig(bytes.NewReader(data))
			return code == 200 && err == nil
		})
	}
}

// Bad requests: nothing is run, nothing is written. All of them are in
// internal/api; here it is seen that New connects what refuses them.
func TestRefusals(t *testing.T) {
	s := start(t, smallPhotos(t), "-hosts", "aula.example")
	tests := []struct {
		method, path, body string
		headers            []string
		status             int
		code               string
	}{
		{"POST", "/api/process-batch/compare-all/", `{"filters":["sepia"]}`, nil, 400, "unknown_filter"},
		{"POST", "/api/process-batch/sequential/", `{"count":201}`, nil, 400, "out_of_range"},
		{"POST", "/api/process-batch/stress/", `{"count":51}`, nil, 400, "out_of_range"},
		{"POST", "/api/process-batch/compare-all/", `{"count":200,"rounds":50}`, nil, 400, "too_many"},
		{"POST", "/api/runs/", `{"images":["../../etc/passwd"]}`, nil, 400, "unknown_name"},
		{"POST", "/api/runs/", strings.Repeat(" ", 70_000), nil, 413, "body_too_large"},
		{"GET", "/api/runs/nope/", "", nil, 404, "not_found"},
		{"GET", "/api/nothing", "", nil, 404, "not_found"},
		{"GET", "/static/../go.mod", "", nil, 404, "not_found"},
		{"GET", "/api/process-batch/sequential/", "", nil, 405, "method_not_allowed"},
		{"POST", "/api/runs/", "", []string{"Origin: https://evil.example"}, 403, "foreign_origin"},
		{"POST", "/api/runs/", "", []string{"Origin: null"}, 403, "foreign_origin"},
		{"GET", "/", "", []string{"Host: evil.example"}, 421, "foreign_host"},
	}
	for _, tt := range tests {
		code, data := s.do(tt.method, tt.path, tt.body, tt.headers...)
		var e fault.ErrorBody
		if err := json.Unmarshal(data, &e); err != nil || code != tt.status || e.Code != tt.code || e.Error == "" {
			t.Errorf("%s %s: %d %s, %v; want %d %s", tt.method, tt.path, code, data, err, tt.status, tt.code)
		}
	}
	if code, _ := s.do("GET", "/api/health/", "", "Host: aula.example"); code != 200 {
		t.Errorf("a name given with -hosts: %d", code)
	}
	if n := len(s.json("GET", "/api/runs/", "", 200).list("runs")); n != 0 || len(s.files("processed")) != 0 {
		t.Errorf("%d runs, files %q", n, s.files("processed"))
	}
}

// watch reads a run's events until they end or each says false.
func (s *server) watch(ctx context.Context, id string, each func(result.RunView) bool) (last result.RunView) {
	s.t.Helper()
	s.events(ctx, id, map[string]func(data []byte) bool{"run": func(data []byte) bool {
		last = result.RunView{}
		if err := json.Unmarshal(data, &last); err != nil {
			s.t.Fatal(err)
		}
		return each(last)
	}})
	return last
}

// events reads a run's events by their names until they end or one says false.
func (s *server) events(ctx context.Context, id string, each map[string]func(data []byte) bool) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(ctx, "GET", s.url+"/api/runs/"+id+"/events/", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	lines, name := bufio.NewScanner(resp.Body), ""
	for lines.Buffer(nil, 1<<20); lines.Scan(); {
		if event, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
			name = event
		}
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if hear := each[name]; ok && hear != nil && !hear([]byte(data)) {
			return
		}
	}
}

// longRun is a run that does not end within the test on any machine: it waits
// for fifty seconds.
const longRun = `{"filters":["brightness"],"count":4,"workers":4,"rounds":50,"methods":["threading"],"source":"http","latency_ms":1000}`

func TestRunAndCancel(t *testing.T) {
	s := start(t, smallPhotos(t))
	long := s.post("/api/runs/", longRun, 202).text("id")
	short := s.post("/api/runs/", `{"filters":["brightness"],"count":2,"methods":["threading"]}`, 202).text("id")
	last := s.watch(t.Context(), long, func(v result.RunView) bool {
		if v.Progress.Round > 1 { // there are outputs with previews to be removed now
			s.json("DELETE", "/api/runs/"+long+"/", "", 200)
		}
		return true
	})
	if last.State != result.Cancelled || last.Error == nil || last.Error.Code != fault.CodeCancelled {
		t.Errorf("the last event: %+v", last)
	}
	// The next run begins when the cancelled one has tidied up.
	last = s.watch(t.Context(), short, func(result.RunView) bool { return true })
	if last.State != result.Done || last.Progress.Overall != 2 || last.Progress.OverallTotal != 2 {
		t.Errorf("the run after it: %+v", last)
	}
	o := s.json("GET", "/api/runs/"+short, "", 200)
	s.checkMethod(o, "result.results.threading", request.Threading, 2, image.Pt(320, 200))
	if outputs, previews := s.files("processed"), s.files("previews/processed"); len(outputs) != 2 || len(previews) != 2 {
		t.Errorf("the cancelled run left something: %q, %q", outputs, previews)
	}
	if o := s.json("GET", "/api/runs/"+long, "", 200); o.text("state") != "cancelled" || o.at("result") != nil {
		t.Errorf("the cancelled run: %v", o)
	}
}

// The server stops while a run is on its way, with a client that waits for its
// answer and one that watches: both hear of it, and no process stays.
func TestStop(t *testing.T) {
	s := start(t, smallPhotos(t))
	type answer struct {
		code int
		data []byte
	}
	waits := make(chan answer)
	go func() {
		code, data := s.do("POST", "/api/process-batch/compare-all/", longRun)
		waits <- answer{code, data}
	}()
	var id string
	eventually(t, "a run", func() bool {
		id = s.json("GET", "/api/runs/", "", 200).text("runs.0.id")
		return id != ""
	})
	last := s.watch(t.Context(), id, func(v result.RunView) bool {
		if v.Progress.Overall > 0 {
			s.cancel()
		}
		return true
	})
	if last.State != result.Cancelled || last.Error.Code != fault.CodeStopping {
		t.Errorf("the last event: %+v", last)
	}
	a := <-waits
	if a.code != 503 || !bytes.Contains(a.data, []byte(`"stopping"`)) {
		t.Errorf("who waited is told %d %s", a.code, a.data)
	}
	if err := <-s.stopped; err != nil {
		t.Errorf("Run: %v", err)
	}
	s.stopped <- nil // for end, which checks for processes and .work/
	if left := append(s.files("processed"), s.files("previews/processed")...); len(left) != 0 {
		t.Errorf("half a run's outputs are left: %q", left)
	}
}

func TestUpload(t *testing.T) {
	s := start(t, smallPhotos(t))
	good := hosttest.Encoded(t, "jpeg", picture(50, 40, 5))
	var body strings.Builder
	form := multipart.NewWriter(&body)
	for _, f := range []struct {
		name string
		data []byte
	}{{"mía.png", good}, {"bomb.png", hosttest.GiantPNG(t)}, {"vector.png", []byte("<svg/>")}, {"empty.png", nil}, {"cut.jpg", good[:len(good)*2/3]}} {
		part, err := form.CreateFormFile("files", f.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(f.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	code, data := s.do("POST", "/api/images/", body.String(), "Content-Type: "+form.FormDataContentType())
	var o object
	if err := json.Unmarshal(data, &o); err != nil || code != 201 || len(o.list("images")) != 1 || len(o.list("refused")) != 4 {
		t.Fatalf("%d %s, %v", code, data, err)
	}
	name := o.text("images.0.name")
	if !regexp.MustCompile(`^uploads/m-a-[a-z0-9]+\.jpg$`).MatchString(name) || o.number("images.0.width") != 50 {
		t.Errorf("taken in: %v", o.at("images.0"))
	}
	if code, preview := s.do("GET", o.text("images.0.preview_url"), ""); code != 200 || !bytes.HasPrefix(preview, []byte("\xff\xd8")) {
		t.Errorf("its preview: %d", code)
	}
	if got := s.json("GET", "/api/image/info", "", 200).number("count"); got != 3 {
		t.Errorf("%g images in the default set; an upload is not one of them", got)
	}
	o = s.post("/api/process-batch/sequential/", `{"filters":["sharpen"],"count":2,"images":["`+name+`"]}`, 200)
	s.checkMethod(object{"it": map[string]any(o)}, "it", request.Sequential, 2, image.Pt(50, 40))
	if got := len(s.files("images/uploads")); got != 1 {
		t.Errorf("%d files in uploads/", got)
	}
}
