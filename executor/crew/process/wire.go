// Package process is the crew's place of this machine: its workers are child
// processes of the same binary. It starts and ends them, and carries orders and
// images there and outcomes back. It decides nothing: who gets which task, and
// what is tried again, is the crew's. What the kernel tells of a process is in
// the package kernel.
//
// Place and link are the parent's side, worker and endpoint the child's, wire
// and transport what lies between. The Inspector is a child of its own for
// images that are looked at out of any clock.
//
// # Hard cases
//
//   - A worker takes all memory: it bounds its own data (MemoryLimit in kernel), and
//     ends with Go's words as the reason (death.go).
//   - It is stopped before its exec: a process of its own kills it, since nobody in the
//     server can be sure to run then (watch.go).
//   - The machine runs out of memory: the kernel takes a worker first (Sacrifice in
//     kernel).
//   - It freezes with an image on its way: each child has a writer goroutine of its own,
//     so that one that does not read its pipe holds nobody up (child.go).
//   - Images that travel: with the transports pipe and shm the parent reads the file
//     and writes the output down. What travels is the encoded image. Receiving begins,
//     for the accounts, when the parent begins to deliver: reading the file and
//     waking the worker are part of what it costs (Give in link.go).
//   - Pictures that travel decoded: with the transport pixels a child of its own decodes
//     and encodes for all workers of a method, so that no image is decoded here (Coder).
//   - I/O that is real: with the source http the workers fetch each photograph from
//     this server's slow endpoint over loopback; the wait is in the server, and the
//     worker's goroutine is parked as any program's would be (remote in endpoint.go).
//   - A GIL: the method threading-gil is N goroutines, each locked to a thread of its own,
//     on N processors, with a lock that they take around what computes (pipeline.Lock).
//   - CPU over wall, by stage: a lane is locked to its thread, whose processor time each
//     span notes (thread in worker.go).
//   - One P: workers poll their input (Pollable in kernel). bild: its init sets
//     GOMAXPROCS, and each worker sets its shape's before anything runs (start).
//   - The server dies: workers end with their standard input, read by a goroutine of
//     its own; on Linux the kernel kills them as well, with the thread that started
//     them, which therefore stays locked until the child is gone (spawn).
//   - Half an output: workers write temporary files; only who commits links a finished
//     one to its name, which fails if the name exists (5 below).
//   - A worker in another language: it is told in its setup what this program knows from
//     its types (Ways), and is otherwise as any (package python).
//   - A worker that is nobody's: version and cookie are compared (1 below).
//
// # The protocol between parent and worker
//
// The parent starts its own executable with the hidden subcommand "child" and
// speaks to it over the child's standard input and output. Standard error is
// free text; the parent keeps its tail to explain a death.
//
// Both directions carry frames: one byte of kind, four bytes of payload length
// (big endian, at most maxFrame), the payload. A longer or unknown frame ends
// the conversation.
//
//  1. The parent's first frame is setup (JSON): version, cookie and the whole
//     spec. The worker compares the version with its own and the cookie with
//     the one in its environment; if either differs it exits with a sentence
//     on standard error and runs nothing. So nobody runs a worker by hand, and
//     a binary replaced under a running server is noticed.
//  2. The worker answers hello (JSON: version, pid, lanes, clock) when its lanes are
//     ready.
//  3. The parent sends one task frame (binary, fixed size: index, attempt, buffer,
//     the time at which it began to deliver, the size of the image) for each
//     free lane, and the next one when a done frame (binary) comes back. So a
//     dying worker takes at most one task per lane with it.
//  4. How the image arrives is the setup's transport. path: the size is 0 and
//     the worker reads the file. pipe: blob frames follow, together as long as
//     the size says. shm: the image lies in the task's buffer of a segment that
//     both map, which the worker has inherited as file 3; a buffer is one lane's
//     worth of segment, the image first and the output bufferSize later.
//  5. A done frame carries the task, its lane, its spans in nanoseconds and
//     either the size and format of the output or an error (JSON). Where the
//     output is follows from the transport. path: in a temporary file named
//     after task and attempt. pipe: in the blob frames right before. shm: in
//     the buffer. With the latter two the parent writes the temporary file. It
//     becomes visible only when the parent links it to its final name: a file
//     is never half there, and an attempt given up can never appear later.
//  6. After the clock the parent may ask for an account frame (JSON): what the
//     kernel says the process has used, and the spans that no done frame has
//     carried yet.
//  7. An inspect frame (JSON) asks for the digest and preview of an encoded
//     image, answered by inspected (JSON). It is never sent within the clock.
//  8. A ceiling frame (JSON) asks what the machine's lanes at once give over one,
//     answered by ceilings (JSON). It is never sent within a clock either.
//  9. A differ frame (JSON) asks how far two encoded images are apart, answered by one of
//     its kind (JSON). It is never sent within the clock.
//  10. A waits frame (JSON) has the child be a server that waits, or the students who
//     press (package waits), answered by one of its kind (JSON). Such a child does
//     nothing else.
//  11. Of the transport pixels decoded pictures travel, as blob frames both ways (as in
//     pipe; pipeline.PackPixels says how a picture is written). Another child, which its
//     setup calls coding, makes them of files and files of them: an unpack frame (JSON)
//     is answered by blob frames and one of its kind, and a pack frame (JSON), which blob
//     frames follow, by one of its kind.
//  12. End of input ends the worker, in the middle of a task too: a worker whose
//     server is gone has nobody to work for.
package process

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/codec"
	"carriles/executor/fault"
	"carriles/executor/pipeline"
	"carriles/executor/text"
	"carriles/executor/trace"
)

