package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	psprocess "github.com/shirou/gopsutil/v4/process"

	"carriles/cmd/host/internal/queue/queuetest"
	"carriles/executor/crew/room"
)

// laptop starts a machine of a server's room.
func (m mortal) laptop(name string) *joined {
	m.t.Helper()
	return m.join(m.url, room.CodeOf(answersToken), name)
}

// hasMachines waits until so many are there.
func (m mortal) hasMachines(n int) {
	m.t.Helper()
	eventually(m.t, fmt.Sprint(n, " machines are there"), func() bool {
		return int(m.json("GET", "/api/workers/status/", "", 200).number("workers.active_count")) == n
	})
}

// child is what computes for a machine, if anything does.
func (j *joined) child() (pid int) {
	p, err := psprocess.NewProcess(int32(j.Process.Pid))
	if err != nil {
		return 0
	}
	for below := []*psprocess.Process{p}; len(below) > 0; below = below[1:] {
		children, _ := below[0].Children() // none is an error there
		for _, c := range children {
			if line, err := c.CmdlineSlice(); err == nil && len(line) > 0 && line[len(line)-1] != "watch" {
				return int(c.Pid)
			}
		}
		below = append(below, children...)
	}
	return 0
}

// distributed asks for a batch of the room's machines and waits for it.
func (m mortal) distributed(images int) chan error {
	done := make(chan error, 1)
	go func() {
		code, data, err := m.ask("127.0.0.1", "POST", "/api/process-batch/distributed/",
			fmt.Sprintf(`{"wait":true,"alone":true,"filters":["resize","sharpen"],"count":%d}`, images))
		if err == nil && code != http.StatusOK {
			err = fmt.Errorf("%d %.300s", code, data)
		}
		if err == nil {
			err = m.whole(data, images)
		}
		done <- err
	}()
	return done
}

// killMachines kills one of two machines, or what computes for it, in turns, at any
// moment of a batch.
func (s *siege) killMachines() {
	m, machines := s.server(), [2]*joined{}
	for i := range machines {
		machines[i] = m.laptop(fmt.Sprint("laptop ", i+1))
	}
	for try := range s.n {
		m.hasMachines(2)
		done := m.distributed(20)
		time.Sleep(time.Duration(s.random.IntN(500)) * time.Millisecond)
		i := s.random.IntN(2)
		if child := machines[i].child(); child > 0 && try%2 == 0 {
			_ = signalTo(child, syscall.SIGKILL) // it may have ended
		} else {
			_ = machines[i].Process.Kill()
			<-machines[i].ended
			machines[i] = m.laptop(fmt.Sprint("laptop ", i+1))
		}
		s.try(<-done)
	}
}

// killRoomsHost kills a server at any moment of a job that nobody waits for, and starts
// it again at its address: the machine finds it, and the job ends with all its images.
func (s *siege) killRoomsHost() {
	const images = 12
	m := s.server()
	address := strings.TrimPrefix(m.url, "http://")
	m.laptop("laptop")
	for range s.n {
		m.hasMachines(1)
		id := m.post("/api/process-batch/distributed/", fmt.Sprintf(`{"alone":true,"filters":["resize","sharpen"],"count":%d}`, images), 200).text("task_id")
		time.Sleep(time.Duration(s.random.IntN(700)) * time.Millisecond)
		m.kill()
		m = startMortalAt(s.T, address, m.dir, m.log)
		var o object
		eventually(s.T, "the job is over", func() bool {
			o = m.json("GET", "/api/task/"+id+"/status/", "", 200)
			return o.text("status") != "pending" && o.text("status") != "processing"
		})
		var err error
		if o.text("status") != "completed" || o.number("result.success_count") != images {
			err = fmt.Errorf("the job is %v", o)
		}
		if left := append(m.files(".work"), m.files(".pending")...); len(left) > 0 {
			err = errors.Join(err, fmt.Errorf("left over: %q", left))
		}
		s.try(err)
	}
}

