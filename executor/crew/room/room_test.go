package room

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/codec"
	"carriles/executor/crew"
	"carriles/executor/crew/room/wire"
	"carriles/executor/fault"
	"carriles/executor/text"
	"carriles/executor/trace"
)

const version = "v1"

// newRoom is a room whose photographs are named by a letter, and their digests by
// two.
func newRoom(t *testing.T) *Room {
	r := New(version, "ABCDEFGH", func(name string) (Photo, error) {
		if name == "gone" {
			return Photo{}, errors.New("no such file")
		}
		return Photo{SHA256: name + name, Bytes: 3}, nil
	}, slog.New(slog.DiscardHandler))
	t.Cleanup(func() {
		r.Close()
		time.Sleep(10 * time.Second) // whoever was to come still comes, and all end
	})
	return r
}

// pipe is a Conn in memory.
type pipe struct {
	in, out chan frame
	closed  chan struct{}
	once    sync.Once
	stuck   atomic.Bool // what the host sends is not read
}

type frame struct {
	binary bool
	data   []byte
}

func newPipe() *pipe {
	return &pipe{in: make(chan frame, 100), out: make(chan frame, 100), closed: make(chan struct{})}
}

func (p *pipe) Next(ctx context.Context) (bool, io.Reader, error) {
	select {
	case f := <-p.in:
		return f.binary, bytes.NewReader(f.data), nil
	case <-p.closed:
		return false, nil, io.EOF
	case <-ctx.Done():
		return false, nil, ctx.Err()
	}
}

