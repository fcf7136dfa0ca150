package e2e

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"carriles/executor/batch/result"
	"carriles/executor/crew/room"
	"carriles/executor/crew/room/wire"
)

// browserMethods are those of the page itself, the baseline first.
var browserMethods = []string{"browser", "browser-plain", "browser-workers"}

// fourThreads has the pages to come find as many as a phone has, whatever the
// machine of the test is: there may be no more workers.
func fourThreads(t *testing.T, ctx context.Context) {
	t.Helper()
	beforePage(t, ctx, "Object.defineProperty(navigator, 'hardwareConcurrency', {value: 4})")
}

// TestBrowserMethods has one press run a method of the server and all of the
// browser's: one Web Worker with vectors, one without, and two; they stand side
// by side with lanes of their own and give the same pixels.
func TestBrowserMethods(t *testing.T) {
	s := serve(t, "-class-token", presenterToken)
	address := s.addresses()["network"]
	ctx := chromium(t)
	watch(t, ctx, address)
	fourThreads(t, ctx)
	open(t, ctx, address)
	only(t, ctx, "sequential")
	quick(t, ctx, 3)
	choose(t, ctx, "pool", "cold")
	for _, m := range browserMethods {
		do(t, ctx, click(id("method-check-"+m)))
	}
	do(t, ctx, visible(id("browser_workers")))
	if got := eval[string](t, ctx, `document.querySelector('`+string(id("browser_workers"))+`').value`); got != "4" {
		t.Errorf("%q workers are proposed, want one for each of four threads", got)
	}
	fill(t, ctx, "browser_workers", 2)
	do(t, ctx, click(id("run")), visible(id("lanes-browser-workers")))
	until(t, ctx, `document.querySelector('`+string(id("race"))+`').dataset.shown === '4'`)

	for m, want := range map[string]string{
		"browser": "1 Web Worker · vectors (simd128)", "browser-plain": "1 Web Worker · no vectors", "browser-workers": "2 Web Workers · vectors (simd128)",
	} {
		if got := text(t, ctx, "shape-"+m); got != want {
			t.Errorf("%s is shown as %q, want %q", m, got, want)
		}
		if n := eval[int](t, ctx, coloursOf(string(id("lanes-"+m)))); n < 3 {
			t.Errorf("the lanes of %s have %d colours", m, n)
		}
	}
	do(t, ctx, visible(id("pixels-browser")))
	if got := eval[string](t, ctx, `document.querySelector('`+string(id("pixels-browser"))+`').dataset.equal`); got != "true" {
		t.Errorf("the pixels of all are the server's: %q, want true", got)
	}
	unfold(t, ctx, "lanes-table")
	rows := func(m string) int {
		return eval[int](t, ctx, fmt.Sprintf(`document.querySelectorAll('%s').length`, id("lane-sum-"+m)))
	}
	if one, two := rows("browser"), rows("browser-workers"); one != 1 || two != 2 {
		t.Errorf("%d lanes of one worker, %d of two", one, two)
	}
	// The pool was cold: its start is in every lane. The transfers are in those of
	// the workers that had a task; one may have done all before the other could.
	for stage, lanes := range map[string]string{"start": "every", "receive": "some", "send": "some"} {
		script := fmt.Sprintf(`(() => {
			const table = document.querySelector('%s table');
			const column = [...table.rows[0].cells].findIndex(c => c.textContent === '%s');
			return [...table.querySelectorAll('%s')].%s(r => parseFloat(r.cells[column].textContent) > 0);
		})()`, id("lanes-table"), stage, id("lane-sum-browser-workers"), lanes)
		if !eval[bool](t, ctx, script) {
			t.Errorf("of %q not %s lane of the workers has something", stage, lanes)
		}
	}
	if got := text(t, ctx, "start-browser-workers"); !strings.Contains(got, "compiling") {
		t.Errorf("the start of the workers is told as %q", got)
	}
	swarm(t, ctx, s)
}

