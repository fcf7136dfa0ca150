// Package exporter writes what the server does in Prometheus' text format, for
// GET /metrics. Every metric stands in one list (metrics).
//
// It measures nothing and decides nothing: the figures are handed to it. No label names
// a client, a device, a run or a file, so that there are no more series than the list
// has, and nothing of the class leaves the room with them.
//
// # Hard cases
//
// A scraper that asks all the time: the text is written once a second at most, for all
// who ask.
//
// Beside a clock nothing else is to be done: the text is written when a run begins,
// before its clock, and from then on until its end that one is given out.
package exporter

import (
	"bytes"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/common/expfmt"
)

// ContentType is that of the text.
const ContentType = "text/plain; version=0.0.4; charset=utf-8"

// Figures are what is told, as things stand. A value that is not known is left out of
// the text: its pointer is nil.
type Figures struct {
	Version   string
	Runs      map[string]int // that are remembered, by state
	Waiting   int            // runs in the queue
	Images    int            // photographs of the lab
	Cores     int
	CPU       *float64 // share of the machine's processors that were busy, 0 to 1
	Memory    *float64 // bytes
	Available *float64 // bytes

	Devices       int
	DevicesBusy   int
	DevicesSilent int
	Lanes         int
	LanesBusy     int
	Jobs          int // in the queue, those under way included
	RoomImages    int // that wait for devices
	RoomDone      int // images, since the server began
	RoomFailed    int
	Recommended   int // devices

	Streams map[string]int // open event streams, by what they tell of
}

// metric is a gauge or a counter, and its values by those of its label.
type metric struct {
	name, help, label string
	kind              prometheus.ValueType
	values            func(Figures) map[string]float64
}

// is a value without a label.
func is(f func(Figures) float64) func(Figures) map[string]float64 {
	return func(g Figures) map[string]float64 { return map[string]float64{"": f(g)} }
}

// maybe is a value that may not be known.
func maybe(f func(Figures) *float64) func(Figures) map[string]float64 {
	return func(g Figures) map[string]float64 {
		if x := f(g); x != nil {
			return map[string]float64{"": *x}
		}
		return nil
	}
}

func counted(f func(Figures) map[string]int) func(Figures) map[string]float64 {
	return func(g Figures) map[string]float64 {
		all := map[string]float64{}
		for name, n := range f(g) {
			all[name] = float64(n)
		}
		return all
	}
}

// metrics lists them all, but for those of the process (collectors) and of the runs
// that were executed (Exporter).
func metrics() []metric {
	const gauge, counter = prometheus.GaugeValue, prometheus.CounterValue
	return []metric{
		{"carriles_build_info", "The program; always 1.", "version", gauge, func(f Figures) map[string]float64 { return map[string]float64{f.Version: 1} }},
		{"carriles_runs", "Runs that are remembered.", "state", gauge, counted(func(f Figures) map[string]int { return f.Runs })},
		{"carriles_queue_length", "Runs that wait.", "", gauge, is(func(f Figures) float64 { return float64(f.Waiting) })},
		{"carriles_photographs", "Photographs of the lab.", "", gauge, is(func(f Figures) float64 { return float64(f.Images) })},
		{"carriles_cores", "Logical processors of the machine.", "", gauge, is(func(f Figures) float64 { return float64(f.Cores) })},
		{"carriles_cpu_usage_ratio", "Share of the machine's processors that were busy, by anybody.", "", gauge, maybe(func(f Figures) *float64 { return f.CPU })},
		{"carriles_memory_bytes", "Memory of the machine.", "", gauge, maybe(func(f Figures) *float64 { return f.Memory })},
		{"carriles_memory_available_bytes", "Memory that is to be had.", "", gauge, maybe(func(f Figures) *float64 { return f.Available })},
		{"carriles_devices", "Devices in the room.", "", gauge, is(func(f Figures) float64 { return float64(f.Devices) })},
		{"carriles_devices_busy", "Devices that compute.", "", gauge, is(func(f Figures) float64 { return float64(f.DevicesBusy) })},
		{"carriles_devices_silent", "Devices that give no sign.", "", gauge, is(func(f Figures) float64 { return float64(f.DevicesSilent) })},
		{"carriles_device_lanes", "Lanes of the devices.", "", gauge, is(func(f Figures) float64 { return float64(f.Lanes) })},
		{"carriles_device_lanes_busy", "Lanes of the devices that compute.", "", gauge, is(func(f Figures) float64 { return float64(f.LanesBusy) })},
		{"carriles_devices_recommended", "Devices that there should be, by Little's law and the measured scalability.", "", gauge, is(func(f Figures) float64 { return float64(f.Recommended) })},
		{"carriles_jobs", "Jobs for the room that are not done, of all hosts that share the queue.", "", gauge, is(func(f Figures) float64 { return float64(f.Jobs) })},
		{"carriles_room_images_waiting", "Images that wait for devices.", "", gauge, is(func(f Figures) float64 { return float64(f.RoomImages) })},
		{"carriles_room_images_total", "Images that devices have done.", "outcome", counter, counted(func(f Figures) map[string]int { return map[string]int{"done": f.RoomDone, "failed": f.RoomFailed} })},
		{"carriles_event_streams", "Open event streams.", "of", gauge, counted(func(f Figures) map[string]int { return f.Streams })},
	}
}

