package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"carriles/bench/claims"
	"carriles/executor/batch/lesson"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/crew/process/kernel"
	"carriles/executor/fault"
	"carriles/executor/trace"
)

// equals has two methods that do the same compared in one round, again and again.
func equals(b *claims.Bench) error {
	const times = 24
	winners := 0
	for range times {
		c, err := b.Compare(`{"methods":["threading","multiprocessing"],"workers":1,"rounds":1,"filters":["resize"]}`)
		if err != nil {
			return err
		}
		if c.Performance.Winner != result.WinnerNone {
			winners++
		}
	}
	b.Row("aa", "threading and multiprocessing of one worker, one round", fmt.Sprintf("no winner in %d", times), fmt.Sprintf("%d winners", winners), claims.Held(winners == 0))
	return nil
}

// mostSeconds is how long a command of the guide's may take on two cores.
const mostSeconds = 25

// guide pastes the guide's commands.
func guide(b *claims.Bench) error {
	var guide lesson.Lesson
	if err := b.Ask("/api/guide/", "", &guide); err != nil {
		return err
	}
	for _, step := range guide.Steps {
		for i, c := range step.Commands {
			if c.Method != "POST" || !strings.HasPrefix(c.Path, request.BatchPath) {
				continue
			}
			var answer json.RawMessage
			began := time.Now()
			if err := b.Ask(c.Path, c.Body, &answer); err != nil {
				var why *fault.Error
				if !errors.As(err, &why) || why.Code != fault.CodeUnavailable && why.Code != fault.CodeNoWorkers {
					return err
				}
				b.Row("guide", fmt.Sprintf("%s %d", step.ID, i+1), "", "not here: a method that it names, or a machine for it, is missing", "")
				continue
			}
			seconds := time.Since(began).Seconds()
			told, verdict, err := judgement(c.Path, answer)
			if err != nil {
				return err
			}
			b.Row("guide", fmt.Sprintf("%s %d", step.ID, i+1), fmt.Sprintf("at most %d s, three rounds", mostSeconds), fmt.Sprintf("%.1f s%s", seconds, told), claims.Held(seconds <= mostSeconds && verdict))
		}
	}
	return nil
}

// judgement tells an answer's winner, and whether its verdicts are from rounds enough.
// Only comparisons have verdicts.
func judgement(path string, answer json.RawMessage) (told string, enough bool, err error) {
	if !strings.Contains(path, "/compare") {
		return "", true, nil
	}
	var c result.Comparison
	if err := json.Unmarshal(answer, &c); err != nil {
		return "", false, err
	}
	enough = true
	for _, v := range c.Performance.Verdicts {
		enough = enough && v.Rounds >= request.FewestRounds
	}
	told = fmt.Sprintf(", %d rounds, winner %s", c.TestInfo.Rounds, c.Performance.Winner)
	if e := c.Performance.Expected; e != nil {
		told += ", expected " + e.Winner + ": " + e.Met
	}
	if c.Performance.Disturbed {
		told += ", disturbed"
	}
	return told, enough, nil
}

const fiveSharpenings = `"filters":["sharpen"],"filter_params":{"sharpen":{"intensity":5}}`

// ceiling has threads use all cores.
func ceiling(b *claims.Bench) error {
	c, err := b.Compare(`{` + fiveSharpenings + `,"methods":["sequential","threading"],"pool":"warm","count":8,"rounds":11,"warmup":1}`)
	if err != nil {
		return err
	}
	threads, given := c.Results[request.Threading], "no ceiling"
	if ceiling := c.Environment.Ceiling; ceiling != nil {
		given = fmt.Sprintf("%.3f arithmetic, %.3f memory", ceiling.Arithmetic, ceiling.Memory)
	}
	b.Row("ceiling", "threads, sharpen 5, warm, 11 rounds", "0.95 of the ceiling", fmt.Sprintf("%.3f times sequential: %.3f of it (%s)", threads.Speedup, threads.OfCeiling, given), claims.Held(threads.OfCeiling >= 0.95))
	return nil
}

// cold has threads begin from nothing.
func cold(b *claims.Bench) error {
	c, err := b.Compare(`{"filters":["resize","sharpen"],"filter_params":{"resize":{"width":800,"height":600},"sharpen":{"intensity":2}}}`)
	if err != nil {
		return err
	}
	threads := c.Results[request.Threading]
	if threads.FromNothing == nil {
		return fmt.Errorf("nothing was measured from nothing")
	}
	b.Row("cold", "threads from nothing, the guide's compare-all", "1.6 times sequential", fmt.Sprintf("%.3f times (running %.3f), %d rounds", threads.FromNothing.Speedup, threads.Speedup, c.TestInfo.Rounds), claims.Held(threads.FromNothing.Speedup >= 1.6))
	return nil
}

// recording reckons what reading a thread's accounts at each end of a span costs:
// their number, by what one takes that has been off its processor since the last.
func recording(b *claims.Bench) error {
	c, err := b.Batch(request.Threading, `{"filters":["resize","blur","brightness"],"pool":"warm","warmup":1,"rounds":3}`)
	if err != nil {
		return err
	}
	var lanes struct {
		Timelines []result.Timeline `json:"timelines"`
	}
	if err := b.Ask("/api/runs/"+c.APIInfo.RunID+"/timeline/", "", &lanes); err != nil {
		return err
	}
	spans, busy := 0, 0.0
	for _, lane := range lanes.Timelines[0].Lanes {
		spans += len(lane.Spans)
	}
	for _, w := range c.Overhead.Workers {
		busy += w.Busy()
	}
	each := costOfReading()
	share := float64(spans) * each.Seconds() / busy
	b.Row("recording", "span ends read, threads, the default chain", "1 % of a run", fmt.Sprintf("%d readings of %.1f us in %.3f s: %.3f %%", spans, float64(each.Nanoseconds())/1000, busy, 100*share), claims.Held(share <= 0.01))
	return nil
}

