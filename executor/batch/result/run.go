package result

import (
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/fault"
	"carriles/executor/text"
)

// State is where a run stands.
type State string

// The states of a run. All but Queued and Running are final.
const (
	Queued    State = "queued"
	Running   State = "running"
	Done      State = "done"
	Failed    State = "failed"
	Cancelled State = "cancelled"
	// Interrupted is what a run is found to be when the server that ran it is
	// gone.
	Interrupted State = "interrupted"
)

// Final reports whether nothing will happen to the run any more.
func (s State) Final() bool { return s != Queued && s != Running }

// The phases of a running run.
const (
	PhaseCeiling = "ceiling" // before any round: what the cores give
	PhaseWarmup  = "warmup"  // a round that is not counted
	PhaseTimed   = "timed"
	PhaseVerify  = "verify" // outside the clock: outputs are decoded, compared, previewed
)

// Progress is how far a running run has come.
type Progress struct {
	Phase  string `json:"phase,omitempty"`
	Method string `json:"method,omitempty"`
	Round  int    `json:"round"` // from 1, warm-up rounds included
	Rounds int    `json:"rounds"`
	Done   int    `json:"done"` // images finished in this round
	Total  int    `json:"total"`
	Failed int    `json:"failed"`
	// Point of Points, at Value, is where a sweep stands.
	Point  int     `json:"point,omitempty"`
	Points int     `json:"points,omitempty"`
	Value  float64 `json:"value,omitempty" digits:"exact"`
	// Overall counts executions over the whole run, of OverallTotal.
	Overall      int `json:"overall"`
	OverallTotal int `json:"overall_total"`
}

// Forecast is about how long a run takes, in seconds.
type Forecast struct {
	TotalS float64 `json:"total_s"` // from its start to its end
	LeftS  float64 `json:"left_s"`  // from now on, without what waits before it
	// From is what it is taken from: "reckoning", "history" (earlier runs on this
	// machine) or "run" (how fast it has gone so far).
	From string `json:"from"`
	// Count is of how many images, where it was asked how many fit into a time.
	Count int `json:"count,omitempty"`
}

// RunView is a run as the API shows it: an event's data, and the answer of
// GET /api/runs/{id}/, which alone carries the Result.
type RunView struct {
	ID       string       `json:"id"`
	State    State        `json:"state"`
	Position int          `json:"position"` // runs ahead of it in the queue; 0 when running
	Progress Progress     `json:"progress"`
	Created  time.Time    `json:"created"`
	Started  *time.Time   `json:"started,omitempty"`
	Finished *time.Time   `json:"finished,omitempty"`
	Spec     request.Spec `json:"spec"`
	// Forecast is that of a run that is not final.
	Forecast *Forecast `json:"forecast,omitempty"`
	// Winner is that of a comparison that is done: a method's name, or "none".
	Winner string `json:"winner,omitempty"`
	// Times are that comparison's, in seconds by method: what a list tells of it.
	Times map[string]float64 `json:"times,omitempty"`
	// Error and ErrorEN say why it failed, in Spanish and in English.
	Error   *fault.ErrorBody `json:"error,omitempty"`
	ErrorEN *fault.ErrorBody `json:"error_en,omitempty"`
	Result  *Comparison      `json:"result,omitempty"`
	// Sweep is the result of a sweep, in place of Result.
	Sweep *Sweep `json:"sweep,omitempty"`
}

// Accepted is the answer of POST /api/runs/.
type Accepted struct {
	RunView
	// CancelToken is what DELETE wants as X-Cancel-Token. Nobody is told it again.
	CancelToken string `json:"cancel_token"`
}

// QueuedRun is a run that is measured or waits, as everybody may see it. It does
// not say whose it is: who asked for it knows its id.
type QueuedRun struct {
	ID       string   `json:"id"`
	State    State    `json:"state"`
	Position int      `json:"position"` // runs ahead of it; 0 when running
	Methods  []string `json:"methods"`
	Images   int      `json:"images"` // of the batch, which each method goes through in each round
	// Over is the axis of a sweep, whose batch is run at several values; empty
	// for any other run.
	Over string `json:"over,omitempty"`
	// EstimateS is in about how many seconds it will have ended, with all that is
	// before it, as things stood when the list was made.
	EstimateS float64 `json:"estimate_s"`
}

// Queue is the data of an event "queue": the running run, then the waiting ones
// in their order.
type Queue struct {
	Runs []QueuedRun `json:"queue"`
}

// ImageInfo describes one photograph of the lab.
type ImageInfo struct {
	Name       string `json:"name"` // as the "images" field wants it
	URL        string `json:"url"`
	PreviewURL string `json:"preview_url"` // a small JPEG; made when it is asked for
	Format     string `json:"format"`
	Width      int    `json:"width"`
	Height     int    `json:"height"`
	SizeBytes  int64  `json:"size_bytes"`
}

// ImagesInfo is the answer of GET /api/image/info/.
type ImagesInfo struct {
	Count  int         `json:"count"`
	Images []ImageInfo `json:"images"`
	// Ignored are the files of static/images/ that are not images; Field is
	// the file's name.
	Ignored []fault.FaultBody `json:"ignored,omitempty"`
}

// UploadInfo is the answer of POST /api/images/: what was taken in, and what
// was refused with the reason.
type UploadInfo struct {
	Images  []ImageInfo       `json:"images"`
	Refused []fault.FaultBody `json:"refused,omitempty"`
}

// Instrument is something that a run may use or measure where the system
// allows it.
type Instrument struct {
	Name      string    `json:"name"`
	Available bool      `json:"available"`
	Help      text.Text `json:"help"`
}
