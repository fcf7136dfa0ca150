package analysis

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
)

// three makes three rounds around a time, with 1 % of noise of its own: such
// methods differ if their times do by more than about 4 %.
func three(seconds, noise float64) []float64 {
	return []float64{seconds * (1 + noise), seconds, seconds * (1 - noise)}
}

// judged is a comparison with the given samples, each with 5 images.
func judged(methods []string, samples map[string][]float64, failed map[string]int) (result.Performance, map[string]*result.MethodResult) {
	results := map[string]*result.MethodResult{}
	for _, m := range methods {
		results[m] = &result.MethodResult{
			Method: m, Samples: samples[m], Time: SpreadOf(samples[m]).Median, AllImages: 5, AllFailed: failed[m],
		}
	}
	return Judge(methods, results, result.Environment{}), results
}

func TestSummaries(t *testing.T) {
	const s, th, mp = request.Sequential, request.Threading, request.Multiprocessing
	type samples = map[string][]float64
	tests := []struct {
		name    string
		methods []string
		samples samples
		failed  map[string]int
		winner  string
		es, en  string
	}{
		{
			"a winner over the baseline", []string{s, th, mp},
			samples{s: {2, 2, 2}, th: {1, 1, 1}, mp: {1.25, 1.25, 1.25}}, nil, th,
			"Ganan los hilos: 2,00 veces la velocidad del modo secuencial (de 2,00 a 2,00).",
			"Threads win: 2.00 times as fast as sequential (2.00 to 2.00).",
		},
		{
			// Ratios 2.02/1, 2/1, 1.98/1: geometric mean 1.99993; logs' deviation
			// 0.0100, so +-4.303 x 0.0100/sqrt 3 = 0.02484: 1.9509 to 2.0502.
			"an interval", []string{s, mp},
			samples{s: {2.02, 2, 1.98}, mp: {1, 1, 1}}, nil, mp,
			"Ganan los procesos: 2,00 veces la velocidad del modo secuencial (de 1,95 a 2,05).",
			"Processes win: 2.00 times as fast as sequential (1.95 to 2.05).",
		},
		{
			"the baseline wins: against the next best", []string{s, th, mp},
			samples{s: {1, 1, 1}, th: {1.5, 1.5, 1.5}, mp: {1.25, 1.25, 1.25}}, nil, s,
			"Gana el modo secuencial: 1,25 veces la velocidad de los procesos (de 1,25 a 1,25).",
			"Sequential wins: 1.25 times as fast as processes (1.25 to 1.25).",
		},
		{
			"without the baseline", []string{mp, th},
			samples{th: {1, 1, 1}, mp: {1.5, 1.5, 1.5}}, nil, th,
			"Ganan los hilos: 1,50 veces la velocidad de los procesos (de 1,50 a 1,50).",
			"Threads win: 1.50 times as fast as processes (1.50 to 1.50).",
		},
		{
			"two tie and beat the baseline", []string{s, th, mp},
			samples{s: {2, 2, 2}, th: {1, 1, 1}, mp: {1.02, 0.99, 1.01}}, nil, "none",
			"Los hilos y los procesos empatan a menos de un 5 %: 2,00 y 1,98 veces la velocidad del modo secuencial.",
			"Threads and processes are equal within 5%: 2.00 and 1.98 times as fast as sequential.",
		},
		{
			"the baseline is one of those that tie", []string{s, th, mp},
			samples{s: {1, 1, 1}, th: {1.02, 0.99, 1.01}, mp: {3, 3, 3}}, nil, "none",
			"El modo secuencial y los hilos empatan a menos de un 5 %: 3,00 y 2,97 veces la velocidad de los procesos.",
			"Sequential and threads are equal within 5%: 3.00 and 2.97 times as fast as processes.",
		},
		{
			// th and mp: logarithms of ratios 0.0277, -0.0020, -0.0326 and so on: half
			// the interval is 4.303 x 0.03 / sqrt 3 = 0.075 > 0.0488 at least.
			"nothing can be told", []string{s, th, mp},
			samples{s: three(1, 0.01), th: three(1.001, -0.01), mp: three(0.999, 0.02)}, nil, "none",
			"Todavía no se sabe quién es más rápido entre el modo secuencial, los hilos y los procesos; hacen falta unas 3 rondas más.",
			"Which is faster of sequential, threads and processes cannot be told yet; about 3 more rounds would tell.",
		},
		{
			"both tie", []string{s, th},
			samples{s: {1, 1, 1}, th: {1, 1, 1}}, nil, "none",
			"El modo secuencial y los hilos empatan a menos de un 5 %.",
			"Sequential and threads are equal within 5%.",
		},
		{
			// Threads beat sequential, which is steady; processes are so unsteady
			// that nothing can be said of them.
			"one is too unsteady to be beaten", []string{s, th, mp},
			samples{s: {1.1, 1.1, 1.1, 1.1, 1.1}, th: {1, 1, 1, 1, 1}, mp: {0.5, 2, 4, 0.5, 2}}, nil, "none",
			"Los hilos van a 1,10 veces la velocidad del modo secuencial (de 1,10 a 1,10); todavía no se sabe quién es más rápido entre los hilos y los procesos; hacen falta unas 55 rondas más.",
			"Threads are 1.10 times as fast as sequential (1.10 to 1.10); which is faster of threads and processes cannot be told yet; about 55 more rounds would tell.",
		},
		{
			"one round", []string{s, th},
			samples{s: {1.93}, th: {1}}, nil, "none",
			"Esta vez: el modo secuencial 1,93 s y los hilos 1,00 s. Con una sola ronda no hay veredicto: hacen falta 3 por lo menos.",
			"This time: sequential 1.93 s and threads 1.00 s. One round carries no verdict: it takes 3 at least.",
		},
		{
			"one round, too close", []string{s, th},
			samples{s: {1.14}, th: {1}}, nil, "none",
			"Esta vez: el modo secuencial 1,14 s y los hilos 1,00 s. Con una sola ronda no hay veredicto: hacen falta 3 por lo menos.",
			"This time: sequential 1.14 s and threads 1.00 s. One round carries no verdict: it takes 3 at least.",
		},
		{
			"two rounds", []string{s, th, mp},
			samples{s: {2, 2}, th: {1, 1}, mp: {1.1, 1.1}}, nil, "none",
			"Esta vez: el modo secuencial 2,00 s, los hilos 1,00 s y los procesos 1,10 s. Con 2 rondas no hay veredicto: hacen falta 3 por lo menos.",
			"This time: sequential 2.00 s, threads 1.00 s and processes 1.10 s. 2 rounds carry no verdict: it takes 3 at least.",
		},
		{
			"one method", []string{th},
			samples{th: {1, 1, 1}}, nil, "none",
			"Un solo método: no hay con qué compararlo.",
			"One method only: there is nothing to compare it with.",
		},
		{
			"the same image failed in all", []string{s, th},
			samples{s: {2, 2, 2}, th: {1, 1, 1}}, map[string]int{s: 1, th: 1}, th,
			"Ganan los hilos: 2,00 veces la velocidad del modo secuencial (de 2,00 a 2,00).",
			"Threads win: 2.00 times as fast as sequential (2.00 to 2.00).",
		},
		{
			"fast because it failed", []string{s, th},
			samples{s: {2, 2, 2}, th: {0.1, 0.1, 0.1}}, map[string]int{th: 4}, "none",
			"No hay veredicto: unos métodos fallaron en imágenes que otros procesaron.",
			"No verdict: some methods failed on images that others processed.",
		},
		{
			"nothing was done", []string{s, th},
			samples{s: {2, 2, 2}, th: {0.1, 0.1, 0.1}}, map[string]int{s: 5, th: 5}, "none",
			"No hay veredicto: no se pudo procesar ninguna imagen.",
			"No verdict: no image could be processed.",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, _ := judged(tt.methods, tt.samples, tt.failed)
			if p.Winner != tt.winner {
				t.Errorf("winner %s, want %s", p.Winner, tt.winner)
			}
			if p.Advice("es") != tt.es || p.Recommendation != tt.es {
				t.Errorf("\n got %q\nwant %q", p.Advice("es"), tt.es)
			}
			if p.Advice("en") != tt.en {
				t.Errorf("\n got %q\nwant %q", p.Advice("en"), tt.en)
			}
		})
	}
}

