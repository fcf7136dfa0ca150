package request

import (
	"bytes"
	"cmp"
	"encoding/json"
	"math"
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
	// Stress allows "method", one name, and "num_iterations", and sets the stress
	// test's count.
	Stress bool
	// Sweep allows "over" and "values" and asks for the former.
	Sweep bool
	// Runs allows "over" and "values" and makes a sweep of a batch with the
	// former.
	Runs bool
	// Queued is the endpoint of the course's third day: it has "wait", and smaller
	// defaults.
	Queued bool
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
	// Refused says why a file of that name, which is there, is no image of the
	// lab. It may be nil.
	Refused func(name string) (why text.Text, there bool)
	// Ignored are the files of the default set's folder that cannot be used.
	Ignored []fault.Fault
	// Lacks are the transports that this system has not, with the reason.
	Lacks map[string]text.Text
	// PythonLacks says why this system has none of Python's methods; nil where it
	// has. It is asked only where they matter, and may be nil: nobody knows.
	PythonLacks func() *text.Text
}

// Parse reads a request body and validates all of it. Every fault is named at
// once, in the order in which read takes the fields; nothing is guessed or
// clamped. The error is always a *fault.Error.
func Parse(body []byte, ep Endpoint, lab Lab) (Spec, error) {
	p, err := newParser(body, Fields(ep, lab))
	if err != nil {
		return Spec{}, err
	}
	p.ep, p.lab = ep, lab
	p.read()
	if len(p.faults) > 0 {
		return Spec{}, fault.Invalid(p.all())
	}
	if len(p.spec.Images) == 0 {
		return Spec{}, NoImages(lab.Ignored)
	}
	return p.spec, nil
}

// newParser reads a body that has such fields.
func newParser(body []byte, fields []Field) (*parser, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		body = []byte("{}")
	}
	o, err := readObject(body)
	if err != nil {
		return nil, fault.Invalid([]fault.Fault{{
			Code:    fault.CodeInvalidJSON,
			Text:    text.Sprintf("el cuerpo no es un objeto JSON bien escrito", "the body is not a well-formed JSON object"),
			Allowed: text.Text{ES: "un objeto JSON, o nada", EN: "a JSON object, or nothing"},
		}}).Because(err)
	}
	return &parser{fields: fields, body: o}, nil
}

// NoImages is the error of a lab without photographs: it says where to put
// them, or why those that are there cannot be used.
func NoImages(ignored []fault.Fault) *fault.Error {
	none := text.Text{
		ES: "no hay imágenes: ponga fotografías JPEG o PNG en static/images/",
		EN: "there are no images: put JPEG or PNG photographs into static/images/",
	}
	if len(ignored) == 0 {
		return &fault.Error{Code: fault.CodeNoImages, Text: none}
	}
	none = text.Sprintf("ninguno de los archivos de static/images/ se puede usar (%d)",
		"none of the files in static/images/ can be used (%d)", len(ignored))
	return fault.Invalid(append([]fault.Fault{{Code: fault.CodeNoImages, Text: none}}, ignored...))
}

// read goes through the fields in one order, so that faults come in it too.
func (p *parser) read() {
	p.known()
	p.spec = Spec{Methods: p.ep.Methods, WorkersReason: p.lab.PoolReason, Sample: p.ep.Stress, Auto: &Auto{}}
	p.take(turnFirst)
	p.take(turnChain)
	p.checkSize(p.spec.Steps)
	p.take(turnNumbers)
	p.workforce()
	p.take(turnNames)
	p.available()
	p.take(turnGIL)
	p.only("methods")
	p.take(turnTravel)
	p.reach()
	p.take(turnFailure)
	p.take(turnSweep)
	p.take(turnVariants)
	if len(p.spec.Variants) > 0 {
		p.available()
	}
	p.only("rounds")
	p.settle()
	p.checkExecutions()
	p.checkWaits()
}

func (p *parser) take(t turn) {
	for _, f := range p.fields {
		switch {
		case f.turn != t:
		case f.read != nil:
			f.read(p, f)
		case f.Kind == Choice:
			*f.name.spec(&p.spec) = p.choice(f)
		default:
			*f.number.spec(&p.spec) = p.whole(f)
		}
	}
}

