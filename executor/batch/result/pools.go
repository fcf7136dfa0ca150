package result

import (
	"maps"

	"carriles/executor/batch/request"
	"carriles/executor/trace"
)

// Figure is a method's time with one kind of pool, in seconds.
type Figure struct {
	Time    float64   `json:"time"` // median of Samples
	Samples []float64 `json:"samples" digits:"exact"`
	Spread  Spread    `json:"spread"`
	// Speedup is sequential's median over this one's, with the same kind of pool.
	Speedup float64 `json:"speedup,omitempty" digits:"ratio"`
	// Account is there where it is not the method's own.
	*Account
}

// Account is where the time of a Figure went, as the method's own fields of these
// names say it.
type Account struct {
	Rounds          []Round       `json:"rounds"`
	CPUUser         float64       `json:"cpu_user"`
	CPUSystem       float64       `json:"cpu_system"`
	ServerCPUTime   float64       `json:"server_cpu_time"`
	PeakMemoryBytes int64         `json:"peak_memory_bytes"`
	Stages          StageTimes    `json:"stages"`
	Overhead        Overhead      `json:"overhead"`
	AllFailed       int           `json:"all_failed"`
	WorkerDeaths    []string      `json:"worker_deaths,omitempty"`
	Chaos           []ChaosReport `json:"chaos,omitempty"`
}

// Starting is what a method takes longer from nothing than running, in seconds.
type Starting struct {
	// TotalS is the difference of the two medians, which the rounds' noise may make
	// negative.
	TotalS float64 `json:"total_s"`
	// SpawnS and TouchS are for how long a lane of the median round from nothing had
	// no worker, and touched memory for the first time (estimated), on average.
	SpawnS float64 `json:"spawn_s"`
	TouchS float64 `json:"touch_s"`
}

// Told notes the method's time as that of its pool.
func (r *MethodResult) Told() {
	own := &Figure{Time: r.Time, Samples: r.Samples, Spread: r.Spread}
	if r.Pool == request.Cold {
		r.FromNothing = own
	} else {
		r.Running = own
	}
}

// Beside notes what the same method gave from nothing in the same rounds.
func (r *MethodResult) Beside(cold MethodResult) {
	r.FromNothing = &Figure{Time: cold.Time, Samples: cold.Samples, Spread: cold.Spread, Account: &Account{
		Rounds: cold.Rounds, CPUUser: cold.CPUUser, CPUSystem: cold.CPUSystem, ServerCPUTime: cold.ServerCPUTime,
		PeakMemoryBytes: cold.PeakMemoryBytes, Stages: cold.Stages, Overhead: cold.Overhead,
		AllFailed: cold.AllFailed, WorkerDeaths: cold.WorkerDeaths, Chaos: cold.Chaos,
	}}
	s := &Starting{TotalS: cold.Time - r.Time}
	for _, w := range cold.Overhead.Workers {
		lanes := float64(len(cold.Overhead.Workers))
		s.SpawnS, s.TouchS = s.SpawnS+w.SpawnS/lanes, s.TouchS+w.In(trace.Touched)/lanes
	}
	r.Starting = s
}

// Contestants are the results of a comparison by who took turns: the methods, and
// those that were measured from nothing beside as request.FromNothing names them.
func Contestants(results map[string]*MethodResult) map[string]*MethodResult {
	all := maps.Clone(results)
	for name, r := range results {
		if r == nil {
			continue
		}
		if cold := r.AsFromNothing(); cold != nil {
			all[request.FromNothing(name)] = cold
		}
	}
	return all
}

// AsFromNothing is a method as it ran from nothing beside what it is; nil where it
// was not measured both ways.
func (r MethodResult) AsFromNothing() *MethodResult {
	f := r.FromNothing
	if f == nil || f.Account == nil {
		return nil
	}
	r.Method, r.Pool = request.FromNothing(r.Method), request.Cold
	r.Time, r.TotalTime, r.Samples, r.Spread, r.Speedup = f.Time, f.Time, f.Samples, f.Spread, f.Speedup
	r.Rounds, r.CPUUser, r.CPUSystem, r.CPUTime = f.Rounds, f.CPUUser, f.CPUSystem, f.CPUUser+f.CPUSystem
	r.ServerCPUTime, r.PeakMemoryBytes, r.Stages, r.Overhead = f.ServerCPUTime, f.PeakMemoryBytes, f.Stages, f.Overhead
	r.AllFailed, r.WorkerDeaths, r.Chaos = f.AllFailed, f.WorkerDeaths, f.Chaos
	if f.Time > 0 {
		r.AvgTimePerImage, r.Throughput = f.Time/float64(max(1, r.ProcessedCount)), float64(r.SuccessCount)/f.Time
	}
	r.OfCeiling, r.StageCPU, r.StageBound, r.Series, r.Results, r.Levels, r.Starting = 0, nil, nil, nil, nil, nil, nil
	return &r
}
