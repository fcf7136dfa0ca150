package analysis

import (
	"strings"
	"testing"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
)

// The browser's methods are judged and named like all others: five rounds that
// differ in nothing but noise are a tie, with an interval.
func TestBrowsersMethodsAreJudged(t *testing.T) {
	methods := []string{request.Browser, request.BrowserWorkers}
	judged := func(own, workers []float64) result.Performance {
		results := map[string]*result.MethodResult{}
		for i, samples := range [][]float64{own, workers} {
			results[methods[i]] = &result.MethodResult{Method: methods[i], Samples: samples}
		}
		return Judge(methods, results, result.Environment{})
	}
	p := judged([]float64{1, 1.1, 1, 0.9, 1}, []float64{1, 1, 1.1, 1, 0.9})
	if v := p.Verdicts[0]; p.Winner != result.WinnerNone || v.Outcome != OutcomeUnknown || v.Level != 0.95 || v.Rounds != 5 || v.Low >= 1 || v.High <= 1 ||
		p.Summary.EN != "Which is faster of this browser and the browser with several workers cannot be told yet; about 14 more rounds would tell." {
		t.Errorf("equal ones: %+v", p)
	}
	p = judged([]float64{2, 2.02, 1.98, 2, 2}, []float64{1, 1, 1.01, 0.99, 1})
	if p.Winner != request.BrowserWorkers || !strings.HasPrefix(p.Summary.EN, "The browser with several workers wins: 2.00 times as fast as this browser (") ||
		!strings.HasPrefix(p.Summary.ES, "Gana el navegador con varios workers: 2,00 veces la velocidad de este navegador (de ") {
		t.Errorf("unequal ones: %+v", p)
	}
}
