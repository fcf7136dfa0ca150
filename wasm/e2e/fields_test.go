package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// choose picks an option of a list as a user does.
func choose(t *testing.T, ctx context.Context, name, value string) {
	t.Helper()
	until(t, ctx, fmt.Sprintf(`(list => {
		list.value = '%[1]s';
		if (list.value !== '%[1]s') { throw new Error('the list has no %[1]s'); }
		list.dispatchEvent(new Event('change', {bubbles: true}));
		return true;
	})(%[2]s)`, value, element(id(name))))
}

// unfold opens what is folded away.
func unfold(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	do(t, ctx, present(id(name)))
	eval[bool](t, ctx, fmt.Sprintf(`document.querySelector('%s').closest('details').open = true`, id(name)))
}

// only leaves the named methods chosen.
func only(t *testing.T, ctx context.Context, methods ...string) {
	t.Helper()
	for _, m := range append([]string{"threading-gil", "hybrid"}, guideMethods...) {
		box := id("method-check-" + m)
		do(t, ctx, present(box))
		eval[bool](t, ctx, fmt.Sprintf(`(() => {
			const box = document.querySelector('%s');
			if (box.checked !== %t) { box.click(); }
			return true;
		})()`, box, strings.Contains(" "+strings.Join(methods, " ")+" ", " "+m+" ")))
	}
}

// fetched reads an answer of the API in the page.
func fetched[T any](t *testing.T, ctx context.Context, path, of string) T {
	t.Helper()
	return eval[T](t, ctx, fmt.Sprintf(`fetch('%s').then(r => r.json()).then(a => %s)`, path, of))
}

// TestFieldsReachTheServer asks for a hybrid of two processes with two threads
// each, a slow source and an automatic number of rounds; the run's spec on the
// server says so.
func TestFieldsReachTheServer(t *testing.T) {
	s := serve(t)
	address := s.addresses()["loopback"]
	ctx := chromium(t)
	watch(t, ctx, address)
	open(t, ctx, address)
	if eval[bool](t, ctx, `!!document.querySelector('`+string(id("latency_ms"))+`')`) {
		t.Error("the latency is asked for without a slow source")
	}
	only(t, ctx, "hybrid")
	fill(t, ctx, "processes", 2)
	fill(t, ctx, "threads", 2)
	quick(t, ctx, 2)
	choose(t, ctx, "source", "http")
	fill(t, ctx, "latency_ms", 50)
	do(t, ctx, click(id("auto")))
	fill(t, ctx, "precision_percent", 50)
	fill(t, ctx, "budget_s", 600) // the five rounds that are enough end before
	for _, want := range []string{"/process-batch/hybrid/", `"latency_ms":50`, `"rounds":"auto"`, `"budget_s":600`} {
		until(t, ctx, fmt.Sprintf(`document.querySelector('%s').textContent.includes('%s')`, id("curl"), want))
	}
	do(t, ctx, click(id("run")), visible(id("verdict")))
	got := fetched[string](t, ctx, "/api/runs/", `(s => [s.source, s.latency_ms, s.methods.join(), s.processes, s.threads,
		s.auto.precision_percent, s.auto.budget_s, s.warmup].join(' '))(a.runs[0].spec)`)
	if want := "http 50 hybrid 2 2 50 600 0"; got != want {
		t.Errorf("the server was asked for %q, want %q", got, want)
	}
	if got := text(t, ctx, "stopped"); !strings.Contains(got, "precision") {
		t.Errorf("why the rounds ended is told as %q", got)
	}
}

// TestSweep makes a sweep over workers. What draws its curves is loaded only
// then.
func TestSweep(t *testing.T) {
	s := serve(t)
	address := s.addresses()["loopback"]
	ctx := chromium(t)
	watch(t, ctx, address)
	open(t, ctx, address)
	const plots = `performance.getEntriesByType('resource').filter(e => /uplot/i.test(e.name)).length`
	if n := eval[int](t, ctx, plots); n > 0 {
		t.Errorf("%d files of the plots come with the first load", n)
	}
	only(t, ctx, "threading", "multiprocessing")
	quick(t, ctx, 1)
	unfold(t, ctx, "over")
	choose(t, ctx, "over", "workers")
	do(t, ctx, visible(id("values")))
	eval[bool](t, ctx, `(() => {
		const field = document.querySelector('`+string(id("values"))+`');
		field.value = '1 2 3';
		field.dispatchEvent(new Event('input', {bubbles: true}));
		return true;
	})()`)
	until(t, ctx, `document.querySelector('`+string(id("curl"))+`').textContent.includes('/api/sweep/')`)
	do(t, ctx, click(id("run")), visible(id("sweep-result")))
	until(t, ctx, `document.querySelector('`+string(id("sweep-result"))+`').dataset.shown === '2'`)
	for _, chart := range []string{"chart-0", "chart-1"} {
		if n := eval[int](t, ctx, coloursOf(string(id(chart))+" canvas")); n < 3 {
			t.Errorf("%s has %d colours, want an axis and two curves at least", chart, n)
		}
	}
	if n := eval[int](t, ctx, `document.querySelectorAll('`+string(id("sweep-row"))+`').length`); n != 3 {
		t.Errorf("the table has %d points, want 3", n)
	}
	until(t, ctx, plots+" === 2") // the script and its style
}

// coloursOf counts the colours of a canvas that more than ten pixels have.
func coloursOf(selector string) string {
	return `(() => {
		const canvas = document.querySelector('` + selector + `');
		const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
		const seen = new Map();
		for (let i = 0; i < data.length; i += 4) {
			if (data[i + 3] === 255) {
				const colour = data[i] << 16 | data[i + 1] << 8 | data[i + 2];
				seen.set(colour, (seen.get(colour) || 0) + 1);
			}
		}
		return [...seen.values()].filter(n => n > 10).length;
	})()`
}
