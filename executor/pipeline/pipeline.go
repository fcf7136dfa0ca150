// Package pipeline takes one image through the five stages of a task: read,
// decode, filter chain, encode, write.
//
// Where bytes come from and go to is injected, so that the host's child
// processes and the browser run the very same stages. It starts no goroutine
// and opens no file itself.
package pipeline

import (
	"errors"
	"fmt"
	"image"
	"io/fs"
	"slices"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/codec"
	"carriles/executor/fault"
	"carriles/executor/trace"
	"carriles/filters"
	"carriles/filters/memory"
)

// Task is one image of a batch, for the nth time if a worker died over it.
type Task struct {
	Index   int // in the batch, from 0
	Attempt int // from 1
	// Buffer is where the image lies and the output goes, if they travel: a number
	// that no other task of the process has meanwhile.
	Buffer int
	// Received is how long the task took to arrive; zero if it did not travel.
	Received trace.Span
}

// Outcome is what became of a task on a lane.
type Outcome struct {
	Task Task
	Lane int
	// Err is nil when the whole output has been handed to the sink.
	Err    *fault.Error
	Format codec.Format // of the output
	Size   int64        // of the output, in bytes
	Spans  []trace.Span // valid until the lane's next task
}

// Result is the outcome as an entry of "results", but for the output's paths
// and process, which the pipeline does not know. original is the path of the
// photograph.
func (o Outcome) Result(spec request.Spec, original string) result.TaskResult {
	stages := result.StageTimesOf(o.Spans)
	r := result.TaskResult{
		OriginalPath: original, FiltersApplied: spec.FilterNames(), ProcessingTime: stages.Total(), Stages: stages,
		FileSize: o.Size, Worker: o.Lane, Attempts: o.Task.Attempt, Status: result.StatusSuccess,
	}
	if o.Err != nil {
		r.Status, r.Error, r.ErrorText = result.StatusError, o.Err.Text.ES, &o.Err.Text
		r.FiltersApplied, r.FileSize = []string{}, 0
	}
	return r
}

// Source gives the bytes of a task's encoded image. The result may use buf's
// memory and is valid until the lane's next task.
type Source interface {
	Read(t Task, name string, buf []byte) ([]byte, error)
}

// Sink takes the encoded output of a task; data stays as it is until the lane's
// next task.
type Sink interface {
	Write(t Task, f codec.Format, data []byte) error
}

// Lane is one worker's pipeline with all its buffers. It must not be used by
// two goroutines at a time.
type Lane struct {
	spec    request.Spec
	kernels []filters.Kernel // of spec.Steps
	steps   []filters.Filter
	number  int
	source  Source
	sink    Sink
	rec     *trace.Recorder
	turn    *turn

	file    []byte
	dec     codec.Decoder
	enc     codec.Encoder
	scratch filters.Scratch
	ping    [2]image.NRGBA
	array   image.NRGBA // of the transport pixels: the picture that came
	packed  []byte      // and the one that goes back
}

// NewLane makes lane number n of a worker. It fails when the spec's engine is
// not among engines or has no kernel for a filter of the chain. lock is what the
// worker's lanes take around what computes, nil for none; rec may be nil.
func NewLane(n int, spec request.Spec, engines []filters.Engine, src Source, sink Sink, lock *Lock, rec *trace.Recorder) (*Lane, error) {
	i := slices.IndexFunc(engines, func(e filters.Engine) bool { return e.Name == spec.Engine })
	if i < 0 {
		return nil, fmt.Errorf("pipeline: no engine %q", spec.Engine)
	}
	engine := engines[i]
	l := &Lane{spec: spec, number: n, source: src, sink: sink, rec: rec, turn: newTurn(lock, spec.GIL, rec)}
	l.dec.Yield, l.enc.Yield, l.scratch.Yield = l.turn.hook(), l.turn.hook(), l.turn.hook()
	for _, s := range spec.Steps {
		f, ok := filters.Lookup(s.Filter)
		if !ok {
			return nil, fmt.Errorf("pipeline: no filter %q", s.Filter)
		}
		k := engine.Kernel(f)
		if k == nil {
			return nil, fmt.Errorf("pipeline: engine %s has no %s", engine.Name, f.Name)
		}
		l.kernels = append(l.kernels, k)
		l.steps = append(l.steps, f)
	}
	return l, nil
}

// work is a task on its way through the stages.
type work struct {
	task    Task
	encoded []byte
	image   *image.NRGBA
	format  codec.Format
	profile codec.Profile
}

