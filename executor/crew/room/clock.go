package room

import "time"

// clock is what is known of where a device's clock stood at 0, on the host's.
//
// A ping is answered with the device's clock, which it read at some moment between
// the sending and the hearing: the middle of the two is off by half of what lay
// between at most. Of the latest pings the shortest tells best. Clocks drift: some
// 50 µs a second are taken off what an older one is sure of.
type clock struct {
	readings [readings]reading
	n        int
}

type reading struct{ at, zero, off time.Duration }

// readings are how many pings are remembered, drift how far two clocks part.
const (
	readings = 8
	drift    = 50e-6
)

// note takes in a ping sent and heard at two times of the host's clock, and the
// device's clock between.
func (c *clock) note(sent, heard, device time.Duration) {
	off := (heard - sent) / 2
	c.readings[c.n%readings] = reading{at: heard, zero: sent + off - device, off: off}
	c.n++
}

// zero is when the device's clock stood at 0, give or take an error; false before
// anything is known.
func (c *clock) zero(now time.Duration) (zero, off time.Duration, ok bool) {
	for _, r := range c.readings[:min(c.n, readings)] {
		o := r.off + time.Duration(float64(now-r.at)*drift)
		if !ok || o < off {
			zero, off, ok = r.zero, o, true
		}
	}
	return zero, off, ok
}
