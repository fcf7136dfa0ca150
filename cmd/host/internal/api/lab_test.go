package api

import (
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"go.uber.org/goleak"

	"carriles/cmd/host/internal/class"
	"carriles/cmd/host/internal/exporter"
	"carriles/cmd/host/internal/hosttest"
	"carriles/cmd/host/internal/library"
	"carriles/cmd/host/internal/runs"
	"carriles/executor/analysis"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/codec"
	"carriles/executor/contest"
	"carriles/executor/crew/room"
	"carriles/executor/fault"
	"carriles/executor/text"
	"carriles/executor/topology"
	"carriles/web"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Here the API speaks for a lab without workers: runs and inspections are what
// the test makes of them. The whole server is tested in cmd/host.
type lab struct {
	t    *testing.T
	url  string
	runs *runs.Manager
	room *class.Room
	dir  string
	log  *hosttest.Log
	// reach are the addresses by which the lab is found.
	reach []netip.Addr
	// lacks are the transports that the system has not.
	lacks map[string]text.Text

	// execute carries out runs; without it, a run is done at once.
	execute func(ctx context.Context, spec request.Spec, progress func(result.Progress)) (*result.Comparison, error)
	// wait measures a way of waiting; without it, all are answered at once.
	wait func(ctx context.Context, way request.WaitWay) (*result.WaitFigures, error)
	// inspect decodes uploads; without it, codec does.
	inspect func(ctx context.Context) error

	mu       sync.Mutex
	executed int
}

func picture(w, h int) image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		m.Set(i%w, i/w, color.NRGBA{uint8(i), uint8(i / w), 77, 255})
	}
	return m
}

func jpegOf(t testing.TB, w, h int) []byte {
	t.Helper()
	return hosttest.Encoded(t, "jpeg", picture(w, h))
}

func pngOf(t testing.TB, w, h int) []byte {
	t.Helper()
	return hosttest.Encoded(t, "png", picture(w, h))
}

func twoPhotos(t *testing.T) fs.FS {
	return fstest.MapFS{"a.jpg": {Data: jpegOf(t, 40, 30)}, "b.png": {Data: pngOf(t, 20, 10)}}
}

// contract is what the API says of itself, to which each answer of the tests is held.
var contract struct {
	once sync.Once
	of   *hosttest.Contract
}

// open starts a lab with the given photographs.
func open(t *testing.T, photos fs.FS) *lab {
	t.Helper()
	return openWith(t, photos, func(*Deps) {})
}

