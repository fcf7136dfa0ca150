package request

import (
	"encoding/json"
	"fmt"
	"testing"

	"carriles/filters"
)

// TestFieldsAreDeclared holds what the list says of each field against where
// its value goes: under its own name.
func TestFieldsAreDeclared(t *testing.T) {
	for _, f := range Fields(Endpoint{MethodsField: true, Stress: true, Sweep: true}, testLab()) {
		if f.Name == "" || f.Help.ES == "" || f.Help.EN == "" || (f.Title.ES == "") != (f.Title.EN == "") {
			t.Errorf("%s: a text is missing: %+v", f.Name, f)
		}
		var r Request
		want := "{}"
		switch f.Kind {
		case filters.Int:
			if f.number.request == nil || f.Min > f.Default || f.Default > f.Max || f.Step <= 0 {
				t.Fatalf("%s: %+v", f.Name, f)
			}
			f.SetNumber(&r, 7)
			want = fmt.Sprintf(`{"%s":7}`, f.Name)
		case Choice:
			if len(f.Choices()) < 2 || f.name.request == nil || f.Optional == (f.First() != "") {
				t.Fatalf("%s: %+v", f.Name, f)
			}
			f.SetName(&r, "seven")
			want = fmt.Sprintf(`{"%s":"seven"}`, f.Name)
		case List, Object, Bool:
			if f.read == nil || f.write == nil {
				t.Errorf("%s is neither read nor written", f.Name)
			}
		default:
			t.Errorf("%s is of the kind %q", f.Name, f.Kind)
		}
		if data, err := json.Marshal(r); err != nil || string(data) != want {
			t.Errorf("%s is written as %s, %v", f.Name, data, err)
		}
	}
}
