package crew

import (
	"testing"
	"time"
)

// BenchmarkTail is what the scheduler does for a task of a batch of which each of a
// thousand devices has one, as they settle one after the other.
func BenchmarkTail(b *testing.B) {
	const devices = 1000
	var who []recruit
	for id := range devices {
		who = append(who, recruit{id: id + 1, slot: id, lanes: 1})
	}
	for b.Loop() {
		s := arriving(devices, who...)
		s.start(0)
		for i := range devices {
			s.settled(time.Second+time.Duration(i)*time.Microsecond, i+1, i, 1)
			s.deadline()
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*devices), "us/task")
}
