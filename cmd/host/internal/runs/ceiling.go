package runs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"carriles/executor/analysis"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/ceiling"
	"carriles/executor/crew/process"
)

// Ceilings measures what the machine's cores give at once over one, and remembers
// it for a while. It is used by one run at a time.
type Ceilings struct {
	Launcher process.Launcher
	// Bytes are copied for the ceiling of the memory.
	Bytes int

	newest *result.Ceiling
	idle   bool // the machine was, while it was measured
}

// How long a measured ceiling holds: on an idle machine for some minutes, and
// beside others for one.
const (
	ceilingHolds   = 5 * time.Minute
	ceilingPasses  = time.Minute
	ceilingIdle    = 0.2 // cores that others may keep busy on an idle machine
	ceilingTimeout = 10 * time.Second
)

// known is the ceiling that still holds; nil if there is none.
func (c *Ceilings) known(now time.Time) *result.Ceiling {
	if c == nil || c.newest == nil {
		return nil
	}
	holds := ceilingPasses
	if c.idle {
		holds = ceilingHolds
	}
	if now.Sub(c.newest.MeasuredAt) > holds {
		return nil
	}
	return c.newest
}

// forget has it measured anew before the next run.
func (c *Ceilings) forget() {
	if c != nil {
		c.newest = nil
	}
}

// measure measures it, unless it is known.
func (c *Ceilings) measure(ctx context.Context, m Machine) (*result.Ceiling, error) {
	now := time.Now()
	if known := c.known(now); known != nil {
		return known, nil
	}
	ctx, cancel := context.WithTimeout(ctx, ceilingTimeout)
	defer cancel()
	before, told := m.Busy()
	r, used, err := c.Launcher.Ceiling(ctx, ceiling.For(m.Cores(), c.Bytes))
	if err != nil {
		return nil, err
	}
	after, _ := m.Busy()
	var other *float64
	if told {
		cores := max(0, (after.Seconds-before.Seconds-used.CPU().Seconds())/time.Since(now).Seconds())
		other = &cores
	}
	c.newest = analysis.CeilingOf(m.Cores(), r.Arithmetic, r.Memory, now.UTC(), other)
	c.idle = other != nil && *other < ceilingIdle
	return c.newest, nil
}

// ceilingBefore is the ceiling for a run: measured before a run that has something
// to compare, else what is known. Without one the run goes on: what it measures
// does not depend on it.
func (e *execution) ceilingBefore() {
	switch {
	case e.Ceilings == nil || e.Machine.Cores() < 2:
		return
	case len(e.spec.Methods) < 2 && e.spec.Sweep == nil || !e.spec.NeedsCores():
		e.ceiling = e.Ceilings.known(time.Now())
		return
	}
	e.progress(result.Progress{Phase: result.PhaseCeiling, Rounds: e.spec.Warmup + e.spec.Rounds, OverallTotal: e.spec.Executions()})
	began := time.Now()
	c, err := e.Ceilings.measure(e.ctx, e.Machine)
	if err != nil {
		e.Log.Warn("the ceiling was not measured", "run", e.id, "err", err)
	}
	e.ceiling, e.spent = c, time.Since(began)
}

// inputs are the photographs of a batch; one that cannot be read is left out, which
// the batch says of it.
func (e *execution) inputs(spec request.Spec) []result.Input {
	var list []result.Input
	for _, name := range spec.UsedImages() {
		if slices.ContainsFunc(list, func(in result.Input) bool { return in.Name == name }) {
			continue
		}
		f, err := os.Open(filepath.Join(e.Launcher.Static, "images", filepath.FromSlash(name)))
		if err != nil {
			continue
		}
		sum := sha256.New()
		n, err := io.Copy(sum, f)
		_ = f.Close() // it was read only
		if err == nil {
			list = append(list, result.Input{Name: name, Bytes: n, SHA256: hex.EncodeToString(sum.Sum(nil))})
		}
	}
	return list
}

// environment is the machine's, with the ceiling.
func (e *execution) environment(spec request.Spec) result.Environment {
	env := e.Machine.Environment(spec.Engine)
	env.Ceiling = e.ceiling
	env.Inputs = e.inputs(spec)
	return env
}
