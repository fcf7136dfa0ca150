package runs

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"carriles/executor/analysis"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/filters"
)

// A machine that has measured nothing yet measures a few images for its first
// forecast, once, and remembers them in no list; a trial that fails is tried again.
func TestTheFirstForecastIsMeasured(t *testing.T) {
	s := request.Spec{
		Steps: []request.Step{{Filter: "brightness", Params: filters.Values{"factor": 1.2}}}, Images: []string{"a.jpg"}, Count: 5, Rounds: 1,
		Workforce: request.Workforce{Workers: 2, Processes: 2, Threads: 2}, Engine: filters.NativeName, Pool: request.Cold, Methods: []string{request.Sequential},
	}
	inLab(t, func(t *testing.T, l lab) {
		answers := make(chan result.Forecast, 2)
		ask := func() { answers <- l.Within(t.Context(), s, 2, 1000) }
		go ask()
		synctest.Wait()
		c := <-l.begun
		go ask() // waits for the same trial
		synctest.Wait()
		left, leave := context.WithCancel(t.Context())
		leave()
		if f := l.Within(left, s, 2, 1000); f.From != analysis.FromReckoning { // who has left does not
			t.Errorf("of who has left: %+v", f)
		}
		time.Sleep(time.Second)
		c.finish <- outcome{err: errors.New("broken")}
		if f := <-answers; f.From != analysis.FromReckoning || f.Count != 42 { // 42 x 0.044 + 0.08 + 0.03 s
			t.Errorf("without a trial: %+v", f)
		}
		synctest.Wait()
		c = <-l.begun
		time.Sleep(5 * (4*44 + 30) * time.Millisecond) // the trial's four images and their look
		c.finish <- outcome{result: &result.Comparison{}}
		if f := <-answers; f.From != analysis.FromHistory || f.Count != 6 { // 5 x (6 x 0.044 + 0.11) s
			t.Errorf("after it: %+v", f)
		}
		ask()
		if f := <-answers; f.Count != 6 || len(l.List()) != 0 || len(l.discarded) != 1 {
			t.Errorf("then %+v, %d runs in the list, %d results discarded", f, len(l.List()), len(l.discarded))
		}
		l.nothingBegins()
	})
}
