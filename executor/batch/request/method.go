// Package request is what may be asked for: the methods, the fields of a
// request (Request) with their ranges, and the validated batch (Spec) that
// Parse makes of them, naming every fault at once. Its types are the JSON
// types, shared by the host and the page.
//
// It computes no pixels, touches no file and starts nothing.
package request

import (
	"slices"

	"carriles/executor/text"
)

// The names of the methods, as the API spells them.
const (
	Sequential      = "sequential"
	Threading       = "threading"
	ThreadingGIL    = "threading-gil"
	Multiprocessing = "multiprocessing"
	Hybrid          = "hybrid"
	// The course's own libraries, where an interpreter has them.
	PythonThreading       = "python-threading"
	PythonMultiprocessing = "python-multiprocessing"
	Distributed           = "distributed"
	Swarm                 = "swarm"
	WholeRoom             = "room"
	// Browser is the method of one Web Worker of the page's own, with vector
	// instructions. The host never runs it, so Methods does not list it.
	Browser = "browser"
)

// The kinds of devices that a room has: machines that run the host's own program, and
// pages in a browser.
const (
	KindMachine = "machine"
	KindBrowser = "browser"
)

// Shape says how a method spreads a batch: Processes child processes, each
// with Goroutines workers and GOMAXPROCS MaxProcs.
type Shape struct {
	Processes  int `json:"processes"`
	Goroutines int `json:"goroutines"`
	MaxProcs   int `json:"gomaxprocs"`
	// Lock says that the goroutines of a process take a lock around what computes.
	Lock bool `json:"lock,omitempty"`
}

func (s Shape) Lanes() int { return s.Processes * s.Goroutines }

type Method struct {
	Name  string    `json:"name"`
	Title text.Text `json:"title"`
	Help  text.Text `json:"help"`
	// Subject is the method as the subject of a sentence, in lower case; Plural
	// is its grammatical number. All are masculine in Spanish.
	Subject text.Text `json:"-"`
	Plural  bool      `json:"-"`
	// Python says that its workers are an interpreter's.
	Python bool `json:"-"`
	// Lacks says why the method is not to be had here; nil where it is.
	Lacks *text.Text `json:"lacks,omitempty"`
	// Room says that its workers are the devices of the room, as many as are there,
	// and not processes of this machine: its shape is one of each.
	Room bool `json:"room,omitempty"`
	// Kinds are those devices' kinds.
	Kinds []string `json:"-"`

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
			shape:   single,
		},
		{
			Name:    Threading,
			Title:   text.Text{ES: "Hilos", EN: "Threads"},
			Help:    text.Text{ES: "un proceso con N goroutines: hilos sin GIL", EN: "one process with N goroutines: threads without a GIL"},
			Subject: text.Text{ES: "los hilos", EN: "threads"}, Plural: true,
			shape: func(w Workforce) Shape { return Shape{Processes: 1, Goroutines: w.Workers, MaxProcs: w.Workers} },
		},
		{
			Name:  ThreadingGIL,
			Title: text.Text{ES: "Hilos con GIL", EN: "Threads with a GIL"},
			Help: text.Text{
				ES: "N goroutines con un candado: solo una calcula a la vez, y lo suelta al leer y escribir, como Python puro; no como OpenCV o Pillow, que lo sueltan al calcular (gil), ni como un Python sin GIL (3.13t, 3.14t)",
				EN: "N goroutines with a lock: only one computes at a time and lets it go while it reads and writes, as pure Python; not as OpenCV or Pillow, which let it go while they compute (gil), nor as a free-threaded Python (3.13t, 3.14t)",
			},
			Subject: text.Text{ES: "los hilos con GIL", EN: "threads with a GIL"}, Plural: true,
			shape: func(w Workforce) Shape {
				return Shape{Processes: 1, Goroutines: w.Workers, MaxProcs: w.Workers, Lock: true}
			},
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
		{
			Name:  PythonThreading,
			Title: text.Text{ES: "Hilos de Python", EN: "Python threads"},
			Help: text.Text{
				ES: "un proceso de Python 3 con N hilos y las bibliotecas del curso (Pillow, OpenCV, NumPy): su GIL de verdad, que ellas sueltan al calcular",
				EN: "one process of Python 3 with N threads and the course's libraries (Pillow, OpenCV, NumPy): its real GIL, which they let go while they compute",
			},
			Subject: text.Text{ES: "los hilos de Python", EN: "Python threads"}, Plural: true, Python: true,
			shape: func(w Workforce) Shape { return Shape{Processes: 1, Goroutines: w.Workers, MaxProcs: w.Workers} },
		},
		{
			Name:  PythonMultiprocessing,
			Title: text.Text{ES: "Procesos de Python", EN: "Python processes"},
			Help: text.Text{
				ES: "N procesos de Python 3 con las bibliotecas del curso, cada uno con su GIL; arrancar cada uno es cargarlas",
				EN: "N processes of Python 3 with the course's libraries, each with a GIL of its own; starting one is loading them",
			},
			Subject: text.Text{ES: "los procesos de Python", EN: "Python processes"}, Plural: true, Python: true,
			shape: func(w Workforce) Shape { return Shape{Processes: w.Workers, Goroutines: 1, MaxProcs: 1} },
		},
		{
			Name:    Distributed,
			Title:   text.Text{ES: "Distribuido", EN: "Distributed"},
			Help:    text.Text{ES: "otras máquinas que entraron en la sala con «carriles worker»: se paga la red", EN: "other machines that joined the room with \"carriles worker\": the network is paid for"},
			Subject: text.Text{ES: "el modo distribuido", EN: "distributed"}, Room: true, Kinds: []string{KindMachine},
			shape: single,
		},
		{
			Name:    Swarm,
			Title:   text.Text{ES: "Enjambre", EN: "Swarm"},
			Help:    text.Text{ES: "los navegadores de la sala que participan, teléfonos incluidos, como un solo computador: el mismo código en WebAssembly, y se paga la red", EN: "the room's browsers that take part, phones among them, as one computer: the same code in WebAssembly, and the network is paid for"},
			Subject: text.Text{ES: "el enjambre", EN: "the swarm"}, Room: true, Kinds: []string{KindBrowser},
			shape: single,
		},
		{
			Name:    WholeRoom,
			Title:   text.Text{ES: "Toda la sala", EN: "The whole room"},
			Help:    text.Text{ES: "las máquinas y los navegadores de la sala, juntos", EN: "the room's machines and browsers, together"},
			Subject: text.Text{ES: "el conjunto de la sala", EN: "the whole room"}, Room: true, Kinds: []string{KindMachine, KindBrowser},
			shape: single,
		},
	}
}