func TestVerdictTexts(t *testing.T) {
	v := result.Verdict{
		A: request.Sequential, B: request.Threading, Ratio: 0.5, Low: 0.4, High: 0.8, Rounds: 3,
		Level: 0.95, Outcome: request.Threading,
	}
	tests := []struct {
		name   string
		change func(*result.Verdict)
		es, en string
	}{
		{"the second is faster", func(*result.Verdict) {},
			"Los hilos van a 2,00 veces la velocidad del modo secuencial (de 1,25 a 2,50).",
			"Threads are 2.00 times as fast as sequential (1.25 to 2.50)."},
		{"the first is faster", func(v *result.Verdict) { v.Ratio, v.Low, v.High, v.Outcome = 1.5, 1.4, 1.6, v.A },
			"El modo secuencial va a 1,50 veces la velocidad de los hilos (de 1,40 a 1,60).",
			"Sequential is 1.50 times as fast as threads (1.40 to 1.60)."},
		{"equal", func(v *result.Verdict) { v.Ratio, v.Low, v.High, v.Outcome = 1, 0.97, 1.04, OutcomeEqual },
			"El modo secuencial y los hilos empatan a menos de un 5 % (de 0,97 a 1,04).",
			"Sequential and threads are equal within 5% (0.97 to 1.04)."},
		{"cannot tell yet", func(v *result.Verdict) { v.Low, v.High, v.Outcome, v.MoreRounds = 0.4, 1.1, OutcomeUnknown, 7 },
			"Entre el modo secuencial y los hilos todavía no se sabe (de 0,40 a 1,10); hacen falta unas 7 rondas más.",
			"Between sequential and threads it cannot be told yet (0.40 to 1.10); about 7 more rounds would tell."},
		{"nor with many more", func(v *result.Verdict) { v.Low, v.High, v.Outcome = 0.4, 1.1, OutcomeUnknown },
			"Entre el modo secuencial y los hilos todavía no se sabe (de 0,40 a 1,10).",
			"Between sequential and threads it cannot be told yet (0.40 to 1.10)."},
		{"one round", func(v *result.Verdict) { v.Rounds, v.Level, v.Outcome = 1, 0, OutcomeUnknown },
			"Esta vez los hilos tardaron 0,50 veces lo que el modo secuencial; con una sola ronda no hay veredicto: hacen falta 3 por lo menos.",
			"This time threads took 0.50 times as long as sequential; one round carries no verdict: it takes 3 at least."},
		{"nothing to compare", func(v *result.Verdict) { *v = result.Verdict{A: v.A, B: v.B, Outcome: OutcomeUnknown} },
			"El modo secuencial y los hilos no se pueden comparar.",
			"Sequential and threads cannot be compared."},
	}
	for _, tt := range tests {
		w := v
		tt.change(&w)
		if got := verdictText(w); got.ES != tt.es || got.EN != tt.en {
			t.Errorf("%s:\n got %+v\nwant %q, %q", tt.name, got, tt.es, tt.en)
		}
	}
}

