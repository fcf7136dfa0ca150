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
	FromMinute int       `json:"from_minute"`
	Minutes    int       `json:"minutes"`
	Say        text.Text `json:"say"`
	// Ask is a question for the class before it is run; empty if none.
	Ask      text.Text `json:"ask"`
	Commands []Command `json:"commands"`
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
		Note: text.Text{
			ES: "Con las bibliotecas del curso ganan los hilos, pero no porque esperen: los archivos ya están en la memoria del sistema. Pillow suelta el GIL mientras calcula, y los hilos no pagan el arranque de los procesos.",
			EN: "With the course's libraries threads do win, but not because they wait: the files are in the system's memory already. Pillow lets the GIL go while it computes, and threads do not pay for starting processes.",
		},
	}
}

func computingClaim() result.Expectation {
	return result.Expectation{
		Winner: request.Multiprocessing,
		Claim:  computingText(),
		Note: text.Text{
			ES: "Medido con las bibliotecas del curso, ganan los hilos: OpenCV suelta el GIL mientras calcula. Sin un candado que los frene, a los procesos les queda pagar su arranque. Con threading-gil se ve cuándo la guía tiene razón.",
			EN: "Measured with the course's libraries, threads win: OpenCV lets the GIL go while it computes. With no lock to hold threads back, processes are left to pay for their start. With threading-gil you can see when the guide is right.",
		},
	}
}

// lockedClaim is the same where the only threads are those with a GIL.
func lockedClaim() result.Expectation {
	return result.Expectation{
		Winner: request.Multiprocessing,
		Claim:  computingText(),
		Note: text.Text{
			ES: "Aquí el motivo de la guía se cumple: con el GIL los hilos se turnan para calcular, y cada proceso tiene su propio GIL.",
			EN: "Here the guide's reason holds: with the GIL threads take turns to compute, and each process has a GIL of its own.",
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
		Note: text.Text{
			ES: "Este lote espera de verdad. Los procesos también esperan todos a la vez; la diferencia es lo que cuesta arrancarlos, y puede ser tan pequeña que salga un empate.",
			EN: "This batch really waits. Processes wait all at the same time too; the difference is what it costs to start them, and it may be so small that it is a tie.",
		},
	}
}
