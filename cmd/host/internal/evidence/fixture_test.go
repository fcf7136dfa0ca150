package evidence

import (
	"bytes"
	"errors"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/fault"
	"carriles/executor/text"
	"carriles/filters"
)

// The names that a photograph may have without being one's friend.
const (
	hostileTag     = `"><script>alert(1)</script>.jpg`
	hostileEnd     = `</script><img src=x onerror=alert(1)>.jpg`
	hostileFormula = `=HYPERLINK("http://x.test","ñ").jpg`
)

func at(second int) time.Time { return time.Date(2026, 11, 23, 9, 30, second, 0, time.UTC) }

func spec(methods ...string) request.Spec {
	return request.Spec{
		Steps: []request.Step{
			{Filter: "resize", Params: filters.Values{"width": 800, "height": 600}},
			{Filter: "blur", Params: filters.Values{"radius": 2.5}},
		},
		Images: []string{"niño ☂.jpg", hostileTag, hostileEnd, "cuatro.png"}, Count: 3,
		Workforce: request.Workforce{Workers: 2, Processes: 2, Threads: 2}, WorkersReason: text.Sprintf("2: los núcleos", "2: the cores"),
		Rounds: 3, Warmup: 1, Engine: "native", Pool: request.Cold, Source: request.SourceFile, Transport: request.TransportPath,
		Methods: methods,
	}
}

func environment() result.Environment {
	load := 0.25
	return result.Environment{
		Version: "v1", GoVersion: "go1.27.4", OS: "linux", Arch: "amd64", CPUModel: "A <CPU>", CoresFound: 4, CoresUsed: 2,
		CPUsAllowed: 4, CPUQuota: "none", CPUFeatures: []string{"avx2"}, SIMD: "avx2", Engine: "native", GOGC: "100",
		WorkerMemoryLimit: 1 << 30, LoadAverage: &load, PoolReason: text.Sprintf("2: los núcleos físicos", "2: the physical cores"),
	}
}

func number[T any](x T) *T { return &x }

