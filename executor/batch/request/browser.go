package request

// The methods of the page's own Web Workers besides Browser, which is one
// worker with vector instructions and what the others are compared with. The
// host never runs them, and LookupMethod doesn't know them.
const (
	BrowserPlain   = "browser-plain"   // one worker, in plain WebAssembly
	BrowserWorkers = "browser-workers" // N workers, each with its own program and memory
)

// BrowserMethods lists the browser's methods, the baseline first.
func BrowserMethods() []string { return []string{Browser, BrowserPlain, BrowserWorkers} }
