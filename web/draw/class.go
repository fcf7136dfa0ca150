package draw

import (
	"fmt"
	"strings"

	"carriles/executor/analysis"
	"carriles/executor/batch/class"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
)

// classWords are what the presenter's view, the wall and the phones say of a class
// in the same words. Verbs are those of fmt.
var classWords = map[string]text.Text{
	"members":         {ES: "En clase: %d", EN: "In class: %d"},
	"devices.phone":   {ES: "teléfonos: %d", EN: "phones: %d"},
	"devices.laptop":  {ES: "ordenadores: %d", EN: "computers: %d"},
	"devices.unknown": {ES: "otros aparatos: %d", EN: "other devices: %d"},
	"silent":          {ES: "en silencio: %d", EN: "silent: %d"},
	"device.phone":    {ES: "Teléfono", EN: "Phone"},
	"device.laptop":   {ES: "Ordenador", EN: "Computer"},
	"device.unknown":  {ES: "Otro", EN: "Other"},
	"queue.none":      {ES: "El servidor está libre", EN: "The server is free"},
	"queue.one":       {ES: "El servidor está midiendo", EN: "The server is measuring"},
	"queue.two":       {ES: "El servidor está midiendo; espera 1 medición", EN: "The server is measuring; 1 run is waiting"},
	"queue":           {ES: "El servidor está midiendo; esperan %d mediciones", EN: "The server is measuring; %d runs are waiting"},
	"factor":          {ES: "Respecto al método %s, la clase predijo %s (mediana); medido, %s.", EN: "Against %s the class predicted %s (median); measured, %s."},
	"factor.alone":    {ES: "Respecto al método %s, medido: %s.", EN: "Against %s, measured: %s."},
	"tie":             {ES: "Las muestras no distinguen al más rápido.", EN: "The samples do not tell who is fastest."},
	"winner":          {ES: "Lo más rápido: %s", EN: "The fastest: %s"},
	"chart":           {ES: "Cada navegador junto al servidor", EN: "Each browser beside the server"},
	"browsers":        {ES: "Navegadores (%d)", EN: "Browsers (%d)"},
	"shapes":          {ES: "Un punto por navegador: círculo, teléfono; cuadrado, ordenador; rombo, otro.", EN: "A dot for each browser: circle, phone; square, computer; diamond, other."},
}

// ClassText is one of the class's words.
func ClassText(lang, key string, args ...any) string {
	word := classWords[key].In(lang)
	if len(args) == 0 {
		return word
	}
	return fmt.Sprintf(word, args...)
}

// Dot is a browser's place on the class's chart.
type Dot struct {
	class.Browser
	At    float64 // percent of the axis
	Level int     // from 0: how many lie beneath it
}

// dotWidth is the share of the axis that a dot covers, in percent.
const dotWidth = 3.5

// Dots places browsers on an axis, those that would cover each other one above
// the other. They come sorted by their times.
func Dots(browsers []class.Browser, axis Axis) []Dot {
	var dots []Dot
	var ends []float64 // where the last dot of each level ends
	for _, b := range browsers {
		d := Dot{Browser: b, At: axis.At(b.Seconds)}
		for d.Level < len(ends) && ends[d.Level] > d.At {
			d.Level++
		}
		if d.Level == len(ends) {
			ends = append(ends, 0)
		}
		ends[d.Level] = d.At + dotWidth
		dots = append(dots, d)
	}
	return dots
}

// ClassAxis is an axis for the server's methods and all browsers.
func ClassAxis(r class.Reveal) Axis {
	end := 0.0
	for _, m := range r.Outcome.Methods {
		end = max(end, m.Seconds)
	}
	for _, b := range r.Browsers {
		end = max(end, b.Seconds)
	}
	return AxisTo(end)
}

// DeviceTitle is a kind of device for a reader.
func DeviceTitle(lang, device string) string {
	if _, known := classWords["device."+device]; !known {
		device = class.DeviceUnknown
	}
	return ClassText(lang, "device."+device)
}

// MembersText counts who is here, by kinds of device.
func MembersText(lang string, m class.Members) string {
	text := ClassText(lang, "members", m.All)
	if kinds := DevicesText(lang, m); kinds != "" {
		text += " · " + kinds
	}
	return text
}

// DevicesText counts the kinds of device, and who is silent; empty if nobody is here.
func DevicesText(lang string, m class.Members) string {
	var parts []string
	for _, kind := range []struct {
		key string
		n   int
	}{{"devices.phone", m.Phones}, {"devices.laptop", m.Laptops}, {"devices.unknown", m.All - m.Phones - m.Laptops}, {"silent", m.Silent}} {
		if kind.n > 0 {
			parts = append(parts, ClassText(lang, kind.key, kind.n))
		}
	}
	return strings.Join(parts, " · ")
}

// QueueText says how the server's queue stands.
func QueueText(lang string, queue []result.QueuedRun) string {
	running, waiting := 0, 0
	for _, r := range queue {
		if r.State == result.Running {
			running++
		} else {
			waiting++
		}
	}
	switch {
	case running+waiting == 0:
		return ClassText(lang, "queue.none")
	case waiting == 0:
		return ClassText(lang, "queue.one")
	case waiting == 1:
		return ClassText(lang, "queue.two")
	}
	return ClassText(lang, "queue", waiting)
}

// HasFactor reports whether a winner leaves open by how much it wins: the baseline,
// the first of the methods, is as fast as itself, and a tie has no winner.
func HasFactor(winner string, methods []string) bool {
	return winner != "" && winner != result.WinnerNone && len(methods) > 0 && winner != methods[0]
}

// FactorSentence sets the predicted speedup beside the measured one; it is empty
// where nothing beat the baseline.
func FactorSentence(lang string, r class.Reveal) string {
	methods := make([]string, len(r.Outcome.Methods))
	for i, m := range r.Outcome.Methods {
		methods[i] = m.Method
	}
	if !HasFactor(r.Outcome.Winner, methods) {
		return ""
	}
	baseline, measured := text.Lower(MethodTitle(lang, methods[0])), text.Ratio(lang, r.Outcome.Factor)
	if len(r.Factors) == 0 {
		return ClassText(lang, "factor.alone", baseline, measured)
	}
	return ClassText(lang, "factor", baseline, text.Ratio(lang, analysis.Quantile(r.Factors, 0.5)), measured)
}

// OutcomeSentence is what the server's run gave, in one sentence.
func OutcomeSentence(lang string, o class.Outcome) string {
	if o.Winner == result.WinnerNone || o.Winner == "" {
		return ClassText(lang, "tie")
	}
	return ClassText(lang, "winner", request.Described(o.Winner).Title.In(lang))
}
