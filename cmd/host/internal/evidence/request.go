package evidence

import (
	"encoding/json"

	"carriles/executor/batch/request"
)

// requestOf gives the endpoint and the body that a spec came from, or could
// have.
func requestOf(s request.Spec) (path string, body []byte, err error) {
	path, r := request.Of(s).Endpoint()
	body, err = json.Marshal(r)
	return path, body, err
}

// guideOrigin is where the lesson's commands find the lab.
const guideOrigin = "http://localhost:8000"

// curl is the command for a request, in one line for a POSIX shell.
func curl(path string, body []byte) string {
	return request.CurlLine("POST", guideOrigin+path, string(body))
}
