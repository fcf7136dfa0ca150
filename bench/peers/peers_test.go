package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"carriles/bench/report"
	"carriles/executor/batch/request"
	"carriles/executor/microbench"
	"carriles/filters"
)

// standIn makes the test binary behave as a script or a server with a fault.
const standIn = "CARRILES_BENCH_STAND_IN"

func TestMain(m *testing.M) {
	os.Setenv("GORACE", "atexit_sleep_ms=0") // a stand-in built with -race would end a second late
	switch os.Getenv(standIn) {
	case "":
		os.Exit(m.Run())
	case "echo": // a script that repeats what it is asked
		fmt.Println(`{"versions": {"Library": "1.2"}, "operations": ["blur"], "images": 4, "workers": 2}`)
		for {
			var line string
			if _, err := fmt.Scanln(&line); err != nil {
				os.Exit(0)
			}
			fmt.Printf("{\"asked\": %q}\n", line)
		}
	case "garbage":
		fmt.Println("Traceback (most recent call last):")
	case "fails":
		os.Exit(3)
	case "dies later":
		fmt.Println(`{}`)
	}
}

func TestInterleave(t *testing.T) {
	var order []string
	n := 0.0
	row, err := interleave("blur", 3,
		func() (float64, error) { n++; order = append(order, "ours"); return n, nil },
		func() (map[string]float64, error) {
			n++
			order = append(order, "theirs")
			return map[string]float64{"a": n, "b": 10 * n}, nil
		})
	// The first round, 1 and 2, does not count; then theirs begins.
	want := report.Row{Name: "blur", Ours: []float64{4, 5, 8}, Peers: map[string][]float64{"a": {3, 6, 7}, "b": {30, 60, 70}}}
	if err != nil || !reflect.DeepEqual(row, want) {
		t.Errorf("%+v, %v; want %+v", row, err, want)
	}
	if got := strings.Join(order, " "); got != "ours theirs theirs ours ours theirs theirs ours" {
		t.Errorf("the order is %s", got)
	}
}

func TestInterleaveFails(t *testing.T) {
	fault := errors.New("fault")
	for _, tt := range []struct {
		ours, theirs error
		want         string
	}{{fault, nil, "blur, ours: fault"}, {nil, fault, "blur, theirs: fault"}} {
		_, err := interleave("blur", 1,
			func() (float64, error) { return 1, tt.ours },
			func() (map[string]float64, error) { return nil, tt.theirs })
		if err == nil || err.Error() != tt.want || !errors.Is(err, fault) {
			t.Errorf("%v, want %s", err, tt.want)
		}
	}
}

func TestScript(t *testing.T) {
	t.Setenv(standIn, "echo")
	results := report.Results{Versions: map[string]string{}}
	s, err := config{python: os.Args[0]}.start(context.Background(), &results, "x.py")
	if err != nil {
		t.Fatal(err)
	}
	if want := (hello{map[string]string{"Library": "1.2"}, []string{"blur"}, 4, 2}); !reflect.DeepEqual(s.hello, want) {
		t.Errorf("hello %+v, want %+v", s.hello, want)
	}
	if results.Versions["Library"] != "1.2" {
		t.Errorf("versions %v", results.Versions)
	}
	for _, line := range []string{"one", "two"} {
		var answer struct{ Asked string }
		if err := s.ask(line, &answer); err != nil || answer.Asked != line {
			t.Errorf("%q was answered %q, %v", line, answer.Asked, err)
		}
	}
	if err := s.close(); err != nil {
		t.Error(err)
	}
}

