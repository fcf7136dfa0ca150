// Package contest has methods do the same batch in turns: it says whose round is
// next, when there are enough of them, and which outputs stay.
//
// A contest is a number of rounds. In each, every method does all tasks of the
// batch once; the first rounds may be a warm-up, which is in no figure. A warm
// team's workers are started before the first round, a cold one's within the
// clock of each; of a method that is measured both ways (request.Both) the two take
// turns like two methods, and the warm one is judged. After a round its outputs are looked at, out of the clock, and
// what is kept of them is their digest; the outputs themselves are kept only of
// the latest round of each method. What comes out is raw: every round as it was,
// warm-up included. What it means is said by package analysis.
//
// A contest never runs two rounds at a time, never does anything of its own while
// a clock runs but pass on what the crew tells, never decides who won, and never
// leaves a file when it fails. It knows no process, no file and no browser: teams,
// outputs and the time are given to it. The host's runs and the page's worker run
// the same contest.
//
// # The hard cases
//
//   - What drifts while a comparison goes on (heat, other programs, a garbage
//     collector) must hit all methods alike. Rounds are therefore interleaved, and
//     every second one goes through the methods backwards.
//   - When to stop. Automatic rounds stop on the width of the intervals
//     (analysis.Precise) or when their time is over, never on who leads: stopping at
//     the first winner would name a false one in three of ten comparisons of equals.
//     A round that has begun is gone through by all methods, whatever time it is:
//     without it samples would not be of the same rounds.
//   - Equal pixels, cheaply. Decoding every output of every round would take longer
//     than the contest. Each output is hashed, and of each hash the pixels are decoded
//     once in a contest: equal files have equal pixels.
//   - What cannot be looked at. A machine that fails over an output says nothing
//     against it: the output stays, "not verified", and the round has no digest. One
//     that turns out to be no picture is its task's failure, and is taken away.
//   - Half a contest. Outputs that a round has committed are discarded when the
//     method's next round is over, and all of them when the contest fails, is given
//     up or panics. So the disk holds two rounds of one method at most, and the
//     outputs of a contest that failed are nobody's.
//   - A worker that is killed on purpose dies in counted rounds only: a warm-up is
//     there to be over with.
package contest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"carriles/executor/analysis"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/crew"
	"carriles/executor/fault"
	"carriles/executor/text"
	"carriles/executor/trace"
)

// Team is the workers of one method. A contest uses it from one goroutine.
type Team interface {
	// Start has all workers ready before any clock runs: it is asked of a warm
	// team, once.
	Start(ctx context.Context) error
	// Run does every task once. The error is the context's or says that there was
	// no round; what else fails stands in the report.
	Run(ctx context.Context, job crew.Job) (crew.Report, error)
	// Close ends all workers and returns when nothing of theirs goes on.
	Close()
}

// Outputs is where the finished images go.
type Outputs interface {
	// Commit makes the output of a task visible and gives it a name that no other
	// one has. It is called within the clock. An error makes the task a failed one.
	Commit(o crew.Outcome) (name string, err error)
	// Look tells the hash of an output's bytes and the digest of its pixels, out of
	// the clock. known has the digests of the hashes seen so far: what is in it need
	// not be decoded. An error with fault.CodeNotExamined leaves the output
	// unverified, one with fault.CodeBadImage makes its task a failed one; any other
	// is the contest's.
	Look(ctx context.Context, name string, known map[string]string) (hash, digest string, err error)
	// Discard takes an output away.
	Discard(name string)
}

// Audience is told what the lanes do, while they do it: Begin, Clock, any number
// of Spans, Over, round after round. Its methods must return at once.
type Audience interface {
	// Begin says that a round of so many tasks is about to begin, its number counted
	// from 1, warm-up included, on so many lanes.
	Begin(method, phase string, round, lanes, tasks int)
	// Clock says when the round's clock has started.
	Clock(at time.Time)
	// Spans is what has become known of a lane, on the round's clock, as
	// crew.Job says; valid during the call.
	Spans(lane int, who crew.Identity, spans []trace.Span)
	// Over says that the round's clock has stopped, and at what time.
	Over(wall time.Duration)
}

