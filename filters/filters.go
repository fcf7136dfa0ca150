// Package filters has the list of the lab's image filters, which stand each in
// a folder with its kernels, and the engines that compute them: in plain Go and
// in vector instructions, which give the same bytes.
//
// It starts no goroutine, does no I/O, reads no clock and registers nothing in
// an init. The same package compiles for the host and for the browser, and gives
// the same bytes on both.
package filters

import (
	"slices"

	"carriles/filters/blur"
	"carriles/filters/brightness"
	"carriles/filters/edges"
	"carriles/filters/filter"
	"carriles/filters/resize"
	"carriles/filters/sharpen"
)

// What a filter is made of, see package filter.
type (
	Filter  = filter.Filter
	Kind    = filter.Kind
	Kernel  = filter.Kernel
	Param   = filter.Param
	Values  = filter.Values
	Scratch = filter.Scratch
)

// The kinds of a parameter.
const (
	Int   = filter.Int
	Float = filter.Float
)

// All lists the filters in the order in which they are shown.
func All() []Filter {
	return []Filter{
		resize.Filter(),
		blur.Filter(),
		brightness.Filter(),
		sharpen.Filter(),
		edges.Filter(),
	}
}

// Lookup finds a filter by its name or by one of its aliases.
func Lookup(name string) (Filter, bool) {
	for _, f := range All() {
		if f.Name == name || slices.Contains(f.Aliases, name) {
			return f, true
		}
	}
	return Filter{}, false
}
