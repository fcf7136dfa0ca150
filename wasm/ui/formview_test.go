package ui

import (
	"carriles/executor/fault"
	"testing"
)

func TestFieldFaults(t *testing.T) {
	p := ProblemOf(Reply{Status: 400, Body: `{"error":"one","code":"c","faults":[
		{"error":"one","code":"out_of_range","field":"count","allowed":"1 to 9"},{"error":"two","code":"x","field":"rounds"}]}`})
	faults := fieldFaults(p)
	if len(faults) != 2 || faults[0].Field != "count" || EN.In(faults[0].Allowed) != "1 to 9" || ES.In(faults[1].Text) != "two" {
		t.Errorf("%+v", faults)
	}
	// A single fault stands at its field too, though the first sentence says it.
	one := fault.FaultBody{Error: "no", Code: "x", Field: "count"}
	if got := fieldFaults(ProblemFrom(fault.ErrorBody{FaultBody: one, Faults: []fault.FaultBody{one}})); len(got) != 1 || got[0].Field != "count" {
		t.Errorf("not at its field: %+v", got)
	}
	if fieldFaults(nil) != nil {
		t.Error("faults of nothing")
	}
}
