package results

import (
	"slices"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/wasm/ui/measure"
)

// LiveRows lays out what is being measured: the host's methods in the order
// of their result.
func LiveRows(r *measure.Live, spec request.Spec) []Row {
	var rows []Row
	for _, m := range request.Methods() {
		if slices.Contains(spec.Methods, m.Name) {
			rows = append(rows, liveRow(r, Row{Method: m.Name, Shape: m.Shape(spec.Workforce), Rounds: spec.Rounds}))
		}
	}
	return rows
}

// LiveBrowserRows are those of the browser's methods.
func LiveBrowserRows(r *measure.Live, methods []string, workers int) []Row {
	var rows []Row
	for _, m := range methods {
		row := Row{Method: m, Workers: 1}
		if m == request.BrowserWorkers {
			row.Workers = workers
		}
		rows = append(rows, liveRow(r, row))
	}
	return rows
}

// liveRow is a row that has no result yet.
func liveRow(r *measure.Live, row Row) Row {
	row.Pending = true
	if round := r.Of(row.Method); round != nil {
		row.Seconds, row.Round, row.Warmup = r.Seconds(*round), round.Round, round.Phase == result.PhaseWarmup
	}
	return row
}
