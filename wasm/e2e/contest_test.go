package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
)

// between starts a proxy before a server, which may change the server's answers,
// and gives its address.
func between(t *testing.T, s server, change func(*http.Response) error) string {
	t.Helper()
	lab, err := url.Parse(s.addresses()["loopback"])
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(lab)
	proxy.ModifyResponse = func(r *http.Response) error {
		if strings.HasPrefix(r.Header.Get("Content-Type"), "text/event-stream") {
			return change(r)
		}
		// Read before change may hold it back: the server waits a while only for readers.
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		return change(r)
	}
	p := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del("Accept-Encoding") // what is packed cannot be changed
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(p.Close)
	return p.URL
}

// prelude has the script of the Web Workers begin with another one.
func prelude(script string) func(*http.Response) error {
	return func(r *http.Response) error {
		if !strings.HasSuffix(r.Request.URL.Path, "/compute.js") {
			return nil
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		body = append([]byte(script), body...)
		r.Body = io.NopCloser(bytes.NewReader(body))
		r.ContentLength = int64(len(body))
		r.Header.Set("Content-Length", strconv.Itoa(len(body)))
		r.Header.Set("Cache-Control", "no-store") // each worker asks for it
		return nil
	}
}

// posted sends the server JSON, which it must answer with a status, and gives its
// answer.
func posted[T any](t *testing.T, status int, url, body string) (answer T) {
	t.Helper()
	response, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || response.StatusCode != status {
		t.Fatalf("%s is answered %d, %v", url, response.StatusCode, err)
	}
	return answer
}

// compared has the server do a batch sequentially.
func compared(t *testing.T, s server, body string) result.Comparison {
	t.Helper()
	return posted[result.Comparison](t, http.StatusOK, s.addresses()["loopback"]+"/api/process-batch/compare/", body)
}

// told is what an agent has told until its end.
type told struct {
	Last     string   `json:"last"` // the type of its last message
	Text     string   `json:"text"`
	Progress int      `json:"progress"`
	Lanes    []string `json:"lanes"`
	Blobs    int      `json:"blobs"`
}

// jobOf is a batch for methods of a browser's, with so many workers where there
// are several.
func jobOf(spec request.Spec, workers int, methods ...string) result.BrowserJob {
	spec.Methods, spec.Workers = methods, workers
	return result.BrowserJob{Spec: spec}
}

// agentDid has a page's agent do a job, without any view.
func agentDid(t *testing.T, ctx context.Context, job result.BrowserJob) (told, result.BrowserOutcome) {
	t.Helper()
	text, err := json.Marshal(job)
	if err != nil {
		t.Fatal(err)
	}
	heard := eval[told](t, ctx, `new Promise(done => {
		const heard = {progress: 0, lanes: []}, agent = new Worker('/web/compute.js');
		agent.onmessage = ({data}) => {
			switch (data.type) {
			case 'progress': heard.progress++; break;
			case 'lanes': heard.lanes.push(data.text); break;
			default: agent.terminate(); done({...heard, last: data.type, text: data.text, blobs: data.blobs.length});
			}
		};
		agent.onerror = e => done({...heard, last: 'error', text: e.message});
		agent.postMessage({type: 'run', job: `+quoted(string(text))+`});
	})`)
	var o result.BrowserOutcome
	if heard.Last == result.EventDone {
		if err := json.Unmarshal([]byte(heard.Text), &o); err != nil {
			t.Fatal(err)
		}
	}
	return heard, o
}

// TestWebWorkerDies kills a Web Worker in the middle of a task, in each way in
// which one can be lost. It costs an attempt, which is said, and no picture: those
// that come are the server's.
func TestWebWorkerDies(t *testing.T) {
	s := serve(t)
	server := compared(t, s, `{"count": 4, "filters": ["blur"], "rounds": 1}`)
	for _, tt := range []struct {
		name, script string
		timeout      float64 // seconds; far above what an image takes
		said         string
	}{
		// By the agent's own hand, which its crew does not know of.
		{"terminated", `
			const post = Worker.prototype.postMessage;
			let tasks = 0;
			Worker.prototype.postMessage = function (message, moved) {
				post.call(this, message, moved);
				if (message.type === 'task' && ++tasks === 2) { this.terminate(); }
			};`, 15, "did not finish the image within 15s"},
		{"hanging", `
			self.addEventListener('message', ({data}) => {
				if (data.type === 'task' && data.task === 1 && data.attempt === 1) { for (;;); }
			});`, 15, "did not finish the image within 15s"},
		// Its program asks for the time at each stage of a task.
		{"crashing", `
			self.addEventListener('message', ({data}) => {
				if (data.type === 'task' && data.task === 1 && data.attempt === 1) {
					let asked = 0;
					const now = performance.now.bind(performance);
					performance.now = () => { if (++asked > 4) { throw new Error('on purpose'); } return now(); };
				}
			});`, 0, "on purpose"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel() // two of them wait, most of the time
			address := between(t, s, prelude(tt.script+"\n"))
			ctx := chromium(t)
			watch(t, ctx, address, "on purpose")
			open(t, ctx, address)
			for _, method := range []string{request.Browser, request.BrowserWorkers} {
				job := jobOf(server.Spec, 1, method)
				job.TimeoutS = tt.timeout
				heard, o := agentDid(t, ctx, job)
				if heard.Last != result.EventDone {
					t.Fatalf("%s: it ended with %s: %s", method, heard.Last, heard.Text)
				}
				r := o.Comparison.Results[method]
				if r.SuccessCount != 4 || r.AllFailed != 0 || r.OutputDigest == "" || r.OutputDigest != server.Results[request.Sequential].OutputDigest {
					t.Errorf("%s: %d of 4 images, digest %q, the server's %q", method, r.SuccessCount, r.OutputDigest, server.Results[request.Sequential].OutputDigest)
				}
				if len(r.WorkerDeaths) != 1 || !strings.HasPrefix(r.WorkerDeaths[0], "Web Worker ") || !strings.Contains(r.WorkerDeaths[0], tt.said) {
					t.Errorf("%s: of the death it says %q, want %q", method, r.WorkerDeaths, tt.said)
				}
				var attempts []int
				for _, image := range r.Results {
					attempts = append(attempts, image.Attempts)
				}
				if !slices.Equal(attempts, []int{1, 2, 1, 1}) {
					t.Errorf("%s: attempts %v, want one more of the second image", method, attempts)
				}
				accounts := r.Overhead.Workers
				if len(accounts) != 1 || accounts[0].LostS <= 0 || accounts[0].Tasks != 4 {
					t.Errorf("%s: the accounts %+v, want the lost work in them", method, accounts)
				}
			}
		})
	}
}

