package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"carriles/cmd/host/internal/hosttest"
	"carriles/cmd/host/internal/journal"
	"carriles/executor/batch/result"
)

// killMark is a variable that a mortal server and all its children carry.
const killMark = "CARRILES_TEST_MORTAL"

// mortal is a server in a process of its own, which the test kills.
type mortal struct {
	*server
	cmd *exec.Cmd
}

// startMortal starts a server on a folder, behind a command if there is one, and
// returns when it answers.
func startMortal(t *testing.T, dir string, log *hosttest.Log, behind ...string) mortal {
	t.Helper()
	return startMortalAt(t, "127.0.0.1:0", dir, log, behind...)
}

// startMortalAt is startMortal at an address.
func startMortalAt(t *testing.T, address, dir string, log *hosttest.Log, behind ...string) mortal {
	t.Helper()
	bin := os.Getenv("CARRILES_BIN")
	if bin == "" {
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		bin = self
	}
	line := append(behind, bin, "serve", "-addr", address, "-static", dir)
	return startCommand(t, exec.Command(line[0], line[1:]...), dir, log)
}

// startCommand starts a server's command, and returns when it answers.
func startCommand(t *testing.T, cmd *exec.Cmd, dir string, log *hosttest.Log) mortal {
	t.Helper()
	cmd.Env = append(cmd.Environ(), killMark+"="+dir)
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	m := mortal{server: &server{t: t, dir: dir, log: log, client: &http.Client{Transport: &http.Transport{}}}, cmd: cmd}
	t.Cleanup(m.kill)
	greeting, err := bufio.NewReader(out).ReadString('\n') // Carriles: http://localhost:<port>
	_, port, found := strings.Cut(greeting, "localhost:")
	if err != nil || !found {
		t.Fatalf("greeted with %q, %v; the log: %s", greeting, err, log)
	}
	m.url = "http://127.0.0.1:" + strings.TrimSpace(port)
	return m
}

// kill ends the server without a warning, and returns when it is gone. A second
// time does nothing.
func (m mortal) kill() {
	if m.cmd.ProcessState != nil {
		return
	}
	_ = m.cmd.Process.Kill()
	_ = m.cmd.Wait() // it says that it was killed
	m.client.CloseIdleConnections()
}

