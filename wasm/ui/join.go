package ui

import (
	"crypto/rand"
	"encoding/json"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"carriles/executor/batch/class"
	"carriles/executor/batch/lesson"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
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
	frame
	link classLink

	id    string
	guide *lesson.Lesson

	mine    class.Prediction // what was sent, or is being chosen
	sent    bool
	trouble *Problem // of sending
	sending bool

	own class.Result // the last one that was sent
}

// OnMount joins the class.
func (j *Join) OnMount(ctx app.Context) {
	j.begin(ctx, "join.title")
	j.id = stored(keyMember)
	if j.id == "" {
		j.id = rand.Text()
		store(keyMember, j.id)
	}
	if json.Unmarshal([]byte(storedIn(forTab, keyPrediction)), &j.mine) == nil {
		j.sent = j.mine.Round != 0
	}
	_ = json.Unmarshal([]byte(storedIn(forTab, keyOwn)), &j.own) // nothing is remembered at first
	j.link = classLink{
		ctx: ctx, lang: func() Lang { return j.lab.lang },
		query: "?member=" + j.id, enter: j.enter, heard: j.heard,
	}
	j.link.open()
	j.loadGuide()
}

// OnDismount leaves the class.
func (j *Join) OnDismount() {
	if j.ready() {
		j.link.close()
	}
	j.end()
}

// enter tells the class that this browser is here: the kind of device and its
// cores, nothing else.
func (j *Join) enter() *Problem {
	_, refused := classPost(j.lab.lang, "", "join", class.Join{Member: j.id, Device: device(), Cores: cores()})
	return refused
}

// device is the kind of device that the browser runs on, by what points at it.
func device() string {
	switch {
	case media("(pointer: coarse)"):
		return class.DevicePhone
	case media("(pointer: fine)"):
		return class.DeviceLaptop
	}
	return class.DeviceUnknown
}

// cores is how many the browser tells; 0 if it does not.
func cores() int {
	n := app.Window().Get("navigator").Get("hardwareConcurrency")
	if !n.Truthy() {
		return 0
	}
	return min(1024, max(0, n.Int()))
}

func (j *Join) loadGuide() {
	lang := j.lab.lang
	j.ctx.Async(func() {
		var guide lesson.Lesson
		if getJSON(lang, "/api/guide/", &guide) == nil { // else the step goes without its title
			j.ctx.Dispatch(func(app.Context) { j.guide = &guide })
		}
	})
}

// step is the lesson's step with an id; false if it is not known.
func (j *Join) step(id string) (lesson.Step, bool) { return stepOf(j.guide, id) }

func stepOf(g *lesson.Lesson, id string) (lesson.Step, bool) {
	if g != nil {
		for _, s := range g.Steps {
			if s.ID == id {
				return s, true
			}
		}
	}
	return lesson.Step{}, false
}

// heard takes in a new state: another round has no prediction yet.
func (j *Join) heard() {
	r := j.link.round()
	if r == nil || r.Number <= j.mine.Round {
		return // an event that was overtaken by an answer may be older
	}
	j.mine, j.sent, j.trouble = class.Prediction{Member: j.id, Round: r.Number, Factor: startFactor}, false, nil
	j.lab.say(j.lab.lang.T("join.asked"))
}

// startFactor is where the slider of the predicted speedup stands at first.
const startFactor = 2

// predict sends the prediction.
func (j *Join) predict(app.Context, app.Event) {
	if j.sending || j.mine.Winner == "" {
		return
	}
	j.sending, j.trouble = true, nil
	lang, mine := j.lab.lang, j.mine
	mine.Member = j.id
	if r := j.link.round(); r != nil && !hasFactor(mine.Winner, r) {
		mine.Factor = 1
	}
	j.ctx.Async(func() {
		state, trouble := classPost(lang, "", "predict", mine)
		j.ctx.Dispatch(func(app.Context) {
			j.sending, j.trouble = false, trouble
			if trouble != nil {
				return
			}
			j.mine, j.sent, j.link.state = mine, true, state
			j.lab.say(lang.T("join.sent"))
			if b, err := json.Marshal(mine); err == nil {
				storeIn(forTab, keyPrediction, string(b))
			}
		})
	})
}

// measureHere runs the round's batch in this browser and sends its time.
func (j *Join) measureHere(app.Context, app.Event) {
	l, r := j.lab, j.link.round()
	if r == nil || l.cat == nil || l.busy() {
		return
	}
	number := r.Number
	l.seq++
	l.dropBrowserResults(request.Browser)
	l.asked = Checked{Request: Body{Request: r.Request.InBrowser()}, Browsers: []string{request.Browser}}
	l.run, l.browser = run{}, browserRun{}
	l.startBrowser()
	l.tick(l.seq)
	j.whenIdle(func() {
		if own := baselineOf(l.outcome.browsers); own != nil {
			j.report(number, own.Result)
		}
	})
}

// report sends this browser's time, if all images are there.
func (j *Join) report(round int, m result.MethodResult) {
	if m.SuccessCount < m.ProcessedCount {
		j.trouble = &Problem{Key: "join.incomplete"}
		return
	}
	res := class.Result{Member: j.id, Round: round, Seconds: m.Time, Images: m.ProcessedCount}
	if m.Environment != nil {
		res.SIMD = m.Environment.SIMD
	}
	lang := j.lab.lang
	j.ctx.Async(func() {
		state, trouble := classPost(lang, "", "result", res)
		j.ctx.Dispatch(func(app.Context) {
			j.trouble = trouble
			if trouble != nil {
				return
			}
			j.own, j.link.state = res, state
			j.lab.say(lang.T("join.reported"))
			if b, err := json.Marshal(res); err == nil {
				storeIn(forTab, keyOwn, string(b))
			}
		})
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
