package process

import (
	"context"
	"errors"
	"image/color"
	"image/png"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/crew"
	"carriles/executor/crew/process/kernel"
	"carriles/executor/fault"
	"carriles/executor/trace"
	"carriles/filters"
)

var (
	twoProcesses = request.Shape{Processes: 2, Goroutines: 1, MaxProcs: 1}
	twoThreads   = request.Shape{Processes: 1, Goroutines: 2, MaxProcs: 2}
)

// maxAttempts is how often the crew tries a task.
const maxAttempts = 3

// long is a time that no test's image comes near.
const long = time.Minute

func repeat(names []string, n int) []string {
	var all []string
	for range n {
		all = append(all, names...)
	}
	return all
}

func TestShapesGiveTheSameFiles(t *testing.T) {
	l := newLab(t)
	s := spec(repeat([]string{"a.png", "b.png", "c.png"}, 4)...)
	var first map[int]string
	for _, shape := range []request.Shape{oneLane, twoThreads, twoProcesses, {Processes: 2, Goroutines: 2, MaxProcs: 2}} {
		c := l.crew(s, shape, long)
		// Warm: cold, the first process may do it all before the second is there.
		if err := c.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		job, out := l.job(nil)
		report, err := c.Run(t.Context(), job)
		if err != nil {
			t.Fatal(err)
		}
		got := out.contents()
		if len(got) != s.Count {
			t.Fatalf("%+v: %d outputs, want %d", shape, len(got), s.Count)
		}
		if first == nil {
			first = got
		} else if !maps.Equal(got, first) {
			t.Errorf("%+v: other bytes than the first shape's", shape)
		}
		checkAccounts(t, report, shape)
		for _, f := range out.files {
			os.Remove(f)
		}
	}
}

func checkAccounts(t *testing.T, r crew.Report, shape request.Shape) {
	t.Helper()
	tasks := 0
	pids := map[int]bool{}
	for i, a := range r.Lanes {
		tasks += a.Tasks
		pids[a.Worker.ProcessID] = true
		at := time.Duration(0)
		for _, s := range a.Spans {
			if s.Start != at || s.End <= s.Start {
				t.Errorf("%+v: lane %d: a hole or an overlap at %v: %+v", shape, i, at, s)
			}
			at = s.End
		}
		if at != r.Wall {
			t.Errorf("%+v: lane %d covers %v of %v", shape, i, at, r.Wall)
		}
		// That the spans have no holes is arithmetic; that what was recorded fits
		// into the clock is not.
		if a.Clipped > r.Wall/50 {
			t.Errorf("%+v: %v of lane %d's spans lie outside of the clock's %v or over each other", shape, a.Clipped, i, r.Wall)
		}
		for _, stage := range []trace.Stage{trace.Receive, trace.Decode, trace.Filter, trace.Encode, trace.Send} {
			if a.Tasks > 0 && trace.Spent(a.Spans, stage) <= 0 {
				t.Errorf("%+v: lane %d did %d tasks and spent nothing in %v", shape, i, a.Tasks, stage)
			}
		}
		if trace.Spent(a.Spans, trace.Spawn) != 0 || a.Startup <= 0 {
			t.Errorf("%+v: lane %d took %v to start, %v of it within a warm crew's clock", shape, i, a.Startup, trace.Spent(a.Spans, trace.Spawn))
		}
	}
	if tasks != len(r.Tasks) || len(pids) != shape.Processes || len(r.Lanes) != shape.Lanes() || len(r.Processes) != shape.Processes {
		t.Errorf("%+v: %d tasks by %d processes on %d lanes", shape, tasks, len(pids), len(r.Lanes))
	}
	if user, system := r.CPU(); user+system <= 0 || r.PeakMemory() <= 0 || r.Wall <= 0 || len(r.Deaths) > 0 {
		t.Errorf("%+v: CPU %v and %v, wall %v, deaths %v", shape, user, system, r.Wall, r.Deaths)
	}
	for i, p := range r.Processes {
		if i < shape.Processes && p.ProcessID != r.Lanes[i*shape.Goroutines].Worker.ProcessID {
			t.Errorf("%+v: account %d is that of process %d, not of its lane's %d", shape, i, p.ProcessID, r.Lanes[i*shape.Goroutines].Worker.ProcessID)
		}
		if (p.QueuedS != nil) != (kernel.Queued() != nil) || p.QueuedS != nil && *p.QueuedS < 0 {
			t.Errorf("%+v: process %d waited %v for a processor", shape, p.ProcessID, p.QueuedS)
		}
	}
	for i, task := range r.Tasks {
		if task.Err != nil || task.Attempts != 1 || !pids[task.Worker.ProcessID] {
			t.Errorf("%+v: task %d: %+v", shape, i, task)
		}
	}
}

