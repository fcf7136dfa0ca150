package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"carriles/cmd/host/internal/hosttest"
	"carriles/executor/batch/request"
)

// record writes the answers down instead of comparing them. With CARRILES_BIN
// another server's are. The present ones were recorded when verdicts got three
// outcomes and comparisons five rounds; until then those of the last server before
// "One crew" had stayed.
var record = flag.Bool("record", false, "record the server's answers in testdata/answers.json")

const recording = "testdata/answers.json"

// varies is all that may differ from one machine or moment to another.
func varies() rules {
	return rules{
		// Times, and what follows from them.
		measured: `time total_time avg_time_per_image avg_processing_time processing_time throughput images_per_second
			speedup threading_speedup mp_speedup threading_improvement mp_improvement samples iteration_seconds spread latency stages
			verdicts.*.ratio verdicts.*.low verdicts.*.high verdicts.*.level verdicts.*.more_rounds verdicts.*.outcome
			verdicts.*.rounds verdicts.*.text test_info.rounds test_info.order.* stopped all_images disturbed starting starting.* winner expected.met expected.note total_s left_s estimate_s outcome.sentence outcome.leaders.*
			crossovers.*.kind crossovers.*.from crossovers.*.text fits.* recommendation summary caution
			bound stage_bound stage_cpu cpu_time cpu_user cpu_system server_cpu_time peak_memory_bytes cores_busy
			overhead.workers.* overhead.processes.* rounds.* series.* chaos.* worker_deaths.*
			timelines.*.wall_s timelines.*.lanes.* traceEvents.* times.*
			metrics.cpu_usage metrics.memory_usage metrics.memory_available_gb metrics.memory_total_gb
			stress_test_results.throughput
			` + // The moment, and who happened to do it.
			`id run_id cancel_token round.number created started finished test_date timestamp worker process_id
			` + // The machine. The pool's size follows from it, and with that the limit of workers.
			`version go_version uptime_seconds load environment topology answer.pool.* pool_reason addresses
			fields.workers.default fields.workers.max fields.processes.default fields.processes.max fields.threads.default fields.threads.max
			sweep_axes.workers.param.max sweep_axes.workers.param.default sweep_axes.workers.values.* limits.workers shapes.* instruments.*.available server`,
		exact: `steps.*.id expected.winner timelines.*.method environment.engine environment.gogc environment.other_runs`,
		// A comparison has as many rounds as its time allows.
		any: `samples rounds leaders order overhead.processes series chaos worker_deaths timelines.*.lanes timelines.*.lanes.*.spans traceEvents
			environment.cpu_features addresses sweep_axes.workers.values topology.* topology.*.* topology.*.*.* topology.*.*.*.*`,
		optional: `verdicts.*.low verdicts.*.high verdicts.*.level verdicts.*.method verdicts.*.more_rounds stopped
			queued_s blocked_s lock_s touch_s voluntary_switches involuntary_switches minor_faults major_faults ended cpu_s
			stage_cpu stage_bound load_average other_cores stolen_cores throttled_s worker_deaths chaos
			series spans.*.filter spans.*.attempt args.task args.image args.attempt args.cpu_ms forecast
			fits.*.amdahl fits.*.usl topology.* topology.*.* topology.*.*.* topology.*.*.*.* topology.*.*.*.*.*
			answer.pool.* answer.pool.*.*`,
		// How long a run may last is told; how a span was spent stands in the lanes.
		added: `limits.run_seconds queued_s blocked_s lock_s touch_s fault_cost_s shapes.threading-gil.lock answer.python methods.*.lacks shapes.python-threading shapes.python-multiprocessing shapes.swarm shapes.room ` +
			// What is on the wall, who waits, and by which address the class comes.
			`shown shown.* paused expected.notes leaders sentence estimate_s addresses.*.url addresses.*.chosen addresses.*.arrived arrived members.silent ` +
			// How long one takes is told too, what the cores give, and to what a law was fitted.
			`results.*.rounds rounds kernel huge_pages governor clock_source memory_bytes binary_sha256 inputs performance.ceiling of_ceiling environment.ceiling forecast times times.* fits.*.workers fits.*.cores fits.*.best_workers fits.*.best_speedup`,
	}
}

// A command is one request. Its path and body may hold {run}, the run of the
// command before it, {ended}, the one that was given up, and {round}, the
// class's.
type command struct {
	name, method, path, body string
	english, presenter       bool
	lasts                    bool // a restart does not change it
	// rules are what varies in this answer beside the rest.
	rules rules
}

