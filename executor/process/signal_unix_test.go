//go:build unix

package process

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestFrozenWorkerIsGivenUp(t *testing.T) {
	l := newLab(t)
	images := repeat([]string{"a.png", "b.png"}, 10)
	p := l.pool(spec(images...), twoProcesses, 2*time.Second)
	frozen := 0
	job, out := l.job(func(done, _ int) {
		if frozen > 0 {
			return
		}
		for _, c := range p.children {
			if c.pid > 0 {
				if err := syscall.Kill(c.pid, syscall.SIGSTOP); err != nil {
					t.Error(err)
				}
				frozen = c.pid
				return
			}
		}
	})
	report, err := p.Run(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	if frozen == 0 || len(out.files) != len(images) {
		t.Errorf("froze %d: %d outputs of %d", frozen, len(out.files), len(images))
	}
	if len(report.Deaths) > 1 { // none if it was frozen between two tasks and never needed again
		t.Errorf("deaths %q", report.Deaths)
	}
}

// TestWorkersDieWithTheirServer kills a server that cannot clean up. One of
// its workers is stopped, and so cannot notice the end of its input.
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
	for deadline := time.Now().Add(10 * time.Second); lives(workers[0]) || lives(workers[1]); {
		if time.Now().After(deadline) {
			t.Fatalf("a worker of %v is still there", workers)
		}
		time.Sleep(10 * time.Millisecond)
	}
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
