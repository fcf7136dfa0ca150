package main

import (
	"errors"
	"flag"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"carriles/cmd/host/internal/class"
)

func TestConfig(t *testing.T) {
	t.Setenv("CARRILES_STATIC", "/from/the/environment")
	t.Setenv("CARRILES_MAX_STRESS", "70")
	c, err := parseConfig([]string{"-addr", ":9", "-max-stress", "80", "-hosts", "lab.local, other"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	want := config{
		Addr: ":9", Static: "/from/the/environment", Hosts: "lab.local, other",
		MaxCount: 200, MaxStress: 80, MaxTasks: 3000, ImageTimeout: 30 * time.Second, MaxRun: 15 * time.Minute, Rounds: 5,
	}
	want.Ceiling = os.Getenv("CARRILES_CEILING") != "false" // TestMain

	if c != want {
		t.Errorf("got %+v, want %+v", c, want)
	}
	if !slices.Equal(c.hosts(), []string{"lab.local", "other"}) {
		t.Errorf("hosts %q", c.hosts())
	}
	if l := c.limits(2); l.Workers != 8 || l.Count != 200 || l.Stress != 80 || l.Executions != 3000 {
		t.Errorf("limits %+v", l)
	}
	if l := c.limits(16); l.Workers != 64 {
		t.Errorf("%d workers on 16 cores, want 64", l.Workers)
	}
}

func TestTokens(t *testing.T) {
	given := strings.Repeat("t", class.MinToken)
	c, err := parseConfig([]string{"-class-token", given}, io.Discard)
	if err != nil || c.ClassToken != given {
		t.Errorf("%q, %v", c.ClassToken, err)
	}
}

func TestConfigRefuses(t *testing.T) {
	for _, args := range []string{"-nonsense", "extra", "-max-count 0", "-image-timeout 1ms", "-max-run 10ms", "-max-tasks x", "-rounds 0", "-rounds 51", "-class-token guessable"} {
		if _, err := parseConfig(strings.Fields(args), io.Discard); err == nil {
			t.Errorf("%q was taken", args)
		}
	}
	t.Setenv("CARRILES_MAX_COUNT", "all")
	for want, args := range map[string]string{
		`CARRILES_MAX_COUNT takes a whole number, and is "all"`:                 "",
		`-image-timeout takes a time with its unit, as 30s or 15m, and is "30"`: "-image-timeout 30",
		`-ceiling takes true or false, and is "perhaps"`:                        "-ceiling=perhaps",
		"flag provided but not defined: -nonsense":                              "-nonsense",
	} {
		var said strings.Builder
		if _, err := parseConfig(strings.Fields(args), &said); err == nil || err.Error() != want || said.Len() > 0 {
			t.Errorf("%q: %v, and %q", args, err, said.String())
		}
	}
	if _, err := parseConfig([]string{"-max-count", "9"}, io.Discard); err != nil {
		t.Errorf("a flag does not win over its variable: %v", err)
	}
	var help strings.Builder
	if _, err := parseConfig([]string{"-help"}, &help); !errors.Is(err, flag.ErrHelp) || !strings.Contains(help.String(), "CARRILES_STATIC") {
		t.Errorf("help: %v, %q", err, help.String())
	}
}

func TestCommandLine(t *testing.T) {
	var out, errOut strings.Builder
	if code := run([]string{"version"}, &out, &errOut); code != 0 || !strings.HasPrefix(out.String(), "carriles ") {
		t.Errorf("version: code %d, %q", code, out.String())
	}
	if code := run([]string{"serve", "-nonsense"}, &out, &errOut); code != 1 || errOut.Len() == 0 {
		t.Errorf("a bad flag: code %d, %q", code, errOut.String())
	}
}

// What is no interpreter is refused at the start, in a sentence.
func TestAnInterpreterThatIsNone(t *testing.T) {
	cfg, err := parseConfig([]string{"-addr", "127.0.0.1:0", "-static", t.TempDir(), "-python", "/nonexistent/python3"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	a, err := New(cfg, "test", []string{"/nonexistent/worker"}, slog.New(slog.DiscardHandler))
	if err == nil {
		a.Close()
		t.Fatal("the server starts")
	}
	if !strings.Contains(err.Error(), "-python /nonexistent/python3 is no Python 3 interpreter") {
		t.Error(err)
	}
}