// room is what the presenter is told of who takes part.
func (s server) room(t *testing.T) (view struct {
	Code    string        `json:"code"`
	Devices []room.Device `json:"devices"`
}) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", s.addresses()["loopback"]+"/api/room/", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+presenterToken)
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(&view); err != nil {
		t.Fatal(err)
	}
	return view
}

// eventually waits until something is so.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for late := time.Now().Add(time.Minute); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(late) {
			t.Fatalf("%s: not within a minute", what)
		}
	}
}

// takingPart opens a tab of a browser that computes for the room, and returns when it is
// in. Which one of several tabs is to be seen does not matter.
func takingPart(t *testing.T, ctx context.Context, s server) context.Context {
	t.Helper()
	tab, done := chromedp.NewContext(ctx)
	t.Cleanup(done)
	if err := chromedp.Do(tab); err != nil {
		t.Fatal(err)
	}
	beforePage(t, tab, "Object.defineProperty(document, 'hidden', {value: false, configurable: true})")
	do(t, tab, navigate(s.addresses()["loopback"]+"/#"+s.room(t).Code), click(id("take-part")))
	until(t, tab, "document.querySelector('room-part').dataset.state === 'waiting'")
	return tab
}

// swarm has two tabs of a browser compute for the room. One is closed in the middle of
// an image, which the other does then; it pauses while it is hidden.
func swarm(t *testing.T, ctx context.Context, s server) {
	t.Helper()
	address := s.addresses()["loopback"]
	tabs := []context.Context{takingPart(t, ctx, s), takingPart(t, ctx, s)}
	state := func(want room.State) {
		t.Helper()
		eventually(t, fmt.Sprintf("a tab is %s", want), func() bool {
			return slices.ContainsFunc(s.room(t).Devices, func(d room.Device) bool { return d.Kind == wire.Browser && d.State == want })
		})
	}
	see := func(hidden bool) {
		eval[bool](t, tabs[1], fmt.Sprintf(`(Object.defineProperty(document, 'hidden', {value: %v, configurable: true}), document.dispatchEvent(new Event('visibilitychange')))`, hidden))
	}
	see(true)
	state(room.StatePaused)
	until(t, tabs[1], "document.querySelector('room-part').dataset.state === 'paused'")
	see(false)
	eventually(t, "nobody pauses", func() bool {
		return !slices.ContainsFunc(s.room(t).Devices, func(d room.Device) bool { return d.State == room.StatePaused })
	})

	closed := make(chan error, 1)
	go func() {
		for {
			busy := slices.ContainsFunc(s.room(t).Devices, func(d room.Device) bool { return d.Done > 0 && d.Busy > 0 })
			if busy || t.Context().Err() != nil {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		closed <- chromedp.Cancel(tabs[0])
	}()
	c := posted[result.Comparison](t, http.StatusOK, address+"/api/process-batch/compare-all/", `{"methods":["sequential","swarm"],"count":10,"rounds":1,"pool":"warm","filters":["blur","edges"]}`)
	if err := <-closed; err != nil {
		t.Error(err)
	}
	one, all := c.Results["sequential"], c.Results["swarm"]
	if all == nil || all.SuccessCount != 10 || all.OutputDigest == "" || all.OutputDigest != one.OutputDigest {
		t.Fatalf("the swarm gave %+v", all)
	}
	if deaths := strings.Join(all.WorkerDeaths, "\n"); !strings.Contains(deaths, "browser ") || !strings.Contains(deaths, "lost its connection") || !strings.Contains(deaths, "attempt 2") {
		t.Errorf("one tab was closed: %s", deaths)
	}
	attempts := 0
	for _, r := range all.Results {
		attempts = max(attempts, r.Attempts)
	}
	if attempts < 2 {
		t.Errorf("%d attempts at most, want the closed tab's image tried again", attempts)
	}
	for _, w := range all.Overhead.Workers {
		if w.Kind != wire.Browser || w.Device.Name == "" {
			t.Errorf("a lane of the swarm is %q, %q", w.Kind, w.Device.Name)
		}
	}
}

// TestLateWebWorker keeps one of two Web Workers from starting until the other
// has done everything: the clock has stopped then, and the late one's lane is its
// start alone.
func TestLateWebWorker(t *testing.T) {
	s := serve(t)
	var programs atomic.Int32
	release := make(chan struct{})
	let := sync.OnceFunc(func() { close(release) })
	address := between(t, s, func(r *http.Response) error {
		if strings.Contains(r.Request.URL.Path, "/compute-") {
			r.Header.Set("Cache-Control", "no-store") // each worker asks for it
			if programs.Add(1) == 3 {                 // the first one deals the tasks out
				<-release
			}
		}
		return nil
	})
	t.Cleanup(let)

	ctx := chromium(t)
	watch(t, ctx, address)
	fourThreads(t, ctx)
	open(t, ctx, address)
	only(t, ctx)
	quick(t, ctx, 3)
	choose(t, ctx, "pool", "cold")
	do(t, ctx, click(id("method-check-browser-workers")))
	fill(t, ctx, "browser_workers", 2)
	begun := eval[float64](t, ctx, "performance.now()")
	do(t, ctx, click(id("run")))
	until(t, ctx, element(id("browser-progress"))+".querySelector('progress').position === 1")
	took := eval[float64](t, ctx, "performance.now()") - begun
	// Long enough to be seen in a clock that goes on, and no longer however slow the
	// machine is: after two minutes the late one is given up, and has no lane.
	until(t, ctx, fmt.Sprintf("performance.now() > %f", begun+took+3000))
	let()
	do(t, ctx, visible(id("lanes-browser-workers")))
	unfold(t, ctx, "lanes-table")
	rows := eval[[][]float64](t, ctx, fmt.Sprintf(`(() => {
		const table = document.querySelector('%s table');
		const columns = [...table.rows[0].cells].map(c => c.textContent);
		return [...table.querySelectorAll('%s')].map(r => ['start', 'receive', 'filter', 'send', 'Total'].map(
			stage => parseFloat(r.cells[columns.indexOf(stage)].textContent.replaceAll(',', ''))));
	})()`, id("lanes-table"), id("lane-sum-browser-workers")))
	if len(rows) != 2 {
		t.Fatalf("%d lanes of two workers", len(rows))
	}
	slices.SortFunc(rows, func(a, b []float64) int { return cmp.Compare(b[2], a[2]) })
	early, late := rows[0], rows[1]
	if early[2] == 0 || late[0] == 0 || late[1] != 0 || late[2] != 0 || late[3] != 0 {
		t.Errorf("start, receive, filter, send and total of the early worker %v, of the late one %v ms", early, late)
	}
	if early[4] > took {
		t.Errorf("the clock showed %.0f ms for what was done within %.0f", early[4], took)
	}
}

// TestPicturesCompared sets the outputs of two methods against each other, one
// of them the browser's, and saves the result as a picture.
func TestPicturesCompared(t *testing.T) {
	s := serve(t)
	address := s.addresses()["network"]
	ctx := chromium(t)
	watch(t, ctx, address, "loaded over an insecure connection") // Chromium says so of anything saved from plain http
	open(t, ctx, address)
	only(t, ctx, "sequential")
	quick(t, ctx, 1)
	do(t, ctx, click(id("method-check-browser")), click(id("run")), visible(id("lanes-browser")))
	do(t, ctx, click(chromedp.CSS(`[data-testid^="pair-"]`)), visible(id("split")))
	sources := func() []string {
		return eval[[]string](t, ctx, "[...document.querySelectorAll('.layers img')].map(i => i.src)")
	}
	before := sources()
	if len(before) != 2 || !strings.Contains(before[0], "/static/images/") || !strings.Contains(before[1], "/static/processed/") {
		t.Errorf("at first it shows %v", before)
	}
	if got := eval[string](t, ctx, `document.querySelector('`+string(id("pixels-pair"))+`').textContent`); got != "" {
		t.Errorf("of the original and an output it says %q", got)
	}
	choose(t, ctx, "side-left", "0")
	choose(t, ctx, "side-right", "1")
	// An output has its own pixels too, so the sentence is there before the right
	// side is.
	until(t, ctx, `document.querySelectorAll('.layers img')[1].src.startsWith('blob:')`)
	until(t, ctx, `document.querySelector('`+string(id("pixels-pair"))+`').textContent.startsWith('✓')`)
	if after := sources(); after[0] != before[1] || !strings.HasPrefix(after[1], "blob:") {
		t.Errorf("of the server and the browser it shows %v", after)
	}
	fill(t, ctx, "split", 20)
	until(t, ctx, `document.querySelector('.layers').style.getPropertyValue('--at') === '20.000%'`)
	do(t, ctx, click(id("close")), gone(id("split")))

	// What is saved is kept, and looked at: a PNG with more than one colour.
	eval[bool](t, ctx, `(() => {
		const make = URL.createObjectURL;
		URL.createObjectURL = b => { window.saved = b; return make(b); };
		return true;
	})()`)
	do(t, ctx, click(id("save-picture")))
	until(t, ctx, `document.querySelector('`+string(id("picture-told"))+`').textContent !== ''`)
	size := eval[[]int](t, ctx, `createImageBitmap(window.saved).then(b => {
		const canvas = document.createElement('canvas');
		canvas.width = b.width; canvas.height = b.height;
		const g = canvas.getContext('2d');
		g.drawImage(b, 0, 0);
		const data = g.getImageData(0, 0, b.width, b.height).data, seen = new Set();
		for (let i = 0; i < data.length; i += 4) { seen.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]); }
		return [b.width, b.height, seen.size];
	})`)
	if len(size) != 3 || size[0] != 2560 || size[1] < 400 || size[2] < 20 {
		t.Errorf("the picture: %v; want 2560 wide, and the colours of words and lanes", size)
	}

	// The same while the race is run again, and with its legend: a square of each
	// stage's colour between where the script says that the legend lies.
	media(t, ctx, "prefers-reduced-motion", "no-preference")
	do(t, ctx, click(chromedp.CSS("[data-slower='10']")), click(id("play")))
	until(t, ctx, element(id("race"))+".dataset.playing !== undefined")
	missing := eval[[]string](t, ctx, `(async () => {
		const bytes = async () => new Uint8Array(await window.saved.arrayBuffer()).join();
		const make = window.carrilesPicture, before = await bytes();
		const drawn = new Promise(resolve => { window.carrilesPicture = json => { const d = make(json); resolve(d); return d; }; });
		`+element(id("save-picture"))+`.click();
		const { top, bottom } = await drawn;
		const bitmap = await createImageBitmap(window.saved);
		const canvas = document.createElement('canvas');
		canvas.width = bitmap.width; canvas.height = bitmap.height;
		const g = canvas.getContext('2d');
		g.drawImage(bitmap, 0, 0);
		const data = g.getImageData(0, top, bitmap.width, bottom - top).data, count = {};
		for (let i = 0; i < data.length; i += 4) {
			const colour = 'rgb(' + data[i] + ', ' + data[i + 1] + ', ' + data[i + 2] + ')';
			count[colour] = (count[colour] || 0) + 1;
		}
		const missing = [...document.querySelectorAll('[data-testid=race] .legend .key[class*=stage-]:not(.stage-idle):not(.stage-lost)')]
			.filter(key => !(count[getComputedStyle(key).backgroundColor] >= 900)).map(key => key.className);
		if (await bytes() !== before) { missing.push('it is another picture while the race is run again'); }
		return missing;
	})()`)
	if len(missing) > 0 {
		t.Errorf("in the picture: %q", missing)
	}
}
