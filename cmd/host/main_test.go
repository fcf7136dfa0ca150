package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"io"
	"io/fs"
	"iter"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"carriles/cmd/host/internal/hosttest"
	"carriles/executor/crew/process"
)

// TestMain makes the test binary its own worker, as the server is, a server for
// the tests that kill one, and its own benchmark.
func TestMain(m *testing.M) {
	// Two seconds before every comparison on a busy machine: TestCeiling asks for it.
	if err := os.Setenv("CARRILES_CEILING", "false"); err != nil {
		panic(err)
	}
	if len(os.Args) > 1 && (os.Args[1] == process.Subcommand || os.Args[1] == workerSubcommand || os.Args[1] == runSubcommand || os.Args[1] == "serve") {
		os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
	}
	if len(os.Args) > 1 && os.Args[1] == benchSubcommand {
		main()
	}
	// Under the race detector each worker would sleep for a second as it ends.
	if err := os.Setenv("GORACE", "atexit_sleep_ms=0 "+os.Getenv("GORACE")); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

// server is a whole App that serves on the loopback, in a folder of its own.
type server struct {
	t       *testing.T
	app     *App
	url     string
	dir     string
	log     *hosttest.Log
	client  *http.Client
	cancel  context.CancelFunc
	stopped chan error
}

// start starts a server with the given files in images/; without any, it
// unpacks the real photographs. It has patience with its clients: they share its
// processors, and on a machine that stands still for two seconds it would close
// a connection over which nothing has come yet.
func start(t *testing.T, images map[string][]byte, args ...string) *server {
	t.Helper()
	s := prepare(t, images, args...)
	s.app.server.ReadHeaderTimeout, s.app.server.ReadTimeout = 0, 0
	s.serve()
	return s
}

// prepare makes a server as it is, which listens and does not serve yet.
func prepare(t *testing.T, images map[string][]byte, args ...string) *server {
	t.Helper()
	s := &server{t: t, dir: t.TempDir(), log: &hosttest.Log{}, client: &http.Client{Transport: &http.Transport{}}, stopped: make(chan error, 1)}
	for name, data := range images {
		path := filepath.Join(s.dir, "images", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cfg, err := parseConfig(append([]string{"-addr", "127.0.0.1:0", "-static", s.dir}, args...), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	command, version := workers(t)
	if s.app, err = New(cfg, version, command, slog.New(slog.NewTextHandler(s.log, nil))); err != nil {
		t.Fatal(err)
	}
	s.url = "http://" + s.app.Addr().String()
	return s
}

func (s *server) serve() {
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	go func() { s.stopped <- s.app.Run(ctx) }()
	s.t.Cleanup(s.end)
}

// workers is the command of the servers' workers, and its version: the binary
// that make has built, or else this one. Under the race detector, which has
// nothing to see in their loops over pixels, this one is ten times as slow.
func workers(t *testing.T) (command []string, v string) {
	t.Helper()
	bin := os.Getenv("CARRILES_BIN")
	if bin == "" {
		self, err := process.SelfCommand()
		if err != nil {
			t.Fatal(err)
		}
		return self, version
	}
	out, err := exec.Command(bin, "version").Output() // carriles <version> <go> <platform>
	if err != nil {
		t.Fatal(err)
	}
	return []string{bin, process.Subcommand}, strings.Fields(string(out))[1]
}

// end stops the server and checks that it leaves nothing behind.
func (s *server) end() {
	s.cancel()
	s.client.CloseIdleConnections() // the server would wait for one that was never used
	if err := <-s.stopped; err != nil {
		s.t.Errorf("Run: %v", err)
	}
	s.app.Close()
	// One that was killed over an image that nobody waits for is not waited for.
	eventually(s.t, "the server's children end", func() bool { return len(children(s.t)) == 0 })
	if left := append(s.files(".work"), s.files(".pending")...); len(left) > 0 {
		s.t.Errorf("unfinished files left: %q", left)
	}
}

// children lists the living children of this process: those of its servers.
func children(t *testing.T) []int {
	t.Helper()
	if runtime.GOOS != "linux" {
		return nil // there is no /proc
	}
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	var pids []int
	for _, path := range stats {
		data, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		// pid (comm) state ppid ...: comm may hold spaces.
		fields := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+1:]))
		if fields[1] == strconv.Itoa(os.Getpid()) && fields[0] != "Z" {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			pids = append(pids, pid)
		}
	}
	return pids
}

// childrenOf lists the children of a process, of each of its threads when it is their
// turn: some live for a moment only.
func childrenOf(process int) iter.Seq[int] {
	return func(yield func(int) bool) {
		tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/[0-9]*/children", process))
		for _, task := range tasks {
			list, _ := os.ReadFile(task) // it may be gone
			for _, word := range strings.Fields(string(list)) {
				if pid, err := strconv.Atoi(word); err == nil && !yield(pid) {
					return
				}
			}
		}
	}
}

// files lists the files below a folder of the static one.
func (s *server) files(folder string) []string {
	s.t.Helper()
	var names []string
	err := fs.WalkDir(os.DirFS(s.dir), folder, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return names
}

// eventually waits for something that happens in its own time, which on a busy
// machine is long.
func eventually(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !happened(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it never happens: %s", what)
		}
	}
}

// picture is a small image with something to see for every filter.
func picture(w, h, seed int) image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, color.NRGBA{uint8(x * seed), uint8((x / 16 * y / 16) * 40), uint8(y + seed), 255})
		}
	}
	return m
}

