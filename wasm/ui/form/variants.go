package form

import (
	"carriles/executor/batch/request"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// variantsField is where the form keeps which variants of its methods are compared;
// empty for none.
const variantsField = "variants"

// variantKinds lists what the form has variants of.
func variantKinds() []string { return []string{"pool", "transport", "engine", "workers", "control"} }

// vary adds the variants of a kind to a request.
func vary(kind string, r *request.Request, cat request.Catalogue) {
	switch kind {
	case "control":
		r.Control = true
	case "pool":
		for _, name := range []string{request.Cold, request.Warm} {
			r.Variants = append(r.Variants, request.Request{Pool: name})
		}
	case "transport":
		for _, o := range cat.Transports {
			if o.Lacks == nil {
				r.Variants = append(r.Variants, request.Request{Transport: o.Name})
			}
		}
	case "engine":
		for _, e := range cat.Engines {
			if e.Name != request.EnginePure { // which Python's methods alone have
				r.Variants = append(r.Variants, request.Request{Engine: e.Name})
			}
		}
	case "workers": // one, a core each, and twice as many
		pool := cat.Lab().Pool
		for _, n := range []int{1, pool, 2 * pool} {
			if k := len(r.Variants); k == 0 || n > r.Variants[k-1].Workers {
				r.Variants = append(r.Variants, request.Request{Workers: n})
			}
		}
	}
}

// renderVariants asks what of the methods is to be compared besides them.
func (v *View) renderVariants(c Checked) app.UI {
	s := chooser{
		name: variantsField, title: v.Lang.T("variants.title"), chosen: v.Model.Form.Fields[variantsField], help: v.Lang.T("variants.help"),
		choices: []choice{{text: v.Lang.T("variants.none")}},
		set:     func(f *Form, chosen string) { f.Fields[variantsField] = chosen },
	}
	for _, kind := range variantKinds() {
		s.choices = append(s.choices, choice{name: kind, text: v.Lang.T("variants." + kind)})
	}
	return v.renderChooser(s, c)
}
