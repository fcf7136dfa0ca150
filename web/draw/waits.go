package draw

import (
	"slices"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
)

// Way is a way of waiting as a row: what became of the requests, and what it cost.
type Way struct {
	Name, Title string
	// Class is "stopped" where some were not answered, "missing" where it has no
	// figures, and else empty.
	Class string
	Time  string // until all were answered, or would have been; empty where it has no figures
	Bar   float64
	Text  string
	Facts []WayFact // none where it has no figures
}

// WayFact is what a way cost, by the API's name of the figure.
type WayFact struct{ Name, Title, Value string }

// WaysOf lays out what became of each way; a Bar is in percent of the longest time.
func WaysOf(lang string, rows []result.Waited) []Way {
	bars := waitBars(rows)
	var list []Way
	for i, r := range rows {
		w := Way{Name: r.Way, Title: r.Title.In(lang), Text: r.Text.In(lang), Bar: bars[i]}
		if r.WaitFigures == nil {
			w.Class = "missing"
			list = append(list, w)
			continue
		}
		if w.Time = text.Duration(lang, r.Time); r.Forecast > 0 {
			w.Class, w.Time = "stopped", "≈ "+text.About(lang, r.Forecast)
		}
		for _, f := range []struct {
			name  string
			title text.Text
			value string
		}{
			{"threads", text.Text{ES: "Hilos del sistema", EN: "System threads"}, text.Number(lang, float64(r.Threads), 0)},
			{"peak_memory_bytes", text.Text{ES: "Memoria (máximo)", EN: "Memory (peak)"}, text.Bytes(lang, r.PeakMemory)},
			{"memory_each_bytes", text.Text{ES: "Por petición en espera", EN: "Per waiting request"}, text.Bytes(lang, r.MemoryEach)},
			{"cpu_time", text.Text{ES: "Procesador", EN: "Processor"}, text.Duration(lang, r.CPU)},
		} {
			w.Facts = append(w.Facts, WayFact{f.name, f.title.In(lang), f.value})
		}
		list = append(list, w)
	}
	return list
}

// WaitsText says in one line what was measured: so many requests, and what each waits.
func WaitsText(lang string, w request.Waits) string {
	return text.Sprintf("%s peticiones a la vez · cada una espera %s s · conexiones de verdad en esta máquina",
		"%s requests at once · each waits %s s · real connections on this machine",
		text.Number(lang, float64(w.Requests), 0), text.Value(lang, w.Seconds)).In(lang)
}

// waitBars are the lengths of the rows' bars in percent of the longest time that was
// measured; 0 for a row that has no figures.
func waitBars(rows []result.Waited) []float64 {
	times := make([]float64, len(rows))
	for i, r := range rows {
		if r.WaitFigures != nil {
			times[i] = max(r.Time, r.LeftAfter)
		}
	}
	longest := max(slices.Max(append(times, 0)), 1e-9)
	for i := range times {
		times[i] = 100 * times[i] / longest
	}
	return times
}
