// Package machine has a whole machine take part in a room as a device
// (executor/crew/room/device): its messages travel over HTTP, and a child process
// computes with its lanes, so that whatever an image does to a decoder ends the
// child and not the device. The child and what lies between it and this process are
// those of package process: to this machine a batch of the room's is one like any
// other, whose images have digests for names.
package machine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"carriles/executor/crew"
	"carriles/executor/crew/process"
	"carriles/executor/crew/room/device"
	"carriles/executor/crew/room/wire"
)

// Config says who a machine is, and whose.
type Config struct {
	Host    string // its address, such as http://192.168.1.20:8000
	Code    string // of the room
	Hello   wire.Hello
	Command []string // of a child
	// Dir is an empty folder of its own.
	Dir string
	Log *slog.Logger
}

// keep is how many bytes of images are kept: a class's photographs are 180 MB.
const keep = 1 << 30

// Run is a machine's life in the room, as device.Run's.
func Run(ctx context.Context, cfg Config) error {
	for _, dir := range []string{"images", "temp"} {
		if err := os.MkdirAll(filepath.Join(cfg.Dir, dir), 0o755); err != nil {
			return err
		}
	}
	client := &http.Client{Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: cfg.Hello.Lanes}}
	defer client.CloseIdleConnections()
	cfg.Hello.Kind = wire.Machine
	watch := process.NewWatch(cfg.Command, cfg.Log)
	defer watch.Close()
	return device.New(device.Config{
		Code: cfg.Code, Hello: cfg.Hello, Host: Over(client, cfg.Host), Keep: keep,
		Workers: children{process.Launcher{Command: cfg.Command, Version: cfg.Hello.Version, Static: cfg.Dir, Watch: watch}},
		Note: func(n device.Note) {
			if n.In {
				cfg.Log.Info("in the room", "host", cfg.Host)
				return
			}
			cfg.Log.Info("no connection to the host", "err", n.Err, "again in", n.Again.Round(time.Millisecond))
		},
	}).Run(ctx)
}

// Over is the way to the host at an address, by a client's connections.
func Over(client *http.Client, address string) device.Host { return host{address, client} }

// host is the way to the host at an address.
type host struct {
	address string
	client  *http.Client
}

func (h host) do(ctx context.Context, method, path string, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, h.address+path, body)
	if err != nil {
		return nil, err
	}
	return h.client.Do(req)
}

// Post implements device.Host.
func (h host) Post(ctx context.Context, path string, body []byte) (status int, answer []byte, err error) {
	r, err := h.do(ctx, http.MethodPost, path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	defer r.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(r.Body, wire.MaxMessage))
	return r.StatusCode, answer, err
}

// Get implements device.Host.
func (h host) Get(ctx context.Context, path string, bytes int64) ([]byte, error) {
	r, err := h.do(ctx, http.MethodGet, path, nil)
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the host answered %s", r.Status)
	}
	data := make([]byte, bytes)
	_, err = io.ReadFull(r.Body, data)
	return data, err
}

// Dial implements device.Host.
func (h host) Dial(ctx context.Context, path string) (device.Conn, error) {
	w := &whole{}
	client := http.Client{Transport: &http.Transport{DisableCompression: true, DialContext: w.dial}}
	c, _, err := websocket.Dial(ctx, strings.Replace(h.address, "http", "ws", 1)+path, &websocket.DialOptions{HTTPClient: &client})
	if err != nil {
		return nil, err
	}
	c.SetReadLimit(wire.MaxMessage)
	return conn{c, w}, nil
}

// conn is a WebSocket as a device knows it.
type conn struct {
	*websocket.Conn
	whole *whole
}

// Say implements device.Conn.
func (c conn) Say(ctx context.Context, message, data []byte) error {
	if data == nil {
		return c.Write(ctx, websocket.MessageText, message)
	}
	c.whole.hold()
	return errors.Join(
		c.Write(ctx, websocket.MessageText, message),
		c.Write(ctx, websocket.MessageBinary, data),
		c.whole.release())
}

// Hear implements device.Conn.
func (c conn) Hear(ctx context.Context) ([]byte, error) {
	_, data, err := c.Read(ctx)
	return data, err
}

// Close implements device.Conn.
func (c conn) Close() { _ = c.CloseNow() }

// whole is a connection that sends a message with its bytes in few pieces. A WebSocket's
// client masks what it sends in a buffer of 4 KB and writes that each time it is full: an
// output of 130 KB would be 33 packets, and wake both ends as often.
type whole struct {
	net.Conn

	mu   sync.Mutex
	held bool
	wait []byte // what is written while it is held
}

// piece is how much waits at most.
const piece = 64 << 10

func (w *whole) dial(ctx context.Context, network, address string) (_ net.Conn, err error) {
	w.Conn, err = new(net.Dialer).DialContext(ctx, network, address)
	return w, err
}

// hold has what is written wait for release.
func (w *whole) hold() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.held = true
}

func (w *whole) release() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.held = false
	return w.flush()
}

// flush writes what waits; w.mu is held.
func (w *whole) flush() error {
	_, err := w.Conn.Write(w.wait)
	w.wait = w.wait[:0]
	return err
}

// Write implements net.Conn.
func (w *whole) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.held {
		return w.Conn.Write(p)
	}
	if w.wait = append(w.wait, p...); len(w.wait) >= piece {
		if err := w.flush(); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// children are processes of this machine, whose static folder is the device's own.
type children struct{ process.Launcher }

func (c children) image(sha256 string) string { return filepath.Join(c.Static, "images", sha256) }

// Image implements device.Workers.
func (c children) Image(sha256 string, data []byte) error {
	return os.WriteFile(c.image(sha256), data, 0o644)
}

// Forget implements device.Workers.
func (c children) Forget(sha256 string) { _ = os.Remove(c.image(sha256)) } // what stays is no harm

// temp is a job's folder for outputs, below the static one, with slashes.
func temp(job int) string { return "temp/" + strconv.Itoa(job) }

func (c children) path(below string) string {
	return filepath.Join(c.Static, filepath.FromSlash(below))
}

// Hire implements device.Workers.
func (c children) Hire(job int, s crew.Setup, tell crew.Tell) (crew.Link, error) {
	dir := c.path(temp(job))
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(dir, 0o755)); err != nil {
		return nil, err
	}
	return process.Place{Launcher: c.Launcher, TempDir: temp(job)}.Hire(job, s, tell)
}

// Output implements device.Workers.
func (c children) Output(o crew.Output, buf []byte) ([]byte, error) {
	file := c.path(o.File)
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() {
		f.Close()
		go os.Remove(file) // nobody waits for it, and what stays goes with the job's folder
	}()
	return process.ReadInto(f, buf, math.MaxInt64) // how long it may be, the host knows
}

// Clear implements device.Workers.
func (c children) Clear(job int) { _ = os.RemoveAll(c.path(temp(job))) }
