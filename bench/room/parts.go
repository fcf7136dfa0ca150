package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"carriles/bench/claims"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/crew/room"
)

const ms = 1000 // a second

// overhead compares one machine of one lane with sequential, both warm, on the loopback
// network and over a longer way.
func overhead(b *claims.Bench) error {
	const (
		count  = 40
		oneWay = 10 * time.Millisecond
	)
	h, err := serve(b, 1200)
	if err != nil {
		return err
	}
	defer h.Stop()
	far, err := distant(h.address(), oneWay)
	if err != nil {
		return err
	}
	defer far.Close()
	for _, way := range []struct {
		what, address string
		rounds        int
		most          float64 // milliseconds
	}{
		{"on the loopback network", h.address(), 15, 1.5},
		{fmt.Sprintf("over a relay that adds %d ms each way", oneWay.Milliseconds()), far.Addr().String(), 7, 2*oneWay.Seconds()*ms + 2},
	} {
		w, err := h.join(b, way.address, "machine")
		if err != nil {
			return err
		}
		err = h.here(1)
		var c result.Comparison
		if err == nil {
			c, err = h.Compare(fmt.Sprintf(`{"methods":["sequential","distributed"],"pool":"warm","filters":["resize"],"count":%d,"rounds":%d,"warmup":1}`, count, way.rounds))
		}
		w.stop()
		if err == nil {
			err = h.here(0)
		}
		if err != nil {
			return err
		}
		extra, err := paired(c, request.Sequential, request.Distributed, func(a, b float64) float64 { return (b - a) / count * ms })
		if err != nil {
			return err
		}
		each := c.Results[request.Sequential].Time / count * ms
		m, told := claims.Spread(extra, "%.2f")
		b.Row("overhead", fmt.Sprintf("a task of %.0f ms more than by a warm sequential, results chained, %s", each, way.what),
			fmt.Sprintf("at most %.1f ms", way.most), told+" ms", claims.Held(m <= way.most))
	}
	return nil
}

// paired are figures of the rounds in which two methods took part, both without a
// failure.
func paired(c result.Comparison, a, b string, of func(a, b float64) float64) (list []float64, err error) {
	ra, rb := c.Results[a], c.Results[b]
	if ra == nil || rb == nil {
		return nil, fmt.Errorf("%s or %s took no part: %v", a, b, c.Unavailable)
	}
	if ra.AllFailed+rb.AllFailed > 0 {
		return nil, fmt.Errorf("%d images failed", ra.AllFailed+rb.AllFailed)
	}
	for _, x := range ra.Rounds {
		for _, y := range rb.Rounds {
			if x.Round == y.Round && !x.Warmup {
				list = append(list, of(x.Seconds, y.Seconds))
			}
		}
	}
	return list, nil
}

// death has one of three machines killed, or stopped, over one of two tasks, and looks
// when the idle one begins with it.
func death(b *claims.Bench) error {
	h, err := serve(b, 1600)
	if err != nil {
		return err
	}
	defer h.Stop()
	t := trio{host: h}
	defer t.stop()
	one, err := h.Batch(request.Sequential, sharpened(`"pool":"warm","warmup":1,"rounds":3,"count":1`, 1))
	if err != nil {
		return err
	}
	for _, blow := range []struct {
		what  string
		with  syscall.Signal
		times int
		task  float64 // seconds that a task is to take, about
		most  float64 // seconds
	}{
		{"killed: its socket closes", syscall.SIGKILL, 9, 0.8, 0.150},
		// Before a copy of what it has is due, which is when it took the other twice as long.
		{"stopped: it is silent", syscall.SIGSTOP, 5, 2.5, 3.5},
	} {
		steps := max(1, min(15, int(blow.task/one.Time+0.5)))
		var samples []float64
		failed := 0
		for range blow.times {
			after, bad, err := t.strike(b, blow.with, steps)
			if err != nil {
				return err
			}
			samples, failed = append(samples, after), failed+bad
		}
		m, told := claims.Spread(samples, "%.3f")
		b.Row("death", "a machine is "+blow.what+": until its task is begun on one that is idle", fmt.Sprintf("within %.3g s", blow.most),
			fmt.Sprintf("%s s; %d images lost", told, failed), claims.Held(m <= blow.most && failed == 0))
	}
	return nil
}

// sharpened is a batch whose tasks take so many steps of the same length.
func sharpened(fields string, steps int) string {
	return `{` + fields + `,"filters":["resize"` + strings.Repeat(`,"sharpen"`, steps) + `],"filter_params":{"resize":{"width":2400,"height":1800},"sharpen":{"intensity":10}}}`
}

