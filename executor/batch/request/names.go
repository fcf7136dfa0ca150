package request

import (
	"fmt"
	"strings"

	"carriles/executor/text"
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

func MethodNames() []string {
	return namesOf(Methods(), func(m Method) string { return m.Name })
}

func paramNames(f filters.Filter) []string {
	return namesOf(f.Params, func(p filters.Param) string { return p.Name })
}

// maxListed is how many names oneOf lists: a folder may hold thousands of
// photographs.
const maxListed = 30

// oneOf says "one of: a, b, c" in both languages.
func oneOf(names []string) text.Text {
	list := strings.Join(names[:min(len(names), maxListed)], ", ")
	if len(names) > maxListed {
		list += fmt.Sprintf(", … (%d)", len(names))
	}
	return text.Text{ES: "uno de: " + list, EN: "one of: " + list}
}
