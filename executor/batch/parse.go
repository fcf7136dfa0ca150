package batch

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"carriles/filters"
)

// Endpoint says which fields beyond the common body a request may carry and
// what it means without them.
type Endpoint struct {
	// Methods are what is run when the body does not say.
	Methods []string
	// MethodsField allows "methods", a list.
	MethodsField bool
	// MethodField allows "method", one name.
	MethodField bool
	// Stress allows "num_iterations" and sets the stress test's count.
	Stress bool
}

// Lab is what a request is checked against.
type Lab struct {
	Limits Limits
	// Pool is the number of workers from the topology, PoolReason why.
	Pool       int
	PoolReason filters.Text
	// Images is the default set, in order.
	Images []string
	// Exists reports whether a name is an image of the lab.
	Exists func(name string) bool
}

// Parse reads a request body and validates all of it. Every fault is named at
// once, in the order of the fields; nothing is guessed or clamped. The error
// is always an *Error.
func Parse(body []byte, ep Endpoint, lab Lab) (Spec, error) {
	p := parser{ep: ep, lab: lab}
	fields, err := object(body)
	if err != nil {
		return Spec{}, err
	}
	spec := p.spec(fields)
	if len(p.faults) > 0 {
		return Spec{}, Invalid(p.faults)
	}
	if len(spec.Images) == 0 {
		return Spec{}, Errorf(CodeNoImages,
			"no hay imágenes: ponga fotografías JPEG o PNG en static/images/",
			"there are no images: put JPEG or PNG photographs into static/images/")
	}
	return spec, nil
}

