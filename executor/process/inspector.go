package process

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/codec"
	"carriles/executor/fault"
)

// Inspector looks at encoded images in a child process of its own, so that a
// hostile file can at worst end that child. It is for uploads and for checking
// outputs, never within a run's clock. It may be used by several goroutines;
// they wait for each other.
type Inspector struct {
	launcher Launcher
	timeout  time.Duration

	mu     sync.Mutex
	events chan event
	closed chan struct{}
	child  *child
	nextID int
}

// Inspection is what the child said of an image.
type Inspection struct {
	Format        codec.Format
	Width, Height int
	Digest        string // of the decoded pixels; see codec.Digest
}

// NewInspector makes an inspector; its child starts with the first image.
func NewInspector(l Launcher, timeout time.Duration) *Inspector {
	return &Inspector{launcher: l, timeout: timeout, events: make(chan event, 16), closed: make(chan struct{})}
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

func (in *Inspector) try(ctx context.Context, req inspect) (inspected, error) {
	ctx, cancel := context.WithTimeout(ctx, in.timeout)
	defer cancel()
	if in.child == nil {
		in.nextID++
		in.child = in.launcher.spawn(in.nextID, 0, 0, setup{
			Shape: request.Shape{Processes: 1, Goroutines: 1, MaxProcs: 1},
		}, in.send)
		if _, err := in.wait(ctx, kindHello); err != nil {
			return inspected{}, err
		}
	}
	in.child.ask(kindInspect, req)
	data, err := in.wait(ctx, kindInspected)
	if err != nil {
		return inspected{}, err
	}
	var answer inspected
	return answer, unmarshal(data, &answer)
}

// wait returns the payload of the child's next frame, which must be of a kind.
func (in *Inspector) wait(ctx context.Context, want kind) ([]byte, error) {
	for {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case ev := <-in.events:
			switch {
			case ev.proc != in.child.id: // an earlier child's end
			case ev.end != nil:
				return nil, errors.New(ev.end.reason.EN)
			case ev.kind != want:
				return nil, fmt.Errorf("the child's frame is %q, want %q", byte(ev.kind), byte(want))
			default:
				return ev.data, nil
			}
		}
	}
}

// drop ends the child and returns when it is gone, so that nothing is written
// any more; the next image gets a fresh one.
func (in *Inspector) drop() {
	if in.child == nil {
		return
	}
	in.child.kill()
	for gone := false; !gone; {
		select {
		case <-in.events: // whatever it still says
		case <-in.child.gone:
			gone = true
		}
	}
	in.child = nil
}

func (in *Inspector) send(ev event) {
	select {
	case in.events <- ev:
	case <-in.closed:
	}
}

// Close ends the child and returns when it is gone. The inspector must not be used afterwards.
func (in *Inspector) Close() {
	in.mu.Lock()
	defer in.mu.Unlock()
	if c := in.child; c != nil {
		c.leave()
		late := time.After(closeTimeout)
		for ended := false; !ended; {
			select {
			case ev := <-in.events:
				ended = ev.proc == c.id && ev.end != nil
			case <-late:
				c.kill()
			}
		}
	}
	close(in.closed)
}
