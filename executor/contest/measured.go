package contest

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"carriles/executor/analysis"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/crew"
	"carriles/executor/text"
)

// Sample is one round of one method, as it was measured.
type Sample struct {
	crew.Report
	// Outputs are the names of the outputs, by task; "" where there is none.
	Outputs []string
	// NotVerified says, by task, why an output could not be looked at.
	NotVerified map[int]text.Text
	// Digest is over the pixels of the outputs, as result.OutputDigest computes it:
	// empty if an image failed or was not verified.
	Digest string
	// Round and Order count from 1: the contest's rounds, and those of all methods as
	// they were run.
	Round, Order int
	StartedAt    time.Time // of the clock
	Beside       Beside
}

// Beside is what the machine did beside a round; nil is not known.
type Beside struct{ OtherCores, StolenCores *float64 }

// Measured is what the rounds of a contest have given. It is the same for
// processes, for Web Workers and for any other place; what a place does not tell
// (processor time, memory, process ids) is 0 or absent in what follows.
type Measured struct {
	Spec request.Spec // its methods are those that were measured
	// Shapes are those that the methods had.
	Shapes map[string]request.Shape
	// Warmup are the rounds that are in no figure, Samples those that count, by
	// contestant and in their order: the nth of each belong to one round, and
	// there is one at least.
	Warmup, Samples map[string][]Sample
	Order           [][]string // the methods of each round as they were run, warm-up first
	Stopped         string     // one of the reasons below if their number was left to the lab
}

// The reasons why an automatic number of rounds ended.
const (
	StoppedPrecise = "precision"
	StoppedBudget  = "budget"
	StoppedLimit   = "limit"
)

// Outputs are the names of the outputs that a contest leaves: those of each
// method's last round.
func (m Measured) Outputs() []string {
	var names []string
	for _, method := range m.Spec.Methods {
		names = append(names, m.Last(method).Outputs...)
	}
	return slices.DeleteFunc(names, func(name string) bool { return name == "" })
}

// Last is the method's last round.
func (m Measured) Last(method string) Sample {
	samples := m.Samples[method]
	return samples[len(samples)-1]
}

// Median is the round whose time is the median, the faster of the two in the
// middle of an even number: its accounts are real, not averaged.
func (m Measured) Median(method string) Sample {
	samples := m.Samples[method]
	sorted := make([]*Sample, len(samples))
	for i := range samples {
		sorted[i] = &samples[i]
	}
	slices.SortFunc(sorted, func(a, b *Sample) int { return cmp.Compare(a.Wall, b.Wall) })
	return *sorted[(len(sorted)-1)/2]
}

// secondsOf are the times of rounds.
func secondsOf(samples []Sample) []float64 {
	seconds := make([]float64, len(samples))
	for i, s := range samples {
		seconds[i] = s.Wall.Seconds()
	}
	return seconds
}

// pixelsEqual reports whether every counted round of every method gave the
// same pixels: ours among themselves and Python's among themselves, which are made
// by other libraries.
func (m Measured) pixelsEqual() bool {
	first := map[bool]string{}
	for method, samples := range m.Samples {
		python := request.Described(method).Python
		for _, s := range samples {
			if first[python] == "" {
				first[python] = s.Digest
			}
			if s.Digest == "" || s.Digest != first[python] {
				return false
			}
		}
	}
	return true
}

// Comparison puts the answer together: each method's result, with the accounts of
// its median round, and what package analysis says of them. cores are those that
// a run may use at once; 0 where nobody tells. What only the caller knows is left to it: the
// outputs' paths, the rest of APIInfo, and what is expected of such a batch.
func (m Measured) Comparison(env result.Environment, cores int) *result.Comparison {
	spec := m.Spec
	c := &result.Comparison{
		TestInfo: result.TestInfo{
			ImagesCount: spec.Count, Filters: spec.FilterNames(),
			ThreadingWorkers: spec.Workers, MPWorkers: spec.Workers,
			Rounds: len(m.Samples[spec.Methods[0]]), Warmup: spec.Warmup, Stopped: m.Stopped, Order: m.Order,
		},
		Results:     map[string]*result.MethodResult{},
		Unavailable: maps.Clone(spec.Unavailable),
		APIInfo:     result.APIInfo{ImagesUsed: slices.Clone(spec.UsedImages())},
		Environment: env,
		Spec:        spec,
	}
	for _, method := range spec.Methods {
		r := m.method(method, env, cores)
		lines := func(name string) {
			c.Timelines = append(c.Timelines, timelineOf(name, m.Median(name).Report, spec.FilterNames()))
		}
		lines(method)
		if nothing := request.FromNothing(method); len(m.Samples[nothing]) > 0 {
			r.Beside(*m.method(nothing, env, cores))
			lines(nothing)
		}
		c.Results[method] = r
	}
	c.Performance = analysis.Judge(spec.Methods, c.Results, env)
	c.Performance.PixelsEqual = m.pixelsEqual()
	return c
}
