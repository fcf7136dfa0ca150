package api

import (
	"cmp"
	"net/http"
	"strings"

	"carriles/executor/batch/request"
)

// line is a request as one line for a POSIX shell. What it holds of the form $NAME the
// shell puts in: a line that sets it goes before.
type line struct {
	method, path string // of the route, where they are empty
	body         string
	flags        []string // of curl's, beside
	presents     bool     // with the presenter's token, $TOKEN
	// sets is the variable that takes what sed's expression picks of the answer, the last
	// of them, or where it sums the answer's SHA-256.
	sets, picks string
	sums        bool
}

// of is a route's own line.
func (r route) ownLine() line {
	l := r.line
	l.method = cmp.Or(l.method, r.method)
	l.path = cmp.Or(l.path, strings.NewReplacer("{id}", "$RUN", "{sha256}", "$SHA256").Replace(r.path))
	return l
}

// on is the line for a server, as curl's address has it.
func (l line) on(origin string) string {
	words := []string{"curl"}
	if l.sets != "" {
		words = append(words, "-s")
	}
	if l.method != "" && l.method != http.MethodGet && !strings.Contains(strings.Join(l.flags, " "), "-F") {
		words = append(words, "-X", l.method)
	}
	for _, flag := range l.flags {
		words = append(words, shellWord(flag))
	}
	words = append(words, shellWord(origin+l.path))
	if l.presents {
		words = append(words, "-H", shellWord("Authorization: Bearer $TOKEN"))
	}
	if l.body != "" {
		words = append(words, "-H", shellWord("Content-Type: application/json"), "-d", shellWord(l.body))
	}
	s := strings.Join(words, " ")
	switch {
	case l.sums:
		return l.sets + "=$(" + s + " | sha256sum | cut -c1-64)"
	case l.sets != "":
		return l.sets + "=$(" + s + " | sed -n '" + l.picks + "' | tail -n 1)"
	}
	return s
}

// shellWord is request.ShellQuote, in which the shell still puts its variables in.
func shellWord(s string) string {
	if !strings.Contains(s, "$") {
		return request.ShellQuote(s)
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`").Replace(s) + `"`
}
