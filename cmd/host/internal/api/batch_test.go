package api

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/crew/process/python"
	"carriles/executor/fault"
	"carriles/executor/text"
)

// runners are the endpoints that take the common body.
var runners = []string{
	"process-batch/sequential", "process-batch/threading", "process-batch/multiprocessing",
	"process-batch/threading-gil", "process-batch/hybrid",
	"process-batch/compare", "process-batch/compare-all", "process-batch/stress", "runs",
}

func TestBadBodies(t *testing.T) {
	l := open(t, twoPhotos(t))
	tests := []struct {
		body   string
		code   string
		field  string
		faults int
	}{
		{`{"filters":["sepia"]}`, "unknown_filter", "filters[0]", 1},
		{`{"filters":"blur"}`, "wrong_type", "filters", 1},
		{`{"colour":1}`, "unknown_field", "colour", 1},
		{`{"count":0,"workers":99,"engine":"x"}`, "unknown_name", "engine", 3},
		{`{"count":21}`, "out_of_range", "count", 1},
		{`{"count":"5"}`, "wrong_type", "count", 1},
		{`{"filter_params":{"blur":{"radius":-1,"sigma":2},"resize":{"width":0}}}`, "out_of_range", "filter_params.blur.radius", 3},
		{`{"filters":["resize"],"filter_params":{"resize":{"width":16384,"height":16384}}}`, "out_of_range", "filter_params.resize", 1},
		{`{"images":["../../etc/passwd"]}`, "unknown_name", "images[0]", 1},
		{`{"engine":"bild","filters":["edges"]}`, "engine_lacks_filter", "filters[0]", 1},
		{`{"pool":"hot"}`, "unknown_name", "pool", 1},
		{`{"transport":"telepathy"}`, "unknown_name", "transport", 1},
		{`{"source":"http","latency_ms":5001}`, "out_of_range", "latency_ms", 1},
		{`{"latency_ms":5}`, "contradiction", "latency_ms", 1},
		{`{"chaos":{"kill_after":0}}`, "out_of_range", "chaos.kill_after", 1},
		{`{"count":5,"count":6}`, "duplicate", "count", 1},
		{`{"count":10,"warmup":10,"rounds":50}`, "too_many", "count", 1},
		{`{"count":`, "invalid_json", "", 1},
		{`[]`, "invalid_json", "", 1},
		{"\xef\xbb\xbf{}", "invalid_json", "", 1},
	}
	for _, path := range runners {
		for _, slash := range []string{"", "/"} {
			for _, tt := range tests {
				e := l.do("POST", "/api/"+path+slash, tt.body).fault(t, 400, tt.code)
				if e.Field != tt.field || e.Allowed == "" || len(e.Faults) != tt.faults || !reflect.DeepEqual(e.FaultBody, e.Faults[0]) {
					t.Errorf("%s %s: %+v", path, tt.body, e)
				}
			}
			e := l.do("POST", "/api/"+path+slash, strings.Repeat(" ", maxBody+1)).fault(t, 413, "body_too_large")
			if !strings.Contains(e.Error, "65536") {
				t.Errorf("%s: %q", path, e.Error)
			}
		}
	}
	l.quiet()
}