// known names the fields that do not exist, stand twice, or say the same.
func (p *parser) known() {
	known := each(p.fields, func(f Field) string { return f.Name })
	for _, name := range p.body.names {
		if !slices.Contains(known, name) {
			p.fault(fault.CodeUnknownField, name,
				text.Sprintf("el campo «%s» no existe", "there is no field %q", name), oneOf(known))
		}
	}
	p.repeated(p.body, "")
	if p.ep.Stress && p.body.has("rounds") && p.body.has(iterations) {
		p.fault(fault.CodeDuplicate, iterations,
			text.Sprintf("«rounds» y «%s» dicen lo mismo", "\"rounds\" and %q say the same", iterations),
			text.Sprintf("uno de los dos", "one of the two"))
	}
}

// only names the fields that stand although what they need of another, which
// has been read by now, is not so.
func (p *parser) only(other string) {
	r := Request{Source: p.spec.Source, Methods: p.spec.Methods}
	if p.isAuto() {
		r.Rounds = AutoRounds
	}
	for _, f := range p.fields {
		if p.body.has(f.Name) && f.Only != nil && f.Only.Field == other && !f.Only.Holds(r) {
			p.fault(fault.CodeContradiction, f.Name, f.Only.Why,
				text.Sprintf("con %q: %q", "with %q: %q", other, f.Only.Value))
		}
	}
}

func (p *parser) isAuto() bool {
	s, ok := str(p.body.values["rounds"])
	return ok && s == auto
}

// workforce completes what the numbers say: the hybrid of a request that names
// workers only is made of those.
func (p *parser) workforce() {
	s, most := &p.spec, p.lab.Limits.Workers
	if !p.body.has("threads") {
		s.Threads = DefaultWorkforce(s.Workers).Threads
	}
	if all := s.Processes * s.Threads; all > most && (p.body.has("processes") || p.body.has("threads")) {
		p.fault(fault.CodeOutOfRange, "threads",
			text.Sprintf("%d procesos con %d hilos son %d trabajadores", "%d processes with %d threads are %d workers", s.Processes, s.Threads, all),
			text.Sprintf("processes × threads hasta %d", "processes × threads up to %d", most))
	}
	if p.body.has("workers") {
		s.WorkersReason = text.Sprintf("los pide la petición", "asked for by the request")
	}
}

// reach refuses what does not go together of where images come from and how
// they travel.
func (p *parser) reach() {
	p.only("source")
	p.pythons()
	if room := slices.IndexFunc(p.spec.Methods, func(m string) bool { return Described(m).Room }); room >= 0 && p.spec.Source == SourceHTTP {
		method := p.spec.Methods[room]
		p.fault(fault.CodeContradiction, "source",
			text.Sprintf("con «%s» las imágenes ya vienen por la red", "with %q images come over the network already", method),
			text.Sprintf("\"source\": \"file\"", "\"source\": \"file\""))
	}
	if p.spec.Source != SourceHTTP {
		p.spec.LatencyMS = 0
	} else if p.spec.Transport != TransportPath {
		p.fault(fault.CodeContradiction, "transport",
			text.Sprintf("con \"source\": \"http\" cada trabajador pide su imagen él mismo", "with \"source\": \"http\" each worker fetches its image itself"),
			text.Sprintf("\"transport\": \"path\"", "\"transport\": \"path\""))
	}
}

// settle settles the pool and the rounds of a request that does not say them. Both
// pools are twice the work: where the limits leave no room for that, or not for the
// rounds that a verdict takes, the pool is a cold one, as the answer says.
func (p *parser) settle() {
	p.pools(Both)
	before := p.spec
	p.automatic()
	few := !p.body.has("rounds") && p.spec.Rounds < min(FewestRounds, p.comparisonRounds())
	if !p.body.has("pool") && len(p.spec.Contestants()) > len(p.spec.Methods) && (few || !p.fits() || !p.inTime()) {
		p.spec = before
		p.pools(Cold)
		p.automatic()
	}
}

// pools settles what pool a request has that names none: a comparison the given one,
// for each contestant, unless what differs between these is the pool; a sweep and one
// method alone a cold one.
func (p *parser) pools(compared string) {
	s := &p.spec
	named := slices.ContainsFunc(s.Variants, func(v Variant) bool { return v.Set.Pool != "" })
	switch {
	case s.Sweep != nil && p.body.has("pool") && s.Pool == Both:
		p.fault(fault.CodeContradiction, "pool", text.Sprintf("un barrido mide una de las dos", "a sweep measures one of them"), oneOf([]string{Cold, Warm}))
	case p.body.has("pool"):
	case s.Sweep != nil || len(s.Methods) < 2 || p.ep.Stress || named:
		s.Pool = Cold
	default:
		s.Pool = compared
		s.Variants = slices.Clone(s.Variants)
		for i := range s.Variants {
			s.Variants[i].Pool = compared
		}
	}
	if i := slices.IndexFunc(s.Variants, func(v Variant) bool { return isControl(v.Name) }); i >= 0 {
		s.Variants[i].Pool = s.pool(s.Methods[0])
	}
}

