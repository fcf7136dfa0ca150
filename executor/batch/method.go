// Package batch holds the lab's domain types: what may be asked for (Request,
// Spec), what can be wrong with it (Fault, Error) and what is answered
// (Comparison and its parts). The domain types are the JSON types, shared by
// the host and the page.
//
// It computes no pixels, touches no file and starts nothing.
package batch

import "carriles/filters"

// The names of the methods, as the API spells them.
const (
	Sequential      = "sequential"
	Threading       = "threading"
	Multiprocessing = "multiprocessing"
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
	Name  string       `json:"name"`
	Title filters.Text `json:"title"`
	Help  filters.Text `json:"help"`
	// Subject is the method as the subject of a sentence, in lower case; Plural
	// is its grammatical number. All are masculine in Spanish.
	Subject filters.Text `json:"-"`
	Plural  bool         `json:"-"`

	shape func(workers int) Shape
}

// Methods lists the methods that the host runs, the baseline first.
func Methods() []Method {
	return []Method{
		{
			Name:    Sequential,
			Title:   filters.Text{ES: "Secuencial", EN: "Sequential"},
			Help:    filters.Text{ES: "un proceso, una goroutine, un núcleo: la referencia", EN: "one process, one goroutine, one core: the baseline"},
			Subject: filters.Text{ES: "el modo secuencial", EN: "sequential"},
			shape:   func(int) Shape { return Shape{Processes: 1, Goroutines: 1, MaxProcs: 1} },
		},
		{
			Name:    Threading,
			Title:   filters.Text{ES: "Hilos", EN: "Threads"},
			Help:    filters.Text{ES: "un proceso con N goroutines: hilos sin GIL", EN: "one process with N goroutines: threads without a GIL"},
			Subject: filters.Text{ES: "los hilos", EN: "threads"}, Plural: true,
			shape: func(n int) Shape { return Shape{Processes: 1, Goroutines: n, MaxProcs: n} },
		},
		{
			Name:    Multiprocessing,
			Title:   filters.Text{ES: "Procesos", EN: "Processes"},
			Help:    filters.Text{ES: "N procesos separados: se pagan el arranque, la comunicación y la memoria", EN: "N separate processes: start-up, communication and memory are paid for"},
			Subject: filters.Text{ES: "los procesos", EN: "processes"}, Plural: true,
			shape: func(n int) Shape { return Shape{Processes: n, Goroutines: 1, MaxProcs: 1} },
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

// Shape gives the method's shape for a pool of workers.
func (m Method) Shape(workers int) Shape { return m.shape(workers) }

// GuideMethods are the methods of compare-all when the request names none.
func GuideMethods() []string { return []string{Sequential, Threading, Multiprocessing} }

// The kinds of pool.
const (
	// Cold pools are started inside the clock, as Python's executors are.
	Cold = "cold"
	// Warm pools are started before the clock and reused in every round.
	Warm = "warm"
)

// PoolKinds lists the kinds of pool, the default first.
func PoolKinds() []string { return []string{Cold, Warm} }
