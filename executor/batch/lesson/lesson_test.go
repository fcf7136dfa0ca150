package lesson

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
)

// lessonEndpoints are the paths that the lesson posts to, as the router has
// them.
func lessonEndpoints() map[string]request.Endpoint {
	return map[string]request.Endpoint{
		"/api/process-batch/sequential/":      {Methods: []string{request.Sequential}},
		"/api/process-batch/threading/":       {Methods: []string{request.Threading}},
		"/api/process-batch/multiprocessing/": {Methods: []string{request.Multiprocessing}},
		"/api/process-batch/compare/":         {Methods: []string{request.Sequential, request.Threading}},
		"/api/process-batch/compare-all/":     all,
		"/api/process-batch/stress/":          stress,
		"/api/process-batch/distributed/":     {Methods: []string{request.Distributed}},
	}
}

// Each request is one that its endpoint accepts, and what the lesson expects of
// it is what Expect says of the batch.
func TestGuideLessonCommands(t *testing.T) {
	used := map[string]bool{}
	var gets, shells []string
	for _, step := range Guide().Steps {
		for _, c := range step.Commands {
			switch {
			case c.Method == "GET" && c.Body+c.Shell == "" && c.Expected == nil:
				gets = append(gets, c.Path)
			case c.Shell != "" && reflect.DeepEqual(c, Command{Shell: c.Shell}):
				shells = append(shells, c.Shell)
			case c.Path == request.WaitsPath:
				if _, err := request.ParseWaits([]byte(c.Body), testLab()); err != nil {
					t.Errorf("%s: %s: %v", step.ID, c.Body, err)
				}
			case c.Method == "POST" && c.Shell == "":
				ep, ok := lessonEndpoints()[c.Path]
				if !ok {
					t.Fatalf("%s: no endpoint %s", step.ID, c.Path)
				}
				used[c.Path] = true
				spec, err := request.Parse([]byte(c.Body), ep, testLab())
				if err != nil {
					t.Errorf("%s: %s %s: %v", step.ID, c.Path, c.Body, err)
				} else if want := Expect(spec); !reflect.DeepEqual(c.Expected, want) {
					t.Errorf("%s: %s expects %+v, Expect says %+v", step.ID, c.Body, c.Expected, want)
				}
			default:
				t.Errorf("%s: neither a request nor a line for the shell: %+v", step.ID, c)
			}
		}
	}
	if len(used) != len(lessonEndpoints()) {
		t.Errorf("of the guide's endpoints only %v are used", used)
	}
	if !slices.Equal(gets, []string{"/api/health/", "/api/image/info/", "/api/topology/", "/api/workers/status/", "/api/metrics/"}) || !slices.Equal(shells, []string{"ls -la static/processed/"}) {
		t.Errorf("GET %q, shell %q", gets, shells)
	}
}

func TestGuideLessonHasTheGuidesBodies(t *testing.T) {
	var bodies []string
	for _, step := range Guide().Steps {
		for _, c := range step.Commands {
			bodies = append(bodies, c.Body)
		}
	}
	for _, name := range []string{"1-resize-blur", "2-sharpen", "3-resize-sharpen", "4-edges", "5-resize-blur-sharpen"} {
		if body := strings.TrimSuffix(guideBody(t, name), "\n"); !slices.Contains(bodies, body) {
			t.Errorf("the lesson has no command with %s word for word", name)
		}
	}
}

func TestGuideLessonTimes(t *testing.T) {
	g := Guide()
	minute, ids := 0, map[string]bool{}
	for _, step := range g.Steps {
		if step.FromMinute != minute || step.Minutes < 1 {
			t.Errorf("%s: from minute %d for %d, want from %d", step.ID, step.FromMinute, step.Minutes, minute)
		}
		if step.ID == "" || ids[step.ID] {
			t.Errorf("the name %q stands twice, or is none", step.ID)
		}
		minute += step.Minutes
		ids[step.ID] = true
	}
	if g.Minutes != 45 || minute != 45 {
		t.Errorf("%d minutes, the steps take %d", g.Minutes, minute)
	}
}

