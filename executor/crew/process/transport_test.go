package process

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/codec"
	"carriles/executor/crew"
	"carriles/executor/crew/process/kernel"
	"carriles/executor/fault"
	"carriles/executor/pipeline"
	"carriles/executor/trace"
)

// transports are those that this system has.
func transports() []string {
	var names []string
	for _, t := range request.Transports(Lacks()) {
		if t.Lacks == nil {
			names = append(names, t.Name)
		}
	}
	return names
}

// TestTransportsGiveTheSameFiles has an image of more than one frame, there and
// back: the pipe has to cut it.
func TestTransportsGiveTheSameFiles(t *testing.T) {
	l := newLab(t)
	l.addNoise("noise.png", 600, 600)
	small := repeat([]string{"a.png", "broken.png", "b.png", "missing.png"}, 2)
	want := map[int]string{}
	for _, tt := range []struct {
		shape  request.Shape
		images []string
	}{
		{twoThreads, small}, {twoProcesses, append(small, "noise.png")}, {request.Shape{Processes: 2, Goroutines: 2, MaxProcs: 2}, small},
	} {
		for _, transport := range transports() {
			s := spec(tt.images...)
			s.Transport = transport
			s.Steps[0].Params["factor"] = 1 // noise that is brighter is shorter
			job, out := l.job(nil)
			report, err := l.crew(s, tt.shape, long).Run(t.Context(), job)
			if err != nil {
				t.Fatal(err)
			}
			got := out.contents()
			for task, data := range got {
				if first, ok := want[task]; ok && data != first {
					t.Errorf("%s, %+v: task %d has other bytes than the first", transport, tt.shape, task)
				}
				want[task] = data
			}
			if len(got) != len(tt.images)-4 {
				t.Errorf("%s, %+v: %d outputs of %d images, 4 of them bad", transport, tt.shape, len(got), len(tt.images))
			}
			checkTravel(t, l, report, transport, tt.images, got)
			for _, f := range out.files {
				os.Remove(f)
			}
		}
	}
	info, err := os.Stat(filepath.Join(l.dir, "images/noise.png"))
	if err != nil {
		t.Fatal(err)
	}
	if there, back := info.Size(), len(want[len(small)]); there <= maxFrame || back <= maxFrame {
		t.Errorf("an image of %d bytes became one of %d, and a frame holds %d", there, back, maxFrame)
	}
}

// checkTravel checks what bytes are said to have travelled, and that the bad
// images are the only failures, at the first attempt.
func checkTravel(t *testing.T, l lab, r crew.Report, transport string, images []string, outputs map[int]string) {
	t.Helper()
	var in, out, wantIn, wantOut int64
	for i, name := range images {
		info, err := os.Stat(filepath.Join(l.dir, "images", name))
		if err == nil {
			wantIn += info.Size()
		}
		wantOut += int64(len(outputs[i]))
		bad := name == "broken.png" || name == "missing.png"
		if task := r.Tasks[i]; bad != (task.Err != nil) || task.Attempts != 1 || bad && task.Err.Code != fault.CodeBadImage {
			t.Errorf("%s: task %d, %s: %v after %d attempts", transport, i, name, task.Err, task.Attempts)
		}
	}
	switch transport {
	case request.TransportPath:
		wantIn, wantOut = 0, 0
	case request.TransportPixels: // as many bytes as the picture has, there and back
		wantIn, wantOut = 0, 0
		for _, name := range images {
			data, err := os.ReadFile(filepath.Join(l.dir, "images", name))
			if err != nil {
				continue
			}
			var dec codec.Decoder
			if m, format, err := dec.Decode(data); err == nil {
				wantIn += int64(len(pipeline.PackPixels(new([]byte), m, format)))
			}
		}
		wantOut = wantIn
	}
	for _, lane := range r.Lanes {
		in, out = in+lane.In, out+lane.Out
	}
	if in != wantIn || out != wantOut {
		t.Errorf("%s: %d bytes in and %d out, want %d and %d", transport, in, out, wantIn, wantOut)
	}
	if len(r.Deaths) > 0 {
		t.Errorf("%s: deaths %q", transport, r.Deaths)
	}
}