// Every fault in what a comparison says of its rounds, its lock, its variants and its
// interpreter is named, and nothing is run.
func TestBadComparisons(t *testing.T) {
	l := openWith(t, twoPhotos(t), func(d *Deps) { d.Python = python.New(filepath.Join(t.TempDir(), "no-python"), (*exec.Cmd).Start) })
	for _, tt := range []struct {
		body string
		want string // "field code" of each
	}{
		{`{"rounds":0}`, "rounds out_of_range"},
		{`{"rounds":-1}`, "rounds out_of_range"},
		{`{"rounds":0.5}`, "rounds out_of_range"},
		{`{"rounds":"many"}`, "rounds wrong_type"},
		{`{"rounds":0,"warmup":-1,"budget_s":0}`, "rounds out_of_range, warmup out_of_range, budget_s out_of_range"},
		{`{"methods":["threading-gil"],"gil":{"released_in":["luck","filter","read"]}}`, "gil.released_in[0] unknown_name, gil.released_in[2] unknown_name"},
		{`{"methods":["threading-gil"],"gil":{"released_in":["filter","filter"]}}`, "gil.released_in[1] duplicate"},
		{`{"methods":["threading-gil"],"gil":{"released_in":"filter"}}`, "gil.released_in wrong_type"},
		{`{"methods":["threading-gil"],"gil":{"let_go":["filter"]}}`, "gil.let_go unknown_field, gil.released_in missing"},
		{`{"methods":["threading"],"gil":{"released_in":["filter"]}}`, "gil contradiction"},
		{`{"variants":[{}]}`, "variants[0] duplicate"},
		{`{"pool":"warm","variants":[{"pool":"warm"}]}`, "variants[0] duplicate"},
		{`{"variants":[{"transport":"pipe"},{"transport":"pipe"}]}`, "variants[1] duplicate"},
		{`{"variants":[{"count":3},{"rounds":2},{"filters":["blur"]},{"colour":"red"}]}`,
			"variants[0].count contradiction, variants[1].rounds contradiction, variants[2].filters contradiction, variants[3].colour unknown_field"},
		{`{"variants":[{"pool":"tepid"},{"workers":0}]}`, "variants[0].pool unknown_name, variants[1].workers out_of_range"},
		{`{"methods":["python-threading"]}`, "methods unavailable"},
		{`{"methods":["python-threading","python-multiprocessing"],"rounds":0}`, "rounds out_of_range, methods unavailable"},
		{`{"methods":["python-threading"],"engine":"pure","filters":["sharpen"]}`, "methods unavailable, engine too_many"},
	} {
		for _, path := range []string{"process-batch/compare-all", "runs"} {
			e := l.do("POST", "/api/"+path+"/", tt.body).fault(t, 400, strings.TrimSuffix(strings.Fields(tt.want)[1], ","))
			var got []string
			for _, f := range e.Faults {
				got = append(got, f.Field+" "+f.Code)
				if f.Error == "" || f.Allowed == "" {
					t.Errorf("%s %s: %+v says nothing", path, tt.body, f)
				}
			}
			if strings.Join(got, ", ") != tt.want {
				t.Errorf("%s %s: %s, want %s", path, tt.body, strings.Join(got, ", "), tt.want)
			}
		}
	}
	// By its own address, and in the stress test, the interpreter is named too.
	for path, body := range map[string]string{"process-batch/python-threading": `{}`, "process-batch/stress": `{"method":"python-multiprocessing"}`} {
		if e := l.do("POST", "/api/"+path+"/", body).fault(t, 400, "unavailable"); !strings.Contains(e.Error, "no-python") || !strings.Contains(e.Error, "-python") {
			t.Errorf("%s: %+v", path, e)
		}
	}
	l.quiet()
}

// Only where there is a choice of methods can it be made.
func TestMethodFields(t *testing.T) {
	l := open(t, twoPhotos(t))
	for _, path := range runners {
		want := map[string]string{
			"process-batch/compare-all": "methods", "runs": "methods", "process-batch/stress": "method",
		}[path]
		for field, value := range map[string]string{"methods": `["gpu"]`, "method": `"gpu"`} {
			code := "unknown_field"
			if field == want {
				code = "unknown_name"
			}
			l.do("POST", "/api/"+path, `{"`+field+`":`+value+`}`).fault(t, 400, code)
		}
	}
	l.quiet()
}

func TestNoImages(t *testing.T) {
	l := open(t, fstest.MapFS{})
	for _, path := range runners {
		e := l.do("POST", "/api/"+path+"/", "").fault(t, 404, "no_images")
		if !strings.Contains(e.Error, "static/images/") {
			t.Errorf("%s: it does not say where to put them: %q", path, e.Error)
		}
	}
	for _, path := range []string{"4k", "slow?delay=0"} {
		l.do("GET", "/api/image/"+path, "").fault(t, 404, "no_images")
	}
	l.quiet()
}

