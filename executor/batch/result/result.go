// Package result is what is answered: comparisons, sweeps and their parts, the
// views of runs, and the events of a run under way. Its types are the JSON
// types, shared by the host and the page.
//
// It judges nothing: what follows from samples is executor/analysis's.
package result

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"slices"
	"strings"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/text"
)

// The states of one image's result.
const (
	StatusSuccess = "success"
	StatusError   = "error"
)

// TaskResult is what became of one image: an entry of "results".
type TaskResult struct {
	OriginalPath   string   `json:"original_path" course:"true"`
	ProcessedPath  string   `json:"processed_path,omitempty" course:"true"`
	PreviewPath    string   `json:"preview_path,omitempty"` // a small JPEG of the output
	FiltersApplied []string `json:"filters_applied" course:"true"`
	// ProcessingTime is the seconds of the stages, of the attempt that counted.
	ProcessingTime float64    `json:"processing_time" course:"true"`
	Stages         StageTimes `json:"stages"`
	FileSize       int64      `json:"file_size" course:"true"`
	Worker         int        `json:"worker"` // the lane, from 0; -1 if none finished it
	ProcessID      int        `json:"process_id" course:"true"`
	Attempts       int        `json:"attempts"`
	Status         string     `json:"status" course:"true"`
	// NotVerified is why the output, which is there, could not be looked at: by a
	// fault of the machine. It has no preview then.
	NotVerified *text.Text `json:"not_verified,omitempty"`
	Error       string     `json:"error,omitempty" course:"true"`
	// ErrorText is Error in both languages.
	ErrorText *text.Text `json:"error_text,omitempty"`
}

// Why is the error in a language, or as it stands where it has only one.
func (t TaskResult) Why(lang string) string {
	if t.ErrorText != nil {
		return t.ErrorText.In(lang)
	}
	return t.Error
}

// Image is the photograph's name in static/images/.
func (t TaskResult) Image() string {
	if _, name, ok := strings.Cut(t.OriginalPath, "images/"); ok {
		return name
	}
	return path.Base(t.OriginalPath)
}

// Spread is the five-number summary of a method's samples, in seconds.
type Spread struct {
	Min    float64 `json:"min"`
	Q1     float64 `json:"q1"`
	Median float64 `json:"median"`
	Q3     float64 `json:"q3"`
	Max    float64 `json:"max"`
}

// Percentiles are those of the seconds that an image took in the stages.
type Percentiles struct {
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
	P99 float64 `json:"p99"`
}

type MethodResult struct {
	Method         string   `json:"method" course:"true"`
	ProcessedCount int      `json:"processed_count" course:"true"`
	SuccessCount   int      `json:"success_count" course:"true"`
	FiltersUsed    []string `json:"filters_used" course:"true"`
	// Time and TotalTime are the same figure, the median of Samples: compare
	// reads the one, a single method's answer the other.
	Time            float64 `json:"time" course:"true"`
	TotalTime       float64 `json:"total_time" course:"true"`
	AvgTimePerImage float64 `json:"avg_time_per_image" course:"true"`
	Throughput      float64 `json:"throughput" course:"true" digits:"ratio"`        // images a second
	Speedup         float64 `json:"speedup,omitempty" course:"true" digits:"ratio"` // sequential's median over this one's
	// OfCeiling is the part that Speedup is of what the cores gave (Ceiling); absent
	// of a method that does not compute on all of them, and where that is not known.
	OfCeiling     float64       `json:"of_ceiling,omitempty" digits:"ratio"`
	Workers       int           `json:"workers"`
	WorkersReason text.Text     `json:"workers_reason"`
	Shape         request.Shape `json:"shape"`
	Pool          string        `json:"pool"`
	Engine        string        `json:"engine"`
	Source        string        `json:"source"`
	Transport     string        `json:"transport"`
	// OutputDigest is over the decoded outputs in task order; empty if an image
	// failed or its output was not verified.
	OutputDigest string `json:"output_digest"`
	// Levels is how far a Python method's outputs are from ours.
	Levels  *Levels   `json:"levels,omitempty"`
	Samples []float64 `json:"samples" digits:"exact"`
	Rounds  []Round   `json:"rounds"` // all of them, warm-up included
	Spread  Spread    `json:"spread"`
	// Here is the same batch on this machine, beside a method of the room; absent where
	// that was not measured.
	Here *Here `json:"here,omitempty"`
	// FromNothing and Running are its time with a cold and with a warm pool, as far
	// as they were measured; Time is the latter, where both were.
	FromNothing *Figure `json:"from_nothing,omitempty"`
	Running     *Figure `json:"running,omitempty"`
	// Starting is what starting costs, where both were measured.
	Starting *Starting `json:"starting,omitempty"`
	// AllImages, AllFailed and Latency are over every image of every counted
	// round; the other counts are of the last round.
	AllImages int         `json:"all_images"`
	AllFailed int         `json:"all_failed"`
	Latency   Percentiles `json:"latency"`
	CPUTime   float64     `json:"cpu_time"` // user and system seconds of its processes, median round
	CPUUser   float64     `json:"cpu_user"`
	CPUSystem float64     `json:"cpu_system"`
	// ServerCPUTime is what the server itself used meanwhile: handing out,
	// committing, and with the transports pipe and shm moving the bytes.
	ServerCPUTime   float64    `json:"server_cpu_time"`
	PeakMemoryBytes int64      `json:"peak_memory_bytes"`
	Bound           string     `json:"bound"`  // "cpu", "io", "lock", "mixed", or "unknown"
	Stages          StageTimes `json:"stages"` // summed over the workers of the median round
	// StageCPU is the processor time of the workers' threads in each stage, and
	// StageBound what follows; absent where the system does not tell.
	StageCPU     *StageTimes   `json:"stage_cpu,omitempty"`
	StageBound   *StageBounds  `json:"stage_bound,omitempty"`
	Overhead     Overhead      `json:"overhead"`
	WorkerDeaths []string      `json:"worker_deaths,omitempty"`
	Chaos        []ChaosReport `json:"chaos,omitempty"`
	Series       []Sampled     `json:"series,omitempty"` // of a stress test
	Results      []TaskResult  `json:"results" course:"true"`
	// Environment and APIInfo come with a single method's answer; a comparison
	// has them once.
	Environment *Environment `json:"environment,omitempty"`
	APIInfo     *APIInfo     `json:"api_info,omitempty"`
}