// killOneOfThree kills the server that has a job of the queue that three share: another
// does it. Before that, who was asked while it had its hands full answers with what
// another has done.
func (s *siege) killOneOfThree() {
	const images = 100
	s.Setenv("CARRILES_QUEUE", queuetest.Hub(s.T))
	var hosts [3]mortal
	for i := range hosts {
		hosts[i] = s.server()
		hosts[i].laptop("laptop")
	}
	for range s.n {
		for _, h := range hosts {
			h.hasMachines(1)
		}
		id := hosts[0].post("/api/process-batch/distributed/", fmt.Sprintf(`{"alone":true,"filters":["resize","blur"],"filter_params":{"resize":{"width":2000,"height":1500}},"count":%d}`, images), 200).text("task_id")
		holder := -1
		eventually(s.T, "one has it", func() bool {
			for i, h := range hosts {
				code, data := h.do("GET", "/api/runs/"+id+"/", "")
				var run struct{ State string }
				if code == http.StatusOK && json.Unmarshal(data, &run) == nil && run.State == "running" {
					holder = i
				}
			}
			return holder >= 0
		})
		busy := hosts[holder]
		other := busy.post("/api/process-batch/distributed/", `{"wait":true,"alone":true,"filters":["brightness"],"count":2}`, 200)
		path := other.text("results.0.processed_path")
		if other.number("success_count") != 2 || !strings.HasPrefix(path, "http://") || strings.HasPrefix(path, strings.Replace(busy.url, "127.0.0.1", "localhost", 1)) {
			s.Errorf("what another server has done: %v", other)
		}
		if resp, err := http.Get(path); err != nil || resp.StatusCode != http.StatusOK {
			s.Errorf("its output %s: %v, %v", path, resp, err)
		} else {
			resp.Body.Close()
		}
		busy.kill()
		witness := hosts[(holder+1)%3]
		var task object
		eventually(s.T, "another has done it", func() bool {
			task = witness.json("GET", "/api/task/"+id+"/status/", "", 200)
			return task.text("status") == "completed"
		})
		at := witness.url
		if task.text("host") != "" {
			at = task.text("host")
		}
		var run object
		resp, err := http.Get(at + "/api/runs/" + task.text("run_id") + "/")
		if err == nil {
			err = json.NewDecoder(resp.Body).Decode(&run)
			resp.Body.Close()
		}
		if err == nil && run.number("result.results.distributed.success_count") != images {
			err = fmt.Errorf("%v is %v", task, run)
		}
		s.try(err)
		hosts[holder] = s.server()
		hosts[holder].laptop("laptop")
	}
}

// damageQueue cuts files of the queue of a server that is not running, or writes into
// them: it starts, with a queue or without one, of which it says so, and does what needs
// none.
func (s *siege) damageQueue() {
	m := s.server()
	m.laptop("laptop") // it does not find the next server, which has another port
	m.hasMachines(1)
	if err := <-m.distributed(2); err != nil {
		s.Fatal(err)
	}
	for range s.n {
		m.kill()
		err := filepath.WalkDir(filepath.Join(m.dir, ".queue"), func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || s.random.IntN(2) == 0 {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if len(data) > 0 && s.random.IntN(2) == 0 {
				data[s.random.IntN(len(data))] ^= 0xff
			} else {
				data = data[:s.random.IntN(len(data)+1)]
			}
			return os.WriteFile(path, data, 0o600)
		})
		if err != nil {
			s.Fatal(err)
		}
		m = startMortalAt(s.T, "127.0.0.1:0", m.dir, m.log)
		m.laptop("laptop")
		m.hasMachines(1)
		code, data, err := m.ask("127.0.0.1", "POST", "/api/process-batch/sequential/", `{"filters":["brightness"],"count":1}`)
		if err == nil && code == http.StatusOK {
			code, data, err = m.ask("127.0.0.1", "POST", "/api/process-batch/distributed/", `{"wait":true,"alone":true,"filters":["brightness"],"count":1}`)
		}
		if err == nil && code != http.StatusOK && code != http.StatusServiceUnavailable {
			err = fmt.Errorf("%d %.300s", code, data)
		}
		s.try(err)
	}
}

// pullCable takes a machine's link down in the middle of a batch, and up again.
func (s *siege) pullCable() {
	ip := func(line ...string) error {
		words := strings.Fields(strings.Join(line, " "))
		if out, err := exec.Command("ip", words...).CombinedOutput(); err != nil {
			return fmt.Errorf("ip %s: %w: %s", words, err, out)
		}
		return nil
	}
	if s.n == 0 {
		s.Skip("in the long form only")
	}
	if _, err := exec.LookPath("ip"); err != nil || os.Getuid() != 0 {
		s.skipped = "network namespaces take root and the command ip"
		s.Skip(s.skipped)
	}
	space, cable := fmt.Sprint("carriles-", os.Getpid()), fmt.Sprint("cc", os.Getpid()%1000000)
	s.Cleanup(func() { _ = ip("netns del", space) }) // it may be half made
	for _, line := range []string{
		"netns add " + space, "link add " + cable + " type veth peer name eth0 netns " + space, "addr add 10.214.0.1/30 dev " + cable, "link set " + cable + " up",
		"-n " + space + " addr add 10.214.0.2/30 dev eth0", "-n " + space + " link set eth0 up", "-n " + space + " link set lo up",
	} {
		if err := ip(line); err != nil {
			s.skipped = err.Error()
			s.Skip(s.skipped)
		}
	}
	m := s.server()
	m.kill()
	m = startMortalAt(s.T, "0.0.0.0:0", m.dir, m.log)
	m.laptop("here")
	_, port, _ := strings.Cut(strings.TrimPrefix(m.url, "http://"), ":")
	m.joinBehind([]string{"ip", "netns", "exec", space}, "http://10.214.0.1:"+port, room.CodeOf(answersToken), "by cable")
	for range s.n {
		m.hasMachines(2)
		done := m.distributed(30)
		time.Sleep(time.Duration(s.random.IntN(600)) * time.Millisecond)
		if err := ip("link set", cable, "down"); err != nil {
			s.Fatal(err)
		}
		err := <-done
		if up := ip("link set", cable, "up"); up != nil {
			s.Fatal(up)
		}
		s.try(err)
	}
}
