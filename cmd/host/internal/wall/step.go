package wall

import (
	"html/template"
	"slices"
	"strconv"

	"carriles/cmd/host/internal/evidence"
	"carriles/executor/batch/class"
	"carriles/executor/batch/lesson"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
	"carriles/web/draw"
)

// measured are the results of the step's commands that may be told: not that of a
// question that is not revealed.
func (s Seen) measured() []lesson.Measured {
	var all []lesson.Measured
	for i := range s.present().Commands {
		run := s.Runs[i]
		if shown := s.State.Shown; shown != nil && shown.Command == i {
			run = s.Run // the newest of its command
		}
		if run == nil || run.Result == nil || s.hidden(i) {
			continue
		}
		all = append(all, lesson.Measured{Command: i, Result: run.Result})
	}
	return all
}

// hidden reports whether a command of the step is asked about and not revealed.
func (s Seen) hidden(command int) bool {
	r := s.State.Round
	return r != nil && r.Reveal == nil && r.Step == s.State.Step && r.Command == command
}

// present is the lesson's step that is shown; its zero value if none is.
func (s Seen) present() lesson.Step {
	step, _ := s.step(s.State.Step)
	return step
}

// picture is the race of all that the step has measured, with its legend.
func (s Seen) picture() (template.HTML, []draw.Key, error) {
	merged := result.Comparison{Results: map[string]*result.MethodResult{}, Spec: s.Run.Result.Spec}
	var order []string
	picture := lesson.Picture(s.measured())
	for _, lane := range picture {
		order = append(order, lane.As)
		merged.Results[lane.As] = lane.Result.Results[lane.Method]
	}
	merged.Timelines, merged.Spec.Images = lesson.Lines(picture, func(m lesson.Measured) ([]result.Timeline, []string) {
		return m.Result.Timelines, m.Result.Spec.Images
	})
	return evidence.Race(&merged, order, s.Lang)
}

// table fills the guide's table as far as its lines are measured.
func (s Seen) table(p *page, t lesson.Table, say func(string, ...any) string) {
	results := map[int]*result.Comparison{}
	for _, m := range s.measured() {
		results[m.Command] = m.Result
	}
	p.Heads = []string{say("filters"), say("guide.short"), "Python", say("here.short"), say("verdict")}
	for _, row := range t.Rows {
		here := results[row.Command]
		c := row.Cells(here, results[row.Python])
		l := line{Filters: c.Filters, Guide: c.Guide.In(s.Lang), Python: c.Python.In(s.Lang), Here: c.Here.In(s.Lang), Verdict: c.Verdict.In(s.Lang), Met: c.Met}
		if here != nil {
			l.Settings = evidence.SettingsOf(here, s.Lang)
		}
		if c.Elsewhere {
			l.Python += " *"
			p.Source = "* " + t.Source.In(s.Lang)
		}
		p.Table = append(p.Table, l)
	}
}

// turn says who has which value, and what is measured.
func (s Seen) turn(p *page, say func(string, ...any) string) (err error) {
	t := s.State.Turn
	switch t.Phase {
	case class.TurnOpen:
		p.Status = say("turn.open")
	case class.TurnMeasured:
		p.Status = say("turn.measured", len(t.Groups))
	default:
		p.Status = say("turn.browsers")
	}
	browsers := 0
	for _, g := range t.Groups {
		browsers += len(g.Browsers)
		p.Groups = append(p.Groups, group{
			Value: request.Words(t.Over, strconv.Itoa(g.Value)).In(s.Lang), Here: say("turn.group", g.Members),
			Now: g.RunID != "" && len(g.Methods) == 0,
		})
	}
	p.Settings = ""
	if s.Run != nil { // of one value, and the curves are of all
		spec := s.Run.Spec
		spec.Sweep = &request.SweepPlan{Over: t.Over}
		for _, g := range t.Groups {
			spec.Sweep.Values = append(spec.Sweep.Values, float64(g.Value))
		}
		p.Settings = evidence.Settings(spec, s.Lang)
	}
	if i := foremost(t.Crossovers); i >= 0 {
		p.Details = []string{t.Crossovers[i].Text.In(s.Lang)}
	}
	if browsers > 0 {
		p.Browsers = say("turn.times", browsers)
	}
	p.Race, err = s.curves()
	return err
}

// foremost is the crossover that says most: one on the way, or else one with an order;
// -1 if there is none.
func foremost(all []result.Crossover) int {
	for _, kinds := range [][]string{{"from", "until"}, {"always", "never"}, {"unclear", "none"}} {
		if i := slices.IndexFunc(all, func(c result.Crossover) bool { return slices.Contains(kinds, c.Kind) }); i >= 0 {
			return i
		}
	}
	return -1
}

// curves are the times of the values that are measured, and those of the browsers;
// nothing before there are any.
func (s Seen) curves() (template.HTML, error) {
	t := s.State.Turn
	sweep := result.Sweep{Over: t.Over}
	browsers := draw.Line{Label: words["turn.line"].In(s.Lang), Method: request.Browser}
	own := draw.Chart{Title: words["turn.chart"].In(s.Lang), Unit: text.NoBreak + "s"}
	for _, g := range t.Groups {
		own.X = append(own.X, float64(g.Value))
		browsers.Values = append(browsers.Values, nil)
		if n := len(g.Browsers); n > 0 { // they are sorted
			median := (g.Browsers[n/2].Seconds + g.Browsers[(n-1)/2].Seconds) / 2
			browsers.Values[len(browsers.Values)-1] = &median
			own.Lines = []draw.Line{browsers}
		}
		if len(g.Methods) == 0 {
			continue
		}
		p := result.SweepPoint{Value: float64(g.Value), Results: map[string]result.SweepResult{}}
		sweep.Methods = nil
		for _, m := range g.Methods {
			sweep.Methods = append(sweep.Methods, m.Method)
			p.Results[m.Method] = result.SweepResult{Time: m.Seconds, Spread: result.Spread{Q1: m.Low, Q3: m.High}}
		}
		sweep.Points = append(sweep.Points, p)
	}
	if len(sweep.Points) == 0 {
		return "", nil
	}
	charts := draw.ChartsOf(tag(s.Lang), &sweep)
	charts.Charts = charts.Charts[:1] // the times
	if len(own.Lines) > 0 {
		own.Lines = []draw.Line{browsers}
		charts.Charts = append(charts.Charts, own)
	}
	return evidence.Curves(charts)
}
