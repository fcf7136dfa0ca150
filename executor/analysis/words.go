package analysis

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
)

// summary is the comparison in one sentence, for large type.
func summary(methods []string, p result.Performance, o obstacle) text.Text {
	switch o {
	case onlyOne:
		return text.Sprintf("Un solo método: no hay con qué compararlo.", "One method only: there is nothing to compare it with.")
	case nothingDone:
		return text.Sprintf("No hay veredicto: no se pudo procesar ninguna imagen.", "No verdict: no image could be processed.")
	case unequalWork:
		return text.Sprintf("No hay veredicto: unos métodos fallaron en imágenes que otros procesaron.",
			"No verdict: some methods failed on images that others processed.")
	}
	if leading := leaders(methods, p.Verdicts); p.Winner != OutcomeNone {
		return winSentence(methods, p)
	} else if len(leading) == len(methods) {
		return text.Text{
			ES: "Empate: en estos tiempos no se ve diferencia entre " + listOf(methods, "es") + ".",
			EN: "A tie: these times show no difference between " + listOf(methods, "en") + ".",
		}
	} else {
		return tieSentence(leading, p)
	}
}

// winSentence sets the winner against the baseline, or against the next best
// if it is the baseline itself or that did not take part.
func winSentence(methods []string, p result.Performance) text.Text {
	v := seen(p.Verdicts, p.Winner, request.Sequential)
	if v.Rounds == 0 {
		for _, m := range methods {
			if u := seen(p.Verdicts, p.Winner, m); u.Rounds > 0 && (v.Rounds == 0 || u.Ratio < v.Ratio) {
				v = u
			}
		}
	}
	m := request.Described(p.Winner)
	return text.Text{
		ES: capital(winES(m)) + ": " + timesAsFast("es", v) + ".",
		EN: capital(winEN(m)) + ": " + timesAsFast("en", v) + ".",
	}
}

// tieSentence names those that nobody beats, with how they stand to the
// baseline if all of them beat it. There are two at least: who beats B beats
// all that B beats (a sum of differences spreads no more than the sum of their
// spreads), so one alone would be the winner.
func tieSentence(leading []string, p result.Performance) text.Text {
	tie := text.Text{ES: capital(listOf(leading, "es")) + " empatan", EN: capital(listOf(leading, "en")) + " tie"}
	var es, en []string
	for _, m := range leading {
		v := seen(p.Verdicts, m, request.Sequential)
		if v.Outcome != m {
			return text.Text{ES: tie.ES + ".", EN: tie.EN + "."}
		}
		es, en = append(es, number("es", v.Ratio)), append(en, number("en", v.Ratio))
	}
	than := request.Described(request.Sequential).Subject
	return text.Text{
		ES: tie.ES + ": " + and(es, "es") + " veces más rápidos que " + than.ES + ".",
		EN: tie.EN + ": " + and(en, "en") + " times as fast as " + than.EN + ".",
	}
}

// verdictText is one pair's sentence: who is how many times as fast, with the
// interval, or that the samples show no difference.
func verdictText(v result.Verdict) text.Text {
	a, b := request.Described(v.A), request.Described(v.B)
	switch {
	case v.Rounds == 0:
		return text.Text{
			ES: capital(a.Subject.ES) + " y " + b.Subject.ES + " no se pueden comparar.",
			EN: capital(a.Subject.EN) + " and " + b.Subject.EN + " cannot be compared.",
		}
	case v.Outcome == OutcomeNone:
		return text.Text{
			ES: "Entre " + a.Subject.ES + " y " + b.Subject.ES + " no se ve diferencia" + interval("es", v) + ".",
			EN: "Between " + a.Subject.EN + " and " + b.Subject.EN + " no difference shows" + interval("en", v) + ".",
		}
	case v.Outcome == v.B:
		v = seen([]result.Verdict{v}, v.B, v.A)
		a = b
	}
	is := text.Text{ES: " es ", EN: " is "}
	if a.Plural {
		is = text.Text{ES: " son ", EN: " are "}
	}
	return text.Text{
		ES: capital(a.Subject.ES) + is.ES + timesAsFast("es", v) + ".",
		EN: capital(a.Subject.EN) + is.EN + timesAsFast("en", v) + ".",
	}
}

// timesAsFast says how v.A stands to v.B: "1.93 times as fast as sequential
// (1.90 to 1.95)".
func timesAsFast(lang string, v result.Verdict) string {
	than := request.Described(v.B).Subject.In(lang)
	if lang == "en" {
		return number(lang, v.Ratio) + " times as fast as " + than + interval(lang, v)
	}
	fast := "rápido"
	if request.Described(v.A).Plural {
		fast = "rápidos"
	}
	return number(lang, v.Ratio) + " veces más " + fast + " que " + than + interval(lang, v)
}

