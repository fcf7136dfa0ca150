package blur

import "carriles/filters/pixel"

// The loops of the scalar blur in 8 bits, see byteRows: a row has a pixel in
// each number, in the order of pairs.

// pairPlan is the plan of sums over pairs of samples, of this and of other loops.
func pairPlan(weights []int32) bytePlan {
	var left [maxByteSteps][2]int32
	for k, w := range weights {
		left[k][0] = w
	}
	return planSteps(left[:len(weights)], wholeByteWeight/4)
}

func unpackBytes(line []uint64, in []byte, _ bytePlan) bool {
	all := ^uint32(0)
	for i := range line {
		if len(in) < 4 {
			break
		}
		p := pixel.Load(in)
		all &= p
		line[i] = pixel.Pairs(p)
		in = in[4:]
	}
	return all>>24 == 255
}

// byteTaps are the pairs of rows of a sum, for each step of the plan.
type byteTaps struct {
	plan bytePlan
	a, b [maxByteSteps][]uint64
}

func acrossBytes(out, _, line []uint64, p bytePlan) {
	t := byteTaps{plan: p}
	for i, s := range p.steps[:p.n] {
		t.a[i], t.b[i] = line[p.reach-s.at:][:len(out)], line[p.reach+s.at:][:len(out)]
	}
	for x := 0; x < len(out); x += quadBlock {
		sums := t.sum(x)
		copy(out[x:], sums[:])
	}
}

func downBytes(out []byte, rows [][]uint64, p bytePlan) {
	t := byteTaps{plan: p}
	for i, s := range p.steps[:p.n] {
		t.a[i], t.b[i] = rows[p.reach-s.at], rows[p.reach+s.at]
	}
	for x := 0; len(out) > 0; x += quadBlock {
		for _, q := range t.sum(x) {
			if len(out) < 4 {
				break
			}
			pixel.Store(out, pixel.JoinPairs(q))
			out = out[4:]
		}
	}
}

// sum returns the sums of a block of pixels.
func (t *byteTaps) sum(x int) [quadBlock]uint64 {
	var first, second [quadBlock]uint64
	for i := range first {
		first[i] = 255 * pixel.Lanes16 // rounds
	}
	t.addTaps(&first, x, 0, t.plan.first)
	t.addTaps(&second, x, t.plan.first, t.plan.n)
	for i, f := range first {
		s := second[i]
		mean := (f | s) - (f^s)>>1&(0x7fff*pixel.Lanes16) // rounded up
		first[i] = mean >> 8 & (0xff * pixel.Lanes16)
	}
	return first
}

// addTaps adds the taps from k to n.
func (t *byteTaps) addTaps(sums *[quadBlock]uint64, x, k, n int) {
	for ; k+1 < n; k += 2 {
		a, b := (*[quadBlock]uint64)(t.a[k][x:]), (*[quadBlock]uint64)(t.b[k][x:])
		c, d := (*[quadBlock]uint64)(t.a[k+1][x:]), (*[quadBlock]uint64)(t.b[k+1][x:])
		f, g := t.weight(k), t.weight(k+1)
		for i := range sums {
			sums[i] += f*(a[i]+b[i]) + g*(c[i]+d[i])
		}
	}
	if k < n {
		a, b := (*[quadBlock]uint64)(t.a[k][x:]), (*[quadBlock]uint64)(t.b[k][x:])
		f := t.weight(k)
		for i := range sums {
			sums[i] += f * (a[i] + b[i])
		}
	}
}

func (t *byteTaps) weight(k int) uint64 { return uint64(t.plan.steps[k].weight & 0xffff) }
