package lesson

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	"carriles/executor/batch/request"
)

// TestCommandsAsRuns holds what a command asks of the runs' endpoint against
// what its own endpoint would run.
func TestCommandsAsRuns(t *testing.T) {
	tests := []struct {
		command Command
		want    []string // methods; nil: it runs no batch
	}{
		{get("/api/health/"), nil},
		{Command{Shell: "ls"}, nil},
		{post("/api/images/", `{}`), nil},
		{post("/api/process-batch/gpu/", `{}`), nil},
		{post("/api/process-batch/compare/", `{`), nil},
		{post("/api/process-batch/hybrid/", `{"filters":["blur"]}`), []string{request.Hybrid}},
		{post("/api/process-batch/threading-gil", `{}`), []string{request.ThreadingGIL}},
		{post("/api/process-batch/compare/", `{}`), []string{request.Sequential, request.Threading}},
		{post("/api/process-batch/compare-all/", `{}`), request.GuideMethods()},
		{post("/api/process-batch/compare-all/", `{"methods":["hybrid"]}`), []string{request.Hybrid}},
		{post("/api/process-batch/stress/", `{"count":20}`), []string{request.Multiprocessing}},
	}
	for _, tt := range tests {
		r, ok := tt.command.Request()
		if ok != (tt.want != nil) || !slices.Equal(r.Methods, tt.want) {
			t.Errorf("%+v: %v, %v; want %v", tt.command, r.Methods, ok, tt.want)
		}
	}
	lab := request.Lab{Limits: request.Limits{Count: 200, Workers: 8, Executions: 3000, Pixels: 1 << 25}, Pool: 2, Images: []string{"a.jpg"}, Exists: func(string) bool { return true }}
	runs := 0
	for _, step := range Guide().Steps {
		for _, c := range step.Commands {
			r, ok := c.Request()
			if !ok {
				continue
			}
			runs++
			body, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			spec, err := request.Parse(body, request.Endpoint{Methods: request.GuideMethods(), MethodsField: true}, lab)
			if err != nil {
				t.Errorf("%s %s: %v", c.Path, c.Body, err)
				continue
			}
			// What is expected of the command is expected of the run.
			if got := Expect(spec); c.Expected != nil && !reflect.DeepEqual(got, c.Expected) && len(r.Methods) > 2 {
				t.Errorf("%s %s expects %+v, its run %+v", c.Path, c.Body, c.Expected, got)
			}
			alone, err := json.Marshal(r.InBrowser())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := request.Parse(alone, request.Endpoint{Methods: []string{request.Sequential}}, lab); err != nil {
				t.Errorf("in the browser %s: %v", alone, err)
			}
		}
	}
	if runs < 12 {
		t.Errorf("only %d of the lesson's commands run a batch", runs)
	}
}
