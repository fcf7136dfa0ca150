// Package wire is what a host and the devices of its room say to each other: the
// protocol, in prose and as types. Both sides import it, and a page's program too: it
// needs nothing but encoding/json. It holds no connection and knows no state.
package wire

// # The protocol between the host and a device
//
// A device first exchanges the room's code for a credential of its own, with one
// POST of JoinRequest to PathJoin. Then it opens a WebSocket at PathSocket.
// Every text message is a JSON object with one member, whose name says what it
// is (Message); bytes follow one kind of them only.
//
//  1. The device says hello: the protocol's version, the program's, who it is, how
//     many tasks it does at a time, its credential. The host answers welcome, or
//     refused with a sentence and closes: a wrong credential, another version of the
//     program, a room that is closed.
//  2. From then on the device answers each ping with pong: the host's number of the
//     ping, and its own clock. Five pings come at once, then one whenever the host
//     wants a sign of it, which is every few seconds. Whose pong does not come for
//     silence_ms is gone: the host closes. A device that hears nothing for three
//     times as long reconnects.
//  3. When a batch wants workers the host sends spec: a job number, and the batch, in
//     which images are named by their SHA-256. The device starts a worker for it
//     and says ready with the job's number, or ended if that failed. While it has the
//     job it says beat every beat_ms, whatever else it does, and a ping comes as often;
//     who says nothing for silence_ms is gone.
//  4. The host sends task: a lease, the task's index and attempt, and the image's
//     SHA-256 and size. The device fetches what it has not by GET from
//     PathImages+SHA-256 and keeps it: such an address never means anything
//     else.
//  5. The device answers done: the lease, the output's format, size and CRC-32C, the
//     spans on its own clock; and the next message is the output, in binary. Or
//     failed: the lease and why. With the code of a bad image that is the task's
//     end; any other is the device's failure, and the worker is given up.
//  6. The host may send ask, which is answered by account: what the worker has used,
//     and the spans that no answer carried.
//  7. release ends a job: the worker leaves, or with kill is ended at once, in the
//     middle of a task too. Nothing answers it. A worker that ends by itself is
//     told by ended. Either way the next one is a new job.
//  8. A device that cannot compute for a while, such as a page that nobody sees, says
//     pause with on. Its worker is then over on both sides, and no spec comes until it
//     says pause without.
//  9. What is said of a job or a lease that is over counts for nothing.
//
// The host never sends a file's name, a token, or the address of anybody else.

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"reflect"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/codec"
	"carriles/executor/crew"
	"carriles/executor/fault"
	"carriles/executor/text"
	"carriles/executor/trace"
)

// Protocol is the version of what stands above.
const Protocol = 2

// The paths of the door.
const (
	PathJoin   = "/api/room/join"
	PathSocket = "/api/room/ws"
	PathImages = "/api/room/images/" // and the image's SHA-256
)

// MaxMessage bounds a text message, in bytes: a spec with 200 images is some
// 20 KB, and an account's spans are as many as a few tasks have.
const MaxMessage = 1 << 20

// The kinds of devices: one that computes in a process of its own, and a page's.
const (
	Machine = request.KindMachine
	Browser = request.KindBrowser
)

// JoinRequest asks for a credential.
type JoinRequest struct {
	Code string `json:"code"`
}

// Joined is the answer.
type Joined struct {
	Credential string `json:"credential"`
	// Version is that of the host's program, which is a page's own.
	Version string `json:"version"`
}

// Message is one of its members.
type Message struct {
	// By the device.
	Hello   *Hello   `json:"hello,omitempty"`
	Beat    *Beat    `json:"beat,omitempty"`
	Pong    *Pong    `json:"pong,omitempty"`
	Ready   *Ready   `json:"ready,omitempty"`
	Done    *Done    `json:"done,omitempty"`
	Failed  *Failed  `json:"failed,omitempty"`
	Account *Account `json:"account,omitempty"`
	Ended   *Ended   `json:"ended,omitempty"`
	Pause   *Pause   `json:"pause,omitempty"`
	// By the host.
	Welcome *Welcome `json:"welcome,omitempty"`
	Refused *Refused `json:"refused,omitempty"`
	Ping    *Ping    `json:"ping,omitempty"`
	Spec    *Spec    `json:"spec,omitempty"`
	Task    *Task    `json:"task,omitempty"`
	Ask     *Ask     `json:"ask,omitempty"`
	Release *Release `json:"release,omitempty"`
}

type Hello struct {
	Protocol   int      `json:"v"`
	Version    string   `json:"version"` // of the program
	Kind       string   `json:"kind"`
	Name       string   `json:"name"`
	Lanes      int      `json:"lanes"`
	Cores      int      `json:"cores"`
	SIMD       string   `json:"simd"`
	Filters    []string `json:"filters,omitempty"` // that it computes; none: all
	Credential string   `json:"credential"`
}

type Welcome struct {
	ID        string `json:"id"`
	BeatMS    int    `json:"beat_ms"`
	SilenceMS int    `json:"silence_ms"`
}

