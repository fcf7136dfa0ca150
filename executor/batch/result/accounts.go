package result

import (
	"time"

	"carriles/executor/text"
	"carriles/executor/trace"
)

// StageTimes are the seconds that one task, or all tasks of a worker, spent in
// the pipeline's stages.
type StageTimes struct {
	Read   float64 `json:"read_s"`
	Decode float64 `json:"decode_s"`
	Filter float64 `json:"filter_s"`
	Encode float64 `json:"encode_s"`
	Write  float64 `json:"write_s"`
}

// PipelineStages names the pipeline's stages, in the order of a task.
func PipelineStages() []string {
	var stages []string
	for s := trace.Read; s <= trace.Write; s++ {
		stages = append(stages, s.String())
	}
	return stages
}

// List gives the times in the order of PipelineStages.
func (s StageTimes) List() []float64 {
	return []float64{s.Read, s.Decode, s.Filter, s.Encode, s.Write}
}

func (s StageTimes) Total() float64 { return s.Read + s.Decode + s.Filter + s.Encode + s.Write }

// Add adds seconds to one of the pipeline's stages; other stages of a trace
// are not its.
func (s *StageTimes) Add(stage trace.Stage, seconds float64) {
	if stage >= trace.Read && stage <= trace.Write {
		*[]*float64{&s.Read, &s.Decode, &s.Filter, &s.Encode, &s.Write}[stage-trace.Read] += seconds
	}
}

func StageTimesOf(spans []trace.Span) StageTimes {
	var t StageTimes
	for _, s := range spans {
		t.Add(s.Stage, s.Duration().Seconds())
	}
	return t
}

func (s StageTimes) Plus(o StageTimes) StageTimes {
	return StageTimes{
		Read: s.Read + o.Read, Decode: s.Decode + o.Decode, Filter: s.Filter + o.Filter,
		Encode: s.Encode + o.Encode, Write: s.Write + o.Write,
	}
}

// Device says whose a lane is that is no process of this machine; nothing where it
// is one.
type Device struct {
	Name string `json:"device,omitempty"` // as the class knows it
	Kind string `json:"kind,omitempty"`   // "machine"
	// ClockErrorS is how many seconds its spans may be shifted on the axis, for its
	// clock is its own.
	ClockErrorS float64 `json:"clock_error_s,omitempty"`
}

// WorkerAccount is where one worker's time went in one round, in seconds: the
// fields in *_s but for wall_s and the Ways add up to wall_s.
type WorkerAccount struct {
	Worker    int `json:"worker"`
	ProcessID int `json:"process_id"`
	Device
	Tasks    int     `json:"tasks"`
	WallS    float64 `json:"wall_s"`
	SpawnS   float64 `json:"spawn_s"`
	ReceiveS float64 `json:"receive_s"`
	StageTimes
	SendS float64 `json:"send_s"`
	// FetchS is how long images came over the network; absent where they do not.
	FetchS float64 `json:"fetch_s,omitempty"`
	// LostS is the time of attempts that ended with the death of the worker.
	LostS float64 `json:"lost_s"`
	IdleS float64 `json:"idle_s"`
	// Ways say how those were spent, and add up to nothing.
	Ways
	// FilterSeconds splits filter_s by the filters of the chain, in its order.
	FilterSeconds []float64 `json:"filter_seconds"`
	// BytesIn and BytesOut are what travelled between the server and the worker
	// for its images and outputs; 0 where only names do.
	BytesIn  int64 `json:"bytes_in"`
	BytesOut int64 `json:"bytes_out"`
	// StartupSeconds is how long the worker's process took from its start to its
	// first word. In a cold pool that lies inside SpawnS, in a warm one before
	// the clock.
	StartupSeconds float64 `json:"startup_seconds"`
}

// AccountOf adds up the spans of a worker that cover the wall time once; steps
// is the length of the chain. Who the worker is, and its counts, are left to the
// caller.
func AccountOf(spans []trace.Span, wall time.Duration, steps int) WorkerAccount {
	seconds := func(stage trace.Stage) float64 { return trace.Spent(spans, stage).Seconds() }
	a := WorkerAccount{
		WallS: wall.Seconds(), FilterSeconds: make([]float64, steps),
		SpawnS: seconds(trace.Spawn), ReceiveS: seconds(trace.Receive), SendS: seconds(trace.Send), FetchS: seconds(trace.Fetch),
		LostS: seconds(trace.Lost), IdleS: seconds(trace.Idle),
	}
	for _, s := range spans {
		a.Add(s.Stage, s.Duration().Seconds())
		for way, d := range s.Ways.All() {
			a.put(way, a.In(way)+d.Seconds())
		}
		if s.Stage == trace.Filter && s.Step < steps {
			a.FilterSeconds[s.Step] += s.Duration().Seconds()
		}
	}
	return a
}