// TestBrowserContest has methods of the browser's measured in five rounds: they
// take turns, each round is a sample, and there is an interval and the server's
// pixels. What the lanes did is told while they do it.
func TestBrowserContest(t *testing.T) {
	s := serve(t)
	server := compared(t, s, `{"count": 2, "filters": ["blur"], "rounds": 1}`)
	address := s.addresses()["network"]
	ctx := chromium(t)
	watch(t, ctx, address)
	open(t, ctx, address)
	spec := server.Spec
	spec.Rounds, spec.Warmup = 5, 1
	methods := []string{request.Browser, request.BrowserWorkers}
	for _, pool := range request.PoolKinds() {
		spec.Pool = pool
		heard, o := agentDid(t, ctx, jobOf(spec, 2, methods...))
		if heard.Last != result.EventDone || heard.Progress == 0 || len(heard.Lanes) == 0 || heard.Blobs != 4 || len(o.Outputs) != 4 {
			t.Fatalf("%s: it ended with %s (%.300s) after %d words of progress, %d of lanes, with %d blobs for %+v",
				pool, heard.Last, heard.Text, heard.Progress, len(heard.Lanes), heard.Blobs, o.Outputs)
		}
		c := o.Comparison
		for i, order := range c.TestInfo.Order {
			want := slices.Clone(methods)
			if i%2 == 1 {
				slices.Reverse(want)
			}
			if !slices.Equal(order, want) {
				t.Errorf("%s: the rounds went %v", pool, c.TestInfo.Order)
			}
		}
		if len(c.TestInfo.Order) != 6 || len(c.Performance.Verdicts) != 1 {
			t.Fatalf("%s: %d rounds, %d verdicts", pool, len(c.TestInfo.Order), len(c.Performance.Verdicts))
		}
		v := c.Performance.Verdicts[0]
		if v.A != methods[0] || v.B != methods[1] || v.Rounds != 5 || v.Method != "paired t, Holm" || !(0 < v.Low && v.Low <= v.Ratio && v.Ratio <= v.High) || v.Text.EN == "" {
			t.Errorf("%s: the verdict %+v", pool, v)
		}
		if !c.Performance.PixelsEqual {
			t.Errorf("%s: the pixels are not equal", pool)
		}
		for i, m := range methods {
			r := c.Results[m]
			want := request.Warm
			if i == 1 && pool != request.Both {
				want = pool
			}
			if len(r.Samples) != 5 || r.OutputDigest != server.Results[request.Sequential].OutputDigest || r.Pool != want || r.Workers != i+1 || len(o.Starts[m]) != i+1 {
				t.Errorf("%s, %s: %d samples, digest %s, pool %s, %d workers, %d starts", pool, m, len(r.Samples), r.OutputDigest, r.Pool, r.Workers, len(o.Starts[m]))
			}
			for _, start := range o.Starts[m] {
				if start.TotalS <= 0 || start.CompileS <= 0 {
					t.Errorf("%s, %s: a start %+v", pool, m, start)
				}
			}
			for _, a := range r.Overhead.Workers {
				sum := a.SpawnS + a.ReceiveS + a.Total() + a.SendS + a.LostS + a.IdleS
				if math.Abs(sum-a.WallS) > 11*0.5e-6 { // as many figures, each rounded to the microsecond
					t.Errorf("%s, %s: the parts add up to %v of %v", pool, m, sum, a.WallS)
				}
			}
		}
		checkLanes(t, heard.Lanes, methods)
	}
}

