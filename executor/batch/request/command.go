package request

import "strings"

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