// Here sets a method of the room beside this machine's own, which had the same batch.
type Here struct {
	Sequential float64 `json:"sequential_time"` // seconds
	Best       string  `json:"best"`            // this machine's fastest method
	BestTime   float64 `json:"best_time"`
	Speedup    float64 `json:"speedup" digits:"ratio"`   // over sequential
	OverBest   float64 `json:"over_best" digits:"ratio"` // over the best
	// Efficiency is the speedup by the room's lanes: 1 if each did as much as one core here.
	Efficiency float64   `json:"efficiency" digits:"ratio"`
	Lanes      int       `json:"lanes"`
	Rounds     int       `json:"rounds"` // counted, of this machine's methods
	Text       text.Text `json:"text"`
}

// Round is one round of one method as it was measured. What the system does not
// tell is absent.
type Round struct {
	Round     int       `json:"round"`            // of the comparison, from 1, warm-up included
	Warmup    bool      `json:"warmup,omitempty"` // it is in no figure
	Order     int       `json:"order"`            // of all methods' rounds, from 1
	StartedAt time.Time `json:"started_at"`       // of its clock
	Seconds   float64   `json:"seconds" digits:"exact"`
	// Stages are the seconds that all its lanes were in each.
	Stages    StageTimes `json:"stages"`
	CPUUser   float64    `json:"cpu_user"` // seconds of its processes
	CPUSystem float64    `json:"cpu_system"`
	Server    float64    `json:"server_cpu_time"`
	// MinorFaults, MajorFaults and QueuedS are sums over its processes.
	MinorFaults *int64   `json:"minor_faults,omitempty"`
	MajorFaults *int64   `json:"major_faults,omitempty"`
	QueuedS     *float64 `json:"queued_s,omitempty"`
	// OtherCores and StolenCores are those of Environment, in this round.
	OtherCores  *float64 `json:"other_cores,omitempty" digits:"ratio"`
	StolenCores *float64 `json:"stolen_cores,omitempty" digits:"ratio"`
	PeakMemory  int64    `json:"peak_memory_bytes"`
	// ClippedS is how much of what the lanes recorded lay outside of the clock or
	// over something else: how far off their accounts are, all lanes together.
	ClippedS float64 `json:"clipped_s"`
	Failed   int     `json:"failed"` // images
	Digest   string  `json:"digest"` // as OutputDigest
}

