package i18n

import (
	"slices"
	"strings"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
)

// MethodTitle is a method's name for the reader.
func MethodTitle(l Lang, name string) string { return l.In(request.Described(name).Title) }

// MethodTitles lists methods by their names for the reader.
func MethodTitles(l Lang, names []string) string {
	titles := make([]string, len(names))
	for i, name := range names {
		titles[i] = MethodTitle(l, name)
	}
	return strings.Join(titles, ", ")
}

// IsBrowser reports whether a method is one of this browser's.
func IsBrowser(method string) bool { return slices.Contains(request.BrowserMethods(), method) }

// LowerTitle is a method's name within a sentence; only its first letter is
// capital for being first.
func LowerTitle(l Lang, method string) string {
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

// Known writes a figure, or that nothing is known of it.
func Known(l Lang, is bool, text string) string {
	if !is {
		return l.T("unknown")
	}
	return text
}
