package analysis

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
)

// summary is the comparison in one sentence, for large type. The methods have a
// result each, whose times are told where they are all there is.
func summary(methods []string, p result.Performance, o obstacle, results map[string]*result.MethodResult) text.Text {
	switch o {
	case onlyOne:
		return text.Sprintf("Un solo método: no hay con qué compararlo.", "One method only: there is nothing to compare it with.")
	case nothingDone:
		return text.Sprintf("No hay veredicto: no se pudo procesar ninguna imagen.", "No verdict: no image could be processed.")
	case unequalWork:
		return text.Sprintf("No hay veredicto: unos métodos fallaron en imágenes que otros procesaron.",
			"No verdict: some methods failed on images that others processed.")
	}
	if p.Verdicts[0].Level == 0 {
		return thisTime(methods, results)
	}
	if p.Winner != result.WinnerNone {
		return winSentence(methods, p)
	}
	return leadSentence(leaders(methods, p.Verdicts), p)
}

// thisTime tells the times: all that rounds without an interval show.
func thisTime(methods []string, results map[string]*result.MethodResult) text.Text {
	in := func(lang string) string {
		parts := make([]string, len(methods))
		for i, m := range methods {
			parts[i] = request.Described(m).Subject.In(lang) + " " + number(lang, results[m].Time) + " s"
		}
		return and(parts, lang) + "."
	}
	return text.Text{ES: "Esta vez: " + in("es"), EN: "This time: " + in("en")}
}

