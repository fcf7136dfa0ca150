package filters

// Engine names of the API's "engine" field.
const (
	NativeName = "native"
	BildName   = "bild"
)

// EngineInfo describes an engine without linking its code: the page and the
// validation need to know what it lacks, not how it computes.
type EngineInfo struct {
	Name string `json:"name"`
	Help Text   `json:"help"`
	// Lacks names the filters that the engine does not have, with the reason.
	Lacks map[string]Text `json:"lacks,omitempty"`
}

// Engines lists the engines, the default first.
func Engines() []EngineInfo {
	return []EngineInfo{
		{
			Name: NativeName,
			Help: Text{
				ES: "los filtros propios de Carriles, en Go",
				EN: "Carriles' own kernels, in Go",
			},
		},
		{
			Name: BildName,
			Help: Text{
				ES: "la biblioteca bild de Go; su desenfoque es más débil y su realce difiere en el borde; brillo y tamaño, en un nivel a lo sumo",
				EN: "Go's bild library; its blur is weaker and its sharpen differs at the border; brightness and resize by one level at most",
			},
			Lacks: map[string]Text{
				"edges": {
					ES: "bild no tiene el detector de bordes de Canny",
					EN: "bild has no Canny edge detector",
				},
			},
		},
	}
}

// LookupEngine finds an engine by its name.
func LookupEngine(name string) (EngineInfo, bool) {
	for _, e := range Engines() {
		if e.Name == name {
			return e, true
		}
	}
	return EngineInfo{}, false
}

// Engine is an engine with its code: a kernel for every filter that it has.
type Engine struct {
	Name    string
	Kernels map[string]Kernel
}

// Native returns the engine of this package.
func Native() Engine {
	return Engine{Name: NativeName, Kernels: map[string]Kernel{
		"resize":     resizeKernel,
		"blur":       blurKernel,
		"brightness": brightnessKernel,
		"sharpen":    sharpenKernel,
		"edges":      edgesKernel,
	}}
}

// SIMD names the instruction set that the native kernels were written for:
// plain Go for now, whatever the processor could do.
const SIMD = "none"