// single is the shape of one worker with one lane; of the room, whose devices are
// counted when the run begins, of each.
func single(Workforce) Shape { return Shape{Processes: 1, Goroutines: 1, MaxProcs: 1} }

func LookupMethod(name string) (Method, bool) { return find(Methods(), name) }

// Shape gives the method's shape for a workforce.
func (m Method) Shape(w Workforce) Shape { return m.shape(w) }

// GuideMethods are the methods of compare-all when the request names none: Python's
// are compared where they are asked for, since loading its libraries takes longer
// than the guide's batches.
func GuideMethods() []string { return []string{Sequential, Threading, Multiprocessing} }

// The methods of the page's own Web Workers besides Browser. The host never runs
// them, and LookupMethod doesn't know them.
const (
	BrowserPlain   = "browser-plain"
	BrowserWorkers = "browser-workers"
)

// browserMethods declares the browser's methods, the baseline first.
func browserMethods() []Method {
	return []Method{
		{
			Name:    Browser,
			Title:   text.Text{ES: "Este navegador", EN: "This browser"},
			Help:    text.Text{ES: "el mismo código en WebAssembly con vectores, en un hilo aparte de este navegador", EN: "the same code in WebAssembly with vectors, on a thread of its own in this browser"},
			Subject: text.Text{ES: "este navegador", EN: "this browser"},
			shape:   single,
		},
		{
			Name:    BrowserPlain,
			Title:   text.Text{ES: "Navegador, sin vectores", EN: "Browser, no vectors"},
			Help:    text.Text{ES: "el mismo código en WebAssembly sin instrucciones de vectores", EN: "the same code in WebAssembly without vector instructions"},
			Subject: text.Text{ES: "el navegador sin vectores", EN: "the browser without vectors"},
			shape:   single,
		},
		{
			Name:    BrowserWorkers,
			Title:   text.Text{ES: "Navegador, varios workers", EN: "Browser, several workers"},
			Help:    text.Text{ES: "el multiproceso del navegador: cada worker tiene su programa y su memoria, y las imágenes se reparten de una en una", EN: "the browser's own multiprocessing: each worker has its program and its memory, and images are dealt out one at a time"},
			Subject: text.Text{ES: "el navegador con varios workers", EN: "the browser with several workers"},
			shape:   func(w Workforce) Shape { return Shape{Processes: w.Workers, Goroutines: 1, MaxProcs: 1} },
		},
	}
}

// BrowserMethods names the browser's methods, the baseline first.
func BrowserMethods() []string {
	return each(browserMethods(), func(m Method) string { return m.Name })
}

// Described finds any method by its name, to speak of it: one that is none has
// only a name, which is its title too.
func Described(name string) Method {
	if m, ok := find(append(Methods(), browserMethods()...), MethodOf(name)); ok {
		return m.described(name)
	}
	return Method{Name: name, Title: text.Text{ES: name, EN: name}}
}

func find(methods []Method, name string) (Method, bool) {
	i := slices.IndexFunc(methods, func(m Method) bool { return m.Name == name })
	if i < 0 {
		return Method{}, false
	}
	return methods[i], true
}
