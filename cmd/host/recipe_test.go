package main

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"carriles/cmd/host/internal/hosttest"
)

// TestTheRecipeOfAFilter adds a filter to a copy of the module as CONTRIBUTING
// tells it: it compiles, is held to its own definition, appears in the catalogue
// and runs.
//
// testdata/recipe has the new folder, and in filter.diff what changes elsewhere:
// after each "--- file" pieces with "@@" between them, whose old text must be
// there exactly once.
func TestTheRecipeOfAFilter(t *testing.T) {
	dir := t.TempDir()
	copyModule(t, dir)
	if err := os.CopyFS(dir, os.DirFS("testdata/recipe")); err != nil {
		t.Fatal(err)
	}
	diff, err := os.ReadFile("testdata/recipe/filter.diff")
	if err != nil {
		t.Fatal(err)
	}
	told, err := os.ReadFile("../../CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	for change := range strings.SplitSeq(strings.TrimPrefix(string(diff), "--- "), "\n--- ") {
		name, pieces, _ := strings.Cut(change, "\n")
		if !strings.Contains(string(told), "`"+name+"`") {
			t.Errorf("CONTRIBUTING does not tell of %s", name)
		}
		apply(t, filepath.Join(dir, name), pieces)
	}
	built(t, dir, "test", "-trimpath", "-count=1", "-run", "TestContract|TestCatalogue|TestAgainstReference/solarize|TestAll", "./filters", "./filters/engines")
	bin := filepath.Join(dir, "carriles")
	built(t, dir, "build", "-trimpath", "-ldflags=-s -w", "-o", bin, "./cmd/host")

	grey := image.NewNRGBA(image.Rect(0, 0, 32, 16))
	for i := range grey.Pix {
		grey.Pix[i] = []uint8{200, 200, 200, 255}[i%4]
	}
	static := t.TempDir()
	if err := os.Mkdir(filepath.Join(static, "images"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(static, "images", "grey.png"), hosttest.Encoded(t, "png", grey), 0o644); err != nil {
		t.Fatal(err)
	}
	s := startCommand(t, exec.Command(bin, "serve", "-addr", "127.0.0.1:0", "-static", static), static, &hosttest.Log{})
	catalogue := s.json("GET", "/api/filters/", "", 200)
	if f := catalogue.list("filters"); len(f) != 6 || object(f[5].(map[string]any)).text("name") != "solarize" || catalogue.number("filters.5.params.0.max") != 256 {
		t.Errorf("the catalogue: %v", f)
	}
	// Asked plainly: this module's contract, to which the tests hold each request, does not know the filter.
	resp, err := http.Post(s.url+"/api/process-batch/sequential/", "application/json",
		strings.NewReader(`{"filters": ["solarize"], "filter_params": {"solarize": {"threshold": 100}}, "count": 1}`))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%d %s, %v", resp.StatusCode, answer, err)
	}
	outputs := s.files("processed")
	if len(outputs) != 1 {
		t.Fatalf("outputs %q of %s", outputs, answer)
	}
	data, err := os.ReadFile(filepath.Join(static, outputs[0]))
	if err != nil {
		t.Fatal(err)
	}
	out, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if c := color.GrayModel.Convert(out.At(16, 8)).(color.Gray); c.Y != 255-200 {
		t.Errorf("200 solarized from 100 on is %d, want 55", c.Y)
	}
}

// copyModule copies what a build of the host needs, and the filters' tests.
func copyModule(t *testing.T, dir string) {
	t.Helper()
	for _, name := range []string{"go.mod", "go.sum", ".ci/imports", "cmd", "executor", "filters", "wasm/promise", "wasm/ui", "web"} {
		err := filepath.WalkDir(filepath.Join("../..", name), func(path string, d os.DirEntry, err error) error {
			rel, _ := filepath.Rel("../..", path)
			switch {
			case err != nil:
				return err
			case d.IsDir() && (d.Name() == "testdata" || d.Name() == "node_modules"):
				return filepath.SkipDir
			case d.IsDir():
				return os.MkdirAll(filepath.Join(dir, rel), 0o755)
			case strings.HasSuffix(path, "_test.go") && !strings.HasPrefix(rel, "filters"):
				return nil
			}
			if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, rel)), 0o755); err != nil {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(dir, rel), data, 0o644)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// apply changes a file piece by piece.
func apply(t *testing.T, file, pieces string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	content := string(data)
	for piece := range strings.SplitSeq(pieces, "@@\n") {
		var before, after []string
		for line := range strings.Lines(piece) {
			switch line = strings.TrimSuffix(line, "\n"); (line + "?")[0] {
			case ' ':
				before, after = append(before, line[1:]), append(after, line[1:])
			case '-':
				before = append(before, line[1:])
			case '+':
				after = append(after, line[1:])
			default:
				t.Fatalf("%s: %q is no line of a change", file, line)
			}
		}
		old := strings.Join(before, "\n")
		if n := strings.Count(content, old); n != 1 {
			t.Fatalf("%s: it has %d times\n%s", file, n, old)
		}
		content = strings.Replace(content, old, strings.Join(after, "\n"), 1)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// built runs the go command in a folder, as make runs it, with what is there: it
// asks no network.
func built(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), "CGO_ENABLED=0", "GOEXPERIMENT=simd", "GOFLAGS=-mod=readonly", "GOPROXY=off", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	t.Logf("go %s: %v of processor", args[0], cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
}
