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
	if len(c.Request.Methods) == 0 {
		return ""
	}
	path, req := c.Request.Endpoint()
	if slices.Equal(req.Methods, request.GuideMethods()) {
		req.Methods = nil
	}
	body, err := json.Marshal(req)
	if err != nil {
		return ""
	}
	return request.CurlLine("POST", origin+path, string(body))
}