// openWith starts one of which something is changed.
func openWith(t *testing.T, photos fs.FS, change func(*Deps)) *lab {
	t.Helper()
	l := &lab{t: t, reach: []netip.Addr{netip.MustParseAddr("192.168.1.40")}, dir: t.TempDir(), log: &hosttest.Log{}, lacks: map[string]text.Text{}}
	log := slog.New(slog.NewTextHandler(l.log, nil))
	lib, err := library.Open(l.dir, photos, l.inspectFile, log)
	if err != nil {
		t.Fatal(err)
	}
	l.runs = runs.NewManager(l, nil, log)
	l.room = class.NewRoom(presenterToken, l.runs.Queue)
	deps := Deps{
		Runs: l.runs, Library: lib, Class: l.room, Room: room.New("v1", "ABCDEFGH", nil, log), Exporter: exporter.New(),
		Reach:    func() []netip.Addr { return l.reach },
		Route:    func() netip.Addr { return netip.Addr{} },
		Topology: topology.Topology{},
		Limits:   request.Limits{Count: 20, Stress: 10, Workers: 8, Executions: 100, Pixels: codec.MaxPixels},
		Lacks:    l.lacks,
		Pool:     2, PoolReason: text.Sprintf("2: los núcleos", "2: the cores"), Version: "v1", Hosts: []string{"aula.example"},
		Waits:    l.waitWay,
		WaitRoom: func() analysis.WaitRoom { return analysis.WaitRoom{Descriptors: 1024} },
		Assets:   web.Assets(),
		Page: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/boom" {
				panic("the page is broken")
			}
			fmt.Fprint(w, "the page")
		}),
		Log: log,
	}
	change(&deps)
	handler := New(deps)
	server := httptest.NewServer(handler)
	contract.once.Do(func() {
		told := httptest.NewRecorder()
		handler.ServeHTTP(told, httptest.NewRequest("GET", "http://localhost/api/openapi.json", nil))
		if contract.of, err = hosttest.NewContract(told.Body.Bytes()); err != nil {
			t.Fatalf("%v in %.500s; the log: %s", err, told.Body, l.log)
		}
	})
	l.url = server.URL
	t.Cleanup(func() {
		l.runs.Close()
		l.room.Close()
		server.Close()
		http.DefaultClient.CloseIdleConnections()
		if err := lib.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func (l *lab) Execute(ctx context.Context, _ string, spec request.Spec, progress func(result.Progress), _ *contest.Live) (runs.Outcome, error) {
	l.mu.Lock()
	l.executed++
	l.mu.Unlock()
	if l.execute != nil {
		c, err := l.execute(ctx, spec, progress)
		return runs.Outcome{Comparison: c}, err
	}
	return runs.Outcome{Comparison: resultOf(spec)}, nil
}

func (l *lab) Discard(runs.Outcome) {}
func (l *lab) Cores() int           { return 2 }

func (l *lab) waitWay(ctx context.Context, way request.WaitWay, w request.Waits) (*result.WaitFigures, error) {
	if l.wait != nil {
		return l.wait(ctx, way)
	}
	return &result.WaitFigures{Answered: w.Requests, Time: w.Seconds}, nil
}

func resultOf(spec request.Spec) *result.Comparison {
	c := &result.Comparison{Spec: spec, Results: map[string]*result.MethodResult{}}
	c.Timelines = []result.Timeline{{Method: spec.Methods[0], WallS: 1}}
	c.Performance.Summary = text.Sprintf("Empate.", "A tie.")
	for _, m := range spec.Methods {
		c.Results[m] = &result.MethodResult{Method: m, AllImages: spec.Count, Time: 1, Samples: []float64{1}, CPUTime: 2}
	}
	return c
}

func (l *lab) inspectFile(ctx context.Context, file, preview string, _ bool) (string, error) {
	if l.inspect != nil {
		if err := l.inspect(ctx); err != nil {
			return "", err
		}
	}
	data, err := os.ReadFile(filepath.Join(l.dir, file))
	if err == nil {
		_, _, err = new(codec.Decoder).Decode(data)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(l.dir, preview), data, 0o644)
	}
	return "", err
}

// quiet checks that nothing was run and no output is there.
func (l *lab) quiet() {
	l.t.Helper()
	l.mu.Lock()
	executed := l.executed
	l.mu.Unlock()
	entries, err := os.ReadDir(filepath.Join(l.dir, "processed"))
	if n := len(l.runs.List()); n != 0 || executed != 0 || len(entries) != 0 || err != nil {
		l.t.Errorf("%d runs queued, %d executed, %d outputs, %v; want nothing", n, executed, len(entries), err)
	}
}

// reply is an answer that has been read.
type reply struct {
	code   int
	header http.Header
	body   []byte
}

// do sends a request; headers are "Name: value", and "Host: x" sets the host.
func (l *lab) do(method, path, body string, headers ...string) reply {
	l.t.Helper()
	return l.send(l.t.Context(), method, path, strings.NewReader(body), headers...)
}

func (l *lab) send(ctx context.Context, method, path string, body io.Reader, headers ...string) reply {
	l.t.Helper()
	var sent []byte
	if s, ok := body.(*strings.Reader); ok {
		sent, _ = io.ReadAll(s) // it cannot fail
		body = strings.NewReader(string(sent))
	}
	resp := l.open(ctx, method, path, body, headers...)
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		l.t.Fatal(err)
	}
	if err := contract.of.Check(resp.Request, string(sent), resp.StatusCode, resp.Header, data); err != nil {
		l.t.Errorf("%s %s: %v", method, path, err)
	}
	return reply{resp.StatusCode, resp.Header, data}
}

// from sends a request from an address of this machine's loopback network.
func (l *lab) from(addr, method, path, body string, headers ...string) reply {
	l.t.Helper()
	if runtime.GOOS != "linux" {
		l.t.Skip("elsewhere the loopback network has one address")
	}
	transport := &http.Transport{DialContext: (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(addr)}}).DialContext}
	defer transport.CloseIdleConnections()
	resp, err := transport.RoundTrip(hosttest.Request(l.t.Context(), l.t, method, l.url+path, strings.NewReader(body), headers...))
	if err != nil {
		l.t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		l.t.Fatal(err)
	}
	return reply{resp.StatusCode, resp.Header, data}
}

// open sends a request whose answer is read by the test.
func (l *lab) open(ctx context.Context, method, path string, body io.Reader, headers ...string) *http.Response {
	l.t.Helper()
	resp, err := http.DefaultClient.Do(hosttest.Request(ctx, l.t, method, l.url+path, body, headers...))
	if err != nil {
		l.t.Fatal(err)
	}
	return resp
}

// fault checks an error's status and code, and gives it.
func (r reply) fault(t *testing.T, status int, code string) fault.ErrorBody {
	t.Helper()
	var e fault.ErrorBody
	if err := json.Unmarshal(r.body, &e); err != nil {
		t.Errorf("not the JSON of an error: %v: %s", err, r.body)
	}
	if r.code != status || e.Code != code || strings.TrimSpace(e.Error) == "" {
		t.Errorf("%d %s: %q; want %d %s", r.code, e.Code, e.Error, status, code)
	}
	if got := r.header.Get("Content-Type"); got != "application/json; charset=utf-8" {
		t.Errorf("content type %q", got)
	}
	return e
}

// object reads the JSON of a success and checks that the keys are there.
func (r reply) object(t *testing.T, status int, keys ...string) map[string]any {
	t.Helper()
	var o map[string]any
	if err := json.Unmarshal(r.body, &o); err != nil || r.code != status {
		t.Fatalf("%d, %v: %s", r.code, err, r.body)
	}
	for _, k := range keys {
		if _, ok := o[k]; !ok {
			t.Errorf("%q is missing; there are %v", k, slices.Sorted(maps.Keys(o)))
		}
	}
	return o
}

// clientGet is a GET whose failure is the test's business.
func clientGet(ctx context.Context, url string) (int, error) {
	req, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		return 0, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}
