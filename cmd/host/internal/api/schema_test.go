package api

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/text"
	"carriles/filters"
)

type inner struct {
	N float64 `json:"n" course:"true"`
}

type outer struct {
	Name string `json:"name"`
	*inner
	Kinds  []string       `json:"kinds"`
	Few    []int          `json:"few,omitempty"`
	Of     map[string]int `json:"of" course:"true"`
	At     *time.Time     `json:"at"`
	Later  *time.Time     `json:"later,omitempty"`
	Self   *outer         `json:"self"`
	Here   *inner         `json:"here,omitempty"`
	Any    any            `json:"any"`
	Pair   [2]bool        `json:"pair"`
	Secret int            `json:"-"`
}

// A type is described as encoding/json writes it: what may be null or left out, and what
// a structure has of one within it.
func TestTypesAreDescribed(t *testing.T) {
	s := newSchemas()
	check(t, s.typed(reflect.TypeFor[outer]()), `{"$ref":"#/components/schemas/api.outer"}`)
	check(t, s.named["api.inner"].(object), `{"properties":{"n":{"type":"number","x-course":true}},"required":["n"],"type":"object"}`)
	check(t, s.named["api.outer"].(object), `{"properties":{
		"any":{},
		"at":{"format":"date-time","type":["string","null"]},
		"few":{"items":{"type":"integer"},"type":"array"},
		"here":{"$ref":"#/components/schemas/api.inner"},
		"kinds":{"items":{"type":"string"},"type":["array","null"]},
		"later":{"format":"date-time","type":"string"},
		"n":{"type":"number","x-course":true},
		"name":{"type":"string"},
		"of":{"additionalProperties":{"type":"integer"},"type":["object","null"],"x-course":true},
		"pair":{"items":{"type":"boolean"},"maxItems":2,"minItems":2,"type":"array"},
		"self":{"anyOf":[{"$ref":"#/components/schemas/api.outer"},{"type":"null"}]}
	},"required":["name","kinds","of","at","self","any","pair"],"type":"object"}`)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("a type that writes its JSON itself is described all the same")
			}
		}()
		s.typed(reflect.TypeFor[json.RawMessage]())
	}()
}

// A declared field is described with its range or names, its default and its help.
func TestFieldsAreDescribed(t *testing.T) {
	help := text.Text{ES: "ayuda", EN: "help"}
	names := func() []request.Option { return []request.Option{{Name: "a"}, {Name: "b"}} }
	for _, tt := range []struct {
		field request.Field
		want  string
	}{
		{request.Field{Param: filters.Param{Kind: filters.Int, Min: 1, Max: 9, Default: 5, Unit: "ms", Help: help}, Course: true},
			`{"default":5,"description":"ayuda / help","maximum":9,"minimum":1,"type":"integer","x-course":true,"x-unit":"ms"}`},
		{request.Field{Param: filters.Param{Kind: filters.Int, Min: 1, Max: 9, Default: 2}, Word: "auto"},
			`{"default":2,"oneOf":[{"maximum":9,"minimum":1,"type":"integer"},{"const":"auto"}]}`},
		{request.Field{Param: filters.Param{Kind: filters.Float, Min: 0.5, Max: 2, Default: 0}}, `{"maximum":2,"minimum":0.5,"type":"number"}`},
		{request.Field{Param: filters.Param{Kind: request.Choice}, Choices: names}, `{"default":"a","enum":["a","b"],"type":"string"}`},
		{request.Field{Param: filters.Param{Kind: request.Choice}, Choices: names, Optional: true, Aliases: []string{"c"}}, `{"enum":["a","b","c"],"type":"string"}`},
		{request.Field{Param: filters.Param{Kind: request.List, Min: 1, Max: 3}, Choices: names},
			`{"items":{"enum":["a","b"],"type":"string"},"maxItems":3,"minItems":1,"type":"array"}`},
		{request.Field{Param: filters.Param{Kind: request.List, Min: 1, Max: 3}, Of: request.Name}, `{"items":{"type":"string"},"maxItems":3,"minItems":1,"type":"array"}`},
		{request.Field{Param: filters.Param{Kind: request.Object}, Inside: func() []request.Field { return []request.Field{{Param: request.KillAfter(4)}} }},
			`{"additionalProperties":false,"properties":{"kill_after":{"maximum":3,"minimum":1,"type":"integer"}},"type":"object"}`},
		{request.Field{Param: filters.Param{Kind: request.Bool}}, `{"default":false,"type":"boolean"}`},
	} {
		check(t, field(tt.field), tt.want)
	}
}

func check(t *testing.T, got object, want string) {
	t.Helper()
	data, err := json.Marshal(got)
	if want = strings.NewReplacer("\n", "", "\t", "").Replace(want); err != nil || string(data) != want {
		t.Errorf("%v\n got %s\nwant %s", err, data, want)
	}
}
