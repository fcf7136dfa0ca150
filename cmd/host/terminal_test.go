package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"image/png"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"carriles/cmd/host/internal/hosttest"
	"carriles/executor/batch/result"
)

// once is "carriles run" on the small photographs, as a program of its own.
func once(t *testing.T, args ...string) (cmd *exec.Cmd, dir string, out, errOut *hosttest.Log) {
	t.Helper()
	dir, out, errOut = answersFolder(t), &hosttest.Log{}, &hosttest.Log{}
	command, _ := workers(t)
	cmd = exec.Command(command[0], append([]string{runSubcommand}, append(args, "-static", dir)...)...)
	cmd.Stdout, cmd.Stderr = out, errOut
	return cmd, dir, out, errOut
}

// A run from a terminal: its table, its JSON and its CSV are those of the server, its exit
// code says whether all went well, and what is no request is told as a server tells it.
func TestRunFromATerminal(t *testing.T) {
	const chain = `"filters":["sharpen"],"count":2,"workers":2`
	for _, tt := range []struct {
		name  string
		args  []string
		code  int
		check func(t *testing.T, out, errOut string)
	}{
		{"a table", []string{`{` + chain + `,"methods":["sequential","threading"],"rounds":3,"pool":"warm"}`, "-lang", "en"}, 0, func(t *testing.T, out, _ string) {
			lines := strings.Split(out, "\n")
			if !strings.Contains(lines[0], "mean ± sd") || !strings.Contains(lines[1], "Sequential") || !strings.Contains(lines[2], "Threads") ||
				strings.Count(out, " ± ") != 3 || strings.Count(out, " … ") != 3 || !strings.Contains(lines[2], "×") || !strings.HasSuffix(strings.TrimSpace(lines[4]), ".") {
				t.Errorf("%s", out)
			}
		}},
		{"JSON of an image that breaks off", []string{"-json", "-lang", "es", `{` + chain + `,"methods":["sequential"],"images":["a.jpg","uploads/broken.jpg"]}`}, 1, func(t *testing.T, out, errOut string) {
			var v result.RunView
			if err := json.Unmarshal([]byte(out), &v); err != nil || v.State != result.Done || v.Result.Results["sequential"].SuccessCount != 1 {
				t.Errorf("%v: %s", err, out)
			}
			if !strings.Contains(errOut, "imágenes que fallaron: 1") {
				t.Error(errOut)
			}
		}},
		{"CSV of a sweep", []string{"-csv", `{` + chain + `,"methods":["threading"],"over":"workers","values":[1,2],"rounds":2,"warmup":0}`}, 0, func(t *testing.T, out, _ string) {
			rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
			if err != nil || len(rows) != 5 || rows[0][0] != "run" || rows[1][4] != "threading" {
				t.Errorf("%v: %s", err, out)
			}
		}},
		{"no request", []string{`{"filtres":["blur"],"count":0}`, "-lang", "en"}, 2, func(t *testing.T, out, errOut string) {
			if out != "" || !strings.Contains(errOut, `"filtres"`) || !strings.Contains(errOut, `"count" cannot be 0`) || !strings.Contains(errOut, "a whole number from 1 to 200") {
				t.Errorf("%s%s", out, errOut)
			}
		}},
		{"no JSON", []string{`{`}, 2, func(t *testing.T, out, errOut string) {
			if out != "" || !strings.HasPrefix(errOut, "carriles: ") {
				t.Errorf("%s%s", out, errOut)
			}
		}},
		{"two requests", []string{`{}`, `{}`}, 2, func(t *testing.T, out, errOut string) {}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cmd, dir, out, errOut := once(t, tt.args...)
			if err := cmd.Run(); cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != tt.code {
				t.Fatalf("%v, want %d: %s %s", err, tt.code, out, errOut)
			}
			tt.check(t, out.String(), errOut.String())
			leavesNothing(t, dir)
		})
	}
}