// The process that decodes and encodes may die as any other: another one takes its
// place, and no image is lost. Its processor time counts with the server's.
func TestCoderDies(t *testing.T) {
	l := newLab(t)
	p := l.place()
	var dec codec.Decoder
	data, err := os.ReadFile(filepath.Join(l.dir, "images/a.png"))
	if err != nil {
		t.Fatal(err)
	}
	m, format, err := dec.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	want := pipeline.PackPixels(new([]byte), m, format)
	var pixels []byte
	var f form
	for round := range 3 {
		if f, err = p.Coder.decode("images/a.png", &pixels); err != nil || !slices.Equal(pixels, want) || f.Format != codec.PNG {
			t.Fatalf("round %d: %d bytes of %s, %v", round, len(pixels), f.Format, err)
		}
		size, err := p.Coder.encode(pixels, f, "temp/a.png")
		info, statErr := os.Stat(filepath.Join(l.dir, "temp/a.png"))
		if err != nil || statErr != nil || size != info.Size() {
			t.Fatalf("round %d: a file of %d bytes, %v, %v", round, size, err, statErr)
		}
		process, err := os.FindProcess(p.Coder.pid)
		if err != nil {
			t.Fatal(err)
		}
		if err := process.Kill(); err != nil {
			t.Fatal(err)
		}
	}
	for path, code := range map[string]string{"images/broken.png": fault.CodeBadImage, "images/gone.png": fault.CodeBadImage} {
		var shown *fault.Error
		if _, err := p.Coder.decode(path, &pixels); !errors.As(err, &shown) || shown.Code != code || strings.Contains(shown.Text.EN, "images/") {
			t.Errorf("%s: %v", path, err)
		}
		if pixels != nil {
			t.Errorf("%s: the caller kept memory that the coder reads the next picture into", path)
		}
		pixels = make([]byte, 1)
	}
	if cpu, _ := kernel.Look(os.Getpid()); cpu != nil {
		// Whole hundredths of a second may be all that is counted: there is work for one.
		for began := time.Now(); p.Coder.used() <= 0 && time.Since(began) < long; {
			if _, err := p.Coder.decode("images/a.png", &pixels); err != nil {
				t.Fatal(err)
			}
		}
		if p.Coder.used() <= 0 {
			t.Error("it has used no processor time")
		}
	}
	NewCoder(l.launcher(), long).Close() // without a child
}

// A worker that dies with images on their way to it takes only its own with it.
func TestDeathWithImagesOnTheirWay(t *testing.T) {
	l := newLab(t)
	l.addNoise("noise.png", 200, 180) // more than a pipe holds
	for _, transport := range transports() {
		s := spec(append(repeat([]string{"noise.png"}, 3), "crash.png", "noise.png")...)
		s.Transport = transport
		job, out := l.job(nil)
		report, err := l.crew(s, twoProcesses, long).Run(t.Context(), job)
		if err != nil {
			t.Fatal(err)
		}
		if got := slices.Sorted(maps.Keys(out.files)); !slices.Equal(got, []int{0, 1, 2, 4}) {
			t.Errorf("%s: outputs %v", transport, got)
		}
		if bad := report.Tasks[3]; bad.Err == nil || bad.Attempts != maxAttempts || !strings.Contains(bad.Err.Text.EN, "panic: crash fixture") {
			t.Errorf("%s: %v after %d attempts", transport, bad.Err, bad.Attempts)
		}
		for _, f := range out.files {
			os.Remove(f)
		}
	}
}

// slow is a server that keeps each request waiting for the latency, and the
// first ones until as many are there as a worker has lanes.
type slow struct {
	t       *testing.T
	images  string
	lanes   int
	latency time.Duration
	full    chan struct{} // closed when so many are there

	mu                    sync.Mutex
	asked, together, most int
}

func (s *slow) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked++
	if s.together++; s.together == s.lanes && s.most < s.lanes {
		close(s.full)
	}
	s.most = max(s.most, s.together)
	s.mu.Unlock()
	if got, want := r.URL.Query().Get("delay"), fmt.Sprintf("%.3f", s.latency.Seconds()); got != want {
		s.t.Errorf("delay %q, want %s", got, want)
	}
	select {
	case <-s.full:
	case <-r.Context().Done(): // the worker has given up
	}
	time.Sleep(s.latency) // the endpoint under test is the worker's side
	s.mu.Lock()
	s.together-- // not after the answer: who has that may ask again
	s.mu.Unlock()
	name := r.URL.Query().Get("name")
	if name == "gone.png" {
		http.Error(w, "gone", http.StatusNotFound)
		return
	}
	http.ServeFile(w, r, filepath.Join(s.images, filepath.Base(name)))
}

