package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"carriles/cmd/host/internal/hosttest"
	"carriles/executor/crew/room"
)

// TestKilledWithAJob kills a server that has a job, and starts it again: the job goes on
// as another run. With a queue that cannot be used it starts too, and says so.
func TestKilledWithAJob(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0") // the machine finds it again by its address
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close()
	dir, log, token := t.TempDir(), &hosttest.Log{}, strings.Repeat("presenter", 3)
	t.Setenv("CARRILES_CLASS_TOKEN", token)
	if err := os.MkdirAll(filepath.Join(dir, "images"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, data := range smallPhotos(t) {
		if err := os.WriteFile(filepath.Join(dir, "images", name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	m := startMortalAt(t, address, dir, log)
	m.join("http://"+address, room.CodeOf(token), "laptop")
	here := func() bool {
		return m.json("GET", "/api/workers/status/", "", 200).number("workers.active_count") == 1
	}
	eventually(t, "the machine is there", here)
	const chain = `"filters":["resize","blur"],"filter_params":{"resize":{"width":2000,"height":1500}}`
	id := m.post("/api/process-batch/distributed/", `{"count":30,`+chain+`}`, 200).text("task_id")
	status := func() object { return m.json("GET", "/api/task/"+id+"/status/", "", 200) }
	eventually(t, "the job is under way", func() bool { return status().text("status") == "processing" })
	m.kill()
	m = startMortalAt(t, address, dir, log)
	if s := status().text("status"); s != "pending" {
		t.Errorf("after the restart it is %q, want pending", s)
	}
	eventually(t, "the job is over", func() bool { return status().text("status") != "pending" && status().text("status") != "processing" })
	o := status()
	if o.text("status") != "completed" || o.text("task_id") != id || o.text("run_id") == id || o.number("result.success_count") != 30 {
		t.Errorf("%v", o)
	}
	states := map[string]int{}
	for _, v := range m.runs() {
		states[string(v.State)]++
	}
	if states["interrupted"] != 1 || states["done"] != 1 || len(states) != 2 {
		t.Errorf("the runs are %v", states)
	}
	eventually(t, "nothing is left in the queue", func() bool {
		_, text := m.do("GET", "/metrics", "")
		return strings.Contains(string(text), "\ncarriles_jobs 0\n")
	})
	m.kill()

	queue := filepath.Join(dir, ".queue")
	if err := os.RemoveAll(queue); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(queue, []byte("no folder"), 0o600); err != nil {
		t.Fatal(err)
	}
	m = startMortalAt(t, address, dir, log)
	refused := m.post("/api/process-batch/distributed/", `{}`, 503)
	if refused.text("code") != "no_workers" || !strings.Contains(refused.text("error"), "cola") || !strings.Contains(log.String(), "the queue cannot be used") {
		t.Errorf("%v; the log: %s", refused, log)
	}
	m.post("/api/process-batch/sequential/", `{"filters":["brightness"],"count":1}`, 200)
}
