package form

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/filters"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/measure"
)

// Take fills the form with what a run was asked for, so that measuring it asks for
// the same. all are the host's photographs: of those that others have sent, the run's
// are there to be chosen from then on. What a form cannot say (a test under load,
// variants of its own) is left out; Differs tells.
func (f *Form) Take(cat request.Catalogue, lang i18n.Lang, s request.Spec, all []result.ImageInfo) {
	asked := request.Of(s)
	f.Chain, f.Auto = s.FilterNames(), s.Automatic()
	for _, step := range s.Steps {
		for name, value := range step.Params {
			f.Params[step.Filter][name] = lang.Value(value)
		}
	}
	for _, info := range all {
		if slices.Contains(s.Images, info.Name) && strings.HasPrefix(info.Name, measure.UploadPrefix) {
			f.AddOwn([]result.ImageInfo{info})
		}
	}
	for i, p := range f.Photos {
		f.Photos[i].Chosen = slices.Contains(s.Images, p.Name)
	}
	f.Methods = map[string]bool{}
	for _, name := range asked.Methods {
		f.Methods[name] = true
	}
	for _, d := range declared(cat) {
		switch d.Kind {
		case filters.Int:
			if n, is := d.NumberOf(s, asked); is {
				f.Fields[d.Name] = strconv.Itoa(n)
			}
		case request.Choice:
			f.Fields[d.Name] = d.NameOf(asked)
		}
	}
	f.Fields["gil"], f.Fields["chaos"], f.Fields["values"] = "", "", spellValues(lang, asked.Values)
	if s.GIL != nil {
		f.Fields["gil"] = strings.Join(s.GIL.ReleasedIn, " ")
	}
	if s.Chaos != nil {
		f.Fields["chaos"] = strconv.Itoa(s.Chaos.KillAfter)
	}
	f.Fields[variantsField] = ""
	for _, kind := range variantKinds() {
		var r request.Request
		if vary(kind, &r, cat); r.Control == asked.Control && reflect.DeepEqual(r.Variants, asked.Variants) {
			f.Fields[variantsField] = kind
		}
	}
}

// Differs reports whether what the form stands for is something else than a run was.
func (c Checked) Differs(s request.Spec) bool {
	if len(c.Faults) > 0 {
		return true
	}
	own, was := request.Of(c.Spec), request.Of(s)
	if len(c.Request.Methods) == 0 { // whoever of the browser's it was
		own.Methods, own.Workers, was.Workers = c.Browsers, 0, 0
	}
	for _, r := range []*request.Request{&own, &was} {
		if r.Rounds != request.AutoRounds {
			r.BudgetS = 0 // a form has none then; a comparison that does not say has one
		}
	}
	return !reflect.DeepEqual(own, was)
}

// Take fills the form with what a run was asked for.
func (m *Model) Take(s request.Spec) {
	m.Edit(func(f *Form) { f.Take(m.Catalogue, m.around.Language(), s, m.images) })
}
