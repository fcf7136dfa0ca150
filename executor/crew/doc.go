// Package crew has the tasks of a batch done by workers, wherever these are: it
// gives orders, notices when a worker dies or freezes, tries its tasks again,
// and adds up where the time went.
//
// It is pure and portable: the same in the host, in the page and in tests. What
// a worker is, how it is started and how an image gets to it is its place's
// (executor/crew/process and others): crew imports no operating system, no
// network and no browser.
//
//	c := crew.New(place, crew.Config{...})
//	defer c.Close()
//	err := c.Start(ctx)            // warm only: hires all workers and waits for them
//	report, err := c.Run(ctx, job) // once if cold, any number of times if warm
//
// # What to read, and in which order
//
//	link.go       the seam: what a place and a worker have to do, and what they tell
//	report.go     what a round is given (Config, Job) and what it gives (Report)
//	scheduler.go  who gets which task, what is tried again: events in, actions out
//	assign.go     its rules of giving and hiring
//	deadline.go   its rules of time
//	round.go      the loop around it, within the clock
//	collect.go    what is asked after the clock
//	ledger.go     the accounts: spans of all lanes on one axis
//	crew.go       the life of a crew between rounds; member.go, a worker as it knows it
//	chaos.go, series.go, inbox.go   a deliberate failure, the view from outside, the events that wait
//
// The tests of the scheduler (scheduler_test.go, fuzz_test.go) need neither
// goroutines nor time; those of the crew (crew_test.go, arrive_test.go) run it on
// a place in memory (memory_test.go), whose minutes take no time; those with real processes
// and real signals are executor/crew/process's.
//
// # A round
//
//	round                scheduler               place, link            worker
//	  |--- start ----------->|                        |                    |
//	  |<-- hire 0 -----------|                        |                    |
//	  |--- Hire ------------------------------------->|--- starts -------->|
//	  |<------------------------------ Arrived{Hello} |<-- hello ----------|
//	  |--- arrived 0 ------->|                        |                    |
//	  |<-- give task 0 to 0 -|                        |                    |
//	  |--- Give{Order} ------------------------------>|--- image --------->| read, decode,
//	  |<---------------------------- Settled{Outcome} |<-- output, spans --| filter, encode
//	  |--- settled 0 ------->|                        |                    |
//	  |<-- give task 1 to 0 -|  the lane works on     |                    |
//	  |    Commit, ledger    |  while this is done    |                    |
//	  |        ...           |                        |                    X dies
//	  |<------------------------- Gone{Reason, Usage} |<-- end ------------|
//	  |--- gone 0 ---------->|                        |
//	  |<-- hire 1 -----------|  task 1 waits for it, attempt 2
//	  |        ...           |                        |
//	the clock stops; then Ask, Accounted{Account}, Report
//
// # What may go wrong, and where it is answered
//
//   - A worker dies: another gets its tasks, the third and last time alone, so that no
//     image fails for its neighbour's fault (maxAttempts in scheduler.go, runLast).
//   - It dies over and over: one that has settled a task is replaced at once; more than
//     five others in ten seconds slow the starts down (backoff in assign.go). While
//     somebody is ready nothing is given up. With nobody ready, five that ended by
//     themselves before their hello are enough, or ten seconds of such as were killed
//     (gone).
//   - It freezes, or never gets ready: its deadline kills it (deadline.go); the rest is
//     as above. Each worker may have a time of its own (Hello.Timeout).
//   - It says nonsense of itself: it is ended (greet in member.go).
//   - Its answer comes late, twice, or for another's task: nobody waits for it (settled).
//   - An image cannot be had or decoded: an outcome, not tried again (Outcome.Err).
//   - An output cannot be stored: the task's failure (finished in round.go).
//   - It was still starting when the last task was done: it is waited for, out of the
//     clock, and accounted (awaitStarting in collect.go).
//   - It gives no account: it is said and it is ended; a warm crew has another ready
//     before the next round (accounts, staff).
//   - Workers come by themselves, with unequal lanes, or leave: arrived, recover; nobody
//     comes for ten seconds: the batch is given up (tick).
//   - The way to a worker is long: it may hold orders beyond its lanes; those that
//     have no lane yet have no deadline, and are no attempt if it dies (held, recover).
//   - Its clock is another's: ledger.go. Accounts that could lie: ledger.go.
//   - The place tells something while nobody listens, or from a callback that must not
//     wait: inbox.go.
//   - The run is cancelled: all are killed (loop), and Close waits until they are gone.
//   - It is killed or freezes at another moment of its life: the table below.
//   - What only processes have (transports, memory, the death of the server): the
//     places' own packages.
//
// # The moments of a life
//
// A worker may be killed or may freeze at any moment, by anybody. It costs an attempt
// at most, and the answer is late by no more than an image may take and a second
// (moments_test.go; with real signals, executor/crew/process).
//
//	moment                     killed                         frozen
//	asked for, before its exec Gone; another is asked for     the place ends it (watch.go there)
//	starting, in a clock       the same; no task had it       killed after StartTimeout (tick)
//	starting, warm             the same, before any clock     the same (staff)
//	idle, warm                 another before the next round  no account: killed, and so on (newRound)
//	at work                    its tasks are tried again      killed at the image's deadline (tick)
//	after its last image       what it used is accounted      no account: killed (accounts)
//	asked for its account      the same                       the same
//	still starting at the end  the same                       killed after StartTimeout (awaitStarting)
//	let go                     it was leaving                 killed after two seconds (end, Close)
//	inspecting an output       three children try; then the output is "not verified", and stays
//	inspecting an upload       the same within 5 s; then 503  killed after 5 s; another tries
//
// An inspector is no member of a crew, but a child like them (inspector.go there).
package crew
