package class

import (
	"cmp"
	"slices"
	"time"

	"carriles/executor/analysis"
	"carriles/executor/batch/class"
	"carriles/executor/batch/lesson"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/fault"
	"carriles/executor/text"
)

// turn is "your turn": each group of members takes a value of one figure of a
// command, the server measures the values one after another, and each browser its
// own. It is kept over a restart as it stands. A nil turn is none.
type turn struct {
	Number int            `json:"number"`
	Step   string         `json:"step"`
	Over   string         `json:"over"`
	Change request.Change `json:"change,omitzero"`
	Values []int          `json:"values"`
	Taken  map[string]int `json:"taken"` // by member
	Runs   map[int]string `json:"runs"`  // by value
	// Points are what was measured of the values, in their order, and Images of how
	// many each was.
	Points   []result.SweepPoint      `json:"points"`
	Images   map[int]int              `json:"images"`
	Browsers map[string]class.Browser `json:"browsers"` // by member
}

// share begins the turn of a step over a figure; a round is put away by it.
func (s *state) share(step, over string, change request.Change, now time.Time) error {
	found, values, err := findTurn(step, over)
	if err != nil {
		return err
	}
	s.step, s.shown, s.round = found.ID, nil, nil
	s.turn = &turn{
		Number: s.number(now), Step: step, Over: over, Change: change, Values: values.Values,
		Taken: map[string]int{}, Runs: map[int]string{}, Images: map[int]int{}, Browsers: map[string]class.Browser{},
	}
	return nil
}

// take gives a member a value, in place of its earlier one: that of the smallest
// group if it wants none. A member that asks again keeps what it has.
func (s *state) take(t class.Take, now time.Time) (value int, err error) {
	if !s.touch(t.Member, now) {
		return 0, notJoined()
	}
	u := s.turn
	if u == nil || u.Number != t.Turn {
		return 0, notOpen()
	}
	had, again := u.Taken[t.Member]
	switch {
	case again && (t.Value == 0 || t.Value == had):
		return had, nil
	case t.Value != 0 && !slices.Contains(u.Values, t.Value):
		return 0, fault.Invalid([]fault.Fault{outOfRange("value", between(u.Values[0], u.Values[len(u.Values)-1]))})
	case !again && len(u.Taken) >= maxAnswers:
		return 0, tooManyAnswers()
	}
	if value = t.Value; value == 0 {
		value = slices.MinFunc(u.Values, func(a, b int) int { return u.members(a) - u.members(b) })
	}
	u.Taken[t.Member] = value
	delete(u.Browsers, t.Member) // it was of another batch
	return value, nil
}

func (t *turn) members(value int) int {
	n := 0
	for _, v := range t.Taken {
		if v == value {
			n++
		}
	}
	return n
}

// measure takes the run of a value.
func (t *turn) measure(step string, value int, runID string) error {
	switch {
	case t == nil || t.Step != step:
		return notOpen()
	case !slices.Contains(t.Values, value):
		return fault.Invalid([]fault.Fault{outOfRange("value", between(t.Values[0], t.Values[len(t.Values)-1]))})
	}
	t.Runs[value] = runID
	t.Points = slices.DeleteFunc(t.Points, func(p result.SweepPoint) bool { return p.Value == float64(value) })
	return nil
}

// point takes what the run of a value gave.
func (t *turn) point(value int, runID string, c *result.Comparison) error {
	if t == nil || t.Runs[value] != runID {
		return notOpen()
	}
	r := t.request(value)
	outcome, ok := class.OutcomeOf(runID, c)
	if !ok || !slices.Equal(c.Spec.Methods, r.Methods) || !slices.Equal(c.Spec.FilterNames(), r.Filters) || !t.is(value, c.Spec) {
		return fault.Errorf(fault.CodeContradiction, "la ejecución «%s» no es de ese valor", "the run %q is not of that value", runID)
	}
	t.Points = slices.DeleteFunc(t.Points, func(p result.SweepPoint) bool { return p.Value == float64(value) })
	t.Points, t.Images[value] = append(t.Points, analysis.PointOf(float64(value), c)), outcome.Images
	slices.SortFunc(t.Points, func(a, b result.SweepPoint) int { return cmp.Compare(a.Value, b.Value) })
	return nil
}

