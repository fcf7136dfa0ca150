package results

import (
	"slices"

	"carriles/executor/batch/result"
)

// LaneSum is what one worker's lane adds up to: seconds in the order of
// draw.Stages.
type LaneSum struct {
	Worker    int
	ProcessID int
	Seconds   []float64
	Total     float64
}

// LaneSums adds up a method's lanes by stage: the timeline for those who do not
// see it.
func LaneSums(t result.Timeline) []LaneSum {
	var sums []LaneSum
	for _, lane := range t.Lanes {
		sum := LaneSum{Worker: lane.Worker, ProcessID: lane.ProcessID, Seconds: make([]float64, len(stageOrder))}
		for _, s := range lane.Spans {
			if i := slices.Index(stageOrder, s.Stage); i >= 0 {
				sum.Seconds[i] += s.EndS - s.StartS
				sum.Total += s.EndS - s.StartS
			}
		}
		sums = append(sums, sum)
	}
	return sums
}
