package analysis

import (
	"cmp"
	"math"
	"slices"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/filters"
)

// What one core takes for a photograph of 3840 x 2160, in seconds: measured on one
// machine in November 2026, and only good for the first forecast of another. After
// that the machine's own runs tell (Pace).
const (
	reckonedPixels = 3840 * 2160
	reckonedDecode = 0.020
	reckonedEncode = 0.021
	reckonedStart  = 0.08 // of a worker process: memory that is touched for the first time
	reckonedLook   = 0.03 // at a distinct output, out of the clock
)

// reckonedFilter is by engine and filter.
var reckonedFilter = map[string]map[string]float64{
	filters.NativeName: {"resize": 0.025, "blur": 0.020, "brightness": 0.003, "sharpen": 0.007, "edges": 0.028},
	"scalar":           {"resize": 0.12, "blur": 0.12, "brightness": 0.02, "sharpen": 0.06, "edges": 0.12},
	"bild":             {"resize": 1.6, "blur": 0.8, "brightness": 0.03, "sharpen": 0.5, "edges": 2.0},
}

// reckonedUnknown is a filter that nobody has measured.
const reckonedUnknown = 0.02

// Reckon is about how many seconds a run takes from its start to its end where
// nobody has measured anything yet: its pictures are taken to be large photographs,
// the machine to be idle and to have so many cores (at least 1).
func Reckon(s request.Spec, cores int) float64 {
	if s.Sweep == nil {
		return reckonContest(s, cores)
	}
	sum := 0.0
	for _, p := range reckonPoints(s, cores) {
		sum += p
	}
	return sum
}

// reckonPoints are the points of a sweep.
func reckonPoints(s request.Spec, cores int) []float64 {
	axis, points := s.Sweep.Axis(), make([]float64, len(s.Sweep.Values))
	for i, v := range s.Sweep.Values {
		points[i] = reckonContest(axis.At(s, v), cores)
	}
	return points
}

func reckonContest(s request.Spec, cores int) float64 {
	whole, warmup, round := s, 0.0, 0.0
	for _, m := range s.Contestants() {
		s, shape := s.As(m), whole.Shape(m)
		picture := reckonPicture(s)
		lanes := min(shape.Lanes(), s.Count)
		at := max(1, min(lanes, shape.Processes*shape.MaxProcs, cores)) // at once
		if shape.Lock && !s.GIL.Releases(request.StageFilter) {
			at = 1
		}
		seconds := float64(s.Count) * picture / float64(at)
		// A lane waits for its images one after the other.
		each := math.Ceil(float64(s.Count) / float64(lanes))
		seconds = max(seconds, each*(picture+float64(s.LatencyMS)/1000))
		if s.Pool == request.Cold {
			seconds += reckonedStart * math.Ceil(float64(lanes)/float64(max(1, cores)))
		}
		round += seconds
		if slices.Contains(whole.InRound(0), m) {
			warmup += float64(whole.Warmup) * seconds
		}
	}
	all := warmup + float64(s.Rounds)*round + reckonedLook*float64(len(s.UsedImages()))
	if s.Auto != nil { // a round that has begun is gone through
		least := warmup + request.FewestRounds*round
		all = min(all, max(least, float64(s.Auto.BudgetS)+round/2))
	}
	return all
}

// reckonPicture is one picture through the chain on one core.
func reckonPicture(s request.Spec) float64 {
	seconds, w, h := reckonedDecode, 3840, 2160
	size := func() float64 { return float64(w) * float64(h) / reckonedPixels }
	for _, step := range s.Steps {
		f, ok := filters.Lookup(step.Filter)
		each, known := reckonedFilter[s.Engine][step.Filter]
		if !known {
			each = reckonedUnknown
		}
		// What is read costs, and sharpening is done so many times over.
		seconds += each * size() * max(1, step.Params["intensity"])
		if ok {
			w, h = f.Size(w, h, step.Params)
		}
	}
	return seconds + reckonedEncode*size()
}

// Where a forecast is from.
const (
	FromReckoning = "reckoning" // what such work took elsewhere
	FromHistory   = "history"   // earlier runs on this machine
	FromRun       = "run"       // how fast this run has gone so far
)

// paceRuns is how many of the newest runs tell the pace.
const paceRuns = 9

// Pace is how many times as long as reckoned the newest runs that are done took,
// their median; false without any. runs stand in any order.
func Pace(runs []result.RunView, cores int) (float64, bool) {
	runs = slices.DeleteFunc(slices.Clone(runs), func(v result.RunView) bool {
		return v.State != result.Done || v.Started == nil || v.Finished == nil || v.Spec.Chaos != nil ||
			v.Spec.Auto != nil && v.Finished.Sub(*v.Started).Seconds() >= float64(v.Spec.Auto.BudgetS)
	})
	slices.SortFunc(runs, func(a, b result.RunView) int { return cmp.Compare(b.Finished.UnixNano(), a.Finished.UnixNano()) })
	var ratios []float64
	for _, v := range runs[:min(len(runs), paceRuns)] {
		ratios = append(ratios, v.Finished.Sub(*v.Started).Seconds()/Reckon(v.Spec, cores))
	}
	pace := SpreadOf(ratios).Median
	return pace, pace > 0
}

// ForecastOf is how long a run takes. runs are those of before; elapsed is how many
// seconds it is under way, and p how far it is then: the more of it is done, the
// more its own pace counts.
func ForecastOf(s request.Spec, cores int, runs []result.RunView, elapsed float64, p result.Progress) result.Forecast {
	f := result.Forecast{From: FromReckoning, TotalS: Reckon(s, cores)}
	if pace, ok := Pace(runs, cores); ok {
		f.From, f.TotalS = FromHistory, pace*f.TotalS
	}
	if done := reckonDone(s, cores, p); done >= leastDone && elapsed > 0 {
		weight := min(1, 3*done)
		f.From, f.TotalS = FromRun, weight*elapsed/done+(1-weight)*f.TotalS
	}
	f.TotalS = max(f.TotalS, elapsed)
	f.LeftS = f.TotalS - elapsed
	return f
}

// leastDone is the part of a run that tells something of the rest.
const leastDone = 0.02

// reckonDone is the part of a run's time that is behind it, 0 to 1, as far as it is
// known beforehand what its parts take.
func reckonDone(s request.Spec, cores int, p result.Progress) float64 {
	if p.OverallTotal == 0 {
		return 0
	}
	if s.Sweep == nil || p.Point < 1 || p.Point > len(s.Sweep.Values) {
		return float64(p.Overall) / float64(p.OverallTotal)
	}
	each := float64(p.OverallTotal) / float64(len(s.Sweep.Values)) // executions of a point
	before, all := 0.0, 0.0
	for i, seconds := range reckonPoints(s, cores) {
		all += seconds
		switch {
		case i+1 < p.Point:
			before += seconds
		case i+1 == p.Point:
			before += seconds * min(1, max(0, float64(p.Overall)/each-float64(i)))
		}
	}
	return before / all
}
