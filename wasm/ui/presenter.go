package ui

import (
	"strings"

	"carriles/executor/batch"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// keyToken is where a tab keeps the presenter's token.
const keyToken = "carriles.token"

// presenter is the tab of who leads the class.
type presenter struct {
	token   string // empty: this tab does not lead
	trouble *Problem
	busy    bool
}

// takeToken reads the token from the address's fragment, once: it should not be
// seen on a projector, nor be in the tab's history.
func (p *presenter) takeToken() {
	location := app.Window().Get("location")
	if token := strings.TrimPrefix(location.Get("hash").String(), "#"); token != "" {
		storeIn(forTab, keyToken, token)
		app.Window().Get("history").Call("replaceState", nil, "", location.Get("pathname").String())
	}
	p.token = storedIn(forTab, keyToken)
}

// control asks the class for something, and calls then if it was done.
func (p *presenter) control(f *frame, c batch.ClassControl, then func(*batch.ClassState)) {
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
