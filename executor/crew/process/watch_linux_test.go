package process

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"carriles/executor/crew"
	"carriles/executor/crew/process/kernel"
)

// stopper is a process that stops the children of another one between fork and
// exec, as soon as it sees them, and says so with a line each.
const stopper = "stopper"

// stopChildrenOf goes on until its input ends. Before its exec a child has the
// command line of its parent, whose memory it borrows.
func stopChildrenOf(parent string) {
	go func() {
		_, _ = os.Stdin.Read(make([]byte, 1))
		os.Exit(0)
	}()
	line := func(pid string) []byte { b, _ := os.ReadFile("/proc/" + pid + "/cmdline"); return b }
	own, self := line(parent), strconv.Itoa(os.Getpid())
	seen := map[string]bool{self: true}
	for {
		for _, pid := range childrenOf(parent) {
			if seen[pid] {
				continue
			}
			n, _ := strconv.Atoi(pid)
			_ = syscall.Kill(n, syscall.SIGSTOP)
			seen[pid] = true
			time.Sleep(time.Millisecond) // until it is stopped
			if bytes.Equal(line(pid), own) {
				fmt.Println(pid)
			} else {
				_ = syscall.Kill(n, syscall.SIGCONT)
			}
		}
	}
}

// childrenOf are those of a process that have not ended: of all its threads.
func childrenOf(process string) (pids []string) {
	tasks, _ := filepath.Glob("/proc/" + process + "/task/[0-9]*/children")
	for _, file := range tasks {
		list, _ := os.ReadFile(file)
		pids = append(pids, strings.Fields(string(list))...)
	}
	return pids
}

// stopper has the children of this process stopped until the test ends; met tells how
// many were.
func (l lab) stopper() (met func() int) {
	t := l.t
	t.Helper()
	cmd := exec.Command(l.launcher().Command[0], stopper, strconv.Itoa(os.Getpid()))
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var hits atomic.Int64
	var background sync.WaitGroup
	background.Go(func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			hits.Add(1)
		}
	})
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
		background.Wait()
	})
	return func() int { return int(hits.Load()) }
}

// TestStoppedBetweenForkAndExec has workers stopped before they are ones, while the
// garbage is collected all the time: neither a start nor a kill waits for them. It goes
// on until some were met in that moment, which takes some starts.
func TestStoppedBetweenForkAndExec(t *testing.T) {
	l := newLab(t)
	watch := l.watch()
	met := l.stopper()
	var collector sync.WaitGroup
	defer collector.Wait()
	over := make(chan struct{})
	defer close(over)
	collector.Go(func() {
		for {
			select {
			case <-over:
				return
			default:
				runtime.GC()
			}
		}
	})
	starts := 0
	for ; met() < 5; starts++ {
		p := l.place()
		p.Watch = watch
		c := crew.New(p, crew.Config{Spec: spec("a.png"), Shape: twoProcesses, Timeout: long})
		if err := c.Start(t.Context()); err != nil {
			t.Error(err)
		}
		c.Close()
	}
	t.Logf("%d starts of two, %d stopped before their exec", starts, met())

	// One that is killed while it starts is gone, too.
	for before := met(); met() < before+2; starts++ {
		p := l.place()
		p.Watch = watch
		c := crew.New(p, crew.Config{Spec: spec("a.png"), Shape: oneLane, Timeout: long})
		link, _ := p.Hire(0, crew.Setup{Spec: spec("a.png"), Shape: oneLane}, func(crew.Event) bool { return true })
		time.Sleep(time.Duration(starts%7) * 100 * time.Microsecond)
		link.Kill()
		<-asLink(link).gone
		c.Close()
	}
}

// Who watches may be killed, and another one does; or be stopped, and goes on with the
// next start.
func TestWatchIsWatched(t *testing.T) {
	w := newLab(t).watch()
	pid := func() int {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.pipe == nil {
			return 0
		}
		return w.process.Pid
	}
	first := pid()
	if err := syscall.Kill(first, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(long)
	for pid() == 0 || pid() == first {
		if time.Now().After(deadline) {
			t.Fatal("nobody watches any more")
		}
		time.Sleep(time.Millisecond)
	}
	if err := syscall.Kill(pid(), syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	for !kernel.Stopped(pid()) {
		time.Sleep(time.Millisecond)
	}
	if err := w.Start(exec.Command("/nonexistent")); err == nil {
		t.Error("what is not there has started")
	}
	for kernel.Stopped(pid()) {
		if time.Now().After(deadline) {
			t.Fatal("it stays stopped")
		}
		time.Sleep(time.Millisecond)
	}
}

// The kernel takes a worker first when memory runs out, and not the server.
func TestWorkersAreTakenFirst(t *testing.T) {
	l := newLab(t)
	p := l.place()
	p.meet = func(w *link, h *crew.Hello, tell func()) {
		got, err := os.ReadFile(fmt.Sprintf("/proc/%d/oom_score_adj", h.ProcessID))
		if err != nil || string(bytes.TrimSpace(got)) != "1000" {
			t.Errorf("oom_score_adj %q, %v", got, err)
		}
		tell()
	}
	job, _ := l.job(nil)
	if _, err := l.crewAt(p, spec("a.png"), oneLane, long).Run(t.Context(), job); err != nil {
		t.Fatal(err)
	}
}