// is reports whether a batch is that of a value.
func (t *turn) is(value int, s request.Spec) bool {
	if t.Over == request.OverWorkers {
		return s.Workers == value
	}
	i := slices.IndexFunc(s.Steps, func(step request.Step) bool { return step.Filter == "sharpen" })
	return i >= 0 && s.Steps[i].Params[request.OverIntensity] == float64(value)
}

// request is the batch of a value.
func (t *turn) request(value int) request.Request {
	found, values, err := findTurn(t.Step, t.Over)
	if err != nil { // it was there when the turn began
		return request.Request{}
	}
	r, _ := found.Commands[0].With(t.Change).With(values.Change(value)).Request()
	return r
}

// awaits reports whether a browser's result may be one of the turn.
func (t *turn) awaits(r class.Result) bool {
	return t != nil && t.Number == r.Round && t.phase() == class.TurnBrowsers && t.Taken[r.Member] != 0
}

// imagesOf is of how many images a member's batch is.
func (t *turn) imagesOf(member string) int { return t.Images[t.Taken[member]] }

// phase follows from what was measured.
func (t *turn) phase() string {
	switch {
	case len(t.Points) == len(t.Values):
		return class.TurnBrowsers
	case len(t.Runs) > 0:
		return class.TurnMeasured
	}
	return class.TurnOpen
}

// view is what everybody sees of a turn.
func (t *turn) view() *class.Turn {
	if t == nil {
		return nil
	}
	v := &class.Turn{Number: t.Number, Phase: t.phase(), Step: t.Step, Over: t.Over}
	var methods []string
	for _, value := range t.Values {
		g := class.Group{Value: value, Members: t.members(value), Request: t.request(value), RunID: t.Runs[value]}
		methods = g.Request.Methods
		for _, p := range t.Points {
			if p.Value != float64(value) {
				continue
			}
			g.Winner, g.Images = p.Winner, t.Images[value]
			for _, name := range methods {
				r := p.Results[name]
				g.Methods = append(g.Methods, class.Time{Method: name, Seconds: r.Time, Low: r.Spread.Q1, High: r.Spread.Q3})
			}
		}
		for member, b := range t.Browsers {
			if t.Taken[member] == value {
				g.Browsers = append(g.Browsers, b)
			}
		}
		slices.SortFunc(g.Browsers, fastestFirst)
		v.Groups = append(v.Groups, g)
	}
	if len(t.Points) > 1 {
		v.Crossovers = analysis.Crossovers(request.SweepPlan{Over: t.Over}, methods, t.Points)
	}
	return v
}

// whole is a turn that was kept, with what a file may lack.
func (t *turn) whole() *turn {
	if t.Taken == nil {
		t.Taken = map[string]int{}
	}
	if t.Runs == nil {
		t.Runs = map[int]string{}
	}
	if t.Images == nil {
		t.Images = map[int]int{}
	}
	if t.Browsers == nil {
		t.Browsers = map[string]class.Browser{}
	}
	return t
}

// findTurn is a turn of a step of the lesson.
func findTurn(step, over string) (lesson.Step, lesson.Turn, error) {
	found, ok := findStep(step)
	if !ok {
		return found, lesson.Turn{}, noStep(step)
	}
	var names []string
	for _, t := range found.Turns {
		if t.Over == over {
			return found, t, nil
		}
		names = append(names, t.Over)
	}
	if len(names) == 0 {
		return found, lesson.Turn{}, fault.Errorf(fault.CodeContradiction, "en ese paso no hay nada que repartir", "there is nothing to share out in that step")
	}
	return found, lesson.Turn{}, fault.Invalid([]fault.Fault{outOfRange("over", text.Sprintf("uno de: %[1]s", "one of: %[1]s", join(names)))})
}