// Levels is how far the decoded outputs of one method are from those of another,
// over all their channels, in levels of 0 to 255.
type Levels struct {
	Against string  `json:"against"` // the method
	Max     int     `json:"max"`
	Mean    float64 `json:"mean" digits:"ratio"`
	// Over is the share of channels that differ by more than OverLevels.
	Over       float64 `json:"over" digits:"ratio"`
	OverLevels int     `json:"over_levels"`
	// Within says that the mean is at most Allowed, which is what two encoders of
	// JPEG make of one picture.
	Within  bool    `json:"within"`
	Allowed float64 `json:"allowed" digits:"ratio"`
}

// Verdict compares two methods by their paired samples.
type Verdict struct {
	A     string  `json:"a"`
	B     string  `json:"b"`
	Ratio float64 `json:"ratio" digits:"ratio"` // median of B over median of A: above 1, A is faster
	// Low and High are the interval of the rounds' ratios, and the Ratio in it, at
	// Level by Method; absent under three rounds.
	Low    float64 `json:"low,omitempty" digits:"ratio"`
	High   float64 `json:"high,omitempty" digits:"ratio"`
	Level  float64 `json:"level,omitempty" digits:"ratio"`
	Method string  `json:"method,omitempty"` // "paired t, Holm"
	Rounds int     `json:"rounds"`
	// Outcome is the faster method's name, "equal" or "unknown": cannot tell yet.
	Outcome string `json:"outcome"`
	// MoreRounds is about how many more would tell, if that is known.
	MoreRounds int       `json:"more_rounds,omitempty"`
	Text       text.Text `json:"text"`
}

type Stress struct {
	Results  StressResults  `json:"stress_test_results" course:"true"`
	System   StressSystem   `json:"system_info" course:"true"`
	Analysis StressAnalysis `json:"performance_analysis" course:"true"`
	APIInfo  APIInfo        `json:"api_info"`
}

// StressResults are the stress test's totals over all iterations. SuccessRate
// and Throughput are text, as the course's server gives them.
type StressResults struct {
	TotalTime         float64 `json:"total_time" course:"true"`
	ImagesProcessed   int     `json:"images_processed" course:"true"`
	SuccessCount      int     `json:"success_count" course:"true"`
	ErrorCount        int     `json:"error_count" course:"true"`
	SuccessRate       string  `json:"success_rate" course:"true"`
	Throughput        string  `json:"throughput" course:"true"`
	AvgProcessingTime float64 `json:"avg_processing_time" course:"true"` // seconds an image spent in the stages, median
}

type StressSystem struct {
	Method         string      `json:"method" course:"true"`
	Workers        int         `json:"workers" course:"true"`
	FiltersApplied []string    `json:"filters_applied" course:"true"`
	Iterations     int         `json:"num_iterations"`
	Environment    Environment `json:"environment"`
}

type StressAnalysis struct {
	Latency          Percentiles `json:"latency"`
	ImagesPerSecond  float64     `json:"images_per_second" digits:"ratio"`
	CoresBusy        float64     `json:"cores_busy" digits:"ratio"` // CPU seconds over wall seconds, median iteration
	PeakMemoryBytes  int64       `json:"peak_memory_bytes"`
	Bound            string      `json:"bound"`
	IterationSeconds []float64   `json:"iteration_seconds" digits:"exact"`
	Stages           StageTimes  `json:"stages"`
	// Series is CPU and memory over time, a few samples a second.
	Series []Sampled     `json:"series"`
	Chaos  []ChaosReport `json:"chaos,omitempty"`
	Errors []string      `json:"errors,omitempty"`
}

type Performance struct {
	Winner string `json:"winner" course:"true"` // a method's name, or "none"
	// The four figures that the course's scripts read; absent where a method
	// did not take part. Improvement is the percentage of time saved.
	ThreadingSpeedup     float64  `json:"threading_speedup,omitempty" course:"true" digits:"ratio"`
	MPSpeedup            float64  `json:"mp_speedup,omitempty" course:"true" digits:"ratio"`
	ThreadingImprovement *float64 `json:"threading_improvement,omitempty" course:"true" digits:"ratio"`
	MPImprovement        *float64 `json:"mp_improvement,omitempty" course:"true" digits:"ratio"`
	// Starting is what starting costs each method; empty where it was not measured.
	Starting text.Text `json:"starting"`
	// Recommendation is the Advice in the language of the request.
	Recommendation string    `json:"recommendation" course:"true"`
	Summary        text.Text `json:"summary"` // the comparison in one sentence
	Caution        text.Text `json:"caution"` // what so few rounds cannot show; may be empty
	Ceiling        text.Text `json:"ceiling"` // the speedups against what the cores gave; may be empty
	// Disturbed is true if others kept half a processor busy, or the host of a
	// virtual machine took some of it: Summary begins with it.
	Disturbed   bool      `json:"disturbed"`
	Verdicts    []Verdict `json:"verdicts"`
	PixelsEqual bool      `json:"pixels_equal"` // every method gave the same digest
	// Expected is what the guide says of such a batch; absent where it says
	// nothing.
	Expected *Expectation `json:"expected,omitempty"`
}

