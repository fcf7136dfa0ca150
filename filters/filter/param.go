package filter

import (
	"math"

	"carriles/executor/text"
)

// Kind is the type of a parameter's value.
type Kind string

// The kinds of a parameter.
const (
	Int   Kind = "int"
	Float Kind = "float"
)

// Param declares one numeric parameter: everything that validation, the
// catalogue and the form need to know of it.
type Param struct {
	Name    string    `json:"name"`
	Kind    Kind      `json:"kind"`
	Unit    string    `json:"unit,omitempty"` // "px", "x", "sigma"; empty for a plain number
	Min     float64   `json:"min"`
	Max     float64   `json:"max"`
	Default float64   `json:"default"`
	Step    float64   `json:"step"` // of the form's control; validation does not use it
	Help    text.Text `json:"help"`
}

// Values holds the parameters of one step of a chain by their names.
type Values map[string]float64

// Int returns a whole-number parameter.
func (v Values) Int(name string) int { return int(v[name]) }

// Allows reports whether x is a value of this parameter: finite, in range and,
// for Int, whole.
func (p Param) Allows(x float64) bool {
	if math.IsNaN(x) || x < p.Min || x > p.Max {
		return false
	}
	return p.Kind != Int || x == math.Trunc(x)
}

// Allowed says in words what Allows accepts.
func (p Param) Allowed() text.Text {
	es, en := "un número de %s a %s", "a number from %s to %s"
	if p.Kind == Int {
		es, en = "un número entero de %s a %s", "a whole number from %s to %s"
	}
	return text.Sprintf(es, en, text.FormatNumber(p.Min), text.FormatNumber(p.Max))
}
