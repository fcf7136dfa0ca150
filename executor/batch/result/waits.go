package result

import (
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/text"
)

// Waiting is the answer of simultaneous requests that wait.
type Waiting struct {
	request.Waits
	Results []Waited  `json:"results"` // in the order in which the ways were asked for
	Summary text.Text `json:"summary"`
	Cores   int       `json:"cores"`
	APIInfo struct {
		Endpoint string    `json:"endpoint"`
		TestDate time.Time `json:"test_date"`
	} `json:"api_info"`
}

// WaitFigures are what a way of waiting took, as the students' clock and the kernel
// have it. Those of the kernel are of the server's processes alone.
type WaitFigures struct {
	Answered int     `json:"answered"`
	Time     float64 `json:"time"` // in seconds: until the last one was answered
	// LeftAfter is when those without an answer left, in seconds; 0 if all have one.
	LeftAfter float64 `json:"left_after,omitempty"`
	Latency   struct {
		Median float64 `json:"median"`
		P95    float64 `json:"p95"`
	} `json:"latency"`
	Threads    int     `json:"threads"` // of the system, all processes together
	PeakMemory int64   `json:"peak_memory_bytes"`
	BaseMemory int64   `json:"base_memory_bytes"` // of it before anybody pressed
	CPUUser    float64 `json:"cpu_user"`
	CPUSystem  float64 `json:"cpu_system"`
	Start      float64 `json:"start"` // seconds to start the processes and connect all, outside of Time
}

// Waited is what became of a way of waiting: its figures, or why there are none.
type Waited struct {
	Way       string    `json:"way"`
	Title     text.Text `json:"title"`
	Processes int       `json:"processes"`
	Lanes     int       `json:"lanes"` // that wait at the same time, all processes together
	*WaitFigures
	CPU float64 `json:"cpu_time,omitempty"`
	// Forecast is what all of them would have taken, in seconds; 0 if all were answered.
	Forecast float64 `json:"forecast,omitempty"`
	// MemoryEach is the memory beyond the base, by the requests that waited at once.
	MemoryEach  int64      `json:"memory_each_bytes,omitempty"`
	Text        text.Text  `json:"text"`
	Unavailable *text.Text `json:"unavailable,omitempty"`
}
