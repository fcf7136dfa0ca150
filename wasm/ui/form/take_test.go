package form

import (
	"testing"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/wasm/ui/i18n"
)

// A form that has taken a run's request stands for the same batch, whatever it was
// of and whichever language its numbers are typed in.
func TestTake(t *testing.T) {
	for name, tt := range map[string]struct {
		body     string
		endpoint request.Endpoint
		differs  bool
	}{
		"nothing said":     {`{}`, runs, false},
		"one round":        {`{"rounds": 1}`, runs, false}, // which is not what a comparison has by itself
		"the guide's":      {`{"filters": ["resize", "sharpen"], "filter_params": {"resize": {"width": 640, "height": 480}, "sharpen": {"intensity": 2}}, "count": 7, "rounds": 3}`, runs, false},
		"a fraction":       {`{"filters": ["blur"], "filter_params": {"blur": {"radius": 0.5}}, "methods": ["threading"], "workers": 3, "pool": "warm", "engine": "bild"}`, runs, false},
		"a filter twice":   {`{"filters": ["sharpen", "brightness", "sharpen"], "warmup": 2}`, runs, false},
		"one photograph":   {`{"images": ["b.jpg"], "count": 3}`, runs, false},
		"another's upload": {`{"images": ["uploads/c.jpg", "a.jpg"], "count": 3}`, runs, true}, // in another order
		"its upload":       {`{"images": ["a.jpg", "uploads/c.jpg"], "count": 3}`, runs, false},
		"automatic rounds": {`{"rounds": "auto", "precision_percent": 7, "budget_s": 30}`, runs, false},
		"a slow server":    {`{"source": "http", "latency_ms": 250}`, runs, false},
		"a lock":           {`{"methods": ["sequential", "threading-gil"], "gil": {"released_in": ["filter"]}}`, runs, false},
		"a killed process": {`{"chaos": {"kill_after": 2}, "transport": "pipe"}`, runs, false},
		"the hybrid":       {`{"methods": ["hybrid"], "processes": 2, "threads": 3}`, runs, false},
		"a sweep":          {`{"over": "workers", "values": [1, 2, 4]}`, runs, false},
		"variants":         {`{"methods": ["threading"], "variants": [{"pool": "cold"}, {"pool": "warm"}]}`, runs, false},
		"other variants":   {`{"methods": ["threading"], "variants": [{"workers": 3}, {"workers": 5}]}`, runs, true},
		"a control":        {`{"methods": ["threading"], "control": true}`, runs, false},
		"under load":       {`{"method": "threading", "count": 8}`, request.Endpoint{Methods: []string{request.Threading}, Stress: true}, true},
	} {
		for _, lang := range []i18n.Lang{i18n.ES, i18n.EN} {
			f, cat := newForm(t)
			f.Respell(lang)
			lab := cat.Lab()
			lab.Images = f.LabImages()
			lab.Exists = func(string) bool { return true }
			if tt.endpoint.Methods == nil {
				tt.endpoint.Methods = request.GuideMethods()
			}
			spec, err := request.Parse([]byte(tt.body), tt.endpoint, lab)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			f.Take(cat, lang, spec, []result.ImageInfo{{Name: "a.jpg"}, {Name: "uploads/c.jpg"}, {Name: "uploads/d.jpg"}})
			c := f.Check(cat)
			if c.Differs(spec) != tt.differs {
				t.Errorf("%s, %s: differs: %v; the request is %+v, its faults %+v", name, lang, !tt.differs, c.Request, c.Faults)
			}
			f.Fields["count"] = "9"
			if !f.Check(cat).Differs(spec) {
				t.Errorf("%s: another count makes no difference", name)
			}
			f.Fields["count"] = "none"
			if !f.Check(cat).Differs(spec) {
				t.Errorf("%s: a form that cannot be measured is the same as what was", name)
			}
		}
	}
}

// What only the browser measured is compared by what the browser was asked.
func TestDiffersFromTheBrowsers(t *testing.T) {
	f, cat := newForm(t)
	f.Methods = map[string]bool{request.Browser: true}
	spec := f.Check(cat).Spec
	spec.Methods, spec.Workers = []string{request.Browser}, 1 // as measure.browserJob sets them
	if f.Check(cat).Differs(spec) {
		t.Error("the form as it was measured differs")
	}
	f.Chain = []string{"edges"}
	if !f.Check(cat).Differs(spec) {
		t.Error("another chain does not differ")
	}
}
