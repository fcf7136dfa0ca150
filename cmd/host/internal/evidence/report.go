package evidence

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/fault"
	"carriles/web/draw"
)

//go:embed report.html.tmpl
var reportSource string

var reportTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("report").Parse(reportSource))
})

// WriteReport writes a finished run as one HTML file that needs nothing else:
// no network, no file beside it. lang is "en", or any other for Spanish. All of
// the run stands in the element with the id "run", as JSON.
//
// assets are the page's files: its scripts draw in the report too. Where scripts
// do not run the tables say what the drawings show.
//
// pictures gives the bytes of a picture by its path on the server, such as
// "/static/previews/processed/x.jpg". It is asked for at most maxPictures, small
// JPEG or PNG files; in the place of one that it has not, or that is something
// else, the report says so.
//
// A run that failed or was cancelled has a report that says why. One that is
// not finished is a *fault.Error with CodeNotFound.
func WriteReport(w io.Writer, view result.RunView, assets fs.FS, pictures func(path string) ([]byte, error), lang string) error {
	if !view.State.Final() {
		return missing(view)
	}
	p, err := newPage(view, pictures, language(lang))
	if err != nil {
		return err
	}
	if err := p.carry(assets); err != nil {
		return err
	}
	return reportTemplate().Execute(w, p)
}

// page is the report, laid out and in one language: the template only puts
// tags around it.
type page struct {
	language
	ID      string
	Created string
	// What draws: the page's own styles and scripts, and the policy that lets
	// them.
	Style   template.CSS
	Scripts []template.JS
	Policy  string
	// Settings stand over the verdict: what was measured.
	Settings string
	Verdict  string
	Details  []string // the sentences beneath the verdict
	Caution  string
	// Problems are what went wrong, each a title and its lines.
	Problems    []problem
	Expected    *expected
	Figures     []figure
	Tables      []table // of figures that no chart shows
	Pictures    *gallery
	Environment table
	Curl        string
	// Script is the run as JSON, and Pretty the same for reading. Neither needs
	// escapes of HTML's, which would double a run of many spans: Marshal writes <,
	// > and & as escapes of JSON's.
	Script template.JS
	Pretty template.HTML
}

type problem struct {
	Title string
	Lines []string
}

// expected sets the guide's claim beside what was measured.
type expected struct {
	Met, Claim, Note string
	Table            table
}

func newPage(view result.RunView, pictures func(string) ([]byte, error), l language) (*page, error) {
	raw, err := json.Marshal(view)
	if err != nil {
		return nil, fmt.Errorf("encoding the run: %w", err)
	}
	pretty, err := json.MarshalIndent(view, "", " ")
	if err != nil {
		return nil, fmt.Errorf("encoding the run: %w", err)
	}
	path, body, err := requestOf(view.Spec)
	if err != nil {
		return nil, fmt.Errorf("encoding the request: %w", err)
	}
	p := &page{
		language: l, ID: view.ID, Created: date(view.Created), Settings: draw.SettingsText(l.Tag(), view.Spec, 0),
		Curl:   curl(path, body),
		Script: template.JS(raw), Pretty: template.HTML(pretty),
	}
	env := result.Environment{}
	switch {
	case view.Result != nil:
		env = view.Result.Environment
		p.comparison(view.Result)
		p.Pictures = l.gallery(view.Result, pictures)
	case view.Sweep != nil:
		env = view.Sweep.Environment
		p.sweep(view.Sweep)
	default:
		p.Verdict = l.T("state." + string(view.State))
		body := view.Error
		if l.Tag() == "en" {
			body = view.ErrorEN
		}
		if body != nil {
			p.Problems = append(p.Problems, problemOf(l, *body))
		}
	}
	p.Environment = l.environment(view, env)
	return p, nil
}

func problemOf(l language, e fault.ErrorBody) problem {
	p := problem{Title: l.T("problem.why"), Lines: []string{e.Error}}
	if len(e.Faults) > 1 {
		p.Lines = nil
		for _, f := range e.Faults {
			p.Lines = append(p.Lines, f.Error)
		}
	}
	return p
}