// object reads a JSON object, or the empty body as an empty one.
func object(body []byte) (map[string]json.RawMessage, error) {
	fields := map[string]json.RawMessage{}
	if len(bytes.TrimSpace(body)) == 0 {
		return fields, nil
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	err := dec.Decode(&fields)
	if err == nil && fields == nil {
		err = fmt.Errorf("null is not an object")
	}
	if err == nil {
		if _, more := dec.Token(); more != io.EOF {
			err = fmt.Errorf("more than one value")
		}
	}
	if err != nil {
		return nil, Invalid([]Fault{{
			Code:    CodeInvalidJSON,
			Text:    Textf("el cuerpo no es un objeto JSON bien escrito", "the body is not a well-formed JSON object"),
			Allowed: filters.Text{ES: "un objeto JSON, o nada", EN: "a JSON object, or nothing"},
		}}).Because(err)
	}
	return fields, nil
}

type parser struct {
	ep     Endpoint
	lab    Lab
	faults []Fault
}

func (p *parser) fault(code, field string, text, allowed filters.Text) {
	p.faults = append(p.faults, Fault{Code: code, Field: field, Text: text, Allowed: allowed})
}

// spec goes through the fields in one order, so that faults come in it too.
func (p *parser) spec(fields map[string]json.RawMessage) Spec {
	numbers := Fields(p.lab.Limits, p.lab.Pool)
	if p.ep.Stress {
		numbers = StressFields(p.lab.Limits, p.lab.Pool)
	}
	p.unknownFields(fields, numbers)

	spec := Spec{Methods: p.ep.Methods}
	engine := p.name(fields, "engine", filters.NativeName, engineNames())
	spec.Engine = engine
	spec.Steps = p.steps(fields, engine)
	n := map[string]int{}
	for _, f := range numbers {
		n[f.Name] = p.number(fields[f.Name], f.Name, f)
	}
	spec.Count, spec.Workers, spec.Rounds, spec.Warmup = n["count"], n["workers"], n["rounds"], n["warmup"]
	if p.ep.Stress {
		spec.Rounds = n["num_iterations"]
	}
	spec.WorkersReason = p.lab.PoolReason
	if _, asked := fields["workers"]; asked {
		spec.WorkersReason = Textf("los pide la petición", "asked for by the request")
	}
	spec.Images = p.images(fields["images"])
	spec.Pool = p.name(fields, "pool", Cold, PoolKinds())
	if raw, ok := fields["methods"]; ok && p.ep.MethodsField {
		spec.Methods = p.methods(raw)
	}
	if _, ok := fields["method"]; ok && p.ep.MethodField {
		spec.Methods = []string{p.name(fields, "method", "", methodNames())}
	}
	if len(p.faults) == 0 && spec.Executions() > p.lab.Limits.Executions {
		p.fault(CodeTooMany, "rounds",
			Textf("el lote pide procesar %d imágenes en total: son demasiadas", "the batch asks for %d images in all: too many", spec.Executions()),
			Textf("imágenes × rondas × métodos hasta %d", "images × rounds × methods up to %d", p.lab.Limits.Executions))
	}
	return spec
}

func (p *parser) known(numbers []filters.Param) []string {
	names := []string{"filters", "filter_params", "count", "images", "workers", "rounds", "warmup", "engine", "pool"}
	for _, f := range numbers {
		if !slices.Contains(names, f.Name) {
			names = append(names, f.Name)
		}
	}
	if p.ep.MethodsField {
		names = append(names, "methods")
	}
	if p.ep.MethodField {
		names = append(names, "method")
	}
	return names
}

func (p *parser) unknownFields(fields map[string]json.RawMessage, numbers []filters.Param) {
	known := p.known(numbers)
	for _, name := range sortedKeys(fields) {
		if !slices.Contains(known, name) {
			p.fault(CodeUnknownField, name,
				Textf("el campo «%s» no existe", "there is no field %q", name), oneOf(known))
		}
	}
}

// steps reads filters and filter_params into the chain.
func (p *parser) steps(fields map[string]json.RawMessage, engine string) []Step {
	names := DefaultChain()
	if raw, ok := fields["filters"]; ok {
		names = p.chain(raw)
	}
	params := p.params(fields["filter_params"])
	info, _ := filters.LookupEngine(engine)
	steps := make([]Step, 0, len(names))
	for i, name := range names {
		f, ok := filters.Lookup(name)
		if !ok {
			p.fault(CodeUnknownFilter, fmt.Sprintf("filters[%d]", i),
				Textf("el filtro «%s» no existe", "there is no filter %q", name), oneOf(filterNames()))
			continue
		}
		if why, lacks := info.Lacks[f.Name]; lacks {
			p.fault(CodeEngineLacks, fmt.Sprintf("filters[%d]", i), why,
				filters.Text{ES: "engine: " + filters.NativeName, EN: "engine: " + filters.NativeName})
			continue
		}
		values := f.Defaults()
		for k, v := range params[f.Name] {
			values[k] = v
		}
		steps = append(steps, Step{Filter: f.Name, Params: values})
	}
	p.checkSize(steps)
	return steps
}

func (p *parser) chain(raw json.RawMessage) []string {
	names, ok := p.list(raw, "filters")
	if ok && (len(names) == 0 || len(names) > maxSteps) {
		p.fault(CodeOutOfRange, "filters",
			Textf("la cadena tiene %d filtros", "the chain has %d filters", len(names)),
			Textf("de 1 a %d filtros", "1 to %d filters", maxSteps))
		return nil
	}
	return names
}

// params reads filter_params: by filter name, then by parameter name.
func (p *parser) params(raw json.RawMessage) map[string]filters.Values {
	if raw == nil {
		return nil
	}
	var byFilter map[string]json.RawMessage
	if json.Unmarshal(raw, &byFilter) != nil || byFilter == nil {
		p.wrongType("filter_params", Textf("un objeto por nombre de filtro", "an object by filter name"))
		return nil
	}
	out := map[string]filters.Values{}
	for _, name := range sortedKeys(byFilter) {
		field := "filter_params." + name
		f, ok := filters.Lookup(name)
		if !ok {
			p.fault(CodeUnknownFilter, field,
				Textf("el filtro «%s» no existe", "there is no filter %q", name), oneOf(filterNames()))
			continue
		}
		if _, twice := out[f.Name]; twice {
			p.fault(CodeDuplicate, field,
				Textf("los parámetros de %s están dos veces, con dos nombres", "the parameters of %s stand twice, under two names", f.Name),
				Textf("uno de los dos nombres", "one of the two names"))
			continue
		}
		out[f.Name] = p.values(byFilter[name], field, f)
	}
	return out
}

func (p *parser) values(raw json.RawMessage, field string, f filters.Filter) filters.Values {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil || fields == nil {
		p.wrongType(field, Textf("un objeto con los parámetros de %s", "an object with the parameters of %s", f.Name))
		return nil
	}
	v := filters.Values{}
	for _, name := range sortedKeys(fields) {
		decl, ok := f.Param(name)
		if !ok {
			p.fault(CodeUnknownParam, field+"."+name,
				Textf("%s no tiene el parámetro «%s»", "%s has no parameter %q", f.Name, name), oneOf(paramNames(f)))
			continue
		}
		if x, ok := p.float(fields[name], field+"."+name, decl); ok {
			v[name] = x
		}
	}
	return v
}

// checkSize refuses a chain whose result would be larger than the limit.
func (p *parser) checkSize(steps []Step) {
	for _, s := range steps {
		f, _ := filters.Lookup(s.Filter)
		w, h := f.Size(1, 1, s.Params)
		if int64(w)*int64(h) > p.lab.Limits.Pixels {
			p.fault(CodeOutOfRange, "filter_params."+s.Filter,
				Textf("%s daría una imagen de %d × %d", "%s would give an image of %d x %d", s.Filter, w, h),
				Textf("hasta %d píxeles en total", "up to %d pixels in all", p.lab.Limits.Pixels))
			return
		}
	}
}

func (p *parser) images(raw json.RawMessage) []string {
	if raw == nil {
		return p.lab.Images
	}
	names, ok := p.list(raw, "images")
	if !ok {
		return nil
	}
	if len(names) == 0 || len(names) > p.lab.Limits.Count {
		p.fault(CodeOutOfRange, "images",
			Textf("la lista tiene %d imágenes", "the list has %d images", len(names)),
			Textf("de 1 a %d nombres, o ningún campo", "1 to %d names, or no field", p.lab.Limits.Count))
	}
	for i, name := range names {
		if !p.lab.Exists(name) {
			p.fault(CodeUnknownName, fmt.Sprintf("images[%d]", i),
				Textf("la imagen «%s» no está en static/images/", "the image %q is not in static/images/", name), oneOf(p.lab.Images))
		}
	}
	return names
}

func (p *parser) methods(raw json.RawMessage) []string {
	names, ok := p.list(raw, "methods")
	if !ok {
		return nil
	}
	if len(names) == 0 {
		p.fault(CodeOutOfRange, "methods", Textf("la lista está vacía", "the list is empty"), oneOf(methodNames()))
	}
	for i, name := range names {
		field := fmt.Sprintf("methods[%d]", i)
		if _, ok := LookupMethod(name); !ok {
			p.unknownName(field, name, methodNames())
		} else if slices.Contains(names[:i], name) {
			p.fault(CodeDuplicate, field, Textf("«%s» está dos veces", "%q stands twice", name), oneOf(methodNames()))
		}
	}
	return names
}

// name reads a string that must be one of allowed.
func (p *parser) name(fields map[string]json.RawMessage, field, def string, allowed []string) string {
	raw, ok := fields[field]
	if !ok {
		return def
	}
	var s *string
	if json.Unmarshal(raw, &s) != nil || s == nil {
		p.wrongType(field, oneOf(allowed))
		return def
	}
	if !slices.Contains(allowed, *s) {
		p.unknownName(field, *s, allowed)
		return def
	}
	return *s
}

func (p *parser) list(raw json.RawMessage, field string) ([]string, bool) {
	var names []string
	if json.Unmarshal(raw, &names) != nil || names == nil || strings.Contains(string(raw), "null") && slices.Contains(names, "") {
		p.wrongType(field, Textf("una lista de nombres", "a list of names"))
		return nil, false
	}
	return names, true
}

func (p *parser) number(raw json.RawMessage, field string, decl filters.Param) int {
	if raw == nil {
		return int(decl.Default)
	}
	x, _ := p.float(raw, field, decl)
	return int(x)
}

func (p *parser) float(raw json.RawMessage, field string, decl filters.Param) (float64, bool) {
	var x *float64
	if json.Unmarshal(raw, &x) != nil || x == nil {
		p.wrongType(field, decl.Allowed())
		return 0, false
	}
	if !decl.Allows(*x) {
		p.fault(CodeOutOfRange, field,
			Textf("«%s» no puede ser %s", "%q cannot be %s", field, filters.FormatNumber(*x)), decl.Allowed())
		return 0, false
	}
	return *x, true
}

func (p *parser) wrongType(field string, allowed filters.Text) {
	p.fault(CodeWrongType, field,
		Textf("«%s» no tiene el tipo que debe", "%q has the wrong type", field), allowed)
}

func (p *parser) unknownName(field, name string, allowed []string) {
	p.fault(CodeUnknownName, field, Textf("«%s» no se conoce", "%q is not known", name), oneOf(allowed))
}
