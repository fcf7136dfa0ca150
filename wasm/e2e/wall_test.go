package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// wallSizes are those of projectors.
var wallSizes = [][2]int64{{1280, 720}, {1920, 1080}}

// TestTheWholeLesson leads the 45 minutes by one key, once in each language, pressed
// where a clicker's keys go: in the wall's window. Five phones are there, one of them
// in a browser. At no moment does the wall show a note, an answer before the reveal or
// a figure without its settings, and all of it lies within its edges, at a projector's
// size and a laptop's.
func TestTheWholeLesson(t *testing.T) {
	s := serveIn(t, tinyPhotos(t), "-class-token", presenterToken)
	address := s.addresses()["loopback"]
	console, phone := chromium(t), chromium(t)
	watch(t, console, address, "503") // nobody has joined the room
	openClass(t, console, address)
	wall, done := chromedp.NewContext(console) // another window of the same browser
	defer done()
	if err := chromedp.Do(wall); err != nil {
		t.Fatal(err)
	}
	watch(t, wall, address)
	do(t, wall, chromedp.EmulateViewport(1280, 720), navigate(address+"/wall?lang=en"), visible(id("stage-welcome")))
	onTheWall(t, wall, "welcome", id("address"))
	openJoin(t, phone, address)
	phones := joinPhones(t, address, 4)
	shows(t, wall, "here", "5")

	do(t, console, click(id("nav.guide")), visible(id("follow")))
	var read [2][]string
	for i, lang := range []string{"en", "es"} { // Chromium begins in the first
		if i > 0 {
			do(t, console, click(id("lang")))
			press(t, wall, "l")
			until(t, wall, "document.documentElement.lang === "+quoted(lang))
		}
		until(t, console, `document.documentElement.lang === `+quoted(lang))
		if i > 0 && os.Getenv("CARRILES_CHAOS") == "" { // what it measures is the same: make rehearse leads both
			read[i] = walkTheLesson(t, console)
			continue
		}
		read[i] = leadTheLesson(t, console, wall, phone, address, lang, phones)
	}
	if len(read[0]) != 9 || len(read[1]) != 9 {
		t.Fatalf("%d and %d steps", len(read[0]), len(read[1]))
	}
	for i := range read[0] {
		if read[0][i] == read[1][i] {
			t.Errorf("step %d is the same in both languages: %s", i+1, read[0][i])
		}
	}
	press(t, wall, "?")
	until(t, wall, "!document.querySelector('#keys').hidden")
	press(t, wall, "?")
	press(t, console, "?")
	do(t, console, visible(id("keys")))
	press(t, wall, kb.PageUp) // back
	until(t, console, element(id("step-costs"))+".getAttribute('aria-current') === 'step'")
}