// startingText says what starting costs the methods that were measured from nothing
// and running; nothing where none was.
func startingText(methods []string, results map[string]*result.MethodResult) text.Text {
	in := func(lang, spawn, touch string) string {
		var parts []string
		for _, m := range methods {
			if s := results[m].Starting; s != nil {
				parts = append(parts, request.Described(m).Subject.In(lang)+" "+number(lang, s.TotalS)+" s ("+
					spawn+" "+number(lang, s.SpawnS)+" s, "+touch+" "+number(lang, s.TouchS)+" s)")
			}
		}
		return strings.Join(parts, "; ")
	}
	es := in("es", "arranque", "memoria tocada por primera vez")
	if es == "" {
		return text.Text{}
	}
	return text.Text{
		ES: "Lo comparado es el trabajo ya en marcha. Empezar desde cero añade: " + es + ".",
		EN: "What is compared is the work once it is running. Beginning from nothing adds: " + in("en", "start", "memory touched for the first time") + ".",
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

// leadSentence says how those that nobody beats stand to each other, and how far
// each leads a method that it does beat.
func leadSentence(leading []string, p result.Performance) text.Text {
	among := amongThem(leading, p.Verdicts)
	var leads []result.Verdict
	var es, en []string
	same := true // all lead one method
	for _, m := range leading {
		if v := lead(m, p.Verdicts); v.Rounds > 0 {
			leads = append(leads, v)
			es, en = append(es, number("es", v.Ratio)), append(en, number("en", v.Ratio))
			same = same && v.B == leads[0].B
		}
	}
	switch {
	case len(leads) == 0:
	case same && len(leads) == len(leading) && len(leads) > 1:
		than := request.Described(leads[0].B).Subject
		among = text.Text{
			ES: among.ES + ": " + and(es, "es") + " veces la velocidad " + of(than.ES),
			EN: among.EN + ": " + and(en, "en") + " times as fast as " + than.EN,
		}
	default:
		for _, v := range slices.Backward(leads) {
			among = clauses(isTimesAsFast(v), among)
		}
	}
	return text.Text{ES: capital(among.ES) + ".", EN: capital(among.EN) + "."}
}

// lead is the verdict of a method over the baseline, or over the first that it
// beats; one without rounds if there is none.
func lead(m string, verdicts []result.Verdict) result.Verdict {
	if v := seen(verdicts, m, request.Sequential); v.Outcome == m {
		return v
	}
	for _, v := range verdicts {
		switch {
		case v.Outcome != m:
		case v.A == m:
			return v
		default:
			return seen(verdicts, m, v.A)
		}
	}
	return result.Verdict{}
}

// amongThem says how methods of which none beats another stand to each other;
// nothing of one alone.
func amongThem(methods []string, verdicts []result.Verdict) text.Text {
	if len(methods) < 2 {
		return text.Text{}
	}
	undecided := result.Verdict{Outcome: OutcomeEqual}
	for i, a := range methods {
		for _, b := range methods[i+1:] {
			v := seen(verdicts, a, b)
			switch {
			case v.Outcome == OutcomeEqual:
			case undecided.Outcome == OutcomeEqual:
				undecided = v
			case v.MoreRounds == 0 || undecided.MoreRounds == 0:
				undecided.MoreRounds = 0
			default:
				undecided.MoreRounds = max(undecided.MoreRounds, v.MoreRounds)
			}
		}
	}
	es, en := listOf(methods, "es"), listOf(methods, "en")
	if undecided.Outcome == OutcomeEqual {
		const percent = 100 * EqualWithin
		return text.Text{
			ES: es + fmt.Sprintf(" empatan a menos de un %.0f %%", percent),
			EN: en + fmt.Sprintf(" are equal within %.0f%%", percent),
		}
	}
	return clauses(text.Text{
		ES: "todavía no se sabe quién es más rápido entre " + es,
		EN: "which is faster of " + en + " cannot be told yet",
	}, furtherRounds(undecided))
}

// furtherRounds says how many more would tell; nothing if that is not known.
func furtherRounds(v result.Verdict) text.Text {
	switch v.MoreRounds {
	case 0:
		return text.Text{}
	case 1:
		return text.Sprintf("hace falta cerca de una ronda más", "about one more round would tell")
	}
	return text.Sprintf("hacen falta unas %d rondas más", "about %d more rounds would tell", v.MoreRounds)
}

// clauses puts two half sentences one after the other, either of which may be
// empty.
func clauses(a, b text.Text) text.Text {
	if a.ES == "" || b.ES == "" {
		return text.Text{ES: a.ES + b.ES, EN: a.EN + b.EN}
	}
	return text.Text{ES: a.ES + "; " + b.ES, EN: a.EN + "; " + b.EN}
}

// verdictText is one pair's sentence: who is how many times as fast, that they are
// equal, or that the samples cannot tell yet.
func verdictText(v result.Verdict) text.Text {
	a, b, took := request.Described(v.A).Subject, request.Described(v.B).Subject, "tardó"
	if request.Described(v.B).Plural {
		took = "tardaron"
	}
	both := text.Text{ES: a.ES + " y " + b.ES, EN: a.EN + " and " + b.EN}
	var t text.Text
	switch {
	case v.Rounds == 0:
		t = text.Text{ES: both.ES + " no se pueden comparar", EN: both.EN + " cannot be compared"}
	case v.Level == 0:
		t = clauses(text.Text{
			ES: "esta vez " + b.ES + " " + took + " " + number("es", v.Ratio) + " veces lo que " + a.ES,
			EN: "this time " + b.EN + " took " + number("en", v.Ratio) + " times as long as " + a.EN,
		}, tooFew(v))
	case v.Outcome == OutcomeEqual:
		t = amongThem([]string{v.A, v.B}, []result.Verdict{v})
		t = text.Text{ES: t.ES + interval("es", v), EN: t.EN + interval("en", v)}
	case v.Outcome == OutcomeUnknown:
		t = clauses(text.Text{
			ES: "entre " + both.ES + " todavía no se sabe" + interval("es", v),
			EN: "between " + both.EN + " it cannot be told yet" + interval("en", v),
		}, furtherRounds(v))
	default:
		t = isTimesAsFast(lead(v.Outcome, []result.Verdict{v}))
	}
	return text.Text{ES: capital(t.ES) + ".", EN: capital(t.EN) + "."}
}

// isTimesAsFast is v.A's lead over v.B as a half sentence.
func isTimesAsFast(v result.Verdict) text.Text {
	a, is := request.Described(v.A), text.Text{ES: " va a ", EN: " is "}
	if a.Plural {
		is = text.Text{ES: " van a ", EN: " are "}
	}
	return text.Text{
		ES: a.Subject.ES + is.ES + timesAsFast("es", v),
		EN: a.Subject.EN + is.EN + timesAsFast("en", v),
	}
}

// timesAsFast says how v.A stands to v.B: "1.93 times as fast as sequential
// (1.90 to 1.95)". In Spanish "1,20 veces más rápido" is read as 1.20 by some and as
// 2.20 by others, so it is told as a speed: "1,93 veces la velocidad del modo secuencial".
func timesAsFast(lang string, v result.Verdict) string {
	than := request.Described(v.B).Subject.In(lang)
	if lang == "en" {
		return number(lang, v.Ratio) + " times as fast as " + than + interval(lang, v)
	}
	return number(lang, v.Ratio) + " veces la velocidad " + of(than) + interval(lang, v)
}

// of puts the Spanish "de" before a subject: "de los procesos", "del modo secuencial".
func of(subject string) string {
	if rest, is := strings.CutPrefix(subject, "el "); is {
		return "del " + rest
	}
	return "de " + subject
}

// interval is what was measured of a ratio's spread; nothing where no rounds did.
func interval(lang string, v result.Verdict) string {
	if v.Level == 0 {
		return ""
	}
	if lang == "en" {
		return " (" + number(lang, v.Low) + " to " + number(lang, v.High) + ")"
	}
	return " (de " + number(lang, v.Low) + " a " + number(lang, v.High) + ")"
}

// caution says that rounds were too few for a verdict; nothing if they were not.
func caution(v result.Verdict) text.Text {
	t := tooFew(v)
	if t.ES == "" {
		return t
	}
	return text.Text{ES: capital(t.ES) + ".", EN: capital(t.EN) + "."}
}

func tooFew(v result.Verdict) text.Text {
	switch {
	case v.Rounds == 0 || v.Rounds >= request.FewestRounds:
		return text.Text{}
	case v.Rounds == 1:
		return text.Sprintf("con una sola ronda no hay veredicto: hacen falta %d por lo menos",
			"one round carries no verdict: it takes %d at least", request.FewestRounds)
	}
	return text.Sprintf("con %d rondas no hay veredicto: hacen falta %d por lo menos",
		"%d rounds carry no verdict: it takes %d at least", v.Rounds, request.FewestRounds)
}

// How many processors others must have kept busy for it to be said beside the
// verdict, since less is what any system does by itself, and for the verdict to
// begin with it.
const (
	noticed    = 0.2
	disturbing = 0.5
)

// Absent adds to what is said of a comparison that a method took no part, and why:
// a half sentence.
func Absent(p *result.Performance, method string, why text.Text) {
	m := request.Described(method).Subject
	p.Caution = joined(p.Caution, text.Text{
		ES: capital(m.ES) + " no participó: " + why.ES + ".", EN: capital(m.EN) + " took no part: " + why.EN + ".",
	})
}

// disturbed reports whether what others did may have changed the verdict. What the
// host of a virtual machine takes comes in bursts that no interleaving evens out.
func disturbed(env result.Environment) bool {
	return atLeast(env.OtherCores, disturbing) || atLeast(env.StolenCores, noticed)
}

func atLeast(cores *float64, n float64) bool { return cores != nil && *cores >= n }

// throttledNoticed is for how many seconds a quota must have held the programs
// back for it to be said.
const throttledNoticed = 0.1

// disturbance says who else was at work, or that a quota held the programs back; nothing if nobody was, or nobody knows.
func disturbance(env result.Environment) text.Text {
	var t text.Text
	if atLeast(env.OtherCores, noticed) {
		n := *env.OtherCores
		t = text.Text{
			ES: "Mientras tanto otros programas ocuparon " + number("es", n) + " núcleos: los tiempos también son suyos.",
			EN: "Meanwhile other programs kept " + number("en", n) + " cores busy: the times are theirs too.",
		}
	}
	if atLeast(env.StolenCores, noticed) {
		n := *env.StolenCores
		t = joined(t, text.Text{
			ES: "El anfitrión de esta máquina virtual le quitó " + number("es", n) + " núcleos.",
			EN: "The host of this virtual machine took " + number("en", n) + " cores away from it.",
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
	case request.Described(method).Room && shape.Processes == 1:
		return text.Sprintf("%d: los carriles del único equipo de la sala", "%d: the lanes of the room's only device", shape.Lanes())
	case request.Described(method).Room:
		return text.Sprintf("los carriles de los %d equipos de la sala", "the lanes of the room's %d devices", shape.Processes)
	case method == request.Hybrid:
		return text.Sprintf("%d procesos con %d hilos cada uno", "%d processes with %d threads each", shape.Processes, shape.Goroutines)
	case shape.Lanes() != spec.Workers:
		return text.Sprintf("%d: así es el método", "%d: that is the method", shape.Lanes())
	}
	return spec.WorkersReason
}
