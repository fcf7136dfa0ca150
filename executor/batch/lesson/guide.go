package lesson

import (
	"encoding/json"
	"slices"
	"strings"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
)

// Expect is what the guide says of a batch: processes win with sharpen or edges
// in the chain, threads with resize and blur alone, and threads where images
// come from the slow server. It is nil for other chains, and where the method
// that should win is not compared with another one.
func Expect(spec request.Spec) *result.Expectation {
	e, ok := claimOn(spec)
	if !ok || len(spec.Methods) < 2 || !slices.Contains(spec.Methods, e.Winner) {
		return nil
	}
	return &e
}

func claimOn(spec request.Spec) (result.Expectation, bool) {
	computes := spec.Has("sharpen") || spec.Has("edges")
	locked := slices.Contains(spec.Methods, request.ThreadingGIL) && !slices.Contains(spec.Methods, request.Threading)
	switch {
	case spec.Source == request.SourceHTTP:
		return waitingClaim(), true
	case computes && locked:
		return lockedClaim(), true
	case computes:
		return computingClaim(), true
	case !slices.ContainsFunc(spec.Steps, func(s request.Step) bool { return s.Filter != "resize" && s.Filter != "blur" }):
		return filesClaim(), true
	}
	return result.Expectation{}, false
}

// Lesson is the lesson: the answer of GET /api/guide/.
type Lesson struct {
	Title   text.Text `json:"title"`
	Minutes int       `json:"minutes"`
	Steps   []Step    `json:"steps"`
}

type Step struct {
	ID    string    `json:"id"`
	Title text.Text `json:"title"`
	// FromMinute and Minutes say when it begins and how long it takes.
	FromMinute int `json:"from_minute"`
	Minutes    int `json:"minutes"`
	// Say is for the presenter before anything is measured: it tells no outcome.
	Say text.Text `json:"say"`
	// Ask is a question for the class before it is run; empty if none.
	Ask text.Text `json:"ask"`
	// Outcomes are what may come of it, and what is to be said then.
	Outcomes []Outcome `json:"outcomes,omitempty"`
	Commands []Command `json:"commands"`
	// Table sets the commands' results beside the guide's; nil where lanes are shown.
	Table *Table `json:"table,omitempty"`
	// Turns are what the phones may share out among them of the first command; the
	// first one is proposed.
	Turns []Turn `json:"turns,omitempty"`
}

// Costs reports whether the step is about what methods cost beside their time.
func (s Step) Costs() bool { return s.ID == costsStep }

// costsStep is that step's name.
const costsStep = "costs"

// Outcome is what may come of a step, or cannot be told.
type Outcome struct {
	If  text.Text `json:"if"`
	Say text.Text `json:"say"`
}

// Turn is "your turn": a figure of a command, and the values that the groups take.
type Turn struct {
	Over   string `json:"over"` // request.OverIntensity or request.OverWorkers
	Values []int  `json:"values"`
}

// Change is what a group's value makes of the command.
func (t Turn) Change(value int) request.Change {
	if t.Over == request.OverWorkers {
		return request.Change{Workers: value}
	}
	return request.Change{Intensity: value}
}

// Table is the guide's table: who should win, by filter.
type Table struct {
	// Source says whose the Recorded figures are, when, and by what script.
	Source text.Text `json:"source"`
	Rows   []Row     `json:"rows"`
}

// Row is a line of the table.
type Row struct {
	Title string `json:"title"` // the filters
	// Command is measured here; Python, of the same step, where its libraries are.
	Command int `json:"command"`
	Python  int `json:"python"`
	// Recorded are Python's figures elsewhere, for where its libraries are not.
	Recorded []Recorded `json:"recorded"`
}

// Recorded is what Python took for a filter alone, in seconds: the lowest and the
// highest of the runs' medians.
type Recorded struct {
	Filter          string     `json:"filter"`
	Sequential      [2]float64 `json:"sequential"`
	Threading       [2]float64 `json:"threading"`
	Multiprocessing [2]float64 `json:"multiprocessing"`
}

