package python

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// fake makes an interpreter that does what a shell script says.
func fake(t *testing.T, body string) *Interpreter {
	t.Helper()
	path := filepath.Join(t.TempDir(), "python")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return New(path, (*exec.Cmd).Start)
}

func TestWhatIsNoInterpreter(t *testing.T) {
	for name, i := range map[string]*Interpreter{
		"nothing there":        New("/nonexistent/python3", (*exec.Cmd).Start),
		"another program":      fake(t, "echo hello"),
		"one that fails":       fake(t, "echo trouble >&2; exit 3"),
		"an empty answer":      fake(t, "echo '{}'"),
		"a flood without JSON": fake(t, "head -c 300000 /dev/zero"),
	} {
		if _, err := i.Look(); err == nil {
			t.Errorf("%s is an interpreter", name)
		}
		if why := i.Lacks(); why == nil || !strings.Contains(why.EN, "-python") || why.ES == "" {
			t.Errorf("%s: %v", name, why)
		}
	}
}

// An interpreter without libraries says what to install, by both names.
func TestLibrariesThatLack(t *testing.T) {
	i := fake(t, `echo '{"python":"3.12.1","missing":[{"pip":"pillow","debian":"python3-pil","why":"x"}]}'`)
	why := i.Lacks()
	if why == nil || !strings.Contains(why.ES, "pip install pillow") || !strings.Contains(why.EN, "apt install python3-pil") || !strings.Contains(why.EN, "3.12.1") {
		t.Errorf("%v", why)
	}
	if _, err := i.Look(); err != nil {
		t.Error("it is an interpreter all the same")
	}
	if whole := fake(t, `echo '{"python":"3.12.1","missing":[]}'`); whole.Lacks() != nil {
		t.Error("one that has all lacks something")
	}
}

// The script itself says so of a real interpreter that sees no library: -S hides
// those of the system, -I those of the user and of PYTHONPATH.
func TestARealInterpreterWithoutLibraries(t *testing.T) {
	i := fake(t, `exec python3 -S -I "$@"`)
	h, err := i.Look()
	if err != nil {
		t.Skip("no python3 here: ", err)
	}
	if len(h.Missing) != 3 || !strings.HasPrefix(h.Missing[0].Why, "ModuleNotFoundError") || !strings.HasPrefix(h.Python, "3.") {
		t.Errorf("%+v", h)
	}
}
