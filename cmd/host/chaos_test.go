package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"carriles/cmd/host/internal/gate"
	"carriles/cmd/host/internal/hosttest"
	"carriles/executor/batch/class"
)

// attack is a row of the table: what is done to a server, and how often in the
// short form, which go test runs, and in the long one of make chaos.
type attack struct {
	name        string
	short, long int
	do          func(*siege)
}

// attacks lists all that is tried. Each is on a server and a folder of its own; a
// try is lost if anything that was promised of it does not hold.
func attacks() []attack {
	return []attack{
		{"a worker is killed, cold pool", 3, 30, func(s *siege) { s.killWorkers("cold", syscall.SIGKILL, 5) }},
		{"a worker is killed, warm pool", 3, 30, func(s *siege) { s.killWorkers("warm", syscall.SIGKILL, 5) }},
		{"any child is stopped", 1, 20, func(s *siege) {
			s.Setenv("CARRILES_IMAGE_TIMEOUT", "1s") // after which one that is stopped is given up
			s.killWorkers("cold", freeze, 2)
		}},
		{"the inspector is killed", 3, 40, (*siege).killInspector},
		{"the server is killed", 3, 40, (*siege).killServer},
		{"uploads of 10 MiB at once, 150 MB of memory", 20, 120, (*siege).floodUploads},
		{"readers that never read", 300, 4100, (*siege).neverRead},
		{"all sockets taken by two, by ten addresses", 2, 10, (*siege).takeSockets},
		{"made-up members, streams and runs", 1, 5, (*siege).floodClass},
		{"pictures of 1,000 and 10,000 scans", 2, 6, (*siege).scanBombs},
		{"no room on the disk", 1, 3, (*siege).fullDisk},
		{"eight workers on 16 MP in 200 MB", 1, 3, (*siege).starve},
		{"a journal that is damaged", 5, 25, (*siege).damageJournal},
	}
}

// roomAttacks are those on the room, its machines and its queue.
func roomAttacks() []attack {
	return []attack{
		{"a machine of the room or its child is killed", 4, 100, (*siege).killMachines},
		{"a server with a job for the room is killed", 0, 50, (*siege).killRoomsHost},
		{"one of three servers with one queue is killed", 0, 3, (*siege).killOneOfThree},
		{"a queue's folder that is damaged", 1, 10, (*siege).damageQueue},
		{"a cable that is pulled", 0, 3, (*siege).pullCable},
	}
}

// siege is an attack under way.
type siege struct {
	*testing.T
	n           int // tries
	tried, lost int
	skipped     string
	random      *rand.Rand
}

// try counts one, which holds if err is nil.
func (s *siege) try(err error) {
	s.Helper()
	if s.tried++; err != nil {
		s.lost++
		s.Errorf("try %d: %v", s.tried, err)
	}
}

// TestChaos attacks servers and prints what held. The long form is make chaos.
func TestChaos(t *testing.T) { besiege(t, attacks()) }

// TestRoomChaos attacks rooms. The long form is make rehearse.
func TestRoomChaos(t *testing.T) { besiege(t, roomAttacks()) }

func besiege(t *testing.T, attacks []attack) {
	if runtime.GOOS != "linux" {
		t.Skip("it looks for processes in /proc and asks from many addresses of the loopback network")
	}
	t.Setenv("CARRILES_CLASS_TOKEN", answersToken)
	long := os.Getenv("CARRILES_CHAOS") != ""
	seed := uint64(time.Now().UnixNano())
	var table strings.Builder
	fmt.Fprintf(&table, "%-46s %7s %7s %7s\n", "seed "+fmt.Sprint(seed), "tried", "held", "lost")
	for _, a := range attacks {
		s := &siege{n: a.short, random: rand.New(rand.NewPCG(seed, 0))}
		if long {
			s.n = a.long
		}
		t.Run(a.name, func(t *testing.T) {
			s.T = t
			defer func() { // a try that ends the test is lost too
				if t.Failed() && s.lost == 0 {
					s.tried, s.lost = s.tried+1, 1
				}
			}()
			a.do(s)
		})
		fmt.Fprintf(&table, "%-46s %7d %7d %7d  %s\n", a.name, s.tried, s.tried-s.lost, s.lost, s.skipped)
	}
	if long {
		fmt.Print(table.String())
	} else {
		t.Log("\n" + table.String())
	}
}

