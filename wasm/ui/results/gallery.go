package results

import (
	"net/url"
	"strconv"
	"strings"

	"carriles/executor/batch/result"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/widget"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

type source struct {
	Method string
	Digest string // of all its outputs' pixels
	Pairs  []Pair
}

// theOriginal is, among the sides of a comparison, the photograph itself.
const theOriginal = -1

// gallery shows the pictures before and after, small, and one pair large.
type gallery struct {
	app.Compo
	Lang    i18n.Lang
	Sources []source

	chosen int // of Sources: whose outputs are shown, and the right side
	left   int // of Sources, or theOriginal
	open   int // of the chosen source's pairs; -1 none
	split  int // where the sides meet, in percent of the width
}

// OnInit starts with no pair open.
func (g *gallery) OnInit() { g.open, g.left, g.split = -1, theOriginal, 50 }

// OnUpdate starts anew with new pictures: a source may be gone.
func (g *gallery) OnUpdate(app.Context) {
	if g.chosen >= len(g.Sources) {
		g.chosen = 0
	}
	if g.left >= len(g.Sources) {
		g.left = theOriginal
	}
	if g.open >= len(g.pairs()) {
		g.open = -1
	}
}

func (g *gallery) pairs() []Pair {
	if g.chosen >= len(g.Sources) {
		return nil
	}
	return g.Sources[g.chosen].Pairs
}

func (g *gallery) Render() app.UI {
	var cards, failed, unverified []app.UI
	for i, p := range g.pairs() {
		if p.NotVerified != "" {
			unverified = append(unverified, app.Li().Text(g.Lang.T("pictures.failed.one", p.Name, p.NotVerified)))
		}
		if p.Error == "" {
			cards = append(cards, g.renderCard(i, p))
		} else {
			failed = append(failed, app.Li().Text(g.Lang.T("pictures.failed.one", p.Name, p.Error)))
		}
	}
	return app.Section().Class("card").Body(
		app.H3().Body(
			app.Text(g.Lang.T("pictures.title")),
			widget.When(len(g.Sources) > 1, g.renderSources),
		),
		widget.When(len(failed) > 0, func() app.UI {
			return app.Div().Class("problem").Body(app.P().Class("strong").Text(g.Lang.T("pictures.failed")), app.Ul().Body(failed...))
		}),
		widget.When(len(unverified) > 0, func() app.UI {
			return app.Div().Class("notice").DataSet("testid", "not-verified").
				Body(app.P().Class("strong").Text(g.Lang.T("pictures.unchecked")), app.Ul().Body(unverified...))
		}),
		widget.When(len(cards)+len(failed) == 0, func() app.UI { return app.P().Class("soft").Text(g.Lang.T("pictures.none")) }),
		app.Div().Class("pairs").Body(cards...),
		g.renderDialog(),
	)
}

func (g *gallery) renderSources() app.UI {
	return g.renderChoice("source", g.Lang.T("pictures.source"), 0, g.chosen, func(i int) { g.chosen = i })
}

// renderChoice lets one of the sources be chosen, from a first one on.
func (g *gallery) renderChoice(hook, label string, first, chosen int, choose func(int)) app.UI {
	var options []app.UI
	for i := first; i < len(g.Sources); i++ {
		options = append(options, app.Option().Value(i).Selected(i == chosen).Text(g.sideTitle(i)))
	}
	return app.Select().Class("aside").DataSet("testid", hook).Aria("label", label).Body(options...).
		OnChange(func(ctx app.Context, _ app.Event) {
			if i, err := strconv.Atoi(ctx.JSSrc().Get("value").String()); err == nil {
				choose(i)
			}
		}, hook)
}

func (g *gallery) sideTitle(i int) string {
	if i == theOriginal {
		return g.Lang.T("pictures.before")
	}
	return i18n.MethodTitle(g.Lang, g.Sources[i].Method)
}

func (g *gallery) renderCard(i int, p Pair) app.UI {
	return app.Button().Type("button").Class("pair").Aria("label", g.Lang.T("pictures.open", p.Name)).
		DataSet("testid", "pair-"+p.Name).
		Body(
			app.Span().Class("halves").Body(
				&widget.Preview{URL: p.BeforePreview},
				&widget.Preview{URL: p.AfterPreview},
			),
			app.Span().Class("name").Text(p.Name),
		).
		OnClick(func(ctx app.Context, _ app.Event) {
			g.open = i
			// showModal, unlike the attribute, keeps the keyboard inside and closes
			// on Escape.
			ctx.Defer(func(app.Context) {
				if d := app.Window().GetElementByID("pair"); d.Truthy() && !d.Get("open").Bool() {
					d.Call("showModal")
				}
			})
		}, i)
}

func (g *gallery) renderDialog() app.UI {
	var body app.UI = app.Div()
	if g.open >= 0 && g.open < len(g.pairs()) {
		body = g.renderLarge(g.pairs()[g.open])
	}
	return app.Dialog().ID("pair").Class("large").Aria("label", g.Lang.T("pictures.title")).
		On("close", func(app.Context, app.Event) { g.open = -1 }).
		OnKeyDown(g.key).
		Body(body)
}

func (g *gallery) renderLarge(p Pair) app.UI {
	facts := p.Name
	if p.Seconds > 0 {
		facts += " · " + g.Lang.Duration(p.Seconds)
	}
	if p.Bytes > 0 {
		facts += " · " + g.Lang.Bytes(p.Bytes)
	}
	return app.Div().Body(
		app.Div().Class("line").Body(
			app.P().Class("strong").Text(facts),
			app.Button().Type("button").Class("icon").Aria("label", g.Lang.T("pictures.previous")).Text("←").OnClick(g.previous),
			app.Button().Type("button").Class("icon").Aria("label", g.Lang.T("pictures.next")).Text("→").OnClick(g.next),
			app.Button().Type("button").Class("icon").Aria("label", g.Lang.T("close")).DataSet("testid", "close").Text("×").OnClick(g.close),
		),
		app.Div().Class("line").Body(
			g.renderChoice("side-left", g.Lang.T("pictures.left"), theOriginal, g.left, func(i int) { g.left = i }),
			app.P().Class("soft").DataSet("testid", "pixels-pair").Text(PairSentence(g.Lang, g.Sources, g.left, g.chosen)),
			g.renderChoice("side-right", g.Lang.T("pictures.right"), 0, g.chosen, func(i int) { g.chosen = i }),
		),
		g.renderSplit(p),
	)
}

// renderSplit lays the right picture over the left one, from where the slider
// stands on.
func (g *gallery) renderSplit(p Pair) app.UI {
	left, there := g.leftOf(p)
	if !there {
		return app.P().Class("notice").Text(g.Lang.T("pictures.missing", g.sideTitle(g.left)))
	}
	at := widget.Percent(float64(g.split))
	return app.Div().Class("split").Body(
		app.Div().Class("layers").Style("--at", at).Body(
			app.Img().Src(left).Alt(g.Lang.T("pictures.alt", p.Name, g.sideTitle(g.left))),
			app.Img().Class("over").Src(p.After).Alt(g.Lang.T("pictures.alt", p.Name, g.sideTitle(g.chosen))),
			app.I().Class("seam"),
		),
		app.Input().Type("range").Min(0).Max(100).Value(g.split).DataSet("testid", "split").
			Aria("label", g.Lang.T("pictures.split")).
			OnInput(func(ctx app.Context, _ app.Event) {
				if i, err := strconv.Atoi(ctx.JSSrc().Get("value").String()); err == nil {
					g.split = i
				}
			}),
	)
}

// leftOf finds what a pair is compared with.
func (g *gallery) leftOf(p Pair) (url string, there bool) {
	if g.left == theOriginal {
		return p.Before, true
	}
	for _, other := range g.Sources[g.left].Pairs {
		if other.Name == p.Name && other.Error == "" {
			return other.After, true
		}
	}
	return "", false
}

// PairSentence says whether two sides have the same pixels; with the original
// nobody expects it.
func PairSentence(l i18n.Lang, sources []source, left, right int) string {
	if left == theOriginal || right >= len(sources) || left >= len(sources) {
		return ""
	}
	switch CompareDigests(sources[left].Digest, sources[right].Digest) {
	case Equal:
		return l.T("pictures.equal")
	case Different:
		return l.T("pictures.different")
	}
	return l.T("pictures.unknown")
}

// key goes through the pictures, unless a field of its own wants the arrows.
func (g *gallery) key(_ app.Context, e app.Event) {
	if tag := e.Get("target").Get("tagName").String(); tag == "INPUT" || tag == "SELECT" {
		return
	}
	switch e.Get("key").String() {
	case "ArrowLeft":
		g.move(-1)
	case "ArrowRight":
		g.move(1)
	}
}

func (g *gallery) previous(app.Context, app.Event) { g.move(-1) }
func (g *gallery) next(app.Context, app.Event)     { g.move(1) }

// move goes to the neighbouring pair that has a picture, round the end.
func (g *gallery) move(by int) {
	pairs := g.pairs()
	if g.open < 0 || len(pairs) == 0 {
		return
	}
	for range pairs {
		g.open = (g.open + by + len(pairs)) % len(pairs)
		if pairs[g.open].Error == "" {
			return
		}
	}
}

func (g *gallery) close(app.Context, app.Event) {
	app.Window().GetElementByID("pair").Call("close")
}

// Pair is a photograph before and after.
type Pair struct {
	Name                        string // of the photograph
	Before, After               string // URLs of the full images
	BeforePreview, AfterPreview string
	Seconds                     float64
	Bytes                       int64
	Error                       string // why there is no After
	NotVerified                 string // why an output of it was not looked at, though it is there
	Attempts                    int
}

// Pairs lists each photograph of a result once: a batch cycles through them,
// and the same photograph gives the same pixels. Every failure is listed.
func Pairs(l i18n.Lang, r result.MethodResult, photos []result.ImageInfo) []Pair {
	var pairs []Pair
	seen := map[string]int{} // where in pairs
	for _, t := range r.Results {
		failed := t.Status != result.StatusSuccess
		if at, ok := seen[t.OriginalPath]; ok && !failed {
			if t.NotVerified != nil {
				pairs[at].NotVerified = l.In(*t.NotVerified)
			}
			continue
		}
		p := pairOf(t.Image(), photos)
		p.Seconds, p.Bytes, p.Attempts = t.ProcessingTime, t.FileSize, t.Attempts
		if failed {
			p.Error = t.Why(string(l))
			if p.Error == "" {
				p.Error = l.T("pictures.no_reason")
			}
		} else {
			seen[t.OriginalPath] = len(pairs)
			if t.NotVerified != nil {
				p.NotVerified = l.In(*t.NotVerified)
			}
			p.After = PathURL(t.ProcessedPath)
			p.AfterPreview = p.After
			if t.PreviewPath != "" {
				p.AfterPreview = PathURL(t.PreviewPath)
			}
		}
		pairs = append(pairs, p)
	}
	return pairs
}

// BlobPairs lists the pictures that the browser made: names and the URLs of
// their blobs, in the same order.
func BlobPairs(names, urls []string, photos []result.ImageInfo) []Pair {
	var pairs []Pair
	for i := range min(len(names), len(urls)) {
		p := pairOf(names[i], photos)
		p.After, p.AfterPreview = urls[i], urls[i]
		pairs = append(pairs, p)
	}
	return pairs
}

func pairOf(name string, photos []result.ImageInfo) Pair {
	p := Pair{Name: name, Before: PathURL("static/images/" + name)}
	p.BeforePreview = p.Before
	for _, photo := range photos {
		if photo.Name == name {
			p.Before = photo.URL
			p.BeforePreview = photo.PreviewURL
		}
	}
	return p
}

// PathURL makes a path of the host, with or without its first slash, a URL.
func PathURL(p string) string {
	return (&url.URL{Path: "/" + strings.TrimLeft(p, "/")}).EscapedPath()
}
