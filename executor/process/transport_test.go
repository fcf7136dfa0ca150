package process

import (
	"context"
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
	"sync/atomic"
	"testing"
	"time"

	"carriles/executor/batch"
	"carriles/executor/trace"
)

// transports are those that this system has.
func transports() []string {
	var names []string
	for _, t := range batch.Transports(Lacks()) {
		if t.Lacks == nil {
			names = append(names, t.Name)
		}
	}
	return names
}

// TestTransportsGiveTheSameFiles has images of more than one frame: the pipe
// has to cut them.
func TestTransportsGiveTheSameFiles(t *testing.T) {
	l := newLab(t)
	l.addNoise("noise.png", 600, 500)
	images := repeat([]string{"noise.png", "a.png", "broken.png", "b.png", "missing.png"}, 2)
	var want map[int]string
	for _, shape := range []batch.Shape{twoThreads, twoProcesses, {Processes: 2, Goroutines: 2, MaxProcs: 2}} {
		for _, transport := range transports() {
			s := spec(images...)
			s.Transport = transport
			job, out := l.job(nil)
			report, err := l.pool(s, shape, long).Run(t.Context(), job)
			if err != nil {
				t.Fatal(err)
			}
			got := out.contents()
			if want == nil {
				want = got
			}
			if len(got) != 6 || !maps.Equal(got, want) {
				t.Errorf("%s, %+v: %d outputs, or other bytes than the first", transport, shape, len(got))
			}
			checkTravel(t, l, report, transport, images, got)
			for _, f := range out.files {
				os.Remove(f)
			}
		}
	}
}