// trio are three machines in a room; one that is missing is started by strike.
type trio struct {
	host
	machines [3]*worker
}

func (t *trio) stop() {
	for _, w := range t.machines {
		w.stop()
	}
}

// strike sends a signal to one of the two machines that have a task, and tells after how
// many seconds it was begun on the third.
func (t *trio) strike(b *claims.Bench, with syscall.Signal, steps int) (after float64, failed int, err error) {
	for i, w := range t.machines {
		if w == nil {
			if t.machines[i], err = t.join(b, t.address(), strconv.Itoa(i)); err != nil {
				return 0, 0, err
			}
		}
	}
	if err := t.here(3); err != nil {
		return 0, 0, err
	}
	type answer struct {
		result.MethodResult
		err error
	}
	done := make(chan answer, 1)
	go func() {
		r, err := t.Batch(request.Distributed, sharpened(`"wait":true,"alone":true,"pool":"warm","rounds":1,"count":2`, steps))
		done <- answer{r, err}
	}()
	i, err := t.working()
	if err != nil {
		return 0, 0, err
	}
	time.Sleep(50 * time.Millisecond)
	struck := time.Now()
	if err := t.machines[i].Process.Signal(with); err != nil {
		return 0, 0, err
	}
	a := <-done
	if a.err != nil {
		return 0, 0, a.err
	}
	t.machines[i].stop()
	t.machines[i] = nil
	if err := t.here(2); err != nil {
		return 0, 0, err
	}
	var lanes struct {
		Timelines []result.Timeline `json:"timelines"`
	}
	if err := t.Ask("/api/runs/"+a.APIInfo.RunID+"/timeline/", "", &lanes); err != nil {
		return 0, 0, err
	}
	at := struck.Sub(a.Rounds[len(a.Rounds)-1].StartedAt).Seconds()
	first := -1.0
	for _, lane := range lanes.Timelines[0].Lanes {
		for _, s := range lane.Spans {
			if lane.Device.Name != strconv.Itoa(i) && s.Attempt > 1 && s.StartS > at && (first < 0 || s.StartS < first) {
				first = s.StartS
			}
		}
	}
	if first < 0 {
		return 0, 0, errors.New("it had nothing in hand that was begun elsewhere")
	}
	return first - at, a.AllFailed, nil
}

// working waits until two machines have something in hand, and names one by its number.
func (t *trio) working() (number int, err error) {
	for until := time.Now().Add(30 * time.Second); time.Now().Before(until); {
		v, err := t.view()
		if err != nil {
			return 0, err
		}
		busy := slices.DeleteFunc(v.Devices, func(d room.Device) bool { return d.Busy == 0 })
		if len(busy) == 2 {
			return strconv.Atoi(busy[0].Name)
		}
		time.Sleep(5 * time.Millisecond)
	}
	return 0, errors.New("nobody has anything to do")
}

// oneAndTwo has one do a batch, and two, in turns: the first machine of two and both, or
// this machine's processes. It gives the result of two and, of the rounds, what is made of
// the seconds of both.
func (h host) oneAndTwo(method, of string, rounds, count int, chain string) (two *result.MethodResult, each func(of func(one, two float64) float64) ([]float64, error), err error) {
	name := func(n int) string { return fmt.Sprintf("%s@%s=%d", method, of, n) }
	c, err := h.Compare(fmt.Sprintf(`{"methods":[%q],"variants":[{%q:1},{%q:2}],"pool":"warm","warmup":1,"rounds":%d,"count":%d,%s}`, method, of, of, rounds, count, chain))
	if err == nil && c.Results[name(2)] == nil {
		err = fmt.Errorf("%s took no part: %v", name(2), c.Unavailable)
	}
	if err != nil {
		return nil, nil, err
	}
	return c.Results[name(2)], func(f func(one, two float64) float64) ([]float64, error) { return paired(c, name(1), name(2), f) }, nil
}

