package lesson

import (
	"encoding/json"
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
	if !slices.Equal(gets, []string{"/api/health/", "/api/topology/"}) || !slices.Equal(shells, []string{"ls -la static/processed/"}) {
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
		{"guide 1", guideBody(t, "1-resize-blur"), all, request.Threading, "not because they wait"},
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