// least is how long a text holds.
const least = time.Second

// Exporter writes and keeps the text. Of must be called before any other method.
type Exporter struct {
	registry *prometheus.Registry
	figures  func() Figures
	executed *prometheus.CounterVec
	seconds  prometheus.Histogram

	mu   sync.Mutex
	text []byte
	at   time.Time
	held bool // by a run
}

// New makes an exporter with a registry of its own.
func New() *Exporter {
	e := &Exporter{
		registry: prometheus.NewRegistry(),
		executed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "carriles_runs_executed_total", Help: "Runs that have been executed.",
		}, []string{"outcome"}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "carriles_run_duration_seconds", Help: "How long runs were executed.",
			Buckets: []float64{0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000},
		}),
	}
	for _, outcome := range []string{"done", "failed"} {
		e.executed.WithLabelValues(outcome) // there from the beginning, as 0
	}
	e.registry.MustRegister(e, e.executed, e.seconds, collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return e
}

// Of tells it whose figures they are.
func (e *Exporter) Of(figures func() Figures) { e.figures = figures }

// Describe implements prometheus.Collector.
func (e *Exporter) Describe(all chan<- *prometheus.Desc) {
	for _, m := range metrics() {
		all <- m.desc()
	}
}

// Collect implements prometheus.Collector.
func (e *Exporter) Collect(all chan<- prometheus.Metric) {
	figures := e.figures()
	for _, m := range metrics() {
		for label, value := range m.values(figures) {
			var labels []string
			if m.label != "" {
				labels = []string{label}
			}
			all <- prometheus.MustNewConstMetric(m.desc(), m.kind, value, labels...)
		}
	}
}

func (m metric) desc() *prometheus.Desc {
	var labels []string
	if m.label != "" {
		labels = []string{m.label}
	}
	return prometheus.NewDesc(m.name, m.help, labels, nil)
}

// Text is the metrics in Prometheus' text format, not much older than a second, or as
// they were before the run that is executed.
func (e *Exporter) Text() ([]byte, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.text != nil && (e.held || time.Since(e.at) < least) {
		return e.text, nil
	}
	return e.text, e.write()
}

// write writes the text; e.mu is held.
func (e *Exporter) write() error {
	families, err := e.registry.Gather()
	if err != nil {
		return err
	}
	var out bytes.Buffer
	encoder := expfmt.NewEncoder(&out, expfmt.NewFormat(expfmt.TypeTextPlain))
	for _, f := range families {
		if err := encoder.Encode(f); err != nil {
			return err
		}
	}
	e.text, e.at = out.Bytes(), time.Now()
	return nil
}

// Hold writes the text once more and keeps it until over is called, with what became
// of the run that is executed meanwhile. There is one at a time.
func (e *Exporter) Hold() (over func(error)) {
	began := time.Now()
	e.mu.Lock()
	if e.text == nil || time.Since(e.at) >= least {
		_ = e.write() // where that fails, the one before stays
	}
	e.held = e.text != nil
	e.mu.Unlock()
	return func(err error) {
		outcome := "done"
		if err != nil {
			outcome = "failed"
		}
		e.executed.WithLabelValues(outcome).Inc()
		e.seconds.Observe(time.Since(began).Seconds())
		e.mu.Lock()
		defer e.mu.Unlock()
		e.held = false
	}
}
