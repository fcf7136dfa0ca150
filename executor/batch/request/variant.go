package request

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"carriles/executor/fault"
	"carriles/executor/text"
)

// Variant is one of the contestants of a comparison in which more than the method
// may differ. It stands among a Spec's Methods by its name, which begins with the
// method's and says what it sets: "threading@pool=cold,transport=pipe".
type Variant struct {
	Name   string `json:"name"`
	Method string `json:"method"`
	// Set is what the request asked for it; nothing of a control, which is another
	// contestant once more.
	Set Request `json:"set"`
	// What holds for it, set or not.
	Workforce
	Devices   int    `json:"devices,omitempty"`
	Engine    string `json:"engine"`
	Pool      string `json:"pool"`
	Source    string `json:"source"`
	LatencyMS int    `json:"latency_ms"`
	Transport string `json:"transport"`
	GIL       *GIL   `json:"gil,omitempty"`
}

const (
	// variantMark ends the method's name in a variant's.
	variantMark = "@"
	// controlWord names the contestant that is the first one once more, and
	// nothingWord one that begins with no worker there.
	controlWord = "control"
	nothingWord = "from-nothing"

	maxVariants = 8
	// variantMethod is that of a request with variants that names no methods.
	variantMethod = Threading
)

// varying names the fields of a request that may differ between variants.
func varying() []string {
	return []string{"method", "workers", "processes", "threads", "devices", "gil", "engine", "pool", "source", "latency_ms", "transport"}
}

// MethodOf is the method of a contestant, which is a method or a variant of one.
func MethodOf(name string) string {
	method, _, _ := strings.Cut(name, variantMark)
	return method
}

// variantWords says what a variant sets; empty of a method.
func variantWords(name string) text.Text {
	_, set, ok := strings.Cut(name, variantMark)
	if !ok {
		return text.Text{}
	}
	var es, en []string
	for _, part := range strings.Split(set, ",") {
		field, value, _ := strings.Cut(part, "=")
		switch part {
		case controlWord:
			es, en = append(es, "otra vez"), append(en, "once more")
		case nothingWord:
			es, en = append(es, "desde cero"), append(en, "from nothing")
		default:
			words := Words(field, value)
			es, en = append(es, words.ES), append(en, words.EN)
		}
	}
	return text.Text{ES: strings.Join(es, ", "), EN: strings.Join(en, ", ")}
}

// described is a method as one of its variants is spoken of.
func (m Method) described(name string) Method {
	if words := variantWords(name); words.ES != "" {
		m.Name = name
		m.Title = text.Text{ES: m.Title.ES + " · " + words.ES, EN: m.Title.EN + " · " + words.EN}
		m.Subject = text.Text{ES: m.Subject.ES + " (" + words.ES + ")", EN: m.Subject.EN + " (" + words.EN + ")"}
	}
	return m
}

// Further adds words to what a contestant's name says that it sets.
func Further(name string, words ...string) string {
	for _, word := range words {
		mark := ","
		if MethodOf(name) == name {
			mark = variantMark
		}
		name += mark + word
	}
	return name
}

// FromNothing is one of the Methods of a spec whose pool is Both, as it runs from
// nothing; by its own name it is the running one.
func FromNothing(name string) string { return Further(name, nothingWord) }

// IsFromNothing reports whether a name is FromNothing's, and of whom.
func IsFromNothing(name string) (of string, yes bool) {
	of, yes = strings.CutSuffix(name, variantMark+nothingWord)
	if !yes {
		of, yes = strings.CutSuffix(name, ","+nothingWord)
	}
	return of, yes
}

// Contestants are who takes turns in a round: the Methods, and where their pool is
// Both each from nothing before. Devices of a room are there already.
func (s Spec) Contestants() []string {
	var all []string
	for _, name := range s.Methods {
		if s.pool(name) == Both && !Described(name).Room {
			all = append(all, FromNothing(name))
		}
		all = append(all, name)
	}
	return all
}

// InRound are who takes turns in a round, warm-up included. What is from nothing each
// time is no warmer after a warm-up, so it has none where the running one has it.
func (s Spec) InRound(r int) []string {
	if all := s.Contestants(); r >= s.Warmup || len(all) == len(s.Methods) {
		return all
	}
	return slices.Clone(s.Methods)
}

// pool is that of one of the Methods, Both included.
func (s Spec) pool(name string) string {
	for _, v := range s.Variants {
		if v.Name == name {
			return v.Pool
		}
	}
	return s.Pool
}