// leavesNothing checks that no unfinished output is below a static folder.
func leavesNothing(t *testing.T, dir string) {
	t.Helper()
	for _, folder := range []string{".work", ".pending"} {
		err := fs.WalkDir(os.DirFS(dir), folder, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				t.Errorf("%s is left", path)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// What is measured is told in both languages: the round, the image, and where a sweep
// stands.
func TestProgressIsTold(t *testing.T) {
	for _, tt := range []struct {
		of     result.Progress
		es, en string
	}{
		{result.Progress{}, "preparando", "preparing"},
		{result.Progress{Phase: result.PhaseCeiling}, "lo que dan los núcleos", "what the cores give"},
		{result.Progress{Phase: result.PhaseTimed, Method: "threading", Round: 2, Rounds: 6, Done: 3, Total: 8},
			"Hilos · ronda 2 de 6 · imagen 3 de 8", "Threads · round 2 of 6 · image 3 of 8"},
		{result.Progress{Phase: result.PhaseWarmup, Method: "sequential", Round: 1, Rounds: 6, Total: 8, Point: 2, Points: 3},
			"2/3 · Secuencial · ronda 1 de 6 · imagen 0 de 8 · calentamiento", "2/3 · Sequential · round 1 of 6 · image 0 of 8 · warm-up"},
		{result.Progress{Phase: result.PhaseVerify}, "comprobando los píxeles, fuera del tiempo medido", "checking the pixels, outside the measured time"},
	} {
		if got := progressText(tt.of); got.ES != tt.es || got.EN != tt.en {
			t.Errorf("%+v: %+v", tt.of, got)
		}
	}
	var terminal, file bytes.Buffer
	on, in := progressLine{w: &terminal, terminal: true}, progressLine{w: &file}
	for _, p := range []*progressLine{&on, &in} {
		p.tell("1", "a")
		p.tell("1", "b")
		p.tell("2", "c")
		p.end()
	}
	if terminal.String() != "\r\x1b[Ka\r\x1b[Kb\r\x1b[Kc\r\x1b[K" || file.String() != "a\nc\n" {
		t.Errorf("%q %q", terminal.String(), file.String())
	}
}

// Ctrl-C ends a run as it ends a server: nothing is left of it.
func TestRunIsInterrupted(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no signal there")
	}
	cmd, dir, out, errOut := once(t, `{"filters":["brightness"],"count":4,"workers":4,"rounds":50,"warmup":0,"methods":["threading"],"source":"http","latency_ms":1000}`, "-lang", "en")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it is under way", func() bool { return strings.Contains(errOut.String(), "round 1 of 50") })
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // with the code
	if code := cmd.ProcessState.ExitCode(); code != interrupted || out.String() != "" || !strings.Contains(errOut.String(), "the run was cancelled") {
		t.Errorf("%d: %s%s", code, out, errOut)
	}
	leavesNothing(t, dir)
	if left, err := os.ReadDir(filepath.Join(dir, "processed")); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
}

// The notebook draws a comparison and a sweep, where Python has what it needs.
func TestNotebook(t *testing.T) {
	python := ""
	for _, path := range []string{"/usr/bin/python3", "python3"} {
		if python == "" && exec.Command(path, "-c", "import pandas, matplotlib.pyplot").Run() == nil {
			python = path
		}
	}
	if python == "" {
		t.Skip("no python3 with pandas and matplotlib: the notebook was not run (Debian: apt-get install python3-pandas python3-matplotlib)")
	}
	dir := t.TempDir()
	pictures := dir
	if to := os.Getenv("CARRILES_NOTEBOOK"); to != "" { // to be looked at
		pictures = to
	}
	var files []string
	for name, body := range map[string]string{
		"race":  `{"filters":["sharpen"],"count":2,"workers":2,"rounds":3}`,
		"curve": `{"filters":["sharpen"],"count":2,"rounds":2,"methods":["sequential","threading"],"over":"workers","values":[1,2,3]}`,
		"other": `{"filters":["sharpen"],"count":1,"rounds":2,"methods":["sequential","threading"],"over":"intensity","values":[1,3]}`,
	} {
		cmd, _, out, errOut := once(t, body, "-csv")
		if err := cmd.Run(); err != nil {
			t.Fatalf("%v: %s", err, errOut)
		}
		files = append(files, filepath.Join(dir, name+".csv"))
		if err := os.WriteFile(files[len(files)-1], []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	said, err := exec.Command(python, append([]string{"../../docs/notebook.py", "-o", pictures, "-l", "en"}, files...)...).CombinedOutput()
	drawn := strings.Fields(string(said))
	if err != nil || len(drawn) != 4 {
		t.Fatalf("%v: %s", err, said)
	}
	for _, kind := range []string{"-race.png", "-speedup.png", "-curve.png"} {
		if !slices.ContainsFunc(drawn, func(name string) bool { return strings.HasSuffix(name, kind) }) {
			t.Errorf("no %s among %q", kind, drawn)
		}
	}
	for _, name := range drawn {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if m, err := png.Decode(bytes.NewReader(data)); err != nil || m.Bounds().Dx() < 500 {
			t.Errorf("%s: %v", name, err)
		}
	}
}
