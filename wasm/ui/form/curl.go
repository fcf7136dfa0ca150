package form

import (
	"encoding/json"
	"slices"

	"carriles/executor/batch/request"
	"carriles/wasm/ui/measure"
)

// Curl is the command that asks the host for what the form says, in one line
// for a POSIX shell. It is empty if no method of the host is chosen.
func Curl(origin string, c measure.Asked) string {
	req := c.Request
	path := "/api/process-batch/compare-all/"
	switch {
	case len(c.Methods) == 0:
		return ""
	case req.Over != "":
		path = "/api/sweep/"
		if slices.Equal(c.Methods, request.GuideMethods()) {
			req.Methods = nil
		}
	case len(c.Methods) == 1:
		path = "/api/process-batch/" + c.Methods[0] + "/"
		req.Methods = nil
		// One method's endpoint takes rounds too; only the list is compare-all's.
	case slices.Equal(c.Methods, request.GuideMethods()):
		req.Methods = nil
	}
	body, err := json.Marshal(req)
	if err != nil {
		return ""
	}
	return request.CurlLine("POST", origin+path, string(body))
}
