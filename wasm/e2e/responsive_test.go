package e2e

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/tracing"
	"github.com/chromedp/chromedp"
)

// While its worker computes, a page does nothing longer than this at a stretch,
// in milliseconds: beyond it a touch feels unanswered.
const unanswered = 200

// phone is how many times slower than the machine the page's processor is.
const phone = 4

// TestResponsive has a page of a phone's width, on a processor four times
// slower, compute in its worker: meanwhile its own thread does nothing long.
// What counts is the time that the thread had a processor, as the browser traces
// it: another program that takes the processor away makes a task last longer on
// the clock, but not in this. What the throttling burns is in it: the same task
// has 46 ms without and 160 with it, whether the machine is idle or four endless
// loops keep its two cores busy.
//
// A host that takes the processor away from the whole machine is counted all the
// same, and so is a neighbour on the same core that slows it down. What is the
// page's own is long each time: the shortest of several longest tasks counts.
//
// Loading the page is not looked at, for Go's start in WebAssembly is one task;
// nor is the one in which the result is drawn at the end, which is only told.
func TestResponsive(t *testing.T) {
	s := serve(t)
	address := s.addresses()["network"]
	ctx := chromium(t)
	watch(t, ctx, address)
	do(t, ctx, chromedp.EmulateViewport(360, 740, chromedp.EmulateScale(2), chromedp.EmulateMobile))
	longest := unanswered + 1.0
	for range 5 {
		if longest = min(longest, longestTask(t, ctx, address)); longest <= unanswered {
			return
		}
	}
	t.Errorf("at best a task of %.0f ms on the page's thread while its worker computes; want none over %d", longest, unanswered)
}

// longestTask is the processor time of the page's longest task while its worker
// computes, in milliseconds.
func longestTask(t *testing.T, ctx context.Context, address string) float64 {
	t.Helper()
	throttle := func(rate float64) {
		t.Helper()
		if _, err := chromedp.Call(ctx, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: rate}); err != nil {
			t.Fatal(err)
		}
	}
	throttle(1)
	open(t, ctx, address)
	until(t, ctx, "[...document.images].every(i => i.complete || i.loading === 'lazy')")
	only(t, ctx)
	quick(t, ctx, 8)
	do(t, ctx, click(id("method-check-browser")))
	eval[bool](t, ctx, `(() => {
		// Computing lasts as long as its progress is on the page.
		window.computing = 0;
		new MutationObserver(() => {
			const there = !!document.querySelector('`+string(id("browser-progress"))+` progress');
			if (there !== (window.computing % 2 === 1)) {
				window.computing++;
				performance.mark(there ? 'computing' : 'computed');
			}
		}).observe(document.body, {childList: true, subtree: true});
		return true;
	})()`)
	throttle(phone)
	stop := trace(t, ctx)
	do(t, ctx, click(id("run")))
	until(t, ctx, "window.computing === 2")
	// A task that is long on purpose, however fast the machine, shows that the
	// trace tells of them.
	eval[bool](t, ctx, `setTimeout(() => {
		performance.mark('long');
		let sum = 0;
		for (const begun = performance.now(); performance.now() - begun < 1000;) {
			for (let i = 0; i < 1e8; i++) { sum += Math.sqrt(i); }
		}
		window.long = sum;
	}), true`)
	until(t, ctx, "window.long > 0")
	events := stop()

	begun, over, long := events.marked(t, "computing"), events.marked(t, "computed"), events.marked(t, "long")
	var meanwhile []task
	result, provoked := 0.0, 0.0
	for _, e := range events.tasks(t) {
		switch end := e.TS + e.Duration; {
		case e.TS >= begun && end <= over:
			meanwhile = append(meanwhile, e)
		case e.TS <= over && over <= end:
			result = e.CPU / 1000
		case e.TS <= long && long <= end:
			provoked = e.CPU / 1000
		}
	}
	if provoked <= unanswered {
		t.Fatalf("the task that is long on purpose has %.0f ms: the trace does not tell of them", provoked)
	}
	if len(meanwhile) < 10 {
		t.Fatalf("only %d tasks in the %.0f ms of computing", len(meanwhile), (over-begun)/1000)
	}
	slices.SortFunc(meanwhile, func(a, b task) int { return cmp.Compare(b.CPU, a.CPU) })
	t.Logf("computed for %.0f ms in %d tasks of the page, the longest of %.0f (%.0f ms after it began), %.0f and %.0f ms; then the result in %.0f ms",
		(over-begun)/1000, len(meanwhile), meanwhile[0].CPU/1000, (meanwhile[0].TS-begun)/1000, meanwhile[1].CPU/1000, meanwhile[2].CPU/1000, result)
	return meanwhile[0].CPU / 1000
}

// task is an event of a trace. Times are in microseconds.
type task struct {
	Name     string  `json:"name"`
	Kind     string  `json:"ph"`
	Process  int     `json:"pid"`
	Thread   int     `json:"tid"`
	TS       float64 `json:"ts"`
	Duration float64 `json:"dur"`
	CPU      float64 `json:"tdur"` // the thread's processor time
	Args     struct {
		Name string `json:"name"`
	} `json:"args"`
}

type traced []task

// trace has the browser trace what its threads do until stop is called.
func trace(t testing.TB, ctx context.Context) (stop func() traced) {
	t.Helper()
	var events traced
	var broken error
	complete := make(chan struct{})
	// The listener is called for one event after the other; complete is the last.
	listening, deaf := context.WithCancel(ctx)
	err := chromedp.Listen(listening, func(ev any) {
		switch ev := ev.(type) {
		case *tracing.EventDataCollected:
			for _, value := range ev.Value {
				var e task
				if err := json.Unmarshal(value, &e); err != nil {
					broken = err
				}
				events = append(events, e)
			}
		case *tracing.EventTracingComplete:
			close(complete)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = chromedp.Call(ctx, tracing.Start, tracing.StartParams{TraceConfig: &tracing.TraceConfig{
		IncludedCategories: []string{"disabled-by-default-devtools.timeline", "blink.user_timing"}, ExcludedCategories: []string{"*"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return func() traced {
		t.Helper()
		defer deaf()
		if _, err := chromedp.Call(ctx, tracing.End, cdp.Empty{}); err != nil {
			t.Fatal(err)
		}
		select {
		case <-complete:
		case <-ctx.Done():
			t.Fatal(ctx.Err())
		}
		if broken != nil {
			t.Fatal(broken)
		}
		return events
	}
}

// marked is when the page set a mark, which it must have done once.
func (events traced) marked(t *testing.T, name string) float64 {
	t.Helper()
	var at []float64
	for _, e := range events {
		if e.Name == name {
			at = append(at, e.TS)
		}
	}
	if len(at) != 1 {
		t.Fatalf("%q is marked at %v, want once", name, at)
	}
	return at[0]
}

// tasks are those of the page's own thread.
func (events traced) tasks(t testing.TB) []task {
	t.Helper()
	type thread struct{ process, thread int }
	main := map[thread]bool{}
	for _, e := range events {
		if e.Name == "thread_name" && e.Args.Name == "CrRendererMain" {
			main[thread{e.Process, e.Thread}] = true
		}
	}
	var found []task
	for _, e := range events {
		if e.Name == "RunTask" && e.Kind == "X" && main[thread{e.Process, e.Thread}] {
			found = append(found, e)
		}
	}
	if len(found) == 0 {
		t.Fatal("the trace has no tasks of the page's thread")
	}
	return found
}
