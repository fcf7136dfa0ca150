package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"carriles/executor/analysis"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/fault"
)

// waitsAtATime are those that are measured or stand in line for it; an address has
// one or two of them.
const (
	waitsAtATime    = 8
	waitsAnAddress  = 2
	waitsInLine     = 2 * time.Minute
	waitsInLineText = "la máquina está ocupada midiendo otra cosa: pruebe otra vez dentro de un momento"
	waitsInLineEN   = "the machine is busy measuring something else: try again in a moment"
)

// waiting has simultaneous requests wait, one way after the other, when no timed run
// has the machine. Who leaves ends it.
func (a *api) waiting(w http.ResponseWriter, r *http.Request) {
	answer, err := a.measureWaits(w, r)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	a.answer(w, http.StatusOK, answer)
}

func (a *api) measureWaits(w http.ResponseWriter, r *http.Request) (answer result.Waiting, err error) {
	if err := a.mayMeasure(r); err != nil {
		return answer, err
	}
	data, err := body(w, r)
	if err != nil {
		return answer, err
	}
	if answer.Waits, err = request.ParseWaits(data, a.Lab()); err != nil {
		return answer, err
	}
	busy := fault.Errorf(fault.CodeBusy, waitsInLineText, waitsInLineEN)
	if !a.presents(r) {
		leave, ok := a.waits.enter(who{client(r), waitsAnAddress})
		if !ok {
			return answer, busy
		}
		defer leave()
	}
	line, cancel := context.WithTimeoutCause(r.Context(), waitsInLine, busy)
	defer cancel()
	told := func() {
		if a.presents(r) {
			a.tellWaits(answer, nil)
		}
	}
	err = a.Runs.Exclusive(line, func() error { return a.eachWay(r.Context(), &answer, told) })
	if err != nil && r.Context().Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		err = busy
	}
	answer.Summary = analysis.WaitSummary(answer.Waits, answer.Results)
	answer.Cores = a.Pool
	answer.APIInfo.Endpoint, answer.APIInfo.TestDate = r.URL.Path, time.Now()
	if a.presents(r) {
		a.tellWaits(answer, err)
	}
	return answer, err
}

// tellWaits shows the class what the presenter's requests that wait have given so far;
// nothing, if they have failed.
func (a *api) tellWaits(so result.Waiting, err error) {
	if err != nil {
		a.Class.Waits(nil)
		return
	}
	so.Results = slices.Clone(so.Results) // it goes on
	a.Class.Waits(&so)
}

// eachWay measures the ways that were asked for. One that fails says so, and the
// others go on. told hears before each how far it is.
func (a *api) eachWay(ctx context.Context, answer *result.Waiting, told func()) error {
	for _, name := range answer.Ways {
		told()
		way, _ := request.LookupWaitWay(name) // as parsed
		var figures *result.WaitFigures
		why := a.WaitRoom().LacksFor(way, answer.Waits)
		if why == nil {
			var err error
			if figures, err = a.Waits(ctx, way, answer.Waits); err != nil {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				a.Log.Error("waiting failed", "way", name, "err", err)
				e := fault.Internal(err, "falló; la causa está en el registro", "it failed; the cause is in the log")
				_ = errors.As(err, &e)
				figures, why = nil, &e.Text
			}
		}
		answer.Results = append(answer.Results, analysis.WaitedOf(way, answer.Waits, figures, why))
	}
	return nil
}
