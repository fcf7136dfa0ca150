package ui

import (
	"encoding/json"

	"carriles/executor/fault"
	"carriles/executor/text"
)

// Problem is something that went wrong, in words for the user. Sentence is a
// key of the text table, or empty where the host's own sentence is shown.
type Problem struct {
	Key        string
	Detail     string // the host's sentence, or the browser's
	Faults     []fault.FaultBody
	RetryAfter int // seconds; 0: not said
}

// Sentence is what the page says first.
func (p Problem) Sentence(l Lang) string {
	if p.Key == "" {
		return p.Detail
	}
	return l.T(p.Key)
}

// reply is an answer of the host.
type reply struct {
	Status     int
	Body       string
	RetryAfter int
}

func (r reply) ok() bool { return r.Status >= 200 && r.Status < 300 }

// problemOf reads the host's answer to a request that it did not fulfil.
func problemOf(r reply) *Problem {
	var body fault.ErrorBody
	if json.Unmarshal([]byte(r.Body), &body) != nil || body.Error == "" {
		return &Problem{Key: "error.answer", Detail: ES.T("error.status", r.Status)}
	}
	p := problemFrom(body)
	p.RetryAfter = r.RetryAfter
	return p
}

// problemFrom is the problem of an error that came inside an answer.
func problemFrom(body fault.ErrorBody) *Problem {
	return &Problem{Detail: body.Error, Faults: body.Faults}
}

// lines are the faults in words, without one that Sentence has said already.
func (p Problem) lines(l Lang) []string {
	var lines []string
	for _, f := range p.Faults {
		text := f.Error
		if f.Allowed != "" {
			text += " (" + f.Allowed + ")"
		}
		if text != p.Sentence(l) {
			lines = append(lines, text)
		}
	}
	return lines
}

// fieldFaults turns the host's faults into those that the form shows beside
// its fields. They are in the language in which they were asked for.
func (p *Problem) fieldFaults() []fault.Fault {
	if p == nil {
		return nil
	}
	var out []fault.Fault
	for _, f := range p.Faults {
		out = append(out, fault.Fault{
			Code: f.Code, Field: f.Field,
			Text:    text.Text{ES: f.Error, EN: f.Error},
			Allowed: text.Text{ES: f.Allowed, EN: f.Allowed},
		})
	}
	return out
}
