package process

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"carriles/executor/codec"
	"carriles/executor/crew"
	"carriles/executor/fault"
	"carriles/executor/pipeline"
)

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

	mu         sync.Mutex
	*attendant // nil: there is none
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
		return d, e.fault()
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
		return Inspection{}, e.fault()
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
	if in.attendant == nil {
		in.attendant = in.launcher.attend(setup{Shape: oneLane})
		if _, err := in.greeting(ctx); err != nil {
			return err
		}
	}
	return in.attendant.ask(ctx, k, req, want, answer)
}

// halted tells whether somebody has stopped the child.
func (in *Inspector) halted() bool { return in.attendant != nil && in.child.halted() }

// drop ends the child; the next image gets a fresh one.
func (in *Inspector) drop() (gone crew.Gone) {
	if in.attendant != nil {
		gone = in.end()
		in.attendant = nil
	}
	return gone
}

// Close ends the child and returns when it is gone. The inspector must not be used afterwards.
func (in *Inspector) Close() {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.attendant != nil {
		in.leave()
		in.attendant = nil
	}
}
