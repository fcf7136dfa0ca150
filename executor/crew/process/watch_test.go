package process

import (
	"io"
	"os"
	"testing"
	"time"
)

// heard is an input that gives what is said in turns; each reading takes one, and an
// empty one is a deadline that passes.
type heard struct {
	said  []string
	until time.Time
	waits int // readings without a deadline
}

func (h *heard) SetReadDeadline(t time.Time) error {
	h.until = t
	return nil
}

func (h *heard) Read(p []byte) (int, error) {
	if len(h.said) == 0 {
		return 0, io.EOF
	}
	next := h.said[0]
	h.said = h.said[1:]
	if h.until.IsZero() {
		h.waits++
	}
	if next == "" {
		return 0, os.ErrDeadlineExceeded
	}
	return copy(p, next), nil
}

// A watch looks as long as a start is open and nothing is heard, and otherwise waits
// without an end.
func TestWatchStarts(t *testing.T) {
	for _, tt := range []struct {
		name         string
		said         []string
		looks, waits int
	}{
		{"nothing", nil, 0, 0},
		{"starts that are over", []string{"+-", "+-+-"}, 0, 2},
		{"one that takes long, and is over", []string{"+", "-", "+-"}, 0, 2},
		{"one that hangs", []string{"+", "", "", "-", "+-"}, 2, 2},
		{"one of two that hangs", []string{"+", "+-", "", "-"}, 1, 1},
		{"two that begin at once", []string{"++", "-", "", "-"}, 1, 1},
	} {
		in := &heard{said: tt.said}
		looks := 0
		if err := watchStarts(in, func() { looks++ }); err != nil || looks != tt.looks || in.waits != tt.waits {
			t.Errorf("%s: %d looks and %d waits, %v; want %d and %d", tt.name, looks, in.waits, err, tt.looks, tt.waits)
		}
	}
}
