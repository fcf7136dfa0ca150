package batch

import (
	"encoding/json"
	"slices"
	"strings"
)

// batchPath begins the paths of the endpoints that run a batch.
const batchPath = "/api/process-batch/"

// Request is what POST /api/runs/ must be asked to run the same batch; false
// for a command that runs none. Its methods are those of the command's
// endpoint.
func (c Command) Request() (Request, bool) {
	name, ok := strings.CutPrefix(strings.TrimSuffix(c.Path, "/"), batchPath)
	if !ok || c.Method != "POST" {
		return Request{}, false
	}
	var r Request
	if json.Unmarshal([]byte(c.Body), &r) != nil {
		return Request{}, false
	}
	switch {
	case name == "compare":
		r.Methods = []string{Sequential, Threading}
	case name == "compare-all":
		if len(r.Methods) == 0 {
			r.Methods = GuideMethods()
		}
	case c.IsStress():
		r.Methods = []string{Multiprocessing}
	case slices.Contains(methodNames(), name):
		r.Methods = []string{name}
	default:
		return Request{}, false
	}
	return r, true
}

// IsStress reports whether a command is the stress test, whose answer is a
// Stress.
func (c Command) IsStress() bool { return strings.TrimSuffix(c.Path, "/") == batchPath+"stress" }

// InBrowser is the same batch for one Web Worker: without what says how the
// host spreads the work and where its images come from, and once.
func (r Request) InBrowser() Request {
	return Request{Filters: r.Filters, FilterParams: r.FilterParams, Count: r.Count, Images: r.Images, Engine: r.Engine}
}

// CurlLine is a request with a JSON body, or without one, as one line for a
// POSIX shell.
func CurlLine(method, url, body string) string {
	if body == "" {
		return "curl " + ShellQuote(url)
	}
	return "curl -X " + method + " " + ShellQuote(url) +
		" -H " + ShellQuote("Content-Type: application/json") +
		" -d " + ShellQuote(body)
}

// ShellQuote makes s one word of a POSIX shell.
func ShellQuote(s string) string {
	safe := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("@%+=:,./-_", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !safe(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
