package results

import (
	"slices"

	"carriles/executor/batch/result"
	"carriles/executor/trace"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/measure"
	"carriles/wasm/ui/widget"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// LaneSum is what one worker's lane adds up to: seconds in the order of
// draw.Stages.
type LaneSum struct {
	Worker    int
	ProcessID int
	Device    string
	Seconds   []float64
	Total     float64
	Ways      result.Ways // how they were spent
}

// LaneSums adds up a method's lanes by stage: the timeline for those who do not
// see it.
func LaneSums(t result.Timeline) []LaneSum {
	var sums []LaneSum
	for _, lane := range t.Lanes {
		sum := LaneSum{Worker: lane.Worker, ProcessID: lane.ProcessID, Device: lane.Device.Name, Seconds: make([]float64, len(stageOrder))}
		for _, s := range lane.Spans {
			if i := slices.Index(stageOrder, s.Stage); i >= 0 {
				sum.Seconds[i] += s.EndS - s.StartS
				sum.Total += s.EndS - s.StartS
			}
			sum.Ways.Gather(s.Ways)
		}
		sums = append(sums, sum)
	}
	return sums
}

// lanesTable says in figures what the lanes show. It is a view of its own, so
// that it is not built again with every clock that runs beside it.
type lanesTable struct {
	app.Compo
	Lang    i18n.Lang
	Methods []string
	Stages  []string
	Lines   *measure.Timelines
}

func (v *RaceView) renderTable() app.UI {
	if v.Lines == nil {
		return nil
	}
	var methods []string
	for _, r := range v.Rows {
		methods = append(methods, r.Method)
	}
	return &lanesTable{Lang: v.Lang, Methods: methods, Stages: StagesOf(v.Rows), Lines: v.Lines}
}

func (v *lanesTable) Render() app.UI {
	l := v.Lang
	laneScale := i18n.Scale{Unit: "ms", Factor: 1000, Decimals: 1}
	heads := []string{l.T("costs.method"), l.T("lane.title")}
	for _, stage := range v.Stages {
		heads = append(heads, i18n.StageTitle(l, stage))
	}
	heads = append(heads, l.T("lane.total"))
	ways := v.ways()
	for _, way := range ways {
		heads = append(heads, l.T("lane.way", l.In(result.WayTitle(way.String()))))
	}
	body := []app.UI{widget.Head(heads...)}
	for _, method := range v.Methods {
		line := v.Lines.Of(method)
		if line == nil {
			continue
		}
		for _, sum := range LaneSums(*line) {
			cells := []string{laneTitle(l, sum)}
			for i, stage := range stageOrder {
				if slices.Contains(v.Stages, stage) {
					cells = append(cells, laneScale.Write(l, sum.Seconds[i]))
				}
			}
			cells = append(cells, laneScale.Write(l, sum.Total))
			for _, way := range ways {
				cells = append(cells, i18n.Known(l, sum.Ways.Known(way), laneScale.Write(l, sum.Ways.In(way))))
			}
			body = append(body, widget.Row(i18n.MethodTitle(l, method), cells...).DataSet("testid", "lane-sum-"+method))
		}
	}
	return widget.Twin(l, l.T("lane.table"), "lanes-table", body)
}

// ways lists those in which any of the lanes spent time.
func (v *lanesTable) ways() (list []trace.Way) {
	for way := range trace.Way(trace.WayCount) {
		if slices.ContainsFunc(v.Methods, func(method string) bool {
			line := v.Lines.Of(method)
			return line != nil && slices.ContainsFunc(LaneSums(*line), func(s LaneSum) bool { return s.Ways.In(way) > 0 })
		}) {
			list = append(list, way)
		}
	}
	return list
}

// laneTitle names a lane: a Web Worker has no process of its own.
func laneTitle(l i18n.Lang, s LaneSum) string {
	if s.Device != "" {
		return l.T("lane.device.of", s.Device, s.Worker+1)
	}
	if s.ProcessID == 0 {
		return l.T("lane.web.of", s.Worker+1)
	}
	return l.T("lane.worker.of", s.Worker+1, s.ProcessID)
}
