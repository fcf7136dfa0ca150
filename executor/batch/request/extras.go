package request

import (
	"encoding/json"
	"slices"

	"carriles/executor/fault"
	"carriles/executor/text"
	"carriles/filters"
)

// auto is what "rounds" says to leave their number to the lab.
const auto = "auto"

func isAuto(fields object) bool {
	s, ok := str(fields.values["rounds"])
	return ok && s == auto
}

// rounds reads their number; 0 for auto, which sets it later.
func (p *parser) rounds(fields object, decl filters.Param) int {
	if isAuto(fields) {
		return 0
	}
	before := len(p.faults)
	n := p.number(fields, decl)
	if len(p.faults) > before {
		allowed := &p.faults[before].Allowed
		allowed.ES, allowed.EN = allowed.ES+`, o "`+auto+`"`, allowed.EN+`, or "`+auto+`"`
	}
	return n
}

// workforce completes what the numbers say: the hybrid of a request that names
// workers only is made of those.
func (p *parser) workforce(fields object, n map[string]int) Workforce {
	w := DefaultWorkforce(n["workers"])
	if fields.has("processes") {
		w.Processes = n["processes"]
	}
	if fields.has("threads") {
		w.Threads = n["threads"]
	}
	most := p.lab.Limits.Workers
	if fields.has("processes") || fields.has("threads") {
		if w.Processes*w.Threads > most {
			p.fault(fault.CodeOutOfRange, "threads",
				text.Sprintf("%d procesos con %d hilos son %d trabajadores", "%d processes with %d threads are %d workers", w.Processes, w.Threads, w.Processes*w.Threads),
				text.Sprintf("processes × threads hasta %d", "processes × threads up to %d", most))
		}
	}
	return w
}

// source reads where images come from and how they travel.
func (p *parser) source(fields object, spec *Spec, n map[string]int) {
	spec.Source = p.name(fields, "source", SourceFile, optionNames(Sources()))
	transports := Transports(p.lab.Lacks)
	spec.Transport = p.name(fields, "transport", TransportPath, optionNames(transports))
	for _, t := range transports {
		if t.Name == spec.Transport && t.Lacks != nil {
			p.fault(fault.CodeUnavailable, "transport", *t.Lacks, oneOf(available(transports)))
		}
	}
	if spec.Source == SourceHTTP {
		spec.LatencyMS = n["latency_ms"]
		if spec.Transport != TransportPath {
			p.fault(fault.CodeContradiction, "transport",
				text.Sprintf("con \"source\": \"http\" cada trabajador pide su imagen él mismo", "with \"source\": \"http\" each worker fetches its image itself"),
				text.Sprintf("\"transport\": \"path\"", "\"transport\": \"path\""))
		}
	} else if fields.has("latency_ms") {
		p.fault(fault.CodeContradiction, "latency_ms",
			text.Sprintf("la latencia es la del servidor lento", "the latency is that of the slow server"),
			text.Sprintf("con \"source\": \"http\"", "with \"source\": \"http\""))
	}
}

func available(list []Option) []string {
	return optionNames(slices.DeleteFunc(slices.Clone(list), func(o Option) bool { return o.Lacks != nil }))
}

// chaos reads {"kill_after": n}: from 1 to one less than there are images, for
// after the last there is nothing left to lose.
func (p *parser) chaos(fields object, count int) *Chaos {
	if !fields.has("chaos") {
		return nil
	}
	if count == 0 { // not a number that count can be: any of them may be meant
		count = max(p.lab.Limits.Count, p.lab.Limits.Stress)
	}
	if count == 1 {
		p.fault(fault.CodeContradiction, "chaos",
			text.Sprintf("con una sola imagen no hay trabajo que perder", "with one image only there is no work to lose"),
			text.Sprintf("\"count\" desde 2", "\"count\" from 2 on"))
		return nil
	}
	decl := filters.Param{Name: "kill_after", Kind: filters.Int, Min: 1, Max: float64(count - 1), Step: 1}
	o, ok := p.object(fields.values["chaos"], "chaos", text.Sprintf("un objeto como {\"kill_after\": 3}", "an object such as {\"kill_after\": 3}"))
	if !ok {
		return nil
	}
	path := "chaos." + decl.Name
	for _, name := range o.names {
		if name != decl.Name {
			p.fault(fault.CodeUnknownField, "chaos."+name, text.Sprintf("el campo «%s» no existe", "there is no field %q", "chaos."+name), oneOf([]string{decl.Name}))
		}
	}
	if !o.has(decl.Name) {
		p.fault(fault.CodeMissing, path, text.Sprintf("falta «%s»", "%q is missing", path), decl.Allowed())
		return nil
	}
	x, _ := p.float(o.values[decl.Name], path, decl)
	return &Chaos{KillAfter: int(x)}
}

