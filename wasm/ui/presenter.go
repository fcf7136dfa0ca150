package ui

import (
	"encoding/json"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"carriles/executor/batch/class"
)

// What the presenter's tab keeps.
const (
	keyToken    = "carriles.token"
	keyRoundRun = "carriles.round"
)

// presenter is the tab of who leads the class.
type presenter struct {
	token   string // empty: this tab does not lead
	made    roundRun
	trouble *Problem
	busy    bool
}

// roundRun is the run that was made for a round. It is kept, so that a tab that
// is loaded again does not have to measure again.
type roundRun struct {
	Round int    `json:"round"`
	Run   string `json:"run"`
}

// keepRun keeps the run that the host has queued for a round, if there is one.
func (p *presenter) keepRun(r *class.Round, id string) {
	if r == nil {
		return
	}
	p.made = roundRun{Round: r.Number, Run: id}
	if b, err := json.Marshal(p.made); err == nil {
		storeIn(forTab, keyRoundRun, string(b))
	}
}

// recall takes up what the tab keeps.
func (p *presenter) recall() {
	p.token = storedIn(forTab, keyToken)
	_ = json.Unmarshal([]byte(storedIn(forTab, keyRoundRun)), &p.made) // nothing is kept at first
}

// unwatched reports whether a round waits for a run that this tab has asked for
// but does not watch.
func (p *presenter) unwatched(l *Lab, r *class.Round) bool {
	return p.token != "" && r != nil && r.Phase == class.RoundClosed && p.made.Round == r.Number && !l.busy() && !l.knows(p.made.Run)
}

// takeToken reads the token from the address's fragment, once: it should not be
// seen on a projector, nor be in the tab's history.
func (p *presenter) takeToken() {
	location := app.Window().Get("location")
	if token := strings.TrimPrefix(location.Get("hash").String(), "#"); token != "" {
		storeIn(forTab, keyToken, token)
		app.Window().Get("history").Call("replaceState", nil, "", location.Get("pathname").String())
	}
	p.recall()
}

// control asks the class for something, and calls then if it was done.
func (p *presenter) control(f *frame, c class.Control, then func(*class.State)) {
	p.busy, p.trouble = true, nil
	lang, token := f.lab.lang, p.token
	f.ctx.Async(func() {
		state, trouble := classPost(lang, token, "control", c)
		f.ctx.Dispatch(func(app.Context) {
			p.busy, p.trouble = false, trouble
			if trouble == nil && then != nil {
				then(state)
			}
		})
	})
}
