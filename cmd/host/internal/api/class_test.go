package api

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"carriles/executor/batch/class"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/fault"
)

const presenterToken = "the-presenters-token-of-tests"

// asPresenter is the header of the presenter's requests.
const asPresenter = "Authorization: Bearer " + presenterToken

// sharpened is a result of the lesson's step "computing", whose spec the run
// has parsed itself.
func sharpened(spec request.Spec) *result.Comparison {
	c := resultOf(spec)
	c.Performance.Winner = request.Threading
	for i, name := range spec.Methods {
		c.Results[name].Time, c.Results[name].ProcessedCount = []float64{4, 2, 2.5}[i], spec.Count
	}
	return c
}

func (l *lab) control(body string, status int) {
	l.t.Helper()
	if r := l.do("POST", "/api/class/control/", body, asPresenter); r.code != status {
		l.t.Fatalf("%s: %d %s", body, r.code, r.body)
	}
}

// run makes the run that the round is about.
func (l *lab) run(t *testing.T) string {
	t.Helper()
	id := l.do("POST", "/api/runs/", `{"filters":["resize","sharpen"]}`).object(t, 202, "id")["id"].(string)
	l.do("GET", "/api/runs/"+id+"/events/", "") // which ends with the run
	return id
}

// TestOthersWait has the presenter alone measure, and what it measures is on the wall.
func TestOthersWait(t *testing.T) {
	l := open(t, twoPhotos(t))
	l.control(`{"action":"pause"}`, 200)
	const batch = `{"filters":["sharpen"]}`
	for _, path := range []string{"/api/runs/", "/api/process-batch/sequential/", "/api/sweep/"} {
		l.do("POST", path, batch).fault(t, 429, fault.CodeBusy)
	}
	id := l.do("POST", "/api/runs/", batch, asPresenter).object(t, 202, "id")["id"].(string)
	l.do("GET", "/api/runs/"+id+"/events/", "") // which ends with the run
	l.control(`{"action":"measure","step":"computing","run_id":"nothing"}`, 404)
	l.control(`{"action":"measure","step":"computing","command":7,"run_id":"`+id+`"}`, 400)
	l.control(`{"action":"measure","step":"computing","run_id":"`+id+`"}`, 200)
	if shown := l.do("GET", "/api/class/", "").object(t, 200)["shown"]; fmt.Sprint(shown) != "map[command:0 run_id:"+id+" step:computing]" {
		t.Errorf("shown %v", shown)
	}
	wall := l.do("GET", "/wall?lang=en", "")
	if page := string(wall.body); wall.code != 200 || !strings.Contains(page, `data-testid="stage-verdict"`) || !strings.Contains(page, "Only the presenter measures") || strings.Contains(page, presenterToken) {
		t.Errorf("the wall: %d %s", wall.code, page)
	}
	l.control(`{"action":"resume"}`, 200)
	l.run(t)
}

// TestTheAddressShownStays has an interface appear while another one is shown.
func TestTheAddressShownStays(t *testing.T) {
	l := open(t, twoPhotos(t))
	first := func(header ...string) string {
		t.Helper()
		a := l.do("GET", "/api/class/", "", header...).object(t, 200)["addresses"].([]any)[0].(map[string]any)
		if a["chosen"] != true {
			t.Errorf("%v is not the chosen one", a)
		}
		return a["url"].(string)
	}
	shown := first(asPresenter)
	if !strings.Contains(shown, "192.168.1.40") {
		t.Fatalf("shown %s", shown)
	}
	l.reach = append([]netip.Addr{netip.MustParseAddr("192.168.1.7")}, l.reach...)
	if now := first(); now != shown {
		t.Errorf("shown %s, and now %s", shown, now)
	}
	other := strings.Replace(shown, "192.168.1.40", "192.168.1.7", 1)
	l.control(`{"action":"address","address":"http://elsewhere/join"}`, 400)
	l.control(`{"action":"address","address":"`+other+`"}`, 200)
	if now := first(); now != other {
		t.Errorf("chosen %s, shown %s", other, now)
	}
	l.reach = l.reach[1:] // it is gone: the likeliest again
	if now := first(); now != shown {
		t.Errorf("gone %s, shown %s", other, now)
	}
}

