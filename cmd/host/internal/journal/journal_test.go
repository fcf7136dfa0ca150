package journal

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"carriles/executor/batch/result"
)

// shelf is a journal in a folder of its own.
type shelf struct {
	*Journal
	t   *testing.T
	dir string
	log *bytes.Buffer
}

func open(t *testing.T, dir string) *shelf {
	t.Helper()
	s := &shelf{t: t, dir: dir, log: &bytes.Buffer{}}
	var err error
	if s.Journal, err = Open(dir, slog.New(slog.NewTextHandler(s.log, nil))); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Journal.Close() }) // some are closed already
	return s
}

// again is the journal as the next server finds it.
func (s *shelf) again() *shelf {
	s.t.Helper()
	if err := s.Journal.Close(); err != nil {
		s.t.Fatal(err)
	}
	return open(s.t, s.dir)
}

func (s *shelf) note(views ...result.RunView) {
	s.t.Helper()
	for _, v := range views {
		if err := s.Note(v); err != nil {
			s.t.Fatal(err)
		}
	}
}

// whole notes all that became of a run.
func (s *shelf) whole(v result.RunView) {
	s.t.Helper()
	s.note(queued(v.ID))
	if v.Started != nil {
		s.note(running(v.ID))
	}
	if v.State.Final() {
		s.note(v)
	}
}

func (s *shelf) path(name string) string { return filepath.Join(s.dir, folder, name) }