// Which interpreter a script is for is told by its name.
func TestScriptsOfBothKinds(t *testing.T) {
	c := config{python: "python", node: "node", scripts: "there"}
	for name, want := range map[string]string{"x.py": "python -B there/x.py a", "x.mjs": "node there/x.mjs a"} {
		if got := strings.Join(c.command(context.Background(), name, "a").Args, " "); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
	_, err := config{node: filepath.Join(t.TempDir(), "node")}.start(context.Background(), &report.Results{}, "x.mjs")
	if err == nil || !strings.Contains(err.Error(), "apt-get install nodejs npm") {
		t.Error(err)
	}
}

func TestScriptFails(t *testing.T) {
	for fault, want := range map[string]string{"garbage": "Traceback", "fails": "exit status 3"} {
		t.Setenv(standIn, fault)
		_, err := config{python: os.Args[0]}.start(context.Background(), &report.Results{}, "x.py")
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "x.py") {
			t.Errorf("%s: %v", fault, err)
		}
	}
	t.Setenv(standIn, "dies later")
	s, err := config{python: os.Args[0]}.start(context.Background(), &report.Results{Versions: map[string]string{}}, "x.py")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.ask("blur", new(any)); err == nil || !strings.Contains(err.Error(), "x.py") {
		t.Errorf("dead: %v", err)
	}
	_ = s.close()
	for _, python := range []string{filepath.Join(t.TempDir(), "python3"), "no-such-python"} {
		_, err := config{python: python}.start(context.Background(), &report.Results{}, "x.py")
		if err == nil || !strings.Contains(err.Error(), "apt-get install python3 python3-opencv python3-pil") {
			t.Errorf("%s: %v", python, err)
		}
	}
}

func TestLabFails(t *testing.T) {
	t.Setenv(standIn, "fails")
	if _, err := startLab(context.Background(), os.Args[0], t.TempDir()); err == nil || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("a server that ends: %v", err)
	}
	t.Setenv(standIn, "garbage")
	if _, err := startLab(context.Background(), os.Args[0], t.TempDir()); err == nil || !strings.Contains(err.Error(), "Traceback") {
		t.Errorf("a server that greets otherwise: %v", err)
	}
}

// What the server would refuse or lack shows here, and not after minutes.
func TestBatchSteps(t *testing.T) {
	var names []string
	for _, s := range batchSteps() {
		names = append(names, s.Filter)
		f, ok := filters.Lookup(s.Filter)
		if !ok || len(s.Params) != len(f.Params) {
			t.Fatalf("%s has the parameters %v", s.Filter, s.Params)
		}
		for name, x := range s.Params {
			if p, ok := f.Param(name); !ok || !p.Allows(x) {
				t.Errorf("%s: %s %g", s.Filter, name, x)
			}
		}
	}
	var measured []string
	for _, s := range microbench.Steps() {
		measured = append(measured, s.Filter)
	}
	if !slices.Equal(names, measured) || len(request.GuideMethods()) != 3 {
		t.Errorf("batches of %q by %q, kernels %q", names, request.GuideMethods(), measured)
	}
}

func TestJudge(t *testing.T) {
	if err := judge("x", []byte{0, 10, 255}, []byte{0, 10, 255}); err != nil {
		t.Error(err)
	}
	var e *PixelsError
	for _, pair := range [][2][]byte{{{0, 10}, {5, 10}}, {{5, 10}, {0, 10}}} {
		if err := judge("x", pair[0], pair[1]); !errors.As(err, &e) || *e != (PixelsError{"x", 5}) {
			t.Errorf("%v", err)
		}
	}
	if err := judge("x", []byte{1}, []byte{1, 2}); err == nil {
		t.Error("images of unequal size were compared")
	}
}

func TestRunRefuses(t *testing.T) {
	good := config{binary: os.Args[0], rounds: 1, batchRounds: 1}
	noRounds, noBinary, noPart := good, good, good
	noRounds.batchRounds = 0
	noBinary.binary = filepath.Join(t.TempDir(), "carriles")
	noPart.only = "nonsense"
	t.Setenv(standIn, "garbage") // says more than one word when asked for its version
	for want, c := range map[string]config{"at least one": noRounds, "make build": noBinary, "nonsense": noPart} {
		if err := run(context.Background(), c, &strings.Builder{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
