// Package evidence lays a finished run out as files that are read without the
// lab: a trace for a timeline viewer, a table for a spreadsheet, a report of
// one page.
//
// It only arranges what a run holds. It measures nothing, judges nothing, opens
// no file and asks no network: pictures come from a function of the caller's.
package evidence

import (
	"strings"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/fault"
	"carriles/executor/text"
	"carriles/filters"
)

// chainText spells a chain with its parameters, which stand in the order in
// which their filter declares them: "resize(width=800,height=600) blur(radius=3)".
func chainText(steps []request.Step, separator string) string {
	parts := make([]string, len(steps))
	for i, s := range steps {
		f, _ := filters.Lookup(s.Filter)
		var params []string
		for _, p := range f.Params {
			params = append(params, p.Name+"="+text.FormatNumber(s.Params[p.Name]))
		}
		parts[i] = s.Filter
		if len(params) > 0 {
			parts[i] += "(" + strings.Join(params, ",") + ")"
		}
	}
	return strings.Join(parts, separator)
}

// missing says why a run has no result to lay out; nil if it has one.
func missing(view result.RunView) error {
	switch {
	case !view.State.Final():
		return fault.Errorf(fault.CodeNotFound, "la medición no ha terminado todavía", "the run has not finished yet")
	case view.Result == nil && view.Sweep == nil:
		return fault.Errorf(fault.CodeNotFound, "la medición no llegó a dar un resultado", "the run gave no result")
	}
	return nil
}