// automatic sets how many rounds there are where the request leaves it to the lab:
// the largest number that it may decide on, as many as the limit of executions
// leaves room for, or what a comparison has by default.
func (p *parser) automatic() {
	if !p.isAuto() {
		p.spec.Auto.PrecisionPercent = 0
		p.byDefault()
		return
	}
	p.spec.Rounds = MinAutoRounds
	for p.spec.Rounds < MaxRounds {
		more := p.spec
		more.Rounds++
		if more.Executions() > p.lab.Limits.Executions {
			break
		}
		p.spec.Rounds++
	}
}

// byDefault is for a request that does not leave the number of rounds to the lab:
// one method is done once, and a comparison so often that its verdict carries, as
// far as the limit of executions leaves room for.
func (p *parser) byDefault() {
	s, asked := &p.spec, p.spec.Auto
	s.Auto = nil
	if !p.body.has("rounds") && len(s.Methods) > 1 && !p.ep.Stress {
		most := p.comparisonRounds()
		s.Rounds = min(FewestRounds, most)
		if s.Sweep == nil {
			s.Rounds, s.Auto = most, &Auto{BudgetS: comparisonBudgetS}
			if !p.body.has("warmup") {
				s.Warmup = comparisonWarmup
			}
		}
		for s.Rounds > 1 && s.Executions() > p.lab.Limits.Executions {
			s.Rounds--
		}
	}
	if p.body.has("budget_s") {
		s.Auto = asked
	}
}

// comparisonRounds is how many rounds a comparison has that does not say.
func (p *parser) comparisonRounds() int { return cmp.Or(p.lab.Limits.Rounds, comparisonRounds) }

// fits reports whether the limit of executions leaves room for the batch.
func (p *parser) fits() bool { return p.spec.Executions() <= p.lab.Limits.Executions }

// inTime reports whether a run may take so long as the batch waits for the slow
// server, as far as its rounds are not ended by the time.
func (p *parser) inTime() bool {
	most := p.lab.Limits.RunSeconds
	return most == 0 || p.spec.Auto != nil || p.spec.WaitSeconds() <= float64(most)
}

func (p *parser) checkExecutions() {
	all, most := p.spec.Executions(), p.lab.Limits.Executions
	if len(p.faults) > 0 || p.fits() {
		return
	}
	allowed := text.Sprintf("imágenes × rondas × métodos hasta %d", "images × rounds × methods up to %d", most)
	if len(p.spec.Contestants()) > len(p.spec.Methods) {
		allowed = text.Sprintf("imágenes × rondas × métodos × 2 (\"pool\": \"both\") hasta %d", "images × rounds × methods × 2 (\"pool\": \"both\") up to %d", most)
	}
	if p.spec.Sweep != nil {
		allowed = text.Sprintf("imágenes × rondas × métodos × puntos hasta %d", "images × rounds × methods × points up to %d", most)
	}
	p.fault(fault.CodeTooMany, "count",
		text.Sprintf("el lote pide procesar %d imágenes en total: son demasiadas", "the batch asks for %d images in all: too many", all), allowed)
}

// checkWaits refuses what could not end in the time that a run may take. How long
// the work itself takes is not known before.
func (p *parser) checkWaits() {
	most := p.lab.Limits.RunSeconds
	if len(p.faults) > 0 || p.inTime() {
		return
	}
	p.fault(fault.CodeTooMany, "latency_ms",
		text.Sprintf("solo esperar al servidor lento llevaría %d s: es demasiado", "waiting for the slow server alone would take %d s: too long", int(p.spec.WaitSeconds())),
		text.Sprintf("una ejecución dura %d s como mucho", "a run lasts %d s at most", most))
}

func (p *parser) images(f Field) {
	p.spec.Images = p.lab.Images
	if !p.body.has(f.Name) {
		return
	}
	p.spec.Images = nil
	for _, name := range p.list(f) {
		if why, there := p.refused(name.value); there {
			p.fault(fault.CodeBadImage, name.field, why, oneOf(p.lab.Images))
		} else if !p.lab.Exists(name.value) {
			p.fault(fault.CodeUnknownName, name.field,
				text.Sprintf("la imagen «%s» no está en static/images/", "the image %q is not in static/images/", name.value), oneOf(p.lab.Images))
		}
		p.spec.Images = append(p.spec.Images, name.value)
	}
}

