package results

import (
	"carriles/executor/batch/result"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/measure"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Replay is the race of a run of before, which plays where nothing has been measured
// yet: whoever comes sees what the lab is about.
type Replay struct {
	app.Compo
	Lang  i18n.Lang
	Run   result.RunView // done, a comparison
	Lines *measure.Timelines
	// Recorded: the program has brought it along; this host knows nothing of it.
	Recorded bool
}

func (v *Replay) Render() app.UI {
	l, c := v.Lang, v.Run.Result
	rows := (&View{Result: c}).hostRows()
	return app.Section().Class("card replay").Aria("label", l.T("race.lanes")).DataSet("testid", "replay").Body(
		app.P().Class("soft").Body(v.renderOrigin()...),
		app.P().Class("settings").Text(SettingsOf(l, c)),
		app.P().Class("strong").Text(Headline(l, c)),
		&RaceView{Lang: l, Rows: rows, Lines: v.Lines, Plays: true},
	)
}

// renderOrigin tells whose race it is.
func (v *Replay) renderOrigin() []app.UI {
	l := v.Lang
	if v.Recorded {
		return []app.UI{app.Text(l.T("replay.recorded", machineOf(l, v.Run.Result.Environment), i18n.LocalTime(v.Run.Created)))}
	}
	return []app.UI{
		app.Text(l.T("replay.last", i18n.LocalTime(v.Run.Created)) + " "),
		app.A().Href(RunLink(v.Run.ID)).DataSet("testid", "replay-open").Text(l.T("replay.open")),
	}
}
