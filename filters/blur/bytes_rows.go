package blur

import "carriles/filters/pixel"

// The loops of the scalar blur in 8 bits, see byteRows: a row has a pixel in
// each number, in the order of pairs.

// pairPlan is the plan of sums over pairs of samples, of this and of other loops.
func pairPlan(w byteWeighting) bytePlan {
	p := newBytePlan(w)
	levels := w.place()
	for level, of := range levels[:w.levels] {
		p.begin(level)
		for k := range w.weights {
			if of[k] > 0 {
				p.add(level, k, of[k])
			}
		}
	}
	return p
}

func unpackBytes(line []uint64, temp, row []byte, x int, _ bytePlan) bool {
	in := temp[:4*len(line)]
	padRow(in, row, x)
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

func acrossBytes(out, _, line []uint64, _ []byte, p bytePlan) {
	t := byteTaps{plan: p}
	for i, s := range p.steps[:p.last()] {
		t.a[i], t.b[i] = line[p.reach-s.at:][:len(out)], line[p.reach+s.at:][:len(out)]
	}
	for x := 0; x < len(out); x += quadBlock {
		sums := t.sum(x)
		copy(out[x:], sums[:])
	}
}

func downBytes(out, _ []byte, rows [][]uint64, p bytePlan) {
	t := byteTaps{plan: p}
	for i, s := range p.steps[:p.last()] {
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
func (t *byteTaps) sum(x int) (mean [quadBlock]uint64) {
	from := 0
	for level, end := range t.plan.ends[:t.plan.levels] {
		var sums [quadBlock]uint64
		t.addTaps(&sums, x, from, end)
		from = end
		if level == 0 {
			mean = sums
			continue
		}
		for i, f := range sums {
			s := mean[i]
			mean[i] = (f | s) - (f^s)>>1&(0x7fff*pixel.Lanes16) // rounded up
		}
	}
	scale := uint64(t.plan.scale)
	for i, m := range mean {
		const round = 64 * pixel.Lanes16
		even := m & (0xffff * pixel.Lanes32) * scale >> 16 & (0xffff * pixel.Lanes32)
		odd := m >> 16 & (0xffff * pixel.Lanes32) * scale & (0xffff0000 * pixel.Lanes32)
		mean[i] = ((even | odd) + round) >> 7 & (0xff * pixel.Lanes16)
	}
	return mean
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
