package queue_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"carriles/cmd/host/internal/queue"
	"carriles/cmd/host/internal/queue/queuetest"
)

const (
	patience = 2 * time.Minute
	lease    = 500 * time.Millisecond
)

func embedded(t *testing.T, dir string) *queue.Queue {
	t.Helper()
	q, err := queue.Embedded(dir, lease)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(q.Close)
	return q
}

func put(t *testing.T, q *queue.Queue, ids ...string) {
	t.Helper()
	for _, id := range ids {
		if err := q.Put(t.Context(), id, []byte("job "+id)); err != nil {
			t.Fatal(err)
		}
	}
}

// take is a job, which has to come.
func take(t *testing.T, q *queue.Queue) queue.Held {
	t.Helper()
	h, err := q.Next(t.Context(), patience)
	if err != nil || string(h.Data) != "job "+h.ID {
		t.Fatalf("%+v, %v", h, err)
	}
	return h
}

func none(t *testing.T, q *queue.Queue, jobs int) {
	t.Helper()
	if h, err := q.Next(t.Context(), 20*time.Millisecond); !errors.Is(err, queue.ErrNone) {
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
	if _, missing := q.Noted(t.Context(), "x"); string(note) != "here" || err != nil || !errors.Is(missing, queue.ErrNone) {
		t.Errorf("%q, %v, %v", note, err, missing)
	}
	if _, err := q.Noted(t.Context(), "no key / of theirs"); !errors.Is(err, queue.ErrNone) {
		t.Errorf("%v", err)
	}
	if err := c.Done(t.Context()); err != nil {
		t.Fatal(err)
	}
	none(t, q, 0)
	for i := range queue.MaxJobs {
		put(t, q, fmt.Sprint("n", i))
	}
	if err := q.Put(t.Context(), "more", nil); !errors.Is(err, queue.ErrFull) {
		t.Errorf("%v, want that it is full", err)
	}
}

// TestDamaged has queues whose files were cut short or changed in a byte, in random
// places: each starts and gives out what is put into it, or says why not. The seeds
// are those of the first 300 that once put a job in and never gave it out, and some more.
func TestDamaged(t *testing.T) {
	for _, seed := range []uint64{0, 3, 4, 7, 13, 21, 26, 48, 49, 52, 54, 57, 100, 101, 102, 103, 104, 105, 106, 107} {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			rnd := rand.New(rand.NewPCG(seed, 7))
			dir := t.TempDir()
			q, err := queue.Embedded(dir, lease)
			if err != nil {
				t.Fatal(err)
			}
			put(t, q, "a", "b", "c")
			for range rnd.IntN(4) {
				if err := take(t, q).Done(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			q.Close()
			err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
				if err != nil || e.IsDir() || rnd.IntN(3) == 0 {
					return err
				}
				data, err := os.ReadFile(path)
				if err != nil || len(data) == 0 {
					return err
				}
				if cut := rnd.IntN(2) == 0; cut {
					data = data[:rnd.IntN(len(data))]
				} else {
					data[rnd.IntN(len(data))] ^= byte(1 + rnd.IntN(255))
				}
				return os.WriteFile(path, data, 0o600)
			})
			if err != nil {
				t.Fatal(err)
			}
			if q, err = queue.Embedded(dir, lease); err != nil {
				return
			}
			put(t, q, "x")
			for h := take(t, q); h.ID != "x"; h = take(t, q) {
				if err := h.Done(t.Context()); err != nil { // what was left of the others
					t.Fatal(err)
				}
			}
			q.Close()
		})
	}
}

// TestNoQueue has a folder that is none and servers that are not there.
func TestNoQueue(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := queue.Embedded(file, lease); err == nil {
		t.Error("a file was taken for a folder")
	}
	if _, err := queue.Shared(queue.Department{URL: "nats://127.0.0.1:1"}, lease); err == nil {
		t.Error("there is no such server")
	}
}

// TestThreeHosts has three hosts share a department's stream, one of which dies with a
// job in its hands.
func TestThreeHosts(t *testing.T) {
	url := queuetest.Hub(t)
	var hosts [3]*queue.Queue
	for i := range hosts {
		var err error
		if hosts[i], err = queue.Shared(queue.Department{URL: url}, lease); err != nil {
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

// TestSecured has a host use a department's stream that wants TLS and credentials, and
// others that lack one of them be refused.
func TestSecured(t *testing.T) {
	hub := queuetest.SecureHub(t)
	q, err := queue.Shared(queue.Department{URL: hub.URL, Credentials: hub.Credentials, Authorities: hub.Authority}, lease)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(q.Close)
	put(t, q, "a")
	h := take(t, q)
	if err := errors.Join(q.Note(t.Context(), "a", []byte("here")), h.Done(t.Context())); err != nil {
		t.Fatal(err)
	}
	none(t, q, 0)
	for what, d := range map[string]queue.Department{
		"no credentials":           {URL: hub.URL, Authorities: hub.Authority},
		"credentials of another":   {URL: hub.URL, Credentials: hub.Foreign, Authorities: hub.Authority},
		"an unknown authority":     {URL: hub.URL, Credentials: hub.Credentials},
		"a file that is not there": {URL: hub.URL, Credentials: hub.Credentials + "x", Authorities: hub.Authority},
		"no file for an authority": {URL: hub.URL, Credentials: hub.Credentials, Authorities: hub.Authority + "x"},
	} {
		if q, err := queue.Shared(d, lease); err == nil {
			q.Close()
			t.Errorf("%s: it was let in", what)
		}
	}
}

// TestClusterOutlivesAServer ends the one of three servers that leads the stream: what
// was put is still there, and goes on.
func TestClusterOutlivesAServer(t *testing.T) {
	hubs := queuetest.ThreeHubs(t)
	q, err := queue.Shared(queue.Department{URL: hubs.URL}, lease)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(q.Close)
	put(t, q, "a")
	put(t, q, "b")
	hubs.EndLeader(t, "carriles_jobs")
	for done, late := 0, time.Now().Add(patience); done < 2; {
		h, err := q.Next(t.Context(), time.Second) // fails until another leads
		if err == nil {
			err = h.Done(t.Context())
		}
		if err == nil {
			done++
		} else if time.Now().After(late) {
			t.Fatalf("%d of two jobs: %v", done, err)
		}
	}
}
