// Package device is a machine's side of the room: it joins a host, holds the one
// connection, and computes in a child process, so that whatever an image does to
// a decoder ends the child and not the device. The child and what lies between it
// and this process are those of package process: to this machine a batch of the
// room's is one like any other, whose images have digests for names.
//
// It decides nothing: which task comes when, what is tried again, when a worker is
// given up is the host's. It never gives a child anything but a batch and images,
// and keeps no image beyond its life.
//
// # Hard cases
//
//   - The host is gone or restarts: it reconnects, after a fifth of a second at first
//     and two at last, each a little off, so that thirty devices do not come at once.
//     Where the host does not know it any more, it joins again by the code.
//   - The connection is there, and nobody behind it: the host pings every second; after
//     three times the silence that it grants itself, the device reconnects.
//   - Many images: what was fetched is kept, one file a digest, and all of it thrown
//     away when it has grown to cacheMax.
//   - An image is fetched for several lanes at once: it is fetched once.
//   - What was fetched is not what its digest says: the order fails, and is done elsewhere.
//   - An answer of an old worker: orders belong to a job, and a job that is over says
//     nothing more.
package device

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/coder/websocket"

	"carriles/executor/crew/process"
	"carriles/executor/crew/room"
	"carriles/executor/fault"
	"carriles/executor/text"
	"carriles/executor/trace"
)

// Config says who a device is, and whose.
type Config struct {
	Host    string // its address, such as http://192.168.1.20:8000
	Code    string // of the room
	Hello   room.Hello
	Command []string // of a child
	// Dir is an empty folder of its own.
	Dir string
	Log *slog.Logger
}

// The waits between two tries to reach the host.
const (
	retryMin = 200 * time.Millisecond
	retryMax = 2 * time.Second
	asking   = 10 * time.Second // an answer of the host's may take
)

// Run is a device's life. It returns the context's error, or why the host will not
// have it: a *fault.Error.
func Run(ctx context.Context, cfg Config) error {
	d := &device{Config: cfg, clock: trace.NewClock(), client: &http.Client{Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: cfg.Hello.Lanes}}}
	defer d.client.CloseIdleConnections()
	for _, dir := range []string{"images", "temp"} {
		if err := os.MkdirAll(filepath.Join(cfg.Dir, dir), 0o755); err != nil {
			return err
		}
	}
	d.cache = &cache{dir: cfg.Dir, get: d.get, coming: map[string]*coming{}}
	d.watch = process.NewWatch(cfg.Command, cfg.Log)
	defer d.watch.Close()
	wait := retryMin
	for {
		began := time.Now()
		err := d.session(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if final(err) {
			return err
		}
		if time.Since(began) > 2*retryMax {
			wait = retryMin
		}
		pause := wait/2 + rand.N(wait)
		cfg.Log.Info("no connection to the host", "err", err, "again in", pause.Round(time.Millisecond))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
		wait = min(2*wait, retryMax)
	}
}

// final tells whether trying again would not help.
func final(err error) bool {
	var e *fault.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code {
	case room.RefusedVersion, room.RefusedOut, room.RefusedHello, fault.CodeWrongCode:
		return true
	}
	return false
}

// device is a device between two connections.
type device struct {
	Config
	clock      trace.Clock
	client     *http.Client
	cache      *cache
	watch      *process.Watch
	credential string
}

// session is one connection, from joining on.
func (d *device) session(ctx context.Context) error {
	if d.credential == "" {
		if err := d.join(ctx); err != nil {
			return err
		}
	}
	err := d.connect(ctx)
	var e *fault.Error
	if errors.As(err, &e) && e.Code == room.RefusedCredential {
		d.credential = "" // a host that has started again
	}
	return err
}

// join exchanges the code for a credential.
func (d *device) join(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, asking)
	defer cancel()
	body, err := json.Marshal(room.JoinRequest{Code: d.Code})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.Host+room.PathJoin, bytes.NewReader(body))
	if err != nil {
		return err
	}
	answer, err := d.client.Do(req)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(io.LimitReader(answer.Body, room.MaxMessage))
	if err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		var why fault.ErrorBody
		if json.Unmarshal(data, &why) != nil || why.Error == "" {
			return fmt.Errorf("the host answered %s", answer.Status)
		}
		return &fault.Error{Code: why.Code, Text: text.Text{ES: why.Error, EN: why.Error}}
	}
	var joined room.Joined
	if err := json.Unmarshal(data, &joined); err != nil || joined.Credential == "" {
		return errors.Join(err, errors.New("the host's answer is no credential"))
	}
	d.credential = joined.Credential
	return nil
}

// connect holds the connection until it ends.
func (d *device) connect(ctx context.Context) error {
	dial, cancel := context.WithTimeout(ctx, asking)
	conn, _, err := websocket.Dial(dial, strings.Replace(d.Host, "http", "ws", 1)+room.PathSocket, &websocket.DialOptions{HTTPClient: d.client})
	cancel()
	if err != nil {
		return err
	}
	defer conn.CloseNow()
	conn.SetReadLimit(room.MaxMessage)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	l := &line{device: d, ctx: ctx, conn: conn}
	defer l.end()
	hello := d.Hello
	hello.Protocol, hello.Kind, hello.Credential = room.Protocol, room.Machine, d.credential
	if err := l.say(room.Message{Hello: &hello}); err != nil {
		return err
	}
	silence := asking
	for {
		m, err := l.hear(silence)
		switch {
		case err != nil:
			return err
		case m.Refused != nil:
			return m.Refused.Refusal()
		case m.Welcome != nil:
			beat := time.Duration(cmp.Or(m.Welcome.BeatMS, 1000)) * time.Millisecond
			silence = 3 * time.Duration(cmp.Or(m.Welcome.SilenceMS, 3000)) * time.Millisecond
			d.Log.Info("in the room", "host", d.Host)
			go l.beat(beat)
		default:
			l.obey(m)
		}
	}
}

// get fetches an image of the host's.
func (d *device) get(ctx context.Context, sha256 string, bytes int64) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.Host+room.PathImages+sha256, nil)
	if err != nil {
		return nil, err
	}
	answer, err := d.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the host answered %s", answer.Status)
	}
	data := make([]byte, bytes)
	_, err = io.ReadFull(answer.Body, data)
	return data, err
}

// launcher starts the children.
func (d *device) launcher() process.Launcher {
	return process.Launcher{Command: d.Command, Version: d.Hello.Version, Static: d.Dir, Watch: d.watch}
}