// server starts one on a folder with small photographs, behind a command if there is
// one.
func (s *siege) server(behind ...string) mortal {
	s.Helper()
	dir := s.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "images"), 0o755); err != nil {
		s.Fatal(err)
	}
	for name, data := range smallPhotos(s.T) {
		if err := os.WriteFile(filepath.Join(dir, "images", name), data, 0o644); err != nil {
			s.Fatal(err)
		}
	}
	return startMortal(s.T, dir, &hosttest.Log{}, behind...)
}

// ask sends a request from an address of the loopback network, and waits no longer
// than a minute.
func (m mortal) ask(from, method, path, body string, headers ...string) (int, []byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	var late atomic.Bool
	transport := &http.Transport{DialContext: func(ctx context.Context, network, to string) (net.Conn, error) {
		began := time.Now()
		c, err := dialer.DialContext(ctx, network, to)
		late.Store(true) // it has not written yet
		return &opening{Conn: c, wrote: sync.OnceFunc(func() { late.Store(time.Since(began) > headerWait/2) })}, err
	}}
	defer transport.CloseIdleConnections()
	resp, err := transport.RoundTrip(hosttest.Request(ctx, m.t, method, m.url+path, strings.NewReader(body), headers...))
	if err != nil && late.Load() {
		err = fmt.Errorf("%w: %w", errStarved, err)
	}
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	return resp.StatusCode, data, err
}

// errStarved is of a request of which this process itself had written nothing in half of
// the time that the server waits for a header, after which it closes without an answer:
// nothing is known of the server then.
var errStarved = errors.New("the machine gave this client no time")

// headerWait is the server's (app.go).
const headerWait = 2 * time.Second

// opening is a connection that says when it has written for the first time.
type opening struct {
	net.Conn
	wrote func()
}

func (o *opening) Write(p []byte) (int, error) {
	n, err := o.Conn.Write(p)
	o.wrote()
	return n, err
}

// healthy fails unless the server answers another address.
func (m mortal) healthy() error {
	code, _, err := m.ask("127.0.0.99", "GET", "/api/health/", "")
	if err == nil && code != http.StatusOK {
		err = fmt.Errorf("health is %d", code)
	}
	return err
}

// strike sends a signal to a child of the server, chosen by chance, if it has one, and
// half the time to the one that watches their starts, which it always has, as well.
func (s *siege) strike(m mortal, with syscall.Signal) bool {
	pids := marked(s.T, m.dir)
	s.random.Shuffle(len(pids), func(i, j int) { pids[i], pids[j] = pids[j], pids[i] })
	for _, pid := range pids {
		n, err := strconv.Atoi(pid)
		if err != nil || n == m.cmd.Process.Pid {
			continue
		}
		line, _ := os.ReadFile("/proc/" + pid + "/cmdline") // it may have ended
		killed := signalTo(n, with) == nil
		if !bytes.HasSuffix(line, []byte("\x00watch\x00")) {
			return killed
		}
	}
	return false
}

// whole fails unless a batch's answer has each image once, as an output that is
// there or as an error.
func (m mortal) whole(data []byte, images int) error {
	var o object
	if err := json.Unmarshal(data, &o); err != nil {
		return err
	}
	results := o.list("results")
	if len(results) != images {
		return fmt.Errorf("%d results of %d images: %.300s", len(results), images, data)
	}
	for i := range results {
		at := fmt.Sprintf("results.%d.", i)
		if o.text(at+"status") == "success" {
			file := filepath.Join(m.dir, strings.TrimPrefix(o.text(at+"processed_path"), "/static/"))
			if info, err := os.Stat(file); err != nil || info.Size() == 0 {
				return fmt.Errorf("image %d: an output that is not there: %v", i, err)
			}
		} else if o.text(at+"error") == "" {
			return fmt.Errorf("image %d is neither there nor explained", i)
		}
	}
	return nil
}