// Every sentence stands in both languages, and says different things in them.
func TestGuideLessonLanguages(t *testing.T) {
	texts := map[string]text.Text{"title": Guide().Title}
	for _, step := range Guide().Steps {
		texts[step.ID+" title"], texts[step.ID+" say"], texts[step.ID+" ask"] = step.Title, step.Say, step.Ask
		for i, o := range step.Outcomes {
			texts[fmt.Sprint(step.ID, " if ", i)], texts[fmt.Sprint(step.ID, " then ", i)] = o.If, o.Say
		}
		if step.Table != nil {
			texts[step.ID+" source"] = step.Table.Source
		}
		for _, c := range step.Commands {
			if c.Expected != nil {
				texts[step.ID+" claim "+c.Body] = c.Expected.Claim
				for _, winner := range append(request.GuideMethods(), result.WinnerNone) {
					met := c.Expected.Against(winner)
					texts[step.ID+" note "+met.Met+c.Body] = met.Note
				}
			}
		}
	}
	for where, text := range texts {
		if text.ES == "" || text.EN == "" || text.ES == text.EN || text.ES != strings.TrimSpace(text.ES) || text.EN != strings.TrimSpace(text.EN) {
			t.Errorf("%s: %+v", where, text)
		}
		if strings.HasSuffix(where, " ask") && (!strings.HasPrefix(text.ES, "¿") && !strings.Contains(text.ES, ", ¿") || !strings.HasSuffix(text.ES, "?") || !strings.HasSuffix(text.EN, "?")) {
			t.Errorf("%s is no question: %+v", where, text)
		}
	}
}

// TestGuideLessonOrder holds the order of the effects and what the class is to be
// asked: each step that measures says what each of its outcomes means, a table's rows
// and a turn's values are those of their commands.
func TestGuideLessonOrder(t *testing.T) {
	var order, asked []string
	for _, step := range Guide().Steps {
		order = append(order, fmt.Sprint(step.ID, " ", step.Minutes))
		measures := false
		for i, c := range step.Commands {
			_, batch := c.Request()
			measures = measures || batch && !c.Optional
			if c.Predict {
				asked = append(asked, fmt.Sprint(step.ID, "/", i))
				if !c.ComparesMethods() || c.Optional || c.Needs != "" {
					t.Errorf("%s/%d is asked, and has no winner everywhere", step.ID, i)
				}
			}
		}
		if measures && len(step.Outcomes) < 3 {
			t.Errorf("%s says of %d outcomes what they mean", step.ID, len(step.Outcomes))
		}
		if step.Table != nil {
			for _, row := range step.Table.Rows {
				here, python := step.Commands[row.Command], step.Commands[row.Python]
				if here.Expected == nil || python.Needs != NeedsPython || !strings.HasPrefix(python.Body, strings.TrimSuffix(here.Body, "}")) {
					t.Errorf("the row %s is of %+v and %+v", row.Title, here, python)
				}
				if r, _ := here.Request(); strings.Join(r.Filters, " → ") != row.Title {
					t.Errorf("the row %s is of %v", row.Title, r.Filters)
				}
			}
		}
		for _, turn := range step.Turns {
			for _, v := range turn.Values {
				r, ok := step.Commands[0].With(turn.Change(v)).Request()
				if !ok || turn.Over == request.OverIntensity && r.FilterParams["sharpen"]["intensity"] != float64(v) || turn.Over == request.OverWorkers && r.Workers != v {
					t.Errorf("%s %d makes %+v", turn.Over, v, r)
				}
			}
		}
	}
	if want := []string{"intro 2", "words 4", "waiting 6", "gil 7", "computing 8", "table 5", "turn 4", "costs 5", "tomorrow 4"}; !slices.Equal(order, want) {
		t.Errorf("%q", order)
	}
	if want := []string{"waiting/0", "gil/0", "computing/0"}; !slices.Equal(asked, want) {
		t.Errorf("asked %q", asked)
	}
}