func (p *parser) refused(name string) (why text.Text, there bool) {
	if p.lab.Refused == nil {
		return text.Text{}, false
	}
	return p.lab.Refused(name)
}

func (p *parser) methods(f Field) {
	if !p.body.has(f.Name) {
		return
	}
	var methods []string
	for _, name := range p.list(f) {
		if _, ok := LookupMethod(name.value); !ok {
			p.unknownName(name.field, name.value, MethodNames())
		} else if slices.Contains(methods, name.value) {
			p.fault(fault.CodeDuplicate, name.field, text.Sprintf("«%s» está dos veces", "%q stands twice", name.value), oneOf(MethodNames()))
		}
		methods = append(methods, name.value)
	}
	p.spec.Methods = methods
}

// available takes the methods out that are not to be had, and says so; a batch of
// such alone is refused.
func (p *parser) available() {
	s := &p.spec
	natives := s.Natives()
	if len(natives) == len(s.Methods) || p.lab.PythonLacks == nil {
		return
	}
	why := p.lab.PythonLacks()
	if why == nil {
		return
	}
	if len(natives) == 0 {
		field := "methods"
		if p.ep.Stress {
			field = "method"
		}
		p.fault(fault.CodeUnavailable, field, *why, oneOf(slices.DeleteFunc(MethodNames(), func(m string) bool { return Described(m).Python })))
		return
	}
	if s.Unavailable == nil {
		s.Unavailable = map[string]text.Text{}
	}
	for _, m := range s.Methods {
		if Described(m).Python {
			s.Unavailable[m] = *why
		}
	}
	s.Methods = natives
}

// pythons refuses what Python's workers cannot do, and what only they can.
func (p *parser) pythons() {
	s := &p.spec
	natives := s.Natives()
	if len(natives) < len(s.Methods) && s.Transport != TransportPath && s.Transport != TransportPipe {
		p.fault(fault.CodeContradiction, "transport",
			text.Sprintf("los métodos de Python reciben las imágenes por ruta o por tubería", "Python's methods get their images by path or by pipe"),
			oneOf([]string{TransportPath, TransportPipe}))
	}
	if s.Engine != EnginePure {
		return
	}
	if len(natives) > 0 || len(s.Unavailable) > 0 {
		python := slices.DeleteFunc(MethodNames(), func(m string) bool { return !Described(m).Python })
		p.fault(fault.CodeContradiction, "engine",
			text.Sprintf("«pure» es Python puro: lo tienen solo los métodos de Python", "\"pure\" is pure Python: only Python's methods have it"), oneOf(python))
	}
	p.checkPure()
}

// MaxPure bounds the work of the filter in pure Python: pixels times intensity. It
// takes a second for them.
const MaxPure = 500_000

// checkPure refuses a chain whose pure filter would take minutes: a resize has to
// come before it.
func (p *parser) checkPure() {
	pixels := math.MaxInt / 100
	for _, s := range p.spec.Steps {
		f, _ := filters.Lookup(s.Filter)
		if f.Name == "resize" {
			w, h := f.Size(1, 1, s.Params)
			pixels = w * h
		}
		if f.Name == "sharpen" && pixels*s.Params.Int("intensity") > MaxPure {
			p.fault(fault.CodeTooMany, "engine",
				text.Sprintf("en Python puro, sharpen tardaría demasiado con una imagen tan grande: ponga antes resize", "in pure Python sharpen would take too long over so large an image: put resize before it"),
				text.Sprintf("ancho × alto × intensidad hasta %d, como 800 × 600 × 1", "width × height × intensity up to %d, as 800 × 600 × 1", MaxPure))
			return
		}
	}
}

func (p *parser) method(f Field) {
	if p.body.has(f.Name) {
		p.spec.Methods = []string{p.choice(f)}
	}
}

// chaos reads {"kill_after": n}.
func (p *parser) chaos(f Field) {
	if !p.body.has(f.Name) {
		return
	}
	count := p.spec.Count
	if count == 0 { // not a number that count can be: any of them may be meant
		count = max(p.lab.Limits.Count, p.lab.Limits.Stress)
	}
	if count == 1 {
		p.fault(fault.CodeContradiction, f.Name,
			text.Sprintf("con una sola imagen no hay trabajo que perder", "with one image only there is no work to lose"),
			text.Sprintf("\"count\" desde 2", "\"count\" from 2 on"))
		return
	}
	o, ok := p.object(p.body.values[f.Name], f.Name, text.Sprintf("un objeto como {\"kill_after\": 3}", "an object such as {\"kill_after\": 3}"))
	if !ok {
		return
	}
	decl := Field{Param: KillAfter(count)}
	p.onlyMember(o, f.Name, decl, decl.Allowed())
	if !o.has(decl.Name) {
		return
	}
	x, _ := p.float(o.values[decl.Name], f.Name+"."+decl.Name, decl)
	p.spec.Chaos = &Chaos{KillAfter: int(x)}
}

