package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/web"
	"carriles/web/draw"
)

// report writes a report and parses it.
func report(t *testing.T, view result.RunView, pictures func(string) ([]byte, error), lang string) (*html.Node, string) {
	t.Helper()
	text, err := written(func(b *bytes.Buffer) error { return WriteReport(b, view, web.Assets(), pictures, lang) })
	if err != nil {
		t.Fatal(err)
	}
	doc, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return doc, text
}

// all lists the elements of a name, or with "" every element.
func all(doc *html.Node, name string) []*html.Node {
	var list []*html.Node
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && (name == "" || n.Data == name) {
			list = append(list, n)
		}
	}
	return list
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

// only gives the one element of a name.
func only(t *testing.T, doc *html.Node, name string) *html.Node {
	t.Helper()
	list := all(doc, name)
	if len(list) != 1 {
		t.Fatalf("%d elements %q, want 1", len(list), name)
	}
	return list[0]
}

// kinds are runs of every kind that has a report.
func kinds() map[string]result.RunView {
	cancelled, interrupted := failedRun(), failedRun()
	cancelled.State, cancelled.Error, cancelled.ErrorEN = result.Cancelled, nil, nil
	interrupted.State = result.Interrupted
	return map[string]result.RunView{
		"comparison": comparison(), "sweep": sweepRun(), "stress": stressRun(),
		"failed": failedRun(), "cancelled": cancelled, "interrupted": interrupted,
	}
}

// eachReport runs a test on every kind of report in both languages.
func eachReport(t *testing.T, test func(t *testing.T, view result.RunView, doc *html.Node, source string)) {
	for name, view := range kinds() {
		for _, lang := range []string{"es", "en"} {
			t.Run(name+"-"+lang, func(t *testing.T) {
				doc, source := report(t, view, allPictures, lang)
				test(t, view, doc, source)
				if got := attr(only(t, doc, "html"), "lang"); got != lang {
					t.Errorf("lang=%q, want %q", got, lang)
				}
			})
		}
	}
}

var (
	length = regexp.MustCompile(`^(width|height|left): [0-9.]+(%|px)$`)
	cssURL = regexp.MustCompile(`url\(([^)]*)\)`)
	// fetching attributes and elements: what a browser may load or go to.
	fetching = []string{"src", "srcset", "href", "action", "formaction", "poster", "data", "background", "ping", "cite", "manifest", "longdesc"}
	foreign  = []string{"link", "base", "iframe", "frame", "object", "embed", "applet", "form", "audio", "video", "source", "track", "portal"}
)

func TestReportNeedsNothingElse(t *testing.T) {
	eachReport(t, func(t *testing.T, _ result.RunView, doc *html.Node, _ string) {
		for _, n := range all(doc, "") {
			if slices.Contains(foreign, n.Data) {
				t.Errorf("there is a %q", n.Data)
			}
			for _, a := range n.Attr {
				if slices.Contains(fetching, a.Key) && !strings.HasPrefix(a.Val, "data:image/") && !strings.HasPrefix(a.Val, "#") {
					t.Errorf("%s has %s=%q", n.Data, a.Key, a.Val)
				}
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" && !length.MatchString(a.Val) {
					t.Errorf("%s has %s=%q", n.Data, a.Key, a.Val)
				}
			}
		}
		style := textOf(only(t, doc, "style"))
		for _, m := range cssURL.FindAllStringSubmatch(style, -1) {
			if !strings.HasPrefix(m[1], "#") {
				t.Errorf("the style has url(%s)", m[1])
			}
		}
		if strings.Contains(style, "@import") || strings.Contains(style, "expression") {
			t.Error("the style imports another")
		}
		policy := ""
		for _, m := range all(doc, "meta") {
			if attr(m, "http-equiv") == "Content-Security-Policy" {
				policy = attr(m, "content")
			}
		}
		want := "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
		for i, s := range running(doc) {
			if i == 0 {
				want += "; script-src"
			}
			digest := sha256.Sum256([]byte(s.FirstChild.Data))
			want += " 'sha256-" + base64.StdEncoding.EncodeToString(digest[:]) + "'"
		}
		if policy != want {
			t.Errorf("the policy is %q, want %q", policy, want)
		}
	})
}

// running lists the scripts that a browser runs.
func running(doc *html.Node) []*html.Node {
	return slices.DeleteFunc(all(doc, "script"), func(s *html.Node) bool { return attr(s, "type") == "application/json" })
}

