package request

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"carriles/executor/fault"
	"carriles/executor/text"
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
	// Sweep allows "over" and "values" and asks for the former.
	Sweep bool
	// Runs allows "over" and "values" and makes a sweep of a batch with the
	// former.
	Runs bool
}

// Lab is what a request is checked against.
type Lab struct {
	Limits Limits
	// Pool is the number of workers from the topology, PoolReason why.
	Pool       int
	PoolReason text.Text
	// Images is the default set, in order.
	Images []string
	// Exists reports whether a name is an image of the lab.
	Exists func(name string) bool
	// Lacks are the transports that this system has not, with the reason.
	Lacks map[string]text.Text
}

// Parse reads a request body and validates all of it. Every fault is named at
// once, in the order in which spec reads the fields; nothing is guessed or
// clamped. The error is always an *Error.
func Parse(body []byte, ep Endpoint, lab Lab) (Spec, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		body = []byte("{}")
	}
	fields, err := readObject(body)
	if err != nil {
		return Spec{}, fault.Invalid([]fault.Fault{{
			Code:    fault.CodeInvalidJSON,
			Text:    text.Sprintf("el cuerpo no es un objeto JSON bien escrito", "the body is not a well-formed JSON object"),
			Allowed: text.Text{ES: "un objeto JSON, o nada", EN: "a JSON object, or nothing"},
		}}).Because(err)
	}
	p := parser{ep: ep, lab: lab}
	spec := p.spec(fields)
	if len(p.faults) > 0 {
		return Spec{}, fault.Invalid(p.all())
	}
	if len(spec.Images) == 0 {
		return Spec{}, NoImages()
	}
	return spec, nil
}

// NoImages is the error of a lab without photographs: it says where to put
// them.
func NoImages() *fault.Error {
	return fault.Errorf(fault.CodeNoImages,
		"no hay imágenes: ponga fotografías JPEG o PNG en static/images/",
		"there are no images: put JPEG or PNG photographs into static/images/")
}

// spec goes through the fields in one order, so that faults come in it too.
func (p *parser) spec(fields object) Spec {
	numbers := Fields(p.lab.Limits, p.lab.Pool)
	if p.ep.Stress {
		numbers = StressFields(p.lab.Limits, p.lab.Pool)
	}
	p.names(fields, numbers)

	spec := Spec{Methods: p.ep.Methods, WorkersReason: p.lab.PoolReason}
	spec.Engine = p.name(fields, "engine", filters.NativeName, engineNames())
	spec.Steps = p.steps(fields, spec.Engine)
	n := map[string]int{}
	for _, f := range numbers {
		if f.Name == "rounds" {
			n[f.Name] = p.rounds(fields, f)
		} else {
			n[f.Name] = p.number(fields, f)
		}
	}
	spec.Count, spec.Rounds, spec.Warmup = n["count"], n["rounds"], n["warmup"]
	spec.Workforce = p.workforce(fields, n)
	if fields.has("workers") {
		spec.WorkersReason = text.Sprintf("los pide la petición", "asked for by the request")
	}
	if p.ep.Stress && fields.has(iterations) {
		spec.Rounds = n[iterations]
	}
	spec.Images = p.images(fields)
	spec.Pool = p.name(fields, "pool", Cold, PoolKinds())
	if p.ep.MethodsField && fields.has("methods") {
		spec.Methods = p.methods(fields)
	}
	if p.ep.MethodField && fields.has("method") {
		spec.Methods = []string{p.name(fields, "method", "", MethodNames())}
	}
	p.source(fields, &spec, n)
	spec.Sample = p.ep.Stress
	spec.Chaos = p.chaos(fields, spec.Count)
	if p.ep.Sweep || p.ep.Runs && (fields.has("over") || fields.has("values")) {
		spec.Sweep = p.sweep(fields, spec)
	}
	p.auto(fields, &spec, n)
	if most := p.lab.Limits.Executions; len(p.faults) == 0 && spec.Executions() > most {
		allowed := text.Sprintf("imágenes × rondas × métodos hasta %d", "images × rounds × methods up to %d", most)
		if spec.Sweep != nil {
			allowed = text.Sprintf("imágenes × rondas × métodos × puntos hasta %d", "images × rounds × methods × points up to %d", most)
		}
		p.fault(fault.CodeTooMany, "count",
			text.Sprintf("el lote pide procesar %d imágenes en total: son demasiadas", "the batch asks for %d images in all: too many", spec.Executions()), allowed)
	}
	return spec
}

// names names the fields that do not exist, stand twice, or contradict each
// other.
func (p *parser) names(fields object, numbers []filters.Param) {
	known := []string{"filters", "filter_params"}
	for _, f := range numbers {
		known = append(known, f.Name)
	}
	known = append(known, "images", "engine", "pool", "source", "transport", "chaos")
	if p.ep.Sweep || p.ep.Runs {
		known = append(known, "over", "values")
	}
	if p.ep.MethodsField {
		known = append(known, "methods")
	}
	if p.ep.MethodField {
		known = append(known, "method")
	}
	for _, name := range fields.names {
		if !slices.Contains(known, name) {
			p.fault(fault.CodeUnknownField, name,
				text.Sprintf("el campo «%s» no existe", "there is no field %q", name), oneOf(known))
		}
	}
	p.repeated(fields, "")
	if p.ep.Stress && fields.has("rounds") && fields.has(iterations) {
		p.fault(fault.CodeDuplicate, iterations,
			text.Sprintf("«rounds» y «%s» dicen lo mismo", "\"rounds\" and %q say the same", iterations),
			text.Sprintf("uno de los dos", "one of the two"))
	}
}

