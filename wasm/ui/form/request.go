package form

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"unicode"

	"carriles/executor/batch/request"
	"carriles/executor/fault"
	"carriles/executor/text"
	"carriles/filters"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/measure"
)

// Checked is what a form stands for: to be measured only without Faults.
type Checked struct {
	measure.Asked
	// Fields are those that matter to the batch as it stands: what does not is
	// neither shown nor read.
	Fields []request.Field
	Faults []fault.Fault
	// Spec is the request as the host will read it, where there are no faults. One of
	// the browser's methods alone is that of the same batch by another method.
	Spec request.Spec
}

func (c Checked) Fault(field string) (fault.Fault, bool) {
	for _, f := range c.Faults {
		if f.Field == field {
			return f, true
		}
	}
	return fault.Fault{}, false
}

// itemFault is the field of the first fault of one item of a list, as the host
// names it: "images[2]". without is the field where there is none.
func (c Checked) itemFault(list, without string) string {
	for _, f := range c.Faults {
		if strings.HasPrefix(f.Field, list+"[") {
			return f.Field
		}
	}
	return without
}

// declared lists the fields of the requests that a form stands for.
func declared(cat request.Catalogue) []request.Field { return request.Fields(runs, cat.Lab()) }

// runs is the endpoint that the form is sent to.
var runs = request.Endpoint{MethodsField: true, Runs: true}

// chosen is the request without what is typed: the photographs, the chain, the
// methods and the names.
func (f *Form) chosen(cat request.Catalogue, fields []request.Field) request.Request {
	r := request.Request{Filters: slices.Clone(f.Chain)}
	if f.Auto {
		r.Rounds = request.AutoRounds
	}
	if chosen := f.Chosen(); !slices.Equal(chosen, f.LabImages()) {
		r.Images = chosen
	}
	for _, m := range cat.Methods {
		if f.Methods[m.Name] && m.Lacks == nil {
			r.Methods = append(r.Methods, m.Name)
		}
	}
	for _, d := range fields {
		if stages := strings.Fields(f.Fields["gil"]); d.Name == "gil" && d.Asked(r) && len(stages) > 0 {
			r.GIL = &request.GIL{ReleasedIn: stages}
		}
		if name := f.Fields[d.Name]; d.Kind == request.Choice && name != d.First() {
			d.SetName(&r, name)
		}
	}
	return r
}

// Check turns the form into a request and names everything that is wrong with
// it. The typed numbers are checked here; all else by the very function that
// the host will check the request with.
func (f *Form) Check(cat request.Catalogue) Checked {
	r := reader{}
	var c Checked
	fields := declared(cat)
	c.Request = f.chosen(cat, fields)
	axis, sweeps := AxisNamed(cat, c.Request.Over)
	c.Fields = slices.DeleteFunc(fields, func(d request.Field) bool { return !d.Asked(c.Request) || axis.Sets(d.Name) })
	c.Request.FilterParams = r.params(f, cat)
	for _, d := range c.Fields {
		if d.Kind != filters.Int {
			continue
		}
		// The host gives a default its reason, so it is left out.
		if n := int(r.number(d.Name, f.Fields[d.Name], d.Param)); d.Said || n != int(d.Default) {
			d.SetNumber(&c.Request, n)
		}
	}
	if len(c.Request.Methods) > 0 {
		vary(f.Fields[variantsField], &c.Request, cat)
	}
	c.Request.Chaos = r.chaos(f, c.Request.Count)
	if sweeps {
		c.Request.Values = r.values(f.Fields["values"], axis.Param)
	}
	for _, name := range request.BrowserMethods() {
		if f.Methods[name] {
			c.Browsers = append(c.Browsers, name)
		}
	}
	if f.Methods[request.BrowserWorkers] {
		c.BrowserWorkers = int(r.number(browserWorkersField, f.BrowserWorkers, browserWorkersParam(f.Cores)))
	}

	c.Photos = f.Infos()

	c.Faults = r.faults
	if len(f.Chosen()) == 0 {
		c.Faults = append(c.Faults, fault.Fault{Field: "images", Code: fault.CodeNoImages, Text: i18n.Both("fault.no_photo")})
	}
	if len(c.Request.Methods) == 0 && len(c.Browsers) == 0 {
		c.Faults = append(c.Faults, fault.Fault{Field: "methods", Code: fault.CodeOutOfRange, Text: i18n.Both("fault.no_method")})
	}
	if len(c.Browsers) > 0 && (c.Request.Source != "" || c.Request.Over != "") {
		c.Faults = append(c.Faults, fault.Fault{Field: "methods", Code: fault.CodeContradiction, Text: i18n.Both("fault.browser")})
	}
	if len(f.Chain) == 0 {
		c.Faults = append(c.Faults, fault.Fault{Field: "filters", Code: fault.CodeOutOfRange, Text: i18n.Both("fault.no_filter")})
	}
	if len(c.Faults) == 0 {
		c.Spec, c.Faults = hostFaults(f, c, cat)
	}
	return c
}

