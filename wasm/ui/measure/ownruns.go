package measure

import (
	"slices"

	"carriles/wasm/ui/dom"
)

// keyRuns is where a browser remembers the ids of the runs that it asked for:
// that is how it knows its own in the queue, which does not say whose they are.
const keyRuns = "carriles.runs"

// OwnRuns are the ids of the runs that this browser asked for, the newest last.
func OwnRuns() []string {
	var ids []string
	dom.KeptIn(dom.ForGood, keyRuns, &ids)
	return ids
}

// rememberRun keeps a run as this browser's own.
func rememberRun(id string) {
	dom.KeepIn(dom.ForGood, keyRuns, withOwn(OwnRuns(), id))
}

// maxOwnRuns is how many of its runs a browser remembers as its own.
const maxOwnRuns = 50

// withOwn is the list of a browser's own runs with one more, the newest last.
func withOwn(own []string, id string) []string {
	own = append(slices.Clone(own), id)
	return own[max(0, len(own)-maxOwnRuns):]
}
