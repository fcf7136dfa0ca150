package main

import (
	"encoding/json"
	"errors"
	"flag"
	"image"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"carriles/cmd/host/internal/hosttest"
	"carriles/executor/microbench"
	"carriles/filters"
)

// benchmark runs `carriles bench` in a process of its own.
func benchmark(t *testing.T, args ...string) (code int, out, errOut string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], append([]string{benchSubcommand}, args...)...)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()
}

// smallPhoto writes a photograph of 320x240 pixels and gives its path. Times are
// told in whole microseconds, of which the fastest filter takes 20 on it; on one
// of 64x48 it took 1, and on a faster machine none.
func smallPhoto(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "small.jpg")
	if err := os.WriteFile(path, hosttest.Encoded(t, "jpeg", picture(320, 240, 3)), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestBench(t *testing.T) {
	path := smallPhoto(t)
	all := []string{"decode", "resize", "blur", "brightness", "sharpen", "edges", "encode"}
	for _, tt := range []struct {
		engine, simd string
		lacks        []string
	}{{filters.NativeName, filters.SIMD(), nil}, {filters.BildName, "none", []string{"edges"}}} {
		code, out, errOut := benchmark(t, "-json", "-runs", "1", "-engine", tt.engine, path)
		if code != 0 || errOut != "" {
			t.Fatalf("%s: code %d, %s", tt.engine, code, errOut)
		}
		var o object
		if err := json.Unmarshal([]byte(out), &o); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		o.has(t, "", "s:image n:width n:height n:threads s:simd s:engine n:runs o:ms o:spread_ms s:version s:go_version")
		if o.text("image") != path || o.number("width") != 320 || o.number("height") != 240 || o.number("threads") != 1 ||
			o.number("runs") != 1 || o.text("engine") != tt.engine || o.text("simd") != tt.simd {
			t.Errorf("%s: %v", tt.engine, o)
		}
		ms := o.at("ms").(map[string]any)
		if len(ms)+len(tt.lacks) != len(all) || len(o.list("lacks")) != len(tt.lacks) {
			t.Errorf("%s: %v, lacks %v", tt.engine, ms, o.at("lacks"))
		}
		for _, name := range all {
			_, measured := ms[name]
			if measured == slices.Contains(tt.lacks, name) {
				t.Errorf("%s: %s is measured: %t", tt.engine, name, measured)
			}
			if measured && (o.number("spread_ms."+name+".median") != o.number("ms."+name) || o.number("ms."+name) <= 0) {
				t.Errorf("%s: %s takes %v ms, %v", tt.engine, name, ms[name], o.at("spread_ms."+name))
			}
		}
	}
}

func TestBenchTable(t *testing.T) {
	code, out, errOut := benchmark(t, "-runs", "2", "-engine", "bild", smallPhoto(t))
	if code != 0 || errOut != "" {
		t.Fatalf("code %d, %s", code, errOut)
	}
	for _, want := range []string{"320x240, engine bild", "1 thread, 2 runs", "median", "decode ", "sharpen ", "encode ", "the engine bild has no edges"} {
		if !strings.Contains(out, want) {
			t.Errorf("the table lacks %q:\n%s", want, out)
		}
	}
}

func TestBenchRefuses(t *testing.T) {
	photo := smallPhoto(t)
	dir := t.TempDir()
	text, cut := filepath.Join(dir, "text.jpg"), filepath.Join(dir, "cut.jpg")
	whole, err := os.ReadFile(photo)
	if err != nil {
		t.Fatal(err)
	}
	for path, data := range map[string][]byte{text: []byte("not an image"), cut: whole[:len(whole)-30]} {
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		args []string
		want string
	}{
		{nil, "one image"},
		{[]string{photo, photo}, "one image"},
		{[]string{photo, "-json"}, "after the flags"},
		{[]string{filepath.Join(dir, "none.jpg")}, "none.jpg"},
		{[]string{dir}, "directory"},
		{[]string{text}, "text.jpg: neither JPEG nor PNG nor GIF"},
		{[]string{cut}, "cut.jpg: corrupt jpeg"},
		{[]string{"-engine", "abacus", photo}, `unknown engine "abacus": there are ["native" "scalar" "bild"]`},
		{[]string{"-runs", "0", photo}, "-runs must be 1 to 1000"},
		{[]string{"-runs", "1001", photo}, "-runs must be 1 to 1000"},
		{[]string{"-runs", "many", photo}, "many"},
		{[]string{"-nonsense", photo}, "nonsense"},
	} {
		code, out, errOut := benchmark(t, tt.args...)
		if code != 2 || out != "" || !strings.Contains(errOut, tt.want) {
			t.Errorf("%q: code %d, %q, %q; want 2 and %q", tt.args, code, out, errOut, tt.want)
		}
	}
}

func TestBenchFlags(t *testing.T) {
	t.Setenv("CARRILES_BENCH_RUNS", "3")
	t.Setenv("CARRILES_BENCH_ENGINE", "bild")
	c, err := parseBench([]string{"-engine", "native", "x.jpg"}, io.Discard)
	if err != nil || c.Runs != 3 || c.Engine.Name != filters.NativeName || c.Image != "x.jpg" || c.JSON {
		t.Errorf("%+v, %v", c, err)
	}
	var help strings.Builder
	if _, err := parseBench([]string{"-help"}, &help); !errors.Is(err, flag.ErrHelp) || !strings.Contains(help.String(), "-runs") {
		t.Errorf("help: %v, %q", err, help.String())
	}
}

// One thread is what the figures are said to be of: bild would take them all.
func TestBenchOnOneThread(t *testing.T) {
	defer runtime.SetDefaultGOMAXPROCS()
	runtime.GOMAXPROCS(4)
	var seen []int
	engine := filters.Engine{Name: "counting", Kernel: func(f filters.Filter) filters.Kernel {
		if f.Name != "blur" {
			return nil
		}
		return func(_, _ *image.NRGBA, _ filters.Values, _ *filters.Scratch) {
			seen = append(seen, runtime.GOMAXPROCS(0))
		}
	}}
	photo, err := microbench.Open(hosttest.Encoded(t, "png", picture(8, 8, 1)), engine)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (benchConfig{Engine: engine, Runs: 3}).measure(photo); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(seen, slices.Repeat([]int{1}, benchWarmup+3)) {
		t.Errorf("the runs saw GOMAXPROCS %v", seen)
	}
	if got := runtime.GOMAXPROCS(0); got != 4 {
		t.Errorf("GOMAXPROCS is %d afterwards, it was 4", got)
	}
}

func TestExitCodes(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want int
	}{{nil, 0}, {flag.ErrHelp, 0}, {&inputError{io.EOF}, 2}, {io.EOF, 1}} {
		var out strings.Builder
		if got := exitCode(tt.err, &out); got != tt.want || (out.Len() == 0) != (tt.want == 0) {
			t.Errorf("%v: %d, %q; want %d", tt.err, got, out.String(), tt.want)
		}
	}
}
