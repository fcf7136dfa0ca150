package draw

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"carriles/executor/batch/request"
	"carriles/executor/text"
	"carriles/filters"
)

// ChainText writes filters as they were set: "resize 800x600 → sharpen 2". A filter
// that nobody knows has its name alone.
func ChainText(lang string, steps []request.Step) string {
	parts := make([]string, len(steps))
	for i, s := range steps {
		f, _ := filters.Lookup(s.Filter)
		var values []string
		for _, p := range f.Params {
			if v, set := s.Params[p.Name]; set {
				values = append(values, text.Value(lang, v))
			}
		}
		between := "/"
		if len(f.Params) == 2 && f.Params[0].Name == "width" {
			between = "x"
		}
		parts[i] = strings.TrimSpace(s.Filter + " " + strings.Join(values, between))
	}
	return strings.Join(parts, " → ")
}

// SettingsText says in one line what was measured, as it was run: the chain, how
// many images, how many rounds, from which start, and what else is not as usual.
// Without it a figure is of anything. rounds is how many were done; 0 if that is not
// known yet.
func SettingsText(lang string, s request.Spec, rounds int) string {
	var parts []string
	add := func(es, en string, args ...any) { parts = append(parts, text.Sprintf(es, en, args...).In(lang)) }
	set := func(field, value string) { parts = append(parts, request.Words(field, value).In(lang)) }
	parts = append(parts, ChainText(lang, unswept(s)))
	set("count", strconv.Itoa(s.Count))
	switch {
	case s.Sample:
		add("repeticiones bajo carga: %d", "repetitions under load: %d", s.Rounds)
	case rounds == 0 && s.Automatic():
		add("rondas automáticas", "automatic rounds")
	default:
		set("rounds", strconv.Itoa(cmp.Or(rounds, s.Rounds)))
	}
	silent := func(v request.Variant) bool { return v.Set.Pool == "" }
	if s.Pool != "" && (len(s.Variants) == 0 || len(s.Variants) < len(s.Methods) || slices.ContainsFunc(s.Variants, silent)) { // else their names say it
		set("pool", s.Pool)
	}
	if s.Source == request.SourceHTTP {
		parts = append(parts, sourceText(lang, s))
	}
	if s.Devices > 0 {
		set("devices", strconv.Itoa(s.Devices))
	}
	if s.Engine != "" && s.Engine != filters.NativeName {
		set("engine", s.Engine)
	}
	if s.Transport != "" && s.Transport != request.TransportPath {
		set("transport", s.Transport)
	}
	if s.GIL != nil && len(s.GIL.ReleasedIn) > 0 {
		set("gil", strings.Join(s.GIL.ReleasedIn, "+"))
	}
	if s.Chaos != nil {
		add("se mata un proceso tras %d", "a process is killed after %d", s.Chaos.KillAfter)
	}
	if s.Sweep != nil {
		values := make([]string, len(s.Sweep.Values))
		for i, v := range s.Sweep.Values {
			values[i] = text.Value(lang, v)
		}
		parts = append(parts, AxisTitle(lang, s.Sweep.Over)+": "+strings.Join(values, ", "))
	}
	return strings.Join(parts, " · ")
}

// unswept are the steps of a spec, without the only parameter of one that a sweep
// varies: the sweep says its values itself.
func unswept(s request.Spec) []request.Step {
	steps := slices.Clone(s.Steps)
	if s.Sweep != nil {
		for i, step := range steps {
			if _, varied := step.Params[s.Sweep.Over]; varied && len(step.Params) == 1 {
				steps[i].Params = nil
			}
		}
	}
	return steps
}

// sourceText says where the photographs come from.
func sourceText(lang string, s request.Spec) string {
	where := request.Words("source", s.Source).In(lang)
	if s.Source == request.SourceHTTP && (s.Sweep == nil || s.Sweep.Over != request.OverLatency) {
		where += ", " + request.Words("latency_ms", strconv.Itoa(s.LatencyMS)).In(lang)
	}
	return where
}

// A Setting is one thing that a run was asked for, in words.
type Setting struct {
	Name   text.Text
	Value  func(lang string, s request.Spec) string
	Method string // which alone it means something to; empty: to all
}

// Settings lists what two runs may differ in.
func Settings() []Setting {
	number := func(of func(request.Spec) int) func(string, request.Spec) string {
		return func(_ string, s request.Spec) string { return strconv.Itoa(of(s)) }
	}
	return []Setting{
		{Name: text.Text{ES: "Filtros", EN: "Filters"}, Value: func(lang string, s request.Spec) string { return ChainText(lang, s.Steps) }},
		{Name: text.Text{ES: "Imágenes", EN: "Images"}, Value: number(func(s request.Spec) int { return s.Count })},
		{Name: text.Text{ES: "Fotografías", EN: "Photographs"}, Value: func(_ string, s request.Spec) string { return strings.Join(s.UsedImages(), ", ") }},
		{Name: text.Text{ES: "Trabajadores", EN: "Workers"}, Value: number(func(s request.Spec) int { return s.Workers })},
		{Name: text.Text{ES: "Procesos × hilos del híbrido", EN: "Processes × threads of the hybrid"}, Value: func(_ string, s request.Spec) string {
			return strconv.Itoa(s.Processes) + " × " + strconv.Itoa(s.Threads)
		}, Method: request.Hybrid},
		{Name: text.Text{ES: "Rondas", EN: "Rounds"}, Value: number(func(s request.Spec) int { return s.Rounds })},
		{Name: text.Text{ES: "Calentamiento", EN: "Warm-up"}, Value: number(func(s request.Spec) int { return s.Warmup })},
		{Name: text.Text{ES: "Arranque", EN: "Start"}, Value: func(lang string, s request.Spec) string { return request.Words("pool", s.Pool).In(lang) }},
		{Name: text.Text{ES: "Origen", EN: "Source"}, Value: sourceText},
		{Name: text.Text{ES: "Motor", EN: "Engine"}, Value: func(_ string, s request.Spec) string { return s.Engine }},
		{Name: text.Text{ES: "Transporte", EN: "Transport"}, Value: func(lang string, s request.Spec) string { return request.Words("transport", s.Transport).In(lang) }},
		{Name: text.Text{ES: "El candado", EN: "The lock"}, Value: func(lang string, s request.Spec) string {
			if s.GIL == nil || len(s.GIL.ReleasedIn) == 0 {
				return "–"
			}
			return request.Words("gil", strings.Join(s.GIL.ReleasedIn, "+")).In(lang)
		}},
		{Name: text.Text{ES: "Se mata un proceso tras", EN: "A process is killed after"}, Value: func(_ string, s request.Spec) string {
			if s.Chaos == nil {
				return "–"
			}
			return strconv.Itoa(s.Chaos.KillAfter)
		}},
	}
}
