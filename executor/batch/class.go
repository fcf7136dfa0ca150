package batch

// The codes of the class's errors beside those of requests.
const (
	CodeNotPresenter = "not_presenter" // the token is not the presenter's
	CodeNotJoined    = "not_joined"    // the member is unknown: it must join first
	CodeNotOpen      = "not_open"      // the round does not take this now
)

// The kinds of device that a member of the class may say it is.
const (
	DevicePhone   = "phone"
	DeviceLaptop  = "laptop"
	DeviceUnknown = "unknown"
)

// Devices lists the kinds of device.
func Devices() []string { return []string{DevicePhone, DeviceLaptop, DeviceUnknown} }

// WinnerNone is the winner where the samples name none: a tie.
const WinnerNone = "none"

// MaxFactor is the largest speedup that may be predicted.
const MaxFactor = 64

// ClassJoin is the body of POST /api/class/join/. Member is random and made by
// the browser; it is all that tells one from another.
type ClassJoin struct {
	Member string `json:"member"` // 16 to 64 letters, digits and hyphens
	Device string `json:"device"`
	Cores  int    `json:"cores"` // 0: not told
}

// ClassPrediction is the body of POST /api/class/predict/: who will win the
// round, and how many times as fast as the baseline the fastest method will be.
type ClassPrediction struct {
	Member string  `json:"member"`
	Round  int     `json:"round"`
	Winner string  `json:"winner"` // a method of the round, or WinnerNone
	Factor float64 `json:"factor"` // from 1 to MaxFactor
}

// ClassResult is the body of POST /api/class/result/: what the member's browser
// needed for the round's batch, by one Web Worker.
type ClassResult struct {
	Member  string  `json:"member"`
	Round   int     `json:"round"`
	Seconds float64 `json:"seconds"`
	Images  int     `json:"images"`
	SIMD    string  `json:"simd"` // instruction set of the kernels, "none" without
}

// The presenter's actions.
const (
	ClassShow   = "show"   // Step is what everybody looks at; empty: nothing
	ClassAsk    = "ask"    // a new round, on a command of a step
	ClassClose  = "close"  // no more predictions
	ClassReveal = "reveal" // what was predicted, beside the run that was made
	ClassEnd    = "end"    // the round is over
)

// ClassControl is the body of POST /api/class/control/, which takes the
// presenter's token.
type ClassControl struct {
	Action  string `json:"action"`
	Step    string `json:"step,omitempty"`    // of the lesson
	Command int    `json:"command,omitempty"` // of the step, from 0
	RunID   string `json:"run_id,omitempty"`  // of ClassReveal
}

// The phases of a round.
const (
	RoundOpen     = "open"     // predictions are taken
	RoundClosed   = "closed"   // they are not; the run is made
	RoundRevealed = "revealed" // they are shown, and browsers may send results
)

// ClassState is what everybody in the class sees: an event's data.
type ClassState struct {
	Members ClassMembers `json:"members"`
	// Step is the lesson's step that the presenter shows; empty if none.
	Step  string      `json:"step"`
	Round *ClassRound `json:"round,omitempty"`
	Queue []QueuedRun `json:"queue"`
}

// ClassMembers counts who is here, by kind of device.
type ClassMembers struct {
	All     int `json:"all"`
	Phones  int `json:"phones"`
	Laptops int `json:"laptops"`
}

// ClassRound is one question to the class. What was predicted is not in it
// before it is revealed.
type ClassRound struct {
	Number      int     `json:"number"` // above those of earlier rounds
	Phase       string  `json:"phase"`
	Step        string  `json:"step"`
	Command     int     `json:"command"`
	Request     Request `json:"request"` // the batch; its methods may be predicted
	Predictions int     `json:"predictions"`
	Reveal      *Reveal `json:"reveal,omitempty"`
}

// Reveal is what a round comes to.
type Reveal struct {
	Outcome ClassOutcome `json:"outcome"`
	// Votes are the predicted winners, in the order of the round's methods, with
	// WinnerNone last. Factors are the predicted speedups, sorted.
	Votes    []ClassVote    `json:"votes"`
	Factors  []float64      `json:"factors"`
	Browsers []ClassBrowser `json:"browsers"` // fastest first
}

// ClassOutcome is what the server's run gave.
type ClassOutcome struct {
	RunID  string  `json:"run_id"`
	Winner string  `json:"winner"` // a method's name, or WinnerNone
	Factor float64 `json:"factor"` // the baseline's time over the fastest method's
	Images int     `json:"images"`
	// Methods are the times of the server's methods, in the round's order.
	Methods []ClassTime `json:"methods"`
}

// ClassTime is a method's median time.
type ClassTime struct {
	Method  string  `json:"method"`
	Seconds float64 `json:"seconds"`
}

// ClassVote counts who predicted a winner.
type ClassVote struct {
	Winner string `json:"winner"`
	Count  int    `json:"count"`
}

// ClassBrowser is a member's own time for the batch.
type ClassBrowser struct {
	Seconds float64 `json:"seconds"`
	Device  string  `json:"device"`
	Cores   int     `json:"cores"`
	SIMD    string  `json:"simd"`
}

// ClassInfo is the answer of GET /api/class/: how the class stands, and where
// it is joined.
type ClassInfo struct {
	ClassState
	// Addresses are those of the join page, the likeliest first. Localhost is
	// among them only if there is no other.
	Addresses []string `json:"addresses"`
}

// OutcomeOf is what a comparison means for a round; false if it is none.
func OutcomeOf(runID string, c *Comparison) (ClassOutcome, bool) {
	o := ClassOutcome{RunID: runID, Winner: c.Performance.Winner}
	fastest, baseline := 0.0, 0.0
	for _, name := range c.Spec.Methods {
		m := c.Results[name]
		if m == nil || m.Time <= 0 {
			return o, false
		}
		o.Images = m.ProcessedCount
		o.Methods = append(o.Methods, ClassTime{Method: name, Seconds: m.Time})
		if fastest == 0 || m.Time < fastest {
			fastest = m.Time
		}
		if baseline == 0 { // the methods stand with the baseline first
			baseline = m.Time
		}
	}
	if len(o.Methods) < 2 {
		return o, false
	}
	o.Factor = baseline / fastest
	return o, true
}