// byID finds an element.
func byID(t *testing.T, doc *html.Node, id string) *html.Node {
	t.Helper()
	for _, n := range all(doc, "") {
		if attr(n, "id") == id {
			return n
		}
	}
	t.Fatalf("there is no %q", id)
	return nil
}

func TestReportCarriesTheRun(t *testing.T) {
	eachReport(t, func(t *testing.T, view result.RunView, doc *html.Node, _ string) {
		want, err := json.Marshal(view)
		if err != nil {
			t.Fatal(err)
		}
		script := byID(t, doc, "run")
		pres := all(doc, "pre")
		for place, text := range map[string]string{"script": textOf(script), "pre": textOf(pres[len(pres)-1])} {
			var back result.RunView
			if err := json.Unmarshal([]byte(text), &back); err != nil {
				t.Fatalf("%s: %v", place, err)
			}
			got, err := json.Marshal(back)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s reads back as\n%s\nwant\n%s", place, got, want)
			}
		}
	})
}

func TestReportIsAccessible(t *testing.T) {
	eachReport(t, func(t *testing.T, _ result.RunView, doc *html.Node, _ string) {
		ids := map[string]bool{}
		for _, n := range all(doc, "") {
			if id := attr(n, "id"); id != "" {
				if ids[id] {
					t.Errorf("two elements have the id %q", id)
				}
				ids[id] = true
			}
		}
		for _, n := range all(doc, "") {
			for _, id := range strings.Fields(attr(n, "aria-labelledby")) {
				if !ids[id] {
					t.Errorf("%s is labelled by %q, which is not there", n.Data, id)
				}
			}
			if href := attr(n, "href"); href != "" && !ids[strings.TrimPrefix(href, "#")] {
				t.Errorf("%s refers to %q, which is not there", n.Data, href)
			}
		}
		for _, n := range all(doc, "") {
			if (n.Data == "canvas" || attr(n, "data-chart") != "") && (attr(n, "role") == "" || attr(n, "aria-label") == "") {
				t.Errorf("a drawing has the role %q and is called %q", attr(n, "role"), attr(n, "aria-label"))
			}
		}
		for _, table := range all(doc, "table") {
			if textOf(only(t, table, "caption")) == "" {
				t.Error("a table has an empty caption")
			}
			columns := len(all(only(t, table, "thead"), "th"))
			for _, th := range all(table, "th") {
				if scope := attr(th, "scope"); scope != "col" && scope != "row" || textOf(th) == "" {
					t.Errorf("the head %q has the scope %q", textOf(th), scope)
				}
			}
			for _, tr := range all(only(t, table, "tbody"), "tr") {
				if n := 1 + len(all(tr, "td")); n != columns || len(all(tr, "th")) != 1 {
					t.Errorf("%q: a row of %d cells under %d heads", textOf(table.FirstChild), n, columns)
				}
			}
		}
		for _, img := range all(doc, "img") {
			if attr(img, "alt") == "" {
				t.Error("a picture says nothing to those who do not see it")
			}
		}
		if n := len(all(doc, "h1")); n != 1 {
			t.Errorf("%d first-level headings", n)
		}
	})
}

// headings are the ids of the sections, in their order.
func headings(doc *html.Node) string {
	var ids []string
	for _, h := range all(doc, "h2") {
		ids = append(ids, attr(h, "id"))
	}
	return strings.Join(ids, " ")
}

func TestReportSections(t *testing.T) {
	want := map[string]string{
		"comparison":  "verdict expected race samples accounts costs pictures environment curl raw",
		"sweep":       "verdict sweep costs environment curl raw",
		"stress":      "verdict race samples accounts series-multiprocessing costs pictures environment curl raw",
		"failed":      "verdict environment curl raw",
		"cancelled":   "verdict environment curl raw",
		"interrupted": "verdict environment curl raw",
	}
	for name, view := range kinds() {
		doc, _ := report(t, view, allPictures, "es")
		if got := headings(doc); got != want[name] {
			t.Errorf("%s: sections %s, want %s", name, got, want[name])
		}
	}
}

