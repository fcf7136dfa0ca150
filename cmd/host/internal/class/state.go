package class

import (
	"cmp"
	"regexp"
	"slices"
	"sync"
	"time"

	"carriles/executor/batch/class"
	"carriles/executor/batch/lesson"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/fault"
	"carriles/executor/text"
)

// The bounds of a class.
const (
	// MaxMembers is how many may be here at a time, and membersAnAddress how many
	// of one address: a class may be behind one, and nobody else's fills the room.
	MaxMembers       = 200
	membersAnAddress = 100
	// maxAnswers bounds the predictions and the results of a round: those of
	// members that have left stay, and others may come.
	maxAnswers = 5 * MaxMembers
	// silence is after how long a member without a stream has left, if it is not
	// heard of; it is noticed a tick later.
	silence = 9 * time.Second
	// quiet is after how long it is said to be silent: a page that is loaded again is
	// back before.
	quiet = 2 * time.Second

	// maxHosts is by how many addresses of this machine the arrived are counted.
	maxHosts   = 64
	maxCores   = 1024
	maxSeconds = 3600
)

// memberID is how a member's id looks: random, so that nobody has another's.
var memberID = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[A-Za-z0-9-]{16,64}$`)
})

// simdName is how an instruction set is called.
var simdName = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[A-Za-z0-9.+_-]{0,24}$`)
})

// state is the class: who is here, what is shown, the round. It is pure: the
// time comes with each event, and it is not safe for concurrent use.
type state struct {
	members map[string]*member
	step    string
	rounds  int // the number of the last one
	round   *round
	shown   *class.Shown
	// runs are the newest of each command of the lesson that is shown; those of a
	// question that is not revealed are among them, and not told of as results.
	runs []class.Shown
	turn *turn
	// waiting is what a step's requests that wait have given; nil if nothing.
	waiting *result.Waiting
	devices []class.Device // of the room
	queue   []result.QueuedRun
	paused  bool
	// chosen is the host of the address that is shown; empty: the likeliest.
	// arrived counts by host who came, each member once.
	chosen  string
	arrived map[string]int
}

type member struct {
	device string
	cores  int
	seen   time.Time
	// streams are open, and from is the address that it joined from, which bounds
	// what one address may bring and is in no answer.
	streams int
	from    string
	// silent is that it has no stream, and has not been heard of for a moment.
	silent bool
}

type round struct {
	number      int
	phase       string
	step        string
	command     int
	change      request.Change
	request     request.Request
	predictions map[string]prediction
	outcome     class.Outcome
	results     map[string]class.Browser
}

type prediction struct {
	winner string
	factor float64
}

func newState() *state {
	return &state{members: map[string]*member{}, queue: []result.QueuedRun{}, arrived: map[string]int{}}
}

// join takes a member in, or hears that it is still there. changed is false
// where nobody else sees a difference. Where there is no place, the member that
// has no stream and was not heard of for the longest gives way: a page opens its
// stream at once, and one that is made up seldom does.
func (s *state) join(j class.Join, from, host string, now time.Time) (changed bool, err error) {
	var faults []fault.Fault
	if !memberID().MatchString(j.Member) {
		faults = append(faults, outOfRange("member", text.Sprintf("16 a 64 letras, cifras o guiones", "16 to 64 letters, digits or hyphens")))
	}
	if !slices.Contains(class.Devices(), j.Device) {
		faults = append(faults, outOfRange("device", text.Sprintf("uno de: %[1]s", "one of: %[1]s", join(class.Devices()))))
	}
	if j.Cores < 0 || j.Cores > maxCores {
		faults = append(faults, outOfRange("cores", between(0, maxCores)))
	}
	if len(faults) > 0 {
		return false, fault.Invalid(faults)
	}
	m := s.members[j.Member]
	if m == nil {
		if !s.admits(from) {
			return false, fault.Errorf(fault.CodeBusy, "la clase está completa: ya hay %d navegadores", "the class is full: %d browsers are here already", len(s.members))
		}
		m = &member{from: from}
		s.members[j.Member] = m
		if _, known := s.arrived[host]; known || len(s.arrived) < maxHosts {
			s.arrived[host]++
		}
	}
	changed = m.device != j.Device
	m.device, m.cores, m.seen = j.Device, j.Cores, now
	return changed, nil
}

