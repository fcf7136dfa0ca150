package classroom

import (
	"crypto/rand"
	"slices"
	"strconv"
	"strings"

	"carriles/executor/batch/class"
	"carriles/executor/batch/lesson"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/wasm/ui/client"
	"carriles/wasm/ui/dom"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/measure"
	"carriles/wasm/ui/results"
	"carriles/wasm/ui/shell"
	"carriles/wasm/ui/widget"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// What a member's browser remembers.
const (
	keyMember     = "carriles.member"     // its id, for good
	keyPrediction = "carriles.prediction" // as long as the tab lives
	keyOwn        = "carriles.own"        // the same
)

// Join is the class on a student's own device: what the presenter shows, the
// prediction, its reveal, and the same batch in this browser.
type Join struct {
	app.Compo
	page    *shell.Page
	session *measure.Session
	link    Link

	id    string
	guide *lesson.Lesson

	mine    class.Prediction // what was sent, or is being chosen
	sent    bool
	trouble *client.Problem // of sending
	sending bool

	own       class.Result // the last one that was sent
	measuring int          // the number of the round whose batch is measured here
}

func NewJoin(p *shell.Page) app.Composer { return &Join{page: p} }

func (j *Join) OnMount(ctx app.Context) {
	j.page.Open(ctx)
	j.session = measure.New(j.page.Life, client.Server{}, j.page.Language, j.hear)
	j.session.Load()
	j.id = dom.Stored(keyMember)
	if j.id == "" {
		j.id = rand.Text()
		dom.Store(keyMember, j.id)
	}
	dom.KeptIn(dom.ForTab, keyPrediction, &j.mine)
	j.sent = j.mine.Round != 0
	dom.KeptIn(dom.ForTab, keyOwn, &j.own)
	j.link = Link{Page: j.page, Query: "?member=" + j.id, Enter: j.enter, Heard: j.heard}
	j.link.Open()
	j.loadGuide()
}

func (j *Join) OnDismount() { j.page.Close() }

// enter tells the class that this browser is here: the kind of device and its
// cores, nothing else.
func (j *Join) enter() *client.Problem {
	return client.Post(client.Server{}, client.Question{Lang: j.page.Lang, URL: "/api/class/join/"},
		class.Join{Member: j.id, Device: device(), Cores: cores()}, nil)
}

// device is the kind of device that the browser runs on, by what points at it.
func device() string {
	switch {
	case dom.Media("(pointer: coarse)"):
		return class.DevicePhone
	case dom.Media("(pointer: fine)"):
		return class.DeviceLaptop
	}
	return class.DeviceUnknown
}

// cores is how many the browser tells; 0 if it does not.
func cores() int { return min(1024, max(0, dom.BrowserCores())) }

// loadGuide asks for the lesson; without it a step goes without its title.
func (j *Join) loadGuide() {
	lang := j.page.Lang
	var guide lesson.Lesson
	j.page.Life.Ask(func() *client.Problem { return client.Get(client.Server{}, lang, "/api/guide/", &guide) }, func(trouble *client.Problem) {
		if trouble == nil {
			j.guide = &guide
		}
	})
}

// step is the lesson's step with an id; false if it is not known.
func (j *Join) step(id string) (lesson.Step, bool) { return stepOf(j.guide, id) }

// heard takes in a new state: another round has no prediction yet.
func (j *Join) heard() {
	r := j.link.Round()
	if r == nil || r.Number <= j.mine.Round {
		return // an event that was overtaken by an answer may be older
	}
	j.mine, j.sent, j.trouble = class.Prediction{Member: j.id, Round: r.Number, Factor: startFactor}, false, nil
	j.page.Say(j.page.Lang.T("join.asked"))
}

// startFactor is where the slider of the predicted speedup stands at first.
const startFactor = 2

func (j *Join) predict(app.Context, app.Event) {
	if j.sending || j.mine.Winner == "" {
		return
	}
	j.sending, j.trouble = true, nil
	mine := j.mine
	mine.Member = j.id
	if r := j.link.Round(); r != nil && !hasFactor(mine.Winner, r) {
		mine.Factor = 1
	}
	j.link.post("predict", mine, func(trouble *client.Problem) {
		j.sending, j.trouble = false, trouble
		if trouble != nil {
			return
		}
		j.mine, j.sent = mine, true
		j.page.Say(j.page.Lang.T("join.sent"))
		dom.KeepIn(dom.ForTab, keyPrediction, mine)
	})
}

// measureHere runs the round's batch in this browser.
func (j *Join) measureHere(app.Context, app.Event) {
	r := j.link.Round()
	if r == nil || j.session.Catalogue == nil || j.session.Busy() {
		return
	}
	j.measuring = r.Number
	j.session.Measure(measure.Asked{Request: r.Request.InBrowser(), Browsers: []string{request.Browser}})
}

// hear takes in what happens in the session: this browser's time is sent.
func (j *Join) hear(e measure.Event) {
	results.Speak(j.page, j.session, e)
	if own := measure.BaselineOf(j.session.Outcome.Browsers); e.Kind == measure.BrowserTook && own != nil {
		j.report(j.measuring, own.Result)
	}
}

// report sends this browser's time, if all images are there.
func (j *Join) report(round int, m result.MethodResult) {
	if m.SuccessCount < m.ProcessedCount {
		j.trouble = &client.Problem{Key: "join.incomplete"}
		return
	}
	res := class.Result{Member: j.id, Round: round, Seconds: m.Time, Images: m.ProcessedCount}
	if m.Environment != nil {
		res.SIMD = m.Environment.SIMD
	}
	j.link.post("result", res, func(trouble *client.Problem) {
		if j.trouble = trouble; trouble != nil {
			return
		}
		j.own = res
		j.page.Say(j.page.Lang.T("join.reported"))
		dom.KeepIn(dom.ForTab, keyOwn, res)
	})
}

// ownBrowser is this browser as it stands among those of a round; nil if it has
// sent no result.
func (j *Join) ownBrowser(r *class.Round) *class.Browser {
	if j.own.Round != r.Number {
		return nil
	}
	return &class.Browser{Seconds: j.own.Seconds, Device: device(), Cores: cores(), SIMD: j.own.SIMD}
}

func (j *Join) Render() app.UI { return j.page.Render("join", j.renderContent) }

func (j *Join) renderContent() []app.UI {
	l := j.page.Lang
	content := []app.UI{j.link.Render(l)}
	s := j.link.State
	if s == nil {
		return append(content, widget.When(!j.link.lost, func() app.UI { return widget.LoadingView(l, "join.loading") }))
	}
	content = append(content, j.renderStep(s))
	if s.Round != nil {
		content = append(content, j.renderRound(s.Round)...)
	}
	if j.trouble != nil {
		content = append(content, app.Section().Class("card").Body(widget.ProblemView(l, j.trouble)))
	}
	return append(content, app.Footer().Class("footnote").Body(
		app.P().DataSet("testid", "members").Text(membersText(l, s.Members)),
		results.QueueView(l, s.Queue),
		app.P().Text(l.T("join.privacy")),
	))
}

func (j *Join) renderStep(s *class.State) app.UI {
	l := j.page.Lang
	step, ok := j.step(s.Step)
	if !ok {
		return app.Section().Class("card empty").Body(
			app.H2().Class("verdict").Text(l.T("join.waiting")),
			app.P().Text(l.T("join.waiting.more")),
		)
	}
	return app.Section().Class("card").Aria("labelledby", "now").Body(
		app.P().Class("soft").Text(l.T("join.now")),
		app.H2().Class("verdict").ID("now").DataSet("testid", "now").Text(l.In(step.Title)),
		widget.When(s.Round == nil && l.In(step.Ask) != "", func() app.UI { return app.P().Class("ask-class").Text(l.In(step.Ask)) }),
	)
}

func (j *Join) renderRound(r *class.Round) []app.UI {
	switch {
	case r.Phase == class.RoundOpen:
		return []app.UI{j.renderPrediction(r)}
	case r.Reveal == nil:
		return []app.UI{j.renderClosed()}
	}
	return []app.UI{j.renderReveal(r), j.renderOwn(r), chartView(j.page.Lang, *r.Reveal, j.ownBrowser(r)), VotesView(j.page.Lang, *r.Reveal)}
}

// renderPrediction asks who will win and by how much.
func (j *Join) renderPrediction(r *class.Round) app.UI {
	l := j.page.Lang
	var options []app.UI
	for _, name := range append(append([]string{}, r.Request.Methods...), result.WinnerNone) {
		options = append(options, app.Label().Class("method").Body(
			app.Input().Type("radio").Name("winner").DataSet("testid", "predict-"+name).Checked(j.mine.Winner == name).
				OnChange(func(app.Context, app.Event) { j.mine.Winner, j.sent = name, false }, name),
			app.Span().Text(i18n.WinnerTitle(l, name)),
		))
	}
	send := "join.send"
	if j.sent {
		send = "join.sent.button"
	}
	return app.Section().Class("card predict").Aria("label", l.T("join.predict")).DataSet("testid", "predict").Body(
		app.FieldSet().Body(
			app.Legend().Class("strong").Text(l.T("join.who", chainText(r.Request))),
			app.Div().Body(options...),
		),
		j.renderFactor(r),
		app.Button().Type("button").Class("primary").DataSet("testid", "send").
			Disabled(j.mine.Winner == "" || j.sent || j.sending).Text(l.T(send)).OnClick(j.predict),
		app.P().Class("hint").Text(l.T("join.revise")),
	)
}

// hasFactor reports whether a predicted winner leaves open by how much it wins:
// the baseline is as fast as itself, and a tie has no winner.
func hasFactor(winner string, r *class.Round) bool {
	return winner != result.WinnerNone && len(r.Request.Methods) > 0 && winner != r.Request.Methods[0]
}

// renderFactor asks by how much; where that is no question, it is shown as 1.
func (j *Join) renderFactor(r *class.Round) app.UI {
	l, open, factor := j.page.Lang, hasFactor(j.mine.Winner, r), j.mine.Factor
	if !open {
		factor = 1
	}
	return app.Div().Class("field").Body(
		app.Label().For("factor").Class("strong").Text(l.T("join.factor", i18n.LowerTitle(l, r.Request.Methods[0]))),
		app.Div().Class("line").Body(
			app.Input().Type("range").ID("factor").DataSet("testid", "factor").Min("1").Max("8").Step(0.25).
				Value(strconv.FormatFloat(factor, 'f', -1, 64)).Disabled(!open).
				Aria("valuetext", l.Ratio(factor)).OnInput(j.setFactor),
			app.Output().For("factor").Class("strong").Text(l.Ratio(factor)),
		),
	)
}

func chainText(r request.Request) string { return strings.Join(r.Filters, " → ") }

func (j *Join) setFactor(ctx app.Context, _ app.Event) {
	if x, ok := i18n.ParseNumber(ctx.JSSrc().Get("value").String()); ok {
		j.mine.Factor, j.sent = x, false
	}
}

func (j *Join) renderClosed() app.UI {
	l := j.page.Lang
	return app.Section().Class("card").DataSet("testid", "closed").Body(
		app.P().Class("strong").Text(l.T("join.closed")),
		app.P().Class("soft").Text(j.mineText()),
	)
}

func (j *Join) mineText() string {
	l := j.page.Lang
	if !j.sent {
		return l.T("join.none")
	}
	if j.mine.Winner == result.WinnerNone {
		return l.T("join.mine.tie")
	}
	return l.T("join.mine", i18n.WinnerTitle(l, j.mine.Winner), l.Ratio(j.mine.Factor))
}

func (j *Join) renderReveal(round *class.Round) app.UI {
	l, r := j.page.Lang, round.Reveal
	// The lesson may have gone on: then it must be said what this was about.
	step, elsewhere := j.step(round.Step)
	elsewhere = elsewhere && round.Step != j.link.State.Step
	verdict := "join.wrong"
	switch {
	case j.mine.Winner == r.Outcome.Winner:
		verdict = "join.right"
	case slices.Contains(r.Outcome.Leaders, j.mine.Winner):
		verdict = "join.half"
	}
	return app.Section().Class("card").DataSet("testid", "reveal").Body(
		widget.When(elsewhere, func() app.UI { return app.P().Class("soft").Text(l.In(step.Title)) }),
		app.H2().Class("verdict").Text(OutcomeSentence(l, r.Outcome)),
		app.P().DataSet("testid", "sentence").Text(l.In(r.Outcome.Sentence)),
		app.P().Body(app.A().Href(results.RunLink(r.Outcome.RunID)).DataSet("testid", "own-lab").Text(l.T("join.lab"))),
		app.P().Class("soft").Text(j.mineText()),
		widget.When(j.sent, func() app.UI { return app.P().Class("strong").DataSet("testid", "own-verdict").Text(l.T(verdict)) }),
	)
}

// renderOwn offers the same batch in this browser.
func (j *Join) renderOwn(r *class.Round) app.UI {
	l, s := j.page.Lang, j.session
	b := s.Browser
	return app.Section().Class("card").Aria("label", l.T("join.here")).Body(
		app.H3().Text(l.T("join.here")),
		widget.When(b.Visible(), func() app.UI {
			return &results.BrowserProgress{Session: s, Lang: l, Status: b.BrowserStatus}
		}),
		widget.When(j.own.Round == r.Number, func() app.UI {
			return app.P().Class("headline").DataSet("testid", "own-time").Text(l.T("join.own", l.Duration(j.own.Seconds)))
		}),
		widget.When(!b.Active(), func() app.UI {
			measure := "join.measure"
			if j.own.Round == r.Number {
				measure = "join.measure.again"
			}
			return app.Button().Type("button").Class("primary").DataSet("testid", "measure-here").
				Disabled(s.Catalogue == nil || j.link.State.Paused).Text(l.T(measure)).OnClick(j.measureHere)
		}),
		widget.When(j.link.State.Paused, func() app.UI { return app.P().Class("notice").DataSet("testid", "paused").Text(l.T("join.paused")) }),
		app.P().Class("hint").Text(l.T("join.measure.more", r.Reveal.Outcome.Images)),
	)
}