func (p *pipe) Send(ctx context.Context, binary bool, data []byte) error {
	if p.stuck.Load() {
		<-ctx.Done()
		return ctx.Err()
	}
	select {
	case p.out <- frame{binary, data}:
		return nil
	case <-p.closed:
		return io.EOF
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *pipe) Close() { p.once.Do(func() { close(p.closed) }) }

// puppet is a device of a test's: it does what its whim tells for each order.
type puppet struct {
	*pipe
	room  *Room
	clock time.Time
	whim  func(wire.Task) deed
	hush  chan struct{} // closed: it is frozen
	last  atomic.Pointer[wire.Refused]
	ended chan struct{}
}

// deed is what a puppet does with an order.
type deed int

const (
	honest  deed = iota
	slow         // after a second
	spoilt       // other bytes than promised
	garbage      // no image
	short        // fewer bytes than announced
	broken       // a failure of its own
	dies         // its worker ends
	leaves       // it goes
	freezes      // it says nothing any more
	bad          // the image is bad
	nothing      // it never answers this one
)

// image is what an honest device makes of a task.
func image(task wire.Task) []byte {
	return fmt.Appendf(nil, "\x89PNG\r\n\x1a\n%s %d", task.Image, task.Index)
}

// come brings a device to the room.
func come(r *Room, h wire.Hello, whim func(wire.Task) deed) *puppet {
	if h.Credential == "" {
		joined, err := r.Join(wire.JoinRequest{Code: r.Code()}, "here")
		if err != nil {
			panic(err)
		}
		h.Credential = joined.Credential
	}
	h.Protocol, h.Kind = wire.Protocol, wire.Machine
	if h.Version == "" {
		h.Version = version
	}
	if h.Lanes == 0 {
		h.Lanes = 1
	}
	p := &puppet{pipe: newPipe(), room: r, clock: time.Now().Add(-time.Minute), whim: whim, hush: make(chan struct{}), ended: make(chan struct{})}
	p.say(wire.Message{Hello: &h})
	go func() {
		r.Serve(context.Background(), p.pipe, From{Address: "here"})
		close(p.ended)
	}()
	go p.live()
	return p
}

func (p *puppet) now() time.Duration { return time.Since(p.clock) }

func (p *puppet) frozen() bool {
	select {
	case <-p.hush:
		return true
	default:
		return false
	}
}

func (p *puppet) say(m wire.Message, data ...[]byte) {
	if p.hush != nil && p.frozen() {
		return
	}
	frames := []frame{{false, wire.Encode(m)}}
	for _, d := range data {
		frames = append(frames, frame{true, d})
	}
	for _, f := range frames {
		select {
		case p.in <- f:
		case <-p.closed:
		}
	}
}

func (p *puppet) live() {
	beat := time.NewTicker(BeatTime)
	defer beat.Stop()
	for {
		select {
		case <-p.closed:
			return
		case <-beat.C:
			p.say(wire.Message{Beat: &wire.Beat{}})
		case f := <-p.out:
			m, err := wire.Decode(f.data)
			if err != nil {
				panic(err)
			}
			p.obey(m)
		}
	}
}

func (p *puppet) obey(m wire.Message) {
	switch {
	case m.Refused != nil:
		p.last.Store(m.Refused)
	case m.Ping != nil:
		p.say(wire.Message{Pong: &wire.Pong{Number: m.Ping.Number, Clock: int64(p.now())}})
	case m.Spec != nil:
		p.say(wire.Message{Ready: &wire.Ready{Job: m.Spec.Job}})
	case m.Ask != nil:
		p.say(wire.Message{Account: &wire.Account{Job: m.Ask.Job, Usage: crew.Usage{User: time.Second}}})
	case m.Task != nil:
		p.do(*m.Task)
	}
}

func (p *puppet) do(task wire.Task) {
	data, began := image(task), p.now()
	time.Sleep(time.Millisecond)
	d := wire.Done{Lease: task.Lease, Format: codec.PNG, Bytes: int64(len(data)), CRC32C: wire.Sum(data),
		Spans: wire.Spans{{Stage: trace.Filter, Start: began, End: p.now(), CPU: time.Millisecond}}}
	switch p.whim(task) {
	case slow:
		time.Sleep(time.Second)
		fallthrough
	case honest:
		p.say(wire.Message{Done: &d}, data)
	case spoilt:
		p.say(wire.Message{Done: &d}, append(data[:len(data)-1:len(data)-1], 'x'))
	case garbage:
		data = []byte("<html>")
		d.CRC32C, d.Bytes = wire.Sum(data), int64(len(data))
		p.say(wire.Message{Done: &d}, data)
	case short:
		p.say(wire.Message{Done: &d}, data[:5])
	case broken:
		p.say(wire.Message{Failed: &wire.Failed{Lease: task.Lease, Code: fault.CodeInternal, Text: text.Text{EN: "broke"}}})
	case bad:
		p.say(wire.Message{Failed: &wire.Failed{Lease: task.Lease, Code: fault.CodeBadImage, Text: text.Text{EN: task.Image + " is bad"}}})
	case dies:
		p.say(wire.Message{Ended: &wire.Ended{Job: task.Job, Reason: text.Text{EN: "died"}, Killed: true}})
	case leaves:
		p.Close()
	case freezes:
		if !p.frozen() {
			close(p.hush)
		}
	}
}

// refused is why the host would not have it; empty if it would.
func (p *puppet) refused() string {
	synctest.Wait() // what was said last may be on its way
	if why := p.last.Load(); why != nil {
		return why.Code
	}
	return ""
}

// always is a whim.
func always(d deed) func(wire.Task) deed { return func(wire.Task) deed { return d } }

// batch is a crew in the room, with what it has committed.
type batch struct {
	*crew.Crew
	place *Place
	files map[string][]byte // stored
	done  map[int]string    // committed, by task
	twice int
	mu    sync.Mutex
}

func newBatch(r *Room, pool string, images ...string) *batch {
	return newBatchOf(r, 0, pool, images...)
}

// newBatchOf is newBatch for so many devices at most.
func newBatchOf(r *Room, most int, pool string, images ...string) *batch {
	spec := request.Spec{
		Count: len(images), Images: images, Pool: pool, Engine: "native", Methods: []string{"distributed"}, Devices: most,
		Steps: []request.Step{{Filter: "blur"}},
	}
	b := &batch{files: map[string][]byte{}, done: map[int]string{}}
	b.place = r.NewPlace(spec, machines, func(name string, data []byte) (string, error) {
		b.mu.Lock()
		defer b.mu.Unlock()
		if _, there := b.files[name]; there {
			return "", errors.New("a name twice")
		}
		b.files[name] = slices.Clone(data)
		return name, nil
	}, func() crew.Usage { return crew.Usage{} })
	b.Crew = crew.New(b.place, crew.Config{Spec: spec, Shape: request.Shape{Processes: 1, Goroutines: 1, MaxProcs: 1}, Timeout: 20 * time.Second})
	return b
}

func (b *batch) run(t *testing.T) crew.Report {
	t.Helper()
	r, err := b.Run(t.Context(), crew.Job{Progress: func(int, int) {}, Commit: func(o crew.Outcome) error {
		if _, there := b.done[o.Task.Index]; there {
			b.twice++
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		b.done[o.Task.Index] = string(b.files[o.Output.File])
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (b *batch) close() {
	b.Close()
	b.place.Close()
}

// whole checks that each task is committed, once and with the right bytes, or that
// it is said why not.
func (b *batch) whole(t *testing.T, r crew.Report, images []string) (named int) {
	t.Helper()
	for i, task := range r.Tasks {
		want := string(image(wire.Task{Image: images[i] + images[i], Index: i}))
		got, there := b.done[i]
		switch {
		case task.Err != nil && !there && task.Err.Text.EN != "":
			named++
		case task.Err != nil || got != want:
			t.Errorf("task %d: %q, %v", i, got, task.Err)
		}
	}
	if b.twice > 0 {
		t.Errorf("%d tasks were committed twice", b.twice)
	}
	return named
}

func names(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = string(rune('a' + i%26))
	}
	return list
}

func TestTheRoomDoesABatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t)
		come(r, wire.Hello{Name: "one", Lanes: 2}, always(honest))
		synctest.Wait()
		come(r, wire.Hello{Name: "one"}, always(honest))
		synctest.Wait()
		come(r, wire.Hello{Name: "other", Filters: []string{"edges"}}, always(garbage))
		synctest.Wait()
		b := newBatch(r, request.Warm, append(names(9), "gone")...)
		defer b.close()
		if err := b.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		rep := b.run(t)
		if b.whole(t, rep, names(10)) != 1 || len(rep.Tasks) != 10 || rep.Tasks[9].Err == nil || rep.Tasks[9].Err.Code != fault.CodeBadImage {
			t.Errorf("%+v", rep.Tasks[9].Err)
		}
		// Both were waited for: three lanes, two names.
		if len(rep.Lanes) != 3 || rep.Lanes[0].Worker.Name == rep.Lanes[2].Worker.Name || rep.Lanes[0].Worker.Kind != wire.Machine || len(rep.Processes) != 2 || rep.Processes[0].UserS != 0 {
			t.Errorf("%+v, %+v", rep.Lanes, rep.Processes)
		}
		if v := r.View(); len(v.Devices) != 3 || v.Devices[1].Name != "one 2" || v.Devices[0].Done+v.Devices[1].Done != 9 || v.Devices[0].Failed > 0 || v.Devices[2].Done != 0 {
			t.Errorf("%+v", v)
		}
		if n, lanes := r.Able(machines, []string{"blur"}, 0); n != 2 || lanes != 3 {
			t.Errorf("%d devices with %d lanes", n, lanes)
		}
		r.SetOpen(false)
		if n, _ := r.Able(machines, []string{"edges"}, 0); n != 0 {
			t.Errorf("%d devices in a closed room", n)
		}
	})
}

// Of a batch for two devices, two of four do all, and one that leaves is replaced.
func TestABatchForSomeDevices(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t)
		come(r, wire.Hello{Name: "a"}, always(leaves))
		synctest.Wait()
		for _, name := range []string{"b", "c", "d"} {
			come(r, wire.Hello{Name: name}, always(honest))
			synctest.Wait()
		}
		if n, lanes := r.Able(machines, []string{"blur"}, 2); n != 2 || lanes != 2 {
			t.Errorf("%d devices with %d lanes", n, lanes)
		}
		b := newBatchOf(r, 2, request.Warm, names(9)...)
		defer b.close()
		if err := b.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		rep := b.run(t)
		if n := b.whole(t, rep, names(9)); n > 0 {
			t.Errorf("%d failed", n)
		}
		who := map[string]int{}
		for _, task := range rep.Tasks {
			who[task.Worker.Name]++
		}
		if who["b"] == 0 || who["c"] == 0 || who["a"]+who["d"] > 0 {
			t.Errorf("done by %v; want b, and c in the place of a", who)
		}
	})
}

