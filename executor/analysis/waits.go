package analysis

import (
	"math"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
)

// WaitRoom is what a machine has for requests that wait.
type WaitRoom struct {
	Memory      uint64 // bytes that are free; 0: unknown
	Descriptors int    // of a process
}

// What a way of waiting needs of memory, in bytes, with room to spare: measured on
// Linux were 7 MB a process, and of a thread and a goroutine with its connection 24
// and 10 kB, besides the 16 kB of a thread in the kernel.
const (
	aProcessNeeds   = 16 << 20
	aThreadNeeds    = 64 << 10
	aGoroutineNeeds = 24 << 10
	// fewDescriptors are those that a process has open anyway.
	fewDescriptors = 64
)

// LacksFor says why a machine should not try a way; nil if it may.
func (r WaitRoom) LacksFor(way request.WaitWay, w request.Waits) *text.Text {
	processes, lanes := way.Shape(w)
	if w.Requests > way.Most {
		why := text.Sprintf(
			"%s hilos a la vez son demasiados: cada uno tiene su pila y su lugar en el núcleo; aquí se prueban hasta %d",
			"%s threads at once are too many: each has its stack and its place in the kernel; up to %d are tried here",
			text.FormatNumber(float64(w.Requests)), way.Most)
		return &why
	}
	if most := r.Descriptors - fewDescriptors; (w.Requests+processes-1)/processes > most || w.Requests > most {
		why := text.Sprintf(
			"el sistema deja a un proceso %d archivos y conexiones: no alcanza para %d",
			"the system leaves a process %d files and connections: not enough for %d", r.Descriptors, w.Requests)
		return &why
	}
	each := int64(aGoroutineNeeds)
	if way.Threads {
		each = aThreadNeeds
	}
	needs := int64(processes)*(aProcessNeeds+int64(lanes)*each) + int64(w.Requests)*aGoroutineNeeds // the students'
	if r.Memory > 0 && uint64(needs) > r.Memory/2 {
		why := text.Text{
			ES: "necesitaría unos " + text.Bytes("es", needs) + " y quedan " + text.Bytes("es", int64(r.Memory)) + ": se usa la mitad como mucho",
			EN: "it would need some " + text.Bytes("en", needs) + " and " + text.Bytes("en", int64(r.Memory)) + " are left: half of it is used at most",
		}
		return &why
	}
	return nil
}

// How long students wait for a server that answers only some of them at a time, and
// how much longer than the waits together where all wait at once.
const (
	patienceForFew = 3 * time.Second
	patienceForAll = 20 * time.Second
)

// Patience is how long students wait for a way.
func Patience(way request.WaitWay, w request.Waits) time.Duration {
	wait := time.Duration(w.Seconds * float64(time.Second))
	if processes, lanes := way.Shape(w); processes*lanes < w.Requests {
		return max(patienceForFew, 2*wait) + wait/4
	}
	return 3*wait + patienceForAll
}

// WaitedOf lays out what became of a way: f is nil where it was not tried, or failed,
// for the reason why.
func WaitedOf(way request.WaitWay, w request.Waits, f *result.WaitFigures, why *text.Text) result.Waited {
	processes, lanes := way.Shape(w)
	r := result.Waited{Way: way.Name, Title: way.Title, Processes: processes, Lanes: min(processes*lanes, w.Requests), WaitFigures: f}
	if f == nil {
		r.Unavailable, r.Text = why, *why
		return r
	}
	r.CPU = f.CPUUser + f.CPUSystem
	r.MemoryEach = max(0, f.PeakMemory-f.BaseMemory) / int64(r.Lanes)
	if f.Answered == w.Requests {
		r.Text = text.Text{
			ES: "las " + text.Number("es", float64(w.Requests), 0) + " respondidas en " + text.Duration("es", f.Time),
			EN: "all " + text.Number("en", float64(w.Requests), 0) + " answered in " + text.Duration("en", f.Time),
		}
		return r
	}
	if r.Forecast = f.Time / float64(max(1, f.Answered)) * float64(w.Requests); f.Answered == 0 {
		r.Forecast = math.Ceil(float64(w.Requests)/float64(r.Lanes)) * w.Seconds
	}
	r.Text = text.Text{
		ES: text.Number("es", float64(f.Answered), 0) + " respondidas en " + text.Duration("es", f.LeftAfter) + ", y se detuvo: todas tardarían " + text.About("es", r.Forecast),
		EN: text.Number("en", float64(f.Answered), 0) + " answered in " + text.Duration("en", f.LeftAfter) + ", and stopped: all would take " + text.About("en", r.Forecast),
	}
	return r
}

// WaitSummary says in a sentence what the ways gave; nothing where none answered all.
func WaitSummary(w request.Waits, ways []result.Waited) (t text.Text) {
	var best, slow *result.Waited
	for i, way := range ways {
		switch {
		case way.WaitFigures == nil:
		case way.Forecast > 0:
			if slow == nil || way.Forecast > slow.Forecast {
				slow = &ways[i]
			}
		case best == nil || way.Time < best.Time:
			best = &ways[i]
		}
	}
	if best == nil {
		return t
	}
	say := func(lang string) string {
		values := []any{text.Number(lang, float64(w.Requests), 0), text.Value(lang, w.Seconds) + text.NoBreak + "s", text.Duration(lang, best.Time), best.Title.In(lang), text.Number(lang, float64(best.Threads), 0)}
		s := text.Sprintf("%s peticiones que esperan %s cada una: todas respondidas en %s («%s», %s hilos del sistema).",
			"%s requests that wait %s each: all answered in %s (\"%s\", %s threads of the system).", values...).In(lang)
		if slow != nil {
			s += text.Sprintf(" «%s» tardaría %s: esperar no cuesta procesador, pero sí a quien espera.",
				" \"%s\" would take %s: waiting costs no processor, only who waits.", slow.Title.In(lang), text.About(lang, slow.Forecast)).In(lang)
		}
		return s
	}
	return text.Text{ES: say("es"), EN: say("en")}
}
