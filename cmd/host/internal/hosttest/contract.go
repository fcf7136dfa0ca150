package hosttest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Contract is what an API says of itself in its OpenAPI document, more strictly than it
// says it: of an answer it knows every field, so one that nobody has declared is a fault.
//
// The schemas of OpenAPI 3.1 are those of JSON Schema 2020-12, so its bodies are judged by
// a validator of that, which compiles each once.
type Contract struct {
	mu       sync.Mutex
	schemas  *jsonschema.Compiler
	compiled map[string]*jsonschema.Schema // by where they stand in the document
	routes   []described
}

// described is an operation of the document: its path, and what stands there.
type described struct {
	method, at string
	path       *regexp.Regexp
	operation  operation
}

type operation struct {
	Responses   map[string]struct{ Content map[string]json.RawMessage }
	RequestBody struct{ Content map[string]json.RawMessage }
}

const document = "openapi.json"

// anError is where the document says what every error is.
const anError = "#/components/schemas/fault.ErrorBody"

// NewContract reads a document, of which every schema must be one.
func NewContract(data []byte) (*Contract, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	closed(doc)
	c := &Contract{schemas: jsonschema.NewCompiler(), compiled: map[string]*jsonschema.Schema{}}
	c.schemas.DefaultDraft(jsonschema.Draft2020)
	c.schemas.AssertFormat()
	if err := c.schemas.AddResource(document, doc); err != nil {
		return nil, err
	}
	var of struct {
		Paths map[string]map[string]operation
	}
	if err := json.Unmarshal(data, &of); err != nil || len(of.Paths) == 0 {
		return nil, fmt.Errorf("no document: %w", err)
	}
	for path, item := range of.Paths {
		pattern := regexp.MustCompile(`\\\{[^}]*\\\}`).ReplaceAllString(regexp.QuoteMeta(path), `[^/]+`)
		for method, operation := range item {
			r := described{strings.ToUpper(method), "#/paths/" + pointer(path) + "/" + method, regexp.MustCompile("^" + pattern + "$"), operation}
			c.routes = append(c.routes, r)
			for status, response := range operation.Responses {
				for kind := range response.Content {
					if kind == "application/json" {
						if _, err := c.schema(r.at + "/responses/" + status + "/content/application~1json/schema"); err != nil {
							return nil, err
						}
					}
				}
			}
		}
	}
	_, err = c.schema(anError)
	return c, err
}

// pointer writes a name as a part of a JSON Pointer (RFC 6901) in an address.
func pointer(name string) string {
	return strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(name)
}

// schema is the one that stands somewhere in the document.
func (c *Contract) schema(at string) (*jsonschema.Schema, error) {
	if known := c.compiled[at]; known != nil {
		return known, nil
	}
	s, err := c.schemas.Compile(document + at)
	if err == nil {
		c.compiled[at] = s
	}
	return s, err
}

// closed lets no object have fields that it does not name.
func closed(node any) {
	switch n := node.(type) {
	case map[string]any:
		_, named := n["properties"].(map[string]any)
		if _, told := n["additionalProperties"]; named && !told && n["type"] == "object" {
			n["additionalProperties"] = false
		}
		for _, v := range n {
			closed(v)
		}
	case []any:
		for _, v := range n {
			closed(v)
		}
	}
}

// Check holds an answer, and a request that was taken, against the document. What is
// no part of the API but an error in its form must be that.
func (c *Contract) Check(req *http.Request, sent string, status int, header http.Header, body []byte) error {
	if req.Method == http.MethodHead || status == http.StatusNotModified {
		return nil
	}
	if status == http.StatusPartialContent {
		status = http.StatusOK
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	kind, _, _ := mime.ParseMediaType(header.Get("Content-Type")) // none is told as it is
	r := c.find(req)
	if r == nil {
		if status < 400 || kind != "application/json" {
			return nil // a page, or a file
		}
		return c.judge(anError, body)
	}
	name := strconv.Itoa(status)
	response, ok := r.operation.Responses[name]
	if !ok {
		name = "default"
		response = r.operation.Responses[name]
	}
	if len(response.Content) == 0 {
		return nil
	}
	var given string
	for declared := range response.Content {
		if match, _ := path.Match(declared, kind); match {
			given = declared
		}
	}
	if given == "" {
		return fmt.Errorf("the answer %d is %q, which is not declared", status, kind)
	}
	if given == "application/json" {
		if err := c.judge(r.at+"/responses/"+name+"/content/application~1json/schema", body); err != nil {
			return fmt.Errorf("the answer %d: %w", status, err)
		}
	}
	if asked := r.operation.RequestBody.Content["application/json"]; asked != nil && status < 300 && strings.TrimSpace(sent) != "" {
		if err := c.judge(r.at+"/requestBody/content/application~1json/schema", []byte(sent)); err != nil {
			return fmt.Errorf("the request, which was taken: %w", err)
		}
	}
	return nil
}

// judge holds JSON against a schema of the document.
func (c *Contract) judge(at string, data []byte) error {
	s, err := c.schema(at)
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return err
	}
	return s.Validate(value)
}

// find is the operation that is asked for; nil if there is none. Either is answered, with
// the slash at the end and without.
func (c *Contract) find(req *http.Request) *described {
	for _, asked := range []string{req.URL.Path, req.URL.Path + "/"} {
		for i, r := range c.routes {
			if r.method == req.Method && r.path.MatchString(asked) {
				return &c.routes[i]
			}
		}
	}
	return nil
}