// Command is something that a step runs: a request, or a line for the shell.
type Command struct {
	Method string `json:"method,omitempty"` // "GET" or "POST"
	Path   string `json:"path,omitempty"`
	// Body is the JSON of a POST, as the guide writes it.
	Body string `json:"body,omitempty"`
	// Shell is a command that is not a request, such as ls.
	Shell    string              `json:"shell,omitempty"`
	Expected *result.Expectation `json:"expected,omitempty"`
	// Predict has the class asked before it is run; it may be asked about others too.
	Predict bool `json:"predict,omitempty"`
	// Optional is for who has time: the key that leads the lesson leaves it out.
	Optional bool `json:"optional,omitempty"`
	// Needs is what this machine must have for it: NeedsPython, or nothing.
	Needs string `json:"needs,omitempty"`
}

// NeedsPython is what a command needs that runs Python's methods.
const NeedsPython = "python"

// With is the command with figures turned in its body.
func (c Command) With(change request.Change) Command {
	c.Body = change.In(c.Body)
	return c
}

// May reports what of a command may be turned: what its batch has, or could be given.
func (c Command) May() (intensity, rounds, workers bool) {
	r, ok := c.Request()
	if !ok || c.IsStress() {
		return false, false, false
	}
	was, _ := request.ChangeOf(c.Body)
	return was.Intensity > 0, true, len(r.Variants) == 0
}

// ComparesMethods reports whether there is a winner to predict, on every machine.
func (c Command) ComparesMethods() bool {
	r, ok := c.Request()
	return ok && len(r.Methods) > 1 && len(r.Variants) == 0 && c.Needs == ""
}

// Request is what POST /api/runs/ must be asked to run the same batch; false
// for a command that runs none. Its methods are those of the command's
// endpoint.
func (c Command) Request() (request.Request, bool) {
	name, ok := strings.CutPrefix(strings.TrimSuffix(c.Path, "/"), request.BatchPath)
	if !ok || c.Method != "POST" {
		return request.Request{}, false
	}
	var r request.Request
	if json.Unmarshal([]byte(c.Body), &r) != nil {
		return request.Request{}, false
	}
	switch {
	case name == "compare":
		r.Methods = []string{request.Sequential, request.Threading}
	case name == "compare-all":
		if len(r.Methods) == 0 {
			r.Methods = request.GuideMethods()
		}
	case c.IsStress():
		r.Methods, r.Method, r.Iterations = []string{request.Multiprocessing}, "", 0
	case slices.Contains(request.MethodNames(), name):
		r.Methods = []string{name}
	default:
		return request.Request{}, false
	}
	return r, true
}

// IsStress reports whether a command is the stress test, whose answer is a
// Stress.
func (c Command) IsStress() bool {
	return strings.TrimSuffix(c.Path, "/") == request.BatchPath+"stress"
}

func filesClaim() result.Expectation {
	return result.Expectation{
		Winner: request.Threading,
		Claim: text.Text{
			ES: "La guía dice: resize y blur son «I/O-bound», así que ganan los hilos.",
			EN: "The guide says: resize and blur are \"I/O-bound\", so threads win.",
		},
		Notes: result.Notes{
			Yes: text.Text{
				ES: "Ganan los hilos. ¿Porque esperan? Mire en los carriles cuánto es leer y escribir: los archivos suelen estar ya en la memoria del sistema. Pillow, como este laboratorio, suelta el GIL mientras calcula: los hilos calculan a la vez.",
				EN: "Threads win. Because they wait? Look in the lanes at how much is reading and writing: the files are usually in the system's memory already. Pillow, like this lab, lets the GIL go while it computes: threads compute at the same time.",
			},
			No: text.Text{
				ES: "Aquí no ganan los hilos. Mire en los carriles cuánto es leer y escribir, y qué ocupa el resto: eso es lo que decide.",
				EN: "Threads do not win here. Look in the lanes at how much is reading and writing, and at what fills the rest: that is what decides.",
			},
			Open: text.Text{
				ES: "Las rondas no bastan para decirlo. Lo que sí muestran los carriles es cuánto de cada uno es leer y escribir. Más rondas, o un lote mayor, dirían quién gana.",
				EN: "The rounds do not suffice to tell. What the lanes do show is how much of each is reading and writing. More rounds, or a larger batch, would tell who wins.",
			},
		},
	}
}

