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

	"carriles/executor/batch"
	"carriles/executor/codec"
	"carriles/executor/pipeline"
	"carriles/executor/trace"
	"carriles/filters"
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

func outcomes() []pipeline.Outcome {
	task := pipeline.Task{Index: 70000, Attempt: 3}
	spans := []trace.Span{
		{Stage: trace.Read, Start: 5, End: 9},
		{Stage: trace.Filter, Step: 15, Start: 1 << 40, End: 1<<40 + 1},
	}
	return []pipeline.Outcome{
		{Task: task, Lane: 63, Format: codec.PNG, Size: 1 << 33, Spans: spans},
		{Task: task, Format: codec.JPEG},
		{Task: task, Format: codec.JPEG, Err: (&batch.Error{
			Code: batch.CodeBadImage, Text: filters.Text{ES: "está rota", EN: "is broken"},
		}).Because(errors.New("unexpected EOF")), Spans: spans},
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

func TestTaskComesBack(t *testing.T) {
	want := pipeline.Task{Index: 199, Attempt: 2}
	got, err := decodeTask(encodeTask(want))
	if err != nil || got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
	if _, err := decodeTask(make([]byte, taskSize-1)); err == nil {
		t.Error("a short task was taken")
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

func TestDeathReasons(t *testing.T) {
	cases := []struct {
		stderr, want string
	}{
		{"", ""},
		{"one\ntwo\n", "two"},
		{"note\npanic: runtime error: index out of range\n\ngoroutine 1 [running]:\nmain.main()\n", "panic: runtime error: index out of range"},
		{"fatal error: out of memory\nruntime stack:\n", "fatal error: out of memory"},
	}
	for _, c := range cases {
		if got := lastLine(c.stderr); got != c.want {
			t.Errorf("lastLine(%q) = %q, want %q", c.stderr, got, c.want)
		}
	}
	if got := deathReason(errors.New("odd frame"), nil, "").EN; got != "broke the protocol (odd frame)" {
		t.Errorf("reason %q", got)
	}
	if got := deathReason(nil, nil, "bye").EN; got != "ended without being asked to: bye" {
		t.Errorf("reason %q", got)
	}
}

func TestTailKeepsTheEnd(t *testing.T) {
	var w tailWriter
	for range 3 {
		if _, err := w.Write(bytes.Repeat([]byte("a"), tailSize)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Write([]byte("end")); err != nil {
		t.Fatal(err)
	}
	if got := w.String(); len(got) != tailSize || !strings.HasSuffix(got, "aend") {
		t.Errorf("kept %d bytes ending in %q", len(got), got[len(got)-4:])
	}
}

func TestSpansAreCutOffAtTheClock(t *testing.T) {
	spans := []trace.Span{
		{Stage: trace.Write, Start: 1, End: 5},
		{Stage: trace.Send, Start: 5, End: 30},
		{Stage: trace.Send, Start: 10, End: 40},
		{Stage: trace.Send, Start: 11, End: 12},
	}
	got := cutOff(spans, 10)
	want := []trace.Span{{Stage: trace.Write, Start: 1, End: 5}, {Stage: trace.Send, Start: 5, End: 10}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestAccountsAddUp(t *testing.T) {
	r := round{pool: NewPool(Config{Shape: twoThreads}), wall: 10 * time.Second}
	a := r.accountAt(1)
	a.ProcessID, a.SpawnS, a.LostS = 42, 0.5, 1
	addSpans(a, []trace.Span{
		{Stage: trace.Receive, End: 250 * time.Millisecond},
		{Stage: trace.Decode, End: 2 * time.Second},
		{Stage: trace.Filter, Start: time.Second, End: 3 * time.Second},
		{Stage: trace.Filter, Step: 1, End: time.Second},
		{Stage: trace.Send, End: 250 * time.Millisecond},
	})
	got := r.report().Accounts
	if len(got) != 1 { // lane 0 never had a process
		t.Fatalf("%d accounts, want 1", len(got))
	}
	w := got[0]
	if w.Worker != 1 || w.WallS != 10 || w.Decode != 2 || w.Filter != 3 || w.ReceiveS != 0.25 || w.IdleS != 3 {
		t.Errorf("account %+v; want worker 1, 10 s of which 2 decode, 3 filter, 3 idle", w)
	}
	if w.Busy() != 7 {
		t.Errorf("busy %v, want 7", w.Busy())
	}
}