// slow compares a machine with one that has a slower one beside it.
func slow(b *claims.Bench) error {
	h, err := serve(b, 1600)
	if err != nil {
		return err
	}
	defer h.Stop()
	fast, err := h.join(b, h.address(), "fast")
	if err != nil {
		return err
	}
	defer fast.stop()
	if err := h.here(1); err != nil {
		return err
	}
	tortoise, err := h.join(b, h.address(), "slow")
	if err != nil {
		return err
	}
	defer tortoise.stop()
	defer slowed(tortoise)()
	if err := h.here(2); err != nil {
		return err
	}
	both, rounds, err := h.oneAndTwo(request.Distributed, "devices", 7, 30, `"filters":["resize","sharpen"],"filter_params":{"resize":{"width":2000,"height":1500},"sharpen":{"intensity":5}}`)
	if err != nil {
		return err
	}
	each := map[string]float64{} // seconds in the pipeline a task, of the median round
	for _, w := range both.Overhead.Workers {
		if w.Tasks > 0 {
			each[w.Device.Name] = w.StageTimes.Total() / float64(w.Tasks)
		}
	}
	ratio, how := 10.0, "ten times slower, as it is stopped; it finished none itself"
	if each["slow"] > 0 && each["fast"] > 0 {
		ratio = each["slow"] / each["fast"]
		how = fmt.Sprintf("%.1f times slower a task", ratio)
	}
	costs, err := rounds(func(one, two float64) float64 { return 100 * (two/(one/(1+1/ratio)) - 1) })
	if err != nil {
		return err
	}
	m, told := claims.Spread(costs, "%.1f")
	b.Row("slow", "a machine beside one whose child is stopped nine tenths of the time ("+how+"), over the ideal", "at most 15 %", told+" %", claims.Held(m <= 15))
	return nil
}

// machines compares two machines in networks of their own with one: the program's own
// photographs, and tasks that compute, as the server has no cores of its own here. What two
// processes of this machine give over one stands beside it: there is no more to have.
func machines(b *claims.Bench) error {
	const rounds, count, chain = 9, 24, `"filters":["resize","sharpen"],"filter_params":{"resize":{"width":1024,"height":768},"sharpen":{"intensity":5}}`
	h, err := serve(b, 0)
	if err != nil {
		return err
	}
	defer h.Stop()
	for i := range 2 {
		space, err := newNamespace(i + 1)
		if errors.Is(err, errNotRoot) {
			b.Row("machines", "two machines in network namespaces", "0.95 of twice one", err.Error(), "")
			return nil
		}
		if err != nil {
			return err
		}
		defer space.take()
		w, err := h.join(b, space.near+":"+h.Port(), fmt.Sprint("machine ", i+1), space.inside()...)
		if err != nil {
			return err
		}
		defer w.stop()
	}
	if err := h.here(2); err != nil {
		return err
	}
	for _, row := range []struct{ what, method, of, wanted string }{
		{"two machines of a lane in network namespaces, a cable each, against one", request.Distributed, "devices", "0.95 of twice one"},
		{"two processes of this machine against one, for the same batch: what its cores give", request.Multiprocessing, "workers", ""},
	} {
		two, each, err := h.oneAndTwo(row.method, row.of, rounds, count, chain)
		if err != nil {
			return err
		}
		shares, err := each(func(one, two float64) float64 { return one / two / 2 })
		if err != nil {
			return err
		}
		m, told := claims.Spread(shares, "%.3f")
		verdict := ""
		if row.wanted != "" {
			verdict = claims.Held(m >= 0.95)
		}
		b.Row("machines", fmt.Sprintf("%s, tasks of %.0f ms", row.what, 2*two.Time/count*ms), row.wanted, told, verdict)
	}
	return nil
}