type kind byte

// The kinds of frames, the parent's first.
const (
	kindSetup     kind = 'S'
	kindTask      kind = 'T'
	kindAsk       kind = 'A'
	kindInspect   kind = 'I'
	kindCeiling   kind = 'C'
	kindBlob      kind = 'B' // both ways
	kindHello     kind = 'H'
	kindDone      kind = 'D'
	kindAccount   kind = 'U'
	kindInspected kind = 'R'
	kindCeilings  kind = 'M'
	kindDiffer    kind = 'L' // both ways
	kindUnpack    kind = 'P' // both ways
	kindPack      kind = 'K' // both ways
	kindWaits     kind = 'W' // both ways
)

// maxFrame bounds a payload: a setup with 200 image names is some 20 KB.
const maxFrame = 1 << 20

// CookieEnv is the environment variable that holds a worker's cookie.
const CookieEnv = "CARRILES_WORKER_COOKIE"

type setup struct {
	Version   string        `json:"version"`
	Cookie    string        `json:"cookie"`
	Static    string        `json:"static"`   // the folder that holds images/
	TempDir   string        `json:"temp_dir"` // for outputs, below Static
	Shape     request.Shape `json:"shape"`
	GCPercent int           `json:"gc_percent"`
	// Ways are the names of trace's ways in the order in which a span has them: for
	// workers that are not built of it.
	Ways []string `json:"ways"`
	// MemoryLimit bounds the worker's data, in bytes; 0 for no bound.
	MemoryLimit int64 `json:"memory_limit"`
	// FaultCost is what a page fault takes, in nanoseconds; 0 if nobody has measured
	// it.
	FaultCost time.Duration `json:"fault_cost_ns"`
	// Origin is where the server answers, such as http://127.0.0.1:8000: for
	// the source http.
	Origin string `json:"origin"`
	// Spec is absent for a worker that only inspects, or codes.
	Spec *request.Spec `json:"spec,omitempty"`
	// Coding says that it decodes and encodes for others.
	Coding bool `json:"coding,omitempty"`

	coder *Coder // the parent's, of the transport pixels
}

type hello struct {
	Version string `json:"version"`
	PID     int    `json:"pid"`
	Lanes   int    `json:"lanes"` // 0 of a worker that only inspects
	// Clock is the wall time, in nanoseconds since 1970, at which the worker's
	// clock stood at 0: it places its spans on the parent's time.
	Clock int64 `json:"clock_ns"`
}

type inspect struct {
	Path    string `json:"path"`    // below Static
	Preview string `json:"preview"` // where the preview goes, below Static
}

type inspected struct {
	Format codec.Format `json:"format"`
	Width  int          `json:"width"`
	Height int          `json:"height"`
	Digest []byte       `json:"digest"`
	Error  *wireError   `json:"error,omitempty"`
}

type differ struct {
	A string `json:"a"` // below Static
	B string `json:"b"`
}

type differed struct {
	Difference pipeline.Difference `json:"difference"`
	Error      *wireError          `json:"error,omitempty"`
}

// wireError is how a *fault.Error crosses: without its type, with its cause as
// text for the log.
type wireError struct {
	Code  string    `json:"code"`
	Text  text.Text `json:"text"`
	Cause string    `json:"cause,omitempty"`
}