func TestColdPoolsCountTheStart(t *testing.T) {
	l := newLab(t)
	job, _ := l.job(nil)
	report, err := l.crew(spec("a.png", "b.png"), oneLane, long).Run(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	lane := report.Lanes[0]
	if spawn := trace.Spent(lane.Spans, trace.Spawn); spawn <= 0 || spawn > lane.Startup || spawn < lane.Startup*9/10 || spawn > report.Wall {
		t.Errorf("spawn %v, start-up %v, of %v", spawn, lane.Startup, report.Wall)
	}
}

// A process that gets ready only when its neighbour has done everything has its
// account: the whole time went into its start.
func TestLateProcessesHaveAccounts(t *testing.T) {
	l := newLab(t)
	p := l.place()
	p.Command = []string{p.Command[0], lateWorker, l.dir}
	s := spec("a.png", "b.png", "c.png")
	job, out := l.job(func(done, _ int) {
		if done == s.Count { // the clock stops next
			l.write("go", nil)
		}
	})
	report, err := l.crewAt(p, s, twoProcesses, long).Run(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	if len(out.files) != s.Count || len(report.Lanes) != 2 || len(report.Processes) != 2 || len(report.Deaths) > 0 {
		t.Fatalf("%d outputs, %d lanes, %d processes, deaths %v", len(out.files), len(report.Lanes), len(report.Processes), report.Deaths)
	}
	early, late := report.Lanes[0], report.Lanes[1]
	if early.Tasks == 0 {
		early, late = late, early
	}
	spawn := trace.Spent(late.Spans, trace.Spawn)
	if early.Tasks != s.Count || late.Tasks != 0 || late.Worker == early.Worker || late.Clipped != 0 ||
		late.Startup <= spawn || spawn+trace.Spent(late.Spans, trace.Idle) != report.Wall || len(late.Spans) > 2 {
		t.Errorf("wall %v: the early one %+v, the late one %+v", report.Wall, early, late)
	}
	for _, process := range report.Processes {
		if process.UserS+process.SystemS <= 0 || process.PeakMemoryBytes <= 0 {
			t.Errorf("%+v", process)
		}
	}
}

func TestFatalImagesTakeOnlyThemselves(t *testing.T) {
	l := newLab(t)
	for image, want := range map[string]string{
		"crash.png": "panic: crash fixture",
		"exit.png":  "ended with code 3: exit fixture",
	} {
		for _, shape := range []request.Shape{twoThreads, twoProcesses} {
			job, out := l.job(nil)
			report, err := l.crew(spec("a.png", image, "b.png", "c.png", "a.png"), shape, long).Run(t.Context(), job)
			if err != nil {
				t.Fatal(err)
			}
			if got := slices.Sorted(maps.Keys(out.files)); !slices.Equal(got, []int{0, 2, 3, 4}) {
				t.Errorf("%s, %+v: outputs of tasks %v, want all but 1", image, shape, got)
			}
			checkFatal(t, image, report, report.Tasks[1], want)
			for _, f := range out.files {
				os.Remove(f)
			}
		}
	}
}

// An image that never ends is killed with its worker, each time that it is tried.
// It is alone here: however slow the machine, no other comes too late.
func TestEndlessImagesAreGivenUp(t *testing.T) {
	l := newLab(t)
	job, out := l.job(nil)
	report, err := l.crew(spec("hang.png"), twoThreads, 50*time.Millisecond).Run(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	if len(out.files) > 0 {
		t.Errorf("outputs %v", out.files)
	}
	checkFatal(t, "hang.png", report, report.Tasks[0], "did not finish the image within 50ms")
}

func checkFatal(t *testing.T, image string, r crew.Report, bad crew.TaskReport, want string) {
	t.Helper()
	if bad.Err == nil || !strings.Contains(bad.Err.Text.EN, want) || bad.Attempts != maxAttempts {
		t.Errorf("%s: after %d attempts: %v; want %d and %q", image, bad.Attempts, bad.Err, maxAttempts, want)
	}
	if len(r.Deaths) != maxAttempts {
		t.Errorf("%s: deaths %q, want %d", image, r.Deaths, maxAttempts)
	}
}

func TestUnreadableImagesAreNotTriedAgain(t *testing.T) {
	l := newLab(t)
	job, out := l.job(nil)
	report, err := l.crew(spec("broken.png", "a.png", "missing.png"), twoProcesses, long).Run(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	if len(out.files) != 1 || len(report.Deaths) > 0 {
		t.Errorf("%d outputs, deaths %v; want 1 and none", len(out.files), report.Deaths)
	}
	for _, i := range []int{0, 2} {
		if task := report.Tasks[i]; task.Err == nil || task.Err.Code != fault.CodeBadImage || task.Attempts != 1 {
			t.Errorf("task %d: %+v, want one attempt and %s", i, task, fault.CodeBadImage)
		}
	}
}

func TestCommitThatFailsIsTheTasksFailure(t *testing.T) {
	l := newLab(t)
	job, out := l.job(nil)
	l.write("out-1.png", nil) // in the way of task 1
	report, err := l.crew(spec("a.png", "b.png"), twoThreads, long).Run(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	if len(out.files) != 1 || report.Tasks[0].Err != nil || report.Tasks[1].Err == nil {
		t.Errorf("outputs %v, errors %v and %v", out.files, report.Tasks[0].Err, report.Tasks[1].Err)
	}
}

// TestKilledWorkersLoseNothing kills a worker every few images: the batch
// still gives what it gives undisturbed.
func TestKilledWorkersLoseNothing(t *testing.T) {
	for _, shape := range []request.Shape{twoThreads, twoProcesses} {
		l := newLab(t)
		images := repeat([]string{"a.png", "b.png", "c.png"}, 10)
		calm, calmOut := l.job(nil)
		if _, err := l.crew(spec(images...), shape, long).Run(t.Context(), calm); err != nil {
			t.Fatal(err)
		}
		want := calmOut.contents()
		for _, f := range calmOut.files {
			os.Remove(f)
		}

		p := l.place()
		kills := 0
		job, out := l.job(func(done, _ int) {
			if done%8 != 3 {
				return
			}
			if alive := p.alive(); len(alive) > 0 {
				alive[0].kill()
				kills++
			}
		})
		report, err := l.crewAt(p, spec(images...), shape, long).Run(t.Context(), job)
		if err != nil {
			t.Fatal(err)
		}
		if kills < 3 {
			t.Fatalf("%+v: only %d kills", shape, kills)
		}
		failed := 0
		for _, task := range report.Tasks {
			if task.Err != nil {
				failed++
			}
		}
		if len(out.files)+failed != len(images) {
			t.Errorf("%+v: %d outputs and %d failures of %d images", shape, len(out.files), failed, len(images))
		}
		for task, data := range out.contents() {
			if data != want[task] {
				t.Errorf("%+v: task %d has other bytes", shape, task)
			}
		}
		if left, _ := filepath.Glob(filepath.Join(l.dir, "temp", "*.png")); len(left) > kills*shape.Goroutines {
			t.Errorf("%+v: %d temporary files left after %d kills", shape, len(left), kills)
		}
	}
}

func TestWarmPoolsReuseTheirProcesses(t *testing.T) {
	l := newLab(t)
	c := l.crew(spec("a.png", "b.png", "c.png"), twoProcesses, long)
	if err := c.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	var pids [2][]int
	for i := range pids {
		job, out := l.job(nil)
		report, err := c.Run(t.Context(), job)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range report.Lanes {
			if spawn := trace.Spent(a.Spans, trace.Spawn); spawn != 0 {
				t.Errorf("job %d: %v of spawn within the clock of a warm crew", i, spawn)
			}
		}
		for _, account := range report.Processes {
			pids[i] = append(pids[i], account.ProcessID)
		}
		slices.Sort(pids[i])
		for _, f := range out.files {
			os.Remove(f)
		}
	}
	if !slices.Equal(pids[0], pids[1]) || len(pids[0]) != 2 {
		t.Errorf("processes %v in the first job, %v in the second", pids[0], pids[1])
	}
}

func TestCancelEndsTheWorkers(t *testing.T) {
	l := newLab(t)
	ctx, cancel := context.WithCancel(t.Context())
	job, _ := l.job(func(int, int) { cancel() })
	if _, err := l.crew(spec("a.png", "hang.png"), twoThreads, long).Run(ctx, job); !errors.Is(err, context.Canceled) {
		t.Errorf("Run gave %v, want the cancellation", err)
	}
	// The crew's cleanup checks that nobody is left.
}

func TestWorkerOfAnotherVersionIsRefused(t *testing.T) {
	l := newLab(t)
	p := l.place()
	p.Version = "another"
	c := l.crewAt(p, spec("a.png"), oneLane, long)
	job, _ := l.job(nil)
	report, err := c.Run(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	if e := report.Tasks[0].Err; e == nil || !strings.Contains(e.Text.EN, "the binary was replaced") {
		t.Errorf("error %v, want that the binary was replaced", e)
	}
	if err := c.Start(t.Context()); err == nil {
		t.Error("a warm crew of another version started")
	}
}

func TestWorkerByHandIsRefused(t *testing.T) {
	l := newLab(t)
	command := l.launcher().Command
	cmd := exec.Command(command[0], command[1:]...)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitRefused || !strings.Contains(string(out), "not by hand") {
		t.Errorf("%v: %s; want code %d", err, out, exitRefused)
	}
}

// TestWorkersHaveTheirShapesProcessors holds for both engines: bild spreads its
// filters over as many goroutines as GOMAXPROCS, and its init sets that to all
// CPUs. What a sequential batch burns of them is BenchmarkSequentialCores.
func TestWorkersHaveTheirShapesProcessors(t *testing.T) {
	l := newLab(t)
	l.add("procs.png", 20, 20, procsPixel)
	sequential, _ := request.LookupMethod(request.Sequential)
	for _, engine := range []string{filters.NativeName, filters.BildName} {
		// Three, so that one is not what the machine would give by itself.
		for want, shape := range map[uint8]request.Shape{
			1: sequential.Shape(request.DefaultWorkforce(2)), 2: twoThreads, 3: {Processes: 1, Goroutines: 1, MaxProcs: 3},
		} {
			s := spec("procs.png")
			s.Engine = engine
			job, out := l.job(nil)
			if _, err := l.crew(s, shape, long).Run(t.Context(), job); err != nil {
				t.Fatal(err)
			}
			img, err := png.Decode(strings.NewReader(out.contents()[0]))
			if err != nil {
				t.Fatal(err)
			}
			if got := color.NRGBAModel.Convert(img.At(1, 0)).(color.NRGBA).R; got != want {
				t.Errorf("%s, %+v: worked on %d processors, want %d", engine, shape, got, want)
			}
			for _, f := range out.files {
				os.Remove(f)
			}
		}
	}
}