// hostFaults asks the host's own validation.
func hostFaults(f *Form, c Checked, cat request.Catalogue) (request.Spec, []fault.Fault) {
	body, err := json.Marshal(c.Request)
	if err != nil {
		return request.Spec{}, []fault.Fault{{Code: fault.CodeInternal, Text: text.Text{ES: err.Error(), EN: err.Error()}}}
	}
	endpoint := runs
	endpoint.Methods = []string{request.Sequential} // where only the browser runs it
	lab := cat.Lab()
	lab.Images = f.LabImages()
	lab.Exists = func(name string) bool {
		return slices.ContainsFunc(f.Photos, func(p Photo) bool { return p.Name == name })
	}
	spec, err := request.Parse(body, endpoint, lab)
	var bad *fault.Error
	if !errors.As(err, &bad) {
		return spec, nil
	}
	if len(bad.Faults) == 0 {
		return request.Spec{}, []fault.Fault{{Code: bad.Code, Text: bad.Text}}
	}
	return request.Spec{}, bad.Faults
}

// reader reads typed numbers and remembers what is wrong with them.
type reader struct{ faults []fault.Fault }

func (r *reader) number(field, typed string, p filters.Param) float64 {
	x, ok := i18n.ParseNumber(typed)
	if ok && p.Allows(x) {
		return x
	}
	code := fault.CodeOutOfRange
	if !ok {
		code = fault.CodeWrongType
	}
	allowed := p.Allowed()
	r.faults = append(r.faults, fault.Fault{
		Code: code, Field: field, Allowed: allowed,
		Text: mustBe(allowed),
	})
	return 0
}

// mustBe is the sentence for a number that is not one of those allowed.
func mustBe(allowed text.Text) text.Text {
	return text.Text{ES: i18n.ES.T("fault.must_be", allowed.ES), EN: i18n.EN.T("fault.must_be", allowed.EN)}
}

// params reads the parameters of the filters in the chain, each filter once.
func (r *reader) params(f *Form, cat request.Catalogue) map[string]filters.Values {
	out := map[string]filters.Values{}
	for _, name := range f.Chain {
		if out[name] != nil {
			continue
		}
		out[name] = filters.Values{}
		for _, p := range FilterOf(cat, name).Params {
			out[name][p.Name] = r.number(ParamField(name, p.Name), f.Params[name][p.Name], p)
		}
	}
	return out
}

// chaos reads after how many of count images a worker is to be killed.
func (r *reader) chaos(f *Form, count int) *request.Chaos {
	typed := f.Fields["chaos"]
	if strings.TrimSpace(typed) == "" {
		return nil
	}
	return &request.Chaos{KillAfter: int(r.number(killField, typed, request.KillAfter(count)))}
}

// browserWorkersField names the number of Web Workers, which no request to the
// host has.
const browserWorkersField = "browser_workers"

func browserWorkersParam(cores int) filters.Param {
	return filters.Param{Kind: filters.Int, Min: 1, Max: float64(max(1, cores)), Step: 1}
}

// killField is the path of the number of a deliberate failure as the API's
// faults name it.
const killField = "chaos.kill_after"

// values reads the numbers of a sweep, which stand apart by spaces or
// semicolons: a comma may be a decimal mark.
func (r *reader) values(typed string, p filters.Param) []float64 {
	var values []float64
	for _, word := range strings.FieldsFunc(typed, func(c rune) bool { return unicode.IsSpace(c) || c == ';' }) {
		before := len(r.faults)
		values = append(values, r.number("values", word, p))
		if len(r.faults) > before {
			return nil
		}
	}
	if len(values) == 0 { // absent values would mean the axis' own
		r.faults = append(r.faults, fault.Fault{Field: "values", Code: fault.CodeMissing, Text: i18n.Both("fault.no_value")})
	}
	return values
}

// ParamField is the path of a parameter as the API's faults name it.
func ParamField(filter, param string) string { return "filter_params." + filter + "." + param }

func FilterOf(cat request.Catalogue, name string) filters.Filter {
	for _, f := range cat.Filters {
		if f.Name == name {
			return f
		}
	}
	return filters.Filter{Name: name, Title: text.Text{ES: name, EN: name}}
}
