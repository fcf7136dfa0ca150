package process

import (
	"errors"
	"strings"
	"testing"
)

func TestLastWords(t *testing.T) {
	dump := strings.Repeat("\tsome/file.go:12 +0x34\n", 10_000)
	cases := []struct {
		stderr, want string
	}{
		{"", ""},
		{"\n \n", ""},
		{"one\ntwo\n", "two"},
		{"one\ntwo", "two"},
		{"note\npanic: runtime error: index out of range\n\ngoroutine 1 [running]:\nmain.main()\n", "panic: runtime error: index out of range"},
		{"fatal error: out of memory\nruntime stack:\n" + dump, "fatal error: out of memory"},
		{"panic: first\npanic: second\n", "panic: first"},
		{strings.Repeat("x", 3*maxWords) + "\n", strings.Repeat("x", maxWords)},
		{"caf\xc3", "caf"},
	}
	for _, c := range cases {
		var whole, bytewise lastWords
		if _, err := whole.Write([]byte(c.stderr)); err != nil {
			t.Fatal(err)
		}
		for i := range len(c.stderr) {
			if n, err := bytewise.Write([]byte(c.stderr[i : i+1])); n != 1 || err != nil {
				t.Fatal(n, err)
			}
		}
		for _, got := range []string{whole.explanation(), bytewise.explanation()} {
			if got != c.want {
				t.Errorf("of %.60q: %q, want %q", c.stderr, got, c.want)
			}
		}
	}
}

func TestDeathReasons(t *testing.T) {
	if got := deathReason(errors.New("odd frame"), nil, "").EN; got != "broke the protocol (odd frame)" {
		t.Errorf("reason %q", got)
	}
	if got := deathReason(nil, nil, "bye").EN; got != "ended without being asked to: bye" {
		t.Errorf("reason %q", got)
	}
}