// killWorkers signals children while batches are computed, so many of one: more would
// only take longer.
func (s *siege) killWorkers(pool string, with syscall.Signal, most int) {
	const images = 12
	m := s.server()
	for range s.n {
		type answer struct {
			code int
			data []byte
			err  error
		}
		done := make(chan answer, 1)
		go func() {
			code, data, err := m.ask("127.0.0.1", "POST", "/api/process-batch/multiprocessing/",
				fmt.Sprintf(`{"filters":["resize","sharpen"],"count":%d,"workers":2,"pool":%q}`, images, pool))
			done <- answer{code, data, err}
		}()
		for over, strikes := false, 0; !over; {
			select {
			case a := <-done:
				if a.err == nil && a.code != http.StatusOK {
					a.err = fmt.Errorf("%d %.300s", a.code, a.data)
				}
				if a.err == nil {
					a.err = m.whole(a.data, images)
				}
				s.try(a.err)
				over = true
			case <-time.After(time.Duration(20+s.random.IntN(150)) * time.Millisecond):
				if strikes < most && s.strike(m, with) {
					strikes++
				}
			}
		}
	}
}

// killInspector kills what looks at uploads.
func (s *siege) killInspector() {
	m := s.server()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, _ := w.CreateFormFile("files", "a.jpg")
	_, _ = part.Write(hosttest.Encoded(s.T, "jpeg", picture(900, 700, 1)))
	_ = w.Close()
	for range s.n {
		done := make(chan error, 1)
		go func() {
			code, data, err := m.ask("127.0.0.1", "POST", "/api/images/", form.String(), "Content-Type: "+w.FormDataContentType())
			if err == nil && code != http.StatusCreated && (code < 500 && code != http.StatusUnprocessableEntity || !json.Valid(data)) {
				err = fmt.Errorf("%d %.300s", code, data)
			}
			done <- err
		}()
		time.Sleep(time.Duration(s.random.IntN(60)) * time.Millisecond)
		s.strike(m, syscall.SIGKILL)
		err := <-done
		if err == nil {
			err = m.healthy()
		}
		s.try(err)
	}
	code, data, err := m.ask("127.0.0.1", "POST", "/api/images/", form.String(), "Content-Type: "+w.FormDataContentType())
	if err != nil || code != http.StatusCreated {
		s.Errorf("afterwards: %d %.300s, %v", code, data, err)
	}
}

// killServer kills the server in the middle of runs; the next one knows them.
func (s *siege) killServer() {
	m := s.server()
	for range s.n {
		id := m.submit(`{"filters":["sharpen","edges"],"count":12,"rounds":2,"methods":["sequential","multiprocessing"],"workers":2}`)
		time.Sleep(time.Duration(s.random.IntN(900)) * time.Millisecond)
		m.kill()
		eventually(s.T, "the children end", func() bool { return len(marked(s.T, m.dir)) == 0 })
		m = startMortal(s.T, m.dir, m.log)
		v := m.view(id)
		var err error
		switch {
		case !v.State.Final():
			err = fmt.Errorf("run %s is %s", id, v.State)
		case v.Result != nil:
			for _, r := range v.Result.Results {
				for _, task := range r.Results {
					if _, gone := os.Stat(filepath.Join(m.dir, strings.TrimPrefix(task.ProcessedPath, "/static/"))); gone != nil {
						err = gone
					}
				}
			}
		}
		if left := append(m.files(".work"), m.files(".pending")...); len(left) > 0 {
			err = fmt.Errorf("left over: %q", left)
		}
		s.try(err)
	}
}

