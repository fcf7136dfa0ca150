package runs

import (
	"slices"
	"sync"
	"time"

	"carriles/executor/analysis"
	"carriles/executor/batch/result"
	"carriles/executor/contest"
)

// demandWindow is how far back it is looked for what is asked of the room.
const demandWindow = time.Minute

// Demand is what has been asked of the room's devices and what they have done: what
// the advice on their number is made of.
type Demand struct {
	mu      sync.Mutex
	asked   []asked
	lanes   map[int][]float64 // seconds an image took a round, by how many lanes there were
	chain   []string          // of those rounds
	service float64           // seconds of a lane, of the latest round
	done    int
	failed  int
}

type asked struct {
	at     time.Time
	images int
}

// Ask notes a batch that was asked for.
func (d *Demand) Ask(images int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = append(d.asked, asked{time.Now(), images})
}

// keepRounds is how many rounds are remembered of each number of lanes.
const keepRounds = 20

// note takes in the rounds of a method.
func (d *Demand) note(m contest.Measured, method string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if chain := m.Spec.FilterNames(); d.lanes == nil || !slices.Equal(chain, d.chain) {
		d.lanes, d.chain = map[int][]float64{}, chain // other work: other times
	}
	for _, s := range m.Samples[method] {
		busy, done := time.Duration(0), 0
		for _, t := range s.Tasks {
			if t.Err != nil {
				d.failed++
				continue
			}
			done++
			for _, span := range t.Spans {
				busy += span.Duration()
			}
		}
		if d.done += done; done == 0 {
			continue
		}
		d.service = busy.Seconds() / float64(done)
		n := len(s.Lanes)
		d.lanes[n] = append(d.lanes[n], s.Wall.Seconds()/float64(done))
		d.lanes[n] = d.lanes[n][max(0, len(d.lanes[n])-keepRounds):]
	}
}

// Done counts the images that the devices have done, and those that failed.
func (d *Demand) Done() (done, failed int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.done, d.failed
}

// Now is the present demand, but for who is there and what waits.
func (d *Demand) Now() analysis.Demand {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := time.Now()
	d.asked = slices.DeleteFunc(d.asked, func(a asked) bool { return now.Sub(a.at) > demandWindow })
	images := 0
	for _, a := range d.asked {
		images += a.images
	}
	return analysis.Demand{Rate: float64(images) / demandWindow.Seconds(), Service: d.service, Law: d.law()}
}

// law is the Universal Scalability Law of the rounds that are known; nil if they
// are too few. d.mu is held.
func (d *Demand) law() *result.ScalingFit {
	var workers []int
	for n := range d.lanes {
		workers = append(workers, n)
	}
	slices.Sort(workers)
	var seconds [][]float64
	for _, n := range workers {
		seconds = append(seconds, d.lanes[n])
	}
	if len(workers) == 0 {
		return nil
	}
	return analysis.FitScaling(workers, seconds, workers[len(workers)-1]).USL // every lane has a core of its own
}
