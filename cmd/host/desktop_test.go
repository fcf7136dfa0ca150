package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"rsc.io/qr"
)

func TestWhenThePageIsOpened(t *testing.T) {
	for _, tt := range []struct {
		name     string
		asked    bool
		args     []string
		terminal bool
		want     bool
	}{
		{"two clicks", false, nil, false, true},
		{"typed", false, nil, true, false},
		{"typed, and asked for", true, []string{"-open"}, true, true},
		{"a service", false, []string{"serve"}, false, false},
		{"a script", false, []string{"-addr", ":9"}, false, false},
	} {
		if got := opensPage(config{Open: tt.asked}, tt.args, tt.terminal); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

func TestOpenPage(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the browser of another system is not replaced by a script")
	}
	dir := t.TempDir()
	told := filepath.Join(dir, "told")
	if err := os.WriteFile(filepath.Join(dir, "xdg-open"), []byte("#!/bin/sh\necho \"$1\" > "+told+".new\nmv "+told+".new "+told+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	path := os.Getenv("PATH")
	t.Setenv("PATH", dir+":"+path)
	if err := openPage("http://localhost:9/"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the browser is asked", func() bool {
		got, err := os.ReadFile(told)
		return err == nil && string(got) == "http://localhost:9/\n"
	})
	t.Setenv("PATH", t.TempDir())
	if err := openPage("http://localhost:9/"); err == nil || !strings.Contains(err.Error(), "open http://localhost:9/ yourself") {
		t.Error(err)
	}
}

// Every module of the code stands where it belongs, with four white ones around.
func TestQRText(t *testing.T) {
	code, err := qr.Encode("http://192.168.1.20:8000/join#KWXBTRNA", qr.M)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(qrText(code), "\n"), "\n")
	if len(lines) != (code.Size+2*quiet+1)/2 {
		t.Fatalf("%d lines of a code of %d", len(lines), code.Size)
	}
	for i, line := range lines {
		cells := []rune(strings.TrimSuffix(strings.TrimPrefix(line, "\x1b[30;107m"), "\x1b[0m"))
		if len(cells) != code.Size+2*quiet {
			t.Fatalf("line %d: %q", i, line)
		}
		for j, cell := range cells {
			above, below := strings.ContainsRune("█▀", cell), strings.ContainsRune("█▄", cell)
			x, y := j-quiet, 2*i-quiet
			if above != code.Black(x, y) || below != code.Black(x, y+1) {
				t.Fatalf("%d,%d: %q", x, y, cell)
			}
		}
	}
}