// TestSlowServer has the lanes wait for a server at the same time: with four
// times the lanes the same batch waits for it a quarter as long.
func TestSlowServer(t *testing.T) {
	l := newLab(t)
	l.add("a ñ&b.png", 3, 3, color.NRGBA{R: 9, A: 255})
	const latency = 20 * time.Millisecond
	for _, shape := range []request.Shape{oneLane, {Processes: 1, Goroutines: 4, MaxProcs: 1}} {
		handler := &slow{t: t, images: filepath.Join(l.dir, "images"), lanes: shape.Goroutines, latency: latency, full: make(chan struct{})}
		server := httptest.NewServer(handler)
		s := spec("a.png", "b.png", "gone.png", "c.png", "a.png", "b.png", "a ñ&b.png", "c.png")
		s.Source, s.LatencyMS = request.SourceHTTP, int(latency.Milliseconds())
		p := l.place()
		p.Origin = server.URL
		job, out := l.job(nil)
		report, err := l.crewAt(p, s, shape, long).Run(t.Context(), job)
		server.Close()
		if err != nil {
			t.Fatal(err)
		}
		if len(out.files) != 7 || handler.asked != 8 || handler.most != shape.Goroutines {
			t.Errorf("%+v: %d outputs, %d requests, %d at a time", shape, len(out.files), handler.asked, handler.most)
		}
		if bad := report.Tasks[2]; bad.Err == nil || bad.Err.Code != fault.CodeBadImage || !strings.Contains(bad.Err.Error(), "404") || bad.Attempts != 1 {
			t.Errorf("%+v: the missing image: %v", shape, bad.Err)
		}
		read := time.Duration(0)
		for _, lane := range report.Lanes {
			read += trace.Spent(lane.Spans, trace.Read)
		}
		if read < 8*latency {
			t.Errorf("%+v: %v in reading, want at least %v", shape, read, 8*latency)
		}
		for _, f := range out.files {
			os.Remove(f)
		}
	}
}