func (p *page) comparison(c *result.Comparison) {
	l, names := p.language, draw.MethodOrder(c.Results)
	p.Settings = draw.SettingsText(l.Tag(), c.Spec, c.TestInfo.Rounds)
	p.Verdict = l.headline(c, names)
	if len(names) > 1 {
		for _, v := range c.Performance.Verdicts {
			p.Details = append(p.Details, l.in(v.Text))
		}
		p.Details = append(p.Details, l.pixels(c))
	}
	for _, name := range names {
		for _, k := range c.Results[name].Chaos {
			p.Details = append(p.Details, l.in(k.Text))
		}
		if here := c.Results[name].Here; here != nil {
			p.Details = append(p.Details, l.in(here.Text))
		}
	}
	p.Caution = strings.TrimSpace(l.in(c.Performance.Caution) + " " + l.in(c.Performance.Ceiling))
	p.Caution = strings.TrimSpace(p.Caution + " " + l.in(c.Performance.Starting))
	for _, name := range names {
		p.Problems = append(p.Problems, l.failures(name, c.Results[name])...)
	}
	if e := c.Performance.Expected; e != nil {
		p.Expected = l.expected(e, c.Performance.Winner)
	}
	all := *c
	all.Results = result.Contestants(c.Results)
	c, names = &all, draw.MethodOrder(all.Results)
	p.Figures = append(p.Figures, l.race(c, names), l.strip(c, names), l.accounts(c, names))
	for _, name := range names {
		if f, ok := l.series(name, c.Results[name]); ok {
			p.Figures = append(p.Figures, f)
		}
	}
	p.Tables = append(p.Tables, l.costs(c, names))
	if t, ok := l.bounds(c, names); ok {
		p.Tables = append(p.Tables, t)
	}
	if t, ok := l.chaos(c, names); ok {
		p.Tables = append(p.Tables, t)
	}
	if t, ok := l.processes(c, names); ok {
		p.Tables = append(p.Tables, t)
	}
}

// headline is the verdict, or for one method, which has none, what it took.
func (l language) headline(c *result.Comparison, names []string) string {
	if len(names) != 1 {
		return l.in(c.Performance.Summary)
	}
	r := c.Results[names[0]]
	if r.AllFailed > 0 {
		return l.T("headline.failed", l.method(names[0]), l.seconds(r.Time), r.AllFailed, r.AllImages)
	}
	return l.T("headline.one", l.method(names[0]), l.seconds(r.Time), l.number(r.Throughput, 2))
}

func (l language) pixels(c *result.Comparison) string {
	if c.Performance.PixelsEqual {
		return l.T("pixels.equal")
	}
	for _, r := range c.Results {
		if r.OutputDigest == "" {
			return l.T("pixels.unknown")
		}
	}
	return l.T("pixels.different")
}

// mostLines is how many failed images or dead workers are listed: the JSON has
// them all.
const mostLines = 20

// failures lists the images that a method failed on, the outputs that were not
// looked at, and the workers that died.
func (l language) failures(name string, r *result.MethodResult) []problem {
	var list []problem
	add := func(key string, lines []string) {
		if len(lines) == 0 {
			return
		}
		p := problem{Title: l.T(key, l.method(name), len(lines)), Lines: lines}
		if len(lines) > mostLines {
			p.Lines = append(lines[:mostLines:mostLines], l.T("problem.more", len(lines)-mostLines))
		}
		list = append(list, p)
	}
	var failed, unverified []string
	for _, t := range r.Results {
		if t.NotVerified != nil {
			unverified = append(unverified, t.Image()+": "+l.in(*t.NotVerified))
		}
		if t.Status == result.StatusSuccess {
			continue
		}
		why := t.Why(string(l))
		if why == "" {
			why = l.T("problem.unknown")
		}
		failed = append(failed, t.Image()+": "+why)
	}
	add("problem.images", failed)
	add("problem.unseen", unverified)
	add("problem.deaths", r.WorkerDeaths)
	return list
}

func (l language) expected(e *result.Expectation, winner string) *expected {
	title := func(name string) string {
		if _, known := request.LookupMethod(name); !known {
			return l.T("expected.none")
		}
		return l.method(name)
	}
	key := "expected.open"
	if e.Met == result.MetYes || e.Met == result.MetNo {
		key = "expected." + e.Met
	}
	return &expected{
		Met: l.T(key), Claim: l.in(e.Claim), Note: l.in(e.Note),
		Table: table{
			Caption: l.T("expected.caption"),
			Head:    []string{l.T("expected.source"), l.T("expected.winner")},
			Rows: []row{
				{Head: l.T("expected.guide"), Cells: []string{title(e.Winner)}},
				{Head: l.T("expected.measured"), Cells: []string{title(winner)}},
			},
		},
	}
}

// styleFiles are the styles of the page that a report carries, in their order,
// and scriptFiles the scripts, which draw as they do on the page.
func styleFiles() []string {
	return []string{"tokens.css", "app.css", "race.css", "result.css", "vendor/uplot/uPlot.min.css", "narrow.css", "report.css"}
}

func scriptFiles() []string {
	return []string{"shown.js", "tracks.js", "lanes.js", "vendor/uplot/uPlot.iife.min.js", "sweep.js", "report.js"}
}

