package api

import (
	"net/http"
	"runtime"
	"runtime/metrics"
	"time"

	"carriles/executor/batch/lesson"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/topology"
)

func (a *api) health(w http.ResponseWriter, _ *http.Request) {
	a.answer(w, http.StatusOK, map[string]any{
		"status": "healthy", "service": "carriles", "version": a.Version,
		"go_version": runtime.Version(), "uptime_seconds": time.Since(a.started).Seconds(),
	})
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
	a.answer(w, http.StatusOK, map[string]any{
		"uptime_seconds": time.Since(a.started).Seconds(),
		"images":         len(a.Library.Names()),
		"runs":           states,
		"server": map[string]any{
			"memory_bytes": memory[0].Value.Uint64(), "goroutines": runtime.NumGoroutine(), "gomaxprocs": runtime.GOMAXPROCS(0),
		},
		"load": topology.Load(),
	})
}

func (a *api) topology(w http.ResponseWriter, _ *http.Request) {
	a.answer(w, http.StatusOK, map[string]any{
		"topology": a.Topology,
		"pool":     a.Topology.Pool(), "pool_reason": a.PoolReason,
		"load": topology.Load(), "instruments": a.Instruments, "python": a.interpreter(),
	})
}

// interpreter is what Python's methods have to work with, or why they are not to be
// had.
func (a *api) interpreter() map[string]any {
	about := map[string]any{"methods": []string{request.PythonThreading, request.PythonMultiprocessing}, "available": false}
	if a.Python == nil {
		return about
	}
	if has, err := a.Python.Look(); err == nil {
		about["interpreter"] = has
	}
	why := a.Python.Lacks()
	about["available"] = why == nil
	if why != nil {
		about["why"] = why
	}
	return about
}

// guide gives the lesson as data.
func (a *api) guide(w http.ResponseWriter, _ *http.Request) {
	a.answer(w, http.StatusOK, lesson.Guide())
}

func (a *api) filters(w http.ResponseWriter, _ *http.Request) {
	a.answer(w, http.StatusOK, request.NewCatalogue(a.lab(), MaxUpload))
}
