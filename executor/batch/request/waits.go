package request

import (
	"slices"

	"carriles/executor/fault"
	"carriles/executor/text"
	"carriles/filters"
)

// The ways in which a server waits for simultaneous requests that wait themselves.
const (
	WaitSequential = "sequential"
	WaitPool       = "pool"
	WaitThreads    = "threads"
	WaitGoroutines = "goroutines"
	WaitProcesses  = "processes"
)

// WaitsPath is where they are asked for.
const WaitsPath = "/api/waiting/"

// WaitWay is one of them.
type WaitWay struct {
	Name  string    `json:"name"`
	Title text.Text `json:"title"`
	Help  text.Text `json:"help"`
	// Threads says that each lane is a thread, and Most how many requests there may be
	// then.
	Threads bool `json:"threads,omitempty"`
	Most    int  `json:"most"`

	processes func(Waits) int
	lanes     func(Waits) int // of all processes
}

// Shape is how many processes it has, and how many requests of each wait at a time.
func (w WaitWay) Shape(asked Waits) (processes, lanes int) {
	processes = w.processes(asked)
	return processes, (w.lanes(asked) + processes - 1) / processes
}

// Bounds of the waiting.
const (
	maxWaits       = 10_000
	maxWaitThreads = 1_000
	waitProcesses  = 10
)

// WaitWays lists the ways, the baseline first.
func WaitWays() []WaitWay {
	one := func(Waits) int { return 1 }
	all := func(w Waits) int { return w.Requests }
	return []WaitWay{
		{
			Name: WaitSequential, Most: maxWaits, processes: one, lanes: one,
			Title: text.Text{ES: "Una tras otra", EN: "One after the other"},
			Help:  text.Text{ES: "un solo trabajador; se detiene y se calcula cuánto tardaría", EN: "one worker only; it is stopped, and what it would take is reckoned"},
		},
		{
			Name: WaitPool, Most: maxWaits, processes: one, lanes: func(w Waits) int { return w.Workers },
			Title: text.Text{ES: "Unos pocos trabajadores", EN: "A few workers"},
			Help:  text.Text{ES: "tantos como diga «workers»; se detiene igual", EN: "as many as \"workers\" says; it is stopped likewise"},
		},
		{
			Name: WaitThreads, Most: maxWaitThreads, Threads: true, processes: one, lanes: all,
			Title: text.Text{ES: "Un hilo por petición", EN: "A thread a request"},
			Help:  text.Text{ES: "cada hilo queda bloqueado en el núcleo, como con time.sleep de Python", EN: "each thread is blocked in the kernel, as by Python's time.sleep"},
		},
		{
			Name: WaitGoroutines, Most: maxWaits, processes: one, lanes: all,
			Title: text.Text{ES: "Una goroutine por petición", EN: "A goroutine a request"},
			Help:  text.Text{ES: "la goroutine se aparta y su hilo sigue con otras", EN: "the goroutine is parked, and its thread goes on with others"},
		},
		{
			Name: WaitProcesses, Most: maxWaits, processes: func(w Waits) int { return min(waitProcesses, w.Requests) }, lanes: all,
			Title: text.Text{ES: "10 procesos con goroutines", EN: "10 processes with goroutines"},
			Help:  text.Text{ES: "la décima parte de las peticiones cada uno", EN: "a tenth of the requests each"},
		},
	}
}

// LookupWaitWay finds a way by its name.
func LookupWaitWay(name string) (WaitWay, bool) {
	ways := WaitWays()
	i := slices.IndexFunc(ways, func(w WaitWay) bool { return w.Name == name })
	if i < 0 {
		return WaitWay{}, false
	}
	return ways[i], true
}

// Waits is a validated request to have simultaneous requests wait: nothing in it is
// out of range. It is the body of that request too.
type Waits struct {
	Requests int      `json:"n"`
	Seconds  float64  `json:"seconds"` // that each waits
	Workers  int      `json:"workers,omitempty"`
	Ways     []string `json:"ways,omitempty"`
}

// WaitFields lists the fields of such a request.
func WaitFields(lab Lab) []Field {
	ways := each(WaitWays(), func(w WaitWay) Option { return Option{Name: w.Name, Title: w.Title, Help: w.Help} })
	return []Field{
		{
			Param: integer("n", "", 1, maxWaits, 1000, 1, text.Text{ES: "peticiones simultáneas", EN: "simultaneous requests"}),
			Title: text.Text{ES: "Peticiones", EN: "Requests"},
			read:  func(p *parser, f Field) { p.waits.Requests = p.whole(f) },
		},
		{
			Param: filters.Param{Name: "seconds", Kind: filters.Float, Unit: "s", Min: 0.1, Max: 10, Default: 1, Step: 0.1, Help: text.Text{ES: "lo que espera cada una", EN: "what each of them waits"}},
			Title: text.Text{ES: "Espera (s)", EN: "Wait (s)"},
			read: func(p *parser, f Field) {
				if p.waits.Seconds = f.Default; p.body.has(f.Name) {
					p.waits.Seconds, _ = p.float(p.body.values[f.Name], f.Name, f)
				}
			},
		},
		{
			Param: integer("workers", "", 1, lab.Limits.Workers, lab.Pool, 1, text.Text{ES: "los pocos trabajadores", EN: "the few workers"}),
			Title: text.Text{ES: "Trabajadores", EN: "Workers"},
			read:  func(p *parser, f Field) { p.waits.Workers = p.whole(f) },
		},
		{
			Param:   list("ways", 1, len(ways), text.Text{ES: "las formas de esperar", EN: "the ways of waiting"}),
			Choices: func() []Option { return ways },
			read:    (*parser).ways,
		},
	}
}

func (p *parser) ways(f Field) {
	names := optionNames(f.Choices())
	if !p.body.has(f.Name) {
		p.waits.Ways = names
		return
	}
	for _, way := range p.list(f) {
		switch {
		case !slices.Contains(names, way.value):
			p.unknownName(way.field, way.value, names)
		case slices.Contains(p.waits.Ways, way.value):
			p.fault(fault.CodeDuplicate, way.field, text.Sprintf("«%s» está dos veces", "%q stands twice", way.value), oneOf(names))
		}
		p.waits.Ways = append(p.waits.Ways, way.value)
	}
}

// ParseWaits is Parse of such a request: of the lab it needs the limits and the pool.
func ParseWaits(body []byte, lab Lab) (Waits, error) {
	p, err := newParser(body, WaitFields(lab))
	if err != nil {
		return Waits{}, err
	}
	p.known()
	for _, f := range p.fields {
		f.read(p, f)
	}
	if len(p.faults) > 0 {
		return Waits{}, fault.Invalid(p.all())
	}
	return p.waits, nil
}
