//go:build goexperiment.simd && !scalar && (amd64 || arm64 || wasm)

package resize

import (
	"image"
	"unsafe"

	"carriles/filters/filter"
	"carriles/filters/pixel"
	"carriles/filters/vector"
)

// Vector is Scalar with sums of steps, see stepBlock: across, of pixels
// side by side in stepLanes rows; down, of rows one below the other in as many columns.
// Each strip keeps the rows that were resampled across in a ring of such steps.
func (kernels) Vector(dst, src *image.NRGBA, _ filter.Values, s *filter.Scratch) {
	sw, sh := src.Rect.Dx(), src.Rect.Dy()
	dw, dh := dst.Rect.Dx(), dst.Rect.Dy()
	if sw == dw && sh == dh {
		pixel.Copy(dst, src)
		return
	}
	across := lanczos(sw, dw, 0, s)
	down := lanczos(sh, dh, 1, s)
	columns, rows := stepsOf(&across, 4, s), stepsOf(&down, 5, s)
	strip := wholeLanes(stripColumns(dw, down.longest))
	r := stepRing{slots: rows.weights.count + stepLanes}
	r.slots -= r.slots % (stepLanes / 2)
	r.steps = s.Uint64s(0, (2*r.slots*strip/stepLanes+1)*stepWords)
	r.blocks = s.Int32s(6, strip/stepLanes)
	for i := range r.blocks {
		r.blocks[i] = int32(2 * r.slots * i)
	}
	pairs := s.Uint64s(1, (strip+1)*pairWords)
	lanes := s.Uint64s(2, (wholeLanes(sw)/2+columns.weights.count+1)*stepWords)
	pass := secondPass{s.Uint64s(3, (strip+1)*stepWords), s.Int32s(7, strip+1)}
	knowsFlat, flat := false, false

	for x0 := 0; x0 < dw; x0 += strip {
		n := min(strip, dw-x0)
		left := 2 * int(columns.starts[x0])
		right := across.end(x0 + n - 1)
		next := 0
		for y := range dh {
			s.Row(y)
			first, weights := down.window(y)
			for ; next < first+len(weights); next += stepLanes {
				var in [stepLanes][]byte
				for i := range in {
					in[i] = pixel.Row(src, min(next+i, sh-1))[4*left : 4*right]
				}
				to := lanes[left/2*stepWords:]
				if !laneRows(to, &in) {
					premultiplyRows(&in, s)
					laneRows(to, &in)
				}
				sumSteps(pairs, lanes, columns.starts[x0:x0+n], columns.weights.from(x0), &pass)
				r.put(pairs, n, next/2)
			}
			row := pixel.Row(dst, y)[4*x0:][:4*n]
			blocks := r.blocks[:wholeLanes(n)/stepLanes]
			sumSteps(pairs, r.from(first/2), blocks, rows.weights.only(y), &pass)
			if !joinResults(row, pairs) {
				if !knowsFlat {
					knowsFlat, flat = true, opaque(src)
				}
				if !flat {
					for p := row; len(p) > 0; p = p[4:] {
						pixel.Store(p, unpremultiply(pixel.Load(p)))
					}
				}
			}
		}
	}
	vector.End()
}

// How many lanes a step has, and what it and the result of a sum take. See stepBlock.
const (
	stepLanes = vector.Pixels
	stepWords = 2 * stepLanes // in uint64
	stepBytes = 8 * stepWords
	pairWords = stepWords / 2
)

// wholeLanes rounds n up to whole steps.
func wholeLanes(n int) int { return (n + stepLanes - 1) / stepLanes * stepLanes }

// The kernels walk by pointers, and none of these may leave its memory, even if nothing
// is loaded there: each of their buffers has room for one more of what is walked over.

// stepBlock is a step, two neighbours of stepLanes lanes: in 16 bits each, the four
// channels of both, those of one channel side by side. Across, a lane is a row and
// its neighbours are pixels; down, a lane is a column and its neighbours are rows.
// So both directions are sums of steps, see sumSteps.
//
// A step fills four vectors. Where a vector holds two lanes, they are four apart.
type stepBlock [4]vecWords

// pairBlock is the result of a sum: the lanes 0 and 1, and 2 and 3 (and where a vector
// holds more, those four on), as neighbours are in a step.
type pairBlock [2]vecWords

// vecWords is a vector in memory.
type vecWords [vector.Bytes / 8]uint64

// lookup is vector.Reorder, as pixels.
func lookup(v vector.Uint8, order *[vector.Bytes]int8) vector.Uint32 {
	return vector.Reorder(v, order).ReshapeToUint32s()
}

func stepAt(words []uint64, i int) *stepBlock {
	return (*stepBlock)(unsafe.Pointer(unsafe.SliceData(words[i*stepWords:][:stepWords])))
}

func (b *stepBlock) plus(n int) *stepBlock {
	return (*stepBlock)(unsafe.Add(unsafe.Pointer(b), n*stepBytes))
}

func pairsAt(words []uint64, i int) *pairBlock {
	return (*pairBlock)(unsafe.Pointer(unsafe.SliceData(words[i*pairWords:][:pairWords])))
}

func (b *pairBlock) plus(n int) *pairBlock {
	return (*pairBlock)(unsafe.Add(unsafe.Pointer(b), n*stepBytes/2))
}

// tapSteps are the weights of a resampler for sums of steps.
type tapSteps struct {
	starts  []int32 // the first step of each pixel of the result
	weights stepWeights
}

