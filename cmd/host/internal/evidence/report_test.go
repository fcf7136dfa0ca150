package evidence

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
)

// report writes a report and parses it.
func report(t *testing.T, view result.RunView, pictures func(string) ([]byte, error), lang string) (*html.Node, string) {
	t.Helper()
	text, err := written(func(b *bytes.Buffer) error { return WriteReport(b, view, pictures, lang) })
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
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" {
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
		if s := only(t, doc, "script"); attr(s, "type") != "application/json" {
			t.Errorf("there is a script of type %q", attr(s, "type"))
		}
		policy := ""
		for _, m := range all(doc, "meta") {
			if attr(m, "http-equiv") == "Content-Security-Policy" {
				policy = attr(m, "content")
			}
		}
		if !strings.HasPrefix(policy, "default-src 'none'; img-src data:; style-src 'unsafe-inline';") || strings.Contains(policy, "script-src") {
			t.Errorf("the policy is %q", policy)
		}
	})
}

func TestReportCarriesTheRun(t *testing.T) {
	eachReport(t, func(t *testing.T, view result.RunView, doc *html.Node, _ string) {
		want, err := json.Marshal(view)
		if err != nil {
			t.Fatal(err)
		}
		script := only(t, doc, "script")
		if attr(script, "id") != "run" {
			t.Errorf("the data's id is %q", attr(script, "id"))
		}
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
		for _, svg := range all(doc, "svg") {
			if attr(svg, "aria-hidden") == "true" {
				continue
			}
			titles, descs := all(svg, "title"), all(svg, "desc")
			if attr(svg, "role") != "img" || len(titles) != 1 || len(descs) != 1 || textOf(titles[0]) == "" || textOf(descs[0]) == "" {
				t.Errorf("a chart with the role %q has %d titles and %d descriptions", attr(svg, "role"), len(titles), len(descs))
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
		"sweep":       "verdict sweep fits costs environment curl raw",
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
			"Ganan los procesos: 2,00 veces más rápidos.", "Los procesos son más rápidos.", "Ojo con el ruido.",
			"✓ Todos los métodos dieron los mismos píxeles.", "Se cumplió.", "Con 2 núcleos.", "0,500 s", "2,00×", "de 0,438 a 0,562 s",
			"process 801: killed", "96\u00a0MB", "12\u202f345", "0123456789ab", "resize(width=800,height=600) → blur(radius=2.5)",
			"dentro de una etapa, la parte sin procesador", "Procesos, carril 1", "A <CPU>", "0,25",
		}},
		{"comparison", "en", comparison(), []string{
			"Processes win: 2.00 times as fast.", "Processes are faster.", "Mind the noise.", "All methods gave the same pixels.",
			"It came true.", "0.500 s", "2.00×", "0.438 to 0.562 s", "12,345", "Processes, lane 1", "100%",
		}},
		{"sweep", "es", sweepRun(), []string{
			"Los procesos ganan desde 2.", "Desde 2 trabajadores.", "Una ronda sola.", "El tiempo según: Trabajadores", "Procesos, con 2: fallaron imágenes (1)",
			"Procesos, Amdahl", "10,00×", "Faltan puntos para la otra ley.", "0,600 (0,500 a 0,600)", "ninguno",
		}},
		{"stress", "en", stressRun(), []string{
			"Processes: 0.500 s, and 1 of 9 images failed.", "not an image", "Process 801 was killed.", "Processes, round 2",
			"a process is killed", "Cores busy", "No timeline: the stages are summed up, not in their order", "8 of 9", "52 MB",
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

// TestChartsShowWhatTheyShould counts what was drawn in the charts.
func TestChartsShowWhatTheyShould(t *testing.T) {
	count := func(doc *html.Node, chart, element, class string) int {
		n := 0
		for _, svg := range all(doc, "svg") {
			if !strings.HasPrefix(attr(svg, "aria-labelledby"), chart+"-title") {
				continue
			}
			for _, e := range all(svg, element) {
				if slices.Contains(strings.Fields(attr(e, "class")), class) {
					n++
				}
			}
		}
		return n
	}
	compared, _ := report(t, comparison(), allPictures, "es")
	swept, _ := report(t, sweepRun(), allPictures, "es")
	stressed, _ := report(t, stressRun(), allPictures, "es")
	for _, c := range []struct {
		doc                   *html.Node
		chart, element, class string
		want                  int
	}{
		{compared, "race-0", "rect", "ground", 1},
		{compared, "race-0", "rect", "stage-idle", 1},
		{compared, "race-0", "rect", "waits", 1}, // of the filter; the decoder had the processor all the time but for 0.05
		{compared, "race-1", "rect", "ground", 2},
		{compared, "race-1", "rect", "stage-decode", 2},
		{compared, "race-1", "rect", "stage-lost", 1},
		{compared, "samples-1", "use", "dot", 3},
		{compared, "accounts-1", "rect", "stage-lost", 1},
		{compared, "accounts-1", "rect", "stage-idle", 2},
		{swept, "sweep-times", "use", "m1", 3},
		{swept, "sweep-times", "line", "curve", 4},
		{swept, "sweep-times", "line", "whisker", 6},
		{swept, "fits-chart", "line", "amdahl", 2},
		{swept, "fits-chart", "line", "usl", 0},
		{stressed, "series-multiprocessing-0", "line", "series", 4},
		{stressed, "series-multiprocessing-1", "line", "kill", 1},
	} {
		if got := count(c.doc, c.chart, c.element, c.class); got != c.want {
			t.Errorf("chart %s has %d %s.%s, want %d", c.chart, got, c.element, c.class, c.want)
		}
	}
}

// TestLanesAreToScale checks places on the axis: it ends with the longest lane,
// after 1 s, so that percentages are hundredths of a second.
func TestLanesAreToScale(t *testing.T) {
	doc, _ := report(t, comparison(), allPictures, "es")
	var got []string
	for _, svg := range all(doc, "svg") {
		if strings.HasPrefix(attr(svg, "aria-labelledby"), "race-1-title") {
			for _, r := range all(svg, "rect") {
				got = append(got, fmt.Sprintf("%s %s+%s", attr(r, "class"), attr(r, "x"), attr(r, "width")))
			}
		}
	}
	want := []string{
		"ground 0%+50%", "stage-decode 2%+23%", "stage-decode 25%+25%",
		"ground 0%+50%", "stage-lost 2%+10%", "stage-filter 20%+20%",
	}
	if !slices.Equal(got, want) {
		t.Errorf("drew %q, want %q", got, want)
	}
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
		got, err := written(func(b *bytes.Buffer) error { return WriteReport(b, view, allPictures, "es") })
		wantNotFound(t, string(state), got, err)
	}
}

// FuzzReport puts any text where a user's may come to stand: the page must keep
// its elements, and show the text.
func FuzzReport(f *testing.F) {
	for _, s := range []string{hostileTag, hostileEnd, "--><script>", "]]>", "javascript:alert(1)", "' onload='x", "`${x}`", "<!--<script>", "\u2028", "{{.ID}}", "\x00", "&lt;"} {
		f.Add(s)
	}
	plain, err := written(func(b *bytes.Buffer) error { return WriteReport(b, withText("x"), allPictures, "en") })
	if err != nil {
		f.Fatal(err)
	}
	want := outline(f, plain)
	f.Fuzz(func(t *testing.T, s string) {
		got, err := written(func(b *bytes.Buffer) error { return WriteReport(b, withText(s), allPictures, "en") })
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
		if n.DataAtom == atom.Script && attr(n, "type") != "application/json" {
			t.Error("a script that can run")
		}
	}
	return b.String()
}

// TestStripAxis begins at zero where that costs little room, and says so where
// it does not.
func TestStripAxis(t *testing.T) {
	const cut = "The axis does not begin at zero."
	near, _ := report(t, comparison(), allPictures, "en")
	if strings.Contains(textOf(near), cut) {
		t.Error("samples from 0.375 s to 1.25 s are cut off from zero")
	}
	far := comparison()
	for _, r := range far.Result.Results {
		r.Samples = []float64{10, 10.2, 10.1}
	}
	doc, _ := report(t, far, allPictures, "en")
	if !strings.Contains(textOf(doc), cut) {
		t.Error("an axis from 10 s on is not said to be one")
	}
}

// TestSweepIsToScale checks places in the chart of times: values 1, 2 and 4 over
// the 87 % to the right of 10 %, and times up to 1.08 times the longest quartile,
// 1.25 s, over 240 pixels.
func TestSweepIsToScale(t *testing.T) {
	doc, _ := report(t, sweepRun(), allPictures, "es")
	var got []string
	for _, svg := range all(doc, "svg") {
		if strings.HasPrefix(attr(svg, "aria-labelledby"), "sweep-times-title") {
			for _, u := range all(svg, "use") {
				got = append(got, attr(u, "href")+" "+attr(u, "x")+" "+attr(u, "y"))
			}
		}
	}
	want := []string{ // 240 - 240 s/1.35
		"#mark-1 10% 62.2", "#mark-1 39% 62.2", "#mark-1 97% 62.2",
		"#mark-2 10% 26.7", "#mark-2 39% 133.3", "#mark-2 97% 133.3",
	}
	if !slices.Equal(got, want) {
		t.Errorf("marks at %q, want %q", got, want)
	}
}
