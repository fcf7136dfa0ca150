package process

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/codec"
	"carriles/executor/crew"
	"carriles/executor/fault"
	"carriles/executor/pipeline"
)

// leaveTimeout is how long an inspector's child may take to leave before it is
// killed.
const leaveTimeout = 2 * time.Second

// foreignTimeout is how long somebody's image may take to be looked at at most, without
// a second try: so long one hostile file holds the machine.
const foreignTimeout = 5 * time.Second

// maxLooks is how many children look at an image at most, where those before were
// killed or froze.
const maxLooks = 3

// Inspector looks at encoded images in a child process of its own, so that a
// hostile file can at worst end that child. It is for uploads and for checking
// outputs, never within a run's clock. It may be used by several goroutines;
// they wait for each other.
//
// Whose fault it is: what a child says of an image, and that it ended by itself
// over it or took too long, is the image's (CodeBadImage), of somebody's image. A
// child that was killed or stopped is the machine's: others try, and at last it is
// CodeNotExamined. So is whatever befalls the inspection of an output, which the
// lab has made itself. Files that cannot be written are CodeDiskFull or
// CodeNotExamined.
type Inspector struct {
	launcher Launcher
	timeout  time.Duration // of one look

	mu    sync.Mutex
	child *child
	heard *answers // from child
}

// Inspection is what the child said of an image.
type Inspection struct {
	Format        codec.Format
	Width, Height int
	Digest        string // of the decoded pixels; see codec.Digest
}

// NewInspector makes an inspector that gives each look so much time, and one at
// somebody's image no more than five seconds; its child starts with the first image.
func NewInspector(l Launcher, timeout time.Duration) *Inspector {
	return &Inspector{launcher: l, timeout: timeout}
}

// Inspect decodes somebody's image at path and writes a preview; both paths are
// below Static. The error is the context's or a *fault.Error, as described above.
func (in *Inspector) Inspect(ctx context.Context, path, preview string) (Inspection, error) {
	return in.look(ctx, inspect{Path: path, Preview: preview}, min(foreignTimeout, in.timeout), true)
}

// Verify does the same with an output of the lab's own.
func (in *Inspector) Verify(ctx context.Context, path, preview string) (Inspection, error) {
	return in.look(ctx, inspect{Path: path, Preview: preview}, in.timeout, false)
}

// Differ tells how far two outputs of the lab's own are apart, by their paths below
// Static. The error is the context's or a *fault.Error.
func (in *Inspector) Differ(ctx context.Context, a, b string) (d pipeline.Difference, err error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, 2*in.timeout)
	defer cancel()
	var answer differed
	if err := in.ask(ctx, kindDiffer, differ{A: a, B: b}, kindDiffer, &answer); err != nil {
		in.drop()
		return d, notExamined(err)
	}
	if e := answer.Error; e != nil {
		return d, (&fault.Error{Code: e.Code, Text: e.Text}).Because(errors.New(e.Cause))
	}
	return answer.Difference, nil
}

func (in *Inspector) look(ctx context.Context, req inspect, timeout time.Duration, foreign bool) (Inspection, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	var err error
	for range maxLooks {
		var answer inspected
		if answer, err = in.try(ctx, req, timeout); err == nil {
			return answer.verdict()
		}
		late, halted := errors.Is(err, context.DeadlineExceeded), in.halted()
		end := in.drop()
		switch {
		case ctx.Err() != nil:
			return Inspection{}, ctx.Err()
		case foreign && late && !halted:
			return Inspection{}, fault.Errorf(fault.CodeBadImage,
				"la imagen no se pudo examinar en %v", "the image could not be examined within %v", timeout).Because(err)
		case foreign && !late && !end.Killed:
			return Inspection{}, fault.Errorf(fault.CodeBadImage,
				"la imagen no se pudo examinar", "the image could not be examined").Because(err)
		}
	}
	return Inspection{}, notExamined(err)
}

