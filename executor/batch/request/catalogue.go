package request

import (
	"carriles/executor/text"
	"carriles/filters"
)

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

// NewCatalogue builds the catalogue from the declarations.
func NewCatalogue(lab Lab, maxUpload int64) Catalogue {
	c := Catalogue{
		Filters:      filters.All(),
		Engines:      filters.Engines(),
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
	for _, m := range c.Methods {
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
	for _, t := range c.Transports {
		if t.Lacks != nil {
			lab.Lacks[t.Name] = *t.Lacks
		}
	}
	return lab
}