// checkTravel checks what bytes are said to have travelled, and that the bad
// images are the only failures, at the first attempt.
func checkTravel(t *testing.T, l lab, r Report, transport string, images []string, outputs map[int]string) {
	t.Helper()
	var in, out, wantIn, wantOut int64
	for i, name := range images {
		info, err := os.Stat(filepath.Join(l.dir, "images", name))
		if err == nil {
			wantIn += info.Size()
		}
		wantOut += int64(len(outputs[i]))
		bad := name == "broken.png" || name == "missing.png"
		if task := r.Tasks[i]; bad != (task.Err != nil) || task.Attempts != 1 || bad && task.Err.Code != batch.CodeBadImage {
			t.Errorf("%s: task %d, %s: %v after %d attempts", transport, i, name, task.Err, task.Attempts)
		}
	}
	if transport == batch.TransportPath {
		wantIn, wantOut = 0, 0
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

// A worker that dies with images on their way to it takes only its own with it.
func TestDeathWithImagesOnTheirWay(t *testing.T) {
	l := newLab(t)
	l.addNoise("noise.png", 200, 180) // more than a pipe holds
	for _, transport := range transports() {
		s := spec(append(repeat([]string{"noise.png"}, 3), "crash.png", "noise.png")...)
		s.Transport = transport
		job, out := l.job(nil)
		report, err := l.pool(s, twoProcesses, long).Run(t.Context(), job)
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

// TestSlowServer has the lanes wait for a server at the same time: with one
// lane more the same batch waits for it half as often.
func TestSlowServer(t *testing.T) {
	l := newLab(t)
	const latency = 20 * time.Millisecond
	var asked, together, most atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if n := together.Add(1); n > most.Load() {
			most.Store(n)
		}
		defer together.Add(-1)
		if got := r.URL.Query().Get("delay"); got != "0.020" {
			t.Errorf("delay %q", got)
		}
		time.Sleep(latency) // the endpoint under test is the worker's side
		name := r.URL.Query().Get("name")
		if name == "gone.png" {
			http.Error(w, "gone", http.StatusNotFound)
			return
		}
		http.ServeFile(w, r, filepath.Join(l.dir, "images", filepath.Base(name)))
	}))
	defer server.Close()
	for _, shape := range []batch.Shape{oneLane, {Processes: 1, Goroutines: 4, MaxProcs: 1}} {
		asked.Store(0)
		most.Store(0)
		s := spec("a.png", "b.png", "gone.png", "c.png", "a.png", "b.png", "a ñ&b.png", "c.png")
		l.add("a ñ&b.png", 3, 3, color.NRGBA{R: 9, A: 255})
		s.Source, s.LatencyMS = batch.SourceHTTP, int(latency.Milliseconds())
		p := l.pool(s, shape, long)
		p.cfg.Origin = server.URL
		job, out := l.job(nil)
		report, err := p.Run(t.Context(), job)
		if err != nil {
			t.Fatal(err)
		}
		if len(out.files) != 7 || asked.Load() != 8 || most.Load() != int32(shape.Goroutines) {
			t.Errorf("%+v: %d outputs, %d requests, %d at a time", shape, len(out.files), asked.Load(), most.Load())
		}
		if bad := report.Tasks[2]; bad.Err == nil || bad.Err.Code != batch.CodeBadImage || !strings.Contains(bad.Err.Error(), "404") || bad.Attempts != 1 {
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
	if MemoryLimit == 0 {
		t.Skip("this system does not bound a process's data")
	}
	l := newLab(t)
	job, out := l.job(nil)
	report, err := l.pool(spec("a.png", "bomb.png", "b.png"), twoProcesses, long).Run(t.Context(), job)
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

// TestChaos kills a worker of every shape on purpose: no image is lost.
func TestChaos(t *testing.T) {
	l := newLab(t)
	l.addNoise("noise.png", 400, 300)
	images := repeat([]string{"noise.png"}, 6)
	for _, shape := range []batch.Shape{oneLane, twoThreads, twoProcesses, {Processes: 2, Goroutines: 2, MaxProcs: 2}} {
		job, out := l.job(nil)
		job.Chaos = &batch.Chaos{KillAfter: 2}
		report, err := l.pool(spec(images...), shape, long).Run(t.Context(), job)
		if err != nil {
			t.Fatal(err)
		}
		c := report.Chaos
		if len(out.files) != len(images) || c == nil || c.ImagesLost != 0 || c.KilledAtS <= 0 || c.ProcessID == 0 {
			t.Fatalf("%+v: %d outputs, %+v", shape, len(out.files), c)
		}
		if c.TasksInFlight < 1 || c.TasksInFlight > shape.Goroutines || c.LostS <= 0 {
			t.Errorf("%+v: %+v", shape, c)
		}
		if shape.Processes == 1 && c.WithoutS <= 0 {
			t.Errorf("%+v: nobody took its place: %+v", shape, c)
		}
		lost := time.Duration(0)
		for _, lane := range report.Lanes {
			lost += trace.Spent(lane.Spans, trace.Lost)
		}
		// The accounts cut off what overlaps with a send that was on its way.
		if got := lost.Seconds(); got < 0.7*c.LostS || got > 1.001*c.LostS {
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
		for _, f := range out.files {
			os.Remove(f)
		}
	}
}

// TestSamples has a job watched for as long as the sampler needs to see it.
func TestSamples(t *testing.T) {
	l := newLab(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	p := l.pool(spec("a.png", "hang.png"), oneLane, 2*sampleInterval+sampleInterval/2)
	job, _ := l.job(nil)
	job.Sample = true
	report, err := p.Run(ctx, job)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Series) < 2 {
		t.Fatalf("%d samples", len(report.Series))
	}
	last := 0.0
	seen := false
	for _, s := range report.Series {
		if s.AtS <= last || s.CoresBusy < 0 || s.Done < 0 || s.Done > 2 {
			t.Errorf("sample %+v after %v s", s, last)
		}
		last = s.AtS
		seen = seen || s.Processes == 1 && s.Memory > 1<<20
	}
	if !seen {
		t.Errorf("no process is seen: %+v", report.Series)
	}
}

// TestUsage is what the kernel says of a worker that has computed.
func TestUsage(t *testing.T) {
	l := newLab(t)
	l.addNoise("noise.png", 900, 800)
	p := l.pool(spec(repeat([]string{"noise.png"}, 4)...), oneLane, long)
	job, _ := l.job(nil)
	report, err := p.Run(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	u := report.Processes[0]
	if u.UserS <= 0 || u.PeakMemoryBytes < 900*800*4 || u.StartupSeconds <= 0 {
		t.Errorf("usage %+v", u)
	}
	if u.VoluntarySwitches != nil && (*u.VoluntarySwitches < 1 || *u.MinorFaults < 900*800*4/65536) {
		t.Errorf("switches %d, faults %d", *u.VoluntarySwitches, *u.MinorFaults)
	}
	cpu, wall := time.Duration(0), time.Duration(0)
	for _, s := range report.Lanes[0].Spans {
		if s.CPU == trace.UnknownCPU {
			continue
		}
		cpu, wall = cpu+s.CPU, wall+s.Duration()
	}
	if threadCPU() != nil && (cpu <= 0 || cpu > wall+wall/10) {
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
