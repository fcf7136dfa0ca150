// Package class holds what members, presenter and server of a class say to each
// other: the JSON types of /api/class/.
//
// It keeps no state: cmd/host/internal/class does.
package class

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
)

// The kinds of device that a member of the class may say it is.
const (
	DevicePhone   = "phone"
	DeviceLaptop  = "laptop"
	DeviceUnknown = "unknown"
)

func Devices() []string { return []string{DevicePhone, DeviceLaptop, DeviceUnknown} }

// MaxFactor is the largest speedup that may be predicted.
const MaxFactor = 64

// Join is the body of POST /api/class/join/. Member is random and made by
// the browser; it is all that tells one from another.
type Join struct {
	Member string `json:"member"` // 16 to 64 letters, digits and hyphens
	Device string `json:"device"`
	Cores  int    `json:"cores"` // 0: not told
}

// SeatField is the field of an event stream's address that may hold a seat.
const SeatField = "seat"

// Seat is what the presenter's token makes for its event streams, with which a
// browser sends no header: it opens a place that nobody else takes, and leads
// nothing, so it may stand in an address.
func Seat(token string) string {
	sum := sha256.Sum256([]byte("carriles: a seat for the presenter\n" + token))
	return hex.EncodeToString(sum[:16])
}

// Prediction is the body of POST /api/class/predict/: who will win the
// round, and how many times as fast as the baseline the fastest method will be.
type Prediction struct {
	Member string  `json:"member"`
	Round  int     `json:"round"`
	Winner string  `json:"winner"` // a method of the round, or result.WinnerNone
	Factor float64 `json:"factor"` // from 1 to MaxFactor
}

// Take is the body of POST /api/class/take/: the value that a member wants of the
// turn; 0 is any, and the smallest group is made larger.
type Take struct {
	Member string `json:"member"`
	Turn   int    `json:"turn"` // its number
	Value  int    `json:"value,omitempty"`
}

// Taken is its answer: the value that the member has now.
type Taken struct {
	State
	Value int `json:"value"`
}

// Result is the body of POST /api/class/result/: what the member's browser
// needed for the round's batch, or that of its group's value, by one Web Worker.
type Result struct {
	Member  string  `json:"member"`
	Round   int     `json:"round"` // its number, or the turn's
	Seconds float64 `json:"seconds"`
	Images  int     `json:"images"`
	SIMD    string  `json:"simd"` // instruction set of the kernels, "none" without
}

// The presenter's actions.
const (
	ActionShow    = "show"    // Step is what everybody looks at; empty: nothing
	ActionAsk     = "ask"     // a new round, on a command of a step
	ActionTurn    = "turn"    // "your turn" of a step: the groups take the values of Over
	ActionClose   = "close"   // no more predictions
	ActionMeasure = "measure" // RunID, of a command of a step, is on the wall from now on
	ActionReveal  = "reveal"  // what was predicted, beside the run that was made
	ActionEnd     = "end"     // the round, or the turn, is over
	ActionPause   = "pause"   // nobody else may measure
	ActionResume  = "resume"  // everybody may
	ActionAddress = "address" // Address is the one that is shown, and stays so
)

// Control is the body of POST /api/class/control/, which takes the
// presenter's token.
type Control struct {
	Action  string `json:"action"`
	Step    string `json:"step,omitempty"`    // of the lesson
	Command int    `json:"command,omitempty"` // of the step, from 0
	RunID   string `json:"run_id,omitempty"`  // of ActionMeasure and ActionReveal
	Address string `json:"address,omitempty"` // of ActionAddress
	// Change is what the presenter has turned in the command, of ActionAsk and
	// ActionTurn.
	Change request.Change `json:"change,omitzero"`
	Over   string         `json:"over,omitempty"` // of ActionTurn
	// Value makes ActionMeasure and ActionReveal speak of a value of the turn.
	Value int `json:"value,omitempty"`
}

// The phases of a round.
const (
	RoundOpen     = "open"     // predictions are taken
	RoundClosed   = "closed"   // they are not; the run is made
	RoundRevealed = "revealed" // they are shown, and browsers may send results
)

// State is what everybody in the class sees: an event's data.
type State struct {
	Members Members `json:"members"`
	// Step is the lesson's step that the presenter shows; empty if none.
	Step  string `json:"step"`
	Round *Round `json:"round,omitempty"`
	// Shown is the run that the presenter has measured, or measures, for all, and Runs
	// are those of the step's commands, the newest of each, in their order.
	Shown *Shown  `json:"shown,omitempty"`
	Runs  []Shown `json:"runs,omitempty"`
	Turn  *Turn   `json:"turn,omitempty"`
	// Waiting is what simultaneous requests that wait have given so far, where the step
	// measures them: of Ways those in Results, and a Summary once it is all.
	Waiting *result.Waiting `json:"waiting,omitempty"`
	// Devices are those of the room that are here, the first MostDevices in the order of
	// their coming, and AllDevices how many there are.
	Devices    []Device           `json:"devices,omitempty"`
	AllDevices int                `json:"all_devices,omitempty"`
	Queue      []result.QueuedRun `json:"queue"`
	// Paused is whether only the presenter may measure.
	Paused bool `json:"paused"`
	// Arrived is how many have come by the address that was chosen to be shown, those
	// that have left too.
	Arrived int `json:"arrived"`
}

// MostDevices is how many of the room's devices are told of.
const MostDevices = 40

// Device is a machine or a browser that takes part in the room.
type Device struct {
	Name  string `json:"name"`
	Kind  string `json:"kind"` // request.KindMachine or request.KindBrowser
	Lanes int    `json:"lanes"`
}

