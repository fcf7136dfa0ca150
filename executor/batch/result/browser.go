package result

import "carriles/executor/batch/request"

// The page and its Web Worker speak in two messages. The page posts
// {type: "run", job: <BrowserJob as JSON>}; the worker posts any number of
// {type: "event", event: <BrowserEvent as JSON>, blobs: [Blob, ...]} of which
// the last has Phase "done" or "error". The page cancels by terminating the
// worker, and with it go those that it has started.
//
// A job with Workers starts so many Web Workers of the same script beneath the
// first, which computes nothing itself. It posts {type: "serve", job} to each,
// and hears {type: "ready", start: <BrowserStart as JSON>}. Then it posts tasks,
// one at a time to each worker: {type: "task", index, data: ArrayBuffer},
// the photograph; and hears {type: "outcome", outcome: <BrowserOutcome as JSON>,
// data: ArrayBuffer}, the encoded output, empty if the task failed. Both buffers
// are transferred: what they cost is the copy out of one WebAssembly memory and
// into another. A worker that cannot go on posts the event "error".

// BrowserJob is a batch for the page's own Web Worker.
type BrowserJob struct {
	// Method is one of BrowserMethods; empty means Browser.
	Method  string          `json:"method"`
	Request request.Request `json:"request"`
	// Workers is how many Web Workers share the tasks; 0: the one that is asked
	// does them itself.
	Workers int `json:"workers"`
	// Images is the default set, for a request that names none.
	Images []string       `json:"images"`
	Limits request.Limits `json:"limits"`
}

// The phases of a browser's run beyond PhaseTimed and PhaseVerify.
const (
	PhaseDownload = "download" // outside the clock: the photographs arrive
	PhaseDone     = "done"
	PhaseError    = "error"
)

// BrowserEvent is what the Web Worker tells the page.
type BrowserEvent struct {
	Phase string `json:"phase"`
	Done  int    `json:"done"`
	Total int    `json:"total"`
	// Lanes comes with progress of a round, some times a second.
	Lanes *LanesEvent `json:"lanes,omitempty"`
	// Result, Timeline and Outputs come with PhaseDone. Outputs names the
	// photograph of each blob of the message: one blob a distinct photograph.
	Result    *MethodResult `json:"result,omitempty"`
	Timeline  *Timeline     `json:"timeline,omitempty"` // of the median round
	Outputs   []string      `json:"outputs,omitempty"`
	DownloadS float64       `json:"download_s,omitempty"`
	// Starts says how each worker that computed was started: in the median
	// round of a cold pool, or before the clock.
	Starts []BrowserStart `json:"starts,omitempty"`
	Error  string         `json:"error,omitempty"` // with PhaseError, in English, for the page to show as a detail
}

// BrowserStart is how long a Web Worker took until it could compute, in
// seconds.
type BrowserStart struct {
	// TotalS is from the moment at which it was asked for until its first word;
	// what of it is not in the other two is the browser's own start of a thread
	// and its script. It is 0 for the first worker of a page, which nobody timed.
	TotalS float64 `json:"total_s"`
	// CompileS is the program's download, or its reading from the browser's
	// cache, and its compilation, which go on together.
	CompileS     float64 `json:"compile_s"`
	InstantiateS float64 `json:"instantiate_s"` // its memory, and Go's own start
	// OriginMS is where the worker's clock has its zero: milliseconds since 1970
	// on the clock that all workers of a browser share.
	OriginMS float64 `json:"origin_ms"`
}

// BrowserOutcome is what became of a task in one of several Web Workers.
type BrowserOutcome struct {
	Result TaskResult    `json:"result"`
	Format string        `json:"format"` // of the output
	Spans  []BrowserSpan `json:"spans"`
}

// BrowserSpan is a trace.Span on its worker's clock, in nanoseconds.
type BrowserSpan struct {
	Stage   uint8 `json:"stage"`
	Step    int   `json:"step"`
	StartNS int64 `json:"start_ns"`
	EndNS   int64 `json:"end_ns"`
}
