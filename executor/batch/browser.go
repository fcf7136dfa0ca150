package batch

// The page and its Web Worker speak in two messages. The page posts
// {type: "run", job: <BrowserJob as JSON>}; the worker posts any number of
// {type: "event", event: <BrowserEvent as JSON>, blobs: [Blob, ...]} of which
// the last has Phase "done" or "error". The page cancels by terminating the
// worker.

// BrowserJob is a batch for the page's own Web Worker.
type BrowserJob struct {
	Request Request `json:"request"`
	// Images is the default set, for a request that names none.
	Images []string `json:"images"`
	Limits Limits   `json:"limits"`
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
	// Result and Outputs come with PhaseDone. Outputs names the photograph of
	// each blob of the message: one blob a distinct photograph.
	Result    *MethodResult `json:"result,omitempty"`
	Outputs   []string      `json:"outputs,omitempty"`
	DownloadS float64       `json:"download_s,omitempty"`
	Error     string        `json:"error,omitempty"` // with PhaseError, in English, for the page to show as a detail
}