// smallPhotos are three photographs of 320 x 200, for speed.
func smallPhotos(t *testing.T) map[string][]byte {
	return map[string][]byte{
		"a.jpg": hosttest.Encoded(t, "jpeg", picture(320, 200, 1)),
		"b.jpg": hosttest.Encoded(t, "jpeg", picture(320, 200, 2)),
		"c.png": hosttest.Encoded(t, "png", picture(320, 200, 3)),
	}
}

// do sends a request and reads the answer; headers are "Name: value".
func (s *server) do(method, path, body string, headers ...string) (int, []byte) {
	s.t.Helper()
	req := hosttest.Request(context.Background(), s.t, method, s.url+path, strings.NewReader(body), headers...)
	resp, err := s.client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.contract().Check(resp.Request, body, resp.StatusCode, resp.Header, data); err != nil {
		s.t.Errorf("%s %s: %v", method, path, err)
	}
	return resp.StatusCode, data
}

// contract is what the API says of itself, to which each answer is held; that of the
// first server that is asked.
func (s *server) contract() *hosttest.Contract {
	s.t.Helper()
	contract.once.Do(func() {
		resp, err := s.client.Get(s.url + "/api/openapi.json")
		if err != nil {
			s.t.Fatal(err)
		}
		defer resp.Body.Close()
		data, err := io.ReadAll(resp.Body)
		if err == nil {
			contract.of, err = hosttest.NewContract(data)
		}
		if err != nil {
			s.t.Fatalf("%v in %.500s", err, data)
		}
	})
	if contract.of == nil {
		s.t.Fatal("there is no contract")
	}
	return contract.of
}

var contract struct {
	once sync.Once
	of   *hosttest.Contract
}

// object is a JSON object as a script sees it.
type object map[string]any

// post sends a body and reads the JSON of the answer.
func (s *server) post(path, body string, status int) object {
	s.t.Helper()
	return s.json("POST", path, body, status)
}

func (s *server) json(method, path, body string, status int) object {
	s.t.Helper()
	code, data := s.do(method, path, body, "Content-Type: application/json")
	var o object
	if err := json.Unmarshal(data, &o); err != nil || code != status {
		s.t.Fatalf("%s %s %s: %d, %v: %.500s; the log: %.2000s", method, path, body, code, err, data, s.log)
	}
	return o
}

// at follows a path such as "results.threading.results.0.status".
func (o object) at(path string) any {
	var v any = map[string]any(o)
	for key := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[key]
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

func (o object) text(path string) string {
	s, _ := o.at(path).(string)
	return s
}

func (o object) number(path string) float64 {
	x, _ := o.at(path).(float64)
	return x
}

func (o object) list(path string) []any {
	l, _ := o.at(path).([]any)
	return l
}

// has checks fields by their paths: "n:" a number, "s:" a text that is not
// empty, "l:" a list, "o:" an object, "b:" a truth value.
func (o object) has(t *testing.T, prefix string, fields string) {
	t.Helper()
	for field := range strings.FieldsSeq(fields) {
		kind, path, _ := strings.Cut(field, ":")
		v := o.at(strings.TrimPrefix(prefix+"."+path, "."))
		ok := false
		switch x := v.(type) {
		case float64:
			ok = kind == "n"
		case string:
			ok = kind == "s" && x != ""
		case []any:
			ok = kind == "l"
		case map[string]any:
			ok = kind == "o"
		case bool:
			ok = kind == "b"
		}
		if !ok {
			t.Errorf("%s.%s is %s, want the kind %q", prefix, path, fmt.Sprintf("%T %.60v", v, v), kind)
		}
	}
}