func computingClaim() result.Expectation {
	return result.Expectation{
		Winner: request.Multiprocessing,
		Claim:  computingText(),
		Notes: result.Notes{
			Yes: text.Text{
				ES: "Ganan los procesos. ¿Es por el motivo de la guía? OpenCV suelta el GIL mientras calcula, y aquí los hilos no tienen candado: mire en los carriles a qué esperaron.",
				EN: "Processes win. Is it for the guide's reason? OpenCV lets the GIL go while it computes, and here threads have no lock: look in the lanes at what they waited for.",
			},
			No: text.Text{
				ES: "Con las bibliotecas del curso pasa lo mismo: OpenCV suelta el GIL mientras calcula. Sin un candado que frene a los hilos, los procesos no llevan ventaja, y arrancarlos se paga aparte. Con threading-gil se ve cuándo la guía tiene razón.",
				EN: "The course's libraries do the same: OpenCV lets the GIL go while it computes. With no lock to hold threads back, processes have no advantage, and starting them is paid for apart. With threading-gil you can see when the guide is right.",
			},
			Open: text.Text{
				ES: "Sin un candado, hilos y procesos calculan a la vez; con OpenCV también, que suelta el GIL. Lo que cuesta arrancar procesos se dice aparte; una vez arrancados, estas rondas no bastan para separarlos.",
				EN: "With no lock, threads and processes compute at the same time; with OpenCV too, which lets the GIL go. What starting processes costs is told apart; once they run, these rounds do not suffice to tell them from threads.",
			},
		},
	}
}

// lockedClaim is the same where the only threads are those with a GIL.
func lockedClaim() result.Expectation {
	return result.Expectation{
		Winner: request.Multiprocessing,
		Claim:  computingText(),
		Notes: result.Notes{
			Yes: text.Text{
				ES: "Aquí el motivo de la guía se cumple: con el GIL los hilos se turnan para calcular, y cada proceso tiene su propio GIL.",
				EN: "Here the guide's reason holds: with the GIL threads take turns to compute, and each process has a GIL of its own.",
			},
			No: text.Text{
				ES: "Los hilos se turnan por el candado, y aun así no ganan los procesos. Mire en los carriles cuánto esperaron por él, y qué etapas lo sueltan: donde casi nada lo necesita, casi nada se pierde.",
				EN: "Threads take turns for the lock, and processes do not win even so. Look in the lanes at how long they waited for it, and which stages let it go: where next to nothing needs it, next to nothing is lost.",
			},
			Open: text.Text{
				ES: "Los hilos se turnan por el candado: se ve en los carriles. Si los procesos ganan por no hacerlo, estas rondas todavía no lo dicen.",
				EN: "Threads take turns for the lock: the lanes show it. Whether processes gain by not doing so these rounds do not tell yet.",
			},
		},
	}
}

func computingText() text.Text {
	return text.Text{
		ES: "La guía dice: sharpen y edges son «CPU-bound», así que ganan los procesos.",
		EN: "The guide says: sharpen and edges are \"CPU-bound\", so processes win.",
	}
}

// waitingClaim is the guide's rule where the images come from the slow server.
func waitingClaim() result.Expectation {
	return result.Expectation{
		Winner: request.Threading,
		Claim: text.Text{
			ES: "La guía dice: si el trabajo es esperar («I/O-bound»), ganan los hilos.",
			EN: "The guide says: where the work is to wait (\"I/O-bound\"), threads win.",
		},
		Notes: result.Notes{
			Yes: text.Text{
				ES: "Este lote espera de verdad, y los hilos esperan todos a la vez. Los procesos también pueden; lo que cuesta arrancarlos se pagaría aparte.",
				EN: "This batch really waits, and threads wait all at the same time. Processes can too; what starting them costs would be paid for apart.",
			},
			No: text.Text{
				ES: "Este lote espera de verdad, y los procesos también esperan todos a la vez: esperar no es cosa solo de los hilos.",
				EN: "This batch really waits, and processes wait all at the same time too: waiting is not for threads alone.",
			},
			Open: text.Text{
				ES: "Este lote espera de verdad. Los procesos también esperan todos a la vez; arrancarlos cuesta, pero eso se dice aparte: una vez en marcha, no hay por qué distinguirlos.",
				EN: "This batch really waits. Processes wait all at the same time too; starting them costs something, but that is told apart: once they run, nothing need set them apart.",
			},
		},
	}
}
