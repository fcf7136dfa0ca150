// Command evidence asks a server of its own, on an idle machine, for what the lab
// claims of its verdicts and of its instruments, and prints a table: what is wanted,
// what came out, and whether it holds. Nothing else may be at work meanwhile: each
// figure is one of wall time.
//
// It starts the binary on a free port with a folder of its own and ends it again. It
// changes nothing else, and it judges nothing that the server has not said itself or
// that does not follow from its figures by a division.
package main

import (
	"time"

	"carriles/bench/claims"
)

func main() {
	claims.Command{Name: "evidence", Title: "Evidence", Most: 15 * time.Minute, Shared: true, Parts: []claims.Part{
		{Name: "aa", About: "two equal methods, one round, 24 times: no winner", Run: equals},
		{Name: "guide", About: "the guide's commands as pasted: seconds, rounds and verdict of each", Run: guide},
		{Name: "ceiling", About: "threads against the ceiling, sharpen 5, running", Run: ceiling},
		{Name: "cold", About: "threads from nothing against sequential from nothing", Run: cold},
		{Name: "recording", About: "what recording costs a run", Run: recording},
		{Name: "lock", About: "the lock on, and let go in all stages", Run: lock},
		{Name: "idle", About: "200 batches from cached files, and 20 that wait", Run: func(b *claims.Bench) error { return bounds(b, "idle", 0) }},
		{Name: "busy", About: "the same beside two busy loops", Run: func(b *claims.Bench) error { return bounds(b, "beside two loops", 2) }},
		{Name: "starting", About: "a method from nothing and running, in one answer", Run: starting},
	}}.Main()
}
