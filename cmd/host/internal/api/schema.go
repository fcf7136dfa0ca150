package api

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/text"
	"carriles/filters"
)

// object is a piece of JSON that has no type of ours.
type object = map[string]any

// courseMark marks what the course's own server has.
const courseMark = "x-course"

// schemas describes Go types and declared fields as JSON Schemas, in the dialect that
// OpenAPI 3.1 has (JSON Schema 2020-12). A type is described as encoding/json writes it,
// by its tags, so that nothing is said twice: a nil slice or map is null, a nil pointer
// too unless it is left out then, and what may be left out is not required.
//
// Libraries that do it (invopop, swaggest, google) write a nil slice as no null, or
// describe no type that holds itself.
type schemas struct {
	named map[string]any          // by name, as components
	of    map[reflect.Type]object // those that write their JSON themselves
}

func newSchemas() *schemas {
	return &schemas{named: map[string]any{}, of: map[reflect.Type]object{
		reflect.TypeFor[time.Time](): {"type": "string", "format": "date-time"},
		reflect.TypeFor[request.Rounds](): {"oneOf": []any{
			object{"type": "integer"}, object{"const": "auto"},
		}},
	}}
}

func refTo(name string) object { return object{"$ref": "#/components/schemas/" + name} }

// typed is the schema of a type's values. A type that neither it nor encoding/json can
// describe is a fault of the program.
func (s *schemas) typed(t reflect.Type) object {
	if known, ok := s.of[t]; ok {
		return known
	}
	if t.Kind() == reflect.Pointer {
		return orNull(s.typed(t.Elem()))
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[json.Marshaler]()) {
		panic(fmt.Sprintf("%v writes its JSON itself: schemas.of must say how", t))
	}
	switch t.Kind() {
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return object{"type": "integer"}
	case reflect.Float32, reflect.Float64:
		return object{"type": "number"}
	case reflect.String:
		return object{"type": "string"}
	case reflect.Interface:
		return object{}
	case reflect.Slice:
		return object{"type": []any{"array", "null"}, "items": s.typed(t.Elem())}
	case reflect.Array:
		return object{"type": "array", "items": s.typed(t.Elem()), "minItems": t.Len(), "maxItems": t.Len()}
	case reflect.Map:
		return object{"type": []any{"object", "null"}, "additionalProperties": s.typed(t.Elem())}
	case reflect.Struct:
		if t.Name() == "" {
			return s.members(t)
		}
		name := t.String()
		if _, ok := s.named[name]; !ok {
			s.named[name] = nil // it may hold itself
			s.named[name] = s.members(t)
		}
		return refTo(name)
	}
	panic(fmt.Sprintf("%v has no JSON", t))
}

// orNull lets null stand in a schema's place.
func orNull(schema object) object {
	switch kind := schema["type"].(type) {
	case string:
		return with(schema, object{"type": []any{kind, "null"}})
	case []any:
		return schema // it may be null as it is
	}
	if len(schema) == 0 {
		return schema // it is anything
	}
	return object{"anyOf": []any{schema, object{"type": "null"}}}
}

// present is a schema without the null that its type may be.
func present(schema object) object {
	if of, ok := schema["anyOf"].([]any); ok {
		return of[0].(object)
	}
	if kinds, ok := schema["type"].([]any); ok {
		return with(schema, object{"type": kinds[0]})
	}
	return schema
}

// members describes a structure.
func (s *schemas) members(t reflect.Type) object {
	properties, required := object{}, []string{}
	s.addMembers(t, properties, &required, true)
	out := object{"type": "object", "properties": properties}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

func (s *schemas) addMembers(t reflect.Type, properties object, required *[]string, there bool) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" {
			if of := f.Type; of.Kind() == reflect.Pointer {
				s.addMembers(of.Elem(), properties, required, false) // all or nothing of it
			} else {
				s.addMembers(of, properties, required, there)
			}
			continue
		}
		if !f.IsExported() || name == "-" {
			continue
		}
		schema := s.typed(f.Type)
		if strings.Contains(options, "omit") {
			schema = present(schema)
		} else if there {
			*required = append(*required, name)
		}
		if f.Tag.Get("course") != "" {
			schema = with(schema, object{courseMark: true})
		}
		properties[name] = schema
	}
}

// with is a schema that says more. Beside a $ref that is allowed since 3.1.
func with(schema, more object) object {
	out := object{}
	for _, part := range []object{schema, more} {
		for k, v := range part {
			out[k] = v
		}
	}
	return out
}

// asked describes an object of declared fields, of which none is required.
func asked(fields []request.Field) object {
	properties := object{}
	for _, f := range fields {
		properties[f.Name] = field(f)
	}
	return object{"type": "object", "properties": properties, "additionalProperties": false}
}

// field describes a declared field.
func field(f request.Field) object {
	var schema object
	switch {
	case f.Kind == filters.Int || f.Kind == filters.Float:
		kind := "number"
		if f.Kind == filters.Int {
			kind = "integer"
		}
		schema = object{"type": kind, "minimum": f.Min, "maximum": f.Max}
		if f.Word != "" {
			schema = object{"oneOf": []any{schema, object{"const": f.Word}}}
		}
		if f.Allows(f.Default) {
			schema["default"] = f.Default
		}
		if f.Unit != "" {
			schema["x-unit"] = f.Unit
		}
	case f.Kind == request.Choice:
		schema = named(f)
		if first := f.First(); first != "" {
			schema["default"] = first
		}
	case f.Kind == request.List:
		schema = object{"type": "array", "minItems": f.Min, "maxItems": f.Max}
		switch {
		case f.Inside != nil:
			schema["items"] = asked(f.Inside())
		case f.Choices != nil:
			schema["items"] = named(f)
		default:
			schema["items"] = field(request.Field{Param: filters.Param{Kind: f.Of, Min: -maxElement, Max: maxElement, Default: maxElement + 1}})
		}
	case f.Kind == request.Object:
		schema = asked(f.Inside())
	case f.Kind == request.Bool:
		schema = object{"type": "boolean", "default": false}
	case f.Kind == request.Name:
		schema = object{"type": "string"}
	default:
		panic(fmt.Sprintf("the field %q has a kind that is not described: %q", f.Name, f.Kind))
	}
	if f.Help.EN != "" {
		schema["description"] = both(f.Help)
	}
	if f.Course {
		schema[courseMark] = true
	}
	return schema
}

// maxElement bounds the numbers of a list, of which the field they vary says more.
const maxElement = 1e6

// named describes one of a field's names.
func named(f request.Field) object {
	names := []string{}
	for _, o := range f.Choices() {
		names = append(names, o.Name)
	}
	return object{"type": "string", "enum": append(names, f.Aliases...)}
}

// both is a text in the two languages, for readers of one document.
func both(t text.Text) string { return t.ES + " / " + t.EN }
