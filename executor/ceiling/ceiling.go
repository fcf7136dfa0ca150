// Package ceiling measures what a machine gives: how much work several lanes at once
// do over one alone, with nothing to wait for, to hand out or to lock. That is the
// most that a method may be expected to gain there, in the same minutes: a second
// core is not always there (another virtual machine has it, it is half of the first
// one, or it gets no more of the memory).
//
// It measures in the process in which it is called, and keeps all of its processors
// busy meanwhile: a server calls it in a child, and never within a clock.
//
// The hard case is that a machine changes while it is measured. One lane and all of
// them therefore take turns, whose order alternates, and each pair of turns has a
// ratio of its own. Where one lane was disturbed its pair says that the lanes do more than
// there are of them, which cannot be: such a pair is measured again, a few times.
package ceiling

import (
	"image"
	"runtime"
	"slices"
	"sync"
	"time"

	"carriles/filters"
	mem "carriles/filters/memory"
)

// Plan is what to measure.
type Plan struct {
	Lanes  int           `json:"lanes"`  // at once, 2 or more
	Rounds int           `json:"rounds"` // pairs of turns, of each kind
	Turn   time.Duration `json:"turn_ns"`
	// Bytes are copied from here to there, over and over, by all lanes together; so
	// much memory is needed twice.
	Bytes int `json:"bytes"`
}

// For is the plan for so many lanes: 150 ms a turn, in all less than two seconds where no
// pair is measured again, and less than four where all are.
func For(lanes, bytes int) Plan {
	return Plan{Lanes: lanes, Rounds: 3, Turn: 150 * time.Millisecond, Bytes: bytes}
}

// Ratios are how many times as much all lanes did as one, of each round.
type Ratios struct {
	Arithmetic []float64 `json:"arithmetic"`
	Memory     []float64 `json:"memory"`
}

// slack is how far beyond its lanes a pair may lie for it to be the clock's noise.
const slack = 1.03

// Measure carries a plan out. GOMAXPROCS must be at least Lanes.
func Measure(p Plan) Ratios {
	copies := memory(p.Bytes)
	return Ratios{
		Arithmetic: p.ratios(func(lanes int) float64 { return turn(lanes, p.Turn, arithmetic) }),
		Memory:     p.ratios(func(lanes int) float64 { return turn(lanes, p.Turn, copies) }),
	}
}

// ratios are those of the plan's rounds; rate is how much so many lanes do in a turn.
func (p Plan) ratios(rate func(lanes int) float64) (all []float64) {
	most, again := float64(p.Lanes), p.Rounds
	for r := 0; len(all) < p.Rounds; r++ {
		rates, sizes := map[int]float64{}, []int{1, p.Lanes}
		if r%2 == 1 { // every second pair backwards: what drifts favours neither
			slices.Reverse(sizes)
		}
		for _, n := range sizes {
			rates[n] = rate(n)
		}
		ratio := rates[p.Lanes] / rates[1]
		if ratio > most*slack && again > 0 {
			again--
			continue
		}
		all = append(all, min(ratio, most))
	}
	return all
}

// turn is how many units of work a second so many lanes do at once.
func turn(lanes int, lasts time.Duration, work func(lane, of int) func()) float64 {
	var ready, over sync.WaitGroup
	begin := make(chan time.Time)
	rates := make([]float64, lanes)
	ready.Add(lanes)
	for lane := range lanes {
		over.Go(func() {
			runtime.LockOSThread() // as the lanes of a worker are
			defer runtime.UnlockOSThread()
			do := work(lane, lanes)
			do() // its memory is there, and its code
			ready.Done()
			start, units := <-begin, 0
			for {
				do()
				units++
				if took := time.Since(start); took >= lasts {
					rates[lane] = float64(units) / took.Seconds()
					return
				}
			}
		})
	}
	ready.Wait()
	start := time.Now()
	for range lanes {
		begin <- start
	}
	over.Wait()
	sum := 0.0
	for _, r := range rates {
		sum += r
	}
	return sum
}

// side is that of the picture which is sharpened: 64 KiB, and as much for the
// result, stay in a core's own cache.
const side = 128

// arithmetic is what a filter does where memory does not matter: one pass of
// sharpen, by the kernel that batches are computed with.
func arithmetic(int, int) func() {
	sharpen, _ := filters.Lookup("sharpen")
	kernel := filters.Native().Kernel(sharpen)
	box := image.Rect(0, 0, side, side)
	src, dst := image.NewNRGBA(box), image.NewNRGBA(box)
	for i := range src.Pix {
		src.Pix[i] = byte(i * 7)
	}
	var scratch filters.Scratch
	return func() { kernel(dst, src, filters.Values{"intensity": 1}, &scratch) }
}

// piece is how much is copied between two looks at the time.
const piece = 1 << 20

// memory copies: each lane its part of the bytes, again and again, a piece at a
// time.
func memory(bytes int) func(lane, of int) func() {
	from, to := mem.Make[byte](bytes), mem.Make[byte](bytes)
	for i := 0; i < bytes; i += 4096 { // it is there before anything is timed
		from[i], to[i] = 1, 1
	}
	return func(lane, of int) func() {
		low, high := bytes*lane/of, bytes*(lane+1)/of
		at := low
		return func() {
			n := min(piece, high-low)
			if at+n > high {
				at = low
			}
			copy(to[at:at+n], from[at:at+n])
			at += n
		}
	}
}