func notExamined(cause error) *fault.Error {
	return fault.Errorf(fault.CodeNotExamined,
		"no se pudo examinar por un fallo de la máquina, no de la imagen; inténtelo de nuevo",
		"it could not be examined by a fault of the machine, not of the image; try again").Because(cause)
}

// verdict is what an answer means.
func (i inspected) verdict() (Inspection, error) {
	if e := i.Error; e != nil {
		return Inspection{}, (&fault.Error{Code: e.Code, Text: e.Text}).Because(errors.New(e.Cause))
	}
	return Inspection{Format: i.Format, Width: i.Width, Height: i.Height, Digest: fmt.Sprintf("%x", i.Digest)}, nil
}

func (in *Inspector) try(ctx context.Context, req inspect, timeout time.Duration) (answer inspected, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return answer, in.ask(ctx, kindInspect, req, kindInspected, &answer)
}

// ask asks the child, which is started if there is none.
func (in *Inspector) ask(ctx context.Context, k kind, req any, want kind, answer any) error {
	if in.child == nil {
		in.heard = &answers{frames: make(chan frame, 4), over: make(chan struct{})}
		in.child = in.launcher.spawn(setup{Shape: request.Shape{Processes: 1, Goroutines: 1, MaxProcs: 1}}, in.heard)
		if _, err := in.heard.next(ctx, kindHello); err != nil {
			return err
		}
	}
	in.child.ask(k, req)
	data, err := in.heard.next(ctx, want)
	if err != nil {
		return err
	}
	return unmarshal(data, answer)
}

// answers are what a child says to its inspector.
type answers struct {
	frames chan frame
	spare  chan []byte   // room for what comes before a frame; nil of a child that sends nothing such
	over   chan struct{} // closed when the child has ended
	end    crew.Gone     // why, from then on
}

type frame struct {
	kind kind
	data []byte
	blob []byte // what came before it, of a child that codes
}

// said implements listener. A child that says more than it was asked is ended.
func (a *answers) said(k kind, data []byte, via transport) error {
	f := frame{kind: k, data: data}
	if t, ok := via.(*pipeTransport); ok {
		f.blob, t.out = t.out, nil
		select {
		case t.out = <-a.spare:
		default:
		}
	}
	select {
	case a.frames <- f:
		return nil
	default:
		return errors.New("it says more than it was asked")
	}
}

// ended implements listener.
func (a *answers) ended(end crew.Gone) {
	a.end = end
	close(a.over)
}

// next returns the payload of the child's next frame, which must be of a kind.
func (a *answers) next(ctx context.Context, want kind) ([]byte, error) {
	f, err := a.frame(ctx)
	if err != nil {
		return nil, err
	}
	return f.of(want)
}

// frame returns the child's next one.
func (a *answers) frame(ctx context.Context) (frame, error) {
	select {
	case <-ctx.Done():
		return frame{}, ctx.Err()
	case <-a.over:
		select {
		case f := <-a.frames: // its last one
			return f, nil
		default:
		}
		return frame{}, errors.New(a.end.Reason.EN)
	case f := <-a.frames:
		return f, nil
	}
}

func (f frame) of(want kind) ([]byte, error) {
	if f.kind != want {
		return nil, fmt.Errorf("the child's frame is %q, want %q", byte(f.kind), byte(want))
	}
	return f.data, nil
}

// halted tells whether somebody has stopped the child.
func (in *Inspector) halted() bool {
	return in.child != nil && in.child.halted()
}

// drop ends the child and returns when it is gone, so that nothing is written
// any more; the next image gets a fresh one.
func (in *Inspector) drop() (end crew.Gone) {
	if in.child != nil {
		in.child.kill()
		<-in.heard.over
		in.child, end = nil, in.heard.end
	}
	return end
}

// Close ends the child and returns when it is gone. The inspector must not be used afterwards.
func (in *Inspector) Close() {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.child == nil {
		return
	}
	in.child.leave()
	select {
	case <-in.heard.over:
	case <-time.After(leaveTimeout):
	}
	_ = in.drop()
}
