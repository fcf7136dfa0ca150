package crew_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/crew"
)

// The table of doc.go: a worker may be killed or may freeze at any moment of its
// life. It costs an attempt at most, and the answer is late by no more than the
// time that an image may take and a second.

// harm is what befalls a worker.
type harm string

const (
	unharmed harm = ""
	killed   harm = "killed"
	frozen   harm = "frozen"
)

func (h harm) befall(w *hand) {
	switch h {
	case killed:
		w.Kill()
	case frozen:
		w.Freeze()
	}
}

// life is a warm or cold crew's, with two rounds of 6 images that take 100 ms each.
// Each step of it is a moment; between two of them time may pass.
type life struct {
	warm   bool
	place  *memory
	images int
	// moment is called as the crew comes by.
	moment func(name string)
}

func newLife(warm bool) *life {
	return &life{warm: warm, images: 6, moment: func(string) {}, place: &memory{
		Startup: func(int) time.Duration { return 10 * time.Millisecond },
		Do:      func(int, crew.Order) fate { return fate{Takes: 100 * time.Millisecond} },
	}}
}

// pass lives it, and tells how long it took in all.
func (l *life) pass(t *testing.T, shape request.Shape) time.Duration {
	t.Helper()
	began := time.Now()
	s := at(t, l.place, shape, names(l.images)...)
	l.moment("starting")
	if l.warm {
		if err := s.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for round := range 2 {
		if l.warm {
			l.moment(fmt.Sprintf("idle before round %d", round))
		}
		clear(s.outputs)
		s.job.Progress = func(done, failed int) {
			if failed > 0 {
				t.Errorf("%d images failed", failed)
			}
			l.moment(fmt.Sprintf("after image %d of round %d", done, round))
		}
		s.run()
		if len(s.outputs) != l.images {
			t.Errorf("%d outputs of %d", len(s.outputs), l.images)
		}
		if !l.warm {
			break
		}
	}
	l.moment("leaving")
	s.Close()
	for i, w := range l.place.Workers() {
		if !w.Gone() {
			t.Errorf("worker %d is left", i)
		}
	}
	return time.Since(began)
}

// late is by how much an answer may be late; images take a minute at most here.
const late = time.Minute + time.Second

func TestEveryMomentOfALife(t *testing.T) {
	for _, warm := range []bool{false, true} {
		for _, shape := range shapes {
			var calm time.Duration
			var moments []string
			synctest.Test(t, func(t *testing.T) {
				l := newLife(warm)
				l.moment = func(name string) { moments = append(moments, name) }
				calm = l.pass(t, shape)
			})
			for _, name := range moments {
				for _, h := range []harm{killed, frozen} {
					synctest.Test(t, func(t *testing.T) {
						l := newLife(warm)
						struck := false
						l.moment = func(now string) {
							if now != name || struck {
								return
							}
							struck = true
							if name == "starting" { // nobody is there yet: the first one to come
								if h == killed {
									l.place.Stillborn = func(id int) string { return map[int]string{0: "was killed"}[id] }
								} else {
									l.place.Startup = func(id int) time.Duration { return map[int]time.Duration{0: time.Hour}[id] }
								}
								return
							}
							for _, w := range l.place.Workers() {
								if !w.Gone() {
									h.befall(w)
									break
								}
							}
						}
						if took := l.pass(t, shape); took > calm+late || !struck {
							t.Errorf("%+v, warm %v, %s %s: took %v instead of %v, struck %v", shape, warm, h, name, took, calm, struck)
						}
					})
				}
			}
		}
	}
}

// A kill or a freeze of any worker at any time.
func TestAnyTimeOfALife(t *testing.T) {
	for seed := range uint64(1500) {
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 10))
			l := newLife(r.IntN(2) == 0)
			shape := shapes[r.IntN(len(shapes))]
			calm := 2 * time.Second // what the slowest takes, and more
			when, who := time.Duration(r.Int64N(int64(1300*time.Millisecond))), r.IntN(3)
			h := []harm{killed, frozen}[r.IntN(2)]
			strike := time.AfterFunc(when, func() {
				if all := l.place.Workers(); who < len(all) {
					h.befall(all[who])
				}
			})
			defer strike.Stop()
			if took := l.pass(t, shape); took > calm+late {
				t.Errorf("seed %d: worker %d %s after %v: took %v", seed, who, h, when, took)
			}
		})
	}
}
