package request

import (
	"fmt"
	"slices"
	"strings"

	"carriles/executor/text"
	"carriles/filters"
)

// Option is one of the names that a field of the request may have.
type Option struct {
	Name  string    `json:"name"`
	Title text.Text `json:"title"`
	Help  text.Text `json:"help"`
	// Lacks says why this system does not have it; nil where it does.
	Lacks *text.Text `json:"lacks,omitempty"`
}

// The kinds of pool.
const (
	// Cold pools are started inside the clock, as Python's executors are.
	Cold = "cold"
	// Warm pools are started before the clock and reused in every round.
	Warm = "warm"
	// Both has each contestant run from nothing (cold) and running (warm) in turns.
	// What is judged is the running one; how much longer it takes from nothing is
	// what starting costs.
	Both = "both"
)

// Pools lists the kinds of pool, that of one method first.
func Pools() []Option {
	return []Option{
		{Name: Cold, Title: text.Text{ES: "En frío: dentro del tiempo medido", EN: "Cold: inside the measured time"}},
		{Name: Warm, Title: text.Text{ES: "En caliente: antes de medir", EN: "Warm: before the measuring"}},
		{Name: Both, Title: text.Text{ES: "Las dos: desde cero y en marcha", EN: "Both: from nothing and running"}},
	}
}

// poolsOf lists the kinds of pool that an endpoint's requests may have, its default
// first. A comparison has both; where it turns out to be none, byDefault says so.
func poolsOf(ep Endpoint) []Option {
	pools := Pools()
	if ep.Sweep {
		return slices.DeleteFunc(pools, func(o Option) bool { return o.Name == Both })
	}
	if ep.MethodsField || len(ep.Methods) > 1 {
		return slices.Insert(pools[:2], 0, pools[2])
	}
	return pools
}

func PoolKinds() []string { return optionNames(Pools()) }

// Where the read stage gets the photographs.
const (
	SourceFile = "file"
	SourceHTTP = "http"
)

// Sources lists the sources, the default first.
func Sources() []Option {
	return []Option{
		{
			Name:  SourceFile,
			Title: text.Text{ES: "Archivo", EN: "File"},
			Help:  text.Text{ES: "del disco, que casi siempre es la memoria del sistema", EN: "from disk, which nearly always is the system's page cache"},
		},
		{
			Name:  SourceHTTP,
			Title: text.Text{ES: "Servidor lento", EN: "Slow server"},
			Help:  text.Text{ES: "por una conexión HTTP de verdad, que responde tras latency_ms: un lote que espera", EN: "over a real HTTP connection that answers after latency_ms: a batch that waits"},
		},
	}
}

// How a worker process gets its image and gives its result back.
const (
	TransportPath = "path"
	TransportPipe = "pipe"
	TransportShm  = "shm"
	// TransportPixels carries the decoded picture.
	TransportPixels = "pixels"
)

// Transports lists the transports, the default first. lacks are those that
// this system has not, with the reason.
func Transports(lacks map[string]text.Text) []Option {
	all := []Option{
		{
			Name:  TransportPath,
			Title: text.Text{ES: "Ruta", EN: "Path"},
			Help:  text.Text{ES: "solo viaja el nombre: el trabajador lee y escribe los archivos", EN: "only the name travels: the worker reads and writes the files"},
		},
		{
			Name:  TransportPipe,
			Title: text.Text{ES: "Tubería", EN: "Pipe"},
			Help:  text.Text{ES: "los bytes de la imagen van y vuelven por una tubería, como en un Pool de Python", EN: "the image's bytes go and come back through a pipe, as in a Python Pool"},
		},
		{
			Name:  TransportShm,
			Title: text.Text{ES: "Memoria compartida", EN: "Shared memory"},
			Help:  text.Text{ES: "los bytes de la imagen están en memoria que los dos procesos ven", EN: "the image's bytes lie in memory that both processes see"},
		},
		{
			Name:  TransportPixels,
			Title: text.Text{ES: "Píxeles", EN: "Pixels"},
			Help: text.Text{
				ES: "viaja la imagen ya decodificada, como un array de NumPy en un Pool de Python: 24,9 MB para 3840 × 2160. Un solo proceso, el padre, decodifica y codifica, una imagen tras otra; sus tiempos están en receive_s, send_s y server_cpu_time",
				EN: "the decoded picture travels, as a NumPy array does in a Python Pool: 24.9 MB for 3840 × 2160. One process, the parent, decodes and encodes, one image after the other; its times are in receive_s, send_s and server_cpu_time",
			},
		},
	}
	for i, t := range all {
		if why, ok := lacks[t.Name]; ok {
			all[i].Lacks = &why
		}
	}
	return all
}

