package results

import (
	"encoding/json"
	"path"
	"slices"

	"carriles/executor/batch/result"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/measure"
)

// LaneSum is what one worker's lane adds up to: seconds in the order of
// stageOrder.
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

// drawing is what lanes.js draws; the page hands it over once.
type drawing struct {
	Lang    i18n.Lang         `json:"lang"`
	Max     float64           `json:"max"` // seconds at the end of the axis
	Words   map[string]string `json:"words"`
	Stages  map[string]string `json:"stages"`
	Images  []string          `json:"images"`
	Methods []drawnMethod     `json:"methods"`
}

type drawnMethod struct {
	Method string                `json:"method"`
	Lanes  []result.TimelineLane `json:"lanes"`
}

// leastIdle is the part of the axis below which a wait is not drawn: between
// two stages there always is one, too short to be seen or to stop at.
const leastIdle = 0.002

// Drawing is the race as lanes.js wants it, in JSON.
func Drawing(l i18n.Lang, t measure.Timelines, max float64) (string, error) {
	d := drawing{Lang: l, Max: max, Words: map[string]string{}, Stages: map[string]string{}, Images: []string{}, Methods: []drawnMethod{}}
	for _, word := range []string{"image", "attempt", "cpu", "from", "worker", "web"} {
		d.Words[word] = l.T("lane." + word)
	}
	for _, stage := range stageOrder {
		d.Stages[stage] = i18n.StageTitle(l, stage)
	}
	for _, name := range t.Images {
		d.Images = append(d.Images, path.Base(name))
	}
	for _, line := range t.Lines {
		m := drawnMethod{Method: line.Method}
		for _, lane := range line.Lanes {
			lane.Spans = slices.DeleteFunc(slices.Clone(lane.Spans), func(s result.TimelineSpan) bool {
				return s.Stage == "idle" && s.EndS-s.StartS < leastIdle*max
			})
			m.Lanes = append(m.Lanes, lane)
		}
		d.Methods = append(d.Methods, m)
	}
	data, err := json.Marshal(d)
	return string(data), err
}

// laneHeight is how high a lane is drawn, in pixels: many share the room.
func laneHeight(lanes int) int {
	switch {
	case lanes <= 2:
		return 20
	case lanes <= 4:
		return 15
	case lanes <= 8:
		return 10
	}
	return 6
}

// laneGap is the room between two lanes; lanes.js has the same.
const laneGap = 3

// tracksHeight is how high all lanes of a method are together.
func tracksHeight(lanes int) int { return lanes*laneHeight(lanes) + (lanes-1)*laneGap }
