package request

import (
	"slices"
	"strconv"
	"strings"

	"carriles/executor/text"
	"carriles/filters"
)

// Request is what a batch is asked for with: what the page posts, the curl
// command shows and a report repeats. Absent fields mean their defaults.
type Request struct {
	Filters      []string                  `json:"filters,omitempty"`
	FilterParams map[string]filters.Values `json:"filter_params,omitempty"`
	Count        int                       `json:"count,omitempty"`
	Images       []string                  `json:"images,omitempty"`
	Workers      int                       `json:"workers,omitempty"`
	Rounds       Rounds                    `json:"rounds,omitempty"`
	Warmup       int                       `json:"warmup,omitempty"`
	Engine       string                    `json:"engine,omitempty"`
	Pool         string                    `json:"pool,omitempty"`
	Source       string                    `json:"source,omitempty"`
	// LatencyMS is a pointer because 0 is not its default.
	LatencyMS *int   `json:"latency_ms,omitempty"`
	Transport string `json:"transport,omitempty"`
	Processes int    `json:"processes,omitempty"`
	Threads   int    `json:"threads,omitempty"`
	Devices   int    `json:"devices,omitempty"`
	// PrecisionPercent and BudgetS are for AutoRounds.
	PrecisionPercent int      `json:"precision_percent,omitempty"`
	BudgetS          int      `json:"budget_s,omitempty"`
	Methods          []string `json:"methods,omitempty"`
	// Variants are partial requests, of the fields that may differ; Control adds the
	// first contestant once more.
	Variants []Request `json:"variants,omitempty"`
	Control  bool      `json:"control,omitempty"`
	// Method and Iterations are the stress test's.
	Method     string `json:"method,omitempty"`
	Iterations int    `json:"num_iterations,omitempty"`
	Chaos      *Chaos `json:"chaos,omitempty"`
	Alone      bool   `json:"alone,omitempty"`
	GIL        *GIL   `json:"gil,omitempty"`
	// Over makes a sweep of it, at Values.
	Over   string    `json:"over,omitempty"`
	Values []float64 `json:"values,omitempty"`
}

// Of is the request that asks for a spec again. Everything that matters is
// named, so that it means the same on a machine with other defaults.
func Of(s Spec) Request {
	var r Request
	fields := Fields(Endpoint{MethodsField: !s.Sample, Stress: s.Sample, Sweep: s.Sweep != nil}, Lab{})
	for _, f := range fields {
		if f.write != nil {
			f.write(s, &r)
		} else if f.Kind == Choice {
			f.SetName(&r, *f.name.spec(&s))
		}
	}
	for _, f := range fields { // what else is asked for says which numbers matter
		if n, asked := f.NumberOf(s, r); asked {
			f.SetNumber(&r, n)
		}
	}
	return r
}

// BatchPath begins the paths of the endpoints that run a batch.
const BatchPath = "/api/process-batch/"

// Endpoint is the path that r is posted to, and r as that path takes it: one
// method has its own.
func (r Request) Endpoint() (string, Request) {
	switch {
	case r.Over != "":
		return "/api/sweep/", r
	case r.Method != "":
		return BatchPath + "stress/", r
	case len(r.Methods) == 1 && len(r.Variants) == 0 && !r.Control:
		path := BatchPath + r.Methods[0] + "/"
		r.Methods = nil
		return path, r
	}
	return BatchPath + "compare-all/", r
}

// runs reports whether a method is among those that are asked for.
func (r Request) runs(method string) bool {
	return r.Method == method || slices.Contains(r.Methods, method)
}

// inRoom reports whether a method of the room's devices is among them.
func (r Request) inRoom() bool {
	return Described(r.Method).Room || slices.ContainsFunc(r.Methods, func(m string) bool { return Described(m).Room })
}

// Rounds is a number of rounds in a Request; AutoRounds leaves it to the lab.
type Rounds int

// AutoRounds stands as auto in the JSON.
const AutoRounds Rounds = -1

const auto = "auto"

