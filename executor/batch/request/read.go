package request

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"carriles/executor/fault"
	"carriles/executor/text"
)

// maxFaults is how many faults are named: nobody reads more, and an answer
// must not be many times as long as its request.
const maxFaults = 100

// parser reads JSON values of one type each into a spec and notes what is wrong
// with them.
type parser struct {
	ep     Endpoint
	lab    Lab
	fields []Field
	body   object
	spec   Spec
	waits  Waits // of ParseWaits
	faults []fault.Fault
	more   int // faults beyond maxFaults
}

func (p *parser) fault(code, field string, sentence, allowed text.Text) {
	if len(p.faults) == maxFaults {
		p.more++
		return
	}
	p.faults = append(p.faults, fault.Fault{Code: code, Field: field, Text: sentence, Allowed: allowed})
}

// all are the faults, the last one saying how many are not named.
func (p *parser) all() []fault.Fault {
	if p.more > 0 {
		return append(p.faults, fault.Fault{
			Code:    fault.CodeTooMany,
			Text:    text.Sprintf("y otros %d fallos", "and %d more faults", p.more),
			Allowed: text.Sprintf("corrija primero los de arriba", "mend those above first"),
		})
	}
	return p.faults
}

func (p *parser) wrongType(field string, allowed text.Text) {
	p.fault(fault.CodeWrongType, field,
		text.Sprintf("«%s» no tiene el tipo que debe", "%q has the wrong type", field), allowed)
}

func (p *parser) unknownName(field, name string, allowed []string) {
	p.fault(fault.CodeUnknownName, field, text.Sprintf("«%s» no se conoce", "%q is not known", name), oneOf(allowed))
}

// object is a JSON object. A map would keep the last of two values of a name
// and say nothing.
type object struct {
	names  []string // each once, as they stand
	twice  []string // those that stand more than once
	values map[string]json.RawMessage
}

func (o object) has(name string) bool {
	_, ok := o.values[name]
	return ok
}

var errNotObject = errors.New("not an object")

func readObject(raw []byte) (object, error) {
	o := object{values: map[string]json.RawMessage{}}
	var whole json.RawMessage // syntax first: the tokens below need no checks then
	if err := json.Unmarshal(raw, &whole); err != nil {
		return o, err
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return o, errNotObject
	}
	seen := map[string]int{}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return o, err
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return o, err
		}
		name := t.(string) // nothing else can be the name of a member
		switch seen[name]++; seen[name] {
		case 1:
			o.names = append(o.names, name)
		case 2:
			o.twice = append(o.twice, name)
		}
		o.values[name] = value
	}
	return o, nil
}

// object reads an object at a path of the body.
func (p *parser) object(raw json.RawMessage, field string, allowed text.Text) (object, bool) {
	o, err := readObject(raw)
	if err != nil {
		p.wrongType(field, allowed)
		return o, false
	}
	p.repeated(o, field+".")
	return o, true
}

// repeated names what stands twice in an object: which of the two is meant
// would be a guess.
func (p *parser) repeated(o object, path string) {
	for _, name := range o.twice {
		p.fault(fault.CodeDuplicate, path+name,
			text.Sprintf("«%s» está más de una vez", "%q stands more than once", path+name), text.Sprintf("una sola vez", "only once"))
	}
}

// entry is an element of a list of names, with its path.
type entry struct{ field, value string }

func entriesOf(field string, names []string) []entry {
	entries := make([]entry, len(names))
	for i, name := range names {
		entries[i] = entry{elementOf(field, i), name}
	}
	return entries
}

func elementOf(field string, i int) string { return fmt.Sprintf("%s[%d]", field, i) }

// list reads as many names as the field may have; elements of another type are
// not in the result.
func (p *parser) list(f Field) []entry { return p.listOf(p.body.values[f.Name], f) }

// listOf is list of a value that stands elsewhere than at the top; the field's name
// is its path.
func (p *parser) listOf(raw json.RawMessage, f Field) []entry {
	items, ok := p.items(raw, f, text.Sprintf("nombres", "names"))
	if !ok {
		return nil
	}
	var entries []entry
	for i, item := range items {
		path := elementOf(f.Name, i)
		name, ok := str(item)
		if !ok {
			p.wrongType(path, text.Sprintf("un nombre", "a name"))
			continue
		}
		entries = append(entries, entry{path, name})
	}
	return entries
}

// items reads a list of as many elements as the field may have; what says what
// they are.
func (p *parser) items(raw json.RawMessage, f Field, what text.Text) ([]json.RawMessage, bool) {
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil || items == nil {
		p.wrongType(f.Name, text.Text{ES: "una lista de " + what.ES, EN: "a list of " + what.EN})
		return nil, false
	}
	if n := float64(len(items)); n < f.Min || n > f.Max {
		p.fault(fault.CodeOutOfRange, f.Name,
			text.Sprintf("«%s» tiene %d elementos", "%q has %d elements", f.Name, len(items)),
			text.Text{ES: fmt.Sprintf("de %g a %g %s", f.Min, f.Max, what.ES), EN: fmt.Sprintf("%g to %g %s", f.Min, f.Max, what.EN)})
		return nil, false
	}
	return items, true
}

func str(raw json.RawMessage) (string, bool) {
	var s *string
	if json.Unmarshal(raw, &s) != nil || s == nil {
		return "", false
	}
	return *s, true
}

// choice reads one of the field's names; the default where it is none of them.
func (p *parser) choice(f Field) string {
	if !p.body.has(f.Name) {
		return f.First()
	}
	options := f.Choices()
	names := optionNames(options)
	s, ok := str(p.body.values[f.Name])
	if !ok {
		p.wrongType(f.Name, oneOf(names))
		return f.First()
	}
	i := slices.Index(names, s)
	if i < 0 {
		p.unknownName(f.Name, s, names)
		return f.First()
	}
	if why := options[i].Lacks; why != nil {
		p.fault(fault.CodeUnavailable, f.Name, *why, oneOf(available(options)))
	}
	return s
}

// truth reads true or false.
func (p *parser) truth(f Field) bool {
	raw := string(p.body.values[f.Name])
	if p.body.has(f.Name) && raw != "true" && raw != "false" {
		p.wrongType(f.Name, text.Text{ES: "true o false", EN: "true or false"})
	}
	return raw == "true"
}

// whole reads a whole number; 0 where its word stands.
func (p *parser) whole(f Field) int {
	if !p.body.has(f.Name) {
		return int(f.Default)
	}
	raw := p.body.values[f.Name]
	if s, ok := str(raw); ok && f.Word != "" && s == f.Word {
		return 0
	}
	x, _ := p.float(raw, f.Name, f)
	return int(x)
}

// float reads a number; path is where it stands.
func (p *parser) float(raw json.RawMessage, path string, f Field) (float64, bool) {
	if !isNumber(raw) {
		p.wrongType(path, f.Allowed())
		return 0, false
	}
	var x float64
	// A number too large for a float64, such as 1e309, is an error too.
	if err := json.Unmarshal(raw, &x); err != nil || !f.Allows(x) {
		p.fault(fault.CodeOutOfRange, path,
			text.Sprintf("«%s» no puede ser %s", "%q cannot be %s", path, abridged(string(raw))), f.Allowed())
		return 0, false
	}
	return x, true
}

func isNumber(raw json.RawMessage) bool {
	return len(raw) > 0 && (raw[0] == '-' || '0' <= raw[0] && raw[0] <= '9')
}

// abridged keeps a sentence readable when a number has a thousand digits.
func abridged(s string) string {
	if len(s) > 30 {
		return s[:30] + "…"
	}
	return s
}
