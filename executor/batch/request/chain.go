package request

import (
	"encoding/json"

	"carriles/executor/fault"
	"carriles/executor/text"
	"carriles/filters"
)

// chain reads filters; only what the engine has is in the chain, with the
// defaults of its parameters.
func (p *parser) chain(f Field) {
	names := entriesOf(f.Name, DefaultChain())
	if p.body.has(f.Name) {
		names = p.list(f)
	}
	info, _ := filters.LookupEngine(p.spec.Engine)
	p.spec.Steps = []Step{}
	for _, name := range names {
		f, ok := p.filter(name)
		if !ok {
			continue
		}
		if why, lacks := info.Lacks[f.Name]; lacks {
			native := "engine: " + filters.NativeName
			p.fault(fault.CodeEngineLacks, name.field, why, text.Text{ES: native, EN: native})
			continue
		}
		p.spec.Steps = append(p.spec.Steps, Step{Filter: f.Name, Params: f.Defaults()})
	}
}

func (p *parser) filter(name entry) (filters.Filter, bool) {
	f, ok := filters.Lookup(name.value)
	if !ok {
		p.fault(fault.CodeUnknownFilter, name.field,
			text.Sprintf("el filtro «%s» no existe", "there is no filter %q", name.value), oneOf(optionNames(filterOptions())))
	}
	return f, ok
}

// params reads filter_params, by filter name and then by parameter name, into
// the chain.
func (p *parser) params(f Field) {
	if !p.body.has(f.Name) {
		return
	}
	byFilter, ok := p.object(p.body.values[f.Name], f.Name, text.Sprintf("un objeto por nombre de filtro", "an object by filter name"))
	if !ok {
		return
	}
	read := map[string]bool{}
	for _, name := range byFilter.names {
		path := f.Name + "." + name
		of, ok := p.filter(entry{path, name})
		if !ok {
			continue
		}
		if read[of.Name] {
			p.fault(fault.CodeDuplicate, path,
				text.Sprintf("los parámetros de %s están dos veces, con dos nombres", "the parameters of %s stand twice, under two names", of.Name),
				text.Sprintf("uno de los dos nombres", "one of the two names"))
			continue
		}
		read[of.Name] = true
		p.spec.setParam(of.Name, p.paramsOf(of, byFilter.values[name], path))
	}
}

func (p *parser) paramsOf(f filters.Filter, raw json.RawMessage, field string) filters.Values {
	params, ok := p.object(raw, field,
		text.Sprintf("un objeto con los parámetros de %s", "an object with the parameters of %s", f.Name))
	if !ok {
		return nil
	}
	v := filters.Values{}
	for _, name := range params.names {
		path := field + "." + name
		decl, ok := f.Param(name)
		if !ok {
			p.fault(fault.CodeUnknownParam, path,
				text.Sprintf("%s no tiene el parámetro «%s»", "%s has no parameter %q", f.Name, name), oneOf(paramNames(f)))
			continue
		}
		if x, ok := p.float(params.values[name], path, Field{Param: decl}); ok {
			v[name] = x
		}
	}
	return v
}

// checkSize refuses a chain whose result would be larger than the limit.
func (p *parser) checkSize(steps []Step) {
	for _, s := range steps {
		f, _ := filters.Lookup(s.Filter)
		w, h := f.Size(1, 1, s.Params)
		if int64(w)*int64(h) > p.lab.Limits.Pixels {
			p.fault(fault.CodeOutOfRange, "filter_params."+s.Filter,
				text.Sprintf("%s daría una imagen de %d × %d", "%s would give an image of %d x %d", s.Filter, w, h),
				text.Sprintf("hasta %d píxeles en total", "up to %d pixels in all", p.lab.Limits.Pixels))
			return
		}
	}
}
