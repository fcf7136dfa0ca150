package library

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTempDirs(t *testing.T) {
	l := open(t, t.TempDir(), photos(t))
	dir, err := l.TempDir("run", "threading")
	if err != nil || dir != ".work/run/threading" {
		t.Fatalf("%s, %v", dir, err)
	}
	l.write(dir+"/0.1.jpg", []byte("of an attempt that died"))
	if again, err := l.TempDir("run", "threading"); err != nil || again != dir {
		t.Fatalf("%s, %v", again, err)
	}
	same(t, "a folder asked for again", filesIn(t, filepath.Join(l.dir, dir)), []string{})
	l.write(dir+"/1.1.jpg", nil)
	if err := l.RemoveTempDirs("run"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(l.dir, ".work/run")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the run's folder: %v", err)
	}
	if err := l.RemoveTempDirs("run"); err != nil {
		t.Errorf("a second time: %v", err)
	}
}

func TestCommit(t *testing.T) {
	l := open(t, t.TempDir(), photos(t))
	dir, err := l.TempDir("run", "threading")
	if err != nil {
		t.Fatal(err)
	}
	l.write(dir+"/0.1.jpg", []byte("first"))
	if err := l.Commit(dir+"/0.1.jpg", "out.jpg"); err != nil {
		t.Fatal(err)
	}
	l.write(dir+"/1.1.jpg", []byte("second"))
	if err := l.Commit(dir+"/1.1.jpg", "out.jpg"); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a name that is taken: %v", err)
	}
	if got := l.read("processed/out.jpg"); got != "first" {
		t.Errorf("the output was replaced by %q", got)
	}
	l.write(dir+"/1.1.jpg", []byte("second"))
	if err := l.Sync([]string{"out.jpg"}); err != nil {
		t.Errorf("waiting for an output: %v", err)
	}
	if err := l.Sync([]string{"out.jpg", "gone.jpg"}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("waiting for an output that is not there: %v", err)
	}
	if err := l.Commit(dir+"/none.jpg", "none.jpg"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no temporary file: %v", err)
	}
	if err := l.Commit(dir+"/1.1.jpg", "../images/a.jpg"); err == nil {
		t.Error("committed outside of processed/")
	}
	for _, temp := range []string{"processed/out.jpg", ".work/1.1.jpg", dir + "/a/1.1.jpg", ""} {
		if err := l.Commit(temp, "other.jpg"); err == nil {
			t.Errorf("committed %q, which no run has written", temp)
		}
	}
	same(t, "files", l.files("images", ".pending"), []string{dir + "/1.1.jpg", "processed/out.jpg"})
}

// commit makes an output of a run, with its preview.
func (l *lab) commit(run, name string) {
	l.t.Helper()
	dir, err := l.TempDir(run, "threading")
	if err == nil {
		l.write(dir+"/0.1.jpg", []byte(name))
		err = l.Commit(dir+"/0.1.jpg", name)
	}
	if err != nil {
		l.t.Fatal(err)
	}
	l.write("previews/processed/"+name+".jpg", nil)
}

// What a server that was killed left of runs that are not done goes, and nothing
// else: not the outputs of a run that is done but not settled, nor a file that
// only has an output's name.
func TestOutputsOfRunsThatDidNotEnd(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, photos(t))
	l.write("processed/mine.jpg", []byte("of the user"))
	for _, name := range []string{"a.jpg", "b.jpg"} {
		l.commit("settled", name)
	}
	if err := l.Settle("settled"); err != nil {
		t.Fatal(err)
	}
	l.commit("done", "c.jpg")
	for _, name := range []string{"d.jpg", "e.jpg", "f.jpg", "g.jpg"} {
		l.commit("running", name)
	}
	// d.jpg has been taken away, e.jpg has been replaced, and f.jpg was about to
	// get its name when the server was killed.
	for _, name := range []string{"d.jpg", "e.jpg", "f.jpg"} {
		if err := errors.Join(os.Remove(filepath.Join(dir, "processed", name)), os.Remove(filepath.Join(dir, "previews/processed", name+".jpg"))); err != nil {
			t.Fatal(err)
		}
	}
	l.write("processed/e.jpg", []byte("another"))
	if err := os.Mkdir(filepath.Join(dir, ".pending/empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	l = open(t, dir, photos(t))
	for range 2 {
		if err := l.RemoveUnsettled(func(run string) bool { return run == "done" }); err != nil {
			t.Fatal(err)
		}
		same(t, "files", l.files("images"), []string{
			"previews/processed/a.jpg.jpg", "previews/processed/b.jpg.jpg", "previews/processed/c.jpg.jpg",
			"processed/a.jpg", "processed/b.jpg", "processed/c.jpg", "processed/e.jpg", "processed/mine.jpg",
		})
		if runs := l.unsettled(); len(runs) > 0 {
			t.Errorf("unsettled: %q", runs)
		}
	}
	if l.log.Len() > 0 {
		t.Errorf("log: %s", l.log)
	}
}

// An output that is removed before its run is over takes no room any more.
func TestRemoveOfAnUnsettledOutput(t *testing.T) {
	l := open(t, t.TempDir(), photos(t))
	l.commit("run", "a.jpg")
	l.commit("run", "b.jpg")
	l.Remove("a.jpg")
	same(t, "files", l.files("images"), []string{".pending/run/b.jpg", "previews/processed/b.jpg.jpg", "processed/b.jpg"})
}

func TestLook(t *testing.T) {
	l := open(t, t.TempDir(), photos(t))
	if _, err := l.TempDir("run", "threading"); err != nil {
		t.Fatal(err)
	}
	l.write("processed/one.png", []byte("abc"))
	l.write("processed/two.png", []byte("abc"))
	l.write("processed/other.png", []byte("abcd"))
	known := map[string]string{}
	const hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" // sha256sum of abc
	for _, name := range []string{"one.png", "two.png"} {
		h, d, err := l.Look(t.Context(), "run", name, known)
		if err != nil || h != hash || d != "digest of 3 bytes" {
			t.Errorf("%s: %s, %s, %v", name, h, d, err)
		}
		known[h] = d
		if got := l.read("previews/processed/" + name + ".jpg"); got != "preview" {
			t.Errorf("%s: preview %q", name, got)
		}
	}
	same(t, "decoded", l.inspected, []string{"processed/one.png"})
	l.fail = errors.New("not an image after all")
	if _, _, err := l.Look(t.Context(), "run", "other.png", known); !errors.Is(err, l.fail) {
		t.Errorf("a failing inspector: %v", err)
	}
	if _, _, err := l.Look(t.Context(), "run", "none.png", known); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no such output: %v", err)
	}
}