// checkLanes reads the events of lanes as the drawing scripts do: numbered from
// 1, the first and the last of each round marked.
func checkLanes(t *testing.T, events []string, methods []string) {
	t.Helper()
	over := map[string]int{}
	for i, text := range events {
		var e result.LanesEvent
		if err := json.Unmarshal([]byte(text), &e); err != nil {
			t.Fatal(err)
		}
		if e.Seq != i+1 {
			t.Errorf("event %d has the number %d", i+1, e.Seq)
		}
		if e.Over {
			over[e.Method] = e.Round
		}
	}
	for _, m := range methods {
		if over[m] != 6 {
			t.Errorf("the last round of %s that was over is %d, want 6", m, over[m])
		}
	}
}

// TestBrokenJob asks an agent for what there is not: it says so, in words.
func TestBrokenJob(t *testing.T) {
	s := serve(t)
	server := compared(t, s, `{"count": 1, "filters": ["blur"], "rounds": 1}`)
	address := s.addresses()["loopback"]
	ctx := chromium(t)
	watch(t, ctx, address, "nosuch.jpg")
	open(t, ctx, address)
	lost := server.Spec
	lost.Images = []string{"nosuch.jpg"}
	for _, tt := range []struct {
		name, said string
		job        result.BrowserJob
	}{
		{"a photograph that is gone", "nosuch.jpg: the server answered 404", jobOf(lost, 1, request.Browser)},
		{"a method of the server's", `no method "sequential"`, jobOf(server.Spec, 1, request.Sequential)},
		{"none", "no method", jobOf(server.Spec, 1)},
	} {
		heard, _ := agentDid(t, ctx, tt.job)
		if heard.Last != result.EventBroken || !strings.Contains(heard.Text, tt.said) {
			t.Errorf("%s: it ended with %s: %.200s", tt.name, heard.Last, heard.Text)
		}
	}
}