// Config is what a contest needs.
type Config struct {
	// Spec is the batch, with the methods that take part, its rounds and its kind
	// of pool.
	Spec request.Spec
	// Shape tells that of a method: Spec.Shape, where its methods are known ones.
	Shape func(method string) request.Shape
	// Team makes the team of a method, without starting anything: once for a warm
	// pool, for each round of a cold one.
	Team    func(method string) (Team, error)
	Outputs Outputs
	// Progress, if not nil, is told how far the whole contest is, within the clock
	// too, and must return at once. Audience may be nil too.
	Progress func(result.Progress)
	Audience Audience
	// Before and After, if not nil, are called right outside of the clock of each
	// round; the latter is told whether it counts.
	Before func()
	After  func(r crew.Report, counted bool) Beside
	// Turn, if not nil, is called before each round of all methods and returns when it
	// may begin: where something else takes turns with it. Its error ends the contest.
	Turn func(ctx context.Context, counted bool) error
	// Now is the clock of the time budget; nil for the system's. Spent is what of the
	// budget is over already.
	Now   func() time.Time
	Spent time.Duration
}

// contest is one on its way.
type contest struct {
	Config
	ctx      context.Context
	began    time.Time
	progress result.Progress
	teams    map[string]Team // warm ones
	digests  map[string]string
	latest   map[string][]string // outputs of each method's latest round, by task
	kept     []string            // outputs that exist
	order    int                 // of the latest round
	measured Measured
}

// Run runs a contest. The outputs that it leaves are those that the result
// names; with an error, the context's or another's, it leaves none.
func Run(ctx context.Context, cfg Config) (_ Measured, err error) {
	c := newContest(ctx, cfg)
	whole := false
	defer func() { c.tidy(whole) }() // in a panic too
	if err := c.rounds(); err != nil {
		return Measured{}, err
	}
	whole = true
	return c.measured, nil
}

func newContest(ctx context.Context, cfg Config) *contest {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Progress == nil {
		cfg.Progress = func(result.Progress) {}
	}
	if cfg.Audience == nil {
		cfg.Audience = (*Live)(nil)
	}
	c := &contest{
		Config: cfg, ctx: ctx, began: cfg.Now().Add(-cfg.Spent),
		teams: map[string]Team{}, digests: map[string]string{}, latest: map[string][]string{},
		measured: Measured{
			Spec: cfg.Spec, Shapes: map[string]request.Shape{}, Warmup: map[string][]Sample{}, Samples: map[string][]Sample{},
		},
	}
	for _, name := range cfg.Spec.Contestants() {
		c.measured.Shapes[name] = cfg.Shape(name)
	}
	c.progress.Rounds, c.progress.Total = cfg.Spec.Warmup+cfg.Spec.Rounds, cfg.Spec.Count
	c.progress.OverallTotal = cfg.Spec.Executions()
	return c
}

// rounds runs every method once a round, in an order that alternates.
func (c *contest) rounds() error {
	if err := c.startWarm(); err != nil {
		return err
	}
	for r := range c.Spec.Warmup + c.Spec.Rounds {
		if c.measured.Stopped = c.enough(r); c.measured.Stopped != "" {
			return nil
		}
		if c.Turn != nil {
			if err := c.Turn(c.ctx, r >= c.Spec.Warmup); err != nil {
				return err
			}
		}
		order := c.Spec.InRound(r)
		if r%2 == 1 {
			slices.Reverse(order)
		}
		c.measured.Order = append(c.measured.Order, order)
		for _, method := range order {
			if err := c.round(method, r); err != nil {
				return err
			}
		}
	}
	if c.Spec.Automatic() {
		c.measured.Stopped = StoppedLimit
	}
	return nil
}

// enough says why no further round is begun; empty if one is.
func (c *contest) enough(r int) string {
	a := c.Spec.Auto
	if a == nil || r <= c.Spec.Warmup {
		return ""
	}
	seconds := map[string][]float64{}
	for _, method := range c.Spec.Methods {
		seconds[method] = secondsOf(c.measured.Samples[method])
	}
	switch {
	case !c.Spec.Automatic() && r-c.Spec.Warmup < request.FewestRounds:
	case analysis.Precise(seconds, float64(a.PrecisionPercent)/100):
		return StoppedPrecise
	case c.Now().Sub(c.began) >= time.Duration(a.BudgetS)*time.Second:
		return StoppedBudget
	}
	return ""
}

// startWarm starts the teams of a warm pool, before any clock.
func (c *contest) startWarm() error {
	for _, method := range c.Spec.Contestants() {
		if c.Spec.As(method).Pool != request.Warm {
			continue
		}
		team, err := c.Team(method)
		if err != nil {
			return err
		}
		c.teams[method] = team
		if err := team.Start(c.ctx); err != nil {
			return fmt.Errorf("warm pool of %s: %w", method, err)
		}
	}
	return nil
}

