package class

import (
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"carriles/executor/batch/class"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
)

// The token outlives a restart, and nobody but the server's user may read it; one
// that is damaged is made anew.
func TestTokenIsKept(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, ".runs"), 0o755); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, ".runs", "class.json")
	var log strings.Builder
	token := func() string {
		t.Helper()
		got, err := Token(dir, slog.New(slog.NewTextHandler(&log, nil)))
		if err != nil || len(got) < MinToken {
			t.Fatalf("%q, %v", got, err)
		}
		if info, err := os.Stat(file); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
		return got
	}
	first := token()
	if token() != first {
		t.Error("a restart has changed it")
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if token() != first || log.Len() > 0 {
		t.Errorf("one that was copied has changed it: %s", log.String())
	}
	for _, damaged := range []string{"", "{}", `{"token":"short"}`, `{"token":"` + first, "\x00\xff"} {
		if err := os.WriteFile(file, []byte(damaged), 0o644); err != nil {
			t.Fatal(err)
		}
		log.Reset()
		if next := token(); next == first || token() != next || strings.Count(log.String(), "\n") != 1 || strings.Contains(log.String(), next) {
			t.Errorf("%q: %q after %q; the log: %s", damaged, next, first, log.String())
		}
	}
	if left, err := fs.Glob(os.DirFS(dir), ".runs/*.tmp"); err != nil || len(left) > 0 {
		t.Errorf("left over: %q, %v", left, err)
	}
	if err := os.RemoveAll(filepath.Join(dir, ".runs")); err != nil {
		t.Fatal(err)
	}
	if got, err := Token(dir, slog.New(slog.DiscardHandler)); err == nil {
		t.Errorf("%q, which is kept nowhere", got)
	}
}

// A restart in the middle of a question goes on with it: with what was predicted, and
// what is shown. Who is here comes again.
func TestAClassGoesOn(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, ".runs"), 0o755); err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	logger := slog.New(slog.NewTextHandler(&log, nil))
	open := func() *Room {
		t.Helper()
		token, err := Token(dir, logger)
		if err != nil {
			t.Fatal(err)
		}
		r := NewRoom(token, noQueue)
		if err := r.KeepIn(dir, logger); err != nil {
			t.Fatal(err)
		}
		return r
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	enter := func(r *Room) { must(r.Join(class.Join{Member: id(1), Device: "phone"}, home, "192.168.1.7")) }
	r := open()
	enter(r)
	must(r.Ask("computing", 0, request.Change{Rounds: 7}))
	number := r.View().Round.Number
	must(r.Predict(class.Prediction{Member: id(1), Round: number, Winner: "threading", Factor: 1.5}))
	r.Pause(true)
	r.Choose("192.168.1.7")
	r.Close()

	r = open()
	if v := r.View(); v.Step != "computing" || v.Round == nil || v.Round.Number != number || v.Round.Predictions != 1 || v.Round.Phase != class.RoundOpen || !v.Paused || v.Arrived != 1 || v.Members.All != 0 || len(v.Round.Request.Methods) != 3 || v.Round.Request.Rounds != 7 {
		t.Errorf("after a restart %+v", v)
	}
	if chosen, arrived := r.Arrivals(); chosen != "192.168.1.7" || arrived["192.168.1.7"] != 1 {
		t.Errorf("the address %s, arrived %v", chosen, arrived)
	}
	enter(r)
	must(r.Predict(class.Prediction{Member: id(1), Round: number, Winner: "none", Factor: 1})) // the same member's
	must(r.Measure("computing", 0, 0, "r7"))
	must(r.Reveal("r7", comparison(3, 1.5, 2)))
	want := r.View().Round.Reveal
	r.Close()
	r = open()
	if got := r.View(); !reflect.DeepEqual(got.Round.Reveal, want) || got.Shown == nil || got.Shown.RunID != "r7" || len(got.Runs) != 1 {
		t.Errorf("revealed %+v, want %+v", got.Round.Reveal, want)
	}
	must(r.Show("tomorrow"))
	r.Waits(&result.Waiting{Cores: 3})
	r.Close()
	r = open()
	if w := r.View().Waiting; w == nil || w.Cores != 3 {
		t.Errorf("what the requests that wait have given: %+v", w)
	}
	must(r.Show("computing"))
	r.Close()
	if log.Len() > 0 {
		t.Errorf("the log: %s", log.String())
	}

	// Your turn, with who has which value and what was measured.
	r = open()
	enter(r)
	must(r.Share("turn", request.OverWorkers, request.Change{Intensity: 2}))
	turn := r.View().Turn.Number
	if v, err := r.Take(class.Take{Member: id(1), Turn: turn, Value: 2}); v != 2 || err != nil {
		t.Errorf("taken %d, %v", v, err)
	}
	must(r.Measure("turn", 0, 2, "r8"))
	must(r.Point(2, "r8", valued(request.OverWorkers, 2)))
	whole := r.View().Turn
	r.Close()
	r = open()
	if got := r.View().Turn; !reflect.DeepEqual(got, whole) || got.Groups[1].Winner != request.Threading || got.Groups[1].Request.FilterParams["sharpen"]["intensity"] != 2 {
		t.Errorf("the turn %+v, want %+v", got, whole)
	}
	must(r.Ask("computing", 0, request.Change{}))
	must(r.Measure("computing", 0, 0, "r9"))
	r.Close()

	// Another version's lesson has not the step.
	file := filepath.Join(dir, ".runs", "class.json")
	data, err := os.ReadFile(file)
	must(err)
	must(os.WriteFile(file, []byte(strings.ReplaceAll(string(data), "computing", "gone")), 0o600))
	r = open()
	if v := r.View(); v.Step != "" || v.Round != nil || v.Shown != nil || strings.Count(log.String(), "\n") != 1 {
		t.Errorf("of another lesson %+v; the log: %s", v, log.String())
	}
	r.Close()
	if info, err := os.Stat(file); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}
