package request

import (
	"slices"

	"carriles/executor/text"
)

// The methods of the page's own Web Workers besides Browser. The host never runs
// them, and LookupMethod doesn't know them.
const (
	BrowserPlain   = "browser-plain"
	BrowserWorkers = "browser-workers"
)

// browserMethods declares the browser's methods, the baseline first.
func browserMethods() []Method {
	single := func(Workforce) Shape { return Shape{Processes: 1, Goroutines: 1, MaxProcs: 1} }
	return []Method{
		{
			Name:    Browser,
			Title:   text.Text{ES: "Este navegador", EN: "This browser"},
			Help:    text.Text{ES: "el mismo código en WebAssembly con vectores, en un hilo aparte de este navegador", EN: "the same code in WebAssembly with vectors, on a thread of its own in this browser"},
			Subject: text.Text{ES: "este navegador", EN: "this browser"},
			shape:   single,
		},
		{
			Name:    BrowserPlain,
			Title:   text.Text{ES: "Navegador, sin vectores", EN: "Browser, no vectors"},
			Help:    text.Text{ES: "el mismo código en WebAssembly sin instrucciones de vectores", EN: "the same code in WebAssembly without vector instructions"},
			Subject: text.Text{ES: "el navegador sin vectores", EN: "the browser without vectors"},
			shape:   single,
		},
		{
			Name:    BrowserWorkers,
			Title:   text.Text{ES: "Navegador, varios workers", EN: "Browser, several workers"},
			Help:    text.Text{ES: "el multiproceso del navegador: cada worker tiene su programa y su memoria, y las imágenes se reparten de una en una", EN: "the browser's own multiprocessing: each worker has its program and its memory, and images are dealt out one at a time"},
			Subject: text.Text{ES: "el navegador con varios workers", EN: "the browser with several workers"},
			shape:   func(w Workforce) Shape { return Shape{Processes: w.Workers, Goroutines: 1, MaxProcs: 1} },
		},
	}
}

// BrowserMethods names the browser's methods, the baseline first.
func BrowserMethods() []string {
	return each(browserMethods(), func(m Method) string { return m.Name })
}

// LookupBrowserMethod finds a method of the browser's by its name.
func LookupBrowserMethod(name string) (Method, bool) {
	return find(browserMethods(), name)
}

// Described finds any method by its name, to speak of it: one that is none has
// only a name, which is its title too.
func Described(name string) Method {
	if m, ok := find(append(Methods(), browserMethods()...), name); ok {
		return m
	}
	return Method{Name: name, Title: text.Text{ES: name, EN: name}}
}

func find(methods []Method, name string) (Method, bool) {
	i := slices.IndexFunc(methods, func(m Method) bool { return m.Name == name })
	if i < 0 {
		return Method{}, false
	}
	return methods[i], true
}