func TestPerformanceFigures(t *testing.T) {
	p, results := judged([]string{request.Sequential, request.Threading}, map[string][]float64{
		request.Sequential: {2, 2, 2}, request.Threading: {1.6, 1.6, 1.6},
	}, nil)
	if p.ThreadingSpeedup != 1.25 || p.ThreadingImprovement == nil || math.Abs(*p.ThreadingImprovement-20) > 1e-9 {
		t.Errorf("threading: speedup %g, improvement %v", p.ThreadingSpeedup, p.ThreadingImprovement)
	}
	if p.MPSpeedup != 0 || p.MPImprovement != nil {
		t.Error("processes did not take part, but have figures")
	}
	if results[request.Threading].Speedup != 1.25 || results[request.Sequential].Speedup != 1 {
		t.Errorf("speedups %g and %g", results[request.Threading].Speedup, results[request.Sequential].Speedup)
	}
	if len(p.Verdicts) != 1 || p.Verdicts[0].Outcome != request.Threading || p.Verdicts[0].Rounds != 3 {
		t.Errorf("verdicts %+v", p.Verdicts)
	}
	p, _ = judged([]string{request.Threading}, map[string][]float64{request.Threading: {1}}, nil)
	if p.Verdicts == nil || len(p.Verdicts) != 0 {
		t.Errorf("one method has the verdicts %#v, want an empty list", p.Verdicts)
	}
}

// Every pair of methods has a whole sentence, for methods to come too.
func TestEveryMethodHasItsWords(t *testing.T) {
	for _, a := range request.Methods() {
		for _, b := range request.Methods() {
			text := verdictText(result.Verdict{A: a.Name, B: b.Name, Ratio: 2, Low: 1.9, High: 2.1, Rounds: 3, Level: 0.95, Outcome: a.Name})
			for _, s := range []string{text.ES, text.EN} {
				if !strings.HasSuffix(s, ").") || strings.Contains(s, "  ") || strings.Contains(s, "%!") {
					t.Errorf("%s and %s: %q", a.Name, b.Name, s)
				}
			}
		}
	}
}