// comparison is a run of two methods over three images; in the second one a
// process died and its image began again.
func comparison() result.RunView {
	s := spec(request.Sequential, request.Multiprocessing)
	results := func(pid int) []result.TaskResult {
		var list []result.TaskResult
		for i := range s.Count {
			list = append(list, result.TaskResult{
				OriginalPath: "/static/images/" + s.Image(i), ProcessedPath: "/static/processed/x.jpg",
				PreviewPath: "/static/previews/processed/x.jpg", FiltersApplied: s.FilterNames(),
				ProcessingTime: 0.3, FileSize: 1000, ProcessID: pid, Attempts: 1, Status: result.StatusSuccess,
			})
		}
		return list
	}
	account := func(worker, pid, tasks int, wall, spawn, lost, idle float64) result.WorkerAccount {
		rest := wall - spawn - lost - idle
		return result.WorkerAccount{
			Worker: worker, ProcessID: pid, Tasks: tasks, WallS: wall, SpawnS: spawn, LostS: lost, IdleS: idle,
			StageTimes:    result.StageTimes{Decode: rest / 2, Filter: rest / 2},
			FilterSeconds: []float64{rest / 4, rest / 4},
		}
	}
	sequential := &result.MethodResult{
		Method: request.Sequential, ProcessedCount: 3, SuccessCount: 3, FiltersUsed: s.FilterNames(),
		Time: 1, TotalTime: 1, AvgTimePerImage: 0.333, Throughput: 3, Speedup: 1, Workers: 1,
		Shape: request.Shape{Processes: 1, Goroutines: 1, MaxProcs: 1}, Pool: request.Cold, Engine: "native",
		OutputDigest: "0123456789abcdef", Samples: []float64{1, 1.25, 0.75},
		Spread:    result.Spread{Min: 0.75, Q1: 0.875, Median: 1, Q3: 1.125, Max: 1.25},
		AllImages: 9, Latency: result.Percentiles{P50: 0.3, P95: 0.31, P99: 0.32},
		CPUTime: 0.9, CPUUser: 0.8, CPUSystem: 0.1, PeakMemoryBytes: 96_000_000, Bound: "cpu",
		Stages:     result.StageTimes{Decode: 0.4, Filter: 0.4},
		StageCPU:   &result.StageTimes{Decode: 0.39, Filter: 0.4},
		StageBound: &result.StageBounds{Read: "unknown", Decode: "cpu", Filter: "cpu", Encode: "unknown", Write: "unknown"},
		Overhead: result.Overhead{
			Workers: []result.WorkerAccount{account(0, 700, 3, 1, 0.01, 0, 0.01)},
			Processes: []result.ProcessAccount{{
				ProcessID: 700, UserS: 0.8, SystemS: 0.1, VoluntarySwitches: number(int64(12)), InvoluntarySwitches: number(int64(3)),
				MinorFaults: number(int64(12345)), PeakMemoryBytes: 96_000_000, StartupSeconds: 0.01,
			}},
		},
		Results: results(700),
	}
	processes := *sequential
	processes.Method, processes.Workers, processes.Speedup, processes.Time = request.Multiprocessing, 2, 2, 0.5
	processes.Shape = request.Shape{Processes: 2, Goroutines: 1, MaxProcs: 1}
	processes.Samples = []float64{0.5, 0.625, 0.375}
	processes.Spread = result.Spread{Min: 0.375, Q1: 0.4375, Median: 0.5, Q3: 0.5625, Max: 0.625}
	processes.WorkerDeaths = []string{"process 801: killed"}
	processes.Overhead = result.Overhead{Workers: []result.WorkerAccount{
		account(0, 800, 2, 0.5, 0.02, 0, 0.01), account(1, 802, 1, 0.5, 0.02, 0.1, 0.2),
	}}
	processes.Results = results(800)
	return result.RunView{
		ID: "r1", State: result.Done, Created: at(0), Started: number(at(1)), Finished: number(at(9)), Spec: s,
		Result: &result.Comparison{
			TestInfo:    result.TestInfo{ImagesCount: 3, Filters: s.FilterNames(), Rounds: 3, Warmup: 1},
			Results:     map[string]*result.MethodResult{request.Sequential: sequential, request.Multiprocessing: &processes},
			Environment: environment(), Spec: s, Timelines: timelines(),
			APIInfo: result.APIInfo{TestDate: at(1), RunID: "r1"},
			Performance: result.Performance{
				Winner: request.Multiprocessing, PixelsEqual: true,
				Summary: text.Sprintf("Ganan los procesos: 2,00 veces la velocidad del modo secuencial.", "Processes win: 2.00 times as fast."),
				Caution: text.Sprintf("Ojo con el ruido.", "Mind the noise."),
				Verdicts: []result.Verdict{{
					A: request.Sequential, B: request.Multiprocessing, Ratio: 0.5, Low: 0.48, High: 0.52, Rounds: 3, Outcome: request.Multiprocessing,
					Text: text.Sprintf("Los procesos son más rápidos.", "Processes are faster."),
				}},
				Expected: &result.Expectation{
					Winner: request.Multiprocessing, Met: "yes", Claim: text.Sprintf("Sin GIL.", "No GIL."), Note: text.Sprintf("Con 2 núcleos.", "With 2 cores."),
				},
			},
		},
	}
}

// timelines are those of comparison. Ends meet where a worker goes on at once,
// at times that are no whole microseconds too.
func timelines() []result.Timeline {
	return []result.Timeline{
		{Method: request.Sequential, WallS: 1, Lanes: []result.TimelineLane{{Worker: 0, ProcessID: 700, Spans: []result.TimelineSpan{
			{Stage: "spawn", Task: -1, StartS: -0.0000001, EndS: 0.01},
			{Stage: "decode", Task: 0, Attempt: 1, StartS: 0.01, EndS: 0.2000004, CPUS: number(0.19)},
			{Stage: "filter", Filter: "resize", Task: 0, Attempt: 1, StartS: 0.2000004, EndS: 0.4000006, CPUS: number(0.05)},
			{Stage: "idle", Task: -1, StartS: 0.4000006, EndS: 1},
		}}}},
		{Method: request.Multiprocessing, WallS: 0.5, Lanes: []result.TimelineLane{
			{Worker: 0, ProcessID: 800, Spans: []result.TimelineSpan{
				{Stage: "decode", Task: 0, Attempt: 1, StartS: 0.02, EndS: 0.25},
				{Stage: "decode", Task: 1, Attempt: 2, StartS: 0.25, EndS: 0.5},
			}},
			{Worker: 1, ProcessID: 802, Spans: []result.TimelineSpan{
				{Stage: "lost", Task: -1, Attempt: 1, StartS: 0.02, EndS: 0.12},
				{Stage: "filter", Filter: "blur", Task: 2, Attempt: 1, StartS: 0.2, EndS: 0.4},
			}},
		}},
	}
}

