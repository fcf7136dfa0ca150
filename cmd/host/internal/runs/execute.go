package runs

import (
	"context"
	"fmt"
	"log/slog"
	"path"
	"slices"
	"time"

	"carriles/executor/analysis"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/crew"
	"carriles/executor/crew/process"
	"carriles/executor/topology"
	"carriles/executor/trace"
)

// Outputs is where finished images go; library.Library is one.
type Outputs interface {
	// TempDir gives an empty folder for the unfinished outputs of a method.
	TempDir(run, method string) (string, error)
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

// Lab executes runs: rounds of crews of child processes.
type Lab struct {
	Launcher process.Launcher
	Outputs  Outputs
	Machine  Machine
	Timeout  time.Duration // of one attempt at one image
	Log      *slog.Logger
}

// execution is one run on its way.
type execution struct {
	*Lab
	ctx      context.Context
	id       string
	spec     request.Spec
	report   func(result.Progress)
	live     *Live
	progress result.Progress
	pools    map[string]*crew.Crew // warm ones, by method
	order    [][]string
	samples  map[string][]sample
	digests  map[string]string   // file hash to pixel digest
	latest   map[string][]string // outputs of each method's last round
	kept     []string            // committed outputs that exist; removed at the end unless the run succeeds
	others   others
	began    time.Time
	stopped  string // why an automatic number of rounds ended
}

// The reasons why an automatic number of rounds ended.
const (
	stoppedPrecise = "precision"
	stoppedBudget  = "budget"
	stoppedLimit   = "limit"
)

// Outcome is what a run has given: one of the two.
type Outcome struct {
	Comparison *result.Comparison
	Sweep      *result.Sweep
}

// sample is one counted round of one method.
type sample struct {
	crew.Report
	names  []string // of the outputs, by task; "" where there is none
	digest string   // of the round's outputs; "" if an image failed
}

// Execute implements Executor. The error is a *fault.Error, the context's, or
// internal. A run that does not succeed leaves no file, and a sweep none at
// all.
func (l *Lab) Execute(ctx context.Context, id string, spec request.Spec, progress func(result.Progress), live *Live) (Outcome, error) {
	if err := l.Outputs.Room(); err != nil {
		return Outcome{}, err
	}
	if spec.Sweep != nil {
		s, err := l.sweep(ctx, id, spec, progress, live)
		return Outcome{Sweep: s}, err
	}
	e := l.newExecution(ctx, id, spec, progress, live)
	defer e.tidy()
	c, err := e.compare()
	if err == nil {
		err = e.Outputs.Sync(e.kept)
	}
	if err != nil {
		return Outcome{}, err
	}
	e.kept = nil // they stay
	return Outcome{Comparison: c}, nil
}

func (l *Lab) newExecution(ctx context.Context, id string, spec request.Spec, progress func(result.Progress), live *Live) *execution {
	e := &execution{
		Lab: l, ctx: ctx, id: id, spec: spec, report: progress, live: live, began: time.Now(),
		pools:   map[string]*crew.Crew{},
		samples: map[string][]sample{}, digests: map[string]string{}, latest: map[string][]string{},
	}
	e.progress.Rounds, e.progress.OverallTotal, e.progress.Total = spec.Warmup+spec.Rounds, spec.Executions(), spec.Count
	return e
}

// compare runs all rounds and puts the answer together.
func (e *execution) compare() (*result.Comparison, error) {
	environment := e.Machine.Environment(e.spec.Engine)
	if err := e.rounds(); err != nil {
		return nil, err
	}
	e.others.tell(&environment)
	return e.comparison(environment), nil
}

// Discard implements Executor.
func (l *Lab) Discard(result Outcome) {
	if result.Comparison == nil {
		return
	}
	for _, m := range result.Comparison.Results {
		for _, t := range m.Results {
			if t.ProcessedPath != "" {
				l.Outputs.Remove(path.Base(t.ProcessedPath))
			}
		}
	}
}

// rounds runs every method once a round, in an order that alternates: what
// drifts during a comparison then hits all methods alike.
func (e *execution) rounds() error {
	if err := e.startWarm(); err != nil {
		return err
	}
	for r := range e.spec.Warmup + e.spec.Rounds {
		if e.stopped = e.enough(r); e.stopped != "" {
			break
		}
		order := slices.Clone(e.spec.Methods)
		if r%2 == 1 {
			slices.Reverse(order)
		}
		e.order = append(e.order, order)
		for _, method := range order {
			if err := e.round(method, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// enough says why no further round is begun; empty if one is.
func (e *execution) enough(r int) string {
	a := e.spec.Auto
	if a == nil || r <= e.spec.Warmup {
		return ""
	}
	seconds := map[string][]float64{}
	for method, samples := range e.samples {
		seconds[method] = secondsOf(samples)
	}
	switch {
	case analysis.Precise(seconds, a.PrecisionPercent/100):
		return stoppedPrecise
	case time.Since(e.began) >= time.Duration(a.BudgetS)*time.Second:
		return stoppedBudget
	}
	return ""
}

// startWarm starts the processes of warm pools, before any clock.
func (e *execution) startWarm() error {
	if e.spec.Pool != request.Warm {
		return nil
	}
	for _, method := range e.spec.Methods {
		p, err := e.newPool(method)
		if err != nil {
			return err
		}
		e.pools[method] = p
		if err := p.Start(e.ctx); err != nil {
			return fmt.Errorf("warm pool of %s: %w", method, err)
		}
	}
	return nil
}

func (e *execution) newPool(method string) (*crew.Crew, error) {
	dir, err := e.Outputs.TempDir(e.id, method)
	if err != nil {
		return nil, err
	}
	m, _ := request.LookupMethod(method)
	place := process.Place{Launcher: e.Launcher, TempDir: dir}
	return crew.New(place, crew.Config{Spec: e.spec, Shape: m.Shape(e.spec.Workforce), Timeout: e.Timeout}), nil
}

// pool gives the method's pool for one round, and what to do with it after.
func (e *execution) pool(method string) (p *crew.Crew, after func(), err error) {
	if p := e.pools[method]; p != nil {
		// What an attempt that died left there is in the next one's way.
		_, err := e.Outputs.TempDir(e.id, method)
		return p, func() {}, err
	}
	if p, err = e.newPool(method); err != nil {
		return nil, nil, err
	}
	return p, p.Close, nil
}

// round runs one method once and, after its clock has stopped, looks at the
// outputs.
func (e *execution) round(method string, r int) error {
	counted := r >= e.spec.Warmup
	e.progress.Phase = result.PhaseTimed
	if !counted {
		e.progress.Phase = result.PhaseWarmup
	}
	e.progress.Method, e.progress.Round, e.progress.Done, e.progress.Failed = method, r+1, 0, 0
	e.report(e.progress)

	pool, after, err := e.pool(method)
	if err != nil {
		return err
	}
	defer after()
	s := sample{names: make([]string, e.spec.Count)}
	before := e.progress.Overall
	m, _ := request.LookupMethod(method)
	e.live.begin(method, e.progress.Phase, r+1, m.Shape(e.spec.Workforce).Lanes(), e.spec.Count)
	job := crew.Job{
		Commit: func(o crew.Outcome) error { return e.commit(&s, o) },
		Progress: func(done, failed int) {
			e.progress.Done, e.progress.Failed, e.progress.Overall = done, failed, before+done
			e.report(e.progress)
		},
		Began:  e.live.clock,
		Spans:  func(lane int, who crew.Identity, spans []trace.Span) { e.live.put(lane, who.ProcessID, spans) },
		Sample: e.spec.Sample,
	}
	if counted {
		job.Chaos = e.spec.Chaos
	}
	e.others.begin(e.Machine)
	if s.Report, err = pool.Run(e.ctx, job); err != nil {
		return err
	}
	e.live.over(s.Wall)
	if counted {
		e.others.end(e.Machine, s.Report)
	}
	if err := e.verify(&s); err != nil {
		return err
	}
	if counted {
		e.samples[method] = append(e.samples[method], s)
	}
	e.discard(e.latest[method])
	e.latest[method] = s.names
	return nil
}

// commit names an output and makes it visible; within the clock.
func (e *execution) commit(s *sample, o crew.Outcome) error {
	name := result.OutputName(e.spec.Image(o.Task.Index), e.spec.FilterNames(), time.Now(), NewID(), o.Format.Ext())
	if err := e.Outputs.Commit(o.Output.File, name); err != nil {
		return err
	}
	s.names[o.Task.Index], e.kept = name, append(e.kept, name)
	return nil
}

// verify decodes the outputs of a round, outside the clock. Equal files have
// equal pixels, so each distinct file is decoded once in a run.
func (e *execution) verify(s *sample) error {
	e.progress.Phase = result.PhaseVerify
	e.report(e.progress)
	digests := make([]string, len(s.names))
	for i, name := range s.names {
		if name == "" {
			continue
		}
		hash, digest, err := e.Outputs.Look(e.ctx, e.id, name, e.digests)
		if err != nil {
			return fmt.Errorf("output %s: %w", name, err)
		}
		e.digests[hash], digests[i] = digest, digest
	}
	s.digest = result.OutputDigest(digests)
	return nil
}

// discard deletes the outputs of a round that was not the last.
func (e *execution) discard(names []string) {
	for _, name := range names {
		if name != "" {
			e.Outputs.Remove(name)
		}
	}
	e.kept = slices.DeleteFunc(e.kept, func(k string) bool { return slices.Contains(names, k) })
}

// tidy ends the warm pools and removes what is left over, in a panic too.
func (e *execution) tidy() {
	for _, p := range e.pools {
		p.Close()
	}
	for _, name := range e.kept {
		e.Outputs.Remove(name)
	}
	if err := e.Outputs.RemoveTempDirs(e.id); err != nil {
		e.Log.Error("removing the temporary folders", "run", e.id, "err", err)
	}
	e.Outputs.Prune()
}
