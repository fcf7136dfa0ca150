//go:build unix

package process

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/crew"
)

// TestKilledEvery20Milliseconds kills a random worker all the time, during 160
// images, 400 in make chaos: every image is one output, the same as undisturbed, or one failure with
// its reason. On a machine that is done before there were some kills it takes
// more than a batch.
func TestKilledEvery20Milliseconds(t *testing.T) {
	l := newLab(t)
	l.addNoise("noise.png", 120, 90)
	times := 40
	if os.Getenv("CARRILES_CHAOS") != "" {
		times = 100
	}
	images := repeat([]string{"noise.png", "a.png", "b.png", "c.png"}, times)
	calm, calmOut := l.job(nil)
	if _, err := l.crew(spec(images[:4]...), twoProcesses, long).Run(t.Context(), calm); err != nil {
		t.Fatal(err)
	}
	want := calmOut.contents()
	for _, f := range calmOut.files {
		os.Remove(f)
	}
	for _, shape := range []request.Shape{twoThreads, twoProcesses} {
		for kills := 0; kills < 10; {
			kills += l.killing(images, shape, want)
		}
	}
}

// killing runs a batch whose workers are killed, and tells how many were.
func (l lab) killing(images []string, shape request.Shape, want map[int]string) (kills int) {
	t := l.t
	p := l.place()
	var mu sync.Mutex
	var ready []*link
	job, out := l.job(func(int, int) { // who is killed has had time to do something
		mu.Lock()
		defer mu.Unlock()
		ready = p.alive()
	})
	stop, killer := make(chan struct{}), sync.WaitGroup{}
	killer.Go(func() {
		random := rand.New(rand.NewPCG(3, 4))
		for tick := time.NewTicker(20 * time.Millisecond); ; {
			select {
			case <-stop:
				tick.Stop()
				return
			case <-tick.C:
			}
			mu.Lock()
			if n := len(ready); n > 0 && signal(ready[random.IntN(n)], syscall.SIGKILL) == nil { // or it is gone already
				kills++
			}
			mu.Unlock()
		}
	})
	report, err := l.crewAt(p, spec(images...), shape, long).Run(t.Context(), job)
	close(stop)
	killer.Wait()
	if err != nil {
		t.Fatal(err)
	}
	failed := 0
	for i, task := range report.Tasks {
		if task.Err == nil {
			continue
		}
		failed++
		if task.Attempts != maxAttempts || !strings.Contains(task.Err.Text.EN, "signal killed") {
			t.Errorf("%+v: task %d failed after %d attempts: %v", shape, i, task.Attempts, task.Err)
		}
	}
	if len(out.files)+failed != len(images) {
		t.Errorf("%+v: %d outputs and %d failures of %d images", shape, len(out.files), failed, len(images))
	}
	t.Logf("%+v: %d kills, %d deaths with work in hand, %d images failed", shape, kills, len(report.Deaths), failed)
	for task, data := range out.contents() {
		if data != want[task%4] {
			t.Errorf("%+v: task %d has other bytes", shape, task)
		}
	}
	for _, f := range out.files {
		os.Remove(f)
	}
	return kills
}

// signal sends a worker a signal; never another process that has got its number.
func signal(l *link, s os.Signal) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cmd.Process.Signal(s)
}

// TestFrozenWorkerIsGivenUp stops the first worker as it says hello, and gives it a
// short time; nobody else is there before it. With the transport pipe an image is
// then on its way that the pipe does not hold: nobody may wait for it to be read.
func TestFrozenWorkerIsGivenUp(t *testing.T) {
	const short = 50 * time.Millisecond
	l := newLab(t)
	l.addNoise("noise.png", 200, 180)
	images := repeat([]string{"noise.png", "a.png"}, 4)
	for _, transport := range transports() {
		s := spec(images...)
		s.Transport = transport
		p := l.place()
		met := make(chan struct{})
		p.meet = func(w *link, h *crew.Hello, tell func()) {
			if w.id > 0 {
				<-met
				tell()
				return
			}
			if err := signal(w, syscall.SIGSTOP); err != nil {
				t.Error(err)
			}
			h.Timeout = short
			tell()
			close(met)
		}
		job, out := l.job(nil)
		report, err := l.crewAt(p, s, twoProcesses, long).Run(t.Context(), job)
		if err != nil {
			t.Fatal(err)
		}
		if len(out.files) != len(images) {
			t.Errorf("%s: %d outputs of %d", transport, len(out.files), len(images))
		}
		if want := fmt.Sprintf("worker process %d did not finish the image within %v", p.links[0].pid, short); !slices.Equal(report.Deaths, []string{want}) {
			t.Errorf("%s: deaths %q, want %q", transport, report.Deaths, want)
		}
		for _, f := range out.files {
			os.Remove(f)
		}
	}
}

// TestWorkersDieWithTheirServer kills a server that cannot clean up. One of
// its workers is stopped, and so cannot notice the end of its input. They go
// within a second, but where nobody has a processor for them.
func TestWorkersDieWithTheirServer(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc")
	}
	l := newLab(t)
	l.write("temp/.keep", nil)
	server := exec.Command(l.launcher().Command[0], "orphan-parent", l.dir)
	stdout, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	server.Stderr = os.Stderr
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Process.Kill() }) // if the test ends before it does so
	var workers []int
	for lines := bufio.NewScanner(stdout); lines.Scan() && lines.Text() != "ready"; {
		pid, err := strconv.Atoi(lines.Text())
		if err != nil {
			t.Fatal(err)
		}
		workers = append(workers, pid)
	}
	if len(workers) != 2 || !lives(workers[0]) || !lives(workers[1]) {
		t.Fatalf("workers %v, want two alive", workers)
	}
	if err := syscall.Kill(workers[0], syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if err := server.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = server.Wait()
	killed := time.Now()
	for lives(workers[0]) || lives(workers[1]) {
		if time.Since(killed) > long {
			t.Fatalf("a worker of %v is still there", workers)
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Logf("gone after %v", time.Since(killed))
}

// lives tells whether a process is there and not a zombie: in a container
// nobody may collect those.
func lives(pid int) bool {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(data), ") ")
	return !strings.HasPrefix(rest, "Z") && !strings.HasPrefix(rest, "X")
}