// TestMayBeTurned holds what of a command can be turned in place.
func TestMayBeTurned(t *testing.T) {
	for body, want := range map[string][3]bool{
		guideSharpen:    {true, true, true},
		guideResizeBlur: {false, true, true},
		`{"methods": ["threading-gil"], "variants": [{"workers": 2}]}`: {false, true, false},
	} {
		intensity, rounds, workers := post("/api/process-batch/compare-all/", body).May()
		if got := [3]bool{intensity, rounds, workers}; got != want {
			t.Errorf("%s: %v, want %v", body, got, want)
		}
	}
	for _, c := range []Command{get("/api/health/"), {Shell: "ls"}, post("/api/process-batch/stress/", `{"count": 20}`)} {
		if _, rounds, _ := c.May(); rounds {
			t.Errorf("%+v may be turned", c)
		}
	}
}

func TestGuideLessonJSON(t *testing.T) {
	data, err := json.Marshal(Guide())
	if err != nil {
		t.Fatal(err)
	}
	var back Lesson
	if err := json.Unmarshal(data, &back); err != nil || !reflect.DeepEqual(back, Guide()) {
		t.Errorf("%v; there and back it is another lesson", err)
	}
	if strings.Contains(string(data), `"commands":null`) {
		t.Error("a step without commands has null for a list")
	}
}

func TestExpect(t *testing.T) {
	tests := []struct {
		name, body string
		ep         request.Endpoint
		want       string // the winner, empty for nothing
		note       string // part of the English note
	}{
		{"guide 1", guideBody(t, "1-resize-blur"), all, request.Threading, "Because they wait?"},
		{"guide 2", guideBody(t, "2-sharpen"), all, request.Multiprocessing, "The course's libraries do the same"},
		{"guide 3", guideBody(t, "3-resize-sharpen"), all, request.Multiprocessing, "OpenCV"},
		{"guide 4", guideBody(t, "4-edges"), all, request.Multiprocessing, "OpenCV"},
		{"guide 5", guideBody(t, "5-resize-blur-sharpen"), all, request.Multiprocessing, "OpenCV"},
		{"resize alone", `{"filters":["resize"]}`, all, request.Threading, "Pillow"},
		{"blur twice", `{"filters":["blur","blur"]}`, all, request.Threading, "Pillow"},
		{"edges after brightness", `{"filters":["brightness","edges"]}`, all, request.Multiprocessing, "OpenCV"},
		{"brightness alone", `{"filters":["brightness"]}`, all, "", ""},
		{"the default chain", ``, all, "", ""},
		{"from the slow server", `{"filters":["sharpen"],"source":"http"}`, all, request.Threading, "really waits"},
		{"brightness from the slow server", `{"filters":["brightness"],"source":"http"}`, all, request.Threading, "really waits"},
		{"under a GIL", `{"filters":["sharpen"],"methods":["threading-gil","multiprocessing"]}`, all, request.Multiprocessing, "the guide's reason holds"},
		{"with and without a GIL", `{"filters":["sharpen"],"methods":["threading","threading-gil","multiprocessing"]}`, all, request.Multiprocessing, "OpenCV"},
		{"the winner does not take part", `{"filters":["sharpen"],"methods":["sequential","threading"]}`, all, "", ""},
		{"threads do not take part", `{"filters":["blur"],"methods":["sequential","multiprocessing"]}`, all, "", ""},
		{"one method only", `{"filters":["blur"],"methods":["threading"]}`, all, "", ""},
		{"one method's endpoint", `{"filters":["blur"]}`, one, "", ""},
		{"stress", `{"filters":["sharpen"]}`, stress, "", ""},
	}
	for _, tt := range tests {
		spec, err := request.Parse([]byte(tt.body), tt.ep, testLab())
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		got := Expect(spec)
		switch {
		case tt.want == "" && got != nil:
			t.Errorf("%s: %+v, want nothing", tt.name, got)
		case tt.want != "" && (got == nil || got.Winner != tt.want || got.Met != "" || got.Note.EN != "" || !strings.Contains(got.Notes.Yes.EN+got.Notes.No.EN+got.Notes.Open.EN, tt.note)):
			t.Errorf("%s: %+v, want %s and %q", tt.name, got, tt.want, tt.note)
		}
	}
}
