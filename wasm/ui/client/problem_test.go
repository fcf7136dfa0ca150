package client

import (
	"strings"
	"testing"

	"carriles/executor/batch/class"
	"carriles/executor/fault"
	"carriles/wasm/ui/i18n"
)

// The presenter's streams have a place of their own, by what the token makes.
func TestSeated(t *testing.T) {
	seat := class.Seat("token")
	for _, tt := range [][3]string{
		{"/events/", "", "/events/"}, {"/events/?member=m", "", "/events/?member=m"},
		{"/events/", "token", "/events/?seat=" + seat}, {"/events/?member=m", "token", "/events/?member=m&seat=" + seat},
	} {
		if got := seated(tt[0], tt[1]); got != tt[2] || strings.Contains(got, "token") {
			t.Errorf("%s with %q is %s", tt[0], tt[1], got)
		}
	}
}

func TestProblemOfTheHostsAnswer(t *testing.T) {
	p := ProblemOf(Reply{Status: 429, RetryAfter: 7, Body: `{"error":"la cola está llena","code":"busy"}`})
	if p.Sentence(i18n.ES) != "la cola está llena" || p.RetryAfter != 7 || len(p.Faults) != 0 {
		t.Errorf("%+v", p)
	}
	p = ProblemOf(Reply{Status: 400, Body: `{"error":"one","code":"c","faults":[
		{"error":"one","code":"out_of_range","field":"count","allowed":"1 to 9"},{"error":"two","code":"x","field":"rounds"}]}`})
	if len(p.Faults) != 2 {
		t.Fatalf("%+v", p)
	}
}

func TestProblemOfAnAnswerThatIsNoJSON(t *testing.T) {
	p := ProblemOf(Reply{Status: 502, Body: "<html>Bad Gateway"})
	if p.Sentence(i18n.EN) != i18n.EN.T("error.answer") || p.Detail != "HTTP 502" {
		t.Errorf("%+v", p)
	}
}

func TestASingleFaultIsNotSaidTwice(t *testing.T) {
	flt := fault.FaultBody{Error: "no", Code: "x", Field: "count"}
	p := ProblemFrom(fault.ErrorBody{FaultBody: flt, Faults: []fault.FaultBody{flt}})
	if got := p.Lines(i18n.EN); len(got) != 0 {
		t.Errorf("said again: %v", got)
	}
	p.Faults[0].Allowed = "1 to 9"
	if got := p.Lines(i18n.EN); len(got) != 1 || got[0] != "no (1 to 9)" {
		t.Errorf("what is allowed is not said: %v", got)
	}
}
