// Package form is the form that describes a batch: its state, the request that it
// stands for with every fault named, the curl line that asks for the same, and its
// view. What it stands for is handed over as measure.Asked; it measures nothing.
package form

import (
	"slices"
	"strconv"
	"strings"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/filters"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/measure"
)

// What the form starts with beyond the catalogue's defaults: enough rounds for
// a spread, after one that is not counted.
const (
	startRounds = 3
	startWarmup = 1
)

// Photo is a photograph that may be chosen.
type Photo struct {
	result.ImageInfo
	Chosen bool
	Own    bool // uploaded from this browser
}

// Form is what the user has put in, numbers as typed.
type Form struct {
	Photos  []Photo
	Chain   []string
	Params  map[string]map[string]string // by filter and parameter
	Fields  map[string]string            // of a request, as typed or chosen
	Auto    bool                         // the lab decides on the rounds
	Methods map[string]bool              // the browser's included
	// Cores is how many threads this browser may have, and BrowserWorkers how
	// many Web Workers are to share a batch.
	Cores          int
	BrowserWorkers string
}

// SetCores says how many threads this browser may have: so many workers at most
// share a batch, and so many do unless somebody types another number.
func (f *Form) SetCores(n int) {
	f.Cores = max(1, n)
	f.BrowserWorkers = strconv.Itoa(f.Cores)
}

// NewForm is the form as it starts: every photograph of the lab, the default
// chain, the guide's three methods.
func NewForm(cat request.Catalogue, lang i18n.Lang) Form {
	f := Form{
		Chain:   slices.Clone(cat.DefaultChain),
		Params:  map[string]map[string]string{},
		Fields:  map[string]string{},
		Methods: map[string]bool{},
	}
	for _, fl := range cat.Filters {
		f.Params[fl.Name] = map[string]string{}
		for _, p := range fl.Params {
			f.Params[fl.Name][p.Name] = lang.Value(p.Default)
		}
	}
	for _, d := range declared(cat) {
		switch d.Kind {
		case filters.Int:
			f.Fields[d.Name] = lang.Value(startValue(d.Param))
		case request.Choice:
			f.Fields[d.Name] = d.First()
		}
	}
	for _, name := range request.GuideMethods() {
		f.Methods[name] = true
	}
	return f
}

func startValue(p filters.Param) float64 {
	switch p.Name {
	case "rounds":
		return min(startRounds, p.Max)
	case "warmup":
		return min(startWarmup, p.Max)
	}
	return p.Default
}

// SetPhotos takes the lab's photographs, all chosen, and this browser's own,
// not chosen: a remembered picture should not change what a lesson measures.
func (f *Form) SetPhotos(lab, own []result.ImageInfo) {
	f.Photos = nil
	for _, info := range lab {
		if !strings.HasPrefix(info.Name, measure.UploadPrefix) {
			f.Photos = append(f.Photos, Photo{ImageInfo: info, Chosen: true})
		}
	}
	for _, info := range own {
		f.Photos = append(f.Photos, Photo{ImageInfo: info, Own: true})
	}
}

// AddOwn takes pictures that were just uploaded, chosen: that is what they were
// uploaded for.
func (f *Form) AddOwn(infos []result.ImageInfo) {
	for _, info := range infos {
		if !slices.ContainsFunc(f.Photos, func(p Photo) bool { return p.Name == info.Name }) {
			f.Photos = append(f.Photos, Photo{ImageInfo: info, Own: true, Chosen: true})
		}
	}
}

func (f *Form) DropOwn(name string) {
	f.Photos = slices.DeleteFunc(f.Photos, func(p Photo) bool { return p.Own && p.Name == name })
}

func (f *Form) Own() []result.ImageInfo {
	var own []result.ImageInfo
	for _, p := range f.Photos {
		if p.Own {
			own = append(own, p.ImageInfo)
		}
	}
	return own
}

