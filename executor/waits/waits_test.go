package waits

import (
	"testing"
	"time"
)

// measure has students press at servers of this process.
func measure(t *testing.T, servers, students int, s Serve, patience time.Duration) Pressed {
	t.Helper()
	var class Part
	var parts []*Part
	c := Connect{Students: students}
	for i := range servers {
		p := &Part{}
		t.Cleanup(p.Close)
		a := p.Do(Order{Listen: &Listen{Connections: (students + servers - 1 - i) / servers}})
		if a.Error != "" {
			t.Fatal(a.Error)
		}
		parts, c.Addresses = append(parts, p), append(c.Addresses, a.Address)
	}
	t.Cleanup(class.Close)
	if a := class.Do(Order{Connect: &c}); a.Error != "" {
		t.Fatal(a.Error)
	}
	for _, p := range parts {
		if a := p.Do(Order{Accept: true}); a.Error != "" {
			t.Fatal(a.Error)
		}
		go p.Do(Order{Serve: &s})
	}
	a := class.Do(Order{Press: &Press{Patience: patience}})
	if a.Error != "" || a.Pressed == nil {
		t.Fatalf("%+v", a)
	}
	return *a.Pressed
}

// TestWaits has each way wait: nobody is answered before its wait is over, and as many
// as wait at a time are answered together.
func TestWaits(t *testing.T) {
	const wait = 20 * time.Millisecond
	for _, tt := range []struct {
		name              string
		servers, students int
		serve             Serve
		rounds            int // of waits, one after the other
	}{
		{"one after the other", 1, 5, Serve{Lanes: 1}, 5},
		{"two workers", 1, 5, Serve{Lanes: 2}, 3},
		{"threads", 1, 20, Serve{Lanes: 20, Threads: true}, 1},
		{"goroutines", 1, 100, Serve{Lanes: 100}, 1},
		{"more lanes than requests", 1, 3, Serve{Lanes: 100}, 1},
		{"servers, one of which has more", 3, 20, Serve{Lanes: 20}, 1},
	} {
		tt.serve.Wait = wait
		r := measure(t, tt.servers, tt.students, tt.serve, time.Minute)
		if r.Answered != tt.students || r.Left != 0 || r.Median > r.P95 || r.P95 > r.Last {
			t.Errorf("%s: %+v", tt.name, r)
		}
		if least := time.Duration(tt.rounds) * wait; r.Last < least || r.Median < wait {
			t.Errorf("%s: all were answered after %v, and the waits alone take %v", tt.name, r.Last, least)
		}
	}
}

// TestWhoLeaves has students leave whose turn does not come, and a server die.
func TestWhoLeaves(t *testing.T) {
	r := measure(t, 1, 50, Serve{Lanes: 1, Wait: 30 * time.Millisecond}, 300*time.Millisecond)
	if r.Answered == 0 || r.Answered > 10 || r.Left < 300*time.Millisecond || r.Last > r.Left {
		t.Errorf("%+v; want 1 to 10 of 50 answered in 0.3 s, 30 ms each", r)
	}
	var server, class Part
	a := server.Do(Order{Listen: &Listen{Connections: 3}})
	if e := class.Do(Order{Connect: &Connect{Addresses: []string{a.Address}, Students: 3}}).Error; e != "" {
		t.Fatal(e)
	}
	defer class.Close()
	if e := server.Do(Order{Accept: true}).Error; e != "" {
		t.Fatal(e)
	}
	time.AfterFunc(10*time.Millisecond, server.Close)
	if got := class.Do(Order{Press: &Press{Patience: time.Hour}}).Pressed; got.Answered != 0 || got.Left == 0 {
		t.Errorf("%+v from a server that is gone", got)
	}
	if (&Part{}).Do(Order{}).Error == "" {
		t.Error("an empty order was carried out")
	}
}

func TestQuantile(t *testing.T) {
	times := []time.Duration{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	for _, tt := range []struct {
		share float64
		want  time.Duration
	}{{0.5, 5}, {0.95, 10}, {0.9, 9}, {0.01, 1}, {1, 10}} {
		if got := quantile(times, tt.share); got != tt.want {
			t.Errorf("%v: %d, want %d", tt.share, got, tt.want)
		}
	}
}