func (r Rounds) MarshalJSON() ([]byte, error) {
	if r == AutoRounds {
		return []byte(`"` + auto + `"`), nil
	}
	return strconv.AppendInt(nil, int64(r), 10), nil
}

// UnmarshalJSON implements json.Unmarshaler. A number below 0 is an error:
// AutoRounds has its name.
func (r *Rounds) UnmarshalJSON(data []byte) error {
	if string(data) == `"`+auto+`"` {
		*r = AutoRounds
		return nil
	}
	n, err := strconv.ParseUint(string(data), 10, 31)
	if err == nil {
		*r = Rounds(n)
	}
	return err
}

// InBrowser is the same batch for one Web Worker: without what says how the
// host spreads the work and where its images come from, and once.
func (r Request) InBrowser() Request {
	return Request{Filters: r.Filters, FilterParams: r.FilterParams, Count: r.Count, Images: r.Images, Engine: r.Engine}
}

// CurlLine is a request with a JSON body, or without one, as one line for a
// POSIX shell.
func CurlLine(method, url, body string) string {
	if body == "" {
		return "curl " + ShellQuote(url)
	}
	return "curl -X " + method + " " + ShellQuote(url) +
		" -H " + ShellQuote("Content-Type: application/json") +
		" -d " + ShellQuote(body)
}

// ShellQuote makes s one word of a POSIX shell.
func ShellQuote(s string) string {
	safe := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("@%+=:,./-_", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !safe(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// Catalogue is the answer of GET /api/filters/: all that a form needs.
type Catalogue struct {
	Filters      []filters.Filter     `json:"filters"`
	Engines      []filters.EngineInfo `json:"engines"`
	Methods      []Method             `json:"methods"`
	Fields       []filters.Param      `json:"fields"` // of the common body
	Pools        []string             `json:"pools"`
	Sources      []Option             `json:"sources"`
	Transports   []Option             `json:"transports"`
	SweepAxes    []SweepAxis          `json:"sweep_axes"`
	DefaultChain []string             `json:"default_chain"`
	MaxSteps     int                  `json:"max_steps"`
	PoolReason   text.Text            `json:"pool_reason"` // of the default of workers
	Shapes       map[string]Shape     `json:"shapes"`      // of the methods, with the default of workers
	MaxUpload    int64                `json:"max_upload"`  // bytes a file
	Limits       Limits               `json:"limits"`
}

func NewCatalogue(lab Lab, maxUpload int64) Catalogue {
	c := Catalogue{
		Filters:      filters.All(),
		Engines:      Engines(),
		Methods:      Methods(),
		Fields:       whole(Fields(Endpoint{}, lab)),
		Pools:        PoolKinds(),
		Sources:      Sources(),
		Transports:   Transports(lab.Lacks),
		SweepAxes:    SweepAxes(lab.Limits, lab.Pool),
		DefaultChain: DefaultChain(),
		MaxSteps:     maxSteps,
		PoolReason:   lab.PoolReason,
		Shapes:       map[string]Shape{},
		MaxUpload:    maxUpload,
		Limits:       lab.Limits,
	}
	for i, m := range c.Methods {
		if m.Python && lab.PythonLacks != nil {
			c.Methods[i].Lacks = lab.PythonLacks()
		}
		c.Shapes[m.Name] = m.Shape(DefaultWorkforce(lab.Pool))
	}
	return c
}

// Lab is what the catalogue was made of, as far as it tells.
func (c Catalogue) Lab() Lab {
	lab := Lab{Limits: c.Limits, PoolReason: c.PoolReason, Lacks: map[string]text.Text{}}
	for _, p := range c.Fields {
		if p.Name == "workers" {
			lab.Pool = int(p.Default)
		}
	}
	for _, m := range c.Methods {
		if m.Lacks != nil {
			lab.PythonLacks = func() *text.Text { return m.Lacks }
		}
	}
	for _, t := range c.Transports {
		if t.Lacks != nil {
			lab.Lacks[t.Name] = *t.Lacks
		}
	}
	return lab
}