func TestOnlyThePresenterControls(t *testing.T) {
	l := open(t, twoPhotos(t))
	for _, header := range []string{
		"Authorization: Bearer guess", "Authorization: " + presenterToken, "Authorization: Basic " + presenterToken,
		"Authorization: Bearer " + presenterToken[1:], "X-Token: " + presenterToken,
	} {
		l.do("POST", "/api/class/control/", `{"action":"show","step":"table"}`, header).fault(t, 401, fault.CodeNotPresenter)
	}
	if s := l.do("GET", "/api/class/", "").object(t, 200, "members", "step", "queue", "addresses"); s["step"] != "" {
		t.Errorf("a guess shows %v", s["step"])
	}
	l.control(`{"action":"show","step":"table"}`, 200)
	if s := l.do("GET", "/api/class", "").object(t, 200); s["step"] != "table" {
		t.Errorf("shown %v", s["step"])
	}
	l.control(`{"action":"dance"}`, 400)
	l.control(`{"action":"show","step":"nothing"}`, 404)
	l.control(`{"action":"close"}`, 409)
	l.control(`{"action":"ask","step":"computing"}`, 200)
	l.control(`{"action":"reveal","run_id":"nothing"}`, 404)
	l.control(`{"action":"end"}`, 200)
}

func TestClassBodies(t *testing.T) {
	l := open(t, twoPhotos(t))
	for _, tt := range []struct {
		path, body, code string
		status           int
	}{
		{"join", `{"member":"short","device":"phone"}`, fault.CodeOutOfRange, 400},
		{"join", `{"member":"0123456789abcdef","device":"phone","name":"María"}`, fault.CodeInvalidJSON, 400},
		{"join", `{"member":"0123456789abcdef","device":"phone"}{}`, fault.CodeInvalidJSON, 400},
		{"join", `{`, fault.CodeInvalidJSON, 400},
		{"join", strings.Repeat(" ", maxBody+1), fault.CodeTooLarge, 413},
		{"predict", `{"member":"0123456789abcdef","round":1,"winner":"none","factor":1}`, fault.CodeNotJoined, 409},
		{"predict", `{"factor":1e999}`, fault.CodeInvalidJSON, 400},
		{"result", `{"member":"0123456789abcdef","round":1,"seconds":1,"images":5}`, fault.CodeNotJoined, 409},
	} {
		l.do("POST", "/api/class/"+tt.path+"/", tt.body).fault(t, tt.status, tt.code)
	}
	l.do("GET", "/api/class/events/?member=0123456789abcdef", "").fault(t, 409, fault.CodeNotJoined)
}

// TestTooManyClassRequests asks without a pause, wrongly: a guesser is held up
// as anybody is, and neither another client nor the presenter with it.
func TestTooManyClassRequests(t *testing.T) {
	l := open(t, twoPhotos(t))
	for code := 401; code != 429; {
		code = l.do("POST", "/api/class/control/", `{}`, "Authorization: Bearer guess").code
		if code != 401 && code != 429 {
			t.Fatalf("answered %d", code)
		}
	}
	if code := l.from("127.0.0.2", "POST", "/api/class/control/", `{}`, "Authorization: Bearer guess").code; code != 401 {
		t.Errorf("another client: %d", code)
	}
	l.control(`{"action":"end"}`, 200)
}

// member is a browser of the class.
type member struct {
	id     string
	stream *http.Response
	lines  *bufio.Scanner
}

// until reads the member's stream up to a state that holds.
func (m *member) until(holds func(class.State) bool) (class.State, error) {
	for m.lines.Scan() {
		data, ok := strings.CutPrefix(m.lines.Text(), "data: ")
		if !ok {
			continue
		}
		var s class.State
		if err := json.Unmarshal([]byte(data), &s); err != nil {
			return s, err
		}
		if holds(s) {
			return s, nil
		}
	}
	return class.State{}, fmt.Errorf("the stream ended: %v", m.lines.Err())
}

