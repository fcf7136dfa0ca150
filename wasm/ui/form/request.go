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
	Faults []fault.Fault
}

// Fault finds the first fault of a field.
func (c Checked) Fault(field string) (fault.Fault, bool) {
	for _, f := range c.Faults {
		if f.Field == field {
			return f, true
		}
	}
	return fault.Fault{}, false
}

// Check turns the form into a request and names everything that is wrong with
// it. The typed numbers are checked here; all else by the very function that
// the host will check the request with.
func (f *Form) Check(cat request.Catalogue) Checked {
	r := reader{}
	var c Checked
	c.Request.Filters = slices.Clone(f.Chain)
	c.Request.FilterParams = r.params(f, cat)
	numbers := r.fields(f, cat)
	c.Request.Count = numbers["count"]
	c.Request.Rounds, c.Request.Warmup = request.Rounds(numbers["rounds"]), numbers["warmup"]
	c.Request.Workers = numbers["workers"]
	for _, p := range cat.Fields {
		// The host gives a default its reason, so it is left out; the count is
		// said always, because a reader of the command will look for it.
		if p.Name == "workers" && c.Request.Workers == int(p.Default) {
			c.Request.Workers = 0
		}
		if p.Name == "rounds" && c.Request.Rounds == request.Rounds(p.Default) {
			c.Request.Rounds = 0
		}
	}
	f.addExtras(&c.Request.Request, numbers)
	c.Request.Chaos = r.chaos(f, numbers["count"])
	if axis, ok := AxisNamed(cat, f.Over); ok {
		c.Request.Over, c.Request.Values = f.Over, r.values(f.Values, axis.Param)
	}
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
	if len(c.Methods) == 0 && len(c.Browsers) == 0 {
		c.Faults = append(c.Faults, fault.Fault{Field: "methods", Code: fault.CodeOutOfRange, Text: i18n.Both("fault.no_method")})
	}
	if len(c.Browsers) > 0 && (f.Source != request.SourceFile || f.Over != "") {
		c.Faults = append(c.Faults, fault.Fault{Field: "methods", Code: fault.CodeContradiction, Text: i18n.Both("fault.browser")})
	}
	if len(f.Chain) == 0 {
		c.Faults = append(c.Faults, fault.Fault{Field: "filters", Code: fault.CodeOutOfRange, Text: i18n.Both("fault.no_filter")})
	}
	if len(c.Faults) == 0 {
		c.Faults = hostFaults(f, c, cat)
	}
	return c
}

// Asks reports whether a number of the common body matters to the batch as it
// stands: what does not is neither shown nor read.
func (f *Form) Asks(field string) bool {
	switch field {
	case "processes", "threads":
		return f.Methods[request.Hybrid] && f.Over != request.OverWorkers
	case "latency_ms":
		return f.Source == request.SourceHTTP && f.Over != request.OverLatency
	case "rounds":
		return !f.Auto
	case "precision_percent", "budget_s":
		return f.Auto
	case "workers":
		return f.Over != request.OverWorkers
	}
	return true
}

// addExtras says what is not of every batch, where it is of this one.
func (f *Form) addExtras(r *request.Request, numbers map[string]int) {
	r.Processes, r.Threads = numbers["processes"], numbers["threads"]
	if f.Source != request.SourceFile {
		r.Source = f.Source
		if latency, asked := numbers["latency_ms"]; asked {
			r.LatencyMS = &latency
		}
	}
	if f.Transport != request.TransportPath {
		r.Transport = f.Transport
	}
	if f.Auto {
		r.Rounds, r.PrecisionPercent, r.BudgetS = request.AutoRounds, numbers["precision_percent"], numbers["budget_s"]
	}
}

// hostFaults asks the host's own validation.
func hostFaults(f *Form, c Checked, cat request.Catalogue) []fault.Fault {
	methods := c.Methods
	if len(methods) == 0 {
		methods = []string{request.Sequential} // the browser runs that strategy
	}
	body, err := json.Marshal(c.Request)
	if err != nil {
		return []fault.Fault{{Code: fault.CodeInternal, Text: text.Text{ES: err.Error(), EN: err.Error()}}}
	}
	lacks := map[string]text.Text{}
	for _, t := range cat.Transports {
		if t.Lacks != nil {
			lacks[t.Name] = *t.Lacks
		}
	}
	_, err = request.Parse(body, request.Endpoint{Methods: methods, MethodsField: true, Runs: true}, request.Lab{
		Lacks:  lacks,
		Limits: cat.Limits,
		Pool:   poolSize(cat),
		Images: f.LabImages(),
		Exists: func(name string) bool {
			return slices.ContainsFunc(f.Photos, func(p Photo) bool { return p.Name == name })
		},
	})
	var bad *fault.Error
	if !errors.As(err, &bad) {
		return nil
	}
	if len(bad.Faults) == 0 {
		return []fault.Fault{{Code: bad.Code, Text: bad.Text}}
	}
	return bad.Faults
}

func poolSize(cat request.Catalogue) int {
	for _, p := range cat.Fields {
		if p.Name == "workers" {
			return int(p.Default)
		}
	}
	return 1
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

// fields reads the numbers that the form shows.
func (r *reader) fields(f *Form, cat request.Catalogue) map[string]int {
	out := map[string]int{}
	for _, p := range cat.Fields {
		if f.Asks(p.Name) {
			out[p.Name] = int(r.number(p.Name, f.Fields[p.Name], p))
		}
	}
	return out
}

// chaos reads after how many of count images a worker is to be killed: after
// the last there is nothing left to lose.
func (r *reader) chaos(f *Form, count int) *request.Chaos {
	if strings.TrimSpace(f.KillAfter) == "" {
		return nil
	}
	p := filters.Param{Kind: filters.Int, Min: 1, Max: float64(max(1, count-1)), Step: 1}
	return &request.Chaos{KillAfter: int(r.number(killField, f.KillAfter, p))}
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

// FilterOf finds a filter of the catalogue.
func FilterOf(cat request.Catalogue, name string) filters.Filter {
	for _, f := range cat.Filters {
		if f.Name == name {
			return f
		}
	}
	return filters.Filter{Name: name, Title: text.Text{ES: name, EN: name}}
}