// stages is the pipeline: every task goes through all of it, in this order.
var stages = [...]func(*Lane, *work) *fault.Error{
	read,
	decode,
	filterChain,
	encode,
	write,
}

// Do runs one task. A failure is in the outcome; nothing is written then.
func (l *Lane) Do(t Task) Outcome {
	l.rec.Begin(t.Index)
	if t.Received.End > 0 {
		l.rec.Put(t.Received)
	}
	w := work{task: t}
	for _, stage := range stages {
		if err := stage(l, &w); err != nil {
			return Outcome{Task: t, Lane: l.number, Err: err, Spans: l.rec.Take()}
		}
	}
	return Outcome{
		Task: t, Lane: l.number, Format: w.format.Output(), Size: int64(len(w.encoded)), Spans: l.rec.Take(),
	}
}

func read(l *Lane, w *work) *fault.Error {
	defer l.rec.Add(trace.Read, 0, l.rec.Mark())
	name := l.spec.Image(w.task.Index)
	data, err := l.source.Read(w.task, name, l.file)
	if err != nil {
		var shown *fault.Error
		if errors.As(err, &shown) {
			return shown // the source knows best
		}
		if errors.Is(err, fs.ErrNotExist) {
			return fault.Errorf(fault.CodeBadImage, "la imagen «%s» ya no está", "the image %q is no longer there", name).Because(err)
		}
		return fault.Errorf(fault.CodeBadImage, "no se puede leer la imagen «%s»", "the image %q cannot be read", name).Because(err)
	}
	l.file, w.encoded = data, data
	return nil
}

func decode(l *Lane, w *work) *fault.Error {
	defer l.rec.Add(trace.Decode, 0, l.rec.Mark())
	l.turn.begin(trace.Decode)
	defer l.turn.end()
	if l.spec.Transport == request.TransportPixels { // somebody else has decoded it
		format, err := UnpackPixels(w.encoded, &l.array)
		if err != nil {
			return fault.Internal(err, "no se puede leer la imagen que llegó", "the picture that came cannot be read")
		}
		w.image, w.format = &l.array, format
		return nil
	}
	img, format, err := l.dec.Decode(w.encoded)
	if err != nil {
		return codec.Unusable(l.spec.Image(w.task.Index), err)
	}
	w.image, w.format, w.profile = img, format, l.dec.Profile()
	return nil
}

// filterChain applies the filters in order; each is a span of its own. Results
// go to the lane's buffer and to the memory of the decoded image in turn, which
// nobody needs any more once the first filter has read it: two pictures in
// memory, however long the chain. Where a picture has grown beyond the decoded
// one, it goes to a second buffer.
func filterChain(l *Lane, w *work) *fault.Error {
	decoded := image.NRGBA{Pix: w.image.Pix}
	for i, kernel := range l.kernels {
		start := l.rec.Mark()
		v := l.spec.Steps[i].Params
		width, height := l.steps[i].Size(w.image.Rect.Dx(), w.image.Rect.Dy(), v)
		dst := &l.ping[0]
		if i%2 == 1 {
			dst = &l.ping[1]
			if cap(decoded.Pix) >= 4*width*height {
				dst = &decoded
			}
		}
		setSize(dst, width, height)
		l.turn.begin(trace.Filter)
		kernel(dst, w.image, v, &l.scratch)
		l.turn.end()
		w.image = dst
		l.rec.Add(trace.Filter, i, start)
	}
	return nil
}

// setSize makes b an image of the given size, in the memory that it has if
// that is enough.
func setSize(b *image.NRGBA, width, height int) {
	b.Pix = memory.Grow(&b.Pix, 4*width*height)
	b.Stride, b.Rect = 4*width, image.Rect(0, 0, width, height)
}

func encode(l *Lane, w *work) *fault.Error {
	defer l.rec.Add(trace.Encode, 0, l.rec.Mark())
	l.turn.begin(trace.Encode)
	defer l.turn.end()
	if l.spec.Transport == request.TransportPixels {
		w.encoded = PackPixels(&l.packed, w.image, w.format)
		return nil
	}
	data, err := l.enc.Encode(w.image, w.format.Output(), w.profile)
	if err != nil {
		return fault.Internal(err, "no se puede codificar el resultado", "the result cannot be encoded")
	}
	w.encoded = data
	return nil
}

func write(l *Lane, w *work) *fault.Error {
	defer l.rec.Add(trace.Write, 0, l.rec.Mark())
	if err := l.sink.Write(w.task, w.format.Output(), w.encoded); err != nil {
		return fault.Internal(err, "no se puede escribir el resultado", "the result cannot be written")
	}
	return nil
}
