package results

import (
	"strings"

	"carriles/executor/batch/result"
	"carriles/wasm/ui/i18n"
)

// EnvironmentLine says in one line what a figure was measured on. What is
// unknown is left out.
func EnvironmentLine(l i18n.Lang, e result.Environment) string {
	var parts []string
	add := func(s string) {
		if s != "" {
			parts = append(parts, s)
		}
	}
	add(e.CPUModel)
	if e.CoresFound > 0 {
		add(l.T("environment.cores", e.CoresUsed, e.CoresFound))
	}
	if e.Engine != "" {
		add(l.T("environment.engine", e.Engine))
	}
	switch e.SIMD {
	case "":
	case "none":
		add(l.T("environment.scalar"))
	default:
		add(strings.ToUpper(e.SIMD))
	}
	if e.LoadAverage != nil {
		add(l.T("environment.load", l.Number(*e.LoadAverage, 2)))
	}
	add(strings.TrimSpace(e.OS + " " + e.Arch))
	add(e.GoVersion)
	return strings.Join(parts, " · ")
}