// TestThirtyMembers has thirty browsers join behind one address, predict, watch
// and report at the same time; each sees all of it.
func TestThirtyMembers(t *testing.T) {
	const n = 30
	l := open(t, twoPhotos(t))
	l.execute = func(_ context.Context, spec request.Spec, _ func(result.Progress)) (*result.Comparison, error) {
		return sharpened(spec), nil
	}
	post := func(path string, v any) error {
		body, err := json.Marshal(v)
		if err != nil {
			return err
		}
		resp, err := http.Post(l.url+"/api/class/"+path+"/", "application/json", strings.NewReader(string(body)))
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if resp.StatusCode != 200 {
			return fmt.Errorf("%s: %d", path, resp.StatusCode)
		}
		return nil
	}
	var members [n]member
	// all has every member do something at the same time.
	all := func(what string, f func(i int, m *member) error) {
		t.Helper()
		var wait sync.WaitGroup
		errs := make([]error, n)
		for i := range n {
			wait.Go(func() { errs[i] = f(i, &members[i]) })
		}
		wait.Wait()
		for i, err := range errs {
			if err != nil {
				t.Fatalf("%s, member %d: %v", what, i, err)
			}
		}
	}
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	all("joining", func(i int, m *member) error {
		m.id = fmt.Sprintf("member-%012d", i)
		if err := post("join", class.Join{Member: m.id, Device: class.Devices()[i%2], Cores: 8}); err != nil {
			return err
		}
		req, err := http.NewRequestWithContext(ctx, "GET", l.url+"/api/class/events/?member="+m.id, nil)
		if err != nil {
			return err
		}
		if m.stream, err = http.DefaultClient.Do(req); err != nil {
			return err
		}
		if m.stream.StatusCode != 200 {
			return fmt.Errorf("stream: %d", m.stream.StatusCode)
		}
		m.lines = bufio.NewScanner(m.stream.Body)
		m.lines.Buffer(nil, 1<<20)
		return nil
	})
	defer func() {
		leave()
		for _, m := range members {
			m.stream.Body.Close()
		}
	}()
	all("seeing each other", func(_ int, m *member) error {
		s, err := m.until(func(s class.State) bool { return s.Members.All == n })
		if err == nil && (s.Members.Phones != n/2 || s.Members.Laptops != n/2) {
			err = fmt.Errorf("%+v", s.Members)
		}
		return err
	})

	l.control(`{"action":"ask","step":"computing","command":0}`, 200)
	all("predicting", func(i int, m *member) error {
		s, err := m.until(func(s class.State) bool { return s.Round != nil && s.Round.Phase == class.RoundOpen })
		if err != nil {
			return err
		}
		return post("predict", class.Prediction{
			Member: m.id, Round: s.Round.Number, Winner: s.Round.Request.Methods[1+i%2], Factor: 1 + float64(i)/10,
		})
	})
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	l.control(`{"action":"close"}`, 200)
	l.control(fmt.Sprintf(`{"action":"reveal","run_id":%q}`, l.run(t)), 200)
	all("the reveal, and reporting", func(i int, m *member) error {
		s, err := m.until(func(s class.State) bool { return s.Round != nil && s.Round.Reveal != nil })
		if err != nil {
			return err
		}
		r := s.Round.Reveal
		want := []class.Vote{{Winner: "sequential"}, {Winner: "threading", Count: n / 2}, {Winner: "multiprocessing", Count: n / 2}, {Winner: "none"}}
		if !slices.Equal(r.Votes, want) || len(r.Factors) != n || r.Outcome.Winner != "threading" || r.Outcome.Factor != 2 {
			return fmt.Errorf("revealed %+v", r)
		}
		return post("result", class.Result{
			Member: m.id, Round: s.Round.Number, Seconds: float64(10 + i), Images: r.Outcome.Images, SIMD: "wasm",
		})
	})
	all("everybody's results", func(_ int, m *member) error {
		s, err := m.until(func(s class.State) bool { return s.Round.Reveal != nil && len(s.Round.Reveal.Browsers) == n })
		if err == nil && (s.Round.Reveal.Browsers[0].Seconds != 10 || s.Round.Reveal.Browsers[n-1].Seconds != 10+n-1) {
			err = fmt.Errorf("%+v", s.Round.Reveal.Browsers)
		}
		return err
	})
	// What is held for thirty members is small: their streams' buffers, not
	// copies of what happened. 16 MiB is thirty times what was seen.
	runtime.GC()
	var after runtime.MemStats
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 16<<20 {
		t.Errorf("the heap has grown by %d bytes", grown)
	}
}

