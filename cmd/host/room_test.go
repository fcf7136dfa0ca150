package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"io"
	"net"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"carriles/cmd/host/internal/hosttest"
	"carriles/executor/crew/room"
	"carriles/executor/crew/room/wire"
)

// joined is a machine that has come into a server's room: a real "carriles worker".
type joined struct {
	*exec.Cmd
	said  *bytes.Buffer
	ended chan struct{}
}

// join starts a machine that finds the host at an address.
func (s *server) join(host, code, name string, args ...string) *joined {
	s.t.Helper()
	return s.joinBehind(nil, host, code, name, args...)
}

// joinBehind is join behind a command, if there is one.
func (s *server) joinBehind(behind []string, host, code, name string, args ...string) *joined {
	s.t.Helper()
	command, _ := workers(s.t)
	line := slices.Concat(behind, command[:1], []string{workerSubcommand, "-join", host + "#" + code, "-name", name, "-lanes", "1"}, args)
	j := &joined{Cmd: exec.Command(line[0], line[1:]...), said: &bytes.Buffer{}, ended: make(chan struct{})}
	j.Stderr = j.said
	if err := j.Start(); err != nil {
		s.t.Fatal(err)
	}
	go func() {
		_ = j.Wait() // what it ended with is in its state
		close(j.ended)
	}()
	s.t.Cleanup(func() {
		_ = j.Process.Kill() // it may have ended
		<-j.ended
	})
	return j
}

// devices are the names of those in the room.
func (s *server) devices() (names []string) {
	for _, d := range s.app.room.View().Devices {
		names = append(names, d.Name)
	}
	return names
}

func (s *server) hasDevices(want ...string) {
	s.t.Helper()
	eventually(s.t, fmt.Sprint(want, " are in the room"), func() bool {
		names := s.devices()
		slices.Sort(names)
		return slices.Equal(names, want)
	})
}

// relay passes connections on, until they are cut.
type relay struct {
	net.Listener
	mu    sync.Mutex
	conns []net.Conn
}

func newRelay(t *testing.T, to string) *relay {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{Listener: l}
	t.Cleanup(func() {
		l.Close()
		r.cut()
	})
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", to)
			if err != nil {
				in.Close()
				continue
			}
			r.mu.Lock()
			r.conns = append(r.conns, in, out)
			r.mu.Unlock()
			for _, way := range [][2]net.Conn{{in, out}, {out, in}} {
				go func() {
					_, _ = io.Copy(way[0], way[1]) // until it is cut
					way[0].Close()
				}()
			}
		}
	}()
	return r
}

// cut closes all connections.
func (r *relay) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.conns {
		c.Close()
	}
	r.conns = nil
}

