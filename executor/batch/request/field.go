package request

import (
	"slices"

	"carriles/executor/text"
	"carriles/filters"
)

// Field declares one field of a request: what a value may be, its label and
// help, and where it stands in a Spec and in a Request. Validation, the
// catalogue, the page's form and what a report repeats go by this list, so a
// new number or choice is declared here, has its place in both types (spec.go,
// request.go), and is used.
type Field struct {
	// Param has the name, kind and help; of a number its range, default, step and
	// unit too, of a List how many elements it may have.
	filters.Param
	Title text.Text
	// Choices lists the names that it may have, the default first.
	Choices func() []Option
	// Word may stand in place of a number.
	Word string
	// Said is a number that a form names even where it is the default: a reader
	// looks for it, or the host's default is another one.
	Said bool
	// Optional is a choice that none of its names is the default of.
	Optional bool
	// Only says with what the field means anything; nil: with everything.
	Only *Only
	// Course says that the course's own server has it.
	Course bool
	// Inside declares the members of an Object, or of a List's objects; nil: it has none.
	Inside func() []Field
	// Of is the kind of a List's elements that are neither names of Choices nor objects,
	// and Aliases are further names that a choice goes by.
	Of      filters.Kind
	Aliases []string

	in     func(Endpoint) bool // which endpoints have it; nil: all
	turn   turn
	number place[int]
	name   place[string]
	// read and write are those of a field that is neither a number nor one name,
	// or not only that.
	read  func(*parser, Field)
	write func(Spec, *Request)
}

// The kinds of a field besides a parameter's.
const (
	Choice filters.Kind = "choice" // a name
	List   filters.Kind = "list"
	Object filters.Kind = "object"
	Bool   filters.Kind = "bool"
	Name   filters.Kind = "name" // of something that is not declared, such as a file
)

// WaitField asks an endpoint that answers at once to answer when it is done.
const WaitField = "wait"

// place is where a field's value stands.
type place[T any] struct {
	spec    func(*Spec) *T
	request func(*Request) *T
}

// Only is what a field needs of another.
type Only struct {
	Holds func(Request) bool
	// Field and Value are what Holds asks for and Why the sentence for a request
	// that has the field all the same; without Why that is no fault.
	Field, Value string
	Why          text.Text
}

// Asked reports whether the field means anything in a request.
func (f Field) Asked(r Request) bool { return f.Only == nil || f.Only.Holds(r) }

// Allowed says in words what a number may be.
func (f Field) Allowed() text.Text {
	t := f.Param.Allowed()
	if f.Word != "" {
		t.ES, t.EN = t.ES+`, o "`+f.Word+`"`, t.EN+`, or "`+f.Word+`"`
	}
	return t
}

// First is the name that a choice begins with: its default, or none.
func (f Field) First() string {
	if f.Optional {
		return ""
	}
	return f.Choices()[0].Name
}

func (f Field) SetNumber(r *Request, n int)     { *f.number.request(r) = n }
func (f Field) SetName(r *Request, name string) { *f.name.request(r) = name }

// NumberOf is what a spec has for a number, if its request r means anything by it.
func (f Field) NumberOf(s Spec, r Request) (n int, asked bool) {
	if f.number.spec == nil || !f.Asked(r) {
		return 0, false
	}
	return *f.number.spec(&s), true
}

// NameOf is the name that a request has for a choice; its first where it has none.
func (f Field) NameOf(r Request) string {
	if name := *f.name.request(&r); name != "" {
		return name
	}
	return f.First()
}

// turn is when a field is read. Faults come in the order of the turns, and in
// that of Fields within one.
type turn int

const (
	turnFirst    turn = iota // the chain depends on it
	turnChain                // what is computed
	turnNumbers              // how often and by how many
	turnNames                // of what, by whom
	turnGIL                  // depends on the methods
	turnTravel               // how images come and go
	turnFailure              // depends on the count
	turnSweep                // depends on the whole batch
	turnVariants             // are batches of their own
)

