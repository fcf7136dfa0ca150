package lesson

import (
	"encoding/json"
	"slices"
	"strings"

	"carriles/executor/batch/request"
)

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
