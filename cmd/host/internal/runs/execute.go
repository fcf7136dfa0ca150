package runs

import (
	"context"
	"log/slog"
	"maps"
	"path"
	"time"

	"carriles/executor/analysis"
	"carriles/executor/batch/lesson"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/contest"
	"carriles/executor/crew"
	"carriles/executor/crew/process"
	"carriles/executor/crew/room"
	"carriles/executor/fault"
	"carriles/executor/pipeline"
	"carriles/executor/text"
	"carriles/executor/topology"
)

// Outputs is where finished images go; library.Library is one.
type Outputs interface {
	// TempDir gives an empty folder for the unfinished outputs of a method.
	TempDir(run, method string) (string, error)
	// Put leaves an unfinished output in such a folder.
	Put(temp string, data []byte) error
	// Unfinished reads such an output.
	Unfinished(temp string) ([]byte, error)
	// RemoveTempDirs takes all folders of a run away.
	RemoveTempDirs(run string) error
	// Commit gives a finished output its name, or fails if the name exists.
	Commit(temp, name string) error
	// Sync waits until outputs are on the disk.
	Sync(names []string) error
	// Remove deletes a committed output and its preview.
	Remove(name string)
	// Look tells the hash of an output's file and the digest of its pixels,
	// and makes its preview. A file whose hash is known is not decoded again.
	Look(ctx context.Context, run, name string, known map[string]string) (hash, digest string, err error)
	// Room fails when the disk is too full to start a run.
	Room() error
	// Prune deletes the oldest outputs when there are too many.
	Prune()
}

// Machine tells what a figure is measured on, at the time of asking.
type Machine interface {
	Environment(engine string) result.Environment
	Cores() int // that a run may use at once
	// Busy is how long the machine's processors have been at work, by anybody.
	Busy() (topology.BusyInfo, bool)
}

// Contests carries runs out, by child processes of this machine: a comparison is
// one contest, a sweep one for each of its values.
type Contests struct {
	Launcher process.Launcher
	Room     *room.Room
	Demand   *Demand // of the room
	Outputs  Outputs
	Machine  Machine
	Timeout  time.Duration // of one attempt at one image
	Longest  time.Duration // of a run; 0: no end
	Log      *slog.Logger
	// Python is the command line of a worker of Python's methods, and Differ tells
	// how far two outputs are apart, by their paths below the static folder.
	Python   []string
	Differ   func(ctx context.Context, a, b string) (pipeline.Difference, error)
	Ceilings *Ceilings // nil: what the cores give is not measured
}

// Outcome is what a run has given: one of the two.
type Outcome struct {
	Comparison *result.Comparison
	Sweep      *result.Sweep
}

// Execute implements Runner. The error is a *fault.Error, the context's, or
// internal. A run that does not succeed leaves no file, and a sweep none at
// all.
func (c *Contests) Execute(ctx context.Context, id string, spec request.Spec, progress func(result.Progress), live *contest.Live) (o Outcome, err error) {
	if err := c.Outputs.Room(); err != nil {
		return Outcome{}, err
	}
	defer c.tidy(id)
	if c.Longest > 0 {
		late := tooLong(c.Longest)
		within, cancel := context.WithTimeoutCause(ctx, c.Longest, late)
		defer cancel()
		ctx = within
		defer func() {
			if err != nil && context.Cause(ctx) == late {
				o, err = Outcome{}, late
			}
		}()
	}
	e := &execution{Contests: c, ctx: ctx, id: id, spec: spec, progress: progress, live: live}
	e.ceilingBefore()
	if spec.Sweep != nil {
		s, err := e.sweep()
		return Outcome{Sweep: s}, err
	}
	r, err := e.comparison()
	if r != nil && analysis.CeilingBeaten(r.Results) {
		c.Ceilings.forget()
	}
	return Outcome{Comparison: r}, err
}

// Cores implements Runner.
func (c *Contests) Cores() int { return c.Machine.Cores() }

