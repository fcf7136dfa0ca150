package room

import (
	"bytes"
	"strings"
	"time"
	"unicode"

	"carriles/executor/batch/request"
	"carriles/executor/codec"
	"carriles/executor/crew"
	"carriles/executor/trace"
)

// What a device may do before it is out.
const (
	// strikesMax are how often it may answer with what is no output.
	strikesMax = 3
	// chatterMax is how many messages that answer no order it may send in a second.
	chatterMax = 50
	// spansMax is how many spans of an answer are looked at.
	spansMax = 64
	// lanesMax bounds what it may say of its lanes.
	lanesMax = 256
)

// chatter counts what a device says without having been asked.
type chatter struct {
	since time.Duration
	n     int
}

// tooMuch counts one message more.
func (c *chatter) tooMuch(now time.Duration) bool {
	if now-c.since >= time.Second {
		*c = chatter{since: now}
	}
	c.n++
	return c.n > chatterMax
}

// maxOutput is how many bytes the output of a batch may have: 4 a pixel, and
// 64 KB. How large it is where nothing resizes is only known by decoding.
func maxOutput(s request.Spec) int64 {
	pixels := int64(codec.MaxPixels)
	for _, step := range s.Steps {
		if w, h := step.Params["width"], step.Params["height"]; step.Filter == "resize" && w*h >= 1 {
			pixels = int64(w * h)
		}
	}
	return 4*pixels + 64<<10
}

// begins are how files of a format begin.
var begins = map[codec.Format]string{codec.JPEG: "\xff\xd8\xff", codec.PNG: "\x89PNG\r\n\x1a\n"}

// looksLike tells whether data could be of a format that outputs have. Nothing
// more is asked of it here: it is decoded in a child.
func looksLike(f codec.Format, data []byte) bool {
	begin, ok := begins[f]
	return ok && bytes.HasPrefix(data, []byte(begin))
}

// sane makes spans that a device has told of a task into such as may be: in a
// stage that a worker has, in a step of the chain, and between two times of its
// own clock.
func sane(spans []trace.Span, task, steps int, from, to time.Duration) []trace.Span {
	out := make([]trace.Span, 0, min(len(spans), spansMax)+2)
	for _, s := range spans[:min(len(spans), spansMax)] {
		stage := s.Stage >= trace.Read && s.Stage <= trace.Write || s.Stage == trace.Fetch
		if !stage || s.Step < 0 || s.Step >= max(1, steps) {
			continue
		}
		s.Task, s.Start, s.End = task, max(s.Start, from), min(s.End, to)
		if s.Start >= s.End {
			continue
		}
		if s.CPU = min(s.CPU, s.Duration()); s.CPU < 0 {
			s.CPU = trace.UnknownCPU
		}
		for way, d := range s.Ways.All() {
			s.Ways.Set(way, min(d, s.Duration()))
		}
		out = append(out, s)
	}
	return out
}

// travelled adds the ways of a task to its spans: of the order, from its sending
// to the first thing that the device did for it, and of the answer, from the last
// one until it was here. Both are as sure as the clock is.
func travelled(spans []trace.Span, task int, sent, arrived time.Duration) []trace.Span {
	if len(spans) == 0 {
		return nil
	}
	first, last := spans[0].Start, spans[0].End
	for _, s := range spans {
		first, last = min(first, s.Start), max(last, s.End)
	}
	for _, way := range []trace.Span{
		{Stage: trace.Receive, Start: sent, End: first}, {Stage: trace.Send, Start: last, End: arrived},
	} {
		if way.Start < way.End {
			way.Task, way.CPU = task, trace.UnknownCPU
			spans = append(spans, way)
		}
	}
	return spans
}

// modest is a usage without what cannot be.
func modest(u crew.Usage) crew.Usage {
	u.User, u.System, u.PeakMemory = max(0, u.User), max(0, u.System), max(0, u.PeakMemory)
	if u.Queued != nil && *u.Queued < 0 {
		u.Queued = nil
	}
	return u
}

// printable is what of a text may be shown: so many characters, none of them one
// that moves or hides others.
func printable(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if r := []rune(s); len(r) > most {
		s = string(r[:most])
	}
	return strings.TrimSpace(s)
}

// noSpec is the batch of an answer that nobody waits for any more.
var noSpec request.Spec
