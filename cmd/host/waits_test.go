package main

import (
	"context"
	"slices"
	"strings"
	"testing"

	"carriles/cmd/host/internal/hosttest"
)

// TestWaiting has each way wait in processes of this machine, and an asker leave.
func TestWaiting(t *testing.T) {
	s := start(t, smallPhotos(t))
	o := s.post("/api/waiting/", `{"n":12,"seconds":0.1,"workers":2}`, 200)
	for i, name := range []string{"sequential", "pool", "threads", "goroutines", "processes"} {
		r := object(o.list("results")[i].(map[string]any))
		if r.text("way") != name || r.at("unavailable") != nil || r.number("threads") < r.number("processes") || r.number("peak_memory_bytes") < 1<<20 {
			t.Fatalf("%s: %v", name, r)
		}
		if all := r.number("answered") == 12; all != (r.at("forecast") == nil) || !all && (r.at("left_after") == nil || i > 1) {
			t.Errorf("%s: %v", name, r)
		}
		if name == "threads" && r.number("threads") < 12 {
			t.Errorf("12 threads are %v", r.number("threads"))
		}
	}
	if !strings.Contains(o.text("summary.en"), "12 requests that wait 0.1") {
		t.Errorf("%v", o.at("summary"))
	}
	before := children(t)
	born := func() int { // since then
		return len(slices.DeleteFunc(children(t), func(pid int) bool { return slices.Contains(before, pid) }))
	}
	ctx, leave := context.WithCancel(t.Context())
	answered := make(chan error, 1)
	req := hosttest.Request(ctx, t, "POST", s.url+"/api/waiting/", strings.NewReader(`{"n":3,"seconds":10}`))
	go func() {
		resp, err := s.client.Do(req)
		if err == nil {
			resp.Body.Close()
		}
		answered <- err
	}()
	eventually(t, "processes that wait", func() bool { return born() == 2 })
	leave()
	if err := <-answered; err == nil {
		t.Error("it was answered")
	}
	eventually(t, "they end with who has left", func() bool { return born() == 0 })
}
