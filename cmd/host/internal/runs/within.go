package runs

import (
	"context"
	"time"

	"carriles/executor/analysis"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/contest"
)

// trialWait is how long the machine is waited for, and a trial may take.
const trialWait = 5 * time.Second

// Within is of how many images a batch may be to take so many seconds on this
// machine, and how long it takes then. Where no run of before tells the machine's
// pace, a few images are measured, once: they are in no history.
func (m *Manager) Within(ctx context.Context, spec request.Spec, seconds float64, most int) result.Forecast {
	select {
	case m.trying <- struct{}{}: // who comes meanwhile waits for it
		if _, known := analysis.Pace(m.before(), m.runner.Cores()); !known {
			m.try(ctx, analysis.Trial(spec))
		}
		<-m.trying
	case <-ctx.Done(): // who has left waits for nothing
	}
	return analysis.CountWithin(spec, m.runner.Cores(), m.before(), seconds, most)
}

// before are the runs that a forecast goes by, the trial among them.
func (m *Manager) before() []result.RunView {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.beforeLocked()
}

// try measures a trial while nothing else does. Without one the forecast goes by what
// such work took elsewhere, and says so.
func (m *Manager) try(ctx context.Context, spec request.Spec) {
	ctx, cancel := context.WithTimeout(ctx, trialWait)
	defer cancel()
	go func() { // a server that ends waits for no trial
		select {
		case <-m.stopping:
			cancel()
		case <-ctx.Done():
		}
	}()
	err := m.Exclusive(ctx, func() error {
		began := m.now()
		o, err := m.execute(ctx, NewID(), spec, func(result.Progress) {}, contest.NewLive(spec))
		if err != nil {
			return err
		}
		ended := m.now()
		m.runner.Discard(o)
		m.mu.Lock()
		defer m.mu.Unlock()
		m.trial = []result.RunView{{State: result.Done, Spec: spec, Started: &began, Finished: &ended}}
		return nil
	})
	if err != nil {
		m.log.Warn("the machine's pace was not measured", "err", err)
	}
}
