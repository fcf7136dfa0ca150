package classroom

import (
	"strings"
	"testing"

	"carriles/executor/analysis"
	"carriles/executor/batch/class"
	"carriles/executor/batch/lesson"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/wasm/ui/i18n"
	"carriles/web/draw"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

func revealed() class.Reveal {
	return class.Reveal{
		Outcome: class.Outcome{
			RunID: "r", Winner: request.Threading, Factor: 1.9, Images: 5,
			Methods: []class.Time{{Method: request.Sequential, Seconds: 3.8}, {Method: request.Threading, Seconds: 2}},
		},
		Votes:    []class.Vote{{Winner: request.Sequential}, {Winner: request.Threading, Count: 3}, {Winner: result.WinnerNone, Count: 1}},
		Factors:  []float64{1, 2, 2, 4},
		Browsers: []class.Browser{{Seconds: 9, Device: class.DevicePhone, Cores: 8, SIMD: "wasm"}, {Seconds: 10, Device: class.DeviceUnknown}},
	}
}

func TestMedian(t *testing.T) {
	for _, tt := range []struct {
		sorted []float64
		want   float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{1, 2}, 1.5}, {[]float64{1, 2, 9}, 2}} {
		if got := analysis.Quantile(tt.sorted, 0.5); got != tt.want {
			t.Errorf("the median of %v is %v, want %v", tt.sorted, got, tt.want)
		}
	}
}

func TestChartAndItsTable(t *testing.T) {
	html := app.HTMLString(chartView(i18n.EN, revealed()))
	if n := strings.Count(html, `class="dot `); n != 2 {
		t.Errorf("%d dots for two browsers", n)
	}
	_, table, ok := strings.Cut(html, "<table")
	for _, want := range []string{"Server: Threads", "2.00", "Phone", "9.00", "wasm", "Other", "10.00"} {
		if !ok || !strings.Contains(table, want) {
			t.Errorf("%q is not in the table: %s", want, table)
		}
	}
	if axis := draw.ClassAxis(revealed()); axis.Max != 10 {
		t.Errorf("the axis ends at %v, want the slowest browser's 10", axis.Max)
	}
}

func TestVotes(t *testing.T) {
	html := app.HTMLString(VotesView(i18n.EN, revealed()))
	for _, want := range []string{"Threads ✓", "width:100.000%", "width:33.333%", "width:0.000%", "predicted 2.00× (median); measured, 1.90×"} {
		if !strings.Contains(html, want) {
			t.Errorf("%q is not shown: %s", want, html)
		}
	}
	r := revealed()
	r.Factors = nil
	if got := draw.FactorSentence("es", r); got != "Respecto al método secuencial, medido: 1,90×." {
		t.Errorf("nobody predicted: %q", got)
	}
	if draw.OutcomeSentence("en", r.Outcome) != "The fastest: Threads" || draw.OutcomeSentence("en", class.Outcome{Winner: "none"}) != "The samples do not tell who is fastest." {
		t.Errorf("%q", draw.OutcomeSentence("en", r.Outcome))
	}
}

func TestQuestions(t *testing.T) {
	list := questions(lesson.Guide())
	if len(list) < 8 {
		t.Errorf("only %d questions", len(list))
	}
	for _, q := range list {
		if len(q.request.Methods) < 2 || q.step.Commands[q.command].Expected == nil {
			t.Errorf("%s: %+v", q.key, q.request)
		}
	}
	for key, want := range map[string]string{
		list[0].key: list[1].key, list[len(list)-1].key: list[len(list)-1].key, "nothing/0": list[0].key,
	} {
		if got := questionAfter(lesson.Guide(), key); got != want {
			t.Errorf("after %s comes %s, want %s", key, got, want)
		}
	}
	if got := questionText(i18n.EN, list[0]); !strings.HasSuffix(got, "resize · Sequential, Threads, Threads with a GIL, Processes") {
		t.Errorf("%q", got)
	}
}