// admits makes a place for one more member of an address; false if there is none.
func (s *state) admits(from string) bool {
	here := 0
	for _, m := range s.members {
		if m.from == from {
			here++
		}
	}
	switch {
	case here >= membersAnAddress:
		return s.giveWay(func(m *member) bool { return m.from == from })
	case len(s.members) >= MaxMembers:
		return s.giveWay(func(*member) bool { return true })
	}
	return true
}

// giveWay lets go of the member without a stream that was not heard of for the
// longest, among those that may; false if there is none.
func (s *state) giveWay(may func(*member) bool) bool {
	gone := ""
	for id, m := range s.members {
		if m.streams == 0 && may(m) && (gone == "" || m.seen.Before(s.members[gone].seen)) {
			gone = id
		}
	}
	delete(s.members, gone)
	return gone != ""
}

// watch counts the streams of a member.
func (s *state) watch(id string, more int, now time.Time) {
	if m := s.members[id]; m != nil {
		m.streams += more
		m.seen = now
	}
}

// touch hears that a member is there; false if it is not one.
func (s *state) touch(id string, now time.Time) bool {
	m := s.members[id]
	if m != nil {
		m.seen = now
	}
	return m != nil
}

// expire notices who is silent, and lets go of who has been for long; false if that
// is as before.
func (s *state) expire(now time.Time) (changed bool) {
	for id, m := range s.members {
		if m.streams == 0 && now.Sub(m.seen) >= silence {
			delete(s.members, id)
			changed = true
		}
		if silent := m.streams == 0 && now.Sub(m.seen) >= quiet; silent != m.silent {
			m.silent, changed = silent, true
		}
	}
	return changed
}

// show sets the lesson's step that all look at; empty is none.
func (s *state) show(step string) error {
	if _, ok := findStep(step); step != "" && !ok {
		return noStep(step)
	}
	if step != s.step { // it begins with its question, when the lesson comes back too
		s.waiting = nil
	}
	if s.step = step; s.shown != nil && s.shown.Step != step {
		s.shown = nil
	}
	return nil
}

// measure shows a run of a command to all, or that of a value of the turn. While a
// question is open, none is shown: what is predicted while it is measured is no
// prediction.
func (s *state) measure(step string, command, value int, runID string) error {
	if _, err := findCommand(step, command); err != nil {
		return err
	}
	shown := class.Shown{Step: step, Command: command, RunID: runID, Value: value}
	if value != 0 {
		if err := s.turn.measure(step, value, runID); err != nil {
			return err
		}
	} else {
		s.runs = append(s.but(step, func(other int) bool { return other == command }), shown)
	}
	if s.round != nil && s.round.phase == class.RoundOpen {
		s.round.phase = class.RoundClosed
	}
	s.step, s.shown = step, &shown
	return nil
}

// but is the runs without those of a step's commands that are put away.
func (s *state) but(step string, away func(command int) bool) []class.Shown {
	return slices.DeleteFunc(s.runs, func(r class.Shown) bool { return r.Step == step && away(r.Command) })
}

// ask opens a new round on a command of the lesson, as the presenter has turned it.
// Its number is the time, so that a browser does not take it for one of a server
// before this one.
func (s *state) ask(step string, command int, change request.Change, now time.Time) error {
	found, err := findCommand(step, command)
	if err != nil {
		return err
	}
	if !found.ComparesMethods() {
		return fault.Errorf(fault.CodeContradiction, "esa orden no compara métodos: no hay nada que predecir", "that command compares no methods: there is nothing to predict")
	}
	request, _ := found.With(change).Request()
	// The step goes on from there: what came after it is measured anew.
	s.runs = s.but(step, func(other int) bool { return other >= command })
	s.step, s.shown, s.turn = step, nil, nil
	s.round = &round{
		number: s.number(now), phase: class.RoundOpen, step: step, command: command, change: change, request: request,
		predictions: map[string]prediction{}, results: map[string]class.Browser{},
	}
	return nil
}