func TestReportSays(t *testing.T) {
	for _, c := range []struct {
		name, lang string
		view       result.RunView
		want       []string
	}{
		{"comparison", "es", comparison(), []string{
			"Ganan los procesos: 2,00 veces la velocidad del modo secuencial.", "Los procesos son más rápidos.", "Ojo con el ruido.",
			"✓ Todos los métodos dieron los mismos píxeles.", "Se cumplió.", "Con 2 núcleos.", "0,500 s", "2,00×", "de 0,438 a 0,562 s",
			"process 801: killed", "96\u00a0MB", "12\u202f345", "0123456789ab", "resize 800x600 → blur 2,5",
			"dentro de una etapa, la parte sin procesador", "Procesos, carril 1", "A <CPU>", "0,25",
		}},
		{"comparison", "en", comparison(), []string{
			"Processes win: 2.00 times as fast.", "Processes are faster.", "Mind the noise.", "All methods gave the same pixels.",
			"It came true.", "0.500 s", "2.00×", "0.438 to 0.562 s", "12,345", "Processes, lane 1", "100%",
		}},
		{"sweep", "es", sweepRun(), []string{
			"Los procesos ganan desde 2.", "Desde 2 trabajadores.", "Una ronda sola.", "El tiempo según: Trabajadores", "Procesos, con 2: fallaron imágenes (1)",
			"Procesos, ley de Amdahl", "10,00×", "Faltan puntos para la otra ley.", "0,600 (0,500 a 0,600)", "ninguno",
		}},
		{"stress", "en", stressRun(), []string{
			"Processes: 0.500 s, and 1 of 9 images failed.", "not an image", "outputs that are there and were not checked (1)", "it was the machine", "Process 801 was killed.", "Processes, round 2",
			"a process is killed", "Cores busy", "No timeline: only its time is known", "8 of 9", "52 MB",
		}},
		{"failed", "es", failedRun(), []string{"La medición falló", "el disco está lleno"}},
		{"failed", "en", failedRun(), []string{"The run failed", "the disk is full"}},
	} {
		doc, _ := report(t, c.view, allPictures, c.lang)
		seen := strings.ReplaceAll(textOf(only(t, doc, "main")), noBreak, " ")
		for _, want := range c.want {
			if !strings.Contains(seen, strings.ReplaceAll(want, noBreak, " ")) {
				t.Errorf("%s in %s does not say %q", c.name, c.lang, want)
			}
		}
	}
}

// drawing gives what the scripts are handed in a section.
func drawing(t *testing.T, section *html.Node, to any) {
	t.Helper()
	if err := json.Unmarshal([]byte(textOf(only(t, section, "script"))), to); err != nil {
		t.Fatal(err)
	}
}

// section is the one with a heading's id.
func section(t *testing.T, doc *html.Node, id string) *html.Node {
	t.Helper()
	return byID(t, doc, id).Parent
}

// styles lists what elements with a class have as their style.
func styles(doc *html.Node, class string) []string {
	var list []string
	for _, n := range all(doc, "") {
		if slices.Contains(strings.Fields(attr(n, "class")), class) {
			list = append(list, attr(n, "style"))
		}
	}
	return list
}

// TestRaceDrawn: the axis ends with the longest lane, after 1 s, so that
// percentages are hundredths of a second. The lanes themselves stand in the run.
func TestRaceDrawn(t *testing.T) {
	doc, _ := report(t, comparison(), allPictures, "en")
	race := section(t, doc, "race")
	var data draw.Race
	drawing(t, race, &data)
	if data.Max != 1 || data.Lang != "en" || len(data.Images) != 4 || data.Stages["decode"] != "decode" || data.Words["cpu"] != "on a processor {time}" || len(data.Methods) != 0 {
		t.Errorf("lanes.js is handed %+v", data)
	}
	var canvases []string
	for _, c := range all(race, "canvas") {
		canvases = append(canvases, attr(c, "data-method")+" "+attr(c, "style"))
	}
	if want := []string{"sequential height: 20px", "multiprocessing height: 43px"}; !slices.Equal(canvases, want) {
		t.Errorf("canvases %q, want %q", canvases, want)
	}
	var ticks []string
	for _, s := range all(race, "span") {
		if attr(s, "style") != "" {
			ticks = append(ticks, attr(s, "style")+" "+textOf(s))
		}
	}
	if want := []string{"left: 0.000% 0.0", "left: 50.000% 0.5", "left: 100.000% 1.0" + noBreak + "s"}; !slices.Equal(ticks, want) {
		t.Errorf("ticks %q, want %q", ticks, want)
	}

	stressed, _ := report(t, stressRun(), allPictures, "en")
	race = section(t, stressed, "race")
	if bars := styles(race, "plainbar"); len(all(race, "canvas")) != 0 || !slices.Equal(bars, []string{"width: 100.000%"}) {
		t.Errorf("without a timeline there are %d canvases and the bars %q", len(all(race, "canvas")), bars)
	}
}

