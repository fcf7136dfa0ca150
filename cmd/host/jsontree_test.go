package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A tree is JSON whose fields keep their order: a leaf, a list or an object.
type (
	tree   any
	leaf   string // as it stands in the JSON
	list   []tree
	fields []field
	field  struct {
		name  string
		value tree
	}
)

// parseTree reads one JSON value and nothing after it.
func parseTree(data []byte) (tree, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	t, err := readTree(d)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("there is something after the JSON")
	}
	return t, nil
}

func readTree(d *json.Decoder) (tree, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('['):
		l := list{}
		for d.More() {
			t, err := readTree(d)
			if err != nil {
				return nil, err
			}
			l = append(l, t)
		}
		_, err = d.Token()
		return l, err
	case json.Delim('{'):
		o := fields{}
		for d.More() {
			name, err := d.Token()
			if err != nil {
				return nil, err
			}
			t, err := readTree(d)
			if err != nil {
				return nil, err
			}
			o = append(o, field{name.(string), t})
		}
		_, err = d.Token()
		return o, err
	}
	return leaf(quoted(token)), nil
}

// quoted is a value in JSON, with <, > and & as they are.
func quoted(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // it comes from JSON
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// width is how long a line of the recording may be before it is broken up.
const width = 140

// written is a tree as text: on one line if it fits.
func written(t tree, indent string) string {
	var open, end string
	var parts []string
	switch x := t.(type) {
	case leaf:
		return string(x)
	case list:
		open, end = "[", "]"
		for _, v := range x {
			parts = append(parts, written(v, indent+" "))
		}
	case fields:
		open, end = "{", "}"
		for _, f := range x {
			parts = append(parts, quoted(f.name)+": "+written(f.value, indent+" "))
		}
	}
	if line := open + strings.Join(parts, ", ") + end; len(indent)+len(line) <= width && !strings.Contains(line, "\n") {
		return line
	}
	return open + "\n" + indent + " " + strings.Join(parts, ",\n"+indent+" ") + "\n" + indent + end
}

// like begins an object that is as another one, whose place it names, but for
// the fields that follow. A list that is as another one has nothing to follow.
const like = "<like>"

// A place is where a tree was written down.
type place struct {
	path string
	tree tree
}

// shared writes what stands in several places once: the others name the first.
// seen are the places, by their text and by their fields' names.
func shared(t tree, path string, seen map[string]place) tree {
	if _, ok := t.(leaf); ok {
		return t
	}
	whole := written(t, "")
	if first, ok := seen[whole]; ok {
		return fields{{like, leaf(quoted(first.path))}}
	}
	names := ""
	if x, ok := t.(fields); ok {
		for _, f := range x {
			names += f.name + "\n"
		}
	}
	first, ok := seen[names]
	for _, by := range []string{whole, names} {
		if _, known := seen[by]; !known && len(by) > 40 {
			seen[by] = place{path, t}
		}
	}
	if !ok {
		return mapped(t, func(name string, v tree) tree { return shared(v, path+"/"+name, seen) })
	}
	out := fields{{like, leaf(quoted(first.path))}}
	for i, f := range t.(fields) {
		if written(f.value, "") != written(first.tree.(fields)[i].value, "") {
			out = append(out, field{f.name, shared(f.value, path+"/"+f.name, seen)})
		}
	}
	return out
}

// unshared is what shared was made of; known are the trees by their places.
func unshared(t tree, path string, known map[string]tree) tree {
	own := mapped(t, func(name string, v tree) tree { return unshared(v, path+"/"+name, known) })
	if o, ok := own.(fields); ok && len(o) > 0 && o[0].name == like {
		first, _ := strconv.Unquote(string(o[0].value.(leaf)))
		own = mapped(known[first], func(name string, v tree) tree {
			if f := o[1:].find(name); f != nil {
				return f.value
			}
			return v
		})
	}
	known[path] = own
	return own
}

// mapped is a tree with each child made anew; an element's name is its number.
func mapped(t tree, f func(name string, v tree) tree) tree {
	switch x := t.(type) {
	case list:
		out := make(list, len(x))
		for i, v := range x {
			out[i] = f(strconv.Itoa(i), v)
		}
		return out
	case fields:
		out := make(fields, len(x))
		for i, v := range x {
			out[i] = field{v.name, f(v.name, v.value)}
		}
		return out
	}
	return t
}

// rules say what may differ between two recordings. Each is a list of paths,
// with blanks between; a path names the last fields on the way to a value, * for
// any. An element of a list goes by its field "name", or by its number.
type rules struct {
	// measured: of it and of all beneath only the JSON type is compared.
	measured string
	// exact is what is compared nevertheless.
	exact string
	// any is a list of any length, of which only the elements' shapes are
	// compared. An empty recorded list says nothing of them.
	any string
	// optional may be absent, or null.
	optional string
	// added is what the server that was recorded did not have.
	added string
}

func (r rules) and(o rules) rules {
	return rules{
		r.measured + " " + o.measured, r.exact + " " + o.exact, r.any + " " + o.any, r.optional + " " + o.optional, r.added + " " + o.added,
	}
}

func matches(paths string, at []string) bool {
	for p := range strings.FieldsSeq(paths) {
		want := strings.Split(p, ".")
		if from := len(at) - len(want); from >= 0 && slices.EqualFunc(want, at[from:], func(w, g string) bool { return w == "*" || w == g }) {
			return true
		}
	}
	return false
}

// anyMark begins a normalised list of any length; its shapes come after it.
const anyMark leaf = `"<any>"`

// stamp is what makes an output's name its own.
var stamp = regexp.MustCompile(`_\d{8}-\d{6}_[a-z0-9]{6,}\.`)

// normal is a tree with what varies replaced by its type.
func (r rules) normal(t tree, at []string, measured bool) tree {
	measured = (measured || matches(r.measured, at)) && !matches(r.exact, at)
	switch x := t.(type) {
	case leaf:
		if measured {
			return kind(x)
		}
		return leaf(stamp.ReplaceAllString(string(x), "_<stamp>."))
	case list:
		out := list{}
		for i, v := range x {
			out = append(out, r.normal(v, append(slices.Clone(at), nameOf(v, i)), measured))
		}
		if !matches(r.any, at) {
			return out
		}
		slices.SortFunc(out, func(a, b tree) int { return strings.Compare(written(a, ""), written(b, "")) })
		out = slices.CompactFunc(out, func(a, b tree) bool { return written(a, "") == written(b, "") })
		return append(list{anyMark}, out...)
	}
	return mapped(t, func(name string, v tree) tree { return r.normal(v, append(slices.Clone(at), name), measured) })
}

// nameOf is how an element of a list is called in a path.
func nameOf(t tree, i int) string {
	if o, ok := t.(fields); ok {
		if f := o.find("name"); f != nil {
			if name, err := strconv.Unquote(fmt.Sprint(f.value)); err == nil {
				return name
			}
		}
	}
	return strconv.Itoa(i)
}

func (o fields) find(name string) *field {
	if i := slices.IndexFunc(o, func(f field) bool { return f.name == name }); i >= 0 {
		return &o[i]
	}
	return nil
}

func kind(l leaf) leaf {
	switch l[0] {
	case '"':
		return `"<text>"`
	case 't', 'f':
		return `"<bool>"`
	case 'n':
		return "null"
	}
	return `"<number>"`
}

// differences compares two normalised trees, and says a line for each place.
func (r rules) differences(want, got tree, at []string) []string {
	if isNull(want) != isNull(got) && matches(r.optional, at) {
		return nil
	}
	switch w := want.(type) {
	case list:
		if g, ok := got.(list); ok {
			if len(w) > 0 && w[0] == tree(anyMark) {
				return r.ofAny(w[1:], g[1:], at)
			}
			return r.ofLists(w, g, at)
		}
	case fields:
		if g, ok := got.(fields); ok {
			return r.ofFields(w, g, at)
		}
	default:
		if want == got {
			return nil
		}
	}
	return []string{fmt.Sprintf("%s is %s, was %s", strings.Join(at, "."), short(got), short(want))}
}

func isNull(t tree) bool { return t == tree(leaf("null")) }

func short(t tree) string {
	s := written(t, "")
	if len(s) > 300 {
		s = s[:300] + "..."
	}
	return s
}

func (r rules) ofLists(want, got list, at []string) (lines []string) {
	if len(want) != len(got) {
		return []string{fmt.Sprintf("%s has %d elements, had %d: %s, was %s", strings.Join(at, "."), len(got), len(want), short(got), short(want))}
	}
	for i := range want {
		lines = append(lines, r.differences(want[i], got[i], append(slices.Clone(at), nameOf(want[i], i)))...)
	}
	return lines
}

// ofAny wants each shape to be one of those that are known.
func (r rules) ofAny(known, got list, at []string) (lines []string) {
	if len(known) == 0 {
		return nil
	}
	at = append(slices.Clone(at), "*")
	for _, g := range got {
		var least []string
		for i, k := range known {
			if d := r.differences(k, g, at); i == 0 || len(d) < len(least) {
				least = d
			}
		}
		lines = append(lines, least...)
	}
	return lines
}

func (r rules) ofFields(want, got fields, at []string) (lines []string) {
	in := func(name string) []string { return append(slices.Clone(at), name) }
	var wanted, found []string // the fields of both, in either order
	for _, w := range want {
		g := got.find(w.name)
		if g != nil {
			wanted = append(wanted, w.name)
			lines = append(lines, r.differences(w.value, g.value, in(w.name))...)
		} else if !matches(r.optional, in(w.name)) {
			lines = append(lines, fmt.Sprintf("%s is gone, was %s", strings.Join(in(w.name), "."), short(w.value)))
		}
	}
	for _, g := range got {
		if want.find(g.name) != nil {
			found = append(found, g.name)
		} else if at := in(g.name); !matches(r.optional, at) && !matches(r.added, at) {
			lines = append(lines, fmt.Sprintf("%s is new: %s", strings.Join(at, "."), short(g.value)))
		}
	}
	if !slices.Equal(wanted, found) {
		lines = append(lines, fmt.Sprintf("%s has the order %q, had %q", strings.Join(at, "."), found, wanted))
	}
	return lines
}

// The comparison itself finds each kind of difference, and nothing where there
// is none.
func TestDifferences(t *testing.T) {
	r := rules{measured: "s spans.* env", exact: "env.engine", any: "spans", optional: "queued span.filter", added: "later"}
	for _, tt := range []struct{ want, got, lines string }{
		{`{"a":1,"b":[1,2]}`, `{"a":1,"b":[1,2]}`, ``},
		{`{"a":1}`, `{"a":1.0}`, `a is 1.0, was 1`},
		{`{"a":1}`, `{"a":"1"}`, `a is "1", was 1`},
		{`{"a":1,"b":2}`, `{"b":2,"a":1}`, ` has the order ["b" "a"], had ["a" "b"]`},
		{`{"a":{"b":1}}`, `{"a":{}}`, `a.b is gone, was 1`},
		{`{"a":{}}`, `{"a":{"b":[]}}`, `a.b is new: []`},
		{`{"b":[1,2]}`, `{"b":[1]}`, `b has 1 elements, had 2: [1], was [1, 2]`},
		{`{"b":[{"name":"x","max":1}]}`, `{"b":[{"name":"x","max":2}]}`, `b.x.max is 2, was 1`},
		{`{"s":1}`, `{"s":2.5}`, ``},
		{`{"s":1}`, `{"s":"2"}`, `s is "<text>", was "<number>"`},
		{`{"s":[1,2]}`, `{"s":[3]}`, `s has 1 elements, had 2: ["<number>"], was ["<number>", "<number>"]`},
		{`{"env":{"engine":"a","cpu":"x"}}`, `{"env":{"engine":"b","cpu":"y"}}`, `env.engine is "b", was "a"`},
		{`{"spans":[{"t":1},{"t":2}]}`, `{"spans":[{"t":3}]}`, ``},
		{`{"spans":[{"t":1}]}`, `{"spans":[{"t":3},{"u":"x"}]}`, `spans.*.t is gone, was "<number>"|spans.*.u is new: "<text>"`},
		{`{"spans":[]}`, `{"spans":[{"t":3}]}`, ``},
		{`{"a":1,"queued":1,"c":1}`, `{"a":1,"c":1}`, ``},
		{`{"a":1}`, `{"a":1,"queued":1}`, ``},
		{`{"queued":null}`, `{"queued":7}`, ``},
		{`{}`, `{"later":7}`, ``},
		{`{"later":7}`, `{}`, `later is gone, was 7`},
		{`["a_20261127-063000_abcdefgh.png"]`, `["a_20261128-000000_zyxwvuts.png"]`, ``},
		{`["a_20261127-063000_abcdefgh.png"]`, `["b_20261127-063000_abcdefgh.png"]`, `0 is "b_<stamp>.png", was "a_<stamp>.png"`},
	} {
		want, err := parseTree([]byte(tt.want))
		got, err2 := parseTree([]byte(tt.got))
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		if lines := strings.Join(r.differences(r.normal(want, nil, false), r.normal(got, nil, false), nil), "|"); lines != tt.lines {
			t.Errorf("%s and %s: %q, want %q", tt.want, tt.got, lines, tt.lines)
		}
	}
}

// What is written down shared is read as it was.
func TestSharing(t *testing.T) {
	const long = `{"abcdefghijklmnopqrst":1,"bcdefghijklmnopqrstuvw":[true,null,"<&>",1234567890123,1234567890123,"x"],"c":{"d":"ñ"}}`
	whole, err := parseTree([]byte(`[` + long + `,{"x":` + long + `},[` + strings.Replace(long, "ñ", "o", 1) + `,[]],` +
		`{"y":[true,null,"<&>",1234567890123,1234567890123,"x"]},` + strings.Replace(long, "[", `[{"d":7},`, 1) + `]`))
	if err != nil {
		t.Fatal(err)
	}
	once := written(shared(whole, "", map[string]place{}), "")
	if a, b := strings.Count(once, "abcdefghijklmnopqrst"), strings.Count(once, "ñ"); a != 1 || b != 1 {
		t.Errorf("it stands %d and %d times in %s", a, b, once)
	}
	read, err := parseTree([]byte(once))
	if err != nil {
		t.Fatalf("%v in %s", err, once)
	}
	if got := written(unshared(read, "", map[string]tree{}), ""); got != written(whole, "") {
		t.Errorf("%s, want %s", got, written(whole, ""))
	}
}
