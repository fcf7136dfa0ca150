// Package webworker is the browser as a place of the crew's: its workers are Web
// Workers of one script, each with its own program and memory. The place and the
// worker's side of the conversation both stand here. It downloads nothing, deals
// nothing out and judges nothing; what a worker computes with is package
// pipeline.
//
// # The protocol
//
// The place starts a Web Worker and speaks to it by postMessage. A message is an
// object with a type; what it tells stands in it as JSON, and images travel as
// ArrayBuffers that are transferred: what that costs is a copy out of one
// WebAssembly memory and one into the other.
//
//  1. The place's first message is {type: "serve", spec}: the whole spec. It may
//     be sent before the worker's program is there; the script keeps messages in
//     order until then.
//  2. The worker answers {type: "ready", ready} when it can compute: how it was
//     started, and where its clock has its zero.
//  3. The place sends {type: "task", task, attempt, photo}, and the next one when
//     the worker has answered {type: "outcome", outcome, output}: what became of
//     the task, its spans on the worker's clock, and the encoded image, empty if
//     the task failed.
//  4. {type: "broken", text} is a worker's last word: its program cannot serve,
//     or has panicked. (The script says that, in the program's place.)
//
// A worker is let go and killed in the same way: it is terminated from outside,
// which ends it in the middle of a task too. There is nothing to ask it for: a
// browser accounts neither the processor time nor the memory of its workers, so
// the place itself answers with an empty account.
//
// # The hard cases
//
//   - A worker that dies. A panic ends its program, and the script says so; what a
//     script throws is an error event. Either is the worker's end. Nobody is told
//     of a worker that something else terminates, nor of one that hangs: the crew
//     gives those up when their time is over.
//   - Whose clock. Each worker has its own, but a browser's all run on one:
//     performance.timeOrigin and performance.now added are the same moment in each.
//     (Go's own wall clock is rounded to milliseconds, in each differently.) The
//     ways are seen by neither side alone: receiving lasts from the place's sending
//     to the worker's first stage, sending from its last stage until the output is
//     in the place's memory.
//   - Messages come in callbacks of the browser, in which nothing may wait. What
//     they tell becomes an event at once, and the crew never blocks who tells it.
package webworker
