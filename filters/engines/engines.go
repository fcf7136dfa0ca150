// Package engines lists who can compute the filters, with their code. It is
// apart from filters because the page and the validation need to know of the
// engines without linking them.
package engines

import (
	"carriles/filters"
	"carriles/filters/bildengine"
)

// All lists the engines in the order of filters.Engines.
func All() []filters.Engine {
	return []filters.Engine{filters.Native(), filters.Scalar(), bildengine.Engine()}
}