func wireErrorOf(e *fault.Error) wireError {
	w := wireError{Code: e.Code, Text: e.Text}
	if e.Cause != nil {
		w.Cause = e.Cause.Error()
	}
	return w
}

func (w wireError) fault() *fault.Error {
	e := &fault.Error{Code: w.Code, Text: w.Text}
	if w.Cause != "" {
		e.Cause = errors.New(w.Cause)
	}
	return e
}

// writeFrame writes one frame with a single Write, so that frames written
// under a lock never interleave.
func writeFrame(w io.Writer, k kind, payload []byte) error {
	if len(payload) > maxFrame {
		return fmt.Errorf("frame %c of %d bytes is over %d", k, len(payload), maxFrame)
	}
	b := make([]byte, 0, 5+len(payload))
	b = append(b, byte(k))
	b = binary.BigEndian.AppendUint32(b, uint32(len(payload)))
	_, err := w.Write(append(b, payload...))
	return err
}

func writeJSON(w io.Writer, k kind, v any) error {
	payload, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return writeFrame(w, k, payload)
}

func unmarshal(payload []byte, v any) error {
	if err := json.Unmarshal(payload, v); err != nil {
		return fmt.Errorf("frame's JSON: %w", err)
	}
	return nil
}

// readFrame reads one frame. The error is io.EOF only between two frames.
func readFrame(r io.Reader) (kind, []byte, error) {
	k, n, err := readHead(r)
	if err != nil {
		return 0, nil, err
	}
	payload := make([]byte, n)
	return k, payload, readPayload(r, k, payload)
}

// readHead reads the kind of a frame and the size of its payload, which is to
// be read next.
func readHead(r io.Reader) (kind, int, error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, 0, err
	}
	n := binary.BigEndian.Uint32(head[1:])
	if n > maxFrame {
		return 0, 0, fmt.Errorf("frame %q of %d bytes is over %d", head[0], n, maxFrame)
	}
	return kind(head[0]), int(n), nil
}

func readPayload(r io.Reader, k kind, payload []byte) error {
	if _, err := io.ReadFull(r, payload); err != nil {
		return fmt.Errorf("frame %q cut short: %w", byte(k), err)
	}
	return nil
}

// writeBlob writes data as blob frames.
func writeBlob(w io.Writer, data []byte) error {
	for len(data) > 0 {
		n := min(len(data), maxFrame)
		var head [5]byte
		head[0] = byte(kindBlob)
		binary.BigEndian.PutUint32(head[1:], uint32(n))
		if _, err := w.Write(head[:]); err != nil {
			return err
		}
		if _, err := w.Write(data[:n]); err != nil {
			return err
		}
		data = data[n:]
	}
	return nil
}

// order is a task as it is sent.
type order struct {
	pipeline.Task
	// began is the wall time at which the parent began to deliver it, in
	// nanoseconds since 1970.
	began int64
	size  int // of the image that travels, in bytes
}

const orderSize = 4 + 4 + 2 + 8 + 8

func encodeOrder(o order) []byte {
	b := make([]byte, 0, orderSize)
	b = binary.BigEndian.AppendUint32(b, uint32(o.Index))
	b = binary.BigEndian.AppendUint32(b, uint32(o.Attempt))
	b = binary.BigEndian.AppendUint16(b, uint16(o.Buffer))
	b = binary.BigEndian.AppendUint64(b, uint64(o.began))
	return binary.BigEndian.AppendUint64(b, uint64(o.size))
}

func decodeOrder(b []byte) (order, error) {
	if len(b) != orderSize {
		return order{}, fmt.Errorf("task of %d bytes, want %d", len(b), orderSize)
	}
	o := order{
		Task: pipeline.Task{
			Index: int(binary.BigEndian.Uint32(b)), Attempt: int(binary.BigEndian.Uint32(b[4:])),
			Buffer: int(binary.BigEndian.Uint16(b[8:])),
		},
		began: int64(binary.BigEndian.Uint64(b[10:])),
	}
	size := binary.BigEndian.Uint64(b[18:])
	if size > maxTravel {
		return order{}, fmt.Errorf("image of %d bytes is over %d", size, maxTravel)
	}
	o.size = int(size)
	return o, nil
}

// formats are the output formats by their number on the wire: append only.
var formats = [...]codec.Format{codec.JPEG, codec.PNG, codec.GIF}