func tooLong(longest time.Duration) error {
	return fault.Errorf(fault.CodeTooLong,
		"la ejecución pasó de %d s, lo más que puede durar una: pida menos imágenes, rondas o métodos",
		"the run took over %d s, the longest that any may: ask for fewer images, rounds or methods", int(longest.Seconds()))
}

// tidy removes what a run has left over, in a panic too.
func (c *Contests) tidy(id string) {
	if err := c.Outputs.RemoveTempDirs(id); err != nil {
		c.Log.Error("removing the temporary folders", "run", id, "err", err)
	}
	c.Outputs.Prune()
}

// Discard implements Runner.
func (c *Contests) Discard(result Outcome) {
	if result.Comparison == nil {
		return
	}
	for _, m := range result.Comparison.Results {
		for _, t := range m.Results {
			if t.ProcessedPath != "" {
				c.Outputs.Remove(path.Base(t.ProcessedPath))
			}
		}
	}
}

// execution is one contest on its way: it gives it teams, and is its
// contest.Outputs.
type execution struct {
	*Contests
	ctx      context.Context
	id       string
	spec     request.Spec
	progress func(result.Progress)
	live     *contest.Live
	others   others
	ceiling  *result.Ceiling // nil if it is not known
	spent    time.Duration   // of the budget, on it
	kept     []string        // outputs that exist; removed at the end unless they are to stay
}

// comparison is a contest whose outputs stay.
func (e *execution) comparison() (*result.Comparison, error) {
	defer e.remove()
	beside := e.spec.BesideHere()
	if beside {
		e.progress = after(0, e.spec.Executions()+e.spec.OnThisMachine().Executions(), e.progress)
	}
	c, err := e.compare()
	if err == nil && beside {
		err = e.here(c)
	}
	if err == nil {
		err = e.Outputs.Sync(e.kept)
	}
	if err != nil {
		return nil, err
	}
	e.kept = nil // they stay
	return c, nil
}

// here does the batch of a room's method once on this machine, and sets them side by
// side. What it gives is not kept.
func (e *execution) here(c *result.Comparison) error {
	own := *e
	own.spec, own.live, own.kept, own.others = e.spec.OnThisMachine(), nil, nil, others{}
	own.progress = after(e.spec.Executions(), 0, e.progress)
	m, err := own.passing()
	if err != nil {
		return err
	}
	for _, r := range c.Results {
		r.Here = analysis.HereOf(r, m.Results)
	}
	result.Tidy(c)
	return nil
}

// after is progress of a part that comes after so much, of so much in all unless that is
// 0.
func after(before, total int, told func(result.Progress)) func(result.Progress) {
	return func(p result.Progress) {
		if p.Overall += before; total > 0 {
			p.OverallTotal = total
		}
		told(p)
	}
}

// remove deletes the outputs that are not to stay, in a panic too.
func (e *execution) remove() {
	for _, name := range e.kept {
		e.Outputs.Remove(name)
	}
}

// compare runs the contest and puts the answer together.
func (e *execution) compare() (*result.Comparison, error) {
	unavailable, err := e.present()
	if err != nil {
		return nil, err
	}
	began, environment := time.Now(), e.environment(e.spec)
	m, err := contest.Run(e.ctx, contest.Config{
		Spec: e.spec, Shape: e.shape, Team: e.team, Outputs: e, Progress: e.progress, Audience: e.live, Spent: e.spent,
		Before: func() { e.others.begin(e.Machine) },
		After: func(r crew.Report, counted bool) contest.Beside {
			var round others
			round.before, round.at, round.known = e.others.before, e.others.at, e.others.known
			round.end(e.Machine, r)
			if counted {
				e.others.add(round)
			}
			var env result.Environment
			round.tell(&env)
			return contest.Beside{OtherCores: env.OtherCores, StolenCores: env.StolenCores}
		},
	})
	if err != nil {
		return nil, err
	}
	e.kept = append(e.kept, m.Outputs()...)
	for _, method := range m.Spec.Methods {
		if request.Described(method).Room {
			e.Demand.note(m, method)
		}
	}
	e.others.tell(&environment)
	c := m.Comparison(environment, e.Machine.Cores())
	if c.Unavailable == nil {
		c.Unavailable = map[string]text.Text{}
	}
	maps.Copy(c.Unavailable, unavailable) // beside what the request could not have
	for name, r := range c.Results {
		if request.Described(name).Room {
			r.Here = analysis.HereOf(r, c.Results)
		}
	}
	for method, why := range c.Unavailable {
		analysis.Absent(&c.Performance, method, why)
	}
	c.APIInfo.TestDate, c.APIInfo.RunID = began.UTC(), e.id
	if expected := lesson.Expect(e.spec); expected != nil {
		met := expected.Against(c.Performance.Winner)
		c.Performance.Expected = &met
	}
	e.place(c, m)
	if err := e.levels(c, m); err != nil {
		return nil, err
	}
	result.Tidy(c)
	return c, nil
}

