package hosttest

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// An answer that is not what the document says is told of: another type, a field that
// nobody has declared, one that is missing, another kind, an error that is none.
func TestContract(t *testing.T) {
	c, err := NewContract([]byte(`{"openapi":"3.1.1","paths":{"/a/{id}/":{"post":{
		"requestBody":{"content":{"application/json":{"schema":{"type":"object","properties":{"n":{"type":"integer"}},"additionalProperties":false}}}},
		"responses":{
			"200":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/answer"}}}},
			"201":{"content":{"image/*":{}}},
			"default":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/fault.ErrorBody"}}}}}}}},
		"components":{"schemas":{
			"answer":{"type":"object","properties":{"x":{"type":"integer"},"y":{"type":["array","null"],"items":{"type":"string"}}},"required":["x"]},
			"fault.ErrorBody":{"type":"object","properties":{"error":{"type":"string"}},"required":["error"]}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	const json, jpeg = "application/json; charset=utf-8", "image/jpeg"
	for _, tt := range []struct {
		method, path, sent string
		status             int
		kind, body         string
		kept               bool
	}{
		{"POST", "/a/1/", `{"n":3}`, 200, json, `{"x":1,"y":["a"]}`, true},
		{"POST", "/a/1", ``, 200, json, `{"x":1,"y":null}`, true},
		{"POST", "/a/1/", ``, 200, json, `{"x":"1"}`, false},
		{"POST", "/a/1/", ``, 200, json, `{"x":1,"z":2}`, false},
		{"POST", "/a/1/", ``, 200, json, `{}`, false},
		{"POST", "/a/1/", ``, 200, "text/html", `<p>`, false},
		{"POST", "/a/1/", ``, 201, jpeg, ``, true},
		{"POST", "/a/1/", ``, 201, json, `{"x":1}`, false},
		{"POST", "/a/1/", `{"m":3}`, 200, json, `{"x":1}`, false},
		{"POST", "/a/1/", `{"m":3}`, 400, json, `{"error":"m"}`, true},
		{"POST", "/a/1/", ``, 400, json, `{"x":1}`, false},
		{"GET", "/a/1/", ``, 405, json, `{"error":"e"}`, true},
		{"GET", "/b/", ``, 404, json, `{"errors":"e"}`, false},
		{"GET", "/b/", ``, 200, "text/html", `<p>`, true},
		{"HEAD", "/a/1/", ``, 405, json, ``, true},
	} {
		req := httptest.NewRequest(tt.method, tt.path, nil)
		if err := c.Check(req, tt.sent, tt.status, http.Header{"Content-Type": {tt.kind}}, []byte(tt.body)); (err == nil) != tt.kept {
			t.Errorf("%+v: %v", tt, err)
		}
	}
	if _, err := NewContract([]byte(`{"error":"none"}`)); err == nil {
		t.Error("what is no document is taken for one")
	}
}