// floodUploads sends forms at once, of which few are received at a time.
func (s *siege) floodUploads() {
	const most = 150 << 20
	m := s.server()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, _ := w.CreateFormFile("files", "noise.jpg")
	_, _ = part.Write(make([]byte, 10<<20))
	_ = w.Close()
	kind := "Content-Type: " + w.FormDataContentType()
	errs := make(chan error, s.n)
	gate := make(chan struct{}, 30)
	for i := range s.n {
		go func() {
			gate <- struct{}{}
			defer func() { <-gate }()
			from := fmt.Sprintf("127.0.2.%d", 1+i%20)
			code, data, err := m.ask(from, "POST", "/api/images/", form.String(), kind)
			for more := 0; errors.Is(err, errStarved) && more < 9; more++ {
				code, data, err = m.ask(from, "POST", "/api/images/", form.String(), kind)
			}
			if err == nil && code != http.StatusUnprocessableEntity && code != http.StatusTooManyRequests {
				err = fmt.Errorf("%d %.300s", code, data)
			}
			errs <- err
		}()
	}
	for range s.n {
		s.try(<-errs)
	}
	if peak := peakMemory(s.T, m.cmd.Process.Pid); peak > most {
		s.Errorf("the server has had %d MiB", peak>>20)
	}
	if left := m.files(".work"); len(left) > 0 {
		s.Errorf("left over: %q", left)
	}
}

// neverRead opens connections that ask for photographs and read nothing.
func (s *siege) neverRead() {
	m := s.server()
	large := make([]byte, 4<<20)
	if err := os.WriteFile(filepath.Join(m.dir, "processed", "large.png"), large, 0o644); err != nil {
		s.Fatal(err)
	}
	var conns []net.Conn
	defer func() {
		for _, c := range conns {
			_ = c.Close()
		}
	}()
	for i := range s.n {
		c, err := net.Dial("tcp", strings.TrimPrefix(m.url, "http://"))
		if err != nil {
			s.Fatal(err)
		}
		conns = append(conns, c)
		_ = c.(*net.TCPConn).SetReadBuffer(4 << 10)
		_, _ = io.WriteString(c, "GET /static/processed/large.png HTTP/1.1\r\nHost: localhost\r\n\r\n")
		if i%100 == 99 {
			s.try(m.healthy())
		}
	}
	eventually(s.T, "the same address is answered", func() bool {
		code, _, err := m.ask("127.0.0.1", "GET", "/api/health/", "")
		return err == nil && code == http.StatusOK
	})
}

// takeSockets has a few addresses open all the sockets that there are, and more, and
// keep them: whoever presents, and a class of thirty, come from others and get in.
func (s *siege) takeSockets() {
	const (
		phones   = 30
		patience = 20 * time.Second // 1 is promised; the machine has others
	)
	m := s.server()
	for _, greedy := range slices.Compact([]int{2, s.n}) {
		var conns []net.Conn
		for i := range min(greedy*gate.Default.AnAddress, 8000) {
			dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(fmt.Sprintf("127.0.3.%d", 1+i%greedy))}}
			c, err := dialer.Dial("tcp", strings.TrimPrefix(m.url, "http://"))
			if err != nil {
				s.Fatal(err)
			}
			conns = append(conns, c)
			_, _ = io.WriteString(c, "GET /api/health/ HTTP/1.1\r\nHost: localhost\r\n\r\n") // and then it is idle for a minute
		}
		asked := func(ask func() (int, []byte, error)) {
			began := time.Now()
			code, data, err := ask()
			if took := time.Since(began); err == nil && (code != http.StatusOK || took > patience) {
				err = fmt.Errorf("beside %d: %d after %v: %.200s", greedy, code, took, data)
			}
			s.try(err)
		}
		for i := range phones {
			member := fmt.Sprintf("phone-%d-%016d", greedy, i)
			asked(func() (int, []byte, error) {
				return m.ask(fmt.Sprintf("127.0.4.%d", 1+i), "POST", "/api/class/join/", `{"member":"`+member+`","device":"phone"}`)
			})
		}
		asked(func() (int, []byte, error) {
			return m.ask("127.0.5.1", "POST", "/api/class/control/", `{"action":"show","step":"gil"}`, "Authorization: Bearer "+answersToken)
		})
		for _, c := range conns {
			_ = c.Close()
		}
	}
}