// number is that of a new round or turn.
func (s *state) number(now time.Time) int {
	s.rounds = max(s.rounds+1, int(now.Unix()))
	return s.rounds
}

// waits shows what requests that wait have given so far, if the step that is shown has
// them; nil if they gave nothing after all.
func (s *state) waits(w *result.Waiting) (changed bool) {
	if !measuresWaits(s.step) {
		return false
	}
	s.waiting, s.shown = w, nil
	return true
}

// measuresWaits reports whether a step of the lesson has requests that wait.
func measuresWaits(step string) bool {
	found, _ := findStep(step)
	return slices.ContainsFunc(found.Commands, func(c lesson.Command) bool { return c.Path == request.WaitsPath })
}

// setDevices takes who is in the room; false if that is as before.
func (s *state) setDevices(devices []class.Device) (changed bool) {
	changed = !slices.Equal(devices, s.devices)
	s.devices = devices
	return changed
}

// stopAsking ends the taking of predictions.
func (s *state) stopAsking() error {
	if s.round == nil || s.round.phase != class.RoundOpen {
		return notOpen()
	}
	s.round.phase = class.RoundClosed
	return nil
}

// reveal shows the predictions beside a run of the round's batch.
func (s *state) reveal(runID string, c *result.Comparison) error {
	if s.round == nil || s.round.phase == class.RoundRevealed {
		return notOpen()
	}
	outcome, ok := class.OutcomeOf(runID, c)
	if !ok || !slices.Equal(c.Spec.Methods, s.round.request.Methods) || !slices.Equal(c.Spec.FilterNames(), s.round.request.Filters) {
		return fault.Errorf(fault.CodeContradiction, "la ejecución «%s» no es de la pregunta", "the run %q is not of the question", runID)
	}
	s.round.phase, s.round.outcome = class.RoundRevealed, outcome
	s.shown = &class.Shown{Step: s.round.step, Command: s.round.command, RunID: runID}
	return nil
}

// end puts the round and the turn away.
func (s *state) end() { s.round, s.turn = nil, nil }

// predict takes a member's prediction, in place of its earlier one.
func (s *state) predict(p class.Prediction, now time.Time) error {
	if !s.touch(p.Member, now) {
		return notJoined()
	}
	r := s.round
	if r == nil || r.number != p.Round || r.phase != class.RoundOpen {
		return notOpen()
	}
	var faults []fault.Fault
	if options := r.options(); !slices.Contains(options, p.Winner) {
		faults = append(faults, outOfRange("winner", text.Sprintf("uno de: %[1]s", "one of: %[1]s", join(options))))
	}
	if !(p.Factor >= 1 && p.Factor <= class.MaxFactor) { // false for NaN
		faults = append(faults, outOfRange("factor", between(1, class.MaxFactor)))
	}
	if len(faults) > 0 {
		return fault.Invalid(faults)
	}
	if _, again := r.predictions[p.Member]; !again && len(r.predictions) >= maxAnswers {
		return tooManyAnswers()
	}
	r.predictions[p.Member] = prediction{winner: p.Winner, factor: p.Factor}
	return nil
}

// result takes a member's own time for the round's batch, in place of its
// earlier one.
func (s *state) result(b class.Result, now time.Time) error {
	if !s.touch(b.Member, now) {
		return notJoined()
	}
	r, images, results := s.round, 0, map[string]class.Browser(nil)
	switch {
	case r != nil && r.number == b.Round && r.phase == class.RoundRevealed:
		images, results = r.outcome.Images, r.results
	case s.turn.awaits(b):
		images, results = s.turn.imagesOf(b.Member), s.turn.Browsers
	default:
		return notOpen()
	}
	var faults []fault.Fault
	if !(b.Seconds > 0 && b.Seconds <= maxSeconds) { // for NaN too
		faults = append(faults, outOfRange("seconds", between(0, maxSeconds)))
	}
	if b.Images != images {
		faults = append(faults, outOfRange("images", between(images, images)))
	}
	if !simdName().MatchString(b.SIMD) {
		faults = append(faults, outOfRange("simd", text.Sprintf("hasta 24 letras y cifras", "up to 24 letters and digits")))
	}
	if len(faults) > 0 {
		return fault.Invalid(faults)
	}
	if _, again := results[b.Member]; !again && len(results) >= maxAnswers {
		return tooManyAnswers()
	}
	m := s.members[b.Member]
	results[b.Member] = class.Browser{Seconds: b.Seconds, Device: m.device, Cores: m.cores, SIMD: b.SIMD}
	return nil
}

