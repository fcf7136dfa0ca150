package class

import (
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
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