// Fields lists the fields of an endpoint's requests, in the order in which they
// are named to those who ask for another.
func Fields(ep Endpoint, lab Lab) []Field {
	force := DefaultWorkforce(lab.Pool)
	workers := lab.Limits.Workers
	count, atFirst := lab.Limits.Count, 5
	if ep.Stress {
		count, atFirst = lab.Limits.Stress, 20
	}
	if ep.Queued {
		atFirst = 2
	}
	hybrid := &Only{Holds: func(r Request) bool { return r.runs(Hybrid) }}
	fixed := &Only{Holds: func(r Request) bool { return r.Rounds != AutoRounds }}
	automatic := func(r Request) bool { return r.Rounds == AutoRounds }
	sweeps := func(e Endpoint) bool { return e.Sweep || e.Runs }

	all := []Field{
		{
			Param: list("filters", 1, maxSteps, text.Text{
				ES: "la cadena de filtros, en orden; uno puede estar dos veces",
				EN: "the chain of filters, in order; one may stand twice",
			}),
			Choices: filterOptions, Aliases: filterAliases(), Course: true, turn: turnChain,
			read:  (*parser).chain,
			write: func(s Spec, r *Request) { r.Filters = s.FilterNames() },
		},
		{
			Param:  filters.Param{Name: "filter_params", Kind: Object, Help: text.Text{ES: "los parámetros, por nombre de filtro", EN: "the parameters, by filter name"}},
			Inside: filterFields, Course: true, turn: turnChain,
			read: (*parser).params,
			write: func(s Spec, r *Request) {
				r.FilterParams = map[string]filters.Values{}
				for _, st := range s.Steps {
					r.FilterParams[st.Filter] = st.Params
				}
			},
		},
		{
			Param: integer("count", "", 1, count, min(atFirst, count), 1, text.Text{
				ES: "imágenes que se procesan; las fotografías se repiten",
				EN: "images to process; the photographs are cycled",
			}),
			Title: text.Text{ES: "Imágenes", EN: "Images"}, Said: true, Course: true, turn: turnNumbers,
			number: at(func(s *Spec) *int { return &s.Count }, func(r *Request) *int { return &r.Count }),
		},
		{
			Param: integer("workers", "", 1, workers, lab.Pool, 1, text.Text{ES: "goroutines o procesos", EN: "goroutines or processes"}),
			Title: text.Text{ES: "Trabajadores", EN: "Workers"}, turn: turnNumbers,
			number: at(func(s *Spec) *int { return &s.Workers }, func(r *Request) *int { return &r.Workers }),
		},
		{
			Param: integer("rounds", "", 1, MaxRounds, 1, 1, text.Text{ES: "rondas de cada método, intercaladas; una comparación tiene 5, y descarta una antes", EN: "rounds of each method, interleaved; a comparison has 5, and discards one before"}),
			Title: text.Text{ES: "Rondas", EN: "Rounds"}, Said: true, Word: auto, Only: fixed, turn: turnNumbers,
			number: at(func(s *Spec) *int { return &s.Rounds }, func(r *Request) *int { return (*int)(&r.Rounds) }),
			write: func(s Spec, r *Request) {
				if s.Automatic() {
					r.Rounds = AutoRounds
				}
			},
		},
		{
			Param: integer("warmup", "", 0, maxWarmup, 0, 1, text.Text{ES: "rondas de calentamiento que no se cuentan", EN: "warm-up rounds that are not counted"}),
			Title: text.Text{ES: "Calentamiento", EN: "Warm-up"}, turn: turnNumbers,
			number: at(func(s *Spec) *int { return &s.Warmup }, func(r *Request) *int { return &r.Warmup }),
		},
		{
			Param: integer("processes", "", 1, workers, force.Processes, 1, text.Text{ES: "procesos del modo híbrido", EN: "processes of the hybrid"}),
			Title: text.Text{ES: "Procesos del híbrido", EN: "Processes of the hybrid"}, Said: true, Only: hybrid, turn: turnNumbers,
			number: at(func(s *Spec) *int { return &s.Processes }, func(r *Request) *int { return &r.Processes }),
		},
		{
			Param: integer("threads", "", 1, workers, force.Threads, 1, text.Text{ES: "hilos de cada proceso del modo híbrido", EN: "threads of each process of the hybrid"}),
			Title: text.Text{ES: "Hilos por proceso del híbrido", EN: "Threads per process of the hybrid"}, Said: true, Only: hybrid, turn: turnNumbers,
			number: at(func(s *Spec) *int { return &s.Threads }, func(r *Request) *int { return &r.Threads }),
		},
		{
			Param: integer("devices", "", 0, MaxDevices, 0, 1, text.Text{ES: "dispositivos de la sala que participan; 0: todos", EN: "devices of the room that take part; 0: all"}),
			Title: text.Text{ES: "Dispositivos", EN: "Devices"}, Only: &Only{Holds: Request.inRoom}, turn: turnNumbers,
			number: at(func(s *Spec) *int { return &s.Devices }, func(r *Request) *int { return &r.Devices }),
		},
		{
			Param: integer("latency_ms", "ms", 0, MaxLatencyMS, 100, 50, text.Text{
				ES: "lo que tarda el servidor lento en responder, con source: http",
				EN: "how long the slow server takes to answer, with source: http",
			}),
			Title: text.Text{ES: "Latencia (ms)", EN: "Latency (ms)"}, Said: true,
			Only: &Only{
				Holds: func(r Request) bool { return r.Source == SourceHTTP }, Field: "source", Value: SourceHTTP,
				Why: text.Text{ES: "la latencia es la del servidor lento", EN: "the latency is that of the slow server"},
			},
			turn:   turnNumbers,
			number: at(func(s *Spec) *int { return &s.LatencyMS }, func(r *Request) *int { r.LatencyMS = new(int); return r.LatencyMS }),
		},
		{
			Param: integer("precision_percent", "%", 1, 50, 5, 1, text.Text{
				ES: "con rounds: auto, cuánto puede abarcar el intervalo a cada lado de la razón",
				EN: "with rounds: auto, how far the interval may reach on either side of the ratio",
			}),
			Title: text.Text{ES: "Precisión (%)", EN: "Precision (%)"}, Said: true, turn: turnNumbers,
			Only: &Only{Holds: automatic, Field: "rounds", Value: auto, Why: text.Sprintf(
				"«precision_percent» es para un número automático de rondas", "\"precision_percent\" is for an automatic number of rounds")},
			number: at(func(s *Spec) *int { return &s.Auto.PrecisionPercent }, func(r *Request) *int { return &r.PrecisionPercent }),
		},
		{
			Param: integer("budget_s", "s", 1, 600, 60, 10, text.Text{
				ES: "segundos tras los que no empieza otra ronda; sin rounds: auto, tres como mínimo",
				EN: "seconds after which no further round is begun; without rounds: auto, three at least",
			}),
			Title: text.Text{ES: "Tiempo límite (s)", EN: "Time budget (s)"}, Said: true, Only: &Only{Holds: automatic}, turn: turnNumbers,
			write: func(s Spec, r *Request) {
				if s.Auto != nil {
					r.BudgetS = s.Auto.BudgetS
				}
			},
			number: at(func(s *Spec) *int { return &s.Auto.BudgetS }, func(r *Request) *int { return &r.BudgetS }),
		},
		{
			Param: integer(iterations, "", 1, maxIterations, 1, 1, text.Text{
				ES: "veces que se repite el lote: lo que en la prueba de carga se llama una ronda",
				EN: "times that the batch is repeated: what the stress test calls a round",
			}),
			in: func(e Endpoint) bool { return e.Stress }, Only: fixed, Course: true, turn: turnNumbers,
			read: func(p *parser, f Field) {
				if p.body.has(f.Name) { // else rounds may say it
					p.spec.Rounds = p.whole(f)
				}
			},
			number: at(func(s *Spec) *int { return &s.Rounds }, func(r *Request) *int { r.Rounds = 0; return &r.Iterations }),
		},
		{
			Param: list("images", 1, lab.Limits.Count, text.Text{
				ES: "fotografías de static/images/; sin ellas, todas",
				EN: "photographs of static/images/; without any, all of them",
			}),
			Of: Name, turn: turnNames,
			read:  (*parser).images,
			write: func(s Spec, r *Request) { r.Images = s.UsedImages() },
		},
		{
			Param: filters.Param{Name: "engine", Kind: Choice, Help: text.Text{ES: "con qué código se calculan los filtros", EN: "the code that computes the filters"}},
			Title: text.Text{ES: "Motor de los filtros", EN: "Engine of the filters"}, Choices: engineOptions, turn: turnFirst,
			name: at(func(s *Spec) *string { return &s.Engine }, func(r *Request) *string { return &r.Engine }),
		},
		{
			Param: filters.Param{Name: "pool", Kind: Choice, Help: text.Text{ES: "Python arranca los suyos en frío. Sin decirlo, una comparación mide las dos.", EN: "Python starts its own cold. Unless it is said, a comparison measures both."}},
			Title: text.Text{ES: "Arranque de los trabajadores", EN: "Start of the workers"}, Choices: func() []Option { return poolsOf(ep) }, turn: turnNames,
			name: at(func(s *Spec) *string { return &s.Pool }, func(r *Request) *string { return &r.Pool }),
		},
		{
			Param: filters.Param{Name: "source", Kind: Choice, Help: text.Text{
				ES: "de dónde lee cada trabajador sus fotografías",
				EN: "where each worker reads its photographs from",
			}},
			Title: text.Text{ES: "Origen de las imágenes", EN: "Source of the images"}, Choices: Sources, turn: turnTravel,
			name: at(func(s *Spec) *string { return &s.Source }, func(r *Request) *string { return &r.Source }),
		},
		{
			Param: filters.Param{Name: "transport", Kind: Choice, Help: text.Text{
				ES: "cómo viaja una imagen a un proceso y de vuelta",
				EN: "how an image gets to a process and back",
			}},
			Title: text.Text{ES: "Transporte a los procesos", EN: "Transport to the processes"}, Choices: func() []Option { return Transports(lab.Lacks) }, turn: turnTravel,
			name: at(func(s *Spec) *string { return &s.Transport }, func(r *Request) *string { return &r.Transport }),
		},
		{
			Param: filters.Param{Name: "chaos", Kind: Object, Help: text.Text{
				ES: "Vacío: no se mata ninguno. En cada ronda de cada método cae un proceso, y otro ocupa su lugar.",
				EN: "Empty: none is killed. In each round of each method one process falls, and another takes its place.",
			}},
			Title: text.Text{ES: "Matar un proceso tras tantas imágenes", EN: "Kill a process after so many images"}, turn: turnFailure,
			Inside: func() []Field { return []Field{{Param: KillAfter(lab.Limits.Count)}} },
			read:   (*parser).chaos,
			write:  func(s Spec, r *Request) { r.Chaos = s.Chaos },
		},
		{
			Param: filters.Param{Name: "gil", Kind: Object, Help: text.Text{
				ES: "Las etapas que sueltan el candado mientras calculan, como hacen las bibliotecas en C. Leer y escribir siempre lo sueltan.",
				EN: "The stages that let the lock go while they compute, as libraries in C do. Reading and writing always let it go.",
			}},
			Title: text.Text{ES: "Sueltan el candado", EN: "Let the lock go"}, Choices: ReleasingStages, turn: turnGIL,
			Only: &Only{
				Holds: func(r Request) bool { return r.runs(ThreadingGIL) }, Field: "methods", Value: ThreadingGIL,
				Why: text.Text{ES: "el candado es el de threading-gil", EN: "the lock is that of threading-gil"},
			},
			Inside: func() []Field { return []Field{releasedIn()} },
			read:   (*parser).gil,
			write:  func(s Spec, r *Request) { r.GIL = s.GIL },
		},
		{
			Param: filters.Param{Name: "over", Kind: Choice, Help: text.Text{ES: "lo que un barrido varía", EN: "what a sweep varies"}},
			Title: text.Text{ES: "Qué se varía", EN: "What is varied"}, Choices: func() []Option { return axisOptions(lab) }, Optional: true, in: sweeps, turn: turnSweep,
			name:  place[string]{request: func(r *Request) *string { return &r.Over }},
			read:  (*parser).over,
			write: func(s Spec, r *Request) { r.Over = s.Sweep.Over },
		},
		{
			Param: list("values", 2, maxSweep, text.Text{ES: "Separados por espacios.", EN: "Set apart by spaces."}),
			Title: text.Text{ES: "Valores", EN: "Values"}, Of: filters.Float, in: sweeps, turn: turnSweep,
			read:  (*parser).values,
			write: func(s Spec, r *Request) { r.Values = s.Sweep.Values },
		},
		{
			Param:   list("methods", 1, len(Methods()), text.Text{ES: "los métodos que se comparan", EN: "the methods to compare"}),
			Choices: methodOptions, in: func(e Endpoint) bool { return e.MethodsField }, turn: turnNames,
			read:  (*parser).methods,
			write: func(s Spec, r *Request) { s.askFor(r) },
		},
		{
			Param: list("variants", 1, maxVariants, text.Text{
				ES: "lo que cambia en cada participante, como {\"pool\": \"warm\"}; se intercalan como métodos",
				EN: "what differs in each contestant, such as {\"pool\": \"warm\"}; they are interleaved as methods are",
			}),
			in: func(e Endpoint) bool { return e.MethodsField }, turn: turnVariants,
			read:  (*parser).variants,
			write: func(Spec, *Request) {}, // with methods
		},
		{
			Param: filters.Param{Name: controlWord, Kind: Bool, Help: text.Text{
				ES: "el primer participante corre dos veces: el laboratorio contra sí mismo, que no debe nombrar ganador",
				EN: "the first contestant runs twice: the lab against itself, which should name no winner",
			}},
			in: func(e Endpoint) bool { return e.MethodsField }, turn: turnVariants,
			read:  (*parser).control,
			write: func(Spec, *Request) {}, // with methods
		},
		{
			Param:   filters.Param{Name: "method", Kind: Choice, Help: text.Text{ES: "el único método", EN: "the one method"}},
			Choices: methodOptions, Optional: true, in: func(e Endpoint) bool { return e.Stress }, turn: turnNames,
			name:  place[string]{request: func(r *Request) *string { return &r.Method }},
			read:  (*parser).method,
			write: func(s Spec, r *Request) { r.Method = s.Methods[0] },
		},
		{
			Param: filters.Param{Name: "alone", Kind: Bool, Help: text.Text{
				ES: "un método de la sala sin medir además, una vez, el mismo lote en esta máquina",
				EN: "a method of the room without measuring, once, the same batch on this machine as well",
			}},
			in: func(e Endpoint) bool { return e.Queued || e.MethodsField }, turn: turnFailure,
			read:  func(p *parser, f Field) { p.spec.Alone = p.truth(f) },
			write: func(s Spec, r *Request) { r.Alone = s.Alone },
		},
		{
			Param: filters.Param{Name: WaitField, Kind: Bool, Help: text.Text{ES: "responder cuando esté hecho, con todo", EN: "answer when it is done, with everything"}},
			in:    func(e Endpoint) bool { return e.Queued }, turn: turnFailure,
			read: func(p *parser, f Field) { p.truth(f) },
		},
	}
	may := slices.DeleteFunc(slices.Clone(all), func(f Field) bool { return !slices.Contains(varying(), f.Name) })
	for i, f := range all {
		if f.Name == "variants" {
			all[i].Inside = func() []Field { return may }
		}
	}
	return slices.DeleteFunc(all, func(f Field) bool { return f.in != nil && !f.in(ep) })
}

