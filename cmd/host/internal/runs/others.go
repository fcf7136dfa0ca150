package runs

import (
	"time"

	"carriles/executor/batch/result"
	"carriles/executor/crew"
	"carriles/executor/topology"
)

// others adds up what the machine did beside the rounds that are counted. The
// reading lies just outside of each round's clock.
type others struct {
	before topology.BusyInfo
	at     time.Time
	known  bool

	wall, busy, stolen, throttled float64 // seconds
}

func (o *others) begin(m Machine) {
	o.before, o.known = m.Busy()
	o.at = time.Now()
}

// end counts the round: what was busy and neither the workers nor the server.
func (o *others) end(m Machine, r crew.Report) {
	after, known := m.Busy()
	if !known || !o.known {
		return
	}
	own := r.Server.CPU().Seconds()
	for _, p := range r.Processes {
		if !p.Elsewhere {
			own += p.UserS + p.SystemS
		}
	}
	o.wall += time.Since(o.at).Seconds()
	o.busy += after.Seconds - o.before.Seconds - own
	o.stolen += after.Stolen - o.before.Stolen
	o.throttled += after.Throttled - o.before.Throttled
}

// add counts the rounds that another has counted too.
func (o *others) add(more others) {
	o.wall, o.busy, o.stolen = o.wall+more.wall, o.busy+more.busy, o.stolen+more.stolen
	o.throttled += more.throttled
}

// tell writes the averages down. Negative ones are the ticks of the counters.
func (o *others) tell(env *result.Environment) {
	if o.wall <= 0 {
		return
	}
	busy, stolen := max(0, o.busy/o.wall), max(0, o.stolen/o.wall)
	env.OtherCores, env.StolenCores = &busy, &stolen
	if o.throttled > 0 {
		env.ThrottledS = &o.throttled
	}
}
