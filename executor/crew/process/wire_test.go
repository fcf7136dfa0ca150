package process

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"carriles/executor/codec"
	"carriles/executor/crew"
	"carriles/executor/fault"
	"carriles/executor/pipeline"
	"carriles/executor/text"
	"carriles/executor/trace"
)

func TestFramesComeBack(t *testing.T) {
	var b bytes.Buffer
	payloads := [][]byte{{}, []byte("x"), bytes.Repeat([]byte{7}, maxFrame)}
	for _, p := range payloads {
		if err := writeFrame(&b, kindTask, p); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range payloads {
		k, got, err := readFrame(&b)
		if err != nil || k != kindTask || !bytes.Equal(got, p) {
			t.Errorf("frame of %d bytes came back as %q with %d bytes, %v", len(p), byte(k), len(got), err)
		}
	}
	if _, _, err := readFrame(&b); err != io.EOF {
		t.Errorf("after the last frame: %v, want io.EOF", err)
	}
}

func TestFramesAreRefused(t *testing.T) {
	if err := writeFrame(io.Discard, kindTask, make([]byte, maxFrame+1)); err == nil {
		t.Error("a frame over the limit was written")
	}
	long := binary.BigEndian.AppendUint32([]byte{byte(kindTask)}, maxFrame+1)
	if _, _, err := readFrame(bytes.NewReader(long)); err == nil || !strings.Contains(err.Error(), "over") {
		t.Errorf("a head that claims too much: %v", err)
	}
	whole := &bytes.Buffer{}
	if err := writeFrame(whole, kindTask, []byte("payload")); err != nil {
		t.Fatal(err)
	}
	for n := 1; n < whole.Len(); n++ {
		if _, _, err := readFrame(bytes.NewReader(whole.Bytes()[:n])); err == nil || err == io.EOF {
			t.Errorf("cut after %d bytes: %v, want an error that is not io.EOF", n, err)
		}
	}
}

func outcomes() []done {
	task := pipeline.Task{Index: 70000, Attempt: 3, Buffer: 65535}
	var known trace.Ways
	for way := range trace.Way(trace.WayCount) {
		known.Set(way, time.Duration(way)<<33)
	}
	spans := []trace.Span{
		{Stage: trace.Encode, Ways: known},
		{Stage: trace.Read, Task: 70000, Start: 5, End: 9, CPU: 3},
		{Stage: trace.Filter, Step: 15, Task: 69999, Start: 1 << 40, End: 1<<40 + 1, CPU: trace.UnknownCPU},
	}
	return []done{
		{Outcome: pipeline.Outcome{Task: task, Lane: 63, Format: codec.PNG, Size: 1 << 33, Spans: spans}, in: 1 << 27},
		{Outcome: pipeline.Outcome{Task: task, Format: codec.JPEG}},
		{Outcome: pipeline.Outcome{Task: task, Format: codec.JPEG, Err: (&fault.Error{
			Code: fault.CodeBadImage, Text: text.Text{ES: "está rota", EN: "is broken"},
		}).Because(errors.New("unexpected EOF")), Spans: spans}},
	}
}

func TestOutcomesComeBack(t *testing.T) {
	for _, o := range outcomes() {
		b, err := encodeDone(o)
		if err != nil {
			t.Fatal(err)
		}
		got, err := decodeDone(b)
		if err != nil {
			t.Fatal(err)
		}
		if o.Err != nil {
			if got.Err == nil || got.Err.Error() != o.Err.Error() || got.Err.Code != o.Err.Code || got.Err.Text != o.Err.Text {
				t.Errorf("error came back as %v, want %v", got.Err, o.Err)
			}
			o.Err, got.Err = nil, nil
		}
		if !reflect.DeepEqual(got, o) {
			t.Errorf("came back as %+v, want %+v", got, o)
		}
	}
}

// The spans of an account cross as JSON.
func TestAccountsComeBack(t *testing.T) {
	for _, o := range outcomes() {
		var b bytes.Buffer
		if err := writeJSON(&b, kindAccount, crew.Account{Spans: [][]trace.Span{o.Spans}}); err != nil {
			t.Fatal(err)
		}
		var got crew.Account
		if _, payload, err := readFrame(&b); err != nil || unmarshal(payload, &got) != nil || !reflect.DeepEqual(got.Spans, [][]trace.Span{o.Spans}) {
			t.Errorf("came back as %+v, %v; want %+v", got.Spans, err, o.Spans)
		}
	}
}

func TestOrderComesBack(t *testing.T) {
	want := order{Task: pipeline.Task{Index: 199, Attempt: 2, Buffer: 7}, began: 1<<62 + 5, size: maxImage}
	got, err := decodeOrder(encodeOrder(want))
	if err != nil || got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
	if _, err := decodeOrder(make([]byte, orderSize-1)); err == nil {
		t.Error("a short task was taken")
	}
	want.size = maxTravel + 1
	if _, err := decodeOrder(encodeOrder(want)); err == nil {
		t.Error("an image over the limit was taken")
	}
}

func TestBlobsComeBackInFrames(t *testing.T) {
	data := bytes.Repeat([]byte{1, 2, 3}, maxFrame) // three frames
	var b bytes.Buffer
	if err := writeBlob(&b, data); err != nil {
		t.Fatal(err)
	}
	var got []byte
	frames := 0
	for b.Len() > 0 {
		k, payload, err := readFrame(&b)
		if err != nil || k != kindBlob {
			t.Fatalf("frame %q: %v", byte(k), err)
		}
		got = append(got, payload...)
		frames++
	}
	if frames != 3 || !bytes.Equal(got, data) {
		t.Errorf("%d frames with %d bytes", frames, len(got))
	}
	if err := writeBlob(io.Discard, nil); err != nil {
		t.Error(err)
	}
}

func FuzzDecodeDone(f *testing.F) {
	for _, o := range outcomes() {
		b, err := encodeDone(o)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		f.Add(b[:len(b)-1])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		o, err := decodeDone(b)
		if err != nil {
			return
		}
		again, err := encodeDone(o)
		if err != nil {
			t.Fatal(err)
		}
		if o2, err := decodeDone(again); err != nil || o2.Task != o.Task || len(o2.Spans) != len(o.Spans) {
			t.Errorf("%+v came back as %+v, %v", o, o2, err)
		}
	})
}
