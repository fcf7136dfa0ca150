package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"carriles/cmd/host/internal/hosttest"
	"carriles/executor/batch/result"
)

// container is a control group of the kernel's, by its folders: one in version 2,
// and in version 1 one for each controller.
type container struct {
	folders []string
	events  string // the file that counts the kernel's kills
}

// contain makes one with bounds: memory in bytes, cpus in processors (0: none). Why
// that cannot be done here is the error.
func contain(t *testing.T, memory int, cpus float64) (c container, err error) {
	const root = "/sys/fs/cgroup"
	const period = 100_000 // us
	name := fmt.Sprintf("carriles-test-%d-%d", os.Getpid(), time.Now().UnixNano())
	bounds := map[string][][2]string{ // of version 1
		"memory": {{"memory.limit_in_bytes", strconv.Itoa(memory)}},
		"cpu":    {{"cpu.cfs_period_us", strconv.Itoa(period)}, {"cpu.cfs_quota_us", strconv.Itoa(int(cpus * period))}},
	}
	events := "memory.oom_control"
	if _, unified := os.Stat(filepath.Join(root, "cgroup.controllers")); unified == nil {
		bounds = map[string][][2]string{"": {{"memory.max", strconv.Itoa(memory)}, {"memory.swap.max", "0"}}}
		if cpus > 0 {
			bounds[""] = append(bounds[""], [2]string{"cpu.max", fmt.Sprintf("%d %d", int(cpus*period), period)})
		}
		events = "memory.events"
	} else if cpus == 0 {
		delete(bounds, "cpu")
	}
	t.Cleanup(func() { // after what is in it has ended
		for _, folder := range c.folders {
			eventually(t, "the group is empty", func() bool { return os.Remove(folder) == nil })
		}
	})
	for controller, files := range bounds {
		folder := filepath.Join(root, controller, name)
		if err := os.Mkdir(folder, 0o755); err != nil {
			return c, err
		}
		c.folders = append(c.folders, folder)
		for _, f := range files {
			if err := os.WriteFile(filepath.Join(folder, f[0]), []byte(f[1]), 0o644); err != nil && f[0] != "memory.swap.max" {
				return c, err
			}
		}
		if controller != "cpu" {
			c.events = filepath.Join(folder, events)
		}
	}
	return c, nil
}

// within is what a command has before it, to be run in the container.
func (c container) within() []string {
	script := ""
	for _, folder := range c.folders {
		script += "echo $$ > " + folder + "/cgroup.procs && "
	}
	return []string{"/bin/sh", "-c", script + `exec "$0" "$@"`}
}

// kills is how many processes the kernel has taken for lack of memory.
func (c container) kills() (n int) {
	data, _ := os.ReadFile(c.events) // 0 if it cannot be read
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(line, "oom_kill "); ok {
			n, _ = strconv.Atoi(strings.TrimSpace(rest))
		}
	}
	return n
}

// heldBack is how long the kernel has held the container's processes back, in ns.
func (c container) heldBack() (ns int64) {
	for _, folder := range c.folders {
		data, _ := os.ReadFile(filepath.Join(folder, "cpu.stat")) // that of memory has none
		for line := range strings.Lines(string(data)) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
			n, _ := strconv.ParseInt(value, 10, 64)
			switch name {
			case "throttled_time":
				ns = n
			case "throttled_usec":
				ns = 1000 * n
			}
		}
	}
	return ns
}

// starve runs eight workers on large pictures in a container of 200 MB: the kernel takes
// workers and not the server, and each image is there or named. The server says how
// large its pools are and why. In another one, of half a processor, it says what it was given,
// and how long that has held it back.
func (s *siege) starve() {
	c, err := contain(s.T, 200<<20, 0)
	if err != nil {
		s.skipped = "no container here: " + err.Error()
		s.Skip(s.skipped)
	}
	dir := s.TempDir()
	names := make([]string, 8)
	if err := os.MkdirAll(filepath.Join(dir, "images"), 0o755); err != nil {
		s.Fatal(err)
	}
	for i := range names {
		names[i] = fmt.Sprintf("large-%d.jpg", i)
		if err := os.WriteFile(filepath.Join(dir, "images", names[i]), scanBomb(1), 0o644); err != nil { // of 16 megapixels
			s.Fatal(err)
		}
	}
	m := startMortal(s.T, dir, &hosttest.Log{}, c.within()...)
	defer func() {
		if s.Failed() {
			s.Logf("%d taken by the kernel; the server has not ended: %v; its log: %s", c.kills(), m.cmd.Process.Signal(syscall.Signal(0)) == nil, m.log)
		}
	}()
	o := m.json("GET", "/api/topology/", "", http.StatusOK)
	if o.number("pool.workers") != 1 || !strings.HasPrefix(o.text("pool_reason.en"), "1: the memory is 200 MiB") {
		s.Errorf("pools of %g: %q", o.number("pool.workers"), o.text("pool_reason.en"))
	}
	list, err := json.Marshal(names)
	if err != nil {
		s.Fatal(err)
	}
	for range s.n {
		v := s.finished(m, fmt.Sprintf(`{"filters":["brightness"],"images":%s,"count":%d,"workers":8,"methods":["multiprocessing"]}`, list, len(names)))
		for _, r := range v.Result.Results {
			s.try(m.explained(r.Results, len(names)))
		}
		s.try(m.healthy())
	}
	if c.kills() == 0 {
		s.Error("the kernel has taken nobody: nothing is proved")
	}
	s.Logf("%d taken by the kernel", c.kills())

	half, err := contain(s.T, 1<<30, 0.5)
	if err != nil {
		s.Fatal(err)
	}
	m = s.server(half.within()...)
	before := half.heldBack()
	v := s.finished(m, `{"filters":["blur","sharpen"],"count":12,"methods":["sequential"]}`)
	env, held := v.Result.Environment, half.heldBack()-before
	if told := env.ThrottledS != nil && *env.ThrottledS > 0; env.CPUQuota != "0.5" || told && held == 0 || !told && held > int64(100*time.Millisecond) {
		s.try(fmt.Errorf("half a processor is told as %q, held back for %v; the kernel counts %v", env.CPUQuota, env.ThrottledS, time.Duration(held)))
	} else {
		s.try(nil)
	}
	s.Logf("held back for %v, says the kernel", time.Duration(held)) // 0 where others leave it less than its half
}

// finished is a run with a result.
func (s *siege) finished(m mortal, body string) (v result.RunView) {
	s.Helper()
	id := m.submit(body)
	eventually(s.T, "the run ends", func() bool { v = m.view(id); return v.State.Final() })
	if v.Result == nil {
		s.Fatalf("the run is %s; the log: %s", v.State, m.log)
	}
	return v
}

// explained fails unless each image is an output that is there or an error.
func (m mortal) explained(results []result.TaskResult, images int) error {
	if len(results) != images {
		return fmt.Errorf("%d results of %d images", len(results), images)
	}
	for i, task := range results {
		_, gone := os.Stat(filepath.Join(m.dir, strings.TrimPrefix(task.ProcessedPath, "/static/")))
		if there := task.ProcessedPath != "" && gone == nil; there == (task.Error != "") {
			return fmt.Errorf("image %d is neither there nor explained: %+v", i, task)
		}
	}
	return nil
}