// The room with real machines: who may come in, what a batch is without and with
// them, and that one which is killed, one that is stopped and one whose connection is
// cut cost no image.
func TestRoomOfMachines(t *testing.T) {
	s := start(t, map[string][]byte{
		"a.png": hosttest.Encoded(t, "png", picture(900, 600, 1)), "b.png": hosttest.Encoded(t, "png", picture(800, 500, 2)),
	})
	const distributed = "/api/process-batch/distributed/"
	if none := s.post(distributed, `{}`, http.StatusServiceUnavailable); none.text("code") != "no_workers" || none.text("error") == "" {
		t.Errorf("without machines: %v", none)
	}
	if bad := s.post(distributed, `{"count":0,"wait":3}`, http.StatusBadRequest); len(bad.list("faults")) != 2 {
		t.Errorf("a bad request: %v", bad)
	}
	without := s.post("/api/process-batch/compare-all/", `{"methods":["sequential","distributed"],"count":2,"rounds":1}`, 200)
	if without.at("results.distributed") != nil || without.at("results.sequential") == nil || !strings.Contains(without.text("unavailable.distributed.en"), "carriles worker") ||
		!strings.Contains(without.text("performance.caution.en"), "Distributed took no part: no machine is in the room") {
		t.Errorf("a comparison without machines: %v", without)
	}

	code, cable := s.app.room.Code(), newRelay(t, s.app.Addr().String())
	killed := s.join(s.url, code, "killed")
	stopped := s.join(s.url, code, "stopped")
	s.join("http://"+cable.Addr().String(), code, "cut")
	s.join(s.url, code, "steady")
	s.join(s.url, code, "blurs", "-filters", "blur")
	s.hasDevices("blurs", "cut", "killed", "steady", "stopped")

	const chain = `"filters":["heavy_sharpen","edges"],"filter_params":{"sharpen":{"intensity":10}}`
	c := s.post("/api/process-batch/compare-all/", `{"methods":["sequential","distributed"],"count":8,"rounds":1,"pool":"warm",`+chain+`}`, 200)
	if d := c.text("results.distributed.output_digest"); d == "" || d != c.text("results.sequential.output_digest") || c.number("results.distributed.workers") != 4 || c.number("results.distributed.success_count") != 8 {
		t.Errorf("%v", c.at("results.distributed"))
	}
	fetched := false
	for _, worker := range c.list("results.distributed.overhead.workers") {
		w, sum := object(worker.(map[string]any)), 0.0
		for name := range w {
			if strings.HasSuffix(name, "_s") && !slices.Contains([]string{"wall_s", "queued_s", "blocked_s", "clock_error_s"}, name) {
				sum += w.number(name)
			}
		}
		if wall := w.number("wall_s"); sum < 0.98*wall || sum > 1.02*wall || w.text("kind") != "machine" || w.text("device") == "" || w.number("process_id") != 0 {
			t.Errorf("an account of %.3f s in %.3f: %v", sum, wall, w)
		}
		fetched = fetched || w.number("fetch_s") > 0
	}
	if !fetched {
		t.Error("no image came over the network")
	}

	queued := s.post(distributed, `{"count":40,`+chain+`}`, 200)
	queued.has(t, "", "b:success s:method s:task_id n:processing_time n:worker_info.active_workers s:status s:message b:distributed_stats.queue_used b:distributed_stats.fault_tolerant b:distributed_stats.scalable")
	if queued.text("status") != "enqueued" || queued.text("method") != "distributed" || queued.number("worker_info.active_workers") != 4 {
		t.Errorf("%v", queued)
	}
	for _, blow := range []struct {
		name   string
		strike func() error
	}{
		{"stopped", func() error { return stopped.Process.Signal(freeze) }},
		{"killed", killed.Process.Kill},
		{"cut", func() error { cable.cut(); return nil }},
	} {
		eventually(t, blow.name+" is at work", func() bool {
			return slices.ContainsFunc(s.app.room.View().Devices, func(d room.Device) bool { return d.Name == blow.name && d.Busy > 0 })
		})
		if err := blow.strike(); err != nil {
			t.Fatal(err)
		}
	}
	var task object
	eventually(t, "the task is done", func() bool {
		task = s.json("GET", "/api/task/"+queued.text("task_id")+"/status/", "", 200)
		return !slices.Contains([]string{"pending", "processing"}, task.text("status"))
	})
	task.has(t, "", "s:task_id s:created_at s:started_at s:completed_at n:total_duration o:result")
	if task.text("status") != "completed" || task.number("result.success_count") != 40 {
		t.Errorf("%v", task)
	}
	deaths := fmt.Sprint(task.list("result.worker_deaths"))
	// Of one that is stopped, somebody idle may have got a copy before it was missed.
	for _, want := range []string{"machine killed lost its connection", "machine stopped gave no sign for 3|for machine stopped had had it", "machine cut lost its connection"} {
		if !slices.ContainsFunc(strings.Split(want, "|"), func(w string) bool { return strings.Contains(deaths, w) }) {
			t.Errorf("%q is not told of in %q", want, deaths)
		}
	}
	s.hasDevices("blurs", "cut", "steady") // what was cut has come back
	if err := stopped.Process.Signal(thaw); err != nil {
		t.Fatal(err)
	}
	s.hasDevices("blurs", "cut", "steady", "stopped")
	s.tellsOfRoom()
	s.sweepsDevices()
	s.findsLiars(c.text("results.sequential.output_digest"), chain)
	s.keepsOut()
}