// filterAliases are the filters' further names.
func filterAliases() (names []string) {
	for _, f := range filters.All() {
		names = append(names, f.Aliases...)
	}
	return names
}

// filterFields declare what filter_params may hold: by a filter's names its parameters.
func filterFields() (list []Field) {
	for _, f := range filters.All() {
		inside := each(f.Params, func(p filters.Param) Field { return Field{Param: p} })
		for _, name := range append([]string{f.Name}, f.Aliases...) {
			list = append(list, Field{
				Param: filters.Param{Name: name, Kind: Object, Help: f.Help}, Title: f.Title, Inside: func() []Field { return inside },
			})
		}
	}
	return list
}

// releasedIn declares the list in "gil".
func releasedIn() Field {
	return Field{Param: list("released_in", 0, len(ReleasingStages()), text.Text{}), Choices: ReleasingStages}
}

func integer(name, unit string, least, most, def int, step float64, help text.Text) filters.Param {
	return filters.Param{Name: name, Kind: filters.Int, Unit: unit, Min: float64(least), Max: float64(most), Default: float64(def), Step: step, Help: help}
}

func list(name string, least, most int, help text.Text) filters.Param {
	return filters.Param{Name: name, Kind: List, Min: float64(least), Max: float64(most), Help: help}
}

func at[T any](spec func(*Spec) *T, request func(*Request) *T) place[T] {
	return place[T]{spec, request}
}

// whole lists the fields that are a whole number, as parameters.
func whole(fields []Field) []filters.Param {
	var list []filters.Param
	for _, f := range fields {
		if f.Kind == filters.Int {
			list = append(list, f.Param)
		}
	}
	return list
}

// KillAfter declares the number in "chaos": one less than there are images at
// most, for after the last there is nothing left to lose.
func KillAfter(count int) filters.Param {
	return integer("kill_after", "", 1, max(1, count-1), 0, 1, text.Text{})
}
