package analysis

import (
	"reflect"
	"testing"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
)

func TestStressOf(t *testing.T) {
	c := &result.Comparison{Spec: request.Spec{Methods: []string{request.Multiprocessing}, Rounds: 2}, Results: map[string]*result.MethodResult{request.Multiprocessing: {
		Method: request.Multiprocessing, Workers: 2, FiltersUsed: []string{"blur"}, AllImages: 40, AllFailed: 1,
		Samples: []float64{2, 6}, Time: 4, CPUTime: 6, Latency: result.Percentiles{P50: 0.25, P95: 0.5, P99: 1},
		PeakMemoryBytes: 7, Bound: "cpu", Stages: result.StageTimes{Read: 1},
		Results: []result.TaskResult{{OriginalPath: "/a"}, {OriginalPath: "/b", Error: "bad"}},
	}}}
	want := result.Stress{
		Results: result.StressResults{
			TotalTime: 8, ImagesProcessed: 40, SuccessCount: 39, ErrorCount: 1, SuccessRate: "97.5%",
			Throughput: "4.88 images/sec", AvgProcessingTime: 0.25, // 39 / 8 = 4.875
		},
		System: result.StressSystem{Method: request.Multiprocessing, Workers: 2, FiltersApplied: []string{"blur"}, Iterations: 2},
		Analysis: result.StressAnalysis{
			Latency: result.Percentiles{P50: 0.25, P95: 0.5, P99: 1}, ImagesPerSecond: 4.875, CoresBusy: 1.5, PeakMemoryBytes: 7,
			Bound: "cpu", IterationSeconds: []float64{2, 6}, Stages: result.StageTimes{Read: 1}, Errors: []string{"/b: bad"},
		},
	}
	if got := StressOf(c); !reflect.DeepEqual(got, want) {
		t.Errorf("\n got %+v\nwant %+v", got, want)
	}
	m := c.Results[request.Multiprocessing]
	m.AllFailed, m.Samples, m.Time = 0, []float64{0}, 0
	if got := StressOf(c).Results; got.SuccessRate != "100.0%" || got.Throughput != "0.00 images/sec" {
		t.Errorf("without time: %+v", got)
	}
}
