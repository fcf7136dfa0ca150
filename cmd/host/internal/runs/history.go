package runs

import (
	"time"

	"carriles/executor/batch/result"
	"carriles/executor/fault"
	"carriles/executor/text"
)

// What is kept of runs: the newest, up to all of this. Their pictures have
// limits of their own (library.Prune): a run whose pictures are gone keeps its
// figures.
const (
	keepRuns  = 200
	keepBytes = 2 << 30
	keepFor   = 7 * 24 * time.Hour
	// keepResults is how many results stay in memory, where a store has the others, and
	// keepSpans how many spans their timelines may have there: each is some 150 bytes, and
	// 3,000 images on a thousand lanes have 20,000. The newest stays in any case.
	keepResults = 20
	keepSpans   = 30000
)

// Store keeps runs for longer than the server lives; journal.Journal is the
// history's part of one. No method may be slow but Note of a run that is done.
type Store interface {
	// Runs are the runs of earlier servers, the oldest first, without results.
	Runs() []result.RunView
	// Note writes down a run's new state, and its result if it is done.
	Note(v result.RunView) error
	// Result reads the view of a run that is done, with its result.
	Result(id string) (result.RunView, error)
	// Size is what a result takes on disk, in bytes.
	Size(id string) int64
	// Forget removes all that Note has written of a run.
	Forget(v result.RunView) error
	// Settle lets the outputs of a run that is over stay.
	Settle(id string) error
}

// noStore is the Store of a manager that has none: runs are remembered as long
// as it lives.
type noStore struct{}

func (noStore) Runs() []result.RunView                   { return nil }
func (noStore) Note(result.RunView) error                { return nil }
func (noStore) Result(id string) (result.RunView, error) { return result.RunView{}, notFound(id) }
func (noStore) Size(string) int64                        { return 0 }
func (noStore) Forget(result.RunView) error              { return nil }
func (noStore) Settle(string) error                      { return nil }

// kept is what decides on how long a run is kept.
type kept struct {
	final    bool
	finished time.Time
	bytes    int64 // of its result, on disk
}

// expired lists by index the runs to forget, of runs from the oldest to the
// newest: as many of the oldest final ones as the limits want. It is pure.
func expired(runs []kept, now time.Time) []int {
	n, bytes := len(runs), int64(0)
	for _, r := range runs {
		bytes += r.bytes
	}
	var out []int
	for i, r := range runs {
		if r.final && (n > keepRuns || bytes > keepBytes || now.Sub(r.finished) > keepFor) {
			out = append(out, i)
			n--
			bytes -= r.bytes
		}
	}
	return out
}

// restore takes in the runs of earlier servers, before there are others. What
// they left unfinished is interrupted.
func (m *Manager) restore() {
	over := make(chan struct{})
	close(over)
	for _, v := range m.store.Runs() {
		r := &run{view: v, cancel: func() {}, done: over, bytes: m.store.Size(v.ID)}
		if v.Error != nil && v.ErrorEN != nil {
			r.err = &fault.Error{Code: v.Error.Code, Text: text.Text{ES: v.Error.Error, EN: v.ErrorEN.Error}}
		}
		m.runs[v.ID] = r
		m.history = append(m.history, v.ID)
		if !v.State.Final() {
			r.done = make(chan struct{})
			m.move(r, isInterrupted, interrupted())
		}
	}
	m.forget()
}

// forget drops what is not to be kept any longer, here and in the store; m.mu
// is held.
func (m *Manager) forget() {
	all := make([]kept, len(m.history))
	for i, id := range m.history {
		r := m.runs[id]
		all[i] = kept{final: r.view.State.Final(), bytes: r.bytes}
		if r.view.Finished != nil {
			all[i].finished = *r.view.Finished
		}
	}
	gone := expired(all, m.now())
	for n, i := range gone {
		i -= n // those before it are not there any more
		id := m.history[i]
		if err := m.store.Forget(m.runs[id].view); err != nil {
			m.log.Error("forgetting a run", "run", id, "err", err)
		}
		delete(m.runs, id)
		m.history = append(m.history[:i], m.history[i+1:]...)
	}
}

// unload drops from memory the results that the store has, but for the newest;
// m.mu is held.
func (m *Manager) unload() {
	n, spans := 0, 0
	for i := len(m.history) - 1; i >= 0; i-- {
		r := m.runs[m.history[i]]
		if !hasResult(r.view) {
			continue
		}
		n++
		spans += spansOf(r.view)
		if n > 1 && (n > keepResults || spans > keepSpans) && r.bytes > 0 {
			r.view = withoutResult(r.view)
		}
	}
}

// spansOf is how many spans a run's timelines have.
func spansOf(v result.RunView) (n int) {
	if v.Result == nil {
		return 0
	}
	for _, t := range v.Result.Timelines {
		for _, l := range t.Lanes {
			n += len(l.Spans)
		}
	}
	return n
}

// load completes the view of a run whose result is only in the store.
func (m *Manager) load(v result.RunView) (result.RunView, error) {
	full, err := m.store.Result(v.ID)
	if err == nil {
		v.Result, v.Sweep = full.Result, full.Sweep
		return v, nil
	}
	if _, gone := m.find(v.ID); gone != nil {
		return result.RunView{}, gone // forgotten meanwhile
	}
	m.log.Error("reading a result", "run", v.ID, "err", err)
	return result.RunView{}, fault.Errorf(fault.CodeInternal,
		"el resultado guardado no se puede leer; la causa está en el registro del servidor",
		"the stored result cannot be read; the cause is in the server's log").Because(err)
}

func hasResult(v result.RunView) bool { return v.Result != nil || v.Sweep != nil }

// withoutResult is a view as lists and events show it.
func withoutResult(v result.RunView) result.RunView {
	v.Result, v.Sweep = nil, nil
	return v
}

// note writes a run's state down. A history that cannot be written ends no
// lesson: the log says so.
func (m *Manager) note(v result.RunView) {
	if err := m.store.Note(v); err != nil {
		m.log.Error("the history is not written", "run", v.ID, "state", v.State, "err", err)
	}
}

func interrupted() *fault.Error {
	return fault.Errorf(fault.CodeInterrupted,
		"el servidor se cerró antes de que la ejecución acabara: láncela otra vez",
		"the server ended before the run did: start it again")
}