type Refused struct {
	Code string    `json:"code"`
	Text text.Text `json:"text"`
}

type Beat struct{}

type Ping struct {
	Number int `json:"n"`
}

type Pong struct {
	Number int   `json:"n"`
	Clock  int64 `json:"clock_ns"`
}

type Spec struct {
	Job  int          `json:"job"`
	Spec request.Spec `json:"spec"`
}

type Ready struct {
	Job int `json:"job"`
}

type Task struct {
	Lease   uint64 `json:"lease"`
	Job     int    `json:"job"`
	Index   int    `json:"index"`
	Attempt int    `json:"attempt"`
	Image   string `json:"image"` // SHA-256
	Bytes   int64  `json:"bytes"`
}

// Sum is the CRC-32C of an output. It tells whether the bytes are those that were sent:
// whether these are the right ones, only doing the task again can tell.
func Sum(output []byte) uint32 { return crc32.Checksum(output, castagnoli) }

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

type Done struct {
	Lease  uint64       `json:"lease"`
	Format codec.Format `json:"format"`
	Bytes  int64        `json:"bytes"`
	CRC32C uint32       `json:"crc32c"`
	Spans  Spans        `json:"spans"`
	Lane   int          `json:"lane"`
	// Fetched are the bytes of the image, if it had to be fetched.
	Fetched int64 `json:"fetched,omitempty"`
}

type Failed struct {
	Lease uint64    `json:"lease"`
	Code  string    `json:"code"`
	Text  text.Text `json:"text"`
	Lane  int       `json:"lane"`
	Spans Spans     `json:"spans"`
}

type Ask struct {
	Job int `json:"job"`
}

type Account struct {
	Job   int        `json:"job"`
	Usage crew.Usage `json:"usage"`
	Spans []Spans    `json:"spans"` // by lane
}

type Release struct {
	Job  int  `json:"job"`
	Kill bool `json:"kill,omitempty"`
}

type Ended struct {
	Job    int        `json:"job"`
	Reason text.Text  `json:"reason"`
	Killed bool       `json:"killed"`
	Usage  crew.Usage `json:"usage"`
}

type Pause struct {
	On bool `json:"on"`
}

// Spans are spans on the device's clock. Each is a list of numbers: stage, step,
// task, start, end, processor time, and the ways in which the rest was spent, in
// nanoseconds; -1 is what is not known.
type Spans []trace.Span

const spanNumbers = 6 + trace.WayCount

// MarshalJSON implements json.Marshaler.
func (s Spans) MarshalJSON() ([]byte, error) {
	list := make([][spanNumbers]int64, len(s))
	for i, span := range s {
		n := [spanNumbers]int64{int64(span.Stage), int64(span.Step), int64(span.Task), int64(span.Start), int64(span.End), int64(span.CPU)}
		for way := range trace.WayCount {
			n[6+way] = -1
		}
		for way, d := range span.Ways.All() {
			n[6+int(way)] = int64(d)
		}
		list[i] = n
	}
	return json.Marshal(list)
}

// UnmarshalJSON implements json.Unmarshaler. What the numbers say is as good as
// who says it.
func (s *Spans) UnmarshalJSON(data []byte) error {
	var list [][spanNumbers]int64
	if err := json.Unmarshal(data, &list); err != nil {
		return err
	}
	*s = make(Spans, len(list))
	for i, n := range list {
		span := trace.Span{Step: int(n[1]), Task: int(n[2]), Start: time.Duration(n[3]), End: time.Duration(n[4]), CPU: time.Duration(n[5])}
		if span.Stage = trace.Stage(n[0]); int64(span.Stage) != n[0] {
			return fmt.Errorf("stage %d", n[0])
		}
		for way := range trace.WayCount {
			if d := time.Duration(n[6+way]); d >= 0 {
				span.Ways.Set(trace.Way(way), d)
			}
		}
		(*s)[i] = span
	}
	return nil
}

// The codes of Refused.
const (
	RefusedVersion    = "version"
	RefusedCredential = "credential" // join again
	RefusedClosed     = "closed"     // try again later
	RefusedOut        = "out"        // for good
	RefusedHello      = "hello"      // it makes no sense
)

// Refusal is a Refused as an error.
func (r Refused) Refusal() *fault.Error { return &fault.Error{Code: r.Code, Text: r.Text} }

// Encode writes a message.
func Encode(m Message) []byte {
	data, err := json.Marshal(m)
	if err != nil {
		panic(err) // there is nothing in it that JSON could not hold
	}
	return data
}

var errNotOne = errors.New("a message has exactly one member")

// Decode reads a message, which must have exactly one member.
func Decode(data []byte) (Message, error) {
	var m Message
	if err := json.Unmarshal(data, &m); err != nil {
		return Message{}, fmt.Errorf("message: %w", err)
	}
	members := 0
	for v, i := reflect.ValueOf(m), 0; i < v.NumField(); i++ {
		if !v.Field(i).IsNil() {
			members++
		}
	}
	if members != 1 {
		return Message{}, errNotOne
	}
	return m, nil
}