// What befalls a device costs its tasks an attempt, and only what fails three times
// fails.
func TestDeedsOfDevices(t *testing.T) {
	for _, tt := range []struct {
		deed   deed
		within time.Duration
		death  string
		alone  time.Duration // until the other comes
	}{
		{leaves, 50 * time.Millisecond, "machine odd lost its connection", 0},
		{freezes, SilenceTime + BeatTime, "machine odd gave no sign for 3.0 s", SilenceTime},
		{dies, 50 * time.Millisecond, "machine odd died", 0},
		{broken, 50 * time.Millisecond, "machine odd failed: broke", 0},
		{spoilt, 50 * time.Millisecond, "machine odd sent bytes that are not those promised", 0},
		{garbage, 50 * time.Millisecond, "machine odd sent what is no image", 0},
		{short, 50 * time.Millisecond, "machine odd sent 5 bytes instead of 12", 0},
		{nothing, 21 * time.Second, "machine odd did not finish the image within 20s", 20 * time.Second},
		// Where somebody is idle, who is late costs nothing.
		{freezes, 150 * time.Millisecond, "a copy given to machine even, for machine odd had had it for 0.1 s", 0},
		{nothing, 150 * time.Millisecond, "a copy given to machine even, for machine odd had had it for 0.1 s", 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := newRoom(t)
			was := false
			come(r, wire.Hello{Name: "odd"}, func(wire.Task) deed {
				if was {
					return honest
				}
				was = true
				return tt.deed
			})
			synctest.Wait()
			even := func() { come(r, wire.Hello{Name: "even"}, always(honest)) }
			if tt.alone > 0 {
				time.AfterFunc(tt.alone, even)
			} else {
				even()
			}
			synctest.Wait()
			b := newBatch(r, request.Warm, names(6)...)
			defer b.close()
			rep := b.run(t)
			if n := b.whole(t, rep, names(6)); n > 0 || rep.Wall > tt.within || !slices.ContainsFunc(rep.Deaths, func(d string) bool { return strings.HasSuffix(d, tt.death) }) {
				t.Errorf("%d failed, after %v, deaths %q; want %q", n, rep.Wall, rep.Deaths, tt.death)
			}
		})
	}
}