// floodClass fills what one address can fill of the class, of streams and of the
// queue: an honest phone gets in, and the presenter's run is next.
func (s *siege) floodClass() {
	m := s.server()
	ctx, leave := context.WithCancel(context.Background())
	var all sync.WaitGroup
	defer all.Wait()
	defer leave()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	m.submit(longRun)
	for try := range s.n {
		for i := range 250 {
			member := fmt.Sprintf("made-up-%03d-%012d", try, i)
			if _, _, err := m.ask("127.0.0.1", "POST", "/api/class/join/", `{"member":"`+member+`","device":"phone"}`); err != nil {
				s.Fatal(err)
			}
		}
		for range 256 {
			all.Go(func() {
				resp, err := transport.RoundTrip(hosttest.Request(ctx, s.T, "GET", m.url+"/api/class/events/", nil))
				if err != nil {
					return
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			})
		}
		for i := range 33 {
			for range 2 {
				_, _, _ = m.ask(fmt.Sprintf("127.0.3.%d", i), "POST", "/api/runs/", longRun)
			}
		}
		honest := fmt.Sprintf("honest-%016d", try)
		code, data, err := m.ask("127.0.0.7", "POST", "/api/class/join/", `{"member":"`+honest+`","device":"phone"}`)
		if err == nil && code != http.StatusOK {
			err = fmt.Errorf("an honest phone joins: %d %.200s", code, data)
		}
		s.try(err)
		streamed, stop := context.WithTimeout(ctx, 30*time.Second)
		away := &http.Transport{DialContext: (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP("127.0.0.7")}}).DialContext}
		resp, err := away.RoundTrip(hosttest.Request(streamed, s.T, "GET", m.url+"/api/class/events/?member="+honest, nil))
		if err == nil {
			if resp.StatusCode != http.StatusOK {
				err = fmt.Errorf("its stream: %d", resp.StatusCode)
			}
			resp.Body.Close()
		}
		stop()
		away.CloseIdleConnections()
		s.try(err)
		var o object
		code, data, err = m.ask("127.0.0.1", "POST", "/api/runs/", longRun, "Authorization: Bearer "+answersToken)
		if err == nil && json.Unmarshal(data, &o) == nil && (code != http.StatusAccepted || o.number("position") > float64(try+1)) {
			err = fmt.Errorf("the presenter's run: %d, %g are before it", code, o.number("position"))
		}
		s.try(err)
		code, _, err = m.ask("127.0.0.1", "HEAD", "/api/class/events/?seat="+class.Seat(answersToken), "")
		if err == nil && code != http.StatusOK {
			err = fmt.Errorf("the presenter's stream: %d", code)
		}
		s.try(err)
	}
}

// scanBombs sends progressive pictures that cost next to nothing to store and
// minutes to decode, and lets one lie in images/.
func (s *siege) scanBombs() {
	const patience = 20 * time.Second // 5 are promised; the machine has others
	m := s.server()
	for i := range s.n {
		bomb := scanBomb(1000 * []int{1, 10}[i%2])
		var form bytes.Buffer
		w := multipart.NewWriter(&form)
		part, _ := w.CreateFormFile("files", "bomb.jpg")
		_, _ = part.Write(bomb)
		_ = w.Close()
		began := time.Now()
		code, data, err := m.ask("127.0.0.1", "POST", "/api/images/", form.String(), "Content-Type: "+w.FormDataContentType())
		if took := time.Since(began); err == nil && (code != http.StatusUnprocessableEntity || took > patience) {
			err = fmt.Errorf("uploaded: %d after %v: %.300s", code, took, data)
		}
		s.try(err)
		if err := os.WriteFile(filepath.Join(m.dir, "images", "bomb.jpg"), bomb, 0o644); err != nil {
			s.Fatal(err)
		}
		began = time.Now()
		code, data, err = m.ask("127.0.0.1", "POST", "/api/process-batch/sequential/", `{"filters":["brightness"],"count":1,"images":["bomb.jpg"]}`)
		if took := time.Since(began); err == nil && (code >= 500 || took > patience) {
			err = fmt.Errorf("in images/: %d after %v: %.300s", code, took, data)
		}
		s.try(err)
		s.try(m.healthy())
	}
}

