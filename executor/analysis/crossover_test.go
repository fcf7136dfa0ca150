package analysis

import (
	"testing"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
)

func axis(t *testing.T, name string) request.SweepAxis {
	t.Helper()
	for _, a := range request.SweepAxes(request.Limits{Workers: 8}, 2) {
		if a.Name == name {
			return a
		}
	}
	t.Fatalf("no axis %s", name)
	return request.SweepAxis{}
}

func TestCrossoverOf(t *testing.T) {
	const th, mp = request.Threading, request.Multiprocessing
	tests := []struct {
		name     string
		outcomes string // by point: a, b, - for equal, ? for unknown, x for no comparison
		over     string
		kind     string
		from     float64
		es, en   string
	}{
		{"always", "aaaa", request.OverIntensity, CrossoverAlways, 0,
			"Entre los procesos y los hilos ganan los procesos en todos los puntos.", "Between processes and threads, processes win at every point."},
		{"never", "bbbb", request.OverIntensity, CrossoverNever, 0,
			"Entre los hilos y los procesos ganan los hilos en todos los puntos.", "Between threads and processes, threads win at every point."},
		{"never, though b does not always win", "--bb", request.OverIntensity, CrossoverNever, 0,
			"A partir de intensidad 4 ganan los hilos; por debajo no se ve diferencia con los procesos.",
			"From intensity 4 on, threads win; below, no difference from processes shows."},
		{"never, b here and there", "-b-b", request.OverIntensity, CrossoverNever, 0,
			"Entre los hilos y los procesos no hay un orden claro: de 4 puntos, en 2 ganan los hilos, en 0 ganan los procesos y en 2 no se ve diferencia.",
			"Between threads and processes there is no clear order: of 4 points, threads win at 2, processes win at 0, and 2 show no difference."},
		{"from, b before", "bbaa", request.OverIntensity, CrossoverFrom, 4,
			"A partir de intensidad 4 ganan los procesos; por debajo ganan los hilos.", "From intensity 4 on, processes win; below, threads win."},
		{"from, equal or unknown before", "-?-a", request.OverLatency, CrossoverFrom, 8,
			"A partir de 8 ms de latencia ganan los procesos; por debajo no se ve diferencia con los hilos.",
			"From 8 ms of latency on, processes win; below, no difference from threads shows."},
		{"from, with equal points on the way", "b-aa", request.OverWidth, CrossoverFrom, 4,
			"A partir de 4 píxeles de ancho ganan los procesos; por debajo ganan los hilos o no se ve diferencia.",
			"From a width of 4 pixels on, processes win; below, threads win or no difference shows."},
		{"until, b after", "aaab", request.OverWorkers, CrossoverUntil, 4,
			"Hasta 4 trabajadores ganan los procesos; por encima ganan los hilos.", "Up to 4 workers, processes win; above, threads win."},
		{"until, equal after", "a---", request.OverWorkers, CrossoverUntil, 1,
			"Hasta 1 trabajador ganan los procesos; por encima no se ve diferencia con los hilos.",
			"Up to 1 worker, processes win; above, no difference from threads shows."},
		{"unclear", "abab", request.OverWorkers, CrossoverUnclear, 0,
			"Entre los procesos y los hilos no hay un orden claro: de 4 puntos, en 2 ganan los procesos, en 2 ganan los hilos y en 0 no se ve diferencia.",
			"Between processes and threads there is no clear order: of 4 points, processes win at 2, threads win at 2, and 0 show no difference."},
		{"an equal point among wins", "aa-a", request.OverWorkers, CrossoverUnclear, 0,
			"Entre los procesos y los hilos no hay un orden claro: de 4 puntos, en 3 ganan los procesos, en 0 ganan los hilos y en 1 no se ve diferencia.",
			"Between processes and threads there is no clear order: of 4 points, processes win at 3, threads win at 0, and 1 show no difference."},
		{"in the middle only", "-aa-", request.OverWorkers, CrossoverUnclear, 0,
			"Entre los procesos y los hilos no hay un orden claro: de 4 puntos, en 2 ganan los procesos, en 0 ganan los hilos y en 2 no se ve diferencia.",
			"Between processes and threads there is no clear order: of 4 points, processes win at 2, threads win at 0, and 2 show no difference."},
		{"none", "----", request.OverWorkers, CrossoverNone, 0,
			"Entre los procesos y los hilos no se ve diferencia en ningún punto.", "Between processes and threads no difference shows at any point."},
		{"a point that could not be compared", "bxaa", request.OverWorkers, CrossoverFrom, 4,
			"A partir de 4 trabajadores ganan los procesos; por debajo ganan los hilos. 1 de 4 puntos no se pudieron comparar.",
			"From 4 workers on, processes win; below, threads win. 1 of 4 points could not be compared."},
		{"nothing could be compared", "xxxx", request.OverWorkers, CrossoverNone, 0,
			"Entre los procesos y los hilos no hay ningún punto que comparar.", "Between processes and threads there is no point to compare."},
		{"verdicts missing", "aaa", request.OverWorkers, CrossoverNone, 0,
			"Entre los procesos y los hilos no hay ningún punto que comparar.", "Between processes and threads there is no point to compare."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var verdicts []result.Verdict
			for _, o := range tt.outcomes {
				v := result.Verdict{A: th, B: mp, Rounds: 5, Outcome: map[rune]string{'a': mp, 'b': th}[o]}
				switch o {
				case '-':
					v.Outcome = OutcomeEqual
				case '?':
					v.Outcome = OutcomeUnknown
				case 'x':
					v.Outcome, v.Rounds = OutcomeUnknown, 0
				}
				verdicts = append(verdicts, v)
			}
			got := CrossoverOf(mp, th, axis(t, tt.over), []float64{1, 2, 4, 8}, verdicts)
			want := result.Crossover{A: mp, B: th, Kind: tt.kind, From: tt.from}
			want.Text.ES, want.Text.EN = tt.es, tt.en
			if got != want {
				t.Errorf("\n got %+v\nwant %+v", got, want)
			}
		})
	}
}

func TestCrossoverOfOneMethodInTheSingular(t *testing.T) {
	v := result.Verdict{A: request.Sequential, B: request.Hybrid, Rounds: 3}
	first, second := v, v
	first.Outcome, second.Outcome = request.Sequential, request.Hybrid
	got := CrossoverOf(request.Sequential, request.Hybrid, axis(t, request.OverWorkers), []float64{1, 2}, []result.Verdict{first, second})
	if got.Text.ES != "Hasta 1 trabajador gana el modo secuencial; por encima gana el modo híbrido." ||
		got.Text.EN != "Up to 1 worker, sequential wins; above, the hybrid wins." {
		t.Errorf("%+v", got.Text)
	}
}
