package main

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A server that cannot start says why, and names the address or the folder.
func TestServerThatCannotStart(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	const anyPort, readOnly = "127.0.0.1:0", "the folder may not be written to"
	file := func(path string) error { return os.WriteFile(path, []byte("a file"), 0o644) }
	for _, tt := range []struct {
		name, addr string
		// spoil is given the static folder, which is there; nil leaves it.
		spoil func(t *testing.T, dir string) error
	}{
		{"the address is taken", taken.Addr().String(), nil},
		{"the folder is a file", anyPort, func(t *testing.T, dir string) error {
			if err := os.Remove(dir); err != nil {
				return err
			}
			return file(dir)
		}},
		{"the history is a file", anyPort, func(t *testing.T, dir string) error { return file(filepath.Join(dir, ".runs")) }},
		{"the photographs are a file", anyPort, func(t *testing.T, dir string) error { return file(filepath.Join(dir, "images")) }},
		{"the photographs are a link that leads out", anyPort, func(t *testing.T, dir string) error { return os.Symlink(t.TempDir(), filepath.Join(dir, "images")) }},
		{"the outputs are a link that leads out", anyPort, func(t *testing.T, dir string) error { return os.Symlink(t.TempDir(), filepath.Join(dir, "processed")) }},
		{"the outputs are a link to nowhere", anyPort, func(t *testing.T, dir string) error { return os.Symlink("nowhere", filepath.Join(dir, "processed")) }},
		{"the journal is a folder", anyPort, func(t *testing.T, dir string) error {
			return os.MkdirAll(filepath.Join(dir, ".runs", "journal.jsonl", "in"), 0o755)
		}},
		{"the lock is a folder", anyPort, func(t *testing.T, dir string) error { return os.MkdirAll(filepath.Join(dir, ".runs", "lock"), 0o755) }},
		{"what the class keeps is a folder", anyPort, func(t *testing.T, dir string) error {
			return os.MkdirAll(filepath.Join(dir, ".runs", "class.json", "in"), 0o755)
		}},
		{"the outputs are on another file system", anyPort, func(t *testing.T, dir string) error {
			return mount(t, filepath.Join(dir, "processed"), "size=1m")
		}},
		{"the disk is full", anyPort, func(t *testing.T, dir string) error {
			if err := mount(t, dir, "size=64k"); err != nil {
				return err
			}
			for i := 0; ; i++ { // the last ones are empty, and none has a place any more
				if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(i)), make([]byte, 4096), 0o644); err != nil {
					return nil
				}
			}
		}},
		{"the folder is read-only for all", anyPort, func(t *testing.T, dir string) error { return mount(t, dir, "size=1m,ro") }},
		{"no port", "127.0.0.1", nil},
		{"no such port", "127.0.0.1:99999", nil},
		{"another's address", "192.0.2.1:8000", nil},
		{readOnly, anyPort, func(t *testing.T, dir string) error { return os.Chmod(dir, 0o555) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.name == readOnly && os.Geteuid() <= 0 {
				t.Skip("root writes there all the same, and so does anybody on Windows")
			}
			dir := filepath.Join(t.TempDir(), "static")
			if err := os.Mkdir(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			named := tt.addr
			if tt.spoil != nil {
				named = dir
				if err := tt.spoil(t, dir); err != nil {
					t.Fatal(err)
				}
			}
			cfg, err := parseConfig([]string{"-addr", tt.addr, "-static", dir}, io.Discard)
			if err != nil {
				t.Fatal(err)
			}
			command, version := workers(t)
			app, err := New(cfg, version, command, slog.New(slog.DiscardHandler))
			if app != nil || err == nil || !strings.Contains(err.Error(), named) {
				t.Fatalf("%v, error %v; want none, and an error that names %s", app, err, named)
			}
			var said strings.Builder
			if code := exitCode(err, &said); code != 1 || strings.Count(said.String(), "\n") != 1 || strings.Contains(said.String(), "goroutine") {
				t.Errorf("exit code %d, after %q", code, said.String())
			}
			t.Log(said.String())
		})
	}
}

// mount puts a small file system in memory at a folder, or skips the test.
func mount(t *testing.T, dir, options string) error {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", options, "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("a file system cannot be mounted here: %v: %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	})
	return nil
}

// A folder of somebody else's among the history's is no reason not to start; and the
// next server there has the same presenter.
func TestStartBesideStrayFolders(t *testing.T) {
	dir := t.TempDir()
	for _, stray := range []string{".runs/x.json.gz/in", ".runs/y.tmp/in", ".runs/notes", ".pending/z/in", ".work/old/in", "mine"} {
		if err := os.MkdirAll(filepath.Join(dir, stray), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	cfg, err := parseConfig([]string{"-addr", "127.0.0.1:0", "-static", dir}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	command, version := workers(t)
	tokens := map[string]bool{}
	for range 2 {
		app, err := New(cfg, version, command, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		tokens[app.token] = true
		app.Close()
	}
	if len(tokens) != 1 {
		t.Errorf("a restart has changed the presenter's token")
	}
}
