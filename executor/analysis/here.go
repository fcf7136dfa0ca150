package analysis

import (
	"fmt"
	"slices"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
)

// HereOf sets a result of the room beside those of this machine's own methods for the
// same batch; nil if sequential is not among them, or one of the two failed.
func HereOf(room *result.MethodResult, own map[string]*result.MethodResult) *result.Here {
	base := own[request.Sequential]
	if base == nil || base.Time <= 0 || room.Time <= 0 || base.AllFailed+room.AllFailed > 0 {
		return nil
	}
	best := base
	for _, name := range sortedNames(own) {
		if m := request.Described(name); !m.Room && !m.Python && own[name].AllFailed == 0 && own[name].Time > 0 && own[name].Time < best.Time {
			best = own[name]
		}
	}
	h := &result.Here{
		Sequential: base.Time, Best: best.Method, BestTime: best.Time, Rounds: len(base.Samples), Lanes: max(1, room.Workers),
		Speedup: base.Time / room.Time, OverBest: best.Time / room.Time,
	}
	h.Efficiency = h.Speedup / float64(h.Lanes)
	h.Text = hereText(room.Method, *h)
	return h
}

func sortedNames(results map[string]*result.MethodResult) (names []string) {
	for name := range results {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// hereText says it in a sentence or two.
func hereText(method string, h result.Here) text.Text {
	who := request.Described(method).Subject
	lanes := text.Sprintf("%d carriles", "%d lanes", h.Lanes)
	if h.Lanes == 1 {
		lanes = text.Text{ES: "1 carril", EN: "1 lane"}
	}
	t := text.Text{
		ES: fmt.Sprintf("%s, con %s, fue a %s veces la velocidad de esta máquina una imagen tras otra: cada carril rindió %s de un núcleo de aquí.",
			capital(who.ES), lanes.ES, number("es", h.Speedup), number("es", h.Efficiency)),
		EN: fmt.Sprintf("%s, with %s, was %s times as fast as this machine one image after the other: each lane gave %s of a core here.",
			capital(who.EN), lanes.EN, number("en", h.Speedup), number("en", h.Efficiency)),
	}
	if h.Best == request.Sequential {
		return t
	}
	best := request.Described(h.Best).Subject
	return joined(t, text.Text{
		ES: fmt.Sprintf("Frente a lo mejor de esta máquina (%s): %s veces.", best.ES, number("es", h.OverBest)),
		EN: fmt.Sprintf("Against this machine's best (%s): %s times.", best.EN, number("en", h.OverBest)),
	})
}