func formatNumber(f codec.Format) byte {
	for i, g := range formats {
		if f == g {
			return byte(i)
		}
	}
	return 0
}

const (
	doneHead = 4 + 4 + 2 + 2 + 1 + 8 + 8 + 2 // index, attempt, buffer, lane, format, size, bytes in, number of spans
	// stage, step, task, start, end, CPU, and each way: one byte whether it is known
	spanSize = 1 + 1 + 4 + 8 + 8 + 8 + trace.WayCount*(1+8)
)

// encodeDone writes an outcome: the head, the spans, and the error's JSON if
// there is one.
func encodeDone(o done) ([]byte, error) {
	b := make([]byte, 0, doneHead+len(o.Spans)*spanSize)
	b = binary.BigEndian.AppendUint32(b, uint32(o.Task.Index))
	b = binary.BigEndian.AppendUint32(b, uint32(o.Task.Attempt))
	b = binary.BigEndian.AppendUint16(b, uint16(o.Task.Buffer))
	b = binary.BigEndian.AppendUint16(b, uint16(o.Lane))
	b = append(b, formatNumber(o.Format))
	b = binary.BigEndian.AppendUint64(b, uint64(o.Size))
	b = binary.BigEndian.AppendUint64(b, uint64(o.in))
	b = binary.BigEndian.AppendUint16(b, uint16(len(o.Spans)))
	for _, s := range o.Spans {
		b = append(b, byte(s.Stage), byte(s.Step))
		b = binary.BigEndian.AppendUint32(b, uint32(s.Task))
		b = binary.BigEndian.AppendUint64(b, uint64(s.Start))
		b = binary.BigEndian.AppendUint64(b, uint64(s.End))
		b = binary.BigEndian.AppendUint64(b, uint64(s.CPU))
		b = appendWays(b, s.Ways)
	}
	if o.Err == nil {
		return b, nil
	}
	tail, err := json.Marshal(wireErrorOf(o.Err))
	return append(b, tail...), err
}

func decodeDone(b []byte) (done, error) {
	if len(b) < doneHead {
		return done{}, fmt.Errorf("done frame of %d bytes", len(b))
	}
	o := done{in: int(binary.BigEndian.Uint64(b[21:])), Outcome: pipeline.Outcome{
		Task: pipeline.Task{
			Index: int(binary.BigEndian.Uint32(b)), Attempt: int(binary.BigEndian.Uint32(b[4:])),
			Buffer: int(binary.BigEndian.Uint16(b[8:])),
		},
		Lane: int(binary.BigEndian.Uint16(b[10:])),
		Size: int64(binary.BigEndian.Uint64(b[13:])),
	}}
	if f := int(b[12]); f < len(formats) {
		o.Format = formats[f]
	} else {
		return done{}, fmt.Errorf("output format %d", f)
	}
	n := int(binary.BigEndian.Uint16(b[29:]))
	if b = b[doneHead:]; len(b) < n*spanSize {
		return done{}, fmt.Errorf("done frame with %d bytes for %d spans", len(b), n)
	}
	for range n {
		o.Spans = append(o.Spans, trace.Span{
			Stage: trace.Stage(b[0]), Step: int(b[1]), Task: int(binary.BigEndian.Uint32(b[2:])),
			Start: time.Duration(binary.BigEndian.Uint64(b[6:])),
			End:   time.Duration(binary.BigEndian.Uint64(b[14:])),
			CPU:   time.Duration(binary.BigEndian.Uint64(b[22:])),
			Ways:  decodeWays(b[30:]),
		})
		b = b[spanSize:]
	}
	if len(b) > 0 {
		var e wireError
		if err := json.Unmarshal(b, &e); err != nil {
			return done{}, fmt.Errorf("done frame's error: %w", err)
		}
		o.Err = e.fault()
	}
	return o, nil
}

// appendWays writes the ways of a span one after the other: whether it is known,
// and how long.
func appendWays(b []byte, w trace.Ways) []byte {
	for way := range trace.Way(trace.WayCount) {
		d, known := w.Of(way)
		b = append(b, 0)
		if known {
			b[len(b)-1] = 1
		}
		b = binary.BigEndian.AppendUint64(b, uint64(d))
	}
	return b
}

func decodeWays(b []byte) (w trace.Ways) {
	for way := range trace.Way(trace.WayCount) {
		if b[0] == 1 {
			w.Set(way, time.Duration(binary.BigEndian.Uint64(b[1:])))
		}
		b = b[1+8:]
	}
	return w
}