// Who sends garbage over and over is out, and does not come back with its
// credential.
func TestALiarIsOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t)
		joined, err := r.Join(wire.JoinRequest{Code: r.Code()}, "here")
		if err != nil {
			t.Fatal(err)
		}
		liar := come(r, wire.Hello{Name: "liar", Credential: joined.Credential}, always(garbage))
		synctest.Wait()
		b := newBatch(r, request.Cold, names(4)...)
		defer b.close()
		time.AfterFunc(5*time.Second, func() { come(r, wire.Hello{Name: "late"}, always(honest)) })
		rep := b.run(t)
		if n := b.whole(t, rep, names(4)); n > 1 || liar.refused() != wire.RefusedOut {
			t.Errorf("%d failed, %q: %+v", n, liar.refused(), rep.Deaths)
		}
		again := come(r, wire.Hello{Name: "liar", Credential: joined.Credential}, always(honest))
		<-again.ended
		if again.refused() != wire.RefusedOut {
			t.Errorf("%q", again.refused())
		}
	})
}

func TestWhoComesIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t)
		code := func(err error) string {
			var e *fault.Error
			errors.As(err, &e)
			if e == nil {
				return ""
			}
			return e.Code
		}
		for range wrongCodes {
			if _, err := r.Join(wire.JoinRequest{Code: "ABCDEFGX"}, "there"); code(err) != fault.CodeWrongCode {
				t.Fatal(err)
			}
		}
		if _, err := r.Join(wire.JoinRequest{Code: "ABCDEFGH"}, "there"); code(err) != fault.CodeBusy {
			t.Error("the right one after five wrong ones:", err)
		}
		if _, err := r.Join(wire.JoinRequest{Code: "abcdefgh"}, "elsewhere"); err != nil {
			t.Error(err)
		}
		time.Sleep(wrongWindow + time.Second)
		if _, err := r.Join(wire.JoinRequest{Code: "ABCDEFGH"}, "there"); err != nil {
			t.Error("a minute later:", err)
		}
		for _, tt := range []struct {
			hello wire.Hello
			want  string
		}{
			{wire.Hello{Name: "old", Version: "v0"}, wire.RefusedVersion},
			{wire.Hello{Name: "stranger", Credential: "x"}, wire.RefusedCredential},
			{wire.Hello{Name: "\u202e"}, wire.RefusedHello},
			{wire.Hello{Name: "many", Lanes: lanesMax + 1}, wire.RefusedHello},
		} {
			p := come(r, tt.hello, always(honest))
			<-p.ended
			if p.refused() != tt.want || p.last.Load().Text.ES == "" {
				t.Errorf("%s: %+v", tt.hello.Name, p.last.Load())
			}
		}
		mute := newPipe()
		began := time.Now()
		r.Serve(t.Context(), mute, From{})
		if took := time.Since(began); took < helloTimeout || took > helloTimeout+time.Second {
			t.Errorf("one that says nothing was there for %v", took)
		}
		deaf := come(r, wire.Hello{Name: "deaf"}, always(honest))
		synctest.Wait()
		deaf.stuck.Store(true)
		<-deaf.ended
		r.SetOpen(false)
		if _, err := r.Join(wire.JoinRequest{Code: "ABCDEFGH"}, "there"); code(err) != fault.CodeRoomClosed {
			t.Error(err)
		}
	})
}

