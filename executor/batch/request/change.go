package request

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
)

// Change is what is turned in a batch that is written down, without writing it anew:
// 0 leaves a figure as it stands.
type Change struct {
	Intensity int `json:"intensity,omitempty"` // of sharpen, 1 to 10
	Rounds    int `json:"rounds,omitempty"`    // 1 to 100
	Workers   int `json:"workers,omitempty"`   // from 1 on
}

// figure is one of a Change's numbers with its field in a body.
type figure struct {
	name  string
	value *int
	// inside is of a figure that stands within another field: it can be turned where
	// it is written, and not put there.
	inside bool
}

func (c *Change) figures() []figure {
	return []figure{{OverIntensity, &c.Intensity, true}, {"rounds", &c.Rounds, false}, {OverWorkers, &c.Workers, false}}
}

// ChangeOf is what stands in a body; a figure that it does not name is 0. ok is false
// for a body that is no JSON object.
func ChangeOf(body string) (c Change, ok bool) {
	var top map[string]json.RawMessage
	if json.Unmarshal([]byte(body), &top) != nil || top == nil {
		return c, false
	}
	for _, f := range c.figures() {
		raw, there := top[f.name]
		if f.inside {
			if m := written(f.name).FindStringSubmatch(body); m != nil {
				raw, there = json.RawMessage(m[2]), true
			}
		}
		if there { // "auto" is no number, and none that is turned
			*f.value, _ = strconv.Atoi(string(bytes.TrimSpace(raw)))
		}
	}
	return c, true
}

// In is a body with the change in it. All else stays as it was written, word for
// word; a figure that cannot be put there is left out.
func (c Change) In(body string) string {
	was, ok := ChangeOf(body)
	if !ok {
		return body
	}
	before := was.figures()
	for i, f := range c.figures() {
		pattern := written(f.name)
		switch {
		case *f.value == 0 || *f.value == *before[i].value:
		case *before[i].value != 0:
			body = pattern.ReplaceAllString(body, "${1}"+strconv.Itoa(*f.value))
		case !f.inside:
			open := strings.TrimSuffix(strings.TrimSpace(body), "}")
			comma := ", "
			if strings.TrimSpace(open) == "{" {
				comma = ""
			}
			body = strings.TrimRight(open, " \n") + comma + `"` + f.name + `": ` + strconv.Itoa(*f.value) + "}"
		}
	}
	return body
}

// written finds a field of a body that is a whole number.
func written(name string) *regexp.Regexp {
	return regexp.MustCompile(`("` + name + `":\s*)([0-9]+)`)
}