// interval is what was measured of a ratio's spread. One or two rounds measure
// none: caution says what that means.
func interval(lang string, v result.Verdict) string {
	if v.Basis != BasisPairedT {
		return ""
	}
	if lang == "en" {
		return " (" + number(lang, v.Low) + " to " + number(lang, v.High) + ")"
	}
	return " (de " + number(lang, v.Low) + " a " + number(lang, v.High) + ")"
}

// caution says what the rounds of a comparison cannot show; nothing if there
// were enough to measure their spread.
func caution(v result.Verdict) text.Text {
	const percent = 100 * SingleRoundMargin
	if v.Basis != BasisMargin {
		return text.Text{}
	}
	if v.Rounds == 1 {
		return text.Sprintf("Con una sola ronda no se distinguen diferencias de menos del %.0f %%.",
			"One round alone cannot tell differences under %.0f%%.", percent)
	}
	return text.Sprintf("Con %d rondas no se distinguen diferencias de menos del %.0f %%.",
		"%d rounds cannot tell differences under %.0f%%.", v.Rounds, percent)
}

// noticed is how many processors others must have kept busy for it to be said
// beside the verdict: less is what any system does by itself.
const noticed = 0.2

// throttledNoticed is for how many seconds a quota must have held the programs
// back for it to be said.
const throttledNoticed = 0.1

// disturbance says who else was at work, or that a quota held the programs back; nothing if nobody was, or nobody knows.
func disturbance(env result.Environment) text.Text {
	var t text.Text
	if n := env.OtherCores; n != nil && *n >= noticed {
		t = text.Text{
			ES: "Mientras tanto otros programas ocuparon " + number("es", *n) + " núcleos: los tiempos también son suyos.",
			EN: "Meanwhile other programs kept " + number("en", *n) + " cores busy: the times are theirs too.",
		}
	}
	if n := env.StolenCores; n != nil && *n >= noticed {
		t = joined(t, text.Text{
			ES: "El anfitrión de esta máquina virtual le quitó " + number("es", *n) + " núcleos.",
			EN: "The host of this virtual machine took " + number("en", *n) + " cores away from it.",
		})
	}
	if n := env.ThrottledS; n != nil && *n >= throttledNoticed {
		t = joined(t, text.Text{
			ES: "La cuota del contenedor (" + env.CPUQuota + " procesadores) los detuvo " + number("es", *n) + " s en total: los tiempos también son suyos.",
			EN: "The container's quota (" + env.CPUQuota + " processors) held them back for " + number("en", *n) + " s in all: the times are its too.",
		})
	}
	return t
}

// joined puts two sentences one after the other.
func joined(a, b text.Text) text.Text {
	return text.Text{ES: strings.TrimSpace(a.ES + " " + b.ES), EN: strings.TrimSpace(a.EN + " " + b.EN)}
}

func listOf(methods []string, lang string) string {
	names := make([]string, len(methods))
	for i, m := range methods {
		names[i] = request.Described(m).Subject.In(lang)
	}
	return and(names, lang)
}

// and joins a list of two or more: "a, b and c".
func and(list []string, lang string) string {
	word := " y "
	if lang == "en" {
		word = " and "
	}
	last := len(list) - 1
	return strings.Join(list[:last], ", ") + word + list[last]
}

// number writes a figure with two decimals.
func number(lang string, x float64) string { return text.Number(lang, x, 2) }

func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// ChaosText says what a deliberate failure cost.
func ChaosText(c result.ChaosReport) text.Text {
	if c.TasksInFlight == 0 {
		return text.Sprintf("Murió un proceso que no tenía ninguna imagen entre manos: no se perdió nada.",
			"A process died that had no image in hand: nothing was lost.")
	}
	in := text.Text{ES: "con una imagen entre manos", EN: "with one image in hand"}
	lost := text.Text{ES: "se volvió a procesar", EN: "it was done again"}
	if c.TasksInFlight > 1 {
		in = text.Sprintf("con %d imágenes entre manos", "with %d images in hand", c.TasksInFlight)
		lost = text.Text{ES: "todas se volvieron a procesar", EN: "all of them were done again"}
	}
	if c.ImagesLost > 0 {
		lost = text.Sprintf("%d no se procesaron", "%d were not done", c.ImagesLost)
	}
	return text.Text{
		ES: "Murió un proceso " + in.ES + ": " + number("es", c.LostS) + " s de trabajo perdidos; " + lost.ES + ".",
		EN: "A process died " + in.EN + ": " + number("en", c.LostS) + " s of work lost; " + lost.EN + ".",
	}
}

// WorkersReason says why a method of a batch has its number of workers.
func WorkersReason(spec request.Spec, method string, shape request.Shape) text.Text {
	switch {
	case method == request.Hybrid:
		return text.Sprintf("%d procesos con %d hilos cada uno", "%d processes with %d threads each", shape.Processes, shape.Goroutines)
	case shape.Lanes() != spec.Workers:
		return text.Sprintf("%d: así es el método", "%d: that is the method", shape.Lanes())
	}
	return spec.WorkersReason
}