// answersToken is the presenter's.
const answersToken = "the-presenter-of-the-answers"

// Every answer of the server is what it was: each field, each value that is not
// measured, and the order of the fields.
func TestTheAnswersStay(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("recorded on Linux, whose kernel tells more than others")
	}
	t.Setenv("CARRILES_CLASS_TOKEN", answersToken)
	log := &hosttest.Log{}
	dir := answersFolder(t)
	m := startMortal(t, dir, log)
	m.untilPreviews()

	recorded := answers{whole: map[string][]byte{}}
	var want fields
	if !*record {
		data, err := os.ReadFile(recording)
		if err != nil {
			t.Fatal(err)
		}
		whole, err := parseTree(data)
		if err != nil {
			t.Fatal(err)
		}
		want = unshared(whole, "", map[string]tree{}).(fields)
	}
	for _, c := range append(m.lesson(), commands()...) {
		got := fields{{c.name, recorded.ask(m, c)}}
		if *record {
			continue
		}
		was := want.find(c.name)
		if was == nil {
			t.Errorf("%s is not recorded", c.name)
			continue
		}
		r := varies().and(c.rules)
		for _, line := range r.differences(fields{*was}, got, nil) {
			t.Error(line)
		}
	}
	if !*record && len(recorded.all) != len(want) {
		t.Errorf("%d answers, %d are recorded", len(recorded.all), len(want))
	}
	recorded.afterARestart(m)
	if *record {
		data := written(shared(recorded.all, "", map[string]place{}), "") + "\n"
		if err := os.WriteFile(recording, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if t.Failed() {
		t.Logf("the server's log: %.4000s", log)
	}
}

// answersFolder is a static folder with three photographs, one that can only be
// named and breaks off, and two files that are none.
func answersFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	files := smallPhotos(t)
	files["notes.txt"] = []byte("no photograph")
	files["empty.jpg"] = nil
	files["uploads/broken.jpg"] = files["a.jpg"][:len(files["a.jpg"])*2/3]
	for name, data := range files {
		path := filepath.Join(dir, "images", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// untilPreviews waits for the previews that a server makes at its start.
func (m mortal) untilPreviews() {
	for _, name := range []string{"a.jpg", "b.jpg", "c.png"} {
		m.do("GET", "/static/previews/images/"+name+".jpg", "")
	}
}

// lesson are the commands of the guide, with what would follow from the machine
// or take long said: two workers, and a server that is not so slow.
func (m mortal) lesson() (all []command) {
	m.t.Helper()
	var guide struct {
		Steps []struct {
			ID       string
			Commands []struct{ Method, Path, Body, Needs string }
		}
	}
	_, data := m.do("GET", "/api/guide/", "")
	if err := json.Unmarshal(data, &guide); err != nil {
		m.t.Fatal(err)
	}
	for _, step := range guide.Steps {
		for i, c := range step.Commands {
			if c.Method == "" || c.Needs != "" || c.Path == request.WaitsPath { // for the shell, not everywhere, or all measured
				continue
			}
			body := c.Body
			if body != "" {
				o := object{}
				if err := json.Unmarshal([]byte(body), &o); err != nil {
					m.t.Fatal(err)
				}
				if o["workers"] == nil {
					o["workers"] = 2
				}
				if o["latency_ms"] != nil {
					o["latency_ms"] = 10
				}
				body = quoted(o)
			}
			all = append(all, command{name: fmt.Sprintf("lesson %s %d", step.ID, i), method: c.Method, path: c.Path, body: body})
		}
	}
	return all
}

// commands are those beyond the lesson: README's, every route that answers with
// data, and what is refused.
func commands() []command {
	const batches, compare, stress, sweep = "/api/process-batch/", "/api/process-batch/compare-all/", "/api/process-batch/stress/", "/api/sweep/"
	get := func(name, path string) command { return command{name: name, method: "GET", path: path} }
	post := func(name, path, body string) command {
		return command{name: name, method: "POST", path: path, body: body}
	}
	lasting := func(c command) command { c.lasts = true; return c }
	english := func(c command) command { c.english = true; return c }
	control := func(name, body string) command {
		return command{name: name, method: "POST", path: "/api/class/control/", body: body, presenter: true}
	}
	with := func(r rules, c command) command { c.rules = r; return c }
	// What a worker's death changes by chance.
	death := rules{measured: "attempts tasks_in_flight", any: "overhead.workers"}
	const member = "0123456789abcdef"
	list := []command{
		get("guide", "/api/guide/"),
		get("filters", "/api/filters/"),
		get("photographs", "/api/image/info/"),
		get("photographs without a slash", "/api/image/info"),

		post("gil", batches+"threading-gil/", `{"filters":["sharpen"],"count":3,"workers":2}`),
		post("hybrid", batches+"hybrid/", `{"filters":["brightness"],"count":4,"processes":2,"threads":2,"workers":2}`),
		post("hybrid of workers", batches+"hybrid/", `{"filters":["brightness"],"count":4,"workers":4}`),
		post("defaults of a chain", batches+"sequential/", `{"workers":1,"count":1}`),
		english(post("compare in English", batches+"compare/", `{"filters":["edges"],"count":3,"workers":2}`)),
		post("slow server", compare, `{"pool":"cold","methods":["sequential","threading-gil","threading"],"source":"http","latency_ms":5,"filters":["resize"],"count":4,"workers":2}`),
		post("auto", compare, `{"pool":"cold","methods":["threading","multiprocessing","hybrid"],"transport":"shm","rounds":"auto","budget_s":1,"count":2,"workers":2}`),
		post("pipe", compare, `{"methods":["sequential","multiprocessing"],"transport":"pipe","rounds":2,"warmup":1,"pool":"warm","filters":["blur"],"count":3,"workers":2}`),
		post("order of methods", compare, `{"pool":"cold","methods":["multiprocessing","sequential"],"rounds":3,"filters":["brightness"],"count":2,"workers":2}`),
		post("one method", compare, `{"methods":["threading"],"filters":["brightness"],"count":2,"workers":2}`),
		post("a filter twice", batches+"threading/", `{"filters":["sharpen","blur","sharpen"],"count":2,"workers":2}`),
		post("what is as it stands", compare, `{"pool":"cold","filters":["edges"],"filter_params":{"edges":{"threshold1":200,"threshold2":100},"blur":{"radius":3}},"images":["a.jpg","a.jpg"],"count":2,"workers":2}`),
		with(rules{measured: "output_digest file_size"}, post("bild", compare, `{"pool":"cold","engine":"bild","count":2,"filters":["brightness","sharpen"],"workers":2}`)),
		post("scalar", batches+"sequential/", `{"engine":"scalar","count":2,"filters":["blur"],"workers":1}`),
		post("an image that breaks off", compare, `{"pool":"cold","filters":["brightness"],"count":3,"images":["a.jpg","uploads/broken.jpg","c.png"],"workers":2}`),
		english(post("an image that breaks off, in English", batches+"threading/", `{"filters":["brightness"],"count":2,"images":["a.jpg","uploads/broken.jpg"],"workers":2}`)),
		post("nothing but an image that breaks off", compare, `{"pool":"cold","filters":["brightness"],"count":2,"images":["uploads/broken.jpg"],"workers":2}`),

		with(rules{measured: "images.*.name images.*.url images.*.preview_url"}, command{name: "upload", method: "POST", path: "/api/images/", body: "{upload}"}),
		english(post("upload of nothing", "/api/images/", `{}`)),

		post("stress", stress, `{"filters":["brightness"],"count":4,"num_iterations":2,"method":"threading","workers":2}`),
		post("stress with errors", stress, `{"filters":["brightness"],"count":4,"images":["a.jpg","uploads/broken.jpg"],"workers":2}`),
		with(death, post("stress with a death", stress, `{"filters":["edges"],"count":8,"workers":2,"chaos":{"kill_after":3}}`)),
		with(death, post("compare with a death", compare, `{"pool":"cold","filters":["edges"],"count":8,"workers":2,"chaos":{"kill_after":3}}`)),

		post("sweep of workers", sweep, `{"over":"workers","values":[1,2,3],"workers":2,"filters":["sharpen"],"count":2,"methods":["sequential","threading","multiprocessing"]}`),
		post("sweep of intensity", sweep, `{"over":"intensity","filters":["sharpen"],"count":1,"workers":2,"rounds":3,"methods":["sequential","threading"]}`),
		post("sweep of latency", sweep, `{"over":"latency_ms","values":[10,0],"source":"http","filters":["brightness"],"count":2,"workers":2,"methods":["threading"]}`),
		post("sweep of width", sweep, `{"over":"width","values":[40,80],"filters":["resize"],"count":1,"workers":2}`),

		// A run that never ends by itself is given up, on a slow machine before it has
		// begun: then it never started.
		with(rules{measured: "state position progress", optional: "phase method started"}, post("a run", "/api/runs/", `{"filters":["brightness"],"count":4,"workers":4,"rounds":50,"methods":["threading"],"source":"http","latency_ms":1000}`)),
		with(rules{measured: "state progress position", optional: "error error_en phase method finished started"}, command{name: "its end", method: "DELETE", path: "/api/runs/{run}/"}),
		post("after it", batches+"sequential/", `{"filters":["brightness"],"count":1,"workers":1}`),
		with(rules{measured: "progress.*", optional: "phase method started"}, get("the run that ended", "/api/runs/{ended}/")),

		// A run that is watched, and what can be had of it afterwards.
		with(rules{measured: "state position progress", any: "queue", optional: "phase method started"}, post("a run to watch", "/api/runs/", `{"filters":["resize","sharpen"],"count":4,"workers":2,"rounds":3,"warmup":1}`)),
		with(rules{
			measured: "run.*.state queue.*.state position progress lanes.*", any: "answer.run answer.lanes answer.queue queue.queue lanes.*.lanes lanes.*.lanes.*.spans queue",
			optional: "started finished winner phase method first over progress.value answer.queue answer.lanes",
		}, get("its events", "/api/runs/{run}/events/")),
		lasting(get("it", "/api/runs/{run}/")),
		english(get("it in English", "/api/runs/{run}/")),
		lasting(get("its timeline", "/api/runs/{run}/timeline/")),
		with(rules{measured: "otherData.summary otherData.created"}, get("its trace", "/api/runs/{run}/trace/")),
		with(rules{measured: "run seconds answer.*", any: "answer"}, get("its samples", "/api/runs/{run}/csv/")),
		get("its events afterwards", "/api/runs/{run}/events/"),
		post("a sweep to keep", sweep, `{"over":"workers","values":[1,2],"workers":2,"filters":["brightness"],"count":2,"rounds":2,"methods":["sequential","threading"]}`),
		lasting(get("the sweep", "/api/runs/{run}/")),
		get("the sweep's timeline", "/api/runs/{run}/timeline/"),
		get("the sweep's trace", "/api/runs/{run}/trace/"),
		with(rules{measured: "run seconds answer.*", any: "answer"}, get("the sweep's samples", "/api/runs/{run}/csv/")),
		with(rules{measured: "runs.*.progress", optional: "progress.phase progress.method runs.*.started"}, get("all runs", "/api/runs/")),
		get("stats", "/api/stats/"),

		// The class. What it reveals is measured before it: a member without a stream of
		// events is gone in 10 s.
		post("what the class waits for", compare, `{"pool":"cold","filters":["resize","blur"],"filter_params":{"resize":{"width":80,"height":60}},"workers":2,"count":2}`),
		get("the class", "/api/class/"),
		post("join", "/api/class/join/", `{"member":"`+member+`","device":"phone","cores":8}`),
		control("show", `{"action":"show","step":"table"}`),
		control("ask", `{"action":"ask","step":"table","command":0}`),
		post("predict", "/api/class/predict/", `{"member":"`+member+`","round":{round},"winner":"threading","factor":1.5}`),
		english(post("predict what cannot be", "/api/class/predict/", `{"member":"`+member+`","round":{round},"winner":"hybrid","factor":1.5}`)),
		control("close", `{"action":"close"}`),
		post("predict too late", "/api/class/predict/", `{"member":"`+member+`","round":{round},"winner":"threading","factor":1.5}`),
		with(rules{measured: "reveal.outcome.factor methods.*.seconds"}, control("reveal", `{"action":"reveal","run_id":"{run}"}`)),
		with(rules{measured: "reveal.outcome.factor methods.*.seconds"}, post("a phone's time", "/api/class/result/", `{"member":"`+member+`","round":{round},"seconds":2.5,"images":2,"simd":"simd128"}`)),
		control("end", `{"action":"end"}`),
		english(control("no action", `{"action":"dance"}`)),
		post("not the presenter", "/api/class/control/", `{"action":"end"}`),
		english(post("not joined", "/api/class/predict/", `{"member":"fedcba9876543210","round":{round},"winner":"threading","factor":2}`)),
		post("joining badly", "/api/class/join/", `{"member":"short","device":"fridge","cores":-1}`),
		post("joining with more", "/api/class/join/", `{"member":"`+member+`","age":7}`),
		get("QR of another", "/api/class/qr/?address=http://example.org/"),

		// Where there is nothing.
		get("no route", "/api/nothing/"),
		english(get("no route, in English", "/api/nothing/")),
		get("no run", "/api/runs/none/"),
		get("no run's events", "/api/runs/none/events/"),
		get("no run's trace", "/api/runs/none/trace/"),
		english(get("no file", "/static/processed/none.jpg")),
		get("not so", compare),
		english(command{name: "not so, in English", method: "DELETE", path: "/api/filters/"}),
		get("no such delay", "/api/image/slow/?delay=-1"),
		english(get("a delay that is none", "/api/image/slow/?delay=x")),
	}
	for i, body := range refused() {
		list = append(list, post(fmt.Sprintf("refused %d: %s", i, body), compare, body))
		if i%8 == 0 {
			list = append(list, english(post(fmt.Sprintf("refused %d in English", i), compare, body)))
		}
	}
	for i, body := range []string{`{"filters":["blur"]}`, `{"over":"workers","values":[1]}`, `{"over":"luck","values":[1,2]}`, `{"over":"intensity","filters":["blur"]}`,
		`{"over":"latency_ms","filters":["blur"]}`, `{"over":"width","filters":["resize"],"values":[100,100]}`, `{"over":"width","filters":["resize"],"values":["x",2]}`} {
		list = append(list, post(fmt.Sprintf("refused sweep %d: %s", i, body), sweep, body))
	}
	for i, body := range []string{`{"count":51}`, `{"num_iterations":21}`, `{"method":"luck"}`, `{"methods":["threading"]}`} {
		list = append(list, post(fmt.Sprintf("refused stress %d: %s", i, body), stress, body))
	}
	return list
}

// refused are bodies that compare-all refuses, whatever the machine.
func refused() []string {
	return []string{
		`{`, `[]`, `nothing`, `{} {}`, `{"filters":}`, `null`,
		`{"filtres":["blur"]}`, `{"count":3,"count":4}`, `{"filters":"blur"}`, `{"filters":[]}`, `{"filters":["luck"]}`, `{"filters":[7]}`,
		`{"filters":["blur","blur","blur","blur","blur","blur","blur","blur","blur","blur","blur","blur","blur","blur","blur","blur","blur"]}`,
		`{"filters":["blur"],"filter_params":{"blur":{"radios":3}}}`,
		`{"filters":["blur"],"filter_params":{"blur":{"radius":1000}}}`, `{"filters":["blur"],"filter_params":{"blur":{"radius":"3"}}}`,
		`{"filters":["blur"],"filter_params":{"blur":7}}`, `{"filters":["blur"],"filter_params":[]}`,
		`{"filters":["resize"],"filter_params":{"resize":{"width":0,"height":1.5}}}`,
		`{"count":0}`, `{"count":201}`, `{"count":1.5}`, `{"count":"3"}`, `{"count":null}`, `{"count":true}`,
		`{"rounds":0}`, `{"rounds":51}`, `{"rounds":"often"}`, `{"warmup":11}`, `{"rounds":50,"count":200}`,
		`{"precision_percent":5}`, `{"rounds":"auto","precision_percent":0}`, `{"rounds":"auto","budget_s":601}`,
		`{"latency_ms":5}`, `{"source":"http","latency_ms":5001}`, `{"source":"ftp"}`, `{"source":"http","transport":"pipe"}`, `{"transport":"pigeon"}`,
		`{"engine":"luck"}`, `{"engine":"bild","filters":["edges"]}`, `{"pool":"hot"}`,
		`{"images":[]}`, `{"images":["none.jpg"]}`, `{"images":["../a.jpg"]}`, `{"images":"a.jpg"}`, `{"images":["notes.txt"]}`,
		`{"methods":[]}`, `{"methods":["luck"]}`, `{"methods":["threading","threading"]}`, `{"methods":"threading"}`,
		`{"chaos":{}}`, `{"chaos":{"kill_after":0}}`, `{"chaos":{"kill_after":5}}`, `{"chaos":7}`, `{"count":1,"chaos":{"kill_after":1}}`, `{"chaos":{"kill":1}}`,
		`{"over":"workers"}`, `{"count":0,"rounds":0,"engine":"luck","filters":["luck"]}`,
	}
}

// answers are what a server has answered, normalised.
type answers struct {
	all               fields
	run, ended, round string            // what commands name
	whole             map[string][]byte // as they came, of those that must outlive the server
}

// ask does a command, and keeps the answer.
func (a *answers) ask(m mortal, c command) tree {
	m.t.Helper()
	if slices.ContainsFunc(a.all, func(f field) bool { return f.name == c.name }) {
		m.t.Fatalf("two commands %q", c.name)
	}
	in := strings.NewReplacer("{run}", a.run, "{ended}", a.ended, "{round}", a.round)
	headers := []string{"Content-Type: application/json"}
	if c.body == "{upload}" {
		c.body, headers[0] = uploadForm(m.t)
	}
	if c.english {
		headers = append(headers, "Accept-Language: en")
	}
	if c.presenter {
		headers = append(headers, "Authorization: Bearer "+answersToken)
	}
	status, data := m.do(c.method, in.Replace(c.path), in.Replace(c.body), headers...)
	var body tree
	var err error
	switch {
	case strings.HasSuffix(c.path, "/events/") && status == http.StatusOK:
		body, err = eventsTree(data)
	case strings.HasSuffix(c.path, "/csv/") && status == http.StatusOK:
		body, err = csvTree(data)
	default:
		body, err = parseTree(data)
	}
	if err != nil {
		m.t.Fatalf("%s: %d, %v in %.300s", c.name, status, err, data)
	}
	if o, ok := body.(fields); ok {
		a.remember(c, o)
	}
	if c.lasts {
		a.whole[in.Replace(c.path)] = data
	}
	whole := fields{{"status", leaf(fmt.Sprint(status))}, {"answer", body}}
	t := varies().and(c.rules).normal(whole, []string{c.name}, false)
	a.all = append(a.all, field{c.name, t})
	return t
}

// remember keeps what later commands name.
func (a *answers) remember(c command, o fields) {
	if f := o.find("round"); f != nil {
		a.round = string(f.value.(fields).find("number").value.(leaf))
	}
	if info := o.find("api_info"); info != nil {
		o = info.value.(fields)
	}
	for _, name := range []string{"run_id", "id"} {
		if f := o.find(name); f != nil {
			a.run = strings.Trim(string(f.value.(leaf)), `"`)
		}
	}
	if c.method == http.MethodDelete {
		a.ended = a.run
	}
}

// afterARestart kills the server and asks the next one for what the first one
// told of its runs: it must be the same to the byte.
func (a *answers) afterARestart(m mortal) {
	m.t.Helper()
	m.kill()
	next := startMortal(m.t, m.dir, m.log)
	for path, was := range a.whole {
		if _, data := next.do("GET", path, "", "Content-Type: application/json"); !bytes.Equal(data, was) {
			m.t.Errorf("%s is after a restart\n%s\nwas\n%s", path, data, was)
		}
	}
}

// eventsTree is a stream that has ended: the events' data by their names, in
// the order of their first.
func eventsTree(data []byte) (tree, error) {
	streams := fields{}
	lines, name := bufio.NewScanner(bytes.NewReader(data)), ""
	for lines.Buffer(nil, 1<<20); lines.Scan(); {
		if event, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
			name = event
		}
		if line, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			t, err := parseTree([]byte(line))
			if err != nil {
				return nil, err
			}
			f := streams.find(name)
			if f == nil {
				streams = append(streams, field{name, list{}})
				f = &streams[len(streams)-1]
			}
			f.value = append(f.value.(list), t)
		}
	}
	slices.SortFunc(streams, func(a, b field) int { return strings.Compare(a.name, b.name) })
	return streams, lines.Err()
}

// csvTree is a table as a list of its rows; a cell goes by its column.
func csvTree(data []byte) (tree, error) {
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil || len(rows) == 0 {
		return nil, fmt.Errorf("%d rows, %w", len(rows), err)
	}
	out := list{}
	for _, row := range rows[1:] {
		o := fields{}
		for i, cell := range row {
			o = append(o, field{rows[0][i], leaf(quoted(cell))})
		}
		out = append(out, o)
	}
	return out, nil
}

// uploadForm is a form with a photograph and two files that are refused, and its
// header.
func uploadForm(t *testing.T) (body, header string) {
	t.Helper()
	var b strings.Builder
	form := multipart.NewWriter(&b)
	for _, f := range []struct {
		name string
		data []byte
	}{{"mía.png", hosttest.Encoded(t, "jpeg", picture(50, 40, 5))}, {"bomb.png", hosttest.GiantPNG(t)}, {"vector.png", []byte("<svg/>")}} {
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
	return b.String(), "Content-Type: " + form.FormDataContentType()
}
