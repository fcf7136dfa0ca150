// Package queue holds jobs until somebody has done them: a NATS JetStream stream, inside
// this program or a department's. It is the only package that knows NATS.
//
// It knows nothing of what a job is, who should do it, or how often it is tried: that is
// told by Next, and decided by who takes one (package jobs).
//
// # What is on the stream
//
// A message is one job, on the subject carriles.jobs.<id>, with the id as its
// Nats-Msg-Id too, so that one that is put twice is there once. The stream is a work
// queue: a message is there until it is done or dropped. It is written to the disk
// before Put returns.
//
// All hosts share one durable consumer. Next gives a message to one of them, who holds it
// for Lease and longer as long as it says so (Extend): if it does not, because it has
// died, was stopped or cut off, the message is given to whoever asks next, with a count
// one higher. There is no highest count on the stream's side: a work queue would keep a
// message that has reached it for ever, and nobody would get it. Who holds one ends it
// with one of
//
//	Done    it is done: the message is gone
//	Drop    it cannot be done by anybody: gone too, and no redelivery
//	Back    another should have it, after a while
//
// A note is what is known of a job, by its id, in a key-value bucket that all hosts see.
// It holds nothing that a run's result holds: where that is, and how it ended. It is
// kept for a week.
//
// # Hard cases
//
// Two servers on one folder would both start, and damage it: the lock of the static
// folder, which its owner takes before, keeps the second one out.
//
// A damaged folder: JetStream leaves out what it cannot read, or does not start, and
// that is this package's error. It is never deleted.
//
// The embedded server listens on nothing: this process is its only client.
package queue

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Lease is how long a job is held without a sign, but in tests.
const Lease = 5 * time.Second

// The bounds of what is on the stream.
const (
	MaxJobs  = 256
	maxBytes = 256 << 10 // of a message
	keptFor  = 7 * 24 * time.Hour
)

const (
	streamName = "carriles_jobs"
	bucketName = "carriles_tasks"
	consumer   = "hosts"
	subjects   = "carriles.jobs."
	// waiting is how many Next may be waiting, of all hosts together, and held how many
	// jobs: the server's own bounds are 512 and 1,000.
	waiting = 4096
	started = 10 * time.Second
)

// The errors of the queue.
var (
	ErrFull = errors.New("the queue is full")
	ErrNone = errors.New("there is nothing")
)

// Queue is where jobs are put and taken. Its methods may be called by several
// goroutines.
type Queue struct {
	server *server.Server // embedded; nil of a department's
	conn   *nats.Conn
	stream jetstream.Stream
	js     jetstream.JetStream
	taker  jetstream.Consumer
	notes  jetstream.KeyValue
	shared bool
	remade bool
	copies int // that the servers keep
	lease  time.Duration
}

// Held is a job that was taken.
type Held struct {
	ID   string
	Data []byte
	// Count is how often it has been given out, this time included.
	Count int
	Hold
}

// Hold is what who holds a job may say of it.
type Hold interface {
	// Extend says that it is still held.
	Extend() error
	// Done ends a job that is done. It returns when that is written.
	Done(context.Context) error
	// Drop ends a job that nobody can do.
	Drop(why string) error
	// Back gives a job to others, after a while.
	Back(after time.Duration) error
}

// Embedded starts a queue of this program's own in a folder, which is made if it is
// missing; jobs are held for a lease. Close must be called.
func Embedded(dir string, lease time.Duration) (_ *Queue, err error) {
	dir, err = filepath.Abs(dir)
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return nil, err
	}
	q := &Queue{lease: lease, copies: 1}
	defer func() {
		if v := recover(); v != nil { // of what it read
			err = fmt.Errorf("the queue's files: %v", v)
		}
		if err == nil {
			return
		}
		err = fmt.Errorf("%w (without the folder %s it starts empty)", err, dir)
		if q.conn != nil {
			q.conn.Close()
		}
		if q.server != nil {
			q.leave()
		}
	}()
	q.server, err = server.NewServer(&server.Options{
		ServerName: "carriles", DontListen: true, NoSigs: true, NoLog: true,
		JetStream: true, StoreDir: dir, SyncAlways: true, JetStreamMaxMemory: 16 << 20, JetStreamMaxStore: 256 << 20,
	})
	if err != nil {
		return nil, err
	}
	if err = start(q.server); err != nil {
		return nil, err
	}
	if !q.server.ReadyForConnections(started) || !q.server.JetStreamEnabled() {
		return nil, fmt.Errorf("JetStream does not start in %s", dir)
	}
	return q, q.open(nats.Connect("", nats.InProcessServer(q.server), nats.Name("carriles")))
}