// volunteers has members that wait a second a task do a batch of three tasks each.
func volunteers(b *claims.Bench) error {
	const tasks, most = 3, 3000
	for _, row := range []struct {
		members, rounds int
		share           float64 // of the ideal
		cpu             float64 // milliseconds of the server's a task; 0: nothing is claimed
		memory          float64 // MB
	}{{30, 5, 0.95, 0, 0}, {1000, 5, 0.80, 1.5, 150}} {
		h, err := serve(b, 160, "-max-count", strconv.Itoa(most), "-max-tasks", strconv.Itoa(most))
		if err != nil {
			return err
		}
		err = func() error {
			defer h.Stop()
			const batch = `"filters":["brightness"]`
			pause := time.Second
			l, err := h.lightly(`{"count":4,`+batch+`}`, pause)
			if err != nil {
				return err
			}
			c, err := h.gather(b, row.members, l)
			if err != nil {
				return err
			}
			defer c.part()
			before, err := resident(h.PID())
			if err != nil {
				return err
			}
			var shares, cpu []float64
			failed := 0
			for i := range 1 + row.rounds { // in the first one they fetch the photographs, and are put to the proof
				r, err := h.Batch(request.Swarm, fmt.Sprintf(`{"wait":true,"alone":true,"pool":"warm","rounds":1,"count":%d,%s}`, tasks*row.members, batch))
				if err != nil {
					return err
				}
				if failed += r.AllFailed; i > 0 {
					shares = append(shares, tasks*pause.Seconds()/r.Time)
					cpu = append(cpu, r.ServerCPUTime/float64(tasks*row.members)*ms)
				}
			}
			memory, err := resident(h.PID())
			if err != nil {
				return err
			}
			m, told := claims.Spread(shares, "%.3f")
			who := fmt.Sprintf("%d members that wait a second a task and give the right bytes, %d tasks each", row.members, tasks)
			b.Row("volunteers", who+", of the ideal", fmt.Sprintf("%.2f", row.share), fmt.Sprintf("%s; %d images lost", told, failed), claims.Held(m >= row.share && failed == 0))
			m, told = claims.Spread(cpu, "%.2f")
			wanted, verdict := "", ""
			if row.cpu > 0 {
				wanted, verdict = fmt.Sprintf("at most %.1f ms", row.cpu), claims.Held(m <= row.cpu)
			}
			b.Row("volunteers", "the server's processor time a task", wanted, told+" ms", verdict)
			wanted, verdict = "", ""
			mb := float64(memory) / 1e6
			if row.memory > 0 {
				wanted, verdict = fmt.Sprintf("at most %.0f MB", row.memory), claims.Held(mb <= row.memory)
			}
			b.Row("volunteers", "the server's memory after those batches", wanted, fmt.Sprintf("%.0f MB; %.0f before, with the members there", mb, float64(before)/1e6), verdict)
			return nil
		}()
		if err != nil {
			return fmt.Errorf("%d members: %w", row.members, err)
		}
	}
	return nil
}

// noQueue stands for package queue in a program that is built without NATS.
const noQueue = `package queue

import (
	"context"
	"errors"
	"time"
)

const (
	Lease   = 5 * time.Second
	MaxJobs = 256
)

var (
	ErrFull = errors.New("full")
	ErrNone = errors.New("none")
)

type Queue struct{}

type Hold interface {
	Extend() error
	Done(context.Context) error
	Drop(string) error
	Back(time.Duration) error
}

type Held struct {
	ID    string
	Data  []byte
	Count int
	Hold
}

type Department struct{ URL, Credentials, Authorities string }

func Embedded(string, time.Duration) (*Queue, error)   { return nil, ErrNone }
func Shared(Department, time.Duration) (*Queue, error) { return nil, ErrNone }
func (*Queue) Lease() time.Duration { return 0 }
func (*Queue) Shared() bool { return false }
func (*Queue) Remade() bool { return false }
func (*Queue) Put(context.Context, string, []byte) error { return ErrNone }
func (*Queue) Next(context.Context, time.Duration) (Held, error) { return Held{}, ErrNone }
func (*Queue) Note(context.Context, string, []byte) error { return ErrNone }
func (*Queue) Noted(context.Context, string) ([]byte, error) { return nil, ErrNone }
func (*Queue) Len(context.Context) (int, error) { return 0, ErrNone }
func (*Queue) Close() {}
`

// queue builds the program with and without its queue, and starts both.
func queue(b *claims.Bench) error {
	const times = 15
	dir, err := os.MkdirTemp("", "carriles-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	with, without, err := builds(b, dir)
	if err != nil {
		return err
	}
	sizes := map[string]float64{}
	for _, binary := range []string{with, without} {
		info, err := os.Stat(binary)
		if err != nil {
			return err
		}
		sizes[binary] = float64(info.Size()) / 1e6
	}
	added := sizes[with] - sizes[without]
	b.Row("queue", fmt.Sprintf("the program with it (%.1f MB) and built without", sizes[with]), "at most 12 MB more", fmt.Sprintf("%.1f MB", added), claims.Held(added <= 12))
	var longer []float64
	for i := range times {
		starts := map[string]float64{}
		order := []string{with, without}
		if i%2 == 1 {
			slices.Reverse(order)
		}
		for _, binary := range order {
			s, err := b.ServeWith(binary, photographs(160), "-ceiling=false")
			if err != nil {
				return err
			}
			starts[binary] = s.Started.Seconds() * ms
			s.Stop()
		}
		longer = append(longer, starts[with]-starts[without])
	}
	m, told := claims.Spread(longer, "%.0f")
	b.Row("queue", "from the start to the first answer, with it and without, in pairs", "at most 50 ms more", told+" ms", claims.Held(m <= 50))
	return nil
}

// builds makes both programs in a folder.
func builds(b *claims.Bench, dir string) (with, without string, err error) {
	here, err := os.Getwd()
	if err != nil {
		return "", "", err
	}
	stub, overlay := filepath.Join(dir, "queue.go"), filepath.Join(dir, "overlay.json")
	replaced, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(here, "cmd/host/internal/queue/queue.go"): stub}})
	if err == nil {
		err = errors.Join(os.WriteFile(stub, []byte(noQueue), 0o644), os.WriteFile(overlay, replaced, 0o644))
	}
	if err != nil {
		return "", "", err
	}
	with, without = filepath.Join(dir, "with"), filepath.Join(dir, "without")
	for _, flags := range [][]string{{"-o", with}, {"-o", without, "-overlay", overlay}} {
		line := append([]string{"build", "-trimpath", "-ldflags=-s -w"}, append(flags, "./cmd/host")...)
		if out, err := exec.CommandContext(b.Ctx, "go", line...).CombinedOutput(); err != nil {
			return "", "", fmt.Errorf("go build: %w: %.300s", err, out)
		}
	}
	return with, without, nil
}

