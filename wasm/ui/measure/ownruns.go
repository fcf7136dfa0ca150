package measure

import (
	"slices"
	"strings"

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

// keySecrets is where it remembers, for as many of them, what cancels them: the
// id, a space, the host's secret.
const keySecrets = "carriles.secrets"

func secrets() []string {
	var all []string
	dom.KeptIn(dom.ForGood, keySecrets, &all)
	return all
}

// rememberRun keeps a run as this browser's own, and what cancels it.
func rememberRun(id, secret string) {
	dom.KeepIn(dom.ForGood, keyRuns, withOwn(OwnRuns(), id))
	dom.KeepIn(dom.ForGood, keySecrets, withOwn(secrets(), id+" "+secret))
}

// secretOf is what cancels a run; empty if this browser did not ask for it.
func secretOf(all []string, id string) string {
	for _, line := range all {
		if of, secret, _ := strings.Cut(line, " "); of == id {
			return secret
		}
	}
	return ""
}

// maxOwnRuns is how many of its runs a browser remembers as its own.
const maxOwnRuns = 50

// withOwn is the list of a browser's own runs with one more, the newest last.
func withOwn(own []string, id string) []string {
	own = append(slices.Clone(own), id)
	return own[max(0, len(own)-maxOwnRuns):]
}
