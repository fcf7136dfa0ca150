package main

import (
	"io"
	"log/slog"
	"net"
	"os"
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
		spoil func(dir string) error
	}{
		{"the address is taken", taken.Addr().String(), nil},
		{"the folder is a file", anyPort, func(dir string) error {
			if err := os.Remove(dir); err != nil {
				return err
			}
			return file(dir)
		}},
		{"the history is a file", anyPort, func(dir string) error { return file(filepath.Join(dir, ".runs")) }},
		{"the photographs are a file", anyPort, func(dir string) error { return file(filepath.Join(dir, "images")) }},
		{readOnly, anyPort, func(dir string) error { return os.Chmod(dir, 0o555) }},
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
				if err := tt.spoil(dir); err != nil {
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
				t.Errorf("%v, error %v; want none, and an error that names %s", app, err, named)
			}
		})
	}
}
