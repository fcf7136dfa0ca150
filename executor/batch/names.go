package batch

import (
	"maps"
	"slices"
	"strings"

	"carriles/filters"
)

func namesOf[T any](list []T, name func(T) string) []string {
	names := make([]string, len(list))
	for i, x := range list {
		names[i] = name(x)
	}
	return names
}

func filterNames() []string {
	return namesOf(filters.All(), func(f filters.Filter) string { return f.Name })
}

func engineNames() []string {
	return namesOf(filters.Engines(), func(e filters.EngineInfo) string { return e.Name })
}

func methodNames() []string {
	return namesOf(Methods(), func(m Method) string { return m.Name })
}

func paramNames(f filters.Filter) []string {
	return namesOf(f.Params, func(p filters.Param) string { return p.Name })
}

// oneOf says "one of a, b or c" in both languages.
func oneOf(names []string) filters.Text {
	list := strings.Join(names, ", ")
	return filters.Text{ES: "uno de: " + list, EN: "one of: " + list}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