// Advice is what a reader of one language should take along: the summary and
// the caution.
func (p Performance) Advice(lang string) string {
	return strings.TrimSpace(p.Summary.In(lang) + " " + p.Caution.In(lang))
}

// TestInfo repeats what was compared.
type TestInfo struct {
	ImagesCount      int      `json:"images_count" course:"true"`
	Filters          []string `json:"filters" course:"true"`
	ThreadingWorkers int      `json:"threading_workers" course:"true"`
	MPWorkers        int      `json:"mp_workers" course:"true"`
	Rounds           int      `json:"rounds"`
	Warmup           int      `json:"warmup"`
	// Stopped says why an automatic number of rounds ended: "precision",
	// "budget" or "limit"; empty if the number was asked for.
	Stopped string `json:"stopped,omitempty"`
	// Order lists the methods of each round as they were run, warm-up first.
	Order [][]string `json:"order"`
}

// APIInfo says where the figures come from.
type APIInfo struct {
	Endpoint   string    `json:"endpoint" course:"true"`
	TestDate   time.Time `json:"test_date" course:"true"`
	ImagesUsed []string  `json:"images_used" course:"true"`
	RunID      string    `json:"run_id"`
}

// Comparison is the answer of compare and compare-all, and the result of a
// run of any number of methods.
type Comparison struct {
	TestInfo    TestInfo                 `json:"test_info" course:"true"`
	Results     map[string]*MethodResult `json:"results" course:"true"`
	Performance Performance              `json:"performance" course:"true"`
	APIInfo     APIInfo                  `json:"api_info" course:"true"`
	Environment Environment              `json:"environment"`
	Spec        request.Spec             `json:"spec"`
	// Unavailable says of methods that were asked for why they could not take part;
	// they are not among the Spec's.
	Unavailable map[string]text.Text `json:"unavailable,omitempty"`
	// Timelines are the lanes of each method's median round. The API gives them
	// on their own.
	Timelines []Timeline `json:"timelines,omitempty"`
}

// In is c with its sentences in a language, without the timelines, which have an
// address of their own. c is shared and stays as it is.
func (c *Comparison) In(lang string) *Comparison {
	answer := *c
	answer.Timelines = nil
	answer.Performance.Recommendation = c.Performance.Advice(lang)
	answer.Results = map[string]*MethodResult{}
	for name, m := range c.Results {
		method := *m
		method.Results = slices.Clone(m.Results)
		for i, t := range method.Results {
			method.Results[i].Error = t.Why(lang)
		}
		answer.Results[name] = &method
	}
	return &answer
}

// LeastForP99 is of how many images the slowest hundredth is told: of fewer it is one
// image, the slowest.
const LeastForP99 = 100

// Times are the methods' times, in seconds; nil without results.
func (c *Comparison) Times() map[string]float64 {
	times := map[string]float64{}
	for name, r := range c.Results {
		times[name] = r.Time
	}
	return times
}