// leadTheLesson presses the one key from the first step to the last, and returns what
// the console shows of each.
func leadTheLesson(t *testing.T, console, wall, phone context.Context, address, lang string, phones []string) (read []string) {
	t.Helper()
	do(t, console, click(id("step-intro")))
	until(t, console, `document.querySelector('[data-testid="previous"]').disabled`)
	if lang == "en" {
		do(t, console, click(id("follow")))
	} else { // what the first time has measured is put away
		do(t, console, click(`.clock .line button:nth-of-type(2)`))
	}
	do(t, wall, visible(id("stage-step")))
	onTheWall(t, wall, lang+"-step", id("ask"))
	notes, commands := guideOf(t, address, lang)
	eval[bool](t, console, `(() => { // every move that the key has had, however short
		const moves = window.moves = [];
		const look = () => {
			const move = `+element(id("lead"))+`?.dataset.move;
			if (move && move !== moves.at(-1)) moves.push(move);
		};
		look();
		new MutationObserver(look).observe(document, {subtree: true, childList: true, attributes: true});
		return true;
	})()`)
	for range 60 {
		until(t, console, `!['move.wait', undefined].includes(`+element(id("lead"))+`?.dataset.move)`)
		move := eval[string](t, console, element(id("lead"))+".dataset.move")
		step := eval[string](t, console, `document.querySelector('.steps [aria-current]').dataset.testid.slice('step-'.length)`)
		name := lang + "-" + step + "-" + move
		if move == "move.step" || move == "move.end" {
			read = append(read, eval[string](t, console, `document.querySelector('#step').innerText`))
			shootConsole(t, console, name)
		}
		if move == "move.end" {
			return read
		}
		eval[bool](t, console, "!!moves.splice(0, moves.length - 1)")
		press(t, wall, kb.PageDown)
		// Keys that come while something is under way do nothing: the move is made when
		// the next one is another, or the next command's.
		switch move {
		case "move.ask":
			do(t, wall, visible(id("stage-question")))
			predict(t, address, phones)
			do(t, phone, visible(id("predict-sequential")), click(id("predict-sequential")), click(id("send")))
			shows(t, wall, "predicted", "5")
			onTheWall(t, wall, name, id("settings"), id("predicted"))
		case "move.measure":
			until(t, console, "moves.length > 1 && moves.at(-1) !== 'move.wait'")
			asks := "" // a turn's value, which is measured
			if left := commands[step]; len(left) > 0 {
				asks, commands[step] = left[0], left[1:]
			}
			// What is only asked for may be there before anybody sees that it is waited for.
			if moves := eval[[]string](t, console, "moves"); asks != http.MethodGet && !slices.Contains(moves, "move.wait") {
				t.Errorf("%s: nothing is waited for: %q", name, moves)
			}
			switch next := eval[string](t, console, element(id("lead"))+".dataset.move"); {
			case next == "move.reveal":
				do(t, wall, visible(id("stage-measured")))
				onTheWall(t, wall, name, id("settings"))
				for _, answer := range []string{"verdict", "expected", "votes"} {
					if eval[bool](t, wall, "!!"+element(id(answer))) {
						t.Errorf("%s: %s is on the wall before it is revealed", name, answer)
					}
				}
			case step == "turn":
				until(t, wall, `document.querySelector('[data-drawing=charts]')?.dataset.shown === '1'`)
				onTheWall(t, wall, name, id("groups"), "[data-chart]")
			case step == "table":
				do(t, wall, visible(id("table")))
				onTheWall(t, wall, name, id("table"), "tbody tr:last-child")
			case step == "tomorrow":
				do(t, wall, visible(id("stage-waits")))
				onTheWall(t, wall, name, id("verdict"), id("settings"), id("way-sequential"), ".ways li:last-child")
			case step == "intro" || step == "words":
				onTheWall(t, wall, name, id("ask"))
			default:
				do(t, wall, visible(id("stage-verdict")))
				onTheWall(t, wall, name, id("verdict"), id("settings"))
			}
		case "move.reveal":
			do(t, wall, visible(id("stage-verdict")))
			until(t, wall, `Number(document.querySelector('[data-drawing=race]').dataset.shown) > 2`)
			onTheWall(t, wall, name, id("verdict"), id("settings"), id("expected"), id("votes"))
			// The longest words that there may be leave the lanes their place.
			eval[bool](t, wall, `(() => {
				const verdict = document.querySelector('#stage h2.verdict');
				while (verdict.innerText.length < 150) verdict.append(' ' + verdict.innerText);
				for (const li of document.querySelectorAll('#stage .details li')) for (let i = 0; i < 3; i++) li.after(li.cloneNode(true));
				return true;
			})()`)
			onTheWall(t, wall, name+"-long", id("verdict"), id("settings"), id("expected"), id("votes"))
			do(t, phone, visible(id("reveal")), visible(id("sentence")))
		case "move.share":
			do(t, wall, visible(id("groups")))
			onTheWall(t, wall, name, id("groups"))
		case "move.step":
			until(t, console, `document.querySelector('.steps [aria-current]').dataset.testid !== `+quoted("step-"+step))
			do(t, wall, visible(id("stage-step")))
			onTheWall(t, wall, name, id("ask"))
		}
		shown := eval[string](t, wall, "document.body.innerText")
		for _, note := range notes {
			if strings.Contains(shown, note) {
				t.Errorf("%s: the wall shows the note %q", name, note)
			}
		}
	}
	t.Fatal("the lesson has no end")
	return nil
}

// walkTheLesson goes from step to step, and returns what the console shows of each.
func walkTheLesson(t *testing.T, console context.Context) (read []string) {
	t.Helper()
	steps := eval[[]string](t, console, `[...document.querySelectorAll('.steps [data-testid^="step-"]')].map(e => e.dataset.testid)`)
	for _, step := range steps {
		do(t, console, click(id(step)))
		until(t, console, element(id(step))+".getAttribute('aria-current') === 'step'")
		read = append(read, eval[string](t, console, `document.querySelector('#step').innerText`))
	}
	return read
}

// guideOf gives the presenter's notes of the lesson, and of each step the methods of the
// commands that the key leads to.
func guideOf(t *testing.T, address, lang string) (notes []string, commands map[string][]string) {
	t.Helper()
	type both map[string]string
	var guide struct {
		Steps []struct {
			ID       string
			Say      both
			Outcomes []struct{ If, Say both }
			Turns    []struct{ Over string } // of a step that has them, the key leads to their values
			Commands []struct {
				Method, Needs string
				Optional      bool
			}
		}
	}
	askServer(t, "GET", address+"/api/guide/", "", &guide)
	commands = map[string][]string{}
	for _, s := range guide.Steps {
		notes = append(notes, s.Say[lang])
		for _, o := range s.Outcomes {
			notes = append(notes, o.Say[lang])
		}
		for _, c := range s.Commands {
			if c.Method != "" && c.Needs == "" && !c.Optional && len(s.Turns) == 0 {
				commands[s.ID] = append(commands[s.ID], c.Method)
			}
		}
	}
	return notes, commands
}

