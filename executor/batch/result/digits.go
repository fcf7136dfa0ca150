package result

import (
	"cmp"
	"math"
	"reflect"
)

// The tag of a figure says how it is written: one of "ratio" has four significant
// digits, one of "exact" all that were measured. Others are seconds, to the
// microsecond, or are as small as those.
const (
	digitsTag = "digits"
	asRatio   = "ratio"
	asExact   = "exact"
)

// Tidy rounds the figures of an answer, which it is given by pointer, as their tags
// say it: more digits would say nothing. What was asked for, and maps of anything but
// structures, stay as they are.
func Tidy(answer any) { tidy(reflect.ValueOf(answer), "") }

func tidy(v reflect.Value, as string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			tidy(v.Elem(), as)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			tidy(v.Index(i), as)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			switch at := v.MapIndex(key); at.Kind() {
			case reflect.Pointer:
				tidy(at, as)
			case reflect.Struct: // which a map holds by value
				copied := reflect.New(at.Type())
				copied.Elem().Set(at)
				tidy(copied, as)
				v.SetMapIndex(key, copied.Elem())
			}
		}
	case reflect.Struct:
		// Types of other packages have no figures of ours: a Spec, a time, a text. The
		// nameless ones are of this one.
		if of := v.Type().PkgPath(); of != "" && of != reflect.TypeFor[Figure]().PkgPath() {
			return
		}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Tag.Get(digitsTag) != asExact {
				tidy(v.Field(i), cmp.Or(f.Tag.Get(digitsTag), as))
			}
		}
	case reflect.Float64:
		// What is written so already is not written again: others may read it.
		if x := Rounded(v.Float(), as == asRatio); v.CanSet() && x != v.Float() {
			v.SetFloat(x)
		}
	}
}

// Rounded is a figure to four significant digits, if it is a ratio, or else to the
// microsecond.
func Rounded(x float64, ratio bool) float64 {
	if x == 0 || math.IsNaN(x) || math.IsInf(x, 0) {
		return x
	}
	digits := 6
	if ratio {
		digits = 3 - int(math.Floor(math.Log10(math.Abs(x))))
	}
	// A power with a negative exponent is no float64: it is divided by its inverse.
	if digits < 0 {
		scale := math.Pow10(-digits)
		return math.Round(x/scale) * scale
	}
	scale := math.Pow10(digits)
	if rounded := math.Round(x*scale) / scale; !math.IsInf(rounded, 0) && !math.IsNaN(rounded) {
		return rounded
	}
	return x
}