// costOfReading is what reading a thread's accounts takes at most: after it has slept.
func costOfReading() time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	meter := kernel.ThreadMeter(time.Microsecond)
	if meter == nil {
		return 0
	}
	const times = 300
	var sum time.Duration
	for range times {
		time.Sleep(100 * time.Microsecond)
		began := time.Now()
		meter()
		sum += time.Since(began)
	}
	return sum / times
}

// lock sets threads under the lock beside sequential, and those that let it go beside
// threads without one.
func lock(b *claims.Bench) error {
	const rounds = `,"pool":"warm","count":8,"rounds":11,"warmup":1}`
	on, err := b.Compare(`{` + fiveSharpenings + `,"methods":["sequential","threading-gil"]` + rounds)
	if err != nil {
		return err
	}
	locked := on.Results[request.ThreadingGIL]
	ratio := locked.Time / on.Results[request.Sequential].Time
	waited, wall := 0.0, 0.0
	for _, w := range locked.Overhead.Workers {
		waited, wall = waited+w.In(trace.Locked), wall+w.WallS
	}
	n := float64(len(locked.Overhead.Workers))
	b.Row("lock", "on: time over sequential's", "0.95 to 1.05", fmt.Sprintf("%.3f", ratio), claims.Held(ratio >= 0.95 && ratio <= 1.05))
	b.Row("lock", "on: lock_s of the lanes' time", fmt.Sprintf("about %.3f", (n-1)/n), fmt.Sprintf("%.3f; bound by %s", waited/wall, locked.Bound), claims.Held(waited/wall >= 0.9*(n-1)/n && waited/wall <= 1.1*(n-1)/n))
	off, err := b.Compare(`{` + fiveSharpenings + `,"methods":["threading","threading-gil"],"gil":{"released_in":["decode","filter","encode"]}` + rounds)
	if err != nil {
		return err
	}
	ratio = off.Results[request.ThreadingGIL].Time / off.Results[request.Threading].Time
	b.Row("lock", "let go in all stages: time over threading's", "0.95 to 1.05", fmt.Sprintf("%.3f", ratio), claims.Held(ratio >= 0.95 && ratio <= 1.05))
	return nil
}

// bounds counts what batches from the page cache, and batches that wait for a slow
// server, are said to be bound by, beside so many busy loops.
func bounds(b *claims.Bench, beside string, loops int) error {
	stop := make(chan struct{})
	defer close(stop)
	for range loops {
		go func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
			}
		}()
	}
	const many, few = 200, 20
	methods := []string{request.Sequential, request.Threading, request.Multiprocessing, request.Threading}
	counted, of, err := count(b, many, func(i int) (string, string) {
		return methods[i%len(methods)], `{"filters":["resize"],"count":2,"workers":2}`
	})
	if err != nil {
		return err
	}
	b.Row(strings.Fields(beside)[0], fmt.Sprintf("%d batches from cached files, %s", of, beside), "none is io", counted.text(), claims.Held(counted[ioBound] == 0 && of == many))
	counted, of, err = count(b, few, func(i int) (string, string) {
		return methods[i%len(methods)], `{"filters":["resize"],"count":2,"workers":2,"source":"http","latency_ms":200}`
	})
	if err != nil {
		return err
	}
	b.Row(strings.Fields(beside)[0], fmt.Sprintf("%d batches with 200 ms of latency, %s", of, beside), "all are io", counted.text(), claims.Held(counted[ioBound] == few))
	return nil
}

const ioBound = "io"

type counts map[string]int

func (c counts) text() string {
	var parts []string
	for _, bound := range []string{"cpu", ioBound, "lock", "mixed", "unknown"} {
		if c[bound] > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", bound, c[bound]))
		}
	}
	return strings.Join(parts, ", ")
}

// count asks for batches and counts their bounds; of is how many the time left.
func count(b *claims.Bench, n int, batch func(i int) (method, body string)) (c counts, of int, err error) {
	c = counts{}
	for i := range n {
		if b.Ctx.Err() != nil {
			return c, i, nil
		}
		method, body := batch(i)
		r, err := b.Batch(method, body)
		if err != nil {
			return c, i, err
		}
		c[r.Bound]++
	}
	return c, n, nil
}

// starting says what starting costs each of the guide's methods.
func starting(b *claims.Bench) error {
	c, err := b.Compare(`{"filters":["edges"],"filter_params":{"edges":{"threshold1":50,"threshold2":150}}}`)
	if err != nil {
		return err
	}
	for _, name := range request.GuideMethods() {
		r := c.Results[name]
		if r.FromNothing == nil || r.Running == nil || r.Starting == nil {
			return fmt.Errorf("%s has not both figures", name)
		}
		b.Row("starting", name+", edges", "from nothing is slower", fmt.Sprintf("%.3f s from nothing, %.3f s running; spawn %.3f s, touch %.3f s", r.FromNothing.Time, r.Running.Time, r.Starting.SpawnS, r.Starting.TouchS), claims.Held(r.FromNothing.Time > r.Running.Time))
	}
	return nil
}