// Shown is a run of a command of the lesson.
type Shown struct {
	Step    string `json:"step"`
	Command int    `json:"command"`
	RunID   string `json:"run_id"`
	Value   int    `json:"value,omitempty"` // of the turn
}

// The phases of a turn.
const (
	TurnOpen     = "open"     // the values are taken
	TurnMeasured = "measured" // the server goes through them
	TurnBrowsers = "browsers" // it has; browsers may send their times
)

// Turn is "your turn": each group of members has a value of a command's.
type Turn struct {
	Number int     `json:"number"` // above those of earlier rounds and turns
	Phase  string  `json:"phase"`
	Step   string  `json:"step"`
	Over   string  `json:"over"`
	Groups []Group `json:"groups"` // in the order of their values
	// Crossovers say of the values that are measured where one method begins to be
	// faster than another; none under two of them.
	Crossovers []result.Crossover `json:"crossovers,omitempty"`
}

// Group is who has a value of the turn, and what became of it.
type Group struct {
	Value   int             `json:"value"`
	Members int             `json:"members"`
	Request request.Request `json:"request"` // its batch
	RunID   string          `json:"run_id,omitempty"`
	// Methods are the server's times in the request's order, and Images how many they
	// were of; none before they are measured.
	Methods  []Time    `json:"methods,omitempty"`
	Images   int       `json:"images,omitempty"`
	Winner   string    `json:"winner,omitempty"`
	Browsers []Browser `json:"browsers,omitempty"` // fastest first
}

type Members struct {
	All     int `json:"all"`
	Phones  int `json:"phones"`
	Laptops int `json:"laptops"`
	// Silent have closed their pages, or are out of reach: they leave in some seconds.
	Silent int `json:"silent"`
}

// Round is one question to the class. What was predicted is not in it
// before it is revealed.
type Round struct {
	Number      int             `json:"number"` // above those of earlier rounds
	Phase       string          `json:"phase"`
	Step        string          `json:"step"`
	Command     int             `json:"command"`
	Request     request.Request `json:"request"` // the batch; its methods may be predicted
	Predictions int             `json:"predictions"`
	Reveal      *Reveal         `json:"reveal,omitempty"`
}

// Reveal is what a round comes to.
type Reveal struct {
	Outcome Outcome `json:"outcome"`
	// Votes are the predicted winners, in the order of the round's methods, with
	// result.WinnerNone last. Factors are the predicted speedups, sorted.
	Votes    []Vote    `json:"votes"`
	Factors  []float64 `json:"factors"`
	Browsers []Browser `json:"browsers"` // fastest first
}

type Outcome struct {
	RunID  string `json:"run_id"`
	Winner string `json:"winner"` // a method's name, or result.WinnerNone
	// Leaders are the methods that no other one beat, in the round's order: one if
	// there is a winner.
	Leaders []string `json:"leaders"`
	// Sentence is the verdict, with the interval of the pair that decides it where
	// there is one.
	Sentence text.Text `json:"sentence"`
	Factor   float64   `json:"factor"` // the baseline's time over the fastest method's
	Images   int       `json:"images"`
	// Methods are the times of the server's methods, in the round's order.
	Methods []Time `json:"methods"`
}

type Time struct {
	Method  string  `json:"method"`
	Seconds float64 `json:"seconds"`
	// Low and High are the quartiles of the rounds, of a turn's values.
	Low  float64 `json:"low,omitempty"`
	High float64 `json:"high,omitempty"`
}

type Vote struct {
	Winner string `json:"winner"`
	Count  int    `json:"count"`
}

// Browser is a member's own time for the batch.
type Browser struct {
	Seconds float64 `json:"seconds"`
	Device  string  `json:"device"`
	Cores   int     `json:"cores"`
	SIMD    string  `json:"simd"`
}

// Info is the answer of GET /api/class/: how the class stands, and where
// it is joined.
type Info struct {
	State
	// Addresses are those of the join page: the chosen one first, then the
	// likeliest. Localhost is among them only if there is no other.
	Addresses []Address `json:"addresses"`
}

// Address is one by which the class is joined.
type Address struct {
	URL string `json:"url"`
	// Chosen is the one that is shown; it stays while it is one of this machine's.
	Chosen bool `json:"chosen"`
	// Arrived is how many members came by it, those that have left too.
	Arrived int `json:"arrived"`
}

// OutcomeOf is what a comparison means for a round; false if it is none.
func OutcomeOf(runID string, c *result.Comparison) (Outcome, bool) {
	o := Outcome{RunID: runID, Winner: c.Performance.Winner}
	fastest, baseline := 0.0, 0.0
	for _, name := range c.Spec.Methods {
		m := c.Results[name]
		if m == nil || m.Time <= 0 {
			return o, false
		}
		o.Images = m.ProcessedCount
		o.Methods = append(o.Methods, Time{Method: name, Seconds: m.Time})
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
	o.Leaders, o.Sentence = leaders(c), c.Performance.Summary
	if len(c.Performance.Verdicts) > 0 {
		first := c.Performance.Verdicts[0].Text
		o.Sentence = text.Text{ES: o.Sentence.ES + " " + first.ES, EN: o.Sentence.EN + " " + first.EN}
	}
	return o, true
}

// leaders lists the methods that no other one beat.
func leaders(c *result.Comparison) []string {
	beaten := map[string]bool{}
	for _, v := range c.Performance.Verdicts {
		switch v.Outcome {
		case v.A:
			beaten[v.B] = true
		case v.B:
			beaten[v.A] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(c.Spec.Methods), func(name string) bool { return beaten[name] })
}