// auto reads how precise and how long an automatic number of rounds may be,
// and sets the largest number of rounds.
func (p *parser) auto(fields object, spec *Spec, n map[string]int) {
	if !isAuto(fields) {
		for _, name := range []string{"precision_percent", "budget_s"} {
			if fields.has(name) {
				p.fault(fault.CodeContradiction, name,
					text.Sprintf("«%s» es para un número automático de rondas", "%q is for an automatic number of rounds", name),
					text.Sprintf("con \"rounds\": \"auto\"", "with \"rounds\": \"auto\""))
			}
		}
		return
	}
	spec.Auto = &Auto{PrecisionPercent: float64(n["precision_percent"]), BudgetS: n["budget_s"]}
	// As many rounds as the limit of executions leaves room for.
	spec.Rounds = MinAutoRounds
	for spec.Rounds < maxRounds {
		more := *spec
		more.Rounds++
		if more.Executions() > p.lab.Limits.Executions {
			break
		}
		spec.Rounds++
	}
}

// sweep reads over and values.
func (p *parser) sweep(fields object, spec Spec) *SweepPlan {
	axes := SweepAxes(p.lab.Limits, p.lab.Pool)
	names := namesOf(axes, func(a SweepAxis) string { return a.Name })
	if !fields.has("over") {
		p.fault(fault.CodeMissing, "over", text.Sprintf("falta «over»", "\"over\" is missing"), oneOf(names))
		return nil
	}
	over := p.name(fields, "over", "", names)
	i := slices.Index(names, over)
	if i < 0 {
		return nil
	}
	axis := axes[i]
	if len(p.faults) == 0 && !axis.fits(spec) {
		p.fault(fault.CodeContradiction, "over",
			text.Sprintf("un barrido de %s necesita otro lote", "a sweep over %s needs another batch", over), axis.Needs)
	}
	plan := &SweepPlan{Over: over, Values: axis.Values}
	if fields.has("values") {
		plan.Values = p.values64(fields.values["values"], axis.Param)
	}
	for _, v := range plan.Values {
		if len(p.faults) == 0 {
			p.checkPoint(axis.Phrase(v), axis.At(spec, v).Steps)
		}
	}
	return plan
}

// checkPoint refuses a point of a sweep whose chain nobody could have asked
// for: the height that follows a width may be out of its range.
func (p *parser) checkPoint(point text.Text, steps []Step) {
	for _, s := range steps {
		f, _ := filters.Lookup(s.Filter)
		for _, decl := range f.Params {
			if x := s.Params[decl.Name]; !decl.Allows(x) {
				name, value := s.Filter+"."+decl.Name, text.FormatNumber(x)
				p.fault(fault.CodeOutOfRange, "values", text.Text{
					ES: "con " + point.ES + ", " + name + " sería " + value,
					EN: "with " + point.EN + ", " + name + " would be " + value,
				}, decl.Allowed())
				return
			}
		}
	}
	p.checkSize(steps)
}

// values64 reads the numbers of a sweep, and puts them in order.
func (p *parser) values64(raw json.RawMessage, decl filters.Param) []float64 {
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil || items == nil {
		p.wrongType("values", text.Sprintf("una lista de números", "a list of numbers"))
		return nil
	}
	if len(items) < 2 || len(items) > maxSweep {
		p.fault(fault.CodeOutOfRange, "values",
			text.Sprintf("«values» tiene %d elementos", "\"values\" has %d elements", len(items)),
			text.Sprintf("de 2 a %d números", "2 to %d numbers", maxSweep))
		return nil
	}
	var values []float64
	for i, item := range items {
		path := elementOf("values", i)
		x, ok := p.float(item, path, decl)
		if !ok {
			continue
		}
		if slices.Contains(values, x) {
			p.fault(fault.CodeDuplicate, path, text.Sprintf("%s está dos veces", "%s stands twice", text.FormatNumber(x)), decl.Allowed())
		}
		values = append(values, x)
	}
	slices.Sort(values)
	return values
}