// TestAccountsDrawn checks bars: the longest worker, of 1 s, takes all the width.
func TestAccountsDrawn(t *testing.T) {
	doc, _ := report(t, comparison(), allPictures, "en")
	accounts := section(t, doc, "accounts")
	for stage, want := range map[string][]string{
		"stage-spawn": {"width: 1.000%", "width: 2.000%", "width: 2.000%"},
		"stage-lost":  {"width: 10.000%"},
		"stage-idle":  {"width: 1.000%", "width: 1.000%", "width: 20.000%"},
	} {
		got := slices.DeleteFunc(styles(accounts, stage), func(s string) bool { return s == "" }) // of the legend
		if !slices.Equal(got, want) {
			t.Errorf("%s is drawn as %q, want %q", stage, got, want)
		}
	}
}

// TestCurvesDrawn checks what sweep.js is handed of rounds, of a sweep and of a
// stress test.
func TestCurvesDrawn(t *testing.T) {
	curves := func(view result.RunView, id string) draw.Charts {
		t.Helper()
		doc, _ := report(t, view, allPictures, "es")
		s := section(t, doc, id)
		var data draw.Charts
		drawing(t, s, &data)
		places := slices.DeleteFunc(all(s, "div"), func(n *html.Node) bool { return attr(n, "data-chart") == "" })
		if len(places) != len(data.Charts) {
			t.Errorf("%s: %d places for %d charts", id, len(places), len(data.Charts))
		}
		return data
	}
	spelled := func(list []*float64) string {
		var words []string
		for _, x := range list {
			word := "-"
			if x != nil {
				word = fmt.Sprint(*x)
			}
			words = append(words, word)
		}
		return strings.Join(words, " ")
	}
	check := func(what, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
	}

	fewer := comparison()
	r := fewer.Result.Results[request.Multiprocessing]
	r.Samples = r.Samples[:2]
	rounds := curves(fewer, "samples").Charts[0]
	check("rounds", fmt.Sprint(rounds.X), "[1 2 3]")
	check("sequential", spelled(rounds.Lines[0].Values), "1 1.25 0.75")
	check("processes", spelled(rounds.Lines[1].Values), "0.5 0.625 -")

	swept := curves(sweepRun(), "sweep")
	check("axis", swept.Axis, "Trabajadores")
	times, speedups := swept.Charts[0], swept.Charts[1]
	check("values", fmt.Sprint(times.X), "[1 2 4]")
	check("times", spelled(times.Lines[1].Values), "1.2 0.6 0.6")
	check("quartile", spelled(times.Lines[0].High), "1.25 1.25 1.25")
	check("speedups", spelled(speedups.Lines[0].Values), "1 2 2")
	check("law", speedups.Lines[1].Law+" "+spelled(speedups.Lines[1].Values), "amdahl 1 1.8 3.1")

	stressed := curves(stressRun(), "series-multiprocessing")
	cores, memory := stressed.Charts[0], stressed.Charts[1]
	check("seconds of both rounds", fmt.Sprint(cores.X), "[0 0.2 0.4 0.4 0.4 0.6000000000000001 0.8]")
	check("cores", spelled(cores.Lines[0].Values), "0 1 2 - 0 1 2")
	check("memory", spelled(memory.Lines[0].Values), "50 51 52 - 50 51 52")
	check("killed", fmt.Sprint(cores.Marks), "[0.6000000000000001]")
}

func TestPictures(t *testing.T) {
	many := comparison()
	r := many.Result.Results[request.Sequential]
	for i := range 9 {
		task := r.Results[0]
		task.OriginalPath = fmt.Sprintf("/static/images/%d.jpg", i)
		r.Results = append(r.Results, task, task)
	}
	asked := []string{}
	doc, _ := report(t, many, func(path string) ([]byte, error) {
		asked = append(asked, path)
		return png, nil
	}, "es")
	if len(asked) != maxPictures || len(all(doc, "img")) != maxPictures {
		t.Errorf("asked for %d pictures and shows %d, want %d", len(asked), len(all(doc, "img")), maxPictures)
	}
	if asked[0] != "/static/previews/images/niño ☂.jpg.jpg" || asked[1] != "/static/previews/processed/x.jpg" {
		t.Errorf("asked for %q", asked[:2])
	}
	if note := "Se muestran 4 de 12 fotografías"; !strings.Contains(textOf(doc), note) {
		t.Errorf("does not say %q", note)
	}

	for name, pictures := range map[string]func(string) ([]byte, error){
		"none":       noPictures,
		"no picture": func(string) ([]byte, error) { return []byte("<svg onload=alert(1)>"), nil },
		"empty":      func(string) ([]byte, error) { return nil, nil },
	} {
		doc, _ := report(t, comparison(), pictures, "en")
		if n := len(all(doc, "img")); n != 0 {
			t.Errorf("%s: shows %d pictures", name, n)
		}
		if !strings.Contains(textOf(doc), "There is no preview: niño ☂.jpg, before.") {
			t.Errorf("%s: does not say that a picture is missing", name)
		}
	}
}