// allowedLevels is how far Python's outputs may be from ours on average: what two
// encoders of JPEG make of one picture.
const allowedLevels = 2

// levels compares the outputs of Python's methods with ours, out of any clock. One
// that cannot be compared is left out, which the log says.
func (e *execution) levels(c *result.Comparison, m contest.Measured) error {
	natives := m.Spec.Natives()
	if len(natives) == 0 || len(natives) == len(m.Spec.Methods) || e.Differ == nil {
		return nil
	}
	ours := m.Last(natives[0]).Outputs
	known := map[[2]string]pipeline.Difference{}
	for _, method := range m.Spec.Methods {
		if !request.Described(method).Python {
			continue
		}
		l, n := result.Levels{Against: natives[0], OverLevels: pipeline.OverLevels, Allowed: allowedLevels}, 0.0
		for i, theirs := range m.Last(method).Outputs {
			if theirs == "" || ours[i] == "" {
				continue
			}
			of := [2]string{method, e.spec.Image(i)}
			d, seen := known[of]
			if !seen {
				var err error
				if d, err = e.Differ(e.ctx, "processed/"+ours[i], "processed/"+theirs); e.ctx.Err() != nil {
					return e.ctx.Err()
				} else if err != nil {
					e.Log.Warn("outputs not compared", "run", e.id, "output", theirs, "err", err)
					continue
				}
				known[of] = d
			}
			n++
			l.Max, l.Mean, l.Over = max(l.Max, d.Max), l.Mean+d.Mean, l.Over+d.Over
		}
		if n > 0 {
			l.Mean, l.Over = l.Mean/n, l.Over/n
			l.Within = l.Mean <= allowedLevels
			c.Results[method].Levels = &l
		}
	}
	return nil
}

// place says where the outputs are, and in the log why some are not there.
func (e *execution) place(c *result.Comparison, m contest.Measured) {
	for method, r := range c.Results {
		last := m.Last(method)
		for i, name := range last.Outputs {
			if name == "" {
				e.Log.Warn("image failed", "run", e.id, "image", e.spec.Image(i), "err", last.Tasks[i].Err)
				continue
			}
			r.Results[i].ProcessedPath = "/static/processed/" + name
			if why, ok := last.NotVerified[i]; ok {
				e.Log.Warn("output not verified", "run", e.id, "output", name, "why", why.EN)
				continue
			}
			r.Results[i].PreviewPath = "/static/previews/processed/" + name + ".jpg"
		}
	}
}

// Commit implements contest.Outputs.
func (e *execution) Commit(o crew.Outcome) (string, error) {
	name := result.OutputName(e.spec.Image(o.Task.Index), e.spec.FilterNames(), time.Now(), NewID(), o.Format.Ext())
	return name, e.Outputs.Commit(o.Output.File, name)
}

// Look implements contest.Outputs.
func (e *execution) Look(ctx context.Context, name string, known map[string]string) (hash, digest string, err error) {
	return e.Outputs.Look(ctx, e.id, name, known)
}

// Discard implements contest.Outputs.
func (e *execution) Discard(name string) { e.Outputs.Remove(name) }
