package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/fault"
)

// forgotten is the last line of a run that is not kept any longer. Runs
// themselves are never in this state.
const forgotten result.State = "forgotten"

// entry is one line: a run is in a new state since a time.
type entry struct {
	ID    string       `json:"id"`
	State result.State `json:"state"`
	At    time.Time    `json:"at"`
	// Spec comes with Queued.
	Spec *request.Spec `json:"spec,omitempty"`
	// Progress, the winner, the times and the errors come with a final state.
	Progress *result.Progress   `json:"progress,omitempty"`
	Winner   string             `json:"winner,omitempty"`
	Times    map[string]float64 `json:"times,omitempty"`
	Error    *fault.ErrorBody   `json:"error,omitempty"`
	ErrorEN  *fault.ErrorBody   `json:"error_en,omitempty"`
}

// The ways in which a line can be wrong.
var (
	errNoEntry    = errors.New("not the JSON of a change")
	errBadID      = errors.New("the id is not one that the server makes")
	errBadTime    = errors.New("the time cannot be")
	errBadState   = errors.New("there is no such state")
	errUnknownRun = errors.New("the run's submission is missing")
	errImpossible = errors.New("a run in its state does not come into this one")
)

// skipped is a line that says nothing that can be used.
type skipped struct {
	Line int // from 1
	Err  error
}

// history is what the lines tell: the runs in the order of their submission,
// without results.
type history struct {
	runs  map[string]*result.RunView
	order []string
	// forgotten are the runs that a line says so of.
	forgotten map[string]bool
}

func newHistory() *history {
	return &history{runs: map[string]*result.RunView{}, forgotten: map[string]bool{}}
}

// replay reads a journal. What follows the last line feed was being written
// when the server died, and is cut off; a line that is wrong is skipped. It is
// pure.
func replay(data []byte) (h *history, wrong []skipped) {
	h = newHistory()
	whole := data[:bytes.LastIndexByte(data, '\n')+1]
	n := 0
	for line := range bytes.Lines(whole) {
		n++
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue // it closed a line that could not be written whole
		}
		var e entry
		err := json.Unmarshal(line, &e)
		if err != nil {
			err = fmt.Errorf("%w: %v", errNoEntry, err)
		} else {
			err = h.apply(e)
		}
		if err != nil {
			wrong = append(wrong, skipped{Line: n, Err: err})
		}
	}
	return h, wrong
}

// apply is the life of a run on paper: submitted, started, ended, forgotten,
// never back. A missing start is no fault: its line may have been lost.
func (h *history) apply(e entry) error {
	if !validID(e.ID) {
		return errBadID
	}
	if year := e.At.UTC().Year(); e.At.IsZero() || year < 1 || year > 9999 { // JSON cannot say others
		return errBadTime
	}
	v := h.runs[e.ID]
	at := e.At // by itself: a pointer into e would keep what e came from, a run's result
	switch e.State {
	case result.Queued:
		if v != nil {
			return errImpossible
		}
		if e.Spec == nil {
			return errUnknownRun
		}
		h.runs[e.ID] = &result.RunView{ID: e.ID, State: e.State, Created: e.At, Spec: *e.Spec}
		h.order = append(h.order, e.ID)
		return nil
	case result.Running, result.Done, result.Failed, result.Cancelled, result.Interrupted, forgotten:
	default:
		return errBadState
	}
	switch {
	case v == nil:
		return errUnknownRun
	case e.State == forgotten:
		h.drop(e.ID)
		h.forgotten[e.ID] = true
	case v.State.Final() || e.State == v.State:
		return errImpossible
	case e.State == result.Running:
		v.State, v.Started = e.State, &at
	default:
		v.State, v.Finished, v.Winner, v.Times, v.Error, v.ErrorEN = e.State, &at, e.Winner, e.Times, e.Error, e.ErrorEN
		if e.Progress != nil {
			v.Progress = *e.Progress
		}
	}
	return nil
}

func (h *history) drop(id string) {
	delete(h.runs, id)
	h.order = slices.DeleteFunc(h.order, func(o string) bool { return o == id })
}

// adopt takes in a run that is done, from its result; written is when that was, for
// want of a better.
func (h *history) adopt(v result.RunView, written time.Time) {
	v.State, v.Position, v.Result, v.Sweep, v.Error, v.ErrorEN = result.Done, 0, nil, nil, nil, nil
	if v.Finished == nil {
		v.Finished = &written
	}
	if v.Created.IsZero() {
		v.Created = *v.Finished
	}
	if h.runs[v.ID] == nil {
		h.order = append(h.order, v.ID)
	}
	h.runs[v.ID] = &v
}

// sort brings the runs into the order of their submission, which those that are
// adopted are not in.
func (h *history) sort() {
	slices.SortStableFunc(h.order, func(a, b string) int { return h.runs[a].Created.Compare(h.runs[b].Created) })
}

// views lists the runs, the oldest first.
func (h *history) views() []result.RunView {
	out := make([]result.RunView, len(h.order))
	for i, id := range h.order {
		out[i] = *h.runs[id]
	}
	return out
}

// lines is the shortest journal that tells the same.
func (h *history) lines() ([]byte, error) {
	var out []byte
	for _, v := range h.views() {
		for _, e := range entriesOf(v) {
			line, err := e.line()
			if err != nil {
				return nil, err
			}
			out = append(out, line...)
		}
	}
	return out, nil
}

func (e entry) line() ([]byte, error) {
	data, err := json.Marshal(e) // which has no line feed in it
	return append(data, '\n'), err
}

// entriesOf lists the changes that made a run what it is.
func entriesOf(v result.RunView) []entry {
	out := []entry{{ID: v.ID, State: result.Queued, At: v.Created, Spec: &v.Spec}}
	if v.Started != nil {
		out = append(out, entry{ID: v.ID, State: result.Running, At: *v.Started})
	}
	if v.State.Final() && v.Finished != nil {
		out = append(out, entry{
			ID: v.ID, State: v.State, At: *v.Finished, Progress: &v.Progress, Winner: v.Winner, Times: v.Times, Error: v.Error, ErrorEN: v.ErrorEN,
		})
	}
	return out
}

// lastOf is the change that brought a run into its state.
func lastOf(v result.RunView) entry {
	all := entriesOf(v)
	return all[len(all)-1]
}

// validID reports whether a run's name can be a file's.
func validID(id string) bool {
	return id != "" && len(id) <= 64 && strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}