// TestNoPicturesWithoutOutputs has a run all of whose images failed: there is
// nothing to show, and nothing is asked for.
func TestNoPicturesWithoutOutputs(t *testing.T) {
	view := stressRun()
	for i := range view.Result.Results[request.Multiprocessing].Results {
		view.Result.Results[request.Multiprocessing].Results[i].Status = result.StatusError
	}
	doc, _ := report(t, view, func(path string) ([]byte, error) {
		t.Errorf("asked for %s", path)
		return nil, errors.New("none")
	}, "es")
	if strings.Contains(headings(doc), "pictures") {
		t.Error("there is a section of pictures")
	}
}

// TestManyFailures keeps a list of failures readable.
func TestManyFailures(t *testing.T) {
	view := stressRun()
	r := view.Result.Results[request.Multiprocessing]
	for len(r.Results) < 100 {
		r.Results = append(r.Results, result.TaskResult{OriginalPath: "/static/images/x.jpg", Status: result.StatusError, Error: "broken"})
	}
	doc, _ := report(t, view, allPictures, "es")
	problem := all(doc, "div")[0]
	if lines := all(problem, "li"); len(lines) != mostLines+1 || textOf(lines[mostLines]) != "y 78 más, en los datos" {
		t.Errorf("%d lines, the last %q", len(lines), textOf(lines[len(lines)-1]))
	}
}

func TestNoReport(t *testing.T) {
	for _, state := range []result.State{result.Queued, result.Running} {
		view := comparison()
		view.State = state
		got, err := written(func(b *bytes.Buffer) error { return WriteReport(b, view, web.Assets(), allPictures, "es") })
		wantNotFound(t, string(state), got, err)
	}
}

// FuzzReport puts any text where a user's may come to stand: the page must keep
// its elements, and show the text.
func FuzzReport(f *testing.F) {
	for _, s := range []string{hostileTag, hostileEnd, "--><script>", "]]>", "javascript:alert(1)", "' onload='x", "`${x}`", "<!--<script>", "\u2028", "{{.ID}}", "\x00", "&lt;"} {
		f.Add(s)
	}
	plain, err := written(func(b *bytes.Buffer) error { return WriteReport(b, withText("x"), web.Assets(), allPictures, "en") })
	if err != nil {
		f.Fatal(err)
	}
	want := outline(f, plain)
	f.Fuzz(func(t *testing.T, s string) {
		got, err := written(func(b *bytes.Buffer) error { return WriteReport(b, withText(s), web.Assets(), allPictures, "en") })
		if err != nil {
			t.Fatal(err)
		}
		if outline(t, got) != want {
			t.Errorf("%q changes the elements of the page", s)
		}
	})
}

// withText is a run with a text wherever one may be a user's or a file's.
func withText(s string) result.RunView {
	view := stressRun()
	s = "a" + s // an empty one is left out
	view.ID, view.Spec.Images, view.Result.Environment.CPUModel = s, []string{s}, s
	r := view.Result.Results[request.Multiprocessing]
	r.WorkerDeaths, r.OutputDigest = []string{s}, s
	for i := range r.Results {
		r.Results[i].OriginalPath = "/static/images/" + s
		r.Results[i].Error, r.Results[i].ErrorText = s, nil
	}
	return view
}

// outline is a page without its text.
func outline(t testing.TB, page string) string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, n := range all(doc, "") {
		b.WriteString(n.Data)
		for _, a := range n.Attr {
			b.WriteString(" " + a.Key)
		}
		b.WriteByte('\n')
	}
	for i, s := range running(doc) {
		if carried, err := fs.ReadFile(web.Assets(), scriptFiles()[i]); err != nil || s.FirstChild.Data != string(carried) {
			t.Errorf("a script that can run is not %s, %v", scriptFiles()[i], err)
		}
	}
	return b.String()
}
