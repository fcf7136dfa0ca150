package process

import (
	"bytes"
	"image"
	"image/jpeg"
	"os"
	"slices"
	"testing"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/codec"
	"carriles/executor/crew"
	"carriles/executor/crew/process/kernel"
	"carriles/executor/pipeline"
	"carriles/executor/trace"
	"carriles/filters"
)

// BenchmarkSpan is what recording one span costs a worker.
func BenchmarkSpan(b *testing.B) {
	r := trace.NewRecorder(trace.NewClock(), kernel.ThreadMeter(0))
	for b.Loop() {
		r.Add(trace.Filter, 0, r.Mark())
		r.Take()
	}
}

// inMemory is one encoded image as a source, and a sink that keeps nothing.
type inMemory []byte

func (m inMemory) Read(_ pipeline.Task, _ string, buf []byte) ([]byte, error) {
	return append(buf[:0], m...), nil
}
func (inMemory) Write(pipeline.Task, codec.Format, []byte) error { return nil }

// BenchmarkRecording is what recording costs a task of 1920x1080 pixels, as
// recorded/plain: both in turns, the median of the pairs.
func BenchmarkRecording(b *testing.B) {
	var file bytes.Buffer
	if err := jpeg.Encode(&file, image.NewNRGBA(image.Rect(0, 0, 1920, 1080)), nil); err != nil {
		b.Fatal(err)
	}
	s := request.Spec{Steps: []request.Step{{Filter: "sharpen", Params: filters.Values{"intensity": 1}}}, Images: []string{"a.jpg"}, Count: 1, Engine: filters.NativeName}
	lane := func(r *trace.Recorder) *pipeline.Lane {
		l, err := pipeline.NewLane(0, s, []filters.Engine{filters.Native()}, inMemory(file.Bytes()), inMemory(nil), nil, r)
		if err != nil {
			b.Fatal(err)
		}
		return l
	}
	timed := func(l *pipeline.Lane) float64 {
		began := time.Now()
		if o := l.Do(pipeline.Task{Attempt: 1}); o.Err != nil {
			b.Fatal(o.Err)
		}
		return float64(time.Since(began))
	}
	plain, recorded := lane(nil), lane(trace.NewRecorder(trace.NewClock(), kernel.ThreadMeter(0)))
	var ratios []float64
	for b.Loop() {
		first := timed(recorded)
		ratios = append(ratios, first/timed(plain))
		first = timed(plain)
		ratios = append(ratios, timed(recorded)/first)
	}
	slices.Sort(ratios)
	b.ReportMetric(ratios[len(ratios)/2], "recorded/plain")
}

// BenchmarkColdWorker is how long a worker takes from being asked for to its
// first word, one at a time.
func BenchmarkColdWorker(b *testing.B) {
	l := newLab(b)
	var ready []time.Duration
	for b.Loop() {
		c := crew.New(l.place(), crew.Config{Spec: spec("a.png"), Shape: oneLane, Timeout: long})
		if err := c.Start(b.Context()); err != nil {
			b.Fatal(err)
		}
		job, out := l.job(nil)
		report, err := c.Run(b.Context(), job)
		if err != nil {
			b.Fatal(err)
		}
		ready = append(ready, report.Lanes[0].Startup)
		c.Close()
		os.Remove(out.files[0])
	}
	slices.Sort(ready)
	b.ReportMetric(float64(ready[len(ready)/2].Microseconds())/1000, "ms-ready-p50")
	b.ReportMetric(float64(ready[len(ready)*95/100].Microseconds())/1000, "ms-ready-p95")
}

// BenchmarkStarts is what it takes to start four workers at once: until all are ready,
// and of processor time in who starts them and who watches.
func BenchmarkStarts(b *testing.B) {
	l := newLab(b)
	watch := l.watch()
	four := request.Shape{Processes: 4, Goroutines: 1, MaxProcs: 1}
	spent := func() time.Duration {
		own := kernel.Own()
		sum := own.User + own.System
		if watch != nil {
			if cpu, _ := kernel.Look(watch.process.Pid); cpu != nil {
				sum += *cpu
			}
		}
		return sum
	}
	var wall []time.Duration
	before := spent()
	for b.Loop() {
		p := l.place()
		p.Watch = watch
		c := crew.New(p, crew.Config{Spec: spec("a.png"), Shape: four, Timeout: long})
		began := time.Now()
		if err := c.Start(b.Context()); err != nil {
			b.Fatal(err)
		}
		wall = append(wall, time.Since(began))
		c.Close()
	}
	b.ReportMetric(float64((spent()-before).Microseconds())/1000/float64(len(wall)), "ms-cpu")
	slices.Sort(wall)
	b.ReportMetric(float64(wall[len(wall)/2].Microseconds())/1000, "ms-ready-p50")
}

// BenchmarkSequentialCores is how many processors a sequential batch burns: one,
// by both engines.
func BenchmarkSequentialCores(b *testing.B) {
	l := newLab(b)
	l.add("big.png", 1200, 900, exitPixel) // sharpen knows no faults
	for engine, passes := range map[string]float64{filters.NativeName: 10, filters.BildName: 1} {
		b.Run(engine, func(b *testing.B) {
			s := spec(repeat([]string{"big.png"}, 3)...)
			s.Engine = engine
			s.Steps = []request.Step{{Filter: "sharpen", Params: filters.Values{"intensity": passes}}}
			m, _ := request.LookupMethod(request.Sequential)
			c := l.crew(s, m.Shape(request.DefaultWorkforce(2)), long)
			if err := c.Start(b.Context()); err != nil {
				b.Fatal(err)
			}
			var cpu, wall time.Duration
			for b.Loop() {
				job, out := l.job(nil)
				report, err := c.Run(b.Context(), job)
				if err != nil || len(out.files) != s.Count {
					b.Fatalf("%d outputs, %v", len(out.files), err)
				}
				user, system := report.CPU()
				cpu, wall = cpu+user+system, wall+report.Wall
				for _, f := range out.files {
					os.Remove(f)
				}
			}
			b.ReportMetric(cpu.Seconds()/wall.Seconds(), "cores")
		})
	}
}
