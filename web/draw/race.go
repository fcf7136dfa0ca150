// Package draw lays what was measured out as the page's scripts draw it: the JSON
// that they are handed, for the page and for the report alike. web/check repeats
// these types for the scripts, and a test holds the two against one another.
//
// It is pure, and knows nothing of where it is drawn.
package draw

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
	"carriles/executor/trace"
)

// Stages lists where a worker's time goes, in the order of a task: what was lost
// with a worker and what it did without work come last.
func Stages() []string {
	var stages []string
	for s := trace.Spawn; s < trace.Idle; s++ {
		if stages = append(stages, s.String()); s == trace.Receive {
			stages = append(stages, trace.Fetch.String())
		}
	}
	return append(stages, trace.Lost.String(), trace.Idle.String())
}

// StageSeconds gives a worker's account in the order of Stages.
func StageSeconds(w result.WorkerAccount) []float64 {
	return []float64{w.SpawnS, w.ReceiveS, w.FetchS, w.Read, w.Decode, w.Filter, w.Encode, w.Write, w.SendS, w.LostS, w.IdleS}
}

// Segment is one stage's part of a bar.
type Segment struct {
	Stage   string
	Seconds float64
	Share   float64 // of the bar
}

// SegmentsOf sums up on what workers spent their time, in the order of Stages,
// without those that took none.
func SegmentsOf(workers []result.WorkerAccount) []Segment {
	stages, total := Stages(), 0.0
	sums := make([]float64, len(stages))
	for _, w := range workers {
		for i, s := range StageSeconds(w) {
			sums[i] += s
		}
	}
	for _, s := range sums {
		total += max(0, s)
	}
	var list []Segment
	for i, s := range sums {
		if s > 0 {
			list = append(list, Segment{Stage: stages[i], Seconds: s, Share: s / total})
		}
	}
	return list
}

// MainSegments are those of a hundredth or more, the largest first.
func MainSegments(all []Segment) []Segment {
	large := slices.DeleteFunc(slices.Clone(all), func(s Segment) bool { return s.Share < 0.01 })
	slices.SortStableFunc(large, func(a, b Segment) int { return cmp.Compare(b.Share, a.Share) })
	return large
}

// SharesText is a bar in words: "filtra 41 %, decodifica 30 %".
func SharesText(lang string, segments []Segment) string {
	parts := make([]string, len(segments))
	for i, s := range segments {
		parts[i] = result.StageTitle(s.Stage).In(lang) + " " + text.Percent(lang, s.Share)
	}
	return strings.Join(parts, ", ")
}

// Race is what lanes.js is handed of lanes that do not change any more.
type Race struct {
	Lang    string            `json:"lang"`
	Max     float64           `json:"max"` // seconds at the end of the axis
	Words   map[string]string `json:"words"`
	Stages  map[string]string `json:"stages"` // their titles
	Ways    map[string]string `json:"ways"`   // theirs
	Images  []string          `json:"images"` // of the batch, cycled over its tasks
	Methods []result.Timeline `json:"methods"`
}

// Growth is what lanes.js is handed, beside the events themselves, of a method's
// round that is being measured.
type Growth struct {
	Method string  `json:"method"`
	Now    float64 `json:"now"`    // seconds
	Moving bool    `json:"moving"` // the clock goes on
}

// spanWords say what a span is; lanes.js puts the values in.
var spanWords = map[string]text.Text{
	"image":   {ES: "imagen {n} ({name})", EN: "image {n} ({name})"},
	"attempt": {ES: "intento {n}", EN: "attempt {n}"},
	"cpu":     {ES: "con procesador {time}", EN: "on a processor {time}"},
	"from":    {ES: "desde {time}", EN: "from {time}"},
	"worker":  {ES: "trabajador {n}, proceso {pid}", EN: "worker {n}, process {pid}"},
	"device":  {ES: "{device}, carril {n}", EN: "{device}, lane {n}"},
	"clock":   {ES: "su reloj, ±{time}", EN: "its clock, ±{time}"},
	"web":     {ES: "Web Worker {n}", EN: "Web Worker {n}"},
}

// RaceOf lays lanes out in a language, on an axis that ends at so many seconds.
func RaceOf(lang string, end float64, images []string, lines []result.Timeline) Race {
	r := Race{Lang: lang, Max: end, Words: map[string]string{}, Stages: map[string]string{}, Ways: map[string]string{}, Images: []string{}, Methods: append([]result.Timeline{}, lines...)}
	for key, word := range spanWords {
		r.Words[key] = word.In(lang)
	}
	for _, stage := range Stages() {
		r.Stages[stage] = result.StageTitle(stage).In(lang)
	}
	for _, way := range result.WayNames() {
		r.Ways[way] = result.WayTitle(way).In(lang)
	}
	for _, name := range images {
		r.Images = append(r.Images, path.Base(name))
	}
	return r
}