// As is the spec of one of the contestants alone: that of its method, with what its
// variant sets. Its pool is cold or warm.
func (s Spec) As(name string) Spec {
	if of, yes := IsFromNothing(name); yes {
		s = s.As(of)
		s.Pool = Cold
		return s
	}
	i := slices.IndexFunc(s.Variants, func(v Variant) bool { return v.Name == name })
	variants := s.Variants
	s.Methods, s.Variants = []string{MethodOf(name)}, nil
	if i >= 0 {
		v := variants[i]
		s.Workforce, s.Devices, s.Engine, s.Pool, s.GIL = v.Workforce, v.Devices, v.Engine, v.Pool, v.GIL
		s.Source, s.LatencyMS, s.Transport = v.Source, v.LatencyMS, v.Transport
	}
	if s.Pool == Both {
		s.Pool = Warm
	}
	return s
}

// variantOf is a variant of what holds in a spec of one method.
func variantOf(name string, s Spec, set Request) Variant {
	return Variant{
		Name: name, Method: s.Methods[0], Set: set, Workforce: s.Workforce, Devices: s.Devices, Engine: s.Engine, Pool: s.Pool,
		Source: s.Source, LatencyMS: s.LatencyMS, Transport: s.Transport, GIL: s.GIL,
	}
}

// same reports whether two variants do the same work in the same way.
func (v Variant) same(o Variant) bool {
	for _, x := range []*Variant{&v, &o} {
		// What a workforce means is the method's shape.
		shape := Described(x.Method).Shape(x.Workforce)
		x.Workforce = Workforce{Processes: shape.Processes, Threads: shape.Goroutines}
		if !shape.Lock {
			x.GIL = nil
		}
		if !Described(x.Method).Room {
			x.Devices = 0
		}
		x.Name, x.Set = "", Request{}
	}
	return reflect.DeepEqual(v, o)
}

// variants reads what differs between the contestants, and whether the first of them
// runs once more. Each variant is read as the request would be that has its fields,
// so that what it may hold is declared once.
//
// One variant alone is compared with the request as it stands.
func (p *parser) variants(f Field) {
	if p.body.has(f.Name) && p.spec.Sweep != nil {
		p.fault(fault.CodeContradiction, f.Name, text.Sprintf("un barrido no tiene variantes", "a sweep has no variants"),
			text.Sprintf("«variants» u «over»", "\"variants\" or \"over\""))
		return
	}
	if !p.body.has(f.Name) {
		return
	}
	if !p.body.has("methods") {
		p.spec.Methods = []string{variantMethod}
	}
	items, ok := p.items(p.body.values[f.Name], f, text.Sprintf("objetos", "objects"))
	if !ok {
		return
	}
	methods := p.spec.Methods
	var all []Variant
	if len(items) == 1 && !p.controlled() {
		for _, m := range methods {
			all = append(all, variantOf(m, p.alone(m, object{}).spec, Request{}))
		}
	}
	for i, item := range items {
		path := elementOf(f.Name, i)
		o, ok := p.object(item, path, text.Sprintf("un objeto como {\"pool\": \"warm\"}", "an object such as {\"pool\": \"warm\"}"))
		if !ok || !p.mayVary(o, path) {
			continue
		}
		of := methods
		if o.has("method") {
			name, _ := str(o.values["method"])
			if _, known := LookupMethod(name); !known {
				p.unknownName(path+".method", name, MethodNames())
				continue
			}
			of = []string{name}
		}
		for _, m := range of {
			if v, ok := p.variant(m, o, item, path); ok {
				if slices.ContainsFunc(all, v.same) {
					p.changesNothing(path)
					break
				}
				all = append(all, v)
			}
		}
	}
	p.spec.Variants = nil
	p.spec.Methods = nil
	for _, v := range all {
		p.spec.Methods = append(p.spec.Methods, v.Name)
		if !reflect.DeepEqual(v.Set, Request{}) {
			p.spec.Variants = append(p.spec.Variants, v)
		}
	}
	if len(all) == 0 { // every one is wrong, which is said
		p.spec.Methods = methods
	}
}

// mayVary names what an object sets that cannot differ, and an object that sets
// nothing.
func (p *parser) mayVary(o object, path string) bool {
	before := len(p.faults)
	fields := each(p.fields, func(f Field) string { return f.Name })
	for _, name := range o.names {
		switch at := path + "." + name; {
		case slices.Contains(varying(), name):
		case slices.Contains(fields, name):
			p.fault(fault.CodeContradiction, at, text.Sprintf("«%s» no puede variar", "%q cannot vary", name), oneOf(varying()))
		default:
			p.fault(fault.CodeUnknownField, at, text.Sprintf("el campo «%s» no existe", "there is no field %q", at), oneOf(varying()))
		}
	}
	if len(o.names) == 0 {
		p.changesNothing(path)
	}
	return len(p.faults) == before
}