// tellsOfRoom checks what the course's scripts read of a room of four.
func (s *server) tellsOfRoom() {
	s.t.Helper()
	w := s.json("GET", "/api/workers/status/", "", 200)
	w.has(s.t, "", "b:success s:timestamp s:system_status l:workers.workers_detail n:queue_stats.pending_tasks n:queue_stats.total_tasks_processed o:queue_stats.task_status_breakdown "+
		"o:system_capabilities n:performance.total_tasks_completed n:performance.total_failures s:performance.success_rate s:recommendations.scaling s:recommendations.monitoring s:recommendations.maintenance")
	w.has(s.t, "workers.workers_detail.0", "s:id s:status l:capabilities s:last_heartbeat n:tasks_completed n:tasks_failed n:uptime s:health")
	if w.text("system_status") != "healthy" || w.number("workers.active_count") != 4 || w.number("workers.total_registered") < 5 || w.number("queue_stats.task_status_breakdown.completed") == 0 {
		s.t.Errorf("%v", w)
	}
	m := s.json("GET", "/api/metrics/", "", 200)
	m.has(s.t, "", "s:status s:timestamp n:scaling_config.min_workers n:scaling_config.max_workers")
	m.has(s.t, "metrics", "n:cpu_usage n:cpu_count n:memory_usage n:memory_available_gb n:memory_total_gb n:queue_length n:active_workers n:busy_workers n:worker_utilization n:success_rate")
	m.has(s.t, "scaling_recommendation", "s:action n:current_workers n:recommended_workers s:reason n:confidence s:urgency s:note")
	if m.number("metrics.active_workers") != 4 || !strings.Contains(m.text("scaling_recommendation.reason"), "Little") {
		s.t.Errorf("%v", m)
	}
	s.json("GET", "/api/task/none/status/", "", http.StatusNotFound).has(s.t, "", "s:error s:suggestion")
}

// sweepsDevices has one, two and nine of a room of four take part; of nine nothing is
// measured, which is said.
func (s *server) sweepsDevices() {
	s.t.Helper()
	sweep := s.post("/api/sweep/", `{"methods":["distributed"],"over":"devices","values":[1,2,9],"rounds":1,"count":4,"filters":["blur"]}`, 200)
	if len(sweep.list("points")) != 2 || sweep.number("points.0.results.distributed.workers") != 1 || sweep.number("points.1.results.distributed.workers") != 2 ||
		!strings.Contains(sweep.text("caution.en"), "With more than 4 devices nothing was measured") || sweep.at("pixels_equal") != true {
		s.t.Errorf("%v", sweep)
	}
	if few := s.post("/api/process-batch/distributed/", `{"wait":true,"alone":true,"devices":3,"count":4,"filters":["blur"]}`, 200); few.number("workers") != 3 || few.at("here") != nil {
		s.t.Errorf("three devices: %v", few)
	}
}

// findsLiars has a device that gives a picture, but not the right one, take part in a
// batch that is known to have the pixels of a digest.
func (s *server) findsLiars(digest, chain string) {
	s.t.Helper()
	s.lie("liar")
	s.hasDevices("blurs", "cut", "liar", "steady", "stopped")
	d := s.post("/api/process-batch/distributed/", `{"wait":true,"count":8,"pool":"warm",`+chain+`}`, 200)
	if d.number("success_count") != 8 || d.text("output_digest") != digest {
		s.t.Errorf("%v", d)
	}
	if here := d.text("here.text.en"); !strings.Contains(here, "times as fast as this machine") || d.number("here.sequential_time") <= 0 || d.number("here.rounds") != 1 {
		s.t.Errorf("the same batch on this machine: %v", d.at("here"))
	}
	if deaths := fmt.Sprint(d.list("worker_deaths")); !strings.Contains(deaths, "machine liar gave other pixels than this machine") {
		s.t.Errorf("%s", deaths)
	}
	s.hasDevices("blurs", "cut", "steady", "stopped")
}

