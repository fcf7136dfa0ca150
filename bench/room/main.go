// Command room measures what is claimed of the room, on an idle machine, with real
// servers ("carriles serve") and real machines ("carriles worker -join") on the loopback
// network, and where it may make them, which takes root, in network namespaces of its
// own: a bridge of cable to each, which it takes down again. It prints a table: what is
// measured, what is claimed, what came out, and whether it holds. Each figure is the
// median of rounds with its quartiles.
//
// What is not real is said in its row. Members that are only there as a load, a thousand
// of them, run the devices' own program (executor/crew/room/device) over real WebSockets
// in this process; only their worker is a light one: it waits as long as the work would
// take and gives the bytes that the server's own batch has given for the photograph.
// They share the machine with the server, and what they take is in the figures. A slow
// machine is a real one whose child is stopped nine tenths of the time.
package main

import (
	"time"

	"carriles/bench/claims"
)

func main() {
	claims.Command{Name: "room", Title: "The room", Most: 8 * time.Minute, Parts: []claims.Part{
		{Name: "overhead", About: "what a task costs more than by a warm sequential", Run: overhead},
		{Name: "death", About: "a machine is killed, or stopped: until its task is begun elsewhere", Run: death},
		{Name: "slow", About: "a machine that is ten times slower than the other", Run: slow},
		{Name: "machines", About: "two machines in network namespaces against one", Run: machines},
		{Name: "volunteers", About: "30 and 1,000 members", Run: volunteers},
		{Name: "queue", About: "what the queue adds to the start and to the program", Run: queue},
		{Name: "idle", About: "what a server without work uses", Run: idle},
		{Name: "waits", About: "1,000 simultaneous waits by goroutines", Run: waits},
		{Name: "beside", About: "a timed run of other methods beside 200 idle members", Run: beside},
	}}.Main()
}