// Busy is the seconds in which the worker was not waiting for work.
func (w WorkerAccount) Busy() float64 { return w.WallS - w.IdleS }

// Overhead holds the accounts of the workers and of their processes, of the
// median round.
type Overhead struct {
	Workers   []WorkerAccount  `json:"workers"`
	Processes []ProcessAccount `json:"processes"`
}

// ProcessAccount is what one worker process used in a round, as its kernel
// accounts it. A nil figure is one that the system does not tell.
type ProcessAccount struct {
	ProcessID int `json:"process_id"`
	Device
	// Elsewhere says that its processors are not this machine's.
	Elsewhere bool `json:"elsewhere,omitempty"`
	// UserS and SystemS are seconds of processor time in its own code and in
	// the kernel's for it.
	UserS   float64 `json:"user_s"`
	SystemS float64 `json:"system_s"`
	// QueuedS is how many seconds its threads were ready without a processor to
	// run on, all together; absent of one that ended within the round.
	QueuedS *float64 `json:"queued_s,omitempty"`
	// VoluntarySwitches are those in which a thread waited, InvoluntarySwitches
	// those in which it was put off its processor.
	VoluntarySwitches   *int64 `json:"voluntary_switches,omitempty"`
	InvoluntarySwitches *int64 `json:"involuntary_switches,omitempty"`
	// MinorFaults are pages that memory was found for, MajorFaults those that
	// had to be read from disk.
	MinorFaults *int64 `json:"minor_faults,omitempty"`
	MajorFaults *int64 `json:"major_faults,omitempty"`
	// PeakMemoryBytes is the largest resident set since it started.
	PeakMemoryBytes int64   `json:"peak_memory_bytes"`
	StartupSeconds  float64 `json:"startup_seconds"`
	// Ended says why it ended within the round; empty if it did not.
	Ended string `json:"ended,omitempty"`
}

// StageBounds says of each stage of the pipeline what it was bound by, as
// MethodResult.Bound does for the batch.
type StageBounds struct {
	Read   string `json:"read"`
	Decode string `json:"decode"`
	Filter string `json:"filter"`
	Encode string `json:"encode"`
	Write  string `json:"write"`
}

// List gives the bounds in the order of PipelineStages.
func (b StageBounds) List() []string {
	return []string{b.Read, b.Decode, b.Filter, b.Encode, b.Write}
}

// Sampled is what was seen of a method's processes at one moment of a round.
type Sampled struct {
	Round     int     `json:"round"`                     // counted rounds, from 1
	AtS       float64 `json:"at_s"`                      // since the round's clock started
	CoresBusy float64 `json:"cores_busy" digits:"ratio"` // CPU seconds a second since the sample before
	Memory    int64   `json:"memory_bytes"`
	Processes int     `json:"processes"`
	Done      int     `json:"done"` // images finished
}

// ChaosReport is what a deliberate failure cost a method in one round.
type ChaosReport struct {
	Round     int     `json:"round"`
	KilledAtS float64 `json:"killed_at_s"`
	ProcessID int     `json:"process_id"`
	// TasksInFlight were being worked on by the process that was killed: they
	// began again.
	TasksInFlight int `json:"tasks_in_flight"`
	// LostS is the work of theirs that was lost, in seconds.
	LostS float64 `json:"lost_s"`
	// WithoutS is how long no process took the dead one's place; 0 if none was
	// needed any more.
	WithoutS float64 `json:"without_s"`
	// ImagesLost is how many images the round did not give: 0 unless something
	// else failed.
	ImagesLost int       `json:"images_lost"`
	Text       text.Text `json:"text"`
}

// stageTitles are the stages of a trace as readers see them: one or two words.
var stageTitles = map[string]text.Text{
	trace.Spawn.String():   {ES: "arranque", EN: "start"},
	trace.Receive.String(): {ES: "recibe", EN: "receive"},
	trace.Read.String():    {ES: "lee", EN: "read"},
	trace.Decode.String():  {ES: "decodifica", EN: "decode"},
	trace.Filter.String():  {ES: "filtra", EN: "filter"},
	trace.Encode.String():  {ES: "codifica", EN: "encode"},
	trace.Write.String():   {ES: "escribe", EN: "write"},
	trace.Send.String():    {ES: "envía", EN: "send"},
	trace.Lost.String():    {ES: "perdido", EN: "lost"},
	trace.Fetch.String():   {ES: "trae", EN: "fetch"},
	trace.Idle.String():    {ES: "espera", EN: "idle"},
}

// StageTitle is a stage's name for readers, by its name in the JSON. Of an
// unknown name it is that name.
func StageTitle(stage string) text.Text {
	if title, ok := stageTitles[stage]; ok {
		return title
	}
	return text.Text{ES: stage, EN: stage}
}
