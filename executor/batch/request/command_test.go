package request

import (
	"os/exec"
	"testing"
)

func TestShellQuote(t *testing.T) {
	for s, want := range map[string]string{
		"plain-1.0/x": "plain-1.0/x",
		"":            "''",
		"two words":   "'two words'",
		"don't":       `'don'\''t'`,
		"$HOME`id`":   "'$HOME`id`'",
		"ñ":           "'ñ'",
	} {
		if got := ShellQuote(s); got != want {
			t.Errorf("ShellQuote(%q) = %s, want %s", s, got, want)
		}
	}
}

// TestShellReadsBackWhatWasQuoted asks a real shell.
func TestShellReadsBackWhatWasQuoted(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no POSIX shell on this system")
	}
	for _, s := range []string{`{"images":["it's a \"photo\".jpg"]}`, "a\nb", `\`, "'''", "$(x)", "*", "~", "!!",
		"", "a", "a b", "'", "''", `"$HOME" \ ` + "`id` !x", "ñ", "-n"} {
		out, err := exec.Command(sh, "-c", "printf %s "+ShellQuote(s)).Output()
		if err != nil || string(out) != s {
			t.Errorf("the shell read %q as %q (%v)", s, out, err)
		}
	}
}