// gil reads {"released_in": [stages]}.
func (p *parser) gil(f Field) {
	if !p.body.has(f.Name) {
		return
	}
	o, ok := p.object(p.body.values[f.Name], f.Name, text.Sprintf("un objeto como {\"released_in\": [\"filter\"]}", "an object such as {\"released_in\": [\"filter\"]}"))
	if !ok {
		return
	}
	stages, decl := optionNames(f.Choices()), releasedIn()
	p.onlyMember(o, f.Name, decl, oneOf(stages))
	if !o.has(decl.Name) {
		return
	}
	raw := o.values[decl.Name]
	decl.Name = f.Name + "." + decl.Name
	gil := &GIL{ReleasedIn: []string{}}
	for _, e := range p.listOf(raw, decl) {
		switch {
		case !slices.Contains(stages, e.value):
			p.unknownName(e.field, e.value, stages)
		case slices.Contains(gil.ReleasedIn, e.value):
			p.fault(fault.CodeDuplicate, e.field, text.Sprintf("«%s» está dos veces", "%q stands twice", e.value), oneOf(stages))
		default:
			gil.ReleasedIn = append(gil.ReleasedIn, e.value)
		}
	}
	if len(gil.ReleasedIn) > 0 {
		p.spec.GIL = gil
	}
}

// onlyMember names what an object holds beside its one member, or that it lacks it.
func (p *parser) onlyMember(o object, of string, decl Field, allowed text.Text) {
	for _, name := range o.names {
		if path := of + "." + name; name != decl.Name {
			p.fault(fault.CodeUnknownField, path, text.Sprintf("el campo «%s» no existe", "there is no field %q", path), oneOf([]string{decl.Name}))
		}
	}
	if path := of + "." + decl.Name; !o.has(decl.Name) {
		p.fault(fault.CodeMissing, path, text.Sprintf("falta «%s»", "%q is missing", path), allowed)
	}
}

// chain reads filters; only what the engine has is in the chain, with the
// defaults of its parameters.
func (p *parser) chain(f Field) {
	names := entriesOf(f.Name, DefaultChain())
	if p.ep.Queued {
		names = entriesOf(f.Name, []string{"resize"})
	}
	if p.body.has(f.Name) {
		names = p.list(f)
	}
	info := lookupEngine(p.spec.Engine)
	p.spec.Steps = []Step{}
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
		p.spec.Steps = append(p.spec.Steps, Step{Filter: f.Name, Params: f.Defaults()})
	}
}

func (p *parser) filter(name entry) (filters.Filter, bool) {
	f, ok := filters.Lookup(name.value)
	if !ok {
		p.fault(fault.CodeUnknownFilter, name.field,
			text.Sprintf("el filtro «%s» no existe", "there is no filter %q", name.value), oneOf(optionNames(filterOptions())))
	}
	return f, ok
}

// params reads filter_params, by filter name and then by parameter name, into
// the chain.
func (p *parser) params(f Field) {
	if !p.body.has(f.Name) {
		return
	}
	byFilter, ok := p.object(p.body.values[f.Name], f.Name, text.Sprintf("un objeto por nombre de filtro", "an object by filter name"))
	if !ok {
		return
	}
	read := map[string]bool{}
	for _, name := range byFilter.names {
		path := f.Name + "." + name
		of, ok := p.filter(entry{path, name})
		if !ok {
			continue
		}
		if read[of.Name] {
			p.fault(fault.CodeDuplicate, path,
				text.Sprintf("los parámetros de %s están dos veces, con dos nombres", "the parameters of %s stand twice, under two names", of.Name),
				text.Sprintf("uno de los dos nombres", "one of the two names"))
			continue
		}
		read[of.Name] = true
		p.spec.setParam(of.Name, p.paramsOf(of, byFilter.values[name], path))
	}
}

func (p *parser) paramsOf(f filters.Filter, raw json.RawMessage, field string) filters.Values {
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
		if x, ok := p.float(params.values[name], path, Field{Param: decl}); ok {
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