// Environment is what a figure was measured on.
type Environment struct {
	Version     string   `json:"version"`
	GoVersion   string   `json:"go_version"`
	OS          string   `json:"os"`
	Arch        string   `json:"arch"`
	CPUModel    string   `json:"cpu_model"`
	CoresFound  int      `json:"cores_found"` // 0: unknown
	CoresUsed   int      `json:"cores_used"`
	CPUsAllowed int      `json:"cpus_allowed"` // of the affinity mask
	CPUQuota    string   `json:"cpu_quota"`    // CPUs as a number, "none" or "unknown"
	CPUFeatures []string `json:"cpu_features"`
	SIMD        string   `json:"simd"` // instruction set of the kernels that ran
	Engine      string   `json:"engine"`
	GOGC        string   `json:"gogc"` // of the workers
	// WorkerMemoryLimit bounds the data of one worker process, in bytes a lane;
	// 0 where the system cannot.
	WorkerMemoryLimit int64     `json:"worker_memory_limit"`
	LoadAverage       *float64  `json:"load_average" digits:"ratio"`
	OtherRuns         int       `json:"other_runs"` // timed runs at the same time: always 0, by the queue
	PoolReason        text.Text `json:"pool_reason"`
	// OtherCores is how many processors other programs kept busy on average
	// while the rounds were measured, and StolenCores how many a hypervisor gave
	// to other systems; absent where the system does not tell.
	OtherCores  *float64 `json:"other_cores,omitempty" digits:"ratio"`
	StolenCores *float64 `json:"stolen_cores,omitempty" digits:"ratio"`
	// FaultCostS is what a page fault of a worker is taken to cost, in seconds, as
	// it was measured when the server started: what touch_s is reckoned with. It is
	// absent where that is not known.
	FaultCostS float64 `json:"fault_cost_s,omitempty" digits:"exact"`
	// ThrottledS is for how many seconds, over all processors, a container's quota
	// held its programs back meanwhile; absent if it did not.
	ThrottledS *float64 `json:"throttled_s,omitempty"`
	// Kernel is the operating system's version. HugePages is the setting of
	// transparent huge pages, Governor that of the clock frequency, and ClockSource
	// what the time is read from; "unknown" where nobody tells.
	Kernel      string `json:"kernel,omitempty"`
	HugePages   string `json:"huge_pages,omitempty"`
	Governor    string `json:"governor,omitempty"`
	ClockSource string `json:"clock_source,omitempty"`
	MemoryBytes int64  `json:"memory_bytes,omitempty"` // of the machine
	// Binary is the SHA-256 of the program, and Inputs those of the photographs.
	Binary string  `json:"binary_sha256,omitempty"`
	Inputs []Input `json:"inputs,omitempty"`
	// Ceiling is what the cores gave right before the rounds, or some minutes before
	// on an idle machine; absent where it was not measured.
	Ceiling *Ceiling `json:"ceiling,omitempty"`
}

// Input is a photograph as it was read.
type Input struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Ceiling is how many times the work of one lane several at once did, with nothing
// to wait for: medians of a few turns.
type Ceiling struct {
	Lanes      int     `json:"lanes"`                     // as many as cores
	Arithmetic float64 `json:"arithmetic" digits:"ratio"` // within a core's own cache
	Memory     float64 `json:"memory" digits:"ratio"`     // copying 64 MiB, less where memory is scarce
	Spread     struct {
		Arithmetic Spread `json:"arithmetic"`
		Memory     Spread `json:"memory"`
	} `json:"spread" digits:"ratio"`
	MeasuredAt time.Time `json:"measured_at"`
	// OtherCores is how many processors others kept busy meanwhile; absent where the
	// system does not tell.
	OtherCores *float64  `json:"other_cores,omitempty" digits:"ratio"`
	Text       text.Text `json:"text"` // what that means; empty where the cores give what they should
}

// OutputDigest sums up the digests of a batch's decoded outputs, in task
// order: SHA-256 over them as text, one a line. It is empty if one of them is:
// an image failed, or its output was not verified.
func OutputDigest(digests []string) string {
	if slices.Contains(digests, "") {
		return ""
	}
	sum := sha256.Sum256([]byte(strings.Join(digests, "\n")))
	return hex.EncodeToString(sum[:])
}

// WinnerNone is the winner where the samples name none.
const WinnerNone = "none"

// WinnerTitle names a method that won for readers, or that none did: they are equal, or
// it cannot be told yet.
func WinnerTitle(winner string) text.Text {
	if winner == WinnerNone {
		return text.Text{ES: "Ninguno se distingue", EN: "None stands out"}
	}
	return request.Described(winner).Title
}

// OutputName names a processed image: <stem>_<filters>_<time>_<id><ext>, as in
// arroyo_resize-blur_20261123-093015_k3v9q2.jpg. Characters that do not belong
// into a file name or a URL become dashes.
func OutputName(image string, filterNames []string, at time.Time, id, ext string) string {
	stem := strings.TrimSuffix(path.Base(image), path.Ext(image))
	chain := strings.Join(filterNames, "-")
	if len(chain) > 60 {
		chain = chain[:60]
	}
	return Slug(stem) + "_" + chain + "_" + at.Format("20060102-150405") + "_" + id + ext
}

// Slug makes a file name's stem out of any name: letters of ASCII, digits,
// dashes within it and underscores, at most 60 of them and at least one.
func Slug(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			b.WriteRune(r)
		default:
			b.WriteByte('-')
		}
		if b.Len() == 60 {
			break
		}
	}
	slug := strings.Trim(b.String(), "-") // a name that begins with one is an option to rm and ls
	if slug == "" {
		return "imagen"
	}
	return slug
}