func (s *shelf) write(name, data string) {
	s.t.Helper()
	if err := os.WriteFile(s.path(name), []byte(data), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shelf) read(name string) string {
	s.t.Helper()
	data, err := os.ReadFile(s.path(name))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(data)
}

func (s *shelf) files() []string {
	s.t.Helper()
	entries, err := os.ReadDir(s.path("."))
	if err != nil {
		s.t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// is checks the runs of a journal.
func (s *shelf) is(want ...result.RunView) {
	s.t.Helper()
	if got := s.Runs(); len(got) != len(want) || len(got) > 0 && !reflect.DeepEqual(got, want) {
		s.t.Errorf("runs\n%+v\nwant\n%+v", got, want)
	}
}

// withResult is a run that is done, with figures.
func withResult(id string) result.RunView {
	v := done(id)
	v.Result = &result.Comparison{
		Results:   map[string]*result.MethodResult{"sequential": {Method: "sequential", Samples: []float64{0.1, 0.30000000000000004}}},
		Spec:      v.Spec,
		Timelines: []result.Timeline{{Method: "sequential", WallS: 0.5, Lanes: []result.TimelineLane{{Spans: []result.TimelineSpan{{Stage: "read", StartS: 0.1, EndS: 1.0 / 3}}}}}},
	}
	return v
}

func TestHistoryOutlivesTheServer(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "not", "there"))
	s.is()
	s.whole(withResult("d"))
	s.whole(failed("f"))
	s.whole(cancelled("c"))
	s.whole(queued("q"))
	s.whole(running("r"))
	want := []result.RunView{done("d"), failed("f"), cancelled("c"), queued("q"), running("r")}
	s.is(want...)
	for range 2 {
		s = s.again()
		s.is(want...)
		if s.log.Len() > 0 {
			t.Errorf("log: %s", s.log)
		}
		if !s.Done("d") || s.Done("f") || s.Done("r") || s.Done("nobody") {
			t.Error("which runs are done is not known")
		}
		if got, err := s.Result("d"); err != nil || !reflect.DeepEqual(got, withResult("d")) {
			t.Errorf("result %v\n%+v\nwant\n%+v", err, got, withResult("d"))
		}
		if info, err := os.Stat(s.path("d.json.gz")); err != nil || info.Size() != s.Size("d") || s.Size("f") != 0 {
			t.Errorf("size %d, %v", s.Size("d"), err)
		}
	}
	for _, id := range []string{"f", "nobody", "../d", ""} {
		if _, err := s.Result(id); err == nil {
			t.Errorf("%q has a result", id)
		}
	}
}

// What is remembered of a run keeps nothing of its result in memory: of 200 runs that
// would be hundreds of megabytes.
func TestNotedResultsAreFreed(t *testing.T) {
	s := open(t, t.TempDir())
	var left [3]weak.Pointer[result.Comparison]
	for i, id := range []string{"a", "b", "c"} {
		v := withResult(id)
		s.whole(v)
		left[i] = weak.Make(v.Result)
	}
	runtime.GC()
	for i, p := range left {
		if p.Value() != nil {
			t.Errorf("the result of run %d is still in memory", i)
		}
	}
	s.is(done("a"), done("b"), done("c"))
}

func TestSweepsAreResultsToo(t *testing.T) {
	s := open(t, t.TempDir())
	v := done("s")
	v.Sweep = &result.Sweep{Over: "workers", Methods: []string{"threading"}, Crossovers: []result.Crossover{{A: "threading", Kind: "from", From: 3}}, Spec: v.Spec}
	s.whole(v)
	if got, err := s.again().Result("s"); err != nil || !reflect.DeepEqual(got, v) {
		t.Errorf("%v\n%+v\nwant\n%+v", err, got, v)
	}
}

func TestForget(t *testing.T) {
	s := open(t, t.TempDir())
	s.whole(withResult("d"))
	s.whole(failed("f"))
	s.whole(withResult("e"))
	for _, v := range []result.RunView{done("d"), failed("f")} {
		if err := s.Forget(v); err != nil {
			t.Error(err)
		}
	}
	if err := s.Forget(done("d")); !errors.Is(err, errUnknownRun) {
		t.Errorf("a second time: %v", err)
	}
	s.is(done("e"))
	s = s.again()
	s.is(done("e"))
	if got := s.files(); !slices.Equal(got, []string{"e.json.gz", journalFile, "lock"}) {
		t.Errorf("files %q", got)
	}
	if s.Size("d") != 0 {
		t.Error("a forgotten result has a size")
	}
}

// What a server that died was doing is undone, but for a run whose whole result is
// there.
func TestLeftovers(t *testing.T) {
	s := open(t, t.TempDir())
	s.whole(withResult("d"))
	s.whole(running("r"))
	s.whole(running("q"))
	s.whole(withResult("gone"))
	result := s.read("gone.json.gz")
	if err := s.Forget(done("gone")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.save(withResult("r")); err != nil { // stored, but its line was not written
		t.Fatal(err)
	}
	s.write("gone.json.gz", result)                 // forgotten, but not removed
	s.write("x.json.gz.tmp", result[:9])            // half written
	s.write(journalFile+tempExt, "{")               // half rewritten
	s.write("notes.txt", "of the teacher")          // none of our business
	s.write(journalFile, s.read(journalFile)+`{"i`) // half a line
	s = s.again()
	s.is(done("d"), done("r"), running("q"))
	if got := s.files(); !slices.Equal(got, []string{"d.json.gz", journalFile, "lock", "notes.txt", "r.json.gz"}) {
		t.Errorf("files %q", got)
	}
	if s.log.Len() > 0 {
		t.Errorf("a server that was killed is no damage: %s", s.log)
	}
	s.note(failed("q")) // the journal goes on behind its last whole line
	s.again().is(done("d"), done("r"), failed("q"))
}

func TestDamageIsInTheLog(t *testing.T) {
	s := open(t, t.TempDir())
	s.whole(failed("f"))
	s.whole(withResult("d"))
	s.whole(withResult("e"))
	lines := strings.SplitAfter(s.read(journalFile), "\n")
	s.write(journalFile, lines[0]+"garbage\n"+strings.Join(lines[1:], "")+strings.Repeat("more\n", 10))
	if err := os.Remove(s.path("e.json.gz")); err != nil {
		t.Fatal(err)
	}
	s = s.again()
	s.is(failed("f"), done("d"))
	for _, want := range []string{"first_line=2", "skipped_lines=11", "run=e", "kept_as=.runs/damaged-"} {
		if !strings.Contains(s.log.String(), want) {
			t.Errorf("the log does not say %s: %s", want, s.log)
		}
	}
	if n := strings.Count(s.log.String(), "the history was damaged"); n != 1 {
		t.Errorf("%d lines tell of it: %s", n, s.log)
	}
	aside := s.files()[slices.IndexFunc(s.files(), func(name string) bool { return strings.HasPrefix(name, "damaged-") })]
	if kept := s.read(aside); !strings.Contains(kept, "garbage") {
		t.Errorf("set aside is %.300s", kept)
	}
	if strings.Contains(s.read(journalFile), "garbage") {
		t.Error("a damaged line stays")
	}
}

// Whatever becomes of the journal, all results are there, in the order of their
// submission.
func TestResultsOutliveTheJournal(t *testing.T) {
	var whole string
	want := []result.RunView{}
	begin := func(t *testing.T) *shelf {
		s := open(t, t.TempDir())
		want = want[:0]
		for i, id := range []string{"z", "b", "m"} {
			v := withResult(id)
			v.Created = at(-10 + i)
			asked, began := queued(id), running(id)
			asked.Created, began.Created = v.Created, v.Created
			s.note(asked, began, v)
			v.Result = nil
			want = append(want, v)
		}
		s.note(queued("q"))
		whole = s.read(journalFile)
		return s
	}
	begin(t)
	random := make([]byte, 4096)
	for i := range random {
		random[i] = byte(i * i * 31 / 7)
	}
	for name, data := range map[string]string{
		"empty": "", "random": string(random), "one line": "{}\n", "half": whole[:len(whole)/2], "its beginning": whole[:strings.Index(whole, "\n")+1],
		"its end": whole[len(whole)/2:], "zeros": strings.Repeat("\x00", len(whole)), "missing": "-", "turned over": "]" + whole,
	} {
		t.Run(name, func(t *testing.T) {
			s := begin(t)
			s.write(journalFile, data)
			if name == "missing" {
				if err := os.Remove(s.path(journalFile)); err != nil {
					t.Fatal(err)
				}
			}
			s = s.again()
			var got []string
			for _, v := range s.Runs() {
				if v.State != result.Done {
					continue
				}
				got = append(got, v.ID)
				if full, err := s.Result(v.ID); err != nil || full.Result == nil || s.Size(v.ID) == 0 || !s.Done(v.ID) {
					t.Errorf("%s: %v", v.ID, err)
				}
			}
			if !slices.Equal(got, []string{"z", "b", "m"}) {
				t.Errorf("done are %q", got)
			}
			if n := strings.Count(s.log.String(), "\n"); n > 1 {
				t.Errorf("%d lines in the log: %s", n, s.log)
			}
			kept := strings.HasPrefix(s.files()[1], "damaged-")
			if data != "" && name != "missing" && !kept {
				t.Errorf("the old journal is not kept: %q", s.files())
			}
			before := s.Runs()
			s = s.again()
			if s.is(before...); s.log.Len() > 0 {
				t.Errorf("a second time: %s", s.log)
			}
		})
	}
}

// What stands in .runs/ and is not the history's does not matter.
func TestStrayFolders(t *testing.T) {
	s := open(t, t.TempDir())
	s.whole(withResult("d"))
	for _, dir := range []string{"x.json.gz/in", "y.tmp/in", "z/in"} {
		if err := os.MkdirAll(s.path(dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	s.again().is(done("d"))
}

// A few kilobytes that grow to gigabytes are read no further than a result can be.
func TestGzipBomb(t *testing.T) {
	s := open(t, t.TempDir())
	s.largest = 1 << 20
	s.whole(withResult("d"))
	for name, piece := range map[string]string{"a long string": "x", "nothing": " ", "a long list": "[],"} {
		var b bytes.Buffer
		zip := gzip.NewWriter(&b)
		_, _ = zip.Write([]byte(map[string]string{"x": `{"id":"`, "[],": `{"spec":{"images":[`}[piece]))
		large := []byte(strings.Repeat(piece, (1<<20)/len(piece)))
		for range 4 * s.largest >> 20 {
			_, _ = zip.Write(large)
		}
		_ = zip.Close()
		s.write("d.json.gz", b.String())
		if _, err := s.Result("d"); !errors.Is(err, errTooLarge) && name != "a long list" || err == nil {
			t.Errorf("%s: %v", name, err)
		}
		s.write("bomb.json.gz", b.String())
	}
	v := withResult("large")
	v.Result.APIInfo.Endpoint = strings.Repeat("x", s.largest)
	if _, err := s.save(v); !errors.Is(err, errTooLarge) {
		t.Errorf("a result that could not be read is stored: %v", err)
	}
	s = s.again()
	if s.is(done("d")); !strings.Contains(s.log.String(), "unreadable_results=1") {
		t.Errorf("the log: %s", s.log)
	}
}

// A result that is not what was written is an error, never half a result.
func TestDamagedResult(t *testing.T) {
	s := open(t, t.TempDir())
	s.whole(withResult("d"))
	whole := s.read("d.json.gz")
	for name, data := range map[string]string{"empty": "", "cut short": whole[:len(whole)/2], "no gzip": strings.Repeat("x", 100), "no result": zipped("{}"), "another's": zipped(`{"id":"e","result":{}}`), "none": zipped(`{"id":"d"}`), "null": zipped("null")} {
		s.write("d.json.gz", data)
		if _, err := s.Result("d"); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func zipped(data string) string {
	var b bytes.Buffer
	zip := gzip.NewWriter(&b)
	_, _ = zip.Write([]byte(data))
	_ = zip.Close()
	return b.String()
}

// faulty is the journal's file; it counts what is forced to the disk, and on
// demand writes half a line.
type faulty struct {
	appender
	syncs int
	fails bool
}

var errFull = errors.New("disk full")

func (f *faulty) Write(p []byte) (int, error) {
	if !f.fails {
		return f.appender.Write(p)
	}
	n, err := f.appender.Write(p[:len(p)/2])
	return n, errors.Join(errFull, err)
}

func (f *faulty) Sync() error {
	f.syncs++
	return f.appender.Sync()
}

// A write that fails harms its own line only.
func TestAWriteThatFails(t *testing.T) {
	s := open(t, t.TempDir())
	f := &faulty{appender: s.file}
	s.file = f
	s.note(queued("a"))
	f.fails = true
	for _, id := range []string{"b", "c"} {
		if err := s.Note(queued(id)); !errors.Is(err, errFull) {
			t.Errorf("a line that was not written: %v", err)
		}
	}
	f.fails = false
	s.note(queued("d"), running("a"))
	s = s.again()
	s.is(running("a"), queued("d"))
	if log := s.log.String(); !strings.Contains(log, "skipped_lines=2") {
		t.Errorf("log: %s", s.log)
	}
}

// A run whose result cannot be stored is not written down as done.
func TestAResultThatCannotBeStored(t *testing.T) {
	s := open(t, t.TempDir())
	s.whole(running("r"))
	if err := os.Mkdir(s.path("r.json.gz"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := s.Note(withResult("r")); err == nil {
		t.Error("stored in the place of a folder")
	}
	s.is(running("r"))
	if got := s.files(); !slices.Equal(got, []string{journalFile, "lock", "r.json.gz"}) {
		t.Errorf("files %q", got)
	}
	if s.measured != "" {
		t.Error("the disk is still spared for a run that is over")
	}
}

// While a run is measured lines are written, and nothing is forced to the disk;
// before and after everything is.
func TestTheDiskIsSparedBesideAClock(t *testing.T) {
	s := open(t, t.TempDir())
	f := &faulty{appender: s.file}
	s.file = f
	for i, step := range []struct {
		view  result.RunView
		syncs int
	}{
		{queued("a"), 1},
		{queued("b"), 2},
		{running("a"), 3}, // before its clock starts
		{queued("c"), 3},
		{cancelled("c"), 3},
		{withResult("a"), 4},
		{queued("d"), 5},
		{running("d"), 6},
		{queued("e"), 6},
		{failed("d"), 7},
		{running("b"), 8},
	} {
		s.note(step.view)
		if f.syncs != step.syncs {
			t.Errorf("step %d, %s is %s: %d syncs, want %d", i, step.view.ID, step.view.State, f.syncs, step.syncs)
		}
	}
	if err := s.Forget(done("a")); err != nil || f.syncs != 8 {
		t.Errorf("forgetting beside a clock: %d syncs, %v", f.syncs, err)
	}
	// What was not forced is written all the same.
	if h, wrong := replay([]byte(s.read(journalFile))); len(wrong) > 0 || !reflect.DeepEqual(h.views(), s.Runs()) {
		t.Errorf("on disk %+v, %v", h.views(), wrong)
	}
}

// A long journal is rewritten, but never beside a clock.
func TestRewriting(t *testing.T) {
	s := open(t, t.TempDir())
	s.note(queued("r"), running("r"))
	same := func(before fs.FileInfo) bool {
		t.Helper()
		now, err := os.Stat(s.path(journalFile))
		if err != nil {
			t.Fatal(err)
		}
		return os.SameFile(before, now)
	}
	before, err := os.Stat(s.path(journalFile))
	if err != nil {
		t.Fatal(err)
	}
	long := queued("")
	long.Spec = specOf(strings.Repeat("x", 4096))
	for i := range compactAfter / 4096 {
		long.ID = fmt.Sprint("w", i)
		s.note(long)
		if i > 0 {
			if err := s.Forget(long); err != nil {
				t.Fatal(err)
			}
		}
	}
	if s.written <= compactAfter || !same(before) {
		t.Fatalf("after %d bytes beside a clock: rewritten %v", s.written, !same(before))
	}
	s.note(withResult("r"))
	if same(before) || len(s.read(journalFile)) > 3*4096 {
		t.Errorf("not rewritten afterwards: %d bytes", len(s.read(journalFile)))
	}
	long.ID = "w0"
	s.is(done("r"), long)
	s.note(queued("last"))
	s.again().is(done("r"), long, queued("last"))
}

// The second server waits a little, in case the first one is just going.
func TestOneServerAFolder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, t.TempDir())
		s.note(queued("q"))
		start := time.Now()
		j, err := Open(s.dir, slog.New(slog.DiscardHandler))
		if !errors.Is(err, ErrInUse) || j != nil || time.Since(start) < lockWait {
			t.Errorf("a second server: %v after %v", err, time.Since(start))
		}
		s.note(running("q"))
		s.again().is(running("q"))
	})
}

func TestOpenFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	inTheWay, outside, folderForFile := t.TempDir(), t.TempDir(), t.TempDir()
	if err := errors.Join(
		os.WriteFile(filepath.Join(inTheWay, folder), nil, 0o644),
		os.Symlink(t.TempDir(), filepath.Join(outside, folder)),
		os.MkdirAll(filepath.Join(folderForFile, folder, journalFile), 0o755),
	); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, inTheWay, outside, folderForFile} {
		if _, err := Open(dir, slog.New(slog.DiscardHandler)); err == nil {
			t.Errorf("%s opened", dir)
		}
	}
	if _, err := os.Stat(filepath.Join(outside, folder, "lock")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("written outside of the folder: %v", err)
	}
}
