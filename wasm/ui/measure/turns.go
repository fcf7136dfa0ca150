package measure

import (
	"strings"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/wasm/ui/client"
	"carriles/web/draw"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Turns are rounds of one of the host's methods, measured right before each counted
// round of the browser's: where the two share a machine, what slows it down for a
// while slows down both. Each is a batch of its own, by workers that run already.
type Turns struct {
	Against string   // the method
	With    []string // the browser's
	Rounds  []result.Round
	// Broken says that the host did not measure one: it had no room, or was gone.
	Broken bool

	path string
	ask  request.Request
}

// Against is the method of the host that a browser is set beside: sequential, which
// is the same strategy, or else the fastest; empty where there is none.
func Against(results map[string]*result.MethodResult) string {
	if results[request.Sequential] != nil {
		return request.Sequential
	}
	best := ""
	for _, name := range draw.MethodOrder(results) {
		if best == "" || results[name].Time < results[best].Time {
			best = name
		}
	}
	return best
}

// turnsWith is what the host is to measure between the browser's rounds; nil where
// that is another machine, or has no method to be set beside.
func (s *Session) turnsWith() *Turns {
	if s.Outcome.Result == nil || !s.near() {
		return nil
	}
	against := Against(s.Outcome.Result.Results)
	if against == "" || request.MethodOf(against) != against || request.Described(against).Room {
		return nil
	}
	alone := s.Outcome.Result.Spec.As(against)
	alone.Rounds, alone.Warmup, alone.Auto, alone.Chaos, alone.Pool = 1, 1, nil, nil, request.Warm
	t := &Turns{Against: against, With: s.Asked.Browsers}
	t.path, t.ask = request.Of(alone).Endpoint()
	return t
}

// takeTurn has the host measure, and then the browser.
func (s *Session) takeTurn(working *client.Scope, t result.Turn, goOn func()) {
	turns := s.Browser.turns
	if !t.Counted || turns.Broken {
		goOn()
		return
	}
	lang := s.lang()
	var answer result.MethodResult
	working.Ask(func() *client.Problem {
		return client.Post(s.host, client.Question{Lang: lang, URL: turns.path}, turns.ask, &answer)
	}, func(trouble *client.Problem) {
		counted := false
		for _, r := range answer.Rounds {
			if !r.Warmup && r.Failed == 0 && trouble == nil {
				turns.Rounds, counted = append(turns.Rounds, r), true
			}
		}
		turns.Broken = !counted
		goOn()
	})
}

// nearHost reports whether the page was opened by an address that only the host's own
// machine has.
func nearHost() bool {
	name := strings.Trim(app.Window().Get("location").Get("hostname").String(), "[]")
	return name == "localhost" || strings.HasPrefix(name, "127.") || name == "::1"
}