// idle counts what a server without work uses, alone and with members.
func idle(b *claims.Bench) error {
	const watched = 10 * time.Second
	h, err := serve(b, 160)
	if err != nil {
		return err
	}
	defer h.Stop()
	time.Sleep(2 * time.Second) // previews
	for _, members := range []int{0, 200} {
		if members > 0 {
			c, err := h.gather(b, members, light{})
			if err != nil {
				return err
			}
			defer c.part()
		}
		before, err := used(h.PID())
		if err != nil {
			return err
		}
		time.Sleep(watched)
		after, err := used(h.PID())
		if err != nil {
			return err
		}
		rate := (after - before) / watched.Seconds() * ms
		wanted, verdict := "", ""
		if members == 0 {
			wanted, verdict = "at most 20 ms a second", claims.Held(rate <= 20)
		}
		b.Row("idle", fmt.Sprintf("a server with %d members and nothing to do, its processor time", members), wanted, fmt.Sprintf("%.1f ms a second, in %.0f s", rate, watched.Seconds()), verdict)
	}
	return nil
}

// waits has 1,000 requests of a second wait by goroutines.
func waits(b *claims.Bench) error {
	const times, most = 7, 1.5
	h, err := serve(b, 160)
	if err != nil {
		return err
	}
	defer h.Stop()
	var samples []float64
	for range times {
		var a result.Waiting
		if err := h.Ask(request.WaitsPath, fmt.Sprintf(`{"n":1000,"seconds":1,"ways":[%q]}`, request.WaitGoroutines), &a); err != nil {
			return err
		}
		way := a.Results[0]
		if way.WaitFigures == nil || way.Answered != 1000 {
			return fmt.Errorf("%s", way.Text.EN)
		}
		samples = append(samples, way.Time)
	}
	m, told := claims.Spread(samples, "%.3f")
	b.Row("waits", "1,000 requests that wait a second each, by goroutines", fmt.Sprintf("at most %.1f s", most), told+" s", claims.Held(m <= most))
	return nil
}

// beside has threads and sequential run beside 200 members that have nothing to do, and
// without them, in turns.
func beside(b *claims.Bench) error {
	const (
		members, pairs = 200, 9
		most           = 1.02
	)
	h, err := serve(b, 1200)
	if err != nil {
		return err
	}
	defer h.Stop()
	body := `{"pool":"warm","warmup":1,"rounds":3,"count":24,"filters":["resize","sharpen"]}`
	ratios := map[string][]float64{}
	for i := range pairs {
		times := map[bool]map[string]float64{}
		for _, with := range []bool{i%2 == 0, i%2 == 1} {
			leave := func() error { return nil }
			if with {
				c, err := h.gather(b, members, light{})
				if err != nil {
					return err
				}
				leave = func() error {
					c.part()
					return h.here(0)
				}
			}
			times[with] = map[string]float64{}
			for _, method := range []string{request.Sequential, request.Threading} {
				r, err := h.Batch(method, body)
				if err != nil {
					return errors.Join(err, leave())
				}
				times[with][method] = r.Time
			}
			if err := leave(); err != nil {
				return err
			}
		}
		for method, t := range times[true] {
			ratios[method] = append(ratios[method], t/times[false][method])
		}
	}
	for _, method := range []string{request.Sequential, request.Threading} {
		m, told := claims.Spread(ratios[method], "%.3f")
		b.Row("beside", fmt.Sprintf("%s beside %d members that have nothing to do, against without", method, members), fmt.Sprintf("at most %.2f", most), told, claims.Held(m <= most))
	}
	return nil
}
