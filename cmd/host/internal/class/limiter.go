package class

import "time"

// The limiter's default: a class behind one address is let in at once, and a
// client that asks without a pause is held to a few dozen requests a second.
const (
	requestBurst = 300
	requestRate  = 30 // a second
	// maxClients bounds what is remembered.
	maxClients = 4096
)

// limiter is a token bucket a client. It is pure: the time comes with each
// request. Not safe for concurrent use.
type limiter struct {
	burst, rate float64
	buckets     map[string]bucket
}

type bucket struct {
	tokens float64
	at     time.Time
}

func newLimiter() *limiter {
	return &limiter{burst: requestBurst, rate: requestRate, buckets: map[string]bucket{}}
}

// take takes a token of a client's; false if it has none.
func (l *limiter) take(client string, now time.Time) bool {
	b, known := l.buckets[client]
	switch {
	case known:
		b.tokens, b.at = l.tokens(b, now), now
	case len(l.buckets) >= maxClients:
		return false
	default:
		b = bucket{tokens: l.burst, at: now}
	}
	ok := b.tokens >= 1
	if ok {
		b.tokens--
	}
	l.buckets[client] = b
	return ok
}

func (l *limiter) tokens(b bucket, now time.Time) float64 {
	return min(l.burst, b.tokens+l.rate*now.Sub(b.at).Seconds())
}

// forget lets go of the clients whose buckets are full again.
func (l *limiter) forget(now time.Time) {
	for client, b := range l.buckets {
		if l.tokens(b, now) >= l.burst {
			delete(l.buckets, client)
		}
	}
}
