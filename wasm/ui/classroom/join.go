package classroom

import (
	"crypto/rand"

	"carriles/executor/batch/class"
	"carriles/executor/batch/lesson"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/wasm/ui/client"
	"carriles/wasm/ui/dom"
	"carriles/wasm/ui/measure"
	"carriles/wasm/ui/results"
	"carriles/wasm/ui/shell"

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

// NewJoin makes the view.
func NewJoin(p *shell.Page) app.Composer { return &Join{page: p} }

// OnMount joins the class.
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

// OnDismount leaves the class.
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

// predict sends the prediction.
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