// team gives the method's team for one round, and what to do with it after.
func (c *contest) team(method string) (team Team, after func(), err error) {
	if team := c.teams[method]; team != nil {
		return team, func() {}, nil
	}
	if team, err = c.Team(method); err != nil {
		return nil, nil, err
	}
	return team, team.Close, nil
}

// round runs one method once and, after its clock has stopped, looks at the
// outputs.
func (c *contest) round(method string, r int) error {
	counted := r >= c.Spec.Warmup
	c.progress.Phase = result.PhaseTimed
	if !counted {
		c.progress.Phase = result.PhaseWarmup
	}
	c.progress.Method, c.progress.Round, c.progress.Done, c.progress.Failed = method, r+1, 0, 0
	c.Progress(c.progress)

	team, after, err := c.team(method)
	if err != nil {
		return err
	}
	defer after()
	c.Audience.Begin(method, c.progress.Phase, r+1, c.measured.Shapes[method].Lanes(), c.Spec.Count)
	s, err := c.measure(team, counted)
	if err != nil {
		return err
	}
	c.order++
	s.Round, s.Order = r+1, c.order
	if err := c.verify(&s); err != nil {
		return err
	}
	into := c.measured.Samples
	if !counted {
		into = c.measured.Warmup
	}
	into[method] = append(into[method], s)
	if _, beside := request.IsFromNothing(method); beside {
		c.discard(s.Outputs)
		return nil
	}
	c.discard(c.latest[method])
	c.latest[method] = s.Outputs
	return nil
}

// measure has a team do its round.
func (c *contest) measure(team Team, counted bool) (Sample, error) {
	s := Sample{Outputs: make([]string, c.Spec.Count), NotVerified: map[int]text.Text{}}
	before := c.progress.Overall
	job := crew.Job{
		Commit: func(o crew.Outcome) error { return c.commit(&s, o) },
		Progress: func(done, failed int) {
			c.progress.Done, c.progress.Failed, c.progress.Overall = done, failed, before+done
			c.Progress(c.progress)
		},
		Began: func(at time.Time) {
			s.StartedAt = at
			c.Audience.Clock(at)
		},
		Spans:  c.Audience.Spans,
		Sample: c.Spec.Sample,
	}
	if counted {
		job.Chaos = c.Spec.Chaos
	}
	if c.Before != nil {
		c.Before()
	}
	var err error
	if s.Report, err = team.Run(c.ctx, job); err != nil {
		return s, err
	}
	c.Audience.Over(s.Wall)
	if c.After != nil {
		s.Beside = c.After(s.Report, counted)
	}
	return s, nil
}

// commit makes an output visible; within the clock. A team that finds out after it
// that an output is wrong commits the right one in its place.
func (c *contest) commit(s *Sample, o crew.Outcome) error {
	name, err := c.Outputs.Commit(o)
	if err != nil {
		return err
	}
	before := s.Outputs[o.Task.Index]
	s.Outputs[o.Task.Index], c.kept = name, append(c.kept, name)
	if before != "" {
		c.discard([]string{before})
	}
	return nil
}

// verify looks at the outputs of a round, out of the clock.
func (c *contest) verify(s *Sample) error {
	c.progress.Phase = result.PhaseVerify
	c.Progress(c.progress)
	digests := make([]string, len(s.Outputs))
	for i, name := range s.Outputs {
		if name == "" {
			continue
		}
		hash, digest, err := c.Outputs.Look(c.ctx, name, c.digests)
		var shown *fault.Error
		switch {
		case err == nil:
			c.digests[hash], digests[i] = digest, digest
		case errors.As(err, &shown) && shown.Code == fault.CodeNotExamined:
			s.NotVerified[i] = shown.Text
		case errors.As(err, &shown) && shown.Code == fault.CodeBadImage:
			s.Tasks[i].Err, s.Outputs[i] = shown, ""
			c.discard([]string{name})
		default:
			return fmt.Errorf("output %s: %w", name, err)
		}
	}
	s.Digest = result.OutputDigest(digests)
	return nil
}

// discard takes outputs away, by task; "" is none.
func (c *contest) discard(names []string) {
	for _, name := range names {
		if name != "" {
			c.Outputs.Discard(name)
		}
	}
	c.kept = slices.DeleteFunc(c.kept, func(k string) bool { return slices.Contains(names, k) })
}

// tidy ends the warm teams and, unless the contest is whole, takes away what it
// has made.
func (c *contest) tidy(whole bool) {
	for _, team := range c.teams {
		team.Close()
	}
	if !whole {
		c.discard(slices.Clone(c.kept))
	}
}
