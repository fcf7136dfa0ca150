package draw

import (
	"cmp"
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
		values := make([]string, len(f.Params))
		for k, p := range f.Params {
			values[k] = text.Value(lang, s.Params[p.Name])
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
	parts = append(parts, ChainText(lang, s.Steps))
	if s.Count == 1 {
		add("1 imagen", "1 image")
	} else {
		add("%d imágenes", "%d images", s.Count)
	}
	switch {
	case s.Sample:
		add("repeticiones bajo carga: %d", "repetitions under load: %d", s.Rounds)
	case rounds == 0 && s.Automatic():
		add("rondas automáticas", "automatic rounds")
	case rounds == 1 || rounds == 0 && s.Rounds == 1:
		add("1 ronda", "1 round")
	default:
		add("%d rondas", "%d rounds", cmp.Or(rounds, s.Rounds))
	}
	parts = append(parts, poolText(s).In(lang))
	if s.Source == request.SourceHTTP {
		add("servidor lento, %d ms", "slow server, %d ms", s.LatencyMS)
	}
	if s.Engine != "" && s.Engine != filters.NativeName {
		add("motor %s", "engine %s", s.Engine)
	}
	if s.Transport != "" && s.Transport != request.TransportPath {
		add("transporte %s", "transport %s", s.Transport)
	}
	if s.GIL != nil && len(s.GIL.ReleasedIn) > 0 {
		add("sueltan el candado: %s", "let the lock go: %s", strings.Join(s.GIL.ReleasedIn, ", "))
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

// poolText says where the clock finds the workers.
func poolText(s request.Spec) text.Text {
	switch s.Pool {
	case request.Cold:
		return text.Text{ES: "desde cero", EN: "from nothing"}
	case request.Warm:
		return text.Text{ES: "en marcha", EN: "running"}
	}
	return text.Text{ES: "desde cero y en marcha", EN: "from nothing and running"}
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
		{Name: text.Text{ES: "Arranque", EN: "Start"}, Value: func(lang string, s request.Spec) string { return poolText(s).In(lang) }},
		{Name: text.Text{ES: "Origen", EN: "Source"}, Value: func(lang string, s request.Spec) string {
			if s.Source == request.SourceHTTP {
				return text.Sprintf("servidor lento, %d ms", "slow server, %d ms", s.LatencyMS).In(lang)
			}
			return text.Text{ES: "archivo", EN: "file"}.In(lang)
		}},
		{Name: text.Text{ES: "Motor", EN: "Engine"}, Value: func(_ string, s request.Spec) string { return s.Engine }},
		{Name: text.Text{ES: "Transporte", EN: "Transport"}, Value: func(_ string, s request.Spec) string { return s.Transport }},
		{Name: text.Text{ES: "Sueltan el candado", EN: "Let the lock go"}, Value: func(_ string, s request.Spec) string {
			if s.GIL == nil || len(s.GIL.ReleasedIn) == 0 {
				return "–"
			}
			return strings.Join(s.GIL.ReleasedIn, ", ")
		}},
		{Name: text.Text{ES: "Se mata un proceso tras", EN: "A process is killed after"}, Value: func(_ string, s request.Spec) string {
			if s.Chaos == nil {
				return "–"
			}
			return strconv.Itoa(s.Chaos.KillAfter)
		}},
	}
}