// carry puts styles into the page, and scripts if there is something to draw. Its
// policy lets these scripts run and no other, each by its digest.
func (p *page) carry(assets fs.FS) error {
	p.Policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
	for _, name := range styleFiles() {
		data, err := fs.ReadFile(assets, name)
		if err != nil {
			return fmt.Errorf("a style of the report: %w", err)
		}
		p.Style += template.CSS(data)
	}
	if len(p.Figures) == 0 {
		return nil
	}
	p.Policy += "; script-src"
	for _, name := range scriptFiles() {
		data, err := fs.ReadFile(assets, name)
		if err != nil {
			return fmt.Errorf("a script of the report: %w", err)
		}
		digest := sha256.Sum256(data)
		p.Policy += " 'sha256-" + base64.StdEncoding.EncodeToString(digest[:]) + "'"
		p.Scripts = append(p.Scripts, template.JS(data))
	}
	return nil
}

// handed is what a script is given, as JSON. Marshal writes <, > and & as
// escapes of JSON's: it cannot end its element.
func handed(what any) template.JS {
	data, err := json.Marshal(what)
	if err != nil {
		panic(err) // numbers of a run, which were JSON before
	}
	return template.JS(data)
}

type charts struct {
	Drawn draw.Charts
	Data  template.JS
}

func chartsOf(c draw.Charts) *charts { return &charts{c, handed(c)} }

type race struct {
	Rows  []raceRow
	Ticks []tick
	end   float64 // of the axis, in seconds
	// Data is a draw.Race but for its methods, which stand in the run.
	Data template.JS
}

type raceRow struct {
	Method, Name, Under string
	Label               string  // of the drawing, for those who do not see it
	Height              int     // of the drawing, in pixels; 0: there is none, but a plain bar
	Share               percent // of the axis
	Figure, Unit        string
	Speedup, Spread     string // beneath the figure; empty: not told
}

// percent is a place or a length in a drawing, as a style has it.
type percent float64

func (p percent) String() string { return strconv.FormatFloat(float64(p), 'f', 3, 64) + "%" }

type tick struct {
	At   percent
	Text string
}

// barRow are bars of one method, one a worker.
type barRow struct {
	Name, Under string
	Bars        [][]segment
}

// segment is a stage's part of a bar: how much of the longest.
type segment struct {
	Stage string
	Share percent
}

// requestOf gives the endpoint and the body that a spec came from, or could
// have.
func requestOf(s request.Spec) (path string, body []byte, err error) {
	path, r := request.Of(s).Endpoint()
	body, err = json.Marshal(r)
	return path, body, err
}

// guideOrigin is where the lesson's commands find the lab.
const guideOrigin = "http://localhost:8000"

// curl is the command for a request, in one line for a POSIX shell.
func curl(path string, body []byte) string {
	return request.CurlLine("POST", guideOrigin+path, string(body))
}

// maxPictures bounds the size of a report: the server's previews are of some
// 30 kB.
const maxPictures = 8

type gallery struct {
	Note  string
	Pairs []pair
}

type pair struct {
	Name          string
	Before, After picture
}

// picture is a data URI, or else Lacks says that there is none.
type picture struct {
	Source     template.URL
	Alt, Lacks string
}

// gallery takes the photographs of the first method that has outputs, each
// once: a batch cycles through them, and every method gives the same pixels.
func (l language) gallery(c *result.Comparison, read func(string) ([]byte, error)) *gallery {
	for _, name := range draw.MethodOrder(c.Results) {
		seen := map[string]bool{}
		g := &gallery{}
		for _, t := range c.Results[name].Results {
			if t.Status != result.StatusSuccess || seen[t.OriginalPath] {
				continue
			}
			seen[t.OriginalPath] = true
			if 2*len(g.Pairs) == maxPictures {
				continue
			}
			image := t.Image()
			g.Pairs = append(g.Pairs, pair{
				Name:   image,
				Before: l.picture(read, "/static/previews/images/"+image+".jpg", l.T("pictures.before", image)),
				After:  l.picture(read, t.PreviewPath, l.T("pictures.after", image)),
			})
		}
		if len(g.Pairs) > 0 {
			g.Note = l.T("pictures.note", l.method(name), len(g.Pairs), len(seen))
			return g
		}
	}
	return nil
}

func (l language) picture(read func(string) ([]byte, error), path, alt string) picture {
	p := picture{Alt: alt, Lacks: l.T("pictures.lacks", alt)}
	if path == "" {
		return p
	}
	data, err := read(path)
	if err != nil {
		return p
	}
	switch kind := http.DetectContentType(data); kind {
	case "image/jpeg", "image/png":
		p.Source = template.URL("data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(data))
	}
	return p
}
