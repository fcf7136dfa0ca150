package queue

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

const (
	patience = 2 * time.Minute
	lease    = 500 * time.Millisecond
)

func embedded(t *testing.T, dir string) *Queue {
	t.Helper()
	q, err := Embedded(dir, lease)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(q.Close)
	return q
}

func put(t *testing.T, q *Queue, ids ...string) {
	t.Helper()
	for _, id := range ids {
		if err := q.Put(t.Context(), id, []byte("job "+id)); err != nil {
			t.Fatal(err)
		}
	}
}

// take is a job, which has to come.
func take(t *testing.T, q *Queue) Held {
	t.Helper()
	h, err := q.Next(t.Context(), patience)
	if err != nil || string(h.Data) != "job "+h.ID {
		t.Fatalf("%+v, %v", h, err)
	}
	return h
}

func none(t *testing.T, q *Queue, jobs int) {
	t.Helper()
	if h, err := q.Next(t.Context(), 20*time.Millisecond); !errors.Is(err, ErrNone) {
		t.Errorf("%+v, %v; want nothing", h, err)
	}
	if n, err := q.Len(t.Context()); n != jobs || err != nil {
		t.Errorf("%d jobs are there, %v; want %d", n, err, jobs)
	}
}

// TestJobs has jobs put, done, dropped, given back, and found again by the next server.
func TestJobs(t *testing.T) {
	dir := t.TempDir()
	q := embedded(t, dir)
	put(t, q, "a", "b", "c", "a")
	if n, err := q.Len(t.Context()); n != 3 || err != nil {
		t.Errorf("%d jobs, %v; one was put twice", n, err)
	}
	a, b, c := take(t, q), take(t, q), take(t, q)
	if a.ID != "a" || b.ID != "b" || c.ID != "c" || a.Count != 1 {
		t.Errorf("%v %v %v", a, b, c)
	}
	none(t, q, 3)
	if err := errors.Join(a.Extend(), a.Done(t.Context()), b.Drop("no job at all"), c.Back(0)); err != nil {
		t.Fatal(err)
	}
	if c = take(t, q); c.ID != "c" || c.Count != 2 {
		t.Errorf("given back: %+v", c)
	}
	if err := q.Note(t.Context(), "c", []byte("here")); err != nil {
		t.Fatal(err)
	}
	q.Close() // holding c
	q = embedded(t, dir)
	if c = take(t, q); c.ID != "c" || c.Count < 2 {
		t.Errorf("after a restart: %+v", c)
	}
	note, err := q.Noted(t.Context(), "c")
	if _, missing := q.Noted(t.Context(), "x"); string(note) != "here" || err != nil || !errors.Is(missing, ErrNone) {
		t.Errorf("%q, %v, %v", note, err, missing)
	}
	if _, err := q.Noted(t.Context(), "no key / of theirs"); !errors.Is(err, ErrNone) {
		t.Errorf("%v", err)
	}
	if err := c.Done(t.Context()); err != nil {
		t.Fatal(err)
	}
	none(t, q, 0)
	for i := range MaxJobs {
		put(t, q, fmt.Sprint("n", i))
	}
	if err := q.Put(t.Context(), "more", nil); !errors.Is(err, ErrFull) {
		t.Errorf("%v, want that it is full", err)
	}
}

// TestDamaged has a queue find its files cut short, and another a folder that it may not
// use: it starts, or says why not.
func TestDamaged(t *testing.T) {
	dir := t.TempDir()
	q := embedded(t, dir)
	put(t, q, "a", "b")
	q.Close()
	cut := 0
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		cut++
		return os.Truncate(path, info.Size()/2)
	})
	if err != nil || cut == 0 {
		t.Fatalf("%d files, %v", cut, err)
	}
	if q, err = Embedded(dir, lease); err == nil {
		put(t, q, "c")
		for h := take(t, q); h.ID != "c"; h = take(t, q) { // what was left of the others
		}
		q.Close()
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Embedded(file, lease); err == nil {
		t.Error("a file was taken for a folder")
	}
	if _, err := Shared("nats://127.0.0.1:1", "", lease); err == nil {
		t.Error("there is no such server")
	}
}

// TestThreeHosts has three hosts share a department's stream, one of which dies with a
// job in its hands.
func TestThreeHosts(t *testing.T) {
	hub, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true, JetStream: true, StoreDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	hub.Start()
	t.Cleanup(func() { hub.Shutdown(); hub.WaitForShutdown() })
	if !hub.ReadyForConnections(patience) {
		t.Fatal("the hub does not start")
	}
	var hosts [3]*Queue
	for i := range hosts {
		if hosts[i], err = Shared(hub.ClientURL(), "", lease); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(hosts[i].Close)
	}
	put(t, hosts[0], "a", "b", "c")
	held := map[string]bool{}
	for _, host := range hosts[1:] {
		h := take(t, host)
		held[h.ID] = true
		if host == hosts[1] {
			host.Close() // it dies, and says nothing
			continue
		}
		if err := h.Done(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	done, again := 1, 0
	for done < 3 {
		h := take(t, hosts[0])
		if h.Count > 1 {
			again++
		}
		if err := h.Done(t.Context()); err != nil {
			t.Fatal(err)
		}
		done++
	}
	if len(held) != 2 || again != 1 {
		t.Errorf("%v were held, %d given to another after that; want one", held, again)
	}
	none(t, hosts[2], 0)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := hosts[2].Next(ctx, patience); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