// The same device by another connection takes the place of the old one.
func TestADeviceComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t)
		joined, err := r.Join(wire.JoinRequest{Code: r.Code()}, "here")
		if err != nil {
			t.Fatal(err)
		}
		first := come(r, wire.Hello{Name: "pc", Credential: joined.Credential}, always(nothing))
		synctest.Wait()
		b := newBatch(r, request.Cold, "a", "b")
		defer b.close()
		time.AfterFunc(time.Second, func() { come(r, wire.Hello{Name: "pc", Credential: joined.Credential}, always(honest)) })
		rep := b.run(t)
		<-first.ended
		if b.whole(t, rep, names(2)) != 0 || rep.Wall > 1200*time.Millisecond {
			t.Errorf("%v: %q", rep.Wall, rep.Deaths)
		}
		if v := r.View(); len(v.Devices) != 1 || v.Devices[0].Name != "pc" {
			t.Errorf("%+v", v)
		}
	})
}

// Devices join, leave, freeze, die, fail and lie in any order: each task is
// committed once, with the right bytes, or it is said why not.
func TestRandomOrders(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	orders := 300
	if testing.Short() {
		orders = 60
	}
	for n := range orders {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, uint64(n)))
			var mu sync.Mutex
			draw := func(n int) int {
				mu.Lock()
				defer mu.Unlock()
				return random.IntN(n)
			}
			r := newRoom(t)
			whim := func(harm int) func(wire.Task) deed {
				return func(wire.Task) deed {
					if draw(100) < harm {
						return deed(1 + draw(int(nothing)))
					}
					return honest
				}
			}
			devices := 1 + draw(4)
			for i := range devices {
				join := func() { come(r, wire.Hello{Name: fmt.Sprint("pc", i), Lanes: 1 + draw(3)}, whim(draw(40))) }
				if draw(2) == 0 {
					join()
				} else {
					time.AfterFunc(time.Duration(draw(4000))*time.Millisecond, join)
				}
			}
			// Somebody honest comes at last.
			time.AfterFunc(time.Duration(draw(8000))*time.Millisecond, func() { come(r, wire.Hello{Name: "honest"}, always(honest)) })
			images := names(1 + draw(20))
			b := newBatch(r, []string{request.Cold, request.Warm}[draw(2)], images...)
			defer b.close()
			for range 1 + draw(2) {
				clear(b.done)
				rep := b.run(t)
				b.whole(t, rep, images)
			}
			if v := r.View(); len(v.Devices) == 0 {
				t.Error("nobody is left")
			}
		})
		if t.Failed() {
			t.Fatalf("seed %d, order %d", seed, n)
		}
	}
}

var machines = []string{wire.Machine}
