// Package request is what may be asked for: the methods, the fields of a
// request (Request) with their ranges, and the validated batch (Spec) that
// Parse makes of them, naming every fault at once. Its types are the JSON
// types, shared by the host and the page.
//
// It computes no pixels, touches no file and starts nothing.
package request

import "carriles/executor/text"

// The names of the methods, as the API spells them.
const (
	Sequential      = "sequential"
	Threading       = "threading"
	ThreadingGIL    = "threading-gil"
	Multiprocessing = "multiprocessing"
	Hybrid          = "hybrid"
	// Browser is the method of the page's own Web Worker. The host never runs
	// it, so Methods does not list it.
	Browser = "browser"
)

// Shape says how a method spreads a batch: Processes child processes, each
// with Goroutines workers and GOMAXPROCS MaxProcs.
type Shape struct {
	Processes  int `json:"processes"`
	Goroutines int `json:"goroutines"`
	MaxProcs   int `json:"gomaxprocs"`
}

// Lanes is the number of workers of the shape.
func (s Shape) Lanes() int { return s.Processes * s.Goroutines }

// Method is a way to run a batch.
type Method struct {
	Name  string    `json:"name"`
	Title text.Text `json:"title"`
	Help  text.Text `json:"help"`
	// Subject is the method as the subject of a sentence, in lower case; Plural
	// is its grammatical number. All are masculine in Spanish.
	Subject text.Text `json:"-"`
	Plural  bool      `json:"-"`

	shape func(Workforce) Shape
}

// Workforce is how many workers a batch may have: Workers goroutines or
// processes, or for the hybrid Processes of Threads each.
type Workforce struct {
	Workers   int `json:"workers"`
	Processes int `json:"processes"`
	Threads   int `json:"threads"`
}

// DefaultWorkforce is the workforce of a machine on which pool workers are one
// a core: for the hybrid two processes that share the cores, with two threads
// each at least, since one each would be multiprocessing.
func DefaultWorkforce(pool int) Workforce {
	return Workforce{Workers: pool, Processes: 2, Threads: max(2, pool/2)}
}

// Methods lists the methods that the host runs, the baseline first.
func Methods() []Method {
	return []Method{
		{
			Name:    Sequential,
			Title:   text.Text{ES: "Secuencial", EN: "Sequential"},
			Help:    text.Text{ES: "un proceso, una goroutine, un núcleo: la referencia", EN: "one process, one goroutine, one core: the baseline"},
			Subject: text.Text{ES: "el modo secuencial", EN: "sequential"},
			shape:   func(Workforce) Shape { return Shape{Processes: 1, Goroutines: 1, MaxProcs: 1} },
		},
		{
			Name:    Threading,
			Title:   text.Text{ES: "Hilos", EN: "Threads"},
			Help:    text.Text{ES: "un proceso con N goroutines: hilos sin GIL", EN: "one process with N goroutines: threads without a GIL"},
			Subject: text.Text{ES: "los hilos", EN: "threads"}, Plural: true,
			shape: func(w Workforce) Shape { return Shape{Processes: 1, Goroutines: w.Workers, MaxProcs: w.Workers} },
		},
		{
			Name:    ThreadingGIL,
			Title:   text.Text{ES: "Hilos con GIL", EN: "Threads with a GIL"},
			Help:    text.Text{ES: "N goroutines de las que solo una calcula a la vez, como en Python; al esperar, cede el turno", EN: "N goroutines of which only one computes at a time, as in Python; one that waits lets another go on"},
			Subject: text.Text{ES: "los hilos con GIL", EN: "threads with a GIL"}, Plural: true,
			shape: func(w Workforce) Shape { return Shape{Processes: 1, Goroutines: w.Workers, MaxProcs: 1} },
		},
		{
			Name:    Multiprocessing,
			Title:   text.Text{ES: "Procesos", EN: "Processes"},
			Help:    text.Text{ES: "N procesos separados: se pagan el arranque, la comunicación y la memoria", EN: "N separate processes: start-up, communication and memory are paid for"},
			Subject: text.Text{ES: "los procesos", EN: "processes"}, Plural: true,
			shape: func(w Workforce) Shape { return Shape{Processes: w.Workers, Goroutines: 1, MaxProcs: 1} },
		},
		{
			Name:    Hybrid,
			Title:   text.Text{ES: "Híbrido", EN: "Hybrid"},
			Help:    text.Text{ES: "varios procesos con varios hilos cada uno", EN: "several processes with several threads each"},
			Subject: text.Text{ES: "el modo híbrido", EN: "the hybrid"},
			shape: func(w Workforce) Shape {
				return Shape{Processes: w.Processes, Goroutines: w.Threads, MaxProcs: w.Threads}
			},
		},
	}
}

// LookupMethod finds a method by its name.
func LookupMethod(name string) (Method, bool) {
	for _, m := range Methods() {
		if m.Name == name {
			return m, true
		}
	}
	return Method{}, false
}

// Shape gives the method's shape for a workforce.
func (m Method) Shape(w Workforce) Shape { return m.shape(w) }

// GuideMethods are the methods of compare-all when the request names none.
func GuideMethods() []string { return []string{Sequential, Threading, Multiprocessing} }
