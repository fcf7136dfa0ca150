package ui

import (
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"slices"
	"strings"
)

// MethodTitle is a method's name for the reader.
func MethodTitle(l Lang, name string) string {
	if isBrowser(name) {
		return l.T("method." + name)
	}
	if m, ok := request.LookupMethod(name); ok {
		return l.In(m.Title)
	}
	return name
}

// isBrowser reports whether a method is one of this browser's.
func isBrowser(method string) bool { return slices.Contains(request.BrowserMethods(), method) }

// lowerTitle is a method's name within a sentence; only its first letter is
// capital for being first.
func lowerTitle(l Lang, method string) string {
	title := MethodTitle(l, method)
	return strings.ToLower(title[:1]) + title[1:]
}

// StageTitle is a stage's name for the reader.
func StageTitle(l Lang, stage string) string { return l.In(result.StageTitle(stage)) }

// WinnerTitle names a winner for the reader.
func WinnerTitle(l Lang, name string) string {
	switch name {
	case "":
		return l.T("unknown")
	case result.WinnerNone:
		return l.T("winner.none")
	}
	return MethodTitle(l, name)
}

// known writes a figure, or that nothing is known of it.
func known(l Lang, is bool, text string) string {
	if !is {
		return l.T("unknown")
	}
	return text
}