// lie brings a device that answers every order with the same white picture.
func (s *server) lie(name string) {
	s.t.Helper()
	white := hosttest.Encoded(s.t, "png", image.NewNRGBA(image.Rect(0, 0, 9, 9)))
	conn := s.hello(name, s.version())
	s.t.Cleanup(func() { _ = conn.CloseNow() })
	go func() {
		for ctx, began := context.Background(), time.Now(); ; {
			_, data, err := conn.Read(ctx)
			if err != nil {
				return
			}
			m, err := wire.Decode(data)
			answer := wire.Message{Beat: &wire.Beat{}}
			switch {
			case err != nil:
				return
			case m.Ping != nil:
				answer = wire.Message{Pong: &wire.Pong{Number: m.Ping.Number, Clock: int64(time.Since(began))}}
			case m.Spec != nil:
				answer = wire.Message{Ready: &wire.Ready{Job: m.Spec.Job}}
			case m.Ask != nil:
				answer = wire.Message{Account: &wire.Account{Job: m.Ask.Job}}
			case m.Task != nil:
				answer = wire.Message{Done: &wire.Done{Lease: m.Task.Lease, Format: "png", Bytes: int64(len(white)), CRC32C: wire.Sum(white)}}
			}
			if conn.Write(ctx, websocket.MessageText, wire.Encode(answer)) != nil {
				return
			}
			if m.Task != nil && conn.Write(ctx, websocket.MessageBinary, white) != nil {
				return
			}
		}
	}()
}

// version is that of the server's workers.
func (s *server) version() string {
	_, v := workers(s.t)
	return v
}

// hello introduces a device that is none, with a version of the program.
func (s *server) hello(name, version string) *websocket.Conn {
	s.t.Helper()
	member, err := s.app.room.Join(wire.JoinRequest{Code: s.app.room.Code()}, "nowhere")
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, strings.Replace(s.url, "http", "ws", 1)+wire.PathSocket, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	h := wire.Hello{Protocol: wire.Protocol, Version: version, Kind: wire.Machine, Name: name, Lanes: 1, Credential: member.Credential}
	if err := conn.Write(ctx, websocket.MessageText, wire.Encode(wire.Message{Hello: &h})); err != nil {
		s.t.Fatal(err)
	}
	return conn
}

// keepsOut checks who does not come in: another version, a wrong code, and at last
// whoever tries too many of them.
func (s *server) keepsOut() {
	s.t.Helper()
	conn := s.hello("old", "v0")
	defer conn.CloseNow()
	_, data, err := conn.Read(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	if m, err := wire.Decode(data); err != nil || m.Refused == nil || m.Refused.Code != wire.RefusedVersion || !strings.Contains(m.Refused.Text.EN, "copy the server's program") {
		s.t.Errorf("another version: %s, %v", data, err)
	}

	stranger := s.join(s.url, "ZZZZZZZZ", "stranger")
	<-stranger.ended
	if stranger.ProcessState.ExitCode() != 1 || !strings.Contains(stranger.said.String(), "código de la sala") {
		s.t.Errorf("with a wrong code: %v, %s", stranger.ProcessState, stranger.said)
	}
	last := 0
	for range 6 {
		last, _ = s.do("POST", wire.PathJoin, `{"code":"ZZZZZZZZ"}`)
	}
	if last != http.StatusTooManyRequests {
		s.t.Errorf("six wrong codes: %d", last)
	}
	if status, _ := s.do("GET", wire.PathImages+strings.Repeat("0", 64), ""); status != http.StatusNotFound {
		s.t.Errorf("an image that no device was told of: %d", status)
	}
	s.post("/api/room/control/", `{"action":"close"}`, http.StatusUnauthorized)
	if n := s.json("GET", "/api/room/", "", 200); n.at("code") != nil || len(n.list("devices")) != 4 {
		s.t.Errorf("what anybody sees of the room: %v", n)
	}
}