// submit asks for a run; "" if the server died over it.
func (m mortal) submit(body string) string {
	resp, err := m.client.Post(m.url+"/api/runs/", "application/json", strings.NewReader(body))
	if err != nil {
		return ""
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	var v result.RunView
	if err != nil || json.Unmarshal(data, &v) != nil {
		return ""
	}
	if resp.StatusCode != http.StatusAccepted {
		m.t.Errorf("submitting: %d, %s", resp.StatusCode, data)
	}
	return v.ID
}

// runs lists all runs, the oldest first.
func (m mortal) runs() []result.RunView {
	m.t.Helper()
	code, data := m.do("GET", "/api/runs/", "")
	var list struct{ Runs []result.RunView }
	if err := json.Unmarshal(data, &list); err != nil || code != http.StatusOK {
		m.t.Fatalf("the runs: %d, %v: %.500s", code, err, data)
	}
	slices.Reverse(list.Runs)
	return list.Runs
}

// view shows one run with its result.
func (m mortal) view(id string) result.RunView {
	m.t.Helper()
	code, data := m.do("GET", "/api/runs/"+id+"/", "")
	var v result.RunView
	if err := json.Unmarshal(data, &v); err != nil || code != http.StatusOK {
		m.t.Fatalf("run %s: %d, %v: %.500s", id, code, err, data)
	}
	return v
}

// marked lists the living processes of the servers of a folder.
func marked(t *testing.T, dir string) (pids []string) {
	t.Helper()
	if runtime.GOOS != "linux" {
		return nil // there is no /proc
	}
	environments, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range environments {
		data, err := os.ReadFile(p) // empty for a zombie
		if err == nil && bytes.Contains(data, []byte(killMark+"="+dir+"\x00")) {
			pids = append(pids, filepath.Base(filepath.Dir(p)))
		}
	}
	return pids
}

// witness is what the test has seen of the history: it may grow, and nothing
// else.
type witness struct {
	t        *testing.T
	order    []string                // of the runs
	known    map[string]result.State // of those that are final
	asked    []string                // runs that the server has promised
	unsure   int                     // requests that it may have understood before it died
	outcomes map[result.State]int
}

// check compares a server that has just been started with what was seen of the
// one that was killed.
func (w *witness) check(m mortal) {
	w.t.Helper()
	list := m.runs()
	var ids, outputs, results []string
	for i, v := range list {
		ids = append(ids, v.ID)
		if i < len(w.order) && w.order[i] != v.ID {
			w.t.Errorf("run %d is %s, and was %s", i, v.ID, w.order[i])
		}
		if was, ok := w.known[v.ID]; ok && was != v.State {
			w.t.Errorf("run %s is %s, and was %s", v.ID, v.State, was)
		} else if !ok {
			w.outcomes[v.State]++
		}
		w.known[v.ID] = v.State
		switch v.State {
		case result.Done:
			outputs = append(outputs, w.checkResult(m.view(v.ID))...)
			results = append(results, ".runs/"+v.ID+".json.gz")
		case result.Interrupted:
			if v.Error == nil || v.ErrorEN == nil || v.Error.Code != "interrupted" || v.Finished == nil {
				w.t.Errorf("run %s: error %+v, finished %v", v.ID, v.Error, v.Finished)
			}
		default:
			w.t.Errorf("run %s is %s", v.ID, v.State)
		}
	}
	for _, id := range w.asked {
		if !slices.Contains(ids, id) {
			w.t.Errorf("run %s is not in the history", id)
		}
	}
	if extra := len(ids) - len(w.asked); extra < 0 || extra > w.unsure {
		w.t.Errorf("%d runs for %d that were promised and %d that may have been", len(ids), len(w.asked), w.unsure)
	}
	w.order = ids
	w.checkFiles(m, outputs, results)
}

// checkResult checks the result of a run that is done, and gives its outputs.
func (w *witness) checkResult(v result.RunView) (outputs []string) {
	w.t.Helper()
	if v.Result == nil || !v.Result.Performance.PixelsEqual {
		w.t.Errorf("run %s is done with the result %+v", v.ID, v.Result)
		return nil
	}
	for _, r := range v.Result.Results {
		for _, task := range r.Results {
			outputs = append(outputs, path.Base(task.ProcessedPath))
		}
	}
	return outputs
}

// checkFiles checks that exactly the files of the runs that are done are there,
// and each whole.
func (w *witness) checkFiles(m mortal, outputs, results []string) {
	w.t.Helper()
	var want []string
	for _, name := range outputs {
		want = append(want, "processed/"+name, "previews/processed/"+name+".jpg")
		data, err := os.ReadFile(filepath.Join(m.dir, "processed", name))
		if err == nil {
			_, _, err = image.Decode(bytes.NewReader(data))
		}
		if err != nil {
			w.t.Errorf("output %s: %v", name, err)
		}
	}
	want = append(append(want, results...), ".runs/class.json", ".runs/journal.jsonl", ".runs/lock")
	var got []string
	for _, name := range m.files(".") {
		if strings.HasPrefix(name, ".queue/") {
			continue // the queue's own
		}
		if !strings.HasPrefix(name, "images/") && !strings.HasPrefix(name, "previews/images/") {
			got = append(got, name)
		} else if !strings.HasSuffix(name, ".jpg") {
			w.t.Errorf("%s is there", name)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		w.t.Errorf("the files are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A second server on the folder of one that lives does not start, and touches
// nothing of its work.
func TestOneServerAFolder(t *testing.T) {
	s := start(t, smallPhotos(t))
	unfinished := filepath.Join(s.dir, ".work", "unfinished")
	if err := os.WriteFile(unfinished, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	cfg, err := parseConfig([]string{"-addr", "127.0.0.1:0", "-static", s.dir}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	command, version := workers(t)
	if _, err := New(cfg, version, command, slog.New(slog.DiscardHandler)); !errors.Is(err, journal.ErrInUse) {
		t.Errorf("a second server: %v", err)
	}
	if err := os.Remove(unfinished); err != nil {
		t.Error(err)
	}
	s.post("/api/process-batch/sequential/", `{"count":1}`, http.StatusOK)
}

// The server is killed at random moments. Whatever it was doing, the next one
// shows no half file, no file of a run that did not end, and each run as what it
// is.
func TestKilledAtAnyMoment(t *testing.T) {
	kills := 20 // of which each takes three seconds of CI
	if os.Getenv("CARRILES_CHAOS") != "" {
		kills = 50
	}
	const body = `{"filters":["edges","brightness"],"count":3,"rounds":2,"methods":["sequential","multiprocessing"],"workers":2}`
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)

	dir := t.TempDir()
	for name, data := range map[string][]byte{
		"a.jpg": hosttest.Encoded(t, "jpeg", picture(96, 64, 1)), "b.jpg": hosttest.Encoded(t, "jpeg", picture(64, 96, 2)),
	} {
		if err := os.MkdirAll(filepath.Join(dir, "images"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "images", name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	log := &hosttest.Log{}
	m := startMortal(t, dir, log)
	w := &witness{t: t, known: map[string]result.State{}, outcomes: map[result.State]int{}}

	// Later servers have no previews to make: one that is half written would be
	// among the files.
	for _, name := range []string{"a.jpg", "b.jpg"} {
		if code, data := m.do("GET", "/static/previews/images/"+name+".jpg", ""); code != http.StatusOK {
			t.Fatalf("the preview of %s: %d, %.200s", name, code, data)
		}
	}
	// How long a run takes here; the moments lie within, and a little after.
	start := time.Now()
	id := m.submit(body)
	eventually(t, "the run is done", func() bool { return m.view(id).State == result.Done })
	whole := time.Since(start)
	w.asked = append(w.asked, id)
	w.known[id] = result.Done
	for n := range kills {
		moment := time.After(time.Duration(random.Float64() * 1.2 * float64(whole)))
		asked := make(chan []string)
		go func() {
			ids := []string{m.submit(body)}
			if n%3 == 0 { // and one that waits
				ids = append(ids, m.submit(body))
			}
			asked <- ids
		}()
		<-moment
		m.kill()
		for _, id := range <-asked {
			if id == "" {
				w.unsure++
			} else {
				w.asked = append(w.asked, id)
			}
		}
		eventually(t, "the children of a server that was killed end", func() bool { return len(marked(t, dir)) == 0 })
		m = startMortal(t, dir, log)
		w.check(m)
		if t.Failed() {
			t.Fatalf("after kill %d with seed %d; the log: %s", n, seed, log)
		}
	}
	for _, name := range []string{".runs/class.json", ".runs/journal.jsonl", ".runs/", "previews/../.runs/journal.jsonl", "previews/..%2f.runs/journal.jsonl", ".pending/"} {
		if code, data := m.do("GET", "/static/"+name, ""); code != http.StatusNotFound {
			t.Errorf("%s is served: %d, %.200s", name, code, data)
		}
	}
	t.Logf("a run takes %v; of those that were under way: %v", whole, w.outcomes)
	m.kill()
	eventually(t, "the last children end", func() bool { return len(marked(t, dir)) == 0 })
}

// TestChildrenHaveAProgramOfTheirOwn: what make has built starts its children from the
// small program inside of it, under a name that lists of processes can show.
func TestChildrenHaveAProgramOfTheirOwn(t *testing.T) {
	if os.Getenv("CARRILES_BIN") == "" || runtime.GOOS != "linux" {
		t.Skip("only what make builds for Linux has the program inside")
	}
	m := startMortal(t, t.TempDir(), &hosttest.Log{})
	m.submit(`{"filters":["brightness"],"count":2,"rounds":20,"methods":["multiprocessing"],"workers":2}`)
	eventually(t, "a child runs the program in memory", func() bool {
		for pid := range childrenOf(m.cmd.Process.Pid) {
			exe, _ := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid))
			comm, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
			if exe == "/memfd:carriles (deleted)" && string(comm) == "carriles\n" {
				return true
			}
		}
		return false
	})
}