// sweepRun is a sweep of two methods over three numbers of workers.
func sweepRun() result.RunView {
	view := comparison()
	view.Result = nil
	view.Spec.Sweep = &request.SweepPlan{Over: request.OverWorkers, Values: []float64{1, 2, 4}}
	s := &result.Sweep{
		Over: request.OverWorkers, Methods: view.Spec.Methods, PixelsEqual: true, Environment: environment(), Spec: view.Spec,
		Summary:    text.Sprintf("Los procesos ganan desde 2.", "Processes win from 2 on."),
		Caution:    text.Sprintf("Una ronda sola.", "One round alone."),
		Crossovers: []result.Crossover{{A: request.Multiprocessing, B: request.Sequential, Kind: "from", From: 2, Text: text.Sprintf("Desde 2 trabajadores.", "From 2 workers on.")}},
		Fits: map[string]result.ScalingFits{request.Multiprocessing: {
			Amdahl: &result.ScalingFit{Serial: 0.1, Limit: 10, Fitted: []float64{1, 1.8, 3.1}, Residuals: []float64{0, 0.2, -1.1}, R2: 0.8},
			Why:    text.Sprintf("Faltan puntos para la otra ley.", "The other law needs more points."),
		}},
	}
	for i, v := range view.Spec.Sweep.Values {
		seconds := []float64{1.2, 0.6, 0.6}[i]
		s.Points = append(s.Points, result.SweepPoint{Value: v, Winner: "none", Results: map[string]result.SweepResult{
			request.Sequential: {
				Time: 1, Samples: []float64{1, 1.5, 0.5}, Spread: result.Spread{Q1: 0.75, Median: 1, Q3: 1.25}, Throughput: 3, Speedup: 1,
				Workers: 1, CPUTime: 1, PeakMemoryBytes: 1e6, Bound: "cpu", OutputDigest: "0123",
			},
			request.Multiprocessing: {
				Time: seconds, Samples: []float64{seconds, 0.5, 0.5}, Spread: result.Spread{Q1: 0.5, Median: seconds, Q3: seconds},
				Workers: int(v), OutputDigest: "0123", FailedCount: i % 2,
			},
		}})
	}
	view.Sweep = s
	return view
}

// stressRun is a stress test in whose rounds a process was killed.
func stressRun() result.RunView {
	view := comparison()
	view.Spec.Methods, view.Spec.Sample, view.Spec.Chaos = []string{request.Multiprocessing}, true, &request.Chaos{KillAfter: 1}
	r := view.Result.Results[request.Multiprocessing]
	delete(view.Result.Results, request.Sequential)
	view.Result.Timelines = nil
	view.Result.Performance.Expected = nil
	r.AllImages, r.AllFailed = 9, 1
	r.Results[2].NotVerified = number(text.Sprintf("fue la máquina", "it was the machine"))
	r.Results[1].Status, r.Results[1].ErrorText = result.StatusError, number(text.Sprintf("no es una imagen", "not an image"))
	r.Chaos = []result.ChaosReport{{
		Round: 2, KilledAtS: 0.2, ProcessID: 801, TasksInFlight: 1, LostS: 0.1, WithoutS: 0.03,
		Text: text.Sprintf("El proceso 801 murió.", "Process 801 was killed."),
	}}
	for round := range 2 {
		for i := range 3 {
			r.Series = append(r.Series, result.Sampled{
				Round: round + 1, AtS: 0.2 * float64(i), CoresBusy: float64(i), Memory: int64(50e6 + 1e6*float64(i)), Processes: 2, Done: i,
			})
		}
	}
	return view
}

// failedRun is a run that gave nothing.
func failedRun() result.RunView {
	err := fault.Errorf(fault.CodeDiskFull, "el disco está lleno", "the disk is full")
	es, en := err.Body("es"), err.Body("en")
	return result.RunView{ID: "r2", State: result.Failed, Created: at(0), Spec: spec(request.Sequential), Error: &es, ErrorEN: &en}
}

// png is the smallest file that is taken for a picture.
var png = []byte("\x89PNG\x0D\x0A\x1A\x0A")

func allPictures(string) ([]byte, error) { return png, nil }

func noPictures(string) ([]byte, error) { return nil, errors.New("there is none") }

// fullDisk takes so many bytes and then fails.
type fullDisk struct{ left int }

var errFull = errors.New("full")

func (d *fullDisk) Write(p []byte) (int, error) {
	if d.left -= len(p); d.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func written(write func(*bytes.Buffer) error) (string, error) {
	var b bytes.Buffer
	err := write(&b)
	return b.String(), err
}