func (p *parser) changesNothing(path string) {
	p.fault(fault.CodeDuplicate, path, text.Sprintf("esta variante no cambia nada", "this variant changes nothing"),
		text.Sprintf("otro valor de %s; para medir lo mismo dos veces, \"control\": true", "another value of %s; to measure the same twice, \"control\": true", strings.Join(varying(), ", ")))
}

// variant reads an object as a variant of a method.
func (p *parser) variant(method string, o object, raw json.RawMessage, path string) (Variant, bool) {
	with, without := p.alone(method, o), p.alone(method, object{})
	before := len(p.faults)
	for _, f := range with.faults {
		if !slices.ContainsFunc(without.faults, func(g fault.Fault) bool { return g.Code == f.Code && g.Field == f.Field }) {
			f.Field = path + "." + f.Field
			p.fault(f.Code, f.Field, f.Text, f.Allowed)
		}
	}
	if len(p.faults) > before {
		return Variant{}, false
	}
	var set Request
	if err := json.Unmarshal(raw, &set); err != nil {
		p.wrongType(path, text.Sprintf("un objeto", "an object"))
		return Variant{}, false
	}
	var parts []string
	for _, name := range o.names {
		if name != "method" {
			parts = append(parts, name+"="+plainName(o.values[name]))
		}
	}
	name := method
	if len(parts) > 0 {
		name += variantMark + strings.Join(parts, ",")
	}
	return variantOf(name, with.spec, set), true
}

// plainName is a field's value in a name: without what a file's or a selector's
// could stumble over.
func plainName(raw json.RawMessage) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '.', r == '_':
			return r
		case r == ',':
			return '+'
		}
		return -1
	}, strings.TrimPrefix(string(raw), `{"released_in"`))
}

// alone reads the request of one method, with the fields of an object in place of
// its own.
func (p *parser) alone(method string, o object) *parser {
	ep := Endpoint{Methods: []string{method}}
	sub := parser{ep: ep, lab: p.lab, fields: Fields(ep, p.lab), body: object{values: map[string]json.RawMessage{}}}
	for _, f := range sub.fields {
		switch {
		case o.has(f.Name):
			sub.body.values[f.Name] = o.values[f.Name]
		case p.body.has(f.Name):
			sub.body.values[f.Name] = p.body.values[f.Name]
		default:
			continue
		}
		sub.body.names = append(sub.body.names, f.Name)
	}
	sub.read()
	return &sub
}

// controlled reports whether the first contestant runs once more.
func (p *parser) controlled() bool {
	var yes bool
	return p.body.has(controlWord) && json.Unmarshal(p.body.values[controlWord], &yes) == nil && yes
}

// control adds the first contestant once more: the lab against itself, which should
// find no winner.
func (p *parser) control(f Field) {
	if !p.body.has(f.Name) {
		return
	}
	if raw := string(bytes.TrimSpace(p.body.values[f.Name])); raw != "true" && raw != "false" {
		p.wrongType(f.Name, text.Text{ES: "true o false", EN: "true or false"})
		return
	}
	switch {
	case !p.controlled():
	case p.spec.Sweep != nil:
		p.fault(fault.CodeContradiction, f.Name, text.Sprintf("un barrido no tiene control", "a sweep has no control"),
			text.Sprintf("«control» u «over»", "\"control\" or \"over\""))
	case len(p.faults) > 0:
	default:
		first := p.spec.Methods[0]
		name := Further(first, controlWord)
		v := variantOf(name, p.spec.As(first), Request{})
		p.spec.Methods = slices.Insert(slices.Clone(p.spec.Methods), 1, name)
		p.spec.Variants = append(p.spec.Variants, v)
	}
}

// isControl reports whether a contestant is another one once more.
func isControl(name string) bool {
	return strings.HasSuffix(name, variantMark+controlWord) || strings.HasSuffix(name, ","+controlWord)
}

// askFor writes methods, variants and control down as a request has them.
func (s Spec) askFor(r *Request) {
	r.Methods = nil
	for _, name := range s.Methods {
		i := slices.IndexFunc(s.Variants, func(v Variant) bool { return v.Name == name })
		switch m := MethodOf(name); {
		case isControl(name):
			r.Control = true
			continue
		case i >= 0 && s.Variants[i].Set.Method != "": // of that method only
		case !slices.Contains(r.Methods, m):
			r.Methods = append(r.Methods, m)
		}
		if i >= 0 && !slices.ContainsFunc(r.Variants, func(set Request) bool { return reflect.DeepEqual(set, s.Variants[i].Set) }) {
			r.Variants = append(r.Variants, s.Variants[i].Set)
		}
	}
	if len(r.Methods) == 0 {
		r.Methods = []string{MethodOf(s.Methods[0])}
	}
}