// laneGap is the room between two lanes in pixels; tracks.js has the same.
const laneGap = 3

// TracksHeight is how high all lanes of a method are together, in pixels: many
// share the room.
func TracksHeight(lanes int) int {
	height := 6
	switch {
	case lanes <= 2:
		height = 20
	case lanes <= 4:
		height = 15
	case lanes <= 8:
		height = 10
	}
	return lanes*height + (lanes-1)*laneGap
}

// Axis is a scale from 0 to Max seconds, with ticks at round values.
type Axis struct {
	Max, Step float64
	Ticks     []float64
}

// AxisTo is an axis up to a time.
func AxisTo(end float64) Axis {
	if end <= 0 {
		end = 1 // nothing was measured
	}
	a := Axis{Max: end, Step: text.NiceStep(end / 4)}
	for i := 0; float64(i)*a.Step <= end*1.0001; i++ {
		a.Ticks = append(a.Ticks, float64(i)*a.Step)
	}
	return a
}

// At is a time's place on the axis, in percent.
func (a Axis) At(seconds float64) float64 { return 100 * seconds / a.Max }

// MethodOrder lists the methods of a result, the baseline first, then in the
// catalogue's order, those that the host does not know last. One from nothing stands
// behind what it is when it runs.
func MethodOrder[T any](results map[string]T) []string {
	var names, others []string
	has := func(name string) bool {
		_, ok := results[name]
		return ok
	}
	for _, m := range request.Methods() {
		if has(m.Name) {
			names = append(names, m.Name)
		}
	}
	for name := range results {
		if of, nothing := request.IsFromNothing(name); !slices.Contains(names, name) && !(nothing && has(of)) {
			others = append(others, name)
		}
	}
	slices.Sort(others)
	var all []string
	for _, name := range append(names, others...) {
		if all = append(all, name); has(request.FromNothing(name)) {
			all = append(all, request.FromNothing(name))
		}
	}
	return all
}

// MethodTitle is a method's name for a reader; one that the host does not know
// keeps its own.
func MethodTitle(lang, name string) string {
	if _, ok := request.LookupMethod(request.MethodOf(name)); ok {
		return request.Described(name).Title.In(lang)
	}
	return name
}

// Picture is what picture.js draws of a result, in the reader's words: all that it
// takes to be read without the page. It holds the lanes themselves: those that the
// page shows may be in the middle of being run again.
type Picture struct {
	File     string       `json:"file"`
	Settings string       `json:"settings"` // what was measured
	Title    string       `json:"title"`
	Lines    []string     `json:"lines"`
	Rows     []PictureRow `json:"rows"`
	Max      float64      `json:"max"` // seconds at the end of the axis
	Ticks    []Tick       `json:"ticks"`
	Legend   []Key        `json:"legend"`
	Foot     []string     `json:"foot"` // when, where, on what
}

// PictureRow is a method's.
type PictureRow struct {
	Method string         `json:"method"`
	Title  string         `json:"title"`
	Shape  string         `json:"shape"`
	Time   string         `json:"time"`
	Spread string         `json:"spread"`
	End    float64        `json:"end"`    // seconds; a bar of them where there are no lanes
	Height int            `json:"height"` // of the lanes, in pixels
	Lanes  []TimelineLane `json:"lanes"`
}

// Tick is a time beneath the lanes.
type Tick struct {
	At   float64 `json:"at"` // seconds
	Text string  `json:"text"`
}

// Key explains a colour or a hatching: a stage's name, or "waited", "locked".
type Key struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// Class is the style of its sample.
func (k Key) Class() string {
	if slices.Contains(Stages(), k.Name) {
		return "stage-" + k.Name
	}
	return k.Name
}

// Legend explains what was drawn: its stages, and of lanes what hatches a stage, which
// the lock does where a method has one.
func Legend(lang string, drawn func(stage string) bool, lanes, lock bool) []Key {
	var keys []Key
	for _, stage := range Stages() {
		if drawn(stage) {
			keys = append(keys, Key{Name: stage, Text: result.StageTitle(stage).In(lang)})
		}
	}
	if lanes {
		without := text.Text{ES: "dentro de una etapa, la parte sin procesador", EN: "within a stage, the part without a processor"}
		keys = append(keys, Key{Name: "waited", Text: without.In(lang)})
	}
	if lanes && lock {
		keys = append(keys, Key{Name: "locked", Text: result.WayTitle(trace.Locked.String()).In(lang)})
	}
	return keys
}

// TimelineLane is a worker's.
type TimelineLane = result.TimelineLane
