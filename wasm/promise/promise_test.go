package promise_test

import (
	"testing"

	"carriles/wasm/promise"
)

// value is a JavaScript value of a test: a word, or a promise that is settled
// as soon as somebody waits for it.
type value struct {
	word   string
	settle func(kept, broken *function)
}

func (v *value) Call(method string, args ...any) *value {
	switch method {
	case "then":
		go v.settle(args[0].(*function), args[1].(*function))
	case "toString":
		return v
	}
	return nil
}

func (v *value) Truthy() bool   { return v != nil && v.word != "" }
func (v *value) String() string { return v.word }

type function struct {
	f        func(this *value, args []*value) any
	released bool
}

func (f *function) Release() { f.released = true }

func TestAwait(t *testing.T) {
	var made []*function
	funcOf := func(f func(*value, []*value) any) *function {
		made = append(made, &function{f: f})
		return made[len(made)-1]
	}
	kept := func(args ...*value) func(kept, broken *function) {
		return func(f, _ *function) { f.f(nil, args) }
	}
	broken := func(args ...*value) func(kept, broken *function) {
		return func(_, f *function) { f.f(nil, args) }
	}
	for _, tt := range []struct {
		name      string
		settle    func(kept, broken *function)
		word, err string
	}{
		{"kept", kept(&value{word: "a"}), "a", ""},
		{"kept with nothing", kept(), "", ""},
		{"broken", broken(&value{word: "TypeError: no"}), "", "TypeError: no"},
		{"broken with nothing", broken(), "", "rejected"},
		{"broken with undefined", broken(&value{}), "", "rejected"},
	} {
		made = nil
		got, err := promise.Await(&value{settle: tt.settle}, funcOf)
		word, text := "", ""
		if got != nil {
			word = got.word
		}
		if err != nil {
			text = err.Error()
		}
		if word != tt.word || text != tt.err {
			t.Errorf("%s: %q, %q; want %q, %q", tt.name, word, text, tt.word, tt.err)
		}
		if len(made) != 2 || !made[0].released || !made[1].released {
			t.Errorf("%s: not both functions were released", tt.name)
		}
	}
}