func TestABodyThatDoesNotArriveWhole(t *testing.T) {
	l := open(t, twoPhotos(t))
	conn, err := net.Dial("tcp", strings.TrimPrefix(l.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /api/runs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{\"count\":1}")
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	reply{resp.StatusCode, resp.Header, data}.fault(t, 400, "invalid_json")
	l.quiet()
}

// What a run fails with becomes a status, and no cause reaches the client.
func TestStatusOfFailures(t *testing.T) {
	tests := []struct {
		err    error
		status int
		code   string
		retry  bool
	}{
		{fault.Errorf(fault.CodeDiskFull, "lleno", "full"), 507, "disk_full", false},
		{fault.Errorf(fault.CodeNotExamined, "la máquina", "the machine"), 503, "not_examined", false},
		{fault.Errorf(fault.CodeCancelled, "cancelada", "cancelled"), 409, "cancelled", false},
		{fault.Errorf(fault.CodeStopping, "se para", "stopping"), 503, "stopping", false},
		{fault.Errorf(fault.CodeBusy, "ocupado", "busy"), 429, "busy", true},
		{fault.Errorf(fault.CodeBadImage, "mala", "bad").Because(errors.New("secret")), 422, "bad_image", false},
		{errors.New("secret"), 500, "internal", false},
	}
	for _, tt := range tests {
		l := open(t, twoPhotos(t))
		l.execute = func(context.Context, request.Spec, func(result.Progress)) (*result.Comparison, error) {
			return nil, tt.err
		}
		for _, path := range runners[:6] {
			r := l.do("POST", "/api/"+path, "")
			r.fault(t, tt.status, tt.code)
			if (r.header.Get("Retry-After") != "") != tt.retry || strings.Contains(string(r.body), "secret") {
				t.Errorf("%v: Retry-After %q, %s", tt.err, r.header.Get("Retry-After"), r.body)
			}
		}
		if tt.status == 500 && !strings.Contains(l.log.String(), "secret") {
			t.Error("the cause is not in the log")
		}
	}
}

func TestBusy(t *testing.T) {
	l := open(t, twoPhotos(t))
	l.execute = func(ctx context.Context, _ request.Spec, _ func(result.Progress)) (*result.Comparison, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	// One runs, sooner or later; 64 wait.
	var last reply
	for range 66 {
		if last = l.do("POST", "/api/runs", ""); last.code != 202 {
			break
		}
	}
	last.fault(t, 429, "busy")
	if last.header.Get("Retry-After") != "10" {
		t.Errorf("Retry-After %q", last.header.Get("Retry-After"))
	}
}

// A client that hangs up takes its run along.
func TestClientGone(t *testing.T) {
	l := open(t, twoPhotos(t))
	begun, ended := make(chan struct{}), make(chan struct{})
	l.execute = func(ctx context.Context, _ request.Spec, _ func(result.Progress)) (*result.Comparison, error) {
		close(begun)
		<-ctx.Done()
		close(ended)
		return nil, ctx.Err()
	}
	ctx, hangUp := context.WithCancel(t.Context())
	go func() {
		<-begun
		hangUp()
	}()
	req, err := http.NewRequestWithContext(ctx, "POST", l.url+"/api/process-batch/sequential/", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	if resp, err := http.DefaultClient.Do(req); err == nil {
		resp.Body.Close()
		t.Fatal("an answer to nobody")
	}
	<-ended
}

func TestAnswersInTheReadersLanguage(t *testing.T) {
	l := open(t, twoPhotos(t))
	l.execute = func(_ context.Context, spec request.Spec, _ func(result.Progress)) (*result.Comparison, error) {
		c := resultOf(spec)
		txt := text.Sprintf("no se lee", "cannot be read")
		for _, m := range c.Results {
			m.Results = []result.TaskResult{{OriginalPath: "/x.jpg", Status: result.StatusError, Error: txt.ES, ErrorText: &txt}}
		}
		return c, nil
	}
	for header, want := range map[string][2]string{
		"": {"Empate.", "no se lee"}, "es-ES,en;q=0.8": {"Empate.", "no se lee"}, "en-GB,es": {"A tie.", "cannot be read"},
	} {
		o := l.do("POST", "/api/process-batch/compare", "", "Accept-Language: "+header).object(t, 200, "results", "performance", "api_info")
		if got := o["performance"].(map[string]any)["recommendation"]; got != want[0] {
			t.Errorf("%q: recommendation %q", header, got)
		}
		entry := o["results"].(map[string]any)["threading"].(map[string]any)["results"].([]any)[0].(map[string]any)
		if entry["error"] != want[1] {
			t.Errorf("%q: error %q", header, entry["error"])
		}
		if got := o["api_info"].(map[string]any)["endpoint"]; got != "/api/process-batch/compare" {
			t.Errorf("endpoint %q", got)
		}
		s := l.do("POST", "/api/process-batch/stress/", "", "Accept-Language: "+header).object(t, 200)
		if got := fmt.Sprint(s["performance_analysis"].(map[string]any)["errors"]); got != "[/x.jpg: "+want[1]+"]" {
			t.Errorf("%q: stress errors %s", header, got)
		}
	}
	// The stored result is as it was.
	for _, v := range l.runs.List() {
		view, err := l.runs.View(v.ID)
		if err != nil || view.Result.Performance.Recommendation != "" {
			t.Errorf("the stored result was changed: %+v, %v", view.Result.Performance, err)
		}
		for _, m := range view.Result.Results {
			if m.Results[0].Error != "no se lee" {
				t.Errorf("the stored result was changed: %+v", m.Results[0])
			}
		}
	}
}
