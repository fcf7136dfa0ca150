package process

import "time"

// Usage is what a process has used since it started, as its kernel accounts
// it.
type Usage struct {
	User   time.Duration `json:"user_ns"`
	System time.Duration `json:"system_ns"`
	// PeakMemory is the largest resident set so far, in bytes; 0 if the system
	// does not tell.
	PeakMemory int64 `json:"peak_memory_bytes"`
	// Counts is nil where the system does not tell.
	Counts *Counts `json:"counts,omitempty"`
	// Queued is how long its threads were ready without a processor to run on,
	// all together; nil where the system does not tell, of a process that has
	// ended, and unless it was asked for its account.
	Queued *time.Duration `json:"queued_ns,omitempty"`
}

// Counts are what a kernel counts of a process.
type Counts struct {
	VoluntarySwitches   int64 `json:"voluntary_switches"`
	InvoluntarySwitches int64 `json:"involuntary_switches"`
	MinorFaults         int64 `json:"minor_faults"`
	MajorFaults         int64 `json:"major_faults"`
}

// CPU is user and system time.
func (u Usage) CPU() time.Duration { return u.User + u.System }

// since is what was used after an earlier usage of the same process.
func (u Usage) since(before Usage) Usage {
	u.User, u.System = max(0, u.User-before.User), max(0, u.System-before.System)
	if c, b := u.Counts, before.Counts; c != nil && b != nil {
		u.Counts = &Counts{
			VoluntarySwitches:   c.VoluntarySwitches - b.VoluntarySwitches,
			InvoluntarySwitches: c.InvoluntarySwitches - b.InvoluntarySwitches,
			MinorFaults:         c.MinorFaults - b.MinorFaults,
			MajorFaults:         c.MajorFaults - b.MajorFaults,
		}
	}
	if u.Queued != nil && before.Queued != nil {
		waited := max(0, *u.Queued-*before.Queued)
		u.Queued = &waited
	}
	return u
}