func TestRemove(t *testing.T) {
	l := open(t, t.TempDir(), photos(t))
	l.write("processed/out.png", nil)
	l.write("previews/processed/out.png.jpg", nil)
	l.write("processed/bare.png", nil)
	l.Remove("out.png")
	l.Remove("bare.png")
	same(t, "files", l.files("images"), []string{})
	if l.log.Len() > 0 {
		t.Errorf("log: %s", l.log)
	}
	l.Remove("none.png")
	if !strings.Contains(l.log.String(), "none.png") {
		t.Error("an output that is not there is not in the log")
	}
}

func TestPrune(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	day := 24 * time.Hour
	type file struct {
		name string
		size int
		age  time.Duration
	}
	tests := []struct {
		name  string
		files []file
		bytes int64
		want  []string // that stay
	}{
		{"nothing", nil, 100, nil},
		{"all within", []file{{"a", 50, day}, {"b", 50, 2 * day}}, 100, []string{"a", "b"}},
		{"too old", []file{{"a", 1, 7*day - time.Second}, {"b", 1, 7*day + time.Second}}, 100, []string{"a"}},
		{"too large: the newest stay", []file{{"a", 40, 3 * day}, {"b", 40, day}, {"c", 40, 2 * day}}, 100, []string{"b", "c"}},
		{"what does not fit goes, and all that is older", []file{{"a", 60, day}, {"b", 60, 2 * day}, {"c", 10, 3 * day}}, 100, []string{"a"}},
		{"of equal age, by name", []file{{"b", 60, day}, {"a", 60, day}}, 100, []string{"a"}},
		{"hidden files are not outputs", []file{{".gitkeep", 1, 100 * day}}, 100, []string{".gitkeep"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := open(t, t.TempDir(), photos(t))
			for _, f := range tt.files {
				l.write("processed/"+f.name, make([]byte, f.size))
				l.write("previews/processed/"+f.name+".jpg", nil)
				if err := os.Chtimes(filepath.Join(l.dir, "processed", f.name), now.Add(-f.age), now.Add(-f.age)); err != nil {
					t.Fatal(err)
				}
			}
			l.prune(processedDir, tt.bytes, now.Add(-7*day))
			var want []string
			for _, name := range tt.want {
				want = append(want, "previews/processed/"+name+".jpg", "processed/"+name)
			}
			slices.Sort(want)
			same(t, "what stays", append([]string(nil), l.files("images")...), want)
		})
	}
}

// Prune keeps outputs and uploads for a week, and never touches the photographs.
func TestPruneKnowsItsFolders(t *testing.T) {
	l := open(t, t.TempDir(), photos(t))
	l.write("processed/out.png", nil)
	l.write("images/uploads/mine.png", nil)
	l.now = func() time.Time { return time.Now().Add(keepFor - time.Hour) }
	l.Prune()
	if got := len(l.files()); got != 5 {
		t.Errorf("after less than a week %d files stay, want 5", got)
	}
	l.now = func() time.Time { return time.Now().Add(keepFor + time.Hour) }
	l.Prune()
	same(t, "after a week", l.files(), []string{"images/ATTRIBUTION.md", "images/a.jpg", "images/b.jpg"})
}

func TestRoom(t *testing.T) {
	l := open(t, t.TempDir(), photos(t))
	l.Library.dir = filepath.Join(l.dir, "gone")
	if err := l.Room(); err != nil || !strings.Contains(l.log.String(), "unknown") {
		t.Errorf("an unknown figure: %v; log %s", err, l.log)
	}
}