// start starts a server, which reads its files first. Over damaged ones it may never
// come back from that: then it is left.
func start(s *server.Server) error {
	up := make(chan error, 1)
	go func() {
		defer func() {
			if v := recover(); v != nil {
				up <- fmt.Errorf("the queue's files: %v", v)
			}
		}()
		s.Start()
		up <- nil
	}()
	select {
	case err := <-up:
		return err
	case <-time.After(started):
		return fmt.Errorf("reading the queue's files takes over %v", started)
	}
}

// leave ends a server that did not start: it writes its files as it ends. Over damaged
// ones it may hold its locks for ever: then it is left.
func (q *Queue) leave() {
	ended := make(chan struct{})
	go func() {
		q.server.Shutdown()
		q.server.WaitForShutdown()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(started):
	}
}

// Department says where a department's queue is and how to come in.
type Department struct {
	// URL is nats://HOST:4222, or tls://HOST:4222; of several servers that are one
	// cluster with commas between. Three of them and more keep three copies of all, so
	// that one may die.
	URL         string
	Credentials string // the file that it has given out, if there is one
	Authorities string // a file of those whose certificates are trusted; the system's if there is none
}

// Shared uses a department's queue.
func Shared(d Department, lease time.Duration) (*Queue, error) {
	options := []nats.Option{nats.Name("carriles"), nats.MaxReconnects(-1), nats.Timeout(started)}
	if d.Credentials != "" {
		options = append(options, nats.UserCredentials(d.Credentials))
	}
	if d.Authorities != "" {
		options = append(options, nats.RootCAs(d.Authorities))
	}
	q := &Queue{shared: true, lease: lease, copies: 1}
	if strings.Count(d.URL, ",") >= 2 {
		q.copies = 3
	}
	if err := q.open(nats.Connect(d.URL, options...)); err != nil {
		q.Close()
		return nil, err
	}
	return q, nil
}

// open makes what is missing on the stream's side.
func (q *Queue) open(conn *nats.Conn, err error) error {
	if err != nil {
		return err
	}
	q.conn = conn
	if q.js, err = jetstream.New(conn); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), started)
	defer cancel()
	if q.stream, err = q.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: streamName, Subjects: []string{subjects + "*"}, Retention: jetstream.WorkQueuePolicy,
		MaxMsgs: MaxJobs, MaxMsgSize: maxBytes, Discard: jetstream.DiscardNew, Storage: jetstream.FileStorage, Replicas: q.copies,
	}); err != nil {
		return err
	}
	if err = q.take(ctx); err != nil {
		return err
	}
	q.notes, err = q.js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: bucketName, TTL: keptFor, MaxBytes: 16 << 20, MaxValueSize: 16 << 10, Replicas: q.copies})
	return err
}

