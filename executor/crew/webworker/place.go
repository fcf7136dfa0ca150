//go:build js && wasm

package webworker

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"syscall/js"
	"time"

	"carriles/executor/batch/result"
	"carriles/executor/crew"
	"carriles/executor/fault"
	"carriles/executor/pipeline"
	"carriles/executor/text"
)

// Place hires Web Workers. It can be used in a page and in a Web Worker, by the
// one thread that either has.
type Place struct {
	// Script is the address of the workers' script.
	Script string
	// Photo gives a photograph as an ArrayBuffer, which stays as it is.
	Photo func(name string) (photo js.Value, ok bool)

	hired   int
	started map[string]Started
}

// Started is how a worker came to be.
type Started struct {
	result.BrowserStart
	SIMD string // instruction set of its kernels
}

// Started tells of a worker that has got ready, by its name, which the place has
// given to no other.
func (p *Place) Started(name string) Started { return p.started[name] }

// About implements crew.Place.
func (*Place) About() crew.About {
	return crew.About{Worker: text.Text{ES: "Web Worker", EN: "Web Worker"}}
}

// Hire implements crew.Place.
func (p *Place) Hire(id int, s crew.Setup, tell crew.Tell) (l crew.Link, err error) {
	defer func() { // a browser throws what it doesn't allow
		switch thrown := recover().(type) {
		case nil:
		case js.Error:
			err = thrown
		default:
			panic(thrown)
		}
	}()
	p.hired++
	link := &link{place: p, id: id, name: strconv.Itoa(p.hired), tell: tell, asked: time.Now()}
	link.worker = js.Global().Get("Worker").New(p.Script)
	link.hear = js.FuncOf(func(_ js.Value, args []js.Value) any {
		link.heard(args[0].Get("data"))
		return nil
	})
	link.fail = js.FuncOf(func(_ js.Value, args []js.Value) any {
		link.broke(errors.New(wordsOf(args[0].Get("message"))))
		return nil
	})
	link.worker.Set("onmessage", link.hear)
	link.worker.Set("onerror", link.fail)
	link.send(typeServe, map[string]any{"spec": encode(s.Spec)})
	return link, nil
}

// link is the crew's end of a Web Worker.
type link struct {
	place      *Place
	id         int
	name       string
	tell       crew.Tell
	worker     js.Value
	hear, fail js.Func
	asked      time.Time
	ready      *ready
	order      *sent // in hand
	over       bool
}

// sent is an order on its way.
type sent struct {
	pipeline.Task
	at    float64 // on the shared clock
	bytes int
}

func (l *link) event(news crew.News) {
	l.tell(crew.Event{Worker: l.id, At: time.Now(), News: news})
}

func (l *link) send(kind string, message map[string]any, transferred ...any) {
	message["type"] = kind
	l.worker.Call("postMessage", message, transferred)
}

// Give implements crew.Link.
func (l *link) Give(o crew.Order) {
	if l.over {
		return
	}
	t := pipeline.Task{Index: o.Task, Attempt: o.Attempt}
	began := shared()
	photo, ok := l.place.Photo(o.Image)
	if !ok {
		l.event(crew.Settled{Outcome: crew.Outcome{Outcome: pipeline.Outcome{
			Task: t, Lane: crew.NoLane,
			Err: fault.Errorf(fault.CodeBadImage, "la imagen «%s» ya no está", "the image %q is no longer there", o.Image),
		}}})
		return
	}
	photo = photo.Call("slice") // the copy goes over
	l.order = &sent{Task: t, at: began, bytes: photo.Get("byteLength").Int()}
	l.send(typeTask, map[string]any{"task": t.Index, "attempt": t.Attempt, "photo": photo}, photo)
}

// Ask implements crew.Link.
func (l *link) Ask() {
	if !l.over {
		l.event(crew.Accounted{})
	}
}

// Leave implements crew.Link.
func (l *link) Leave() { l.end(text.Text{ES: "se fue", EN: "has left"}) }

// Kill implements crew.Link.
func (l *link) Kill() { l.end(text.Text{ES: "fue terminado", EN: "was terminated"}) }

// end terminates the worker.
func (l *link) end(reason text.Text) {
	if l.over {
		return
	}
	l.over = true
	l.worker.Set("onmessage", js.Null())
	l.worker.Set("onerror", js.Null())
	l.worker.Call("terminate")
	l.hear.Release()
	l.fail.Release()
	l.event(crew.Gone{Reason: reason})
}

// broke ends a worker that cannot go on, or that breaks the rules.
func (l *link) broke(err error) {
	l.end(text.Sprintf("se rompió (%v)", "broke (%v)", err))
}

// heard takes a message in.
func (l *link) heard(message js.Value) {
	var err error
	switch kind := message.Get("type").String(); {
	case kind == typeReady && l.ready == nil:
		err = l.greet(message.Get("ready").String())
	case kind == typeOutcome && l.order != nil:
		err = l.settle(message.Get("outcome").String(), message.Get("output"))
	case kind == typeBroken:
		err = errors.New(message.Get("text").String())
	default:
		err = fmt.Errorf("unexpected message %q", kind)
	}
	if err != nil {
		l.broke(err)
	}
}

// greet takes a worker's first word.
func (l *link) greet(said string) error {
	var r ready
	if err := json.Unmarshal([]byte(said), &r); err != nil {
		return err
	}
	l.ready = &r
	now := time.Now()
	if l.place.started == nil {
		l.place.started = map[string]Started{}
	}
	l.place.started[l.name] = Started{
		BrowserStart: result.BrowserStart{TotalS: now.Sub(l.asked).Seconds(), CompileS: r.CompileS, InstantiateS: r.InstantiateS},
		SIMD:         r.SIMD,
	}
	l.event(crew.Arrived{Hello: crew.Hello{
		Name: l.name, Lanes: 1, Clock: crew.Clock{Zero: now.Add(-r.since(shared()))},
	}})
	return nil
}

// settle takes what became of the order in hand.
func (l *link) settle(said string, output js.Value) error {
	data := Bytes(output, nil)
	o, err := decodeOutcome(said, l.order.Task, len(data))
	if err != nil {
		return err
	}
	o.Spans = travelled(o, l.ready.since(l.order.at), l.ready.since(shared()))
	out := crew.Outcome{Outcome: o, Output: crew.Output{Data: data}, In: l.order.bytes, Out: len(data)}
	l.order = nil
	l.event(crew.Settled{Outcome: out})
	return nil
}

// wordsOf is what an event's message says; not all have one.
func wordsOf(v js.Value) string {
	if v.Type() != js.TypeString || v.String() == "" {
		return "no reason given"
	}
	return v.String()
}
