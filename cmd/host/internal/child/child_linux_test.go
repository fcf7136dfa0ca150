package child

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"carriles/executor/crew/process"
)

// TestMain makes the test binary a child that tells what it runs and what it was left.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == process.Subcommand {
		said, _ := os.Readlink("/proc/self/exe")
		open, _ := filepath.Glob("/proc/self/fd/*")
		for _, name := range open {
			if file, err := os.Readlink(name); err == nil && strings.Contains(file, "memfd") {
				said += " left open " + file
			}
		}
		os.Stdout.WriteString(said)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestHold(t *testing.T) {
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	path, err := hold(self)
	if err != nil {
		t.Skip("this system refuses: ", err)
	}
	for range 2 {
		said, err := exec.Command(path, process.Subcommand).Output()
		if want := "/memfd:" + programFile + " (deleted)"; err != nil || string(said) != want {
			t.Fatalf("the child says %q, %v; want %q", said, err, want)
		}
	}
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err == nil {
		_, err = file.WriteAt([]byte("#"), 0)
		file.Close()
	}
	if err == nil {
		t.Error("the program can be written to")
	}
}

func TestOwn(t *testing.T) {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	for name, c := range map[string]struct {
		folder fstest.MapFS
		want   string
	}{
		"of the version": {fstest.MapFS{"carriles": file("program"), "version": file("1.2\n")}, "program"},
		"of another":     {fstest.MapFS{"carriles": file("program"), "version": file("1.1\n")}, ""},
		"of none":        {fstest.MapFS{"carriles": file("program")}, ""},
		"no program":     {fstest.MapFS{"version": file("1.2\n")}, ""},
		"nothing":        {fstest.MapFS{"README": file("The build puts ...")}, ""},
	} {
		if got := own(c.folder, "1.2"); string(got) != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	command, refused, err := Command("of no build")
	if self, _ := process.SelfCommand(); err != nil || refused != nil || strings.Join(command, " ") != strings.Join(self, " ") {
		t.Errorf("without a program of its version: %q, %v, %v", command, refused, err)
	}
}
