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
)

// leaveTimeout is how long an inspector's child may take to leave before it is
// killed.
const leaveTimeout = 2 * time.Second

// Inspector looks at encoded images in a child process of its own, so that a
// hostile file can at worst end that child. It is for uploads and for checking
// outputs, never within a run's clock. It may be used by several goroutines;
// they wait for each other.
type Inspector struct {
	launcher Launcher
	timeout  time.Duration

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

// NewInspector makes an inspector; its child starts with the first image.
func NewInspector(l Launcher, timeout time.Duration) *Inspector {
	return &Inspector{launcher: l, timeout: timeout}
}

// Inspect decodes the image at path and writes a preview; both paths are below
// Static. The error is a *fault.Error with CodeBadImage if the file is not an
// image that can be decoded, or if two children died over it.
func (in *Inspector) Inspect(ctx context.Context, path, preview string) (Inspection, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	var err error
	for range 2 {
		var answer inspected
		if answer, err = in.try(ctx, inspect{Path: path, Preview: preview}); err == nil {
			if answer.Error != nil {
				return Inspection{}, (&fault.Error{Code: fault.CodeBadImage, Text: *answer.Error}).Because(errors.New(answer.Cause))
			}
			return Inspection{
				Format: answer.Format, Width: answer.Width, Height: answer.Height, Digest: fmt.Sprintf("%x", answer.Digest),
			}, nil
		}
		in.drop()
		if ctx.Err() != nil {
			return Inspection{}, ctx.Err()
		}
	}
	return Inspection{}, fault.Errorf(fault.CodeBadImage,
		"la imagen no se pudo examinar", "the image could not be examined").Because(err)
}

func (in *Inspector) try(ctx context.Context, req inspect) (answer inspected, err error) {
	ctx, cancel := context.WithTimeout(ctx, in.timeout)
	defer cancel()
	if in.child == nil {
		in.heard = &answers{frames: make(chan frame, 4), over: make(chan struct{})}
		in.child = in.launcher.spawn(setup{Shape: request.Shape{Processes: 1, Goroutines: 1, MaxProcs: 1}}, in.heard)
		if _, err := in.heard.next(ctx, kindHello); err != nil {
			return answer, err
		}
	}
	in.child.ask(kindInspect, req)
	data, err := in.heard.next(ctx, kindInspected)
	if err != nil {
		return answer, err
	}
	return answer, unmarshal(data, &answer)
}

// answers are what a child says to its inspector.
type answers struct {
	frames chan frame
	over   chan struct{} // closed when the child has ended
	end    crew.Gone     // why, from then on
}

type frame struct {
	kind kind
	data []byte
}

// said implements listener. A child that says more than it was asked is ended.
func (a *answers) said(k kind, data []byte, _ transport) error {
	select {
	case a.frames <- frame{k, data}:
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
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-a.over:
		return nil, errors.New(a.end.Reason.EN)
	case f := <-a.frames:
		if f.kind != want {
			return nil, fmt.Errorf("the child's frame is %q, want %q", byte(f.kind), byte(want))
		}
		return f.data, nil
	}
}

// drop ends the child and returns when it is gone, so that nothing is written
// any more; the next image gets a fresh one.
func (in *Inspector) drop() {
	if in.child != nil {
		in.child.kill()
		<-in.heard.over
		in.child = nil
	}
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
	in.drop()
}