// take makes the consumer, or finds it. Whatever is on a work queue waits for its
// consumer or is held by somebody, and none has been given out that was never put:
// where that is not so, or the consumer cannot be read, its files were damaged, and jobs
// might never be given out. Then it is made anew, and the jobs that were held are given
// out again, counted from one.
func (q *Queue) take(ctx context.Context) (err error) {
	config := jetstream.ConsumerConfig{
		Durable: consumer, AckPolicy: jetstream.AckExplicitPolicy, AckWait: q.lease, MaxDeliver: -1, MaxAckPending: waiting, MaxWaiting: waiting,
	}
	q.taker, err = q.stream.CreateOrUpdateConsumer(ctx, config)
	if q.shared { // others are at work on it, and its servers see to its files
		return err
	}
	is := q.stream.CachedInfo().State       // of a moment ago, and nobody else is at work on it
	if is.Msgs > is.LastSeq+1-is.FirstSeq { // 0 of an empty one
		return fmt.Errorf("the queue's files are damaged: %d jobs from place %d to %d", is.Msgs, is.FirstSeq, is.LastSeq)
	}
	if err == nil {
		at := q.taker.CachedInfo()
		if at.NumPending+uint64(at.NumAckPending) == is.Msgs && at.Delivered.Stream <= is.LastSeq {
			return nil
		}
	}
	q.remade = true
	if err := q.stream.DeleteConsumer(ctx, consumer); err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
		return err
	}
	q.taker, err = q.stream.CreateConsumer(ctx, config)
	return err
}

// Remade tells that it was found damaged: jobs that were held are given out as if for
// the first time, and some may be lost.
func (q *Queue) Remade() bool { return q.remade }

// Lease is how long a job of this queue is held without a sign.
func (q *Queue) Lease() time.Duration { return q.lease }

// Shared tells whether other hosts may take jobs too.
func (q *Queue) Shared() bool { return q.shared }

// Put puts a job in, unless it is there. The error is ErrFull or the stream's.
func (q *Queue) Put(ctx context.Context, id string, data []byte) error {
	_, err := q.js.Publish(ctx, subjects+id, data, jetstream.WithMsgID(id))
	var api *jetstream.APIError
	if errors.As(err, &api) && strings.Contains(api.Description, "maximum messages") {
		return ErrFull
	}
	return err
}

// Next takes a job; ErrNone if there is none for a while.
func (q *Queue) Next(ctx context.Context, wait time.Duration) (Held, error) {
	if ctx.Err() != nil {
		return Held{}, ctx.Err()
	}
	within, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	batch, err := q.taker.Fetch(1, jetstream.FetchContext(within))
	if err != nil {
		return Held{}, err
	}
	m, ok := <-batch.Messages()
	if !ok {
		err := batch.Error()
		switch {
		case ctx.Err() != nil:
			return Held{}, ctx.Err()
		case err == nil, errors.Is(err, nats.ErrTimeout), errors.Is(err, context.DeadlineExceeded):
			return Held{}, ErrNone
		}
		return Held{}, err
	}
	h := Held{ID: strings.TrimPrefix(m.Subject(), subjects), Data: m.Data(), Hold: message{m}}
	about, err := m.Metadata()
	if err == nil {
		h.Count = int(about.NumDelivered)
	}
	return h, err
}

// message is a job on the stream; it is its Hold.
type message struct{ jetstream.Msg }

func (m message) Extend() error                  { return m.InProgress() }
func (m message) Done(ctx context.Context) error { return m.DoubleAck(ctx) }
func (m message) Drop(why string) error          { return m.TermWithReason(why) }
func (m message) Back(after time.Duration) error { return m.NakWithDelay(after) }

// Note writes down what is known of a job.
func (q *Queue) Note(ctx context.Context, id string, data []byte) error {
	_, err := q.notes.Put(ctx, id, data)
	return err
}

// Noted is what is known of a job; ErrNone if nothing is.
func (q *Queue) Noted(ctx context.Context, id string) ([]byte, error) {
	e, err := q.notes.Get(ctx, id)
	if errors.Is(err, jetstream.ErrKeyNotFound) || errors.Is(err, jetstream.ErrInvalidKey) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, err
	}
	return e.Value(), nil
}

// Len is how many jobs are there, those that are held included.
func (q *Queue) Len(ctx context.Context) (int, error) {
	info, err := q.stream.Info(ctx)
	if err != nil {
		return 0, err
	}
	return int(info.State.Msgs), nil
}

// Close leaves the queue, and ends an embedded one.
func (q *Queue) Close() {
	if q.conn != nil {
		q.conn.Close()
	}
	if q.server != nil {
		q.server.Shutdown()
		q.server.WaitForShutdown()
	}
}