func TestJoinURLs(t *testing.T) {
	reach := []netip.Addr{}
	for _, a := range []string{"fd00::2", "172.17.0.1", "10.1.2.3", "127.0.0.1", "192.168.1.40", "192.0.2.2"} {
		reach = append(reach, netip.MustParseAddr(a))
	}
	inOrder := []string{"192.168.1.40", "10.1.2.3", "192.0.2.2", "172.17.0.1", "[fd00::2]"}
	urls := func(port string, hosts ...string) []string {
		var out []string
		for _, h := range hosts {
			out = append(out, "http://"+h+port+"/join")
		}
		return out
	}
	tests := []struct {
		host  string
		reach []netip.Addr
		want  []string
		route netip.Addr
	}{
		{"localhost:8000", reach, urls(":8000", inOrder...), netip.Addr{}},
		{"127.0.0.1:8000", reach, urls(":8000", inOrder...), netip.Addr{}},
		{"[::1]:8000", reach, urls(":8000", inOrder...), netip.Addr{}},
		{"10.1.2.3:80", reach, urls(":80", "10.1.2.3", "192.168.1.40", "192.0.2.2", "172.17.0.1", "[fd00::2]"), netip.Addr{}},
		{"aula.example", reach[:2], urls("", "aula.example", "172.17.0.1", "[fd00::2]"), netip.Addr{}},
		{"[fd00::2]:8000", reach[:1], urls(":8000", "[fd00::2]"), netip.Addr{}},
		{"localhost:8000", []netip.Addr{netip.MustParseAddr("127.0.0.1")}, urls(":8000", "localhost"), netip.Addr{}},
		// Not one that containers like, if the way out of this machine is there.
		{"localhost:8000", reach, urls(":8000", "172.17.0.1", "192.168.1.40", "10.1.2.3", "192.0.2.2", "[fd00::2]"), netip.MustParseAddr("172.17.0.1")},
	}
	for _, tt := range tests {
		var got []string
		for _, d := range doorsOf(tt.host, tt.reach, tt.route) {
			got = append(got, d.url)
			if shown := strings.NewReplacer("[", "", "]", "").Replace(d.url); !strings.HasPrefix(shown, "http://"+d.host) {
				t.Errorf("%s is by the host %s", d.url, d.host)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("by %s: %q, want %q", tt.host, got, tt.want)
		}
	}
}

func TestQR(t *testing.T) {
	l := open(t, twoPhotos(t))
	first := l.do("GET", "/api/class/qr/", "")
	if first.code != 200 || first.header.Get("Content-Type") != "image/svg+xml" || !strings.HasPrefix(string(first.body), "<svg ") {
		t.Fatalf("%d %v %.80s", first.code, first.header, first.body)
	}
	info := l.do("GET", "/api/class/", "").object(t, 200)
	address := info["addresses"].([]any)[0].(map[string]any)["url"].(string)
	if !strings.HasPrefix(address, "http://192.168.1.40:") {
		t.Errorf("the class is joined at %s", address)
	}
	if same := l.do("GET", "/api/class/qr/?address="+address, ""); string(same.body) != string(first.body) {
		t.Error("the first address is not what is drawn without one")
	}
	l.do("GET", "/api/class/qr/?address=http://evil.example/join", "").fault(t, 400, fault.CodeUnknownName)
}
