package ui

import (
	"testing"

	"carriles/executor/batch/result"
	"carriles/executor/fault"
)

func TestProblemOfTheHostsAnswer(t *testing.T) {
	p := problemOf(reply{Status: 429, RetryAfter: 7, Body: `{"error":"la cola está llena","code":"busy"}`})
	if p.Sentence(ES) != "la cola está llena" || p.RetryAfter != 7 || len(p.Faults) != 0 {
		t.Errorf("%+v", p)
	}
	p = problemOf(reply{Status: 400, Body: `{"error":"one","code":"c","faults":[
		{"error":"one","code":"out_of_range","field":"count","allowed":"1 to 9"},{"error":"two","code":"x","field":"rounds"}]}`})
	if len(p.Faults) != 2 {
		t.Fatalf("%+v", p)
	}
	faults := p.fieldFaults()
	if faults[0].Field != "count" || EN.In(faults[0].Allowed) != "1 to 9" || ES.In(faults[1].Text) != "two" {
		t.Errorf("%+v", faults)
	}
}

func TestProblemOfAnAnswerThatIsNoJSON(t *testing.T) {
	p := problemOf(reply{Status: 502, Body: "<html>Bad Gateway"})
	if p.Sentence(EN) != EN.T("error.answer") || p.Detail != "HTTP 502" {
		t.Errorf("%+v", p)
	}
}

func TestASingleFaultIsNotSaidTwice(t *testing.T) {
	flt := fault.FaultBody{Error: "no", Code: "x", Field: "count"}
	p := problemFrom(fault.ErrorBody{FaultBody: flt, Faults: []fault.FaultBody{flt}})
	if got := p.lines(EN); len(got) != 0 {
		t.Errorf("said again: %v", got)
	}
	if got := p.fieldFaults(); len(got) != 1 || got[0].Field != "count" {
		t.Errorf("not at its field: %+v", got)
	}
	p.Faults[0].Allowed = "1 to 9"
	if got := p.lines(EN); len(got) != 1 || got[0] != "no (1 to 9)" {
		t.Errorf("what is allowed is not said: %v", got)
	}
}

func TestNoProblemHasNoFaults(t *testing.T) {
	var none *Problem
	if none.fieldFaults() != nil {
		t.Error("faults of nothing")
	}
}

func TestMachine(t *testing.T) {
	m := ParseMachine(`{"topology":{"cpu":{"features":["sse2","avx2","avx"]},"cores":{"physical":{"value":8},"allowed":{"value":2}}},"load":0.1}`, `{"version":"v1"}`)
	if got := m.Chips(ES); got != "2 núcleos · AVX2 · v1" {
		t.Errorf("%q", got)
	}
	if got := ParseMachine("", "<html>").Chips(EN); got != "" {
		t.Errorf("chips of nothing: %q", got)
	}
	if got := ParseMachine(`{"topology":{"cores":{"physical":{"value":1}}}}`, "").Chips(EN); got != "1 core" {
		t.Errorf("%q", got)
	}
}

func TestEnvironmentLine(t *testing.T) {
	load := 0.256
	got := EnvironmentLine(ES, result.Environment{
		CPUModel: "AMD EPYC", CoresFound: 4, CoresUsed: 2, Engine: "native", SIMD: "none", LoadAverage: &load,
		OS: "linux", Arch: "amd64", GoVersion: "go1.27.4",
	})
	if want := "AMD EPYC · 2 de 4 núcleos · motor native · sin SIMD · carga 0,26 · linux amd64 · go1.27.4"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := EnvironmentLine(EN, result.Environment{}); got != "" {
		t.Errorf("an unknown environment: %q", got)
	}
}

func TestWhyEnded(t *testing.T) {
	view := result.RunView{Error: &fault.ErrorBody{Error: "lleno"}, ErrorEN: &fault.ErrorBody{Error: "full"}}
	for lang, want := range map[Lang]string{ES: "lleno", EN: "full"} {
		if got := whyEnded(lang, view).Sentence(lang); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
	if got := whyEnded(EN, result.RunView{}).Sentence(EN); got != EN.T("error.failed") {
		t.Errorf("without a reason: %q", got)
	}
}
