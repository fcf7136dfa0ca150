package filters

// The loops of the scalar blur in 8 bits, see byteRows: a row has a pixel in
// each number, in the order of pairs.

// pairPlan is the plan of sums over pairs of samples, of this and of other loops.
func pairPlan(weights []int32, s *Scratch) bytePlan {
	left := s.taps[:len(weights)]
	for k, w := range weights {
		left[k] = [2]int32{w, 0}
	}
	p := planSteps(left, wholeByteWeight/4, s)
	p.reach = len(weights) - 1
	return p
}

func unpackBytes(line []uint64, in []byte, _ bytePlan) bool {
	all := ^uint32(0)
	for i := range line {
		if len(in) < 4 {
			break
		}
		p := pixel(in)
		all &= p
		line[i] = pairs(p)
		in = in[4:]
	}
	return all>>24 == 255
}

// byteTaps are the pairs of rows of a sum, step after step, those of the first
// half of the plan first.
type byteTaps struct {
	a, b     [maxByteSteps][]uint64
	weight   [maxByteSteps]uint64
	first, n int
}

func acrossBytes(out, _, line []uint64, p bytePlan) {
	var t byteTaps
	for half, steps := range p.halves {
		for _, s := range steps {
			t.add(half, line[p.reach-s.at:][:len(out)], line[p.reach+s.at:][:len(out)], s.weight)
		}
	}
	for x := 0; x < len(out); x += quadBlock {
		sums := t.sum(x)
		copy(out[x:], sums[:])
	}
}

func downBytes(out []byte, rows [][]uint64, p bytePlan) {
	var t byteTaps
	for half, steps := range p.halves {
		for _, s := range steps {
			t.add(half, rows[p.reach-s.at], rows[p.reach+s.at], s.weight)
		}
	}
	for x := 0; len(out) > 0; x += quadBlock {
		for _, q := range t.sum(x) {
			if len(out) < 4 {
				break
			}
			putPixel(out, joinPairs(q))
			out = out[4:]
		}
	}
}

func (t *byteTaps) add(half int, a, b []uint64, weight uint32) {
	t.a[t.n], t.b[t.n], t.weight[t.n] = a, b, uint64(weight&0xffff)
	t.n++
	if half == 0 {
		t.first = t.n
	}
}

// sum returns the sums of a block of pixels.
func (t *byteTaps) sum(x int) [quadBlock]uint64 {
	var first, second [quadBlock]uint64
	for i := range first {
		first[i] = 255 * lanes16 // rounds
	}
	t.addTaps(&first, x, 0, t.first)
	t.addTaps(&second, x, t.first, t.n)
	for i, f := range first {
		s := second[i]
		mean := (f | s) - (f^s)>>1&(0x7fff*lanes16) // rounded up
		first[i] = mean >> 8 & (0xff * lanes16)
	}
	return first
}

// addTaps adds the taps from k to n.
func (t *byteTaps) addTaps(sums *[quadBlock]uint64, x, k, n int) {
	for ; k+1 < n; k += 2 {
		a, b := (*[quadBlock]uint64)(t.a[k][x:]), (*[quadBlock]uint64)(t.b[k][x:])
		c, d := (*[quadBlock]uint64)(t.a[k+1][x:]), (*[quadBlock]uint64)(t.b[k+1][x:])
		f, g := t.weight[k], t.weight[k+1]
		for i := range sums {
			sums[i] += f*(a[i]+b[i]) + g*(c[i]+d[i])
		}
	}
	if k < n {
		a, b := (*[quadBlock]uint64)(t.a[k][x:]), (*[quadBlock]uint64)(t.b[k][x:])
		f := t.weight[k]
		for i := range sums {
			sums[i] += f * (a[i] + b[i])
		}
	}
}
