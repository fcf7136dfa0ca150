package result

import (
	"carriles/executor/text"
	"carriles/executor/trace"
)

// Ways are the seconds of a span or of an account that were spent in each of
// trace's ways; absent where the system does not tell.
type Ways struct {
	QueuedS  *float64 `json:"queued_s,omitempty"`
	BlockedS *float64 `json:"blocked_s,omitempty"`
	// LockS is a part of BlockedS.
	LockS *float64 `json:"lock_s,omitempty"`
	// TouchS is a part of the processor time: page faults times what one costs on
	// this machine, which is an estimate.
	TouchS *float64 `json:"touch_s,omitempty"`
}

// ways is the one list of them, by trace.Way: where the figure is, and what
// readers call it, which the lanes, the tables and the report show.
var ways = [trace.WayCount]struct {
	field func(*Ways) **float64
	title text.Text
}{
	trace.Queued:  {func(w *Ways) **float64 { return &w.QueuedS }, text.Text{ES: "en cola por un procesador", EN: "queued for a processor"}},
	trace.Blocked: {func(w *Ways) **float64 { return &w.BlockedS }, text.Text{ES: "bloqueado", EN: "blocked"}},
	trace.Locked:  {func(w *Ways) **float64 { return &w.LockS }, text.Text{ES: "esperando el candado", EN: "waiting for the lock"}},
	trace.Touched: {func(w *Ways) **float64 { return &w.TouchS }, text.Text{ES: "tocando memoria por primera vez (estimado)", EN: "touching memory for the first time (estimated)"}},
}

func (w *Ways) put(way trace.Way, seconds float64) { *ways[way].field(w) = &seconds }

// In is how many seconds were spent in a way; 0 where that is not known.
func (w Ways) In(way trace.Way) float64 {
	if s := *ways[way].field(&w); s != nil {
		return *s
	}
	return 0
}

// Gather adds what is known of others; what is known of one alone stays.
func (w *Ways) Gather(o Ways) {
	for way := range ways {
		if way := trace.Way(way); o.Known(way) {
			w.put(way, w.In(way)+o.In(way))
		}
	}
}

// Known tells whether it is known how long was spent in a way.
func (w Ways) Known(way trace.Way) bool { return *ways[way].field(&w) != nil }

// WayNames lists the ways by their names, in their order.
func WayNames() []string { return trace.WayNames() }

// WayTitle is what readers call a way, by its name in the JSON without the _s.
func WayTitle(name string) text.Text {
	for way, w := range ways {
		if trace.Way(way).String() == name {
			return w.title
		}
	}
	return text.Text{ES: name, EN: name}
}