// TestMemoryIsBounded has a worker ask for more than it may: it alone dies.
func TestMemoryIsBounded(t *testing.T) {
	if kernel.MemoryLimit == 0 {
		t.Skip("this system does not bound a process's data")
	}
	l := newLab(t)
	job, out := l.job(nil)
	report, err := l.crew(spec("a.png", "bomb.png", "b.png"), twoProcesses, long).Run(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	bad := report.Tasks[1]
	if bad.Err == nil || bad.Attempts != maxAttempts {
		t.Fatalf("the bomb: %v after %d attempts", bad.Err, bad.Attempts)
	}
	// The runtime's words, or those of the race detector, which asks first.
	words := regexp.MustCompile(`out of memory|cannot allocate memory|failed to allocate`)
	if !words.MatchString(bad.Err.Text.EN) {
		t.Errorf("the bomb: %v", bad.Err)
	}
	if got := slices.Sorted(maps.Keys(out.files)); !slices.Equal(got, []int{0, 2}) {
		t.Errorf("outputs %v, want all but 1", got)
	}
}

// TestChaos kills a worker of every shape on purpose: no image is lost. What the
// worker has in hand by then does not get done before it has died.
func TestChaos(t *testing.T) {
	l := newLab(t)
	gate := filepath.Join(l.dir, "go")
	t.Setenv(gateEnv, gate)
	images := append([]string{"a.png", "b.png"}, repeat([]string{"gate.png"}, 4)...)
	for _, shape := range []request.Shape{oneLane, twoThreads, twoProcesses, {Processes: 2, Goroutines: 2, MaxProcs: 2}} {
		job, out := l.job(nil)
		job.Chaos = &request.Chaos{KillAfter: 2}
		job.Spans = func(_ int, _ crew.Identity, spans []trace.Span) {
			if trace.Spent(spans, trace.Lost) > 0 {
				l.write("go", nil)
			}
		}
		report, err := l.crew(spec(images...), shape, long).Run(t.Context(), job)
		if err != nil {
			t.Fatal(err)
		}
		c := report.Chaos
		if len(out.files) != len(images) || c == nil || c.ImagesLost != 0 || c.KilledAtS <= 0 || c.ProcessID == 0 {
			t.Fatalf("%+v: %d outputs, %+v", shape, len(out.files), c)
		}
		// Four images are left for its lanes, which have one each.
		if c.TasksInFlight != shape.Goroutines || c.LostS <= 0 {
			t.Errorf("%+v: %+v", shape, c)
		}
		if shape.Processes == 1 && c.WithoutS <= 0 {
			t.Errorf("%+v: nobody took its place: %+v", shape, c)
		}
		lost := time.Duration(0)
		for _, lane := range report.Lanes {
			lost += trace.Spent(lane.Spans, trace.Lost)
		}
		// Both have it from the parent's clock; the lanes' own spans, which end before
		// an image is given out, are placed there to some microseconds.
		if got := lost.Seconds(); got < 0.999*c.LostS || got > 1.001*c.LostS {
			t.Errorf("%+v: the accounts have %v s lost, the report %v", shape, got, c.LostS)
		}
		if len(report.Deaths) != 1 || !strings.Contains(report.Deaths[0], "killed on purpose") {
			t.Errorf("%+v: deaths %q", shape, report.Deaths)
		}
		ended := 0
		for _, p := range report.Processes {
			if p.Ended != "" {
				ended++
			}
		}
		if ended < 1 {
			t.Errorf("%+v: no process ended: %+v", shape, report.Processes)
		}
		for _, f := range append(slices.Collect(maps.Values(out.files)), gate) {
			os.Remove(f)
		}
	}
}

// TestLook has a worker looked at while it waits for its image, as a job with
// Sample does.
func TestLook(t *testing.T) {
	l := newLab(t)
	gate := filepath.Join(l.dir, "go")
	t.Setenv(gateEnv, gate)
	p := l.place()
	job, _ := l.job(func(done, _ int) {
		if done != 1 {
			return
		}
		cpu, memory := p.alive()[0].Look()
		if cpu == nil || *cpu < 0 || memory == nil || *memory < 1<<20 {
			t.Errorf("a look shows %v of processor time and %v bytes", cpu, memory)
		}
		l.write("go", nil)
	})
	if _, err := l.crewAt(p, spec("a.png", "gate.png"), oneLane, long).Run(t.Context(), job); err != nil {
		t.Fatal(err)
	}
}

// TestUsage is what the kernel says of a worker that has computed. How much of
// the time was the user's is known to a tick only.
func TestUsage(t *testing.T) {
	l := newLab(t)
	l.addNoise("noise.png", 400, 300)
	job, _ := l.job(nil)
	report, err := l.crew(spec(repeat([]string{"noise.png"}, 4)...), oneLane, long).Run(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	u := report.Processes[0]
	if u.UserS+u.SystemS <= 0 || u.PeakMemoryBytes < 400*300*4 || u.StartupSeconds <= 0 {
		t.Errorf("usage %+v", u)
	}
	if u.VoluntarySwitches != nil && (*u.VoluntarySwitches < 1 || *u.MinorFaults < 400*300*4/65536) {
		t.Errorf("switches %d, faults %d", *u.VoluntarySwitches, *u.MinorFaults)
	}
	cpu, wall := time.Duration(0), time.Duration(0)
	for _, s := range report.Lanes[0].Spans {
		if s.CPU == trace.UnknownCPU {
			continue
		}
		cpu, wall = cpu+s.CPU, wall+s.Duration()
		// The three are all that a span can be spent on.
		blocked, told := s.Ways.Of(trace.Blocked)
		queued, _ := s.Ways.Of(trace.Queued)
		if kernel.Queued() != nil && !told || blocked < 0 || queued < 0 || blocked+queued > s.Duration() {
			t.Errorf("%v of %v: %v blocked (known: %v), %v queued", s.Stage, s.Duration(), blocked, told, queued)
		}
	}
	if kernel.ThreadMeter(0) != nil && (cpu <= 0 || cpu > wall+wall/10) {
		t.Errorf("%v of processor time in spans of %v", cpu, wall)
	}
}

// addNoise writes an image that no format makes small.
func (l lab) addNoise(name string, w, h int) {
	l.t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	l.paint(name, w, h, func(img *image.NRGBA) {
		for i := range img.Pix {
			img.Pix[i] = byte(r.Uint32()) | byte(i%4/3*255)
		}
	})
}
