package api

import (
	"net/http"
	"runtime"
	"runtime/metrics"
	"time"

	"carriles/executor/batch/lesson"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/crew/process/python"
	"carriles/executor/text"
	"carriles/executor/topology"
)

// health is the answer of GET /api/health/.
type health struct {
	GoVersion string  `json:"go_version"`
	Service   string  `json:"service" course:"true"`
	Status    string  `json:"status" course:"true"`
	Uptime    float64 `json:"uptime_seconds"`
	Version   string  `json:"version" course:"true"`
}

func (a *api) health(w http.ResponseWriter, _ *http.Request) {
	a.answer(w, http.StatusOK, health{
		Status: "healthy", Service: "carriles", Version: a.Version,
		GoVersion: runtime.Version(), Uptime: time.Since(a.started).Seconds(),
	})
}

// stats is the answer of GET /api/stats/.
type stats struct {
	Images int                  `json:"images"`
	Load   topology.LoadInfo    `json:"load"`
	Runs   map[result.State]int `json:"runs"`
	Server struct {
		MaxProcs   int    `json:"gomaxprocs"`
		Goroutines int    `json:"goroutines"`
		Memory     uint64 `json:"memory_bytes"`
	} `json:"server"`
	Uptime float64 `json:"uptime_seconds"`
}

// stats tells what the server has been doing.
func (a *api) stats(w http.ResponseWriter, _ *http.Request) {
	states := map[result.State]int{}
	for _, v := range a.Runs.List() {
		states[v.State]++
	}
	// Not runtime.ReadMemStats: that stops the world, and runs with it.
	memory := []metrics.Sample{{Name: "/memory/classes/total:bytes"}}
	metrics.Read(memory)
	s := stats{Uptime: time.Since(a.started).Seconds(), Images: len(a.Library.Names()), Runs: states, Load: topology.Load()}
	s.Server.Memory, s.Server.Goroutines, s.Server.MaxProcs = memory[0].Value.Uint64(), runtime.NumGoroutine(), runtime.GOMAXPROCS(0)
	a.answer(w, http.StatusOK, s)
}

// machine is the answer of GET /api/topology/.
type machine struct {
	Instruments []result.Instrument `json:"instruments"`
	Load        topology.LoadInfo   `json:"load"`
	Pool        topology.Pool       `json:"pool"`
	PoolReason  text.Text           `json:"pool_reason"`
	Python      interpreter         `json:"python"`
	Topology    topology.Topology   `json:"topology"`
}

func (a *api) topology(w http.ResponseWriter, _ *http.Request) {
	a.answer(w, http.StatusOK, machine{
		Topology: a.Topology, Pool: a.Topology.Pool(), PoolReason: a.PoolReason,
		Load: topology.Load(), Instruments: a.Instruments, Python: a.interpreter(),
	})
}

// interpreter is what Python's methods have to work with, or why they are not to be
// had.
type interpreter struct {
	Available   bool        `json:"available"`
	Interpreter *python.Has `json:"interpreter,omitempty"`
	Methods     []string    `json:"methods"`
	Why         *text.Text  `json:"why,omitempty"`
}

func (a *api) interpreter() interpreter {
	about := interpreter{Methods: []string{request.PythonThreading, request.PythonMultiprocessing}}
	if a.Python == nil {
		return about
	}
	if has, err := a.Python.Look(); err == nil {
		about.Interpreter = &has
	}
	about.Why = a.Python.Lacks()
	about.Available = about.Why == nil
	return about
}

// guide gives the lesson as data.
func (a *api) guide(w http.ResponseWriter, _ *http.Request) {
	a.answer(w, http.StatusOK, lesson.Guide())
}

func (a *api) filters(w http.ResponseWriter, _ *http.Request) {
	a.answer(w, http.StatusOK, request.NewCatalogue(a.Lab(), MaxUpload))
}
