package client

import (
	"encoding/json"

	"carriles/executor/fault"
	"carriles/wasm/ui/i18n"
)

// Problem is something that went wrong, in words for the user. Key is a
// key of the text table, or empty where the host's own sentence is shown.
type Problem struct {
	Key        string
	Detail     string // the host's sentence, or the browser's
	Faults     []fault.FaultBody
	RetryAfter int // seconds; 0: not said
}

// Sentence is what the page says first.
func (p Problem) Sentence(l i18n.Lang) string {
	if p.Key == "" {
		return p.Detail
	}
	return l.T(p.Key)
}

// ProblemWith is what went wrong with a request; nil if nothing did.
func ProblemWith(r Reply, err error) *Problem {
	switch {
	case err != nil:
		return &Problem{Key: "error.network", Detail: err.Error()}
	case !r.OK():
		return ProblemOf(r)
	}
	return nil
}

// ProblemOf reads the host's answer to a request that it did not fulfil.
func ProblemOf(r Reply) *Problem {
	var body fault.ErrorBody
	if json.Unmarshal([]byte(r.Body), &body) != nil || body.Error == "" {
		return &Problem{Key: "error.answer", Detail: i18n.ES.T("error.status", r.Status)}
	}
	p := ProblemFrom(body)
	p.RetryAfter = r.RetryAfter
	return p
}

// ProblemFrom is the problem of an error that came inside an answer.
func ProblemFrom(body fault.ErrorBody) *Problem {
	return &Problem{Detail: body.Error, Faults: body.Faults}
}

// Lines are the faults in words, without one that Sentence has said already.
func (p Problem) Lines(l i18n.Lang) []string {
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