// Nobody is called a leader who is beaten, nobody's lead is told over a method
// that it does not beat, and whoever beats all is the winner.
func TestLeadersAreNamedAgainstWhatTheyBeat(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	names := request.GuideMethods()
	for range 5000 {
		samples := map[string][]float64{}
		for _, m := range names {
			for range 4 {
				samples[m] = append(samples[m], 1+r.Float64()*r.Float64())
			}
		}
		p, _ := judged(names, samples, nil)
		leading := leaders(names, p.Verdicts)
		if len(leading) == 0 || (p.Winner != "none" && (len(leading) != 1 || leading[0] != p.Winner)) {
			t.Fatalf("leaders %v, winner %s: %v", leading, p.Winner, samples)
		}
		for _, m := range leading {
			if v := lead(m, p.Verdicts); v.Rounds > 0 && (v.A != m || v.Outcome != m || v.Ratio <= 1) {
				t.Fatalf("%s leads with %+v", m, v)
			}
		}
	}
}

func TestADisturbedComparisonSaysSoFirst(t *testing.T) {
	half, little := 0.5, 0.49
	for _, tt := range []struct {
		other, stolen *float64
		want          bool
	}{{nil, nil, false}, {&little, nil, false}, {&half, nil, true}, {nil, &little, true}} {
		results := map[string]*result.MethodResult{
			request.Sequential: {Samples: []float64{2, 2, 2}, Time: 2}, request.Threading: {Samples: []float64{1, 1, 1}, Time: 1},
		}
		p := Judge([]string{request.Sequential, request.Threading}, results, result.Environment{OtherCores: tt.other, StolenCores: tt.stolen})
		if p.Disturbed != tt.want || strings.HasPrefix(p.Summary.EN, "Disturbed: close what else is at work and measure again.") != tt.want ||
			strings.HasPrefix(p.Summary.ES, "Medición perturbada: ") != tt.want || !strings.HasSuffix(p.Summary.EN, "times as fast as sequential (2.00 to 2.00).") {
			t.Errorf("%v, %v: %v, %q", tt.other, tt.stolen, p.Disturbed, p.Summary)
		}
	}
}

func TestDisturbanceIsSaid(t *testing.T) {
	half, little := 0.5, 0.19
	for _, tt := range []struct {
		other, stolen *float64
		want          string
	}{
		{nil, nil, ""},
		{&little, &little, ""},
		{&half, &little, "Meanwhile other programs kept 0.50 cores busy: the times are theirs too."},
		{nil, &half, "The host of this virtual machine took 0.50 cores away from it."},
	} {
		got := disturbance(result.Environment{OtherCores: tt.other, StolenCores: tt.stolen})
		if got.EN != tt.want || (got.ES == "") != (tt.want == "") {
			t.Errorf("%v, %v: %+v, want %q", tt.other, tt.stolen, got, tt.want)
		}
	}
	for held, want := range map[float64]string{
		0.09: "",
		0.5:  "The container's quota (1.5 processors) held them back for 0.50 s in all: the times are its too.",
	} {
		got := disturbance(result.Environment{ThrottledS: &held, CPUQuota: "1.5"})
		if got.EN != want || (got.ES == "") != (want == "") {
			t.Errorf("held back for %v s: %+v, want %q", held, got, want)
		}
	}
}

func TestChaosInWords(t *testing.T) {
	for want, c := range map[string]result.ChaosReport{
		"nothing was lost": {},
		"with one image in hand: 0.25 s of work lost; it was done again":          {TasksInFlight: 1, LostS: 0.25},
		"with 3 images in hand: 1.50 s of work lost; all of them were done again": {TasksInFlight: 3, LostS: 1.5},
		"with 3 images in hand: 1.50 s of work lost; 2 were not done":             {TasksInFlight: 3, LostS: 1.5, ImagesLost: 2},
	} {
		got := ChaosText(c)
		if !strings.Contains(got.EN, want) || !strings.Contains(got.ES, "Murió un proceso") {
			t.Errorf("%+v: %+v, want %q", c, got, want)
		}
	}
	if got := ChaosText(result.ChaosReport{TasksInFlight: 1, LostS: 0.25}).ES; !strings.Contains(got, "0,25 s") {
		t.Errorf("Spanish %q", got)
	}
}
