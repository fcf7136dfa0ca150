package process

import (
	"context"
	"errors"
	"fmt"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/crew"
)

// oneLane is the shape of a child that does one thing at a time.
var oneLane = request.Shape{Processes: 1, Goroutines: 1, MaxProcs: 1}

// attendant is a child that works for no crew: it is asked one thing after another,
// and speaks when it is asked. One goroutine at a time asks it.
type attendant struct {
	child *child
	heard *answers
}

// attend starts an attendant, which says hello first.
func (l Launcher) attend(s setup) *attendant {
	heard := &answers{frames: make(chan frame, 4), over: make(chan struct{})}
	if s.Coding {
		heard.spare = make(chan []byte, 4)
	}
	return &attendant{l.spawn(s, heard), heard}
}

// greeting waits for its hello.
func (a *attendant) greeting(ctx context.Context) (h hello, err error) {
	return h, a.answer(ctx, kindHello, &h)
}

// ask has it answer a frame by one of the kind want.
func (a *attendant) ask(ctx context.Context, k kind, req any, want kind, answer any) error {
	a.child.ask(k, req)
	return a.answer(ctx, want, answer)
}

// answer takes its next frame in, which must be of a kind.
func (a *attendant) answer(ctx context.Context, want kind, answer any) error {
	f, err := a.heard.frame(ctx)
	if err != nil {
		return err
	}
	return f.read(want, answer)
}

// end ends it and returns when it is gone, so that nothing is written any more.
func (a *attendant) end() crew.Gone {
	a.child.kill()
	<-a.heard.over
	return a.heard.end
}

// leaveTimeout is how long an attendant may take to leave before it is killed.
const leaveTimeout = 2 * time.Second

// leave lets it go and returns when it is gone.
func (a *attendant) leave() {
	a.child.leave()
	select {
	case <-a.heard.over:
	case <-time.After(leaveTimeout):
	}
	a.end()
}

// answers are what an attendant says.
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

// read reads a frame that must be of a kind.
func (f frame) read(want kind, answer any) error {
	if f.kind != want {
		return fmt.Errorf("the child's frame is %q, want %q", byte(f.kind), byte(want))
	}
	return unmarshal(f.data, answer)
}
