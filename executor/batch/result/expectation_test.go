package result

import (
	"testing"

	"carriles/executor/batch/request"
)

func TestExpectationAgainst(t *testing.T) {
	for winner, want := range map[string]string{request.Threading: MetYes, request.Multiprocessing: MetNo, request.Sequential: MetNo, "none": MetOpen} {
		e := Expectation{Winner: request.Threading}
		got := e.Against(winner)
		if e.Met = want; got != e {
			t.Errorf("against %s: %+v", winner, got)
		}
	}
}