func (f *Form) TogglePhoto(name string) {
	for i := range f.Photos {
		if f.Photos[i].Name == name {
			f.Photos[i].Chosen = !f.Photos[i].Chosen
		}
	}
}

func (f *Form) Chosen() []string {
	var names []string
	for _, p := range f.Photos {
		if p.Chosen {
			names = append(names, p.Name)
		}
	}
	return names
}

// LabImages lists the names of the default set, which a request that names no
// image gets.
func (f *Form) LabImages() []string {
	var names []string
	for _, p := range f.Photos {
		if !p.Own {
			names = append(names, p.Name)
		}
	}
	return names
}

func (f *Form) Infos() []result.ImageInfo {
	var infos []result.ImageInfo
	for _, p := range f.Photos {
		infos = append(infos, p.ImageInfo)
	}
	return infos
}

func (f *Form) AddStep(name string) { f.Chain = append(f.Chain, name) }
func (f *Form) DropStep(i int)      { f.Chain = slices.Delete(f.Chain, i, i+1) }

// MoveStep moves the filter at a position by so many places, and reports where
// it is now.
func (f *Form) MoveStep(i, by int) int {
	to := i + by
	if to < 0 || to >= len(f.Chain) {
		return i
	}
	f.Chain[i], f.Chain[to] = f.Chain[to], f.Chain[i]
	return to
}

// Twin reports whether the filter at a position stands earlier in the chain
// already: its parameters are the same ones.
func (f *Form) Twin(i int) bool { return slices.Contains(f.Chain[:i], f.Chain[i]) }

// Respell writes the typed numbers with a language's decimal mark.
func (f *Form) Respell(lang i18n.Lang) {
	for _, values := range f.Params {
		for name, typed := range values {
			values[name] = lang.Respell(typed)
		}
	}
	for name, typed := range f.Fields {
		words := strings.Fields(typed) // a sweep has several
		for i, word := range words {
			words[i] = lang.Respell(word)
		}
		f.Fields[name] = strings.Join(words, " ")
	}
}

// SweepOver chooses what a sweep goes over and begins with that axis' own
// values; an empty name is no sweep.
func (f *Form) SweepOver(cat request.Catalogue, name string, lang i18n.Lang) {
	f.Fields["over"], f.Fields["values"] = "", ""
	if axis, ok := AxisNamed(cat, name); ok {
		f.Fields["over"], f.Fields["values"] = name, spellValues(lang, axis.Values)
	}
}

// AxisNamed finds what a sweep may go over.
func AxisNamed(cat request.Catalogue, name string) (request.SweepAxis, bool) {
	return request.LookupAxis(cat.Limits, cat.Lab().Pool, name)
}

func spellValues(lang i18n.Lang, values []float64) string {
	words := make([]string, len(values))
	for i, x := range values {
		words[i] = lang.Value(x)
	}
	return strings.Join(words, " ")
}

// Releases reports whether a stage is to let the lock go.
func (f *Form) Releases(stage string) bool {
	return slices.Contains(strings.Fields(f.Fields["gil"]), stage)
}

func (f *Form) ToggleReleased(stage string) {
	stages := strings.Fields(f.Fields["gil"])
	if i := slices.Index(stages, stage); i >= 0 {
		stages = slices.Delete(stages, i, i+1)
	} else {
		stages = append(stages, stage)
	}
	f.Fields["gil"] = strings.Join(stages, " ")
}

// Workforce is what the typed numbers make of the shapes; a number that is none
// counts as its default.
func (f *Form) Workforce(cat request.Catalogue) request.Workforce {
	n := map[string]int{}
	for _, p := range cat.Fields {
		n[p.Name] = int(p.Default)
		if x, ok := i18n.ParseNumber(f.Fields[p.Name]); ok && p.Allows(x) {
			n[p.Name] = int(x)
		}
	}
	return request.Workforce{Workers: n["workers"], Processes: n["processes"], Threads: n["threads"]}
}