// scanBomb is a progressive JPEG of 4096 x 4096 pixels, one component, whose scans
// say of all blocks at once that there is nothing in them.
func scanBomb(scans int) []byte {
	const side, blocks = 4096, 512 * 512
	var b bytes.Buffer
	segment := func(marker byte, data ...byte) {
		b.Write([]byte{0xff, marker, byte((len(data) + 2) >> 8), byte(len(data) + 2)})
		b.Write(data)
	}
	b.Write([]byte{0xff, 0xd8})
	segment(0xdb, append([]byte{0}, bytes.Repeat([]byte{1}, 64)...)...)
	segment(0xc2, 8, side>>8, side&0xff, side>>8, side&0xff, 1, 1, 0x11, 0)
	oneCode := append([]byte{1}, make([]byte, 15)...)
	segment(0xc4, append(append([]byte{0x00}, oneCode...), 0x00)...) // DC: no difference
	segment(0xc4, append(append([]byte{0x10}, oneCode...), 0xe0)...) // AC: 16,384 empty blocks, and as many as 14 bits say
	segment(0xda, 1, 1, 0, 0, 0, 0)
	b.Write(make([]byte, blocks/8))
	for range scans {
		segment(0xda, 1, 1, 0, 1, 63, 0)
		b.Write(make([]byte, blocks/16384*15/8))
	}
	b.Write([]byte{0xff, 0xd9})
	return b.Bytes()
}

// fullDisk has the static folder on a file system with less room than is asked for.
func (s *siege) fullDisk() {
	for range s.n {
		dir := filepath.Join(s.TempDir(), "static")
		if err := os.MkdirAll(dir, 0o755); err != nil {
			s.Fatal(err)
		}
		if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", dir).CombinedOutput(); err != nil {
			s.skipped = "a file system cannot be mounted here: " + strings.TrimSpace(string(out))
			s.Skip(s.skipped)
		}
		s.Cleanup(func() { _ = exec.Command("umount", "-l", dir).Run() })
		m := startMortal(s.T, dir, &hosttest.Log{})
		var form bytes.Buffer
		w := multipart.NewWriter(&form)
		part, _ := w.CreateFormFile("files", "a.jpg")
		_, _ = part.Write(hosttest.Encoded(s.T, "jpeg", picture(90, 70, 1)))
		_ = w.Close()
		for _, ask := range [][3]string{
			{"/api/process-batch/sequential/", `{"count":1}`, "Content-Type: application/json"},
			{"/api/images/", form.String(), "Content-Type: " + w.FormDataContentType()},
		} {
			code, data, err := m.ask("127.0.0.1", "POST", ask[0], ask[1], ask[2])
			if err == nil && code != http.StatusInsufficientStorage {
				err = fmt.Errorf("%s: %d %.300s", ask[0], code, data)
			}
			s.try(err)
		}
		s.try(m.healthy())
		m.kill()
		m = startMortal(s.T, dir, m.log)
		if v := m.runs(); len(v) != 1 || !v[0].State.Final() {
			s.try(fmt.Errorf("after a restart: %+v", v))
		}
		m.kill()
	}
}

// damageJournal spoils the journal of a server that was killed: the next one has
// the result.
func (s *siege) damageJournal() {
	m := s.server()
	id := m.submit(`{"filters":["brightness"],"count":2,"methods":["sequential"]}`)
	eventually(s.T, "the run is done", func() bool { return m.view(id).State == "done" })
	journal := filepath.Join(m.dir, ".runs", "journal.jsonl")
	for i := range s.n {
		m.kill()
		data, err := os.ReadFile(journal)
		if err != nil {
			s.Fatal(err)
		}
		switch i % 5 {
		case 0:
			err = os.Remove(journal)
		case 1:
			err = os.WriteFile(journal, nil, 0o644)
		case 2:
			err = os.WriteFile(journal, data[:s.random.IntN(len(data))], 0o644)
		case 3:
			for range 20 {
				data[s.random.IntN(len(data))] ^= byte(1 + s.random.IntN(255))
			}
			err = os.WriteFile(journal, data, 0o644)
		case 4:
			err = os.WriteFile(journal, bytes.Repeat([]byte("junk\n"), 999), 0o644)
		}
		if err != nil {
			s.Fatal(err)
		}
		m = startMortal(s.T, m.dir, m.log)
		if v := m.view(id); v.Result == nil {
			s.try(fmt.Errorf("damage of kind %d: the run is %s without a result", i%5, v.State))
		} else {
			s.try(nil)
		}
	}
}
