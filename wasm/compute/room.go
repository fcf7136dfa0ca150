//go:build js && wasm

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"syscall/js"

	"carriles/executor/crew"
	"carriles/executor/crew/room/device"
	"carriles/executor/crew/room/wire"
	"carriles/executor/crew/webworker"
	"carriles/executor/fault"
	"carriles/executor/text"
	"carriles/filters"
	"carriles/wasm/promise"
)

// roomKeep is how many bytes of photographs stay in a browser's memory; those that
// were thrown away are in its cache.
const roomKeep = 64 << 20

// roomJob is how a page asks its Web Worker to take part in the room.
type roomJob struct {
	Code string `json:"code"`
	Name string `json:"name"`
	Lang string `json:"lang"`
}

// roomNews is how that stands, for the page.
type roomNews struct {
	In    bool       `json:"in"`
	Busy  bool       `json:"busy"`
	Done  int        `json:"done"`            // images
	Error *text.Text `json:"error,omitempty"` // why it is over
}

// The kinds of messages between the page and its Web Worker about the room.
const (
	roomJoin  = "join"
	roomPause = "pause"
	roomSaid  = "room"
)

// member is this browser as a device of the room. The Web Worker that holds the
// connection computes nothing, so that no kernel keeps it from giving signs.
type member struct {
	*device.Device
	lang   string
	place  webworker.Place
	photos map[string]js.Value // by digest
	news   roomNews
}

// part is this browser's; nil before it has joined.
var part *member

// takePart joins the room, and tells the page how that stands.
func takePart(text string) {
	m := &member{photos: map[string]js.Value{}}
	var job roomJob
	if err := json.Unmarshal([]byte(text), &job); err != nil {
		post(roomSaid, err.Error())
		return
	}
	m.lang = job.Lang
	m.place = webworker.Place{Script: script(""), Photo: m.photo}
	m.Device = device.New(device.Config{
		Code: job.Code, Host: m, Workers: m, Keep: roomKeep,
		Hello: wire.Hello{Kind: wire.Browser, Name: job.Name, Lanes: 1, Cores: max(0, cores()), SIMD: filters.SIMDOf(filters.NativeName)},
		Note: func(n device.Note) {
			m.news.In, m.news.Busy = n.In, false
			tell(roomSaid, m.news)
		},
	})
	part = m
	go m.live()
}

func (m *member) live() {
	err := m.Run(context.Background())
	m.news.In, m.news.Error = false, &text.Text{ES: err.Error(), EN: err.Error()}
	var why *fault.Error
	if errors.As(err, &why) {
		m.news.Error = &why.Text
	}
	tell(roomSaid, m.news)
}

func cores() int {
	n := js.Global().Get("navigator").Get("hardwareConcurrency")
	if n.Type() != js.TypeNumber {
		return 0
	}
	return n.Int()
}

func (m *member) photo(sha256 string) (photo js.Value, ok bool) {
	photo, ok = m.photos[sha256]
	return photo, ok
}

// Post implements device.Host.
func (m *member) Post(_ context.Context, path string, body []byte) (status int, answer []byte, err error) {
	options := map[string]any{
		"method": "POST", "body": string(body),
		"headers": map[string]any{"Content-Type": "application/json", "Accept-Language": m.lang},
	}
	response, err := promise.Await(js.Global().Call("fetch", path, options), js.FuncOf)
	if err != nil {
		return 0, nil, err
	}
	buffer, err := promise.Await(response.Call("arrayBuffer"), js.FuncOf)
	if err != nil {
		return 0, nil, err
	}
	return response.Get("status").Int(), webworker.Bytes(buffer, nil), nil
}

// Get implements device.Host.
func (m *member) Get(_ context.Context, path string, bytes int64) ([]byte, error) {
	buffer, err := fetch(path)
	if err != nil {
		return nil, err
	}
	if n := buffer.Get("byteLength").Int(); int64(n) != bytes {
		return nil, fmt.Errorf("%d bytes instead of %d", n, bytes)
	}
	return webworker.Bytes(buffer, nil), nil
}

