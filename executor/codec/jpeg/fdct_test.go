package jpeg

import (
	"math"
	"math/rand/v2"
	"testing"
)

// slowFDCT returns the coefficients of a block by their definition (T.81, A.3.3).
func slowFDCT(samples *[64]int16) (s [64]float64) {
	for v := range 8 {
		for u := range 8 {
			for y := range 8 {
				for x := range 8 {
					s[8*v+u] += float64(samples[8*y+x]) *
						math.Cos(float64(2*x+1)*float64(u)*math.Pi/16) *
						math.Cos(float64(2*y+1)*float64(v)*math.Pi/16)
				}
			}
			s[8*v+u] /= 4
			if u == 0 {
				s[8*v+u] /= math.Sqrt2
			}
			if v == 0 {
				s[8*v+u] /= math.Sqrt2
			}
		}
	}
	return s
}

// fdctBlocks are random blocks, and those that make each coefficient as large
// as it gets, which is where 16 bits would overflow.
func fdctBlocks() (blocks [][64]int16) {
	r := rand.New(rand.NewPCG(1, 2))
	for spread := 1; spread <= 128; spread *= 2 {
		for range 60 {
			var b [64]int16
			for i := range b {
				b[i] = int16(r.IntN(2*spread) - spread)
			}
			blocks = append(blocks, b)
		}
	}
	for i := range 64 {
		var b, inverse [64]int16
		for at := range b {
			x, y, u, v := at%8, at/8, i%8, i/8
			b[at], inverse[at] = -128, 127
			if math.Cos(float64(2*x+1)*float64(u)*math.Pi/16)*math.Cos(float64(2*y+1)*float64(v)*math.Pi/16) > 0 {
				b[at], inverse[at] = 127, -128
			}
		}
		blocks = append(blocks, b, inverse)
	}
	return blocks
}

// pairOf lays two blocks out as a pair.
func pairOf(a, b *[64]int16) (p pair) {
	for i := range 64 {
		p[i/8*16+i%8], p[i/8*16+8+i%8] = a[i], b[i]
	}
	return p
}

// TestTransform compares both transforms with the definition, at a step of 1.
func TestTransform(t *testing.T) {
	ones := [64]uint8{}
	for i := range ones {
		ones[i] = 1
	}
	q := newQuantiser(&ones)
	blocks := fdctBlocks()
	off, all := 0, 0
	for i := range blocks {
		// The first pass is off by half of its unit at most, and the second adds
		// up eight such errors, times up to 1, of the 2^passBits*8 units that a
		// coefficient has there; it rounds to a sixteenth itself; and the
		// cosines are off by 2^-15 of up to 1024. Then the step rounds.
		const tolerance = 0.5 + 4./64 + 1./32 + 1./32
		first, second := &blocks[i], &blocks[len(blocks)-1-i]
		p := pairOf(first, second)
		vector := p
		masks := transformPlain(&p, &q)
		if vectorMasks := vectorKernels().transform(&vector, &q); vector != p || vectorMasks != masks {
			t.Fatalf("block %d: with vectors %v %x, without %v %x", i, vector, vectorMasks, p, masks)
		}
		for b, samples := range []*[64]int16{first, second} {
			for at, want := range slowFDCT(samples) {
				got := p[at%8*16+8*b+at/8]
				if math.Abs(float64(got)-want) > tolerance {
					t.Errorf("block %d: coefficient %d is %d, want %.3f", i, at, got, want)
				}
				if nonzero := masks[b]>>at&1 != 0; nonzero != (got != 0) {
					t.Errorf("block %d: coefficient %d is %d, but its bit is %v", i, at, got, nonzero)
				}
				if all++; float64(got) != math.Round(want) {
					off++
				}
			}
		}
	}
	// A coefficient is rounded the other way if it lies nearer to a half than
	// its error, which is some 0.02 on average (each pass is off by 0.3 of its
	// unit of a sixteenth, and the cosines of large ones by as much).
	if off*25 > all {
		t.Errorf("%d of %d coefficients are not the nearest", off, all)
	}
}

// TestQuantiser: the division is exact for each step and whatever a transform
// can give, the four signs of which are above.
func TestQuantiser(t *testing.T) {
	for step := 1; step <= 255; step++ {
		table := [64]uint8{uint8(step)}
		for i := range table {
			table[i] = uint8(step)
		}
		q := newQuantiser(&table)
		d := uint32(16 * step)
		for n := range uint32(1<<15) - d/2 {
			if got, want := q.divided(n, 37), (n+d/2)/d; got != want {
				t.Fatalf("%d by %d is %d, want %d", n, d, got, want)
			}
		}
	}
}

// TestQuantiserLayout: the step of horizontal frequency u and vertical frequency
// v is where a transformed pair has that coefficient, in both blocks, as
// transforms with and without vectors use it.
func TestQuantiserLayout(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var table [64]uint8
	for i := range table {
		table[i] = uint8(1 + r.IntN(255))
	}
	q := newQuantiser(&table)
	for i, step := range table {
		for b := range 2 {
			if got := q.half[i%8*16+8*b+i/8]; got != 8*uint16(step) {
				t.Errorf("half of step %d of block %d is %d, want %d", i, b, got, 8*uint16(step))
			}
		}
	}
	for range 200 {
		var p pair
		for i := range p {
			p[i] = int16(r.IntN(256) - 128)
		}
		vector := p
		masks := transformPlain(&p, &q)
		if vectorMasks := vectorKernels().transform(&vector, &q); vector != p || vectorMasks != masks {
			t.Fatalf("with vectors %v %x, without %v %x", vector, vectorMasks, p, masks)
		}
	}
}