// setQueue takes how the server's queue stands; false if it stands as before.
func (s *state) setQueue(queue []result.QueuedRun) (changed bool) {
	same := func(a, b result.QueuedRun) bool { // what a run does never changes
		return a.ID == b.ID && a.State == b.State && a.Position == b.Position
	}
	if slices.EqualFunc(queue, s.queue, same) {
		return false
	}
	s.queue = queue
	return true
}

// options are what may be predicted to win.
func (r *round) options() []string { return append(slices.Clone(r.request.Methods), result.WinnerNone) }

// view is what everybody sees.
func (s *state) view() class.State {
	v := class.State{Step: s.step, Shown: s.shown, Queue: s.queue, Paused: s.paused, Arrived: s.arrived[s.chosen], Members: class.Members{All: len(s.members)}}
	for _, m := range s.members {
		if m.silent {
			v.Members.Silent++
		}
		switch m.device {
		case class.DevicePhone:
			v.Members.Phones++
		case class.DeviceLaptop:
			v.Members.Laptops++
		}
	}
	for _, r := range s.runs {
		if r.Step == s.step {
			v.Runs = append(v.Runs, r)
		}
	}
	if measuresWaits(s.step) {
		v.Waiting = s.waiting
	}
	v.Devices, v.AllDevices = s.devices[:min(class.MostDevices, len(s.devices))], len(s.devices)
	slices.SortFunc(v.Runs, func(a, b class.Shown) int { return a.Command - b.Command })
	if s.round != nil {
		v.Round = s.round.view()
	}
	v.Turn = s.turn.view()
	return v
}

func (r *round) view() *class.Round {
	v := &class.Round{
		Number: r.number, Phase: r.phase, Step: r.step, Command: r.command,
		Request: r.request, Predictions: len(r.predictions),
	}
	if r.phase != class.RoundRevealed {
		return v
	}
	v.Reveal = &class.Reveal{Outcome: r.outcome, Factors: []float64{}, Browsers: []class.Browser{}}
	votes := map[string]int{}
	for _, p := range r.predictions {
		votes[p.winner]++
		v.Reveal.Factors = append(v.Reveal.Factors, p.factor)
	}
	slices.Sort(v.Reveal.Factors)
	for _, name := range r.options() {
		v.Reveal.Votes = append(v.Reveal.Votes, class.Vote{Winner: name, Count: votes[name]})
	}
	for _, b := range r.results {
		v.Reveal.Browsers = append(v.Reveal.Browsers, b)
	}
	slices.SortFunc(v.Reveal.Browsers, fastestFirst)
	return v
}

func fastestFirst(a, b class.Browser) int {
	return cmp.Or(cmp.Compare(a.Seconds, b.Seconds), cmp.Compare(a.Device, b.Device), a.Cores-b.Cores, cmp.Compare(a.SIMD, b.SIMD))
}

// findCommand is a command of the lesson.
func findCommand(step string, command int) (lesson.Command, error) {
	found, ok := findStep(step)
	if !ok {
		return lesson.Command{}, noStep(step)
	}
	if command < 0 || command >= len(found.Commands) {
		return lesson.Command{}, fault.Invalid([]fault.Fault{outOfRange("command", between(0, len(found.Commands)-1))})
	}
	return found.Commands[command], nil
}

func findStep(id string) (lesson.Step, bool) {
	steps := lesson.Guide().Steps
	i := slices.IndexFunc(steps, func(s lesson.Step) bool { return s.ID == id })
	if i < 0 {
		return lesson.Step{}, false
	}
	return steps[i], true
}
