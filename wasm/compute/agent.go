//go:build js && wasm

package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"syscall/js"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/contest"
	"carriles/executor/crew"
	"carriles/executor/crew/webworker"
	"carriles/filters"
)

// patience is how long one attempt at one image may take, if the job does not
// say, and a worker's start, whose program may have to be downloaded: a phone
// needs ten times as long as a computer.
const patience = 2 * time.Minute

// liveEvery is how often the page is told what the lanes do: five times a second
// are seen as live.
const liveEvery = 200 * time.Millisecond

// turns are the page's leaves to begin a round: one is asked for at a time.
var turns = make(chan struct{}, 1)

type agent struct {
	job     result.BrowserJob
	spec    request.Spec
	photos  photos
	places  map[string]*webworker.Place
	singles map[string]single
	outputs outputs
}

// run does a whole job. Whatever ends it, the page is told.
func run(text string) {
	a, err := newAgent(text)
	if err == nil {
		err = a.measure()
	}
	if err != nil {
		post(result.EventBroken, err.Error())
	}
}

func newAgent(text string) (*agent, error) {
	a := &agent{photos: photos{}, places: map[string]*webworker.Place{}, singles: map[string]single{}}
	if err := json.Unmarshal([]byte(text), &a.job); err != nil {
		return nil, err
	}
	a.spec = a.job.Spec
	a.spec.Source, a.spec.Transport = "", "" // which are the host's
	if a.spec.Pool == request.Both {
		a.spec.Pool = request.Warm
	}
	a.outputs = outputs{shown: len(a.spec.UsedImages()), held: map[string]output{}}
	if len(a.spec.Methods) == 0 {
		return nil, errors.New("no method")
	}
	for _, name := range a.spec.Methods {
		if !slices.Contains(request.BrowserMethods(), name) {
			return nil, fmt.Errorf("no method %q", name)
		}
		a.places[name] = &webworker.Place{Script: script(name), Photo: a.photos.get}
	}
	return a, nil
}

// script is the address of the workers' script, which is the agent's own: which
// program it takes, stands in its query.
func script(method string) string {
	url := js.Global().Get("URL").New(js.Global().Get("location").Get("href"))
	if method == request.BrowserPlain {
		url.Get("searchParams").Call("set", "simd", "off")
	}
	return url.Get("href").String()
}

// measure downloads the photographs and holds the contest.
func (a *agent) measure() error {
	began := time.Now()
	if err := a.photos.download(a.spec.UsedImages()); err != nil {
		return err
	}
	downloaded := time.Since(began)
	live := contest.NewLive(a.spec)
	stop := follow(live)
	m, err := contest.Run(context.Background(), contest.Config{
		Spec: a.spec, Shape: a.spec.Shape, Team: a.team, Outputs: &a.outputs, Audience: live,
		Progress: func(p result.Progress) { tell(result.EventProgress, p) },
		Turn:     a.turn,
	})
	stop()
	for _, s := range a.singles {
		s.Crew.Close()
	}
	if err != nil {
		return err
	}
	a.finish(m, downloaded)
	return nil
}

// turn waits for the page's leave to begin a round, where the job takes turns.
func (a *agent) turn(_ context.Context, counted bool) error {
	if a.job.Turns {
		tell(result.EventTurn, result.Turn{Counted: counted})
		<-turns
	}
	return nil
}

// follow hands on what the lanes do until it is stopped.
func follow(live *contest.Live) (stop func()) {
	tick, last := time.NewTicker(liveEvery), 0
	hand := func() {
		if live.Spell() != nil {
			return // times that JSON cannot hold: the lanes are seen when they are whole
		}
		var events [][]byte
		for events, last = live.Since(last); len(events) > 0; events = events[1:] {
			post(result.EventLanes, string(events[0]))
		}
	}
	over := make(chan struct{})
	go func() {
		for {
			select {
			case <-tick.C:
				hand()
			case <-over:
				return
			}
		}
	}()
	return func() {
		tick.Stop()
		close(over)
		hand()
	}
}

// team makes the crew of a method. A page that computes with one worker has it
// ready before, whatever the pool is: only several are started in the clock of a
// cold one.
func (a *agent) team(method string) (contest.Team, error) {
	if s, ok := a.singles[method]; ok {
		return s, nil
	}
	timeout := cmp.Or(time.Duration(a.job.TimeoutS*float64(time.Second)), patience)
	c := crew.New(a.places[method], crew.Config{Spec: a.spec, Shape: a.spec.Shape(method), Timeout: timeout, StartTimeout: patience})
	if !a.single(method) {
		return c, nil
	}
	s := single{c}
	a.singles[method] = s
	return s, c.Start(context.Background())
}

// single reports whether a method's worker stays when its round is over, in a
// pool where others don't.
func (a *agent) single(method string) bool {
	return a.spec.Pool == request.Cold && method != request.BrowserWorkers
}

// single is a crew that stays from round to round.
type single struct{ *crew.Crew }

// Close implements contest.Team.
func (single) Close() {}

// finish tells the page what came of it, with the images of each method.
func (a *agent) finish(m contest.Measured, downloaded time.Duration) {
	done := result.BrowserOutcome{
		Comparison: m.Comparison(result.Environment{}, 0), DownloadS: downloaded.Seconds(),
		Starts: map[string][]result.BrowserStart{},
	}
	var blobs []any
	for _, method := range a.spec.Methods {
		r, place, simd := done.Comparison.Results[method], a.places[method], filters.NoSIMD
		for _, lane := range m.Median(method).Lanes {
			s := place.Started(lane.Worker.Name)
			done.Starts[method], simd = append(done.Starts[method], s.BrowserStart), s.SIMD
		}
		r.Environment = &result.Environment{
			GoVersion: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH,
			CoresUsed: r.Workers, Engine: a.spec.Engine, SIMD: simd,
		}
		if a.single(method) {
			r.Pool = request.Warm
		}
		for _, name := range m.Last(method).Outputs {
			if out, ok := a.outputs.held[name]; ok {
				done.Outputs = append(done.Outputs, result.BrowserOutput{Method: method, Image: a.spec.Image(out.task)})
				blobs = append(blobs, out.blob())
			}
		}
	}
	result.Tidy(done.Comparison)
	tell(result.EventDone, done, blobs...)
}
