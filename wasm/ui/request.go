package ui

import (
	"encoding/json"
	"errors"
	"slices"

	"carriles/executor/batch"
	"carriles/filters"
)

// Checked is what a form stands for.
type Checked struct {
	// Request is what the host is asked; valid only without Faults.
	Request batch.Request
	// Methods are the host's methods, in the catalogue's order.
	Methods []string
	Browser bool
	Faults  []batch.Fault
}

// Fault finds the first fault of a field.
func (c Checked) Fault(field string) (batch.Fault, bool) {
	for _, f := range c.Faults {
		if f.Field == field {
			return f, true
		}
	}
	return batch.Fault{}, false
}

// Check turns the form into a request and names everything that is wrong with
// it. The typed numbers are checked here; all else by the very function that
// the host will check the request with.
func (f *Form) Check(cat batch.Catalogue) Checked {
	r := reader{}
	c := Checked{Browser: f.Methods[batch.Browser]}
	c.Request.Filters = slices.Clone(f.Chain)
	c.Request.FilterParams = r.params(f, cat)
	numbers := r.fields(f, cat)
	c.Request.Count = numbers["count"]
	c.Request.Rounds, c.Request.Warmup = batch.Rounds(numbers["rounds"]), numbers["warmup"]
	c.Request.Workers = numbers["workers"]
	for _, p := range cat.Fields {
		// The host gives a default its reason, so it is left out; the count is
		// said always, because a reader of the command will look for it.
		if p.Name == "workers" && c.Request.Workers == int(p.Default) {
			c.Request.Workers = 0
		}
		if p.Name == "rounds" && c.Request.Rounds == batch.Rounds(p.Default) {
			c.Request.Rounds = 0
		}
	}
	f.addExtras(&c.Request, numbers)
	if len(cat.Engines) > 0 && f.Engine != cat.Engines[0].Name {
		c.Request.Engine = f.Engine
	}
	if len(cat.Pools) > 0 && f.Pool != cat.Pools[0] {
		c.Request.Pool = f.Pool
	}
	if chosen := f.Chosen(); !slices.Equal(chosen, f.LabImages()) {
		c.Request.Images = chosen
	}
	for _, m := range cat.Methods {
		if f.Methods[m.Name] {
			c.Methods = append(c.Methods, m.Name)
		}
	}
	c.Request.Methods = c.Methods

	c.Faults = r.faults
	if len(f.Chosen()) == 0 {
		c.Faults = append(c.Faults, batch.Fault{Field: "images", Code: batch.CodeNoImages, Text: texts["fault.no_photo"]})
	}
	if len(c.Methods) == 0 && !c.Browser {
		c.Faults = append(c.Faults, batch.Fault{Field: "methods", Code: batch.CodeOutOfRange, Text: texts["fault.no_method"]})
	}
	if len(f.Chain) == 0 {
		c.Faults = append(c.Faults, batch.Fault{Field: "filters", Code: batch.CodeOutOfRange, Text: texts["fault.no_filter"]})
	}
	if len(c.Faults) == 0 {
		c.Faults = hostFaults(f, c, cat)
	}
	return c
}

// addExtras says what is not of every batch, where it is of this one.
func (f *Form) addExtras(r *batch.Request, numbers map[string]int) {
	if f.Methods[batch.Hybrid] {
		r.Processes, r.Threads = numbers["processes"], numbers["threads"]
	}
	if f.Source != batch.SourceFile {
		latency := numbers["latency_ms"]
		r.Source, r.LatencyMS = f.Source, &latency
	}
	if f.Transport != batch.TransportPath {
		r.Transport = f.Transport
	}
	if f.Auto {
		r.Rounds, r.PrecisionPercent, r.BudgetS = batch.AutoRounds, numbers["precision_percent"], numbers["budget_s"]
	}
}

// hostFaults asks the host's own validation.
func hostFaults(f *Form, c Checked, cat batch.Catalogue) []batch.Fault {
	methods := c.Methods
	if len(methods) == 0 {
		methods = []string{batch.Sequential} // the browser runs that strategy
	}
	body, err := json.Marshal(c.Request)
	if err != nil {
		return []batch.Fault{{Code: batch.CodeInternal, Text: filters.Text{ES: err.Error(), EN: err.Error()}}}
	}
	_, err = batch.Parse(body, batch.Endpoint{Methods: methods, MethodsField: true}, batch.Lab{
		Limits: cat.Limits,
		Pool:   poolSize(cat),
		Images: f.LabImages(),
		Exists: func(name string) bool {
			return slices.ContainsFunc(f.Photos, func(p Photo) bool { return p.Name == name })
		},
	})
	var bad *batch.Error
	if !errors.As(err, &bad) {
		return nil
	}
	if len(bad.Faults) == 0 {
		return []batch.Fault{{Code: bad.Code, Text: bad.Text}}
	}
	return bad.Faults
}

func poolSize(cat batch.Catalogue) int {
	for _, p := range cat.Fields {
		if p.Name == "workers" {
			return int(p.Default)
		}
	}
	return 1
}

// reader reads typed numbers and remembers what is wrong with them.
type reader struct{ faults []batch.Fault }

func (r *reader) number(field, typed string, p filters.Param) float64 {
	x, ok := ParseNumber(typed)
	if ok && p.Allows(x) {
		return x
	}
	code := batch.CodeOutOfRange
	if !ok {
		code = batch.CodeWrongType
	}
	allowed := p.Allowed()
	r.faults = append(r.faults, batch.Fault{
		Code: code, Field: field, Allowed: allowed,
		Text: mustBe(allowed),
	})
	return 0
}

// mustBe is the sentence for a number that is not one of those allowed.
func mustBe(allowed filters.Text) filters.Text {
	return filters.Text{ES: ES.T("fault.must_be", allowed.ES), EN: EN.T("fault.must_be", allowed.EN)}
}

// params reads the parameters of the filters in the chain, each filter once.
func (r *reader) params(f *Form, cat batch.Catalogue) map[string]filters.Values {
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

func (r *reader) fields(f *Form, cat batch.Catalogue) map[string]int {
	out := map[string]int{}
	for _, p := range cat.Fields {
		out[p.Name] = int(r.number(p.Name, f.Fields[p.Name], p))
	}
	return out
}

// ParamField is the path of a parameter as the API's faults name it.
func ParamField(filter, param string) string { return "filter_params." + filter + "." + param }

// FilterOf finds a filter of the catalogue.
func FilterOf(cat batch.Catalogue, name string) filters.Filter {
	for _, f := range cat.Filters {
		if f.Name == name {
			return f
		}
	}
	return filters.Filter{Name: name, Title: filters.Text{ES: name, EN: name}}
}

// WorkKey identifies what a request computes, whoever computes it and however
// often: two results may be set side by side only if their keys are equal.
func WorkKey(req batch.Request, lab []string) string {
	if len(req.Images) == 0 {
		req.Images = lab
	}
	key, err := json.Marshal(batch.Request{
		Filters: req.Filters, FilterParams: req.FilterParams,
		Count: req.Count, Images: req.Images, Engine: req.Engine, Source: req.Source, LatencyMS: req.LatencyMS,
	})
	if err != nil {
		return ""
	}
	return string(key)
}