// The stages that compute, which may let a lock go: as trace.Stage spells them.
const (
	StageDecode = "decode"
	StageFilter = "filter"
	StageEncode = "encode"
)

// ReleasingStages lists the stages that may let the lock of ThreadingGIL go.
// Reading and writing always do.
func ReleasingStages() []Option {
	return []Option{
		{
			Name:  StageDecode,
			Title: text.Text{ES: "Decodificar", EN: "Decode"},
			Help:  text.Text{ES: "como Pillow y OpenCV", EN: "as Pillow and OpenCV"},
		},
		{
			Name:  StageFilter,
			Title: text.Text{ES: "Filtrar", EN: "Filter"},
			Help:  text.Text{ES: "como OpenCV y casi todo Pillow; NumPy, según la operación", EN: "as OpenCV and nearly all of Pillow; NumPy, depending on the operation"},
		},
		{
			Name:  StageEncode,
			Title: text.Text{ES: "Codificar", EN: "Encode"},
			Help:  text.Text{ES: "como Pillow y OpenCV", EN: "as Pillow and OpenCV"},
		},
	}
}

func engineOptions() []Option {
	return each(Engines(), func(e filters.EngineInfo) Option {
		return Option{Name: e.Name, Title: text.Text{ES: e.Name, EN: e.Name}, Help: e.Help}
	})
}

// EnginePure is the engine of Python's methods that computes a filter without any
// library.
const EnginePure = "pure"

// Engines lists the engines, the default first: those of our own workers, and
// what Python's have beside the course's libraries, which they use with any other.
func Engines() []filters.EngineInfo {
	why := text.Text{ES: "en Python puro solo está sharpen", EN: "only sharpen is there in pure Python"}
	return append(filters.Engines(), filters.EngineInfo{
		Name: EnginePure,
		Help: text.Text{
			ES: "sharpen en Python puro, con bucles que no sueltan el GIL; solo con los métodos de Python y con imágenes pequeñas (resize antes)",
			EN: "sharpen in pure Python, in loops that never let the GIL go; only with Python's methods and for small images (resize before)",
		},
		Lacks: map[string]text.Text{"blur": why, "brightness": why, "edges": why},
	})
}

func lookupEngine(name string) filters.EngineInfo {
	all := Engines()
	return all[max(0, slices.IndexFunc(all, func(e filters.EngineInfo) bool { return e.Name == name }))]
}

func filterOptions() []Option {
	return each(filters.All(), func(f filters.Filter) Option { return Option{Name: f.Name, Title: f.Title, Help: f.Help} })
}

func methodOptions() []Option {
	return each(Methods(), func(m Method) Option { return Option{Name: m.Name, Title: m.Title, Help: m.Help} })
}

func axisOptions(lab Lab) []Option {
	return each(SweepAxes(lab.Limits, lab.Pool), func(a SweepAxis) Option { return Option{Name: a.Name, Title: a.Title} })
}

func optionNames(list []Option) []string {
	return each(list, func(o Option) string { return o.Name })
}

// available are the names of what this system has.
func available(list []Option) []string {
	return optionNames(slices.DeleteFunc(slices.Clone(list), func(o Option) bool { return o.Lacks != nil }))
}

func each[T, U any](list []T, f func(T) U) []U {
	out := make([]U, len(list))
	for i, x := range list {
		out[i] = f(x)
	}
	return out
}

func MethodNames() []string {
	return each(Methods(), func(m Method) string { return m.Name })
}

func paramNames(f filters.Filter) []string {
	return each(f.Params, func(p filters.Param) string { return p.Name })
}

// maxListed is how many names oneOf lists: a folder may hold thousands of
// photographs.
const maxListed = 30

// oneOf says "one of: a, b, c" in both languages.
func oneOf(names []string) text.Text {
	list := strings.Join(names[:min(len(names), maxListed)], ", ")
	if len(names) > maxListed {
		list += fmt.Sprintf(", … (%d)", len(names))
	}
	return text.Text{ES: "uno de: " + list, EN: "one of: " + list}
}