// steps reads filters and filter_params into the chain.
func (p *parser) steps(fields object, engine string) []Step {
	chain := p.chain(fields, engine)
	params := p.params(fields)
	steps := make([]Step, len(chain))
	for i, f := range chain {
		values := f.Defaults()
		maps.Copy(values, params[f.Name])
		steps[i] = Step{Filter: f.Name, Params: values}
	}
	p.checkSize(steps)
	return steps
}

// chain reads filters; only what the engine has is in the result.
func (p *parser) chain(fields object, engine string) []filters.Filter {
	names := entriesOf("filters", DefaultChain())
	if fields.has("filters") {
		names = p.list(fields, "filters", maxSteps)
	}
	info, _ := filters.LookupEngine(engine)
	var chain []filters.Filter
	for _, name := range names {
		f, ok := p.filter(name)
		if !ok {
			continue
		}
		if why, lacks := info.Lacks[f.Name]; lacks {
			native := "engine: " + filters.NativeName
			p.fault(fault.CodeEngineLacks, name.field, why, text.Text{ES: native, EN: native})
			continue
		}
		chain = append(chain, f)
	}
	return chain
}

func (p *parser) filter(name entry) (filters.Filter, bool) {
	f, ok := filters.Lookup(name.value)
	if !ok {
		p.fault(fault.CodeUnknownFilter, name.field,
			text.Sprintf("el filtro «%s» no existe", "there is no filter %q", name.value), oneOf(filterNames()))
	}
	return f, ok
}

// params reads filter_params: by filter name, then by parameter name.
func (p *parser) params(fields object) map[string]filters.Values {
	if !fields.has("filter_params") {
		return nil
	}
	byFilter, ok := p.object(fields.values["filter_params"], "filter_params",
		text.Sprintf("un objeto por nombre de filtro", "an object by filter name"))
	if !ok {
		return nil
	}
	out := map[string]filters.Values{}
	for _, name := range byFilter.names {
		field := "filter_params." + name
		f, ok := p.filter(entry{field, name})
		if !ok {
			continue
		}
		if _, twice := out[f.Name]; twice {
			p.fault(fault.CodeDuplicate, field,
				text.Sprintf("los parámetros de %s están dos veces, con dos nombres", "the parameters of %s stand twice, under two names", f.Name),
				text.Sprintf("uno de los dos nombres", "one of the two names"))
			continue
		}
		out[f.Name] = p.values(byFilter.values[name], field, f)
	}
	return out
}

func (p *parser) values(raw json.RawMessage, field string, f filters.Filter) filters.Values {
	params, ok := p.object(raw, field,
		text.Sprintf("un objeto con los parámetros de %s", "an object with the parameters of %s", f.Name))
	if !ok {
		return nil
	}
	v := filters.Values{}
	for _, name := range params.names {
		path := field + "." + name
		decl, ok := f.Param(name)
		if !ok {
			p.fault(fault.CodeUnknownParam, path,
				text.Sprintf("%s no tiene el parámetro «%s»", "%s has no parameter %q", f.Name, name), oneOf(paramNames(f)))
			continue
		}
		if x, ok := p.float(params.values[name], path, decl); ok {
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
			p.fault(fault.CodeOutOfRange, "filter_params."+s.Filter,
				text.Sprintf("%s daría una imagen de %d × %d", "%s would give an image of %d x %d", s.Filter, w, h),
				text.Sprintf("hasta %d píxeles en total", "up to %d pixels in all", p.lab.Limits.Pixels))
			return
		}
	}
}

func (p *parser) images(fields object) []string {
	if !fields.has("images") {
		return p.lab.Images
	}
	var images []string
	for _, name := range p.list(fields, "images", p.lab.Limits.Count) {
		if !p.lab.Exists(name.value) {
			p.fault(fault.CodeUnknownName, name.field,
				text.Sprintf("la imagen «%s» no está en static/images/", "the image %q is not in static/images/", name.value), oneOf(p.lab.Images))
		}
		images = append(images, name.value)
	}
	return images
}

func (p *parser) methods(fields object) []string {
	var methods []string
	for _, name := range p.list(fields, "methods", len(Methods())) {
		if _, ok := LookupMethod(name.value); !ok {
			p.unknownName(name.field, name.value, MethodNames())
		} else if slices.Contains(methods, name.value) {
			p.fault(fault.CodeDuplicate, name.field, text.Sprintf("«%s» está dos veces", "%q stands twice", name.value), oneOf(MethodNames()))
		}
		methods = append(methods, name.value)
	}
	return methods
}