// stepWeights are the weights of sums: of sum i numbers from i x stride on, for count
// steps. How they lie there, packWeights knows.
type stepWeights struct {
	numbers       []int32
	stride, count int
}

// strideOf is how many numbers count steps have, and weightsRoom what is behind the last.
func strideOf(count int) int { return weightsHead + 2*count }

const weightsRoom = 2

// of returns the weights of sum i, and what is behind them.
func (w *stepWeights) of(i int) []int32 {
	return w.numbers[i*w.stride:][:strideOf(w.count)+weightsRoom]
}

// from returns the weights of the sums from i on.
func (w *stepWeights) from(i int) stepWeights {
	return stepWeights{w.numbers[i*w.stride:], w.stride, w.count}
}

// only returns the weights of sum i for any number of sums.
func (w *stepWeights) only(i int) stepWeights { return stepWeights{w.of(i), 0, w.count} }

// stepsOf takes the weights of r, in a slot of the scratch. Weights are zero where
// a window begins or ends inside of a step, and where it is shorter than others.
func stepsOf(r *resampler, slot int, s *filter.Scratch) tapSteps {
	n := len(r.bounds) / 2
	count := r.longest/2 + 1
	stride := strideOf(count)
	buf := s.Int32s(slot, n*(1+stride)+weightsRoom)
	clear(buf)
	t := tapSteps{starts: buf[:n], weights: stepWeights{buf[n:], stride, count}}
	for i := range n {
		first, weights := r.window(i)
		t.starts[i] = int32(first / 2)
		packWeights(t.weights.numbers[i*stride:][:stride], weights, first%2)
	}
	return t
}

// secondPass is the memory of the sumSteps that look at some sums twice, see packWeights.
type secondPass struct {
	kept     []uint64 // sums
	doubtful []int32  // their numbers, as many
}

// rowBlock is as many pixels of a row as are brought to lanes at once.
type rowBlock [16]byte

// laneRows writes the pixels of rows to steps. It reports whether all are opaque.
func laneRows(out []uint64, rows *[stepLanes][]byte) bool {
	var from [stepLanes]*rowBlock
	var rests [stepLanes]rowBlock
	blocks := len(rows[0]) / len(from[0])
	for i, row := range rows {
		if blocks > 0 {
			from[i] = (*rowBlock)(row)
		}
		for k := range rests[i] {
			rests[i][k] = 255
		}
		copy(rests[i][:], row[blocks*len(from[0]):])
	}
	flat := true
	if blocks > 0 {
		flat = laneBlocks(stepAt(out, 0), &from, blocks)
	}
	if len(rows[0])%len(from[0]) > 0 {
		for i := range rests {
			from[i] = &rests[i]
		}
		flat = laneBlocks(stepAt(out, 2*blocks), &from, 1) && flat
	}
	return flat
}

// premultiplyRows puts premultiplied copies in the place of the rows.
func premultiplyRows(rows *[stepLanes][]byte, s *filter.Scratch) {
	size := len(rows[0])
	buf := s.Bytes(0, stepLanes*size)
	for i, row := range rows {
		out := buf[i*size:][:size]
		for k := 0; k < size; k += 4 {
			pixel.Store(out[k:], uint32(premultiply(uint64(pixel.Load(row[k:])))))
		}
		rows[i] = out
	}
}

// stepRing keeps rows that were resampled across as steps of rows: for each block
// of stepLanes columns the last slots pairs of rows, each of them twice, so that
// the steps of a window follow one another wherever it begins.
type stepRing struct {
	steps  []uint64
	blocks []int32 // the first step of each block
	slots  int
}

// from returns the steps from a pair of rows on.
func (r *stepRing) from(pair int) []uint64 { return r.steps[pair%r.slots*stepWords:] }

// put keeps the results for n columns of stepLanes rows, of which the first two are the
// given pair of rows.
func (r *stepRing) put(pairs []uint64, n, pair int) {
	from := pairsAt(pairs, 0)
	for x := 0; x < n; x += 4 {
		to := stepAt(r.steps, int(r.blocks[x/stepLanes])+pair%r.slots)
		storePairs(to, r.slots, 0, x%stepLanes/4, loadVec(&from[0]), loadVec(&from[1]))
		from = from.plus(1)
		storePairs(to, r.slots, 1, x%stepLanes/4, loadVec(&from[0]), loadVec(&from[1]))
		from = from.plus(1)
		storePairs(to, r.slots, 2, x%stepLanes/4, loadVec(&from[0]), loadVec(&from[1]))
		from = from.plus(1)
		storePairs(to, r.slots, 3, x%stepLanes/4, loadVec(&from[0]), loadVec(&from[1]))
		from = from.plus(1)
	}
}

// joinResults writes results of columns as pixels. It reports whether all are opaque.
func joinResults(row []byte, pairs []uint64) bool {
	all := vector.Splat32(0xffffffff)
	from := pairsAt(pairs, 0)
	for len(row) > 0 {
		v := lookup(loadVec(&from[0]).Or(loadVec(&from[1]).ShiftAllLeft(8)).ReshapeToUint8s(), &fourLanes)
		if len(row) < vector.Bytes {
			var rest [vector.Bytes]byte
			v.ReshapeToUint8s().Store(rest[:])
			copy(row, rest[:])
			return vector.AllSet(all, vector.Splat32(0xff000000)) && opaqueRow(row)
		}
		all = all.And(v)
		v.ReshapeToUint8s().Store(row[:vector.Bytes])
		row = row[vector.Bytes:]
		from = from.plus(1)
	}
	return vector.AllSet(all, vector.Splat32(0xff000000))
}
