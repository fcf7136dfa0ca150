package request

import (
	"fmt"
	"strings"

	"carriles/executor/text"
	"carriles/filters"
)

// each is f of every element.
func each[T, U any](list []T, f func(T) U) []U {
	out := make([]U, len(list))
	for i, x := range list {
		out[i] = f(x)
	}
	return out
}

// MethodNames lists the names of Methods.
func MethodNames() []string {
	return each(Methods(), func(m Method) string { return m.Name })
}

func paramNames(f filters.Filter) []string {
	return each(f.Params, func(p filters.Param) string { return p.Name })
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
