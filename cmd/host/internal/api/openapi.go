package api

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"carriles/executor/batch/request"
)

// openAPI answers with the API's own description. Its ranges are those of this machine.
func (a *api) openAPI(w http.ResponseWriter, r *http.Request) {
	a.answer(w, http.StatusOK, a.document(originOf(r)))
}

// originOf is the address that a request came to.
func originOf(r *http.Request) string { return "http://" + r.Host }

// document describes all routes in OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1).
func (a *api) document(origin string) object {
	s, lab := newSchemas(), a.Lab()
	paths, tags := object{}, []any{}
	for _, part := range a.sections() {
		tags = append(tags, object{"name": part.title.EN, "description": both(part.title)})
		for _, r := range part.routes {
			item, _ := paths[r.path].(object)
			if item == nil {
				item = object{}
				paths[r.path] = item
			}
			item[strings.ToLower(r.method)] = r.operation(s, lab, part.title.EN, origin)
		}
	}
	return object{
		"openapi": "3.1.1",
		"info": object{
			"title": "Carriles", "version": a.Version,
			"summary":     "A laboratory for threads and processes: the same work, measured.",
			"description": "Field names marked " + courseMark + " are those of the course's own server. / Los campos marcados con " + courseMark + " son los del servidor del curso.",
			"license":     object{"name": "MIT", "identifier": "MIT"},
		},
		"servers":  []any{object{"url": origin}},
		"security": []any{object{}, object{"presenter": []any{}}},
		"tags":     tags, "paths": paths,
		"components": object{
			"schemas":         s.named,
			"securitySchemes": object{"presenter": object{"type": "http", "scheme": "bearer", "description": "the presenter's token, which the server prints at its start"}},
		},
	}
}

// operation describes a route.
func (r route) operation(s *schemas, lab request.Lab, tag, origin string) object {
	op := object{
		"operationId": operationID(r.method, r.path), "tags": []any{tag}, "summary": both(r.title),
		"responses": r.responses(s),
		"x-codeSamples": []any{object{
			"lang": "Shell", "source": r.ownLine().on(origin),
		}},
	}
	if r.course {
		op[courseMark] = true
	}
	var parameters []any
	for _, name := range inBraces().FindAllStringSubmatch(r.path, -1) {
		parameters = append(parameters, object{"name": name[1], "in": "path", "required": true, "schema": object{"type": "string"}})
	}
	for _, f := range r.query {
		parameters = append(parameters, object{"name": f.Name, "in": "query", "schema": field(f)})
	}
	if parameters != nil {
		op["parameters"] = parameters
	}
	var body object
	switch {
	case r.asks != nil:
		body = object{typeJSON: object{"schema": asked(r.asks(lab))}}
	case r.takes != nil:
		members := with(s.members(r.takes), object{"additionalProperties": false})
		delete(members, "required") // what is not there is nothing, or zero
		body = object{typeJSON: object{"schema": members}}
	case r.form != "":
		body = object{"multipart/form-data": object{"schema": object{"type": "object", "properties": object{
			r.form: object{"type": "array", "items": object{"type": "string", "contentMediaType": "application/octet-stream"}},
		}}}}
	}
	if body != nil {
		op["requestBody"] = object{"content": body}
	}
	return op
}

// responses describes a route's answers, errors among them.
func (r route) responses(s *schemas) object {
	type answer struct {
		kind string
		of   []any
	}
	byStatus := map[int]*answer{}
	add := func(g gives) {
		known := byStatus[g.status]
		if known == nil {
			known = &answer{kind: g.kind}
			byStatus[g.status] = known
		}
		switch {
		case g.of != nil:
			known.of = append(known.of, s.typed(g.of))
		case g.kind == typeJSON:
			known.of = append(known.of, object{"type": "object"})
		}
	}
	for _, g := range r.gives {
		add(g)
	}
	add(gives{0, typeJSON, errorType})
	out := object{}
	for status, answer := range byStatus {
		name, about := "default", "an error, or what no other status says"
		if status != 0 {
			name, about = strconv.Itoa(status), http.StatusText(status)
		}
		response := object{"description": about}
		switch {
		case len(answer.of) == 1:
			response["content"] = object{answer.kind: object{"schema": answer.of[0]}}
		case len(answer.of) > 1:
			response["content"] = object{answer.kind: object{"schema": object{"anyOf": answer.of}}}
		case answer.kind != "":
			response["content"] = object{answer.kind: object{}}
		}
		out[name] = response
	}
	return out
}

var inBraces = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\{(\w+)\}`)
})

// operationID names a route for programs: getRunsId.
func operationID(method, path string) string {
	id := strings.ToLower(method)
	for _, word := range strings.FieldsFunc(path, func(r rune) bool { return strings.ContainsRune("/{}-.", r) }) {
		id += strings.ToUpper(word[:1]) + word[1:]
	}
	return id
}
