package batch

import (
	"encoding/json"
	"os/exec"
	"reflect"
	"slices"
	"testing"
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
		{post("/api/process-batch/hybrid/", `{"filters":["blur"]}`), []string{Hybrid}},
		{post("/api/process-batch/threading-gil", `{}`), []string{ThreadingGIL}},
		{post("/api/process-batch/compare/", `{}`), []string{Sequential, Threading}},
		{post("/api/process-batch/compare-all/", `{}`), GuideMethods()},
		{post("/api/process-batch/compare-all/", `{"methods":["hybrid"]}`), []string{Hybrid}},
		{post("/api/process-batch/stress/", `{"count":20}`), []string{Multiprocessing}},
	}
	for _, tt := range tests {
		r, ok := tt.command.Request()
		if ok != (tt.want != nil) || !slices.Equal(r.Methods, tt.want) {
			t.Errorf("%+v: %v, %v; want %v", tt.command, r.Methods, ok, tt.want)
		}
	}
	lab := Lab{Limits: Limits{Count: 200, Workers: 8, Executions: 3000, Pixels: 1 << 25}, Pool: 2, Images: []string{"a.jpg"}, Exists: func(string) bool { return true }}
	runs := 0
	for _, step := range GuideLesson().Steps {
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
			spec, err := Parse(body, Endpoint{Methods: GuideMethods(), MethodsField: true}, lab)
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
			if _, err := Parse(alone, Endpoint{Methods: []string{Sequential}}, lab); err != nil {
				t.Errorf("in the browser %s: %v", alone, err)
			}
		}
	}
	if runs < 12 {
		t.Errorf("only %d of the lesson's commands run a batch", runs)
	}
}

func TestShellQuote(t *testing.T) {
	for s, want := range map[string]string{
		"plain-1.0/x": "plain-1.0/x",
		"":            "''",
		"two words":   "'two words'",
		"don't":       `'don'\''t'`,
		"$HOME`id`":   "'$HOME`id`'",
		"ñ":           "'ñ'",
	} {
		if got := ShellQuote(s); got != want {
			t.Errorf("ShellQuote(%q) = %s, want %s", s, got, want)
		}
	}
}

// TestShellReadsBackWhatWasQuoted asks a real shell.
func TestShellReadsBackWhatWasQuoted(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no POSIX shell on this system")
	}
	for _, s := range []string{`{"images":["it's a \"photo\".jpg"]}`, "a\nb", `\`, "'''", "$(x)", "*", "~", "!!",
		"", "a", "a b", "'", "''", `"$HOME" \ ` + "`id` !x", "ñ", "-n"} {
		out, err := exec.Command(sh, "-c", "printf %s "+ShellQuote(s)).Output()
		if err != nil || string(out) != s {
			t.Errorf("the shell read %q as %q (%v)", s, out, err)
		}
	}
}
