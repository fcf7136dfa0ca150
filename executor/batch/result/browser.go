package result

import "carriles/executor/batch/request"

// The page and its Web Worker, the agent, speak in messages of the browser's. The
// page posts {type: "run", job: <BrowserJob as JSON>}; the agent posts any number
// of {type, text, blobs}: what happens in the words of the host's event stream,
// and last EventDone or EventBroken. Of a job that takes turns it posts EventTurn
// before each round, which begins when the page has posted {type: "go"}. The page cancels by terminating the agent,
// and with it go the workers beneath it (executor/crew/webworker).
const (
	EventProgress = "progress" // a Progress as JSON
	EventLanes    = "lanes"    // a LanesEvent as JSON, as the host's stream has it
	EventTurn     = "turn"     // a Turn as JSON
	EventDone     = "done"     // a BrowserOutcome as JSON, and a blob for each of its Outputs
	EventBroken   = "broken"   // why there is no result: words, in English, to be shown as a detail
)

// PhaseDownload is the phase of a browser's run before the clock: the photographs
// arrive.
const PhaseDownload = "download"

// BrowserJob is a batch for the page's own Web Workers.
type BrowserJob struct {
	// Spec is the batch. Its Methods are some of request.BrowserMethods, whose
	// rounds are interleaved, and its Workers are how many Web Workers
	// request.BrowserWorkers has. Its source and transport are not the browser's.
	Spec request.Spec `json:"spec"`
	// TimeoutS is how many seconds one attempt at one image may take; 0 for what
	// a phone needs.
	TimeoutS float64 `json:"timeout_s,omitempty"`
	// Turns says that the page lets each round begin: it has the host measure between
	// them, where the two share a machine.
	Turns bool `json:"turns,omitempty"`
}

// Turn is the round that is about to begin.
type Turn struct {
	Counted bool `json:"counted"` // it is no warm-up
}

// BrowserOutcome is what a job has given.
type BrowserOutcome struct {
	Comparison *Comparison `json:"comparison"` // of the job's methods
	// Starts says of each method how the workers of its median round were started,
	// by lane.
	Starts    map[string][]BrowserStart `json:"starts"`
	Outputs   []BrowserOutput           `json:"outputs"`
	DownloadS float64                   `json:"download_s"`
}

// BrowserOutput says whose output a blob is: of each method one for each distinct
// photograph.
type BrowserOutput struct {
	Method string `json:"method"`
	Image  string `json:"image"` // the photograph
}

// BrowserStart is how long a Web Worker took until it could compute, in
// seconds.
type BrowserStart struct {
	// TotalS is from the moment at which it was asked for until its first word;
	// what of it is not in the other two is the browser's own start of a thread
	// and its script.
	TotalS float64 `json:"total_s"`
	// CompileS is the program's download, or its reading from the browser's
	// cache, and its compilation, which go on together.
	CompileS     float64 `json:"compile_s"`
	InstantiateS float64 `json:"instantiate_s"` // its memory, and Go's own start
}
