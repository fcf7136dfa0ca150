package crew

import (
	"testing"
	"time"
)

// Who freezes while it starts delays an answer by no more than an image may take and
// a second, however short that is.
func TestAStartTakesNoLongerThanAnImage(t *testing.T) {
	for _, tt := range []struct{ image, start, want time.Duration }{
		{30 * time.Second, 0, 10 * time.Second},
		{9 * time.Second, 0, 9500 * time.Millisecond},
		{time.Second, 0, 1500 * time.Millisecond},
		{time.Second, time.Minute, time.Minute}, // it was asked for
	} {
		c := New(nil, Config{Timeout: tt.image, StartTimeout: tt.start})
		if got := c.cfg.StartTimeout; got != tt.want || tt.start == 0 && (got > tt.image+time.Second || max(c.within(accountTimeout), c.within(closeTimeout)) > tt.image+time.Second) {
			t.Errorf("an image may take %v: a start %v, want %v; an account %v, leaving %v", tt.image, got, tt.want, c.within(accountTimeout), c.within(closeTimeout))
		}
	}
}