// joinPhones has phones join that are no browsers, and stay.
func joinPhones(t *testing.T, address string, n int) (members []string) {
	t.Helper()
	for i := range n {
		id := fmt.Sprintf("phone-of-the-lesson-%d", i)
		askServer(t, "POST", address+"/api/class/join/", `{"member":"`+id+`","device":"phone","cores":8}`, nil)
		ctx, leave := context.WithCancel(context.WithoutCancel(t.Context()))
		req, err := http.NewRequestWithContext(ctx, "GET", address+"/api/class/events/?member="+id, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		gone := make(chan bool)
		go func() {
			_, _ = io.Copy(io.Discard, resp.Body)
			close(gone)
		}()
		t.Cleanup(func() {
			leave()
			resp.Body.Close()
			<-gone
		})
		members = append(members, id)
	}
	return members
}

// predict has each of the phones predict something.
func predict(t *testing.T, address string, phones []string) {
	t.Helper()
	var c struct {
		Round struct {
			Number  int
			Request struct{ Methods []string }
		}
	}
	askServer(t, "GET", address+"/api/class/", "", &c)
	for i, member := range phones {
		winner := c.Round.Request.Methods[i%len(c.Round.Request.Methods)]
		askServer(t, "POST", address+"/api/class/predict/", fmt.Sprintf(`{"member":%q,"round":%d,"winner":%q,"factor":2}`, member, c.Round.Number, winner), nil)
	}
}

// askServer asks the server for something that it must grant.
func askServer(t *testing.T, method, url, body string, answer any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err == nil && answer != nil {
		err = json.Unmarshal(data, answer)
	}
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %d %.300s, %v", method, url, resp.StatusCode, data, err)
	}
}

// tinyPhotos is a static folder with two small photographs: what a lesson shows is
// tested, not how long its batches take.
func tinyPhotos(t *testing.T) string {
	t.Helper()
	static := t.TempDir()
	if err := os.Mkdir(filepath.Join(static, "images"), 0o755); err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"a.jpg", "b.jpg"} {
		picture := image.NewRGBA(image.Rect(0, 0, 320, 200))
		for p := range picture.Pix {
			picture.Pix[p] = byte(p * (i + 3) / 7)
		}
		var file bytes.Buffer
		err := jpeg.Encode(&file, picture, nil)
		if err == nil {
			err = os.WriteFile(filepath.Join(static, "images", name), file.Bytes(), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return static
}

// shootConsole keeps a picture of the console at a laptop's and a phone's width, with
// CARRILES_SCREENSHOTS.
func shootConsole(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	dir := os.Getenv("CARRILES_SCREENSHOTS")
	if dir == "" {
		return
	}
	for _, size := range [][2]int64{{390, 780}, {1280, 720}, {1920, 1080}} {
		do(t, ctx, chromedp.EmulateViewport(size[0], size[1]))
		shoot(t, ctx, filepath.Join(dir, fmt.Sprintf("console-%s-%d.jpg", name, size[0])))
	}
}

// onTheWall fails if something of the wall lies outside of it, at a projector's
// sizes. With CARRILES_SCREENSHOTS it keeps a picture of each.
func onTheWall(t *testing.T, ctx context.Context, stage string, whole ...chromedp.CSS) {
	t.Helper()
	var selectors []string
	for _, sel := range whole {
		selectors = append(selectors, quoted(string(sel)))
	}
	for _, size := range wallSizes {
		do(t, ctx, chromedp.EmulateViewport(size[0], size[1]))
		outside := eval[[]string](t, ctx, `(all => [
			...(document.documentElement.scrollHeight > innerHeight + 1 ? ['the page scrolls'] : []),
			...[...document.querySelectorAll('#stage canvas[data-method], #stage h2, #stage .chart')].filter(e => { const r = e.getBoundingClientRect();
				return r.height < 4 || r.top < 0 || r.left < 0 || r.bottom > innerHeight + 1 || r.right > innerWidth + 1; }).map(e => e.dataset.method || e.className),
			...(document.querySelector('#stage .figure, #stage .met, #stage .votes') && !document.querySelector('#stage .settings, #stage small') ? ['figures without settings'] : []),
			...all.filter(s => { const r = document.querySelector(s)?.getBoundingClientRect();
				return !r || r.height < 4 || r.top < 0 || r.left < 0 || r.bottom > innerHeight + 1 || r.right > innerWidth + 1; }),
		])([`+strings.Join(selectors, ",")+`])`)
		if len(outside) > 0 {
			t.Errorf("%s at %v: outside of the wall: %q", stage, size, outside)
		}
		if dir := os.Getenv("CARRILES_SCREENSHOTS"); dir != "" {
			png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("wall-%s-%d.png", stage, size[0])), png, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
