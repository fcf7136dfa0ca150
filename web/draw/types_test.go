package draw

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"carriles/executor/batch/result"
)

var (
	declared = regexp.MustCompile(`(?s)interface (\w+) \{\n(.*?)\n\}`)
	field    = regexp.MustCompile(`(?m)^  (\w+\??): .*;$`)
)

// TestTypes holds the types that the scripts are checked with against those whose
// JSON they are handed: the same fields in the same order, and the same of them
// may be missing.
func TestTypes(t *testing.T) {
	source, err := os.ReadFile("../check/types.d.ts")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{}
	for _, handed := range []any{
		result.TimelineSpan{}, result.TimelineLane{}, result.Timeline{}, result.LanesEvent{}, Race{}, Growth{}, Picture{}, PictureRow{}, Tick{}, Key{}, Charts{}, Chart{}, Line{}, Screen{},
	} {
		of := reflect.TypeOf(handed)
		want[of.Name()] = fields(of)
	}
	for _, d := range declared.FindAllStringSubmatch(string(source), -1) {
		var got []string
		for _, f := range field.FindAllStringSubmatch(d[2], -1) {
			got = append(got, f[1])
		}
		if fields, ok := want[d[1]]; ok && !slices.Equal(got, fields) {
			t.Errorf("%s is declared with %q, want %q", d[1], got, fields)
		}
		delete(want, d[1])
	}
	for name := range want {
		t.Errorf("%s is not declared", name)
	}
}

// fields lists a type's names in JSON, with a question mark after those that may
// be missing.
func fields(of reflect.Type) []string {
	var list []string
	for i := range of.NumField() {
		f := of.Field(i)
		if f.Anonymous {
			list = append(list, fields(f.Type)...)
			continue
		}
		name, option, _ := strings.Cut(f.Tag.Get("json"), ",")
		if option == "omitempty" {
			name += "?"
		}
		list = append(list, name)
	}
	return list
}
