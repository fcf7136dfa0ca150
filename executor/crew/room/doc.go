// Package room is the crew's place of workers that arrive over the network: the
// machines and the browsers of those who are in the room. A device joins with a
// code, holds one WebSocket, and while a batch has asked for workers it has one for
// it: a child process of its own with its lanes, or a Web Worker.
//
// The package is the host's side; what both sides say to each other is package wire,
// and a device's side package device. It decides nothing of tasks: who gets which,
// what is tried again and what it costs is the crew's, for which each device is a
// Link. It opens no socket and no file: connections come in as a Conn, outputs go
// out by Place.Store.
//
// # What to read, and in which order
//
//	wire/       the protocol, in prose and as types
//	session.go  a device's states: pure, events and the time in, actions out
//	conduct.go  how much nonsense a device may say, and what is made of its spans
//	clock.go    where a device's clock stands, and how sure that is
//	device.go   the loop around a session: reads, writes, carries out
//	place.go    a batch that asks for workers; the crew's Place and Link
//	room.go     who may come in: code, credentials, who is here
//
// # Hard cases
//
//   - A device is killed: its socket closes, and its worker is Gone at once.
//   - It is stopped, or its cable is pulled: nothing comes for SilenceTime; the same, and
//     the socket is closed, so that nothing late of it counts. It comes back as a
//     device that has just connected.
//   - A decoder's bomb, a kernel that hangs: the device's child dies or is killed, not
//     the device; it is asked for another one, later each time if they only die.
//   - A page is hidden: a phone may stop its program at any moment. It says that it
//     pauses, its worker is Gone at once, and what that had in hand was no attempt.
//   - Several methods want the same devices, each with a warm crew of its own: they work
//     for the one whose round begins (Place.Claim).
//   - It is told to give a worker up while that answers: every order has a lease, a
//     number that no other one ever has, and an answer counts while its lease is held.
//   - It sends 10 GB, or no image, or what it did not promise: an answer says how long
//     it is before it comes, and no more is read; its worker is Gone, so the task goes to another; at the
//     third time the device is out.
//   - It floods: more than a few dozen messages a second that answer nothing end it.
//   - It never reads: what waits for it is bounded, and so is the time of a write.
//   - It answers with wrong pixels that are an image: not to be seen here; who
//     committed them has the bytes to compare (cmd/host/internal/runs).
//   - It says anything at all of its spans: they are put between the order and the
//     answer, in steps that exist (conduct.go).
//   - Its clock is another's: clock.go.
//   - Its program is another version: it would give other bytes. It is refused, and
//     told so.
//   - The code is guessed: 8 letters of 24 are 10^11, and who is wrong five times in a
//     minute waits.
//   - A warm batch begins when the first device is ready: the others would arrive
//     within the clock. Their arrivals are held back until all are there that were
//     asked (gather in place.go).
package room