// Image implements device.Workers.
func (m *member) Image(sha256 string, data []byte) error {
	m.photos[sha256] = webworker.Buffer(data)
	return nil
}

// Forget implements device.Workers.
func (m *member) Forget(sha256 string) { delete(m.photos, sha256) }

// Hire implements device.Workers: with one Web Worker.
func (m *member) Hire(job int, s crew.Setup, hear crew.Tell) (crew.Link, error) {
	s.Spec.Source, s.Spec.Transport = "", "" // which are the host's
	l, err := m.place.Hire(job, s, hear)
	if err == nil {
		m.news.Busy = true
		tell(roomSaid, m.news)
	}
	return l, err
}

// Output implements device.Workers.
func (m *member) Output(o crew.Output, _ []byte) ([]byte, error) {
	m.news.Done++
	tell(roomSaid, m.news)
	return o.Data, nil
}

// Clear implements device.Workers.
func (m *member) Clear(int) {
	m.news.Busy = false
	tell(roomSaid, m.news)
}

// Dial implements device.Host.
func (m *member) Dial(ctx context.Context, path string) (device.Conn, error) {
	at := js.Global().Get("location")
	scheme := "ws://"
	if at.Get("protocol").String() == "https:" {
		scheme = "wss://"
	}
	c := &socket{ws: js.Global().Get("WebSocket").New(scheme + at.Get("host").String() + path), more: make(chan struct{}, 1)}
	c.ws.Set("binaryType", "arraybuffer")
	c.on("open", func(js.Value) { c.open = true })
	c.on("message", func(e js.Value) {
		if data := e.Get("data"); data.Type() == js.TypeString {
			c.heard = append(c.heard, []byte(data.String()))
		}
	})
	c.on("close", func(js.Value) { c.over = true })
	for !c.open {
		if err := c.wait(ctx); err != nil || c.over {
			c.Close()
			return nil, errors.Join(err, errEnded)
		}
	}
	return c, nil
}

var errEnded = errors.New("the connection has ended")

// socket is a WebSocket of the browser's. Its callbacks note what has happened, and
// wake the one who waits.
type socket struct {
	ws         js.Value
	listeners  []js.Func
	more       chan struct{}
	open, over bool
	heard      [][]byte
	closed     sync.Once
}

func (c *socket) on(event string, note func(e js.Value)) {
	f := js.FuncOf(func(_ js.Value, args []js.Value) any {
		note(args[0])
		select {
		case c.more <- struct{}{}:
		default:
		}
		return nil
	})
	c.listeners = append(c.listeners, f)
	c.ws.Set("on"+event, f)
}

// wait waits for something to happen.
func (c *socket) wait(ctx context.Context) error {
	select {
	case <-c.more:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Say implements device.Conn. The browser buffers what it sends.
func (c *socket) Say(_ context.Context, message, data []byte) error {
	if c.over {
		return errEnded
	}
	c.ws.Call("send", string(message))
	if data != nil {
		c.ws.Call("send", webworker.Buffer(data))
	}
	return nil
}

// Hear implements device.Conn.
func (c *socket) Hear(ctx context.Context) ([]byte, error) {
	for len(c.heard) == 0 {
		if c.over {
			return nil, errEnded
		}
		if err := c.wait(ctx); err != nil {
			return nil, err
		}
	}
	first := c.heard[0]
	c.heard = c.heard[1:]
	return first, nil
}

// Close implements device.Conn.
func (c *socket) Close() {
	c.closed.Do(func() {
		c.over = true
		for _, event := range []string{"open", "message", "close"} {
			c.ws.Set("on"+event, js.Null())
		}
		c.ws.Call("close")
		for _, f := range c.listeners {
			f.Release()
		}
		select {
		case c.more <- struct{}{}:
		default:
		}
	})
}
