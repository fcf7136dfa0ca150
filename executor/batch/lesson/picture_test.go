package lesson

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
)

// ran is a result of some methods: the first takes 1 s, the second 2 s, and so on.
func ran(s request.Spec, winner string, methods ...string) *result.Comparison {
	s.Methods = methods
	c := &result.Comparison{Spec: s, Results: map[string]*result.MethodResult{}}
	c.Performance.Winner = winner
	for i, name := range methods {
		c.Results[name] = &result.MethodResult{Method: name, Time: float64(1 + i)}
	}
	return c
}

func TestPicture(t *testing.T) {
	resize, sharpen := request.Spec{Steps: []request.Step{{Filter: "resize"}}, Source: "file", Count: 5}, request.Spec{Steps: []request.Step{{Filter: "sharpen"}}, Source: "file", Count: 5}
	slow := resize
	slow.Source, slow.Count = "http", 8
	tests := []struct {
		name string
		all  []Measured
		want []string
	}{
		{"one command", []Measured{{0, ran(resize, "", "sequential", "threading")}}, []string{"sequential", "threading"}},
		{"two that share nothing", []Measured{{0, ran(resize, "", "sequential")}, {1, ran(resize, "", "threading", "threading@pool=warm")}}, []string{"sequential", "threading", "threading@pool=warm"}},
		{"two of other batches", []Measured{{0, ran(slow, "", "sequential", "threading-gil")}, {1, ran(resize, "", "sequential")}},
			[]string{"sequential@source=http", "threading-gil", "sequential@source=file"}},
		{"of other filters", []Measured{{0, ran(sharpen, "", "threading@pool=warm")}, {1, ran(resize, "", "threading@pool=warm")}},
			[]string{"threading@pool=warm,filters=sharpen", "threading@pool=warm,filters=resize"}},
		{"the same once more", []Measured{{0, ran(resize, "", "hybrid")}, {1, ran(resize, "", "hybrid")}}, []string{"hybrid", "hybrid@n=2"}},
		{"a method without a result", []Measured{{0, &result.Comparison{Spec: request.Spec{Methods: []string{"hybrid"}}}}}, nil},
	}
	for _, tt := range tests {
		var got []string
		for _, lane := range Picture(tt.all) {
			got = append(got, lane.As)
			if lane.Result.Results[lane.Method] == nil || request.MethodOf(lane.As) != request.MethodOf(lane.Method) {
				t.Errorf("%s: %+v", tt.name, lane)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestTable fills a line of the guide's table, with Python measured and without.
func TestTable(t *testing.T) {
	table := guideTable()
	row := table.Rows[0]
	if c := row.Cells(nil, nil); c.Guide.ES != "" || c.Python.ES != "" || c.Met != "" || c.Filters != "resize → blur" {
		t.Errorf("before it is measured %+v", c)
	}
	methods := request.GuideMethods()
	for winner, want := range map[string]string{request.Threading: result.MetYes, request.Multiprocessing: result.MetNo, result.WinnerNone: result.MetOpen} {
		here := ran(request.Spec{}, winner, methods...)
		e := filesClaim()
		here.Performance.Expected = &e
		c := row.Cells(here, nil)
		if c.Met != want || !c.Elsewhere || c.Guide.EN != "Threads" || !strings.Contains(c.Python.EN, "resize: Sequential 0.48–0.64\u00a0s, Threads 0.33\u00a0s, Processes 0.36–0.39\u00a0s; blur: ") {
			t.Errorf("%s won: %+v", winner, c)
		}
		if !strings.HasSuffix(c.Here.ES, "Secuencial 1,00\u00a0s, Hilos 2,00\u00a0s, Procesos 3,00\u00a0s") || (winner == result.WinnerNone) != strings.HasPrefix(c.Here.ES, "Ninguno se distingue: ") {
			t.Errorf("%s won: %q", winner, c.Here.ES)
		}
		// One unit a cell, whatever the shortest is.
		mixed := ran(request.Spec{}, winner, methods...)
		mixed.Performance.Expected, mixed.Results[methods[0]].Time = &e, 0.05
		if c := row.Cells(mixed, nil); strings.Contains(strings.ReplaceAll(c.Here.EN, "\u00a0ms", ""), "\u00a0s") {
			t.Errorf("two units: %q", c.Here.EN)
		}
		python := ran(request.Spec{}, request.PythonThreading, request.PythonThreading, request.PythonMultiprocessing)
		if c := row.Cells(here, python); c.Elsewhere || !strings.HasPrefix(c.Python.EN, "Python threads: Python threads 1.00\u00a0s, ") {
			t.Errorf("with Python: %q", c.Python.EN)
		}
		if c := table.Rows[3].Cells(here, nil); c.Elsewhere || c.Python.EN != "no figures" {
			t.Errorf("a row without figures: %+v", c)
		}
	}
}

// TestLines names the timelines as the picture does, and keeps the images of the
// largest batch.
func TestLines(t *testing.T) {
	spec := request.Spec{Steps: []request.Step{{Filter: "resize"}}, Count: 1, Images: []string{"a.jpg"}}
	more := spec
	more.Count, more.Images = 2, []string{"a.jpg", "b.jpg"}
	picture := Picture([]Measured{{0, ran(spec, "", "sequential", "threading")}, {1, ran(more, "", "threading", "hybrid")}})
	lines, images := Lines(picture, func(m Measured) ([]result.Timeline, []string) {
		var its []result.Timeline
		for i, name := range m.Result.Spec.Methods[:2-m.Command] { // of one in the second there is none
			its = append(its, result.Timeline{Method: name, WallS: float64(10*m.Command + i)})
		}
		return its, m.Result.Spec.Images
	})
	var got []string
	for _, l := range lines {
		got = append(got, fmt.Sprint(l.Method, " ", l.WallS))
	}
	if want := []string{"sequential 0", "threading@count=1 1", "threading@count=2 10"}; !slices.Equal(got, want) || len(images) != 2 {
		t.Errorf("%q of %q, want %q", got, images, want)
	}
}
