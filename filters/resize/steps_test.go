//go:build goexperiment.simd && !scalar && (amd64 || arm64 || wasm)

package resize

import (
	"math/rand/v2"
	"testing"

	"carriles/filters/filter"
	"carriles/filters/vector"
)

// stepKernel is sumSteps, or one that it chooses from.
type stepKernel func(out, steps []uint64, starts []int32, w stepWeights, p *secondPass)

// laneWord returns which 32-bit word of a step a lane and channel are.
func laneWord(lane, channel int) int { return lane%4*(vector.Bytes/4) + lane/4*4 + channel }

// result returns that of a lane and channel.
func result(pairs []uint64, lane, channel int) uint32 {
	w := lane%4/2*(vector.Bytes/4) + lane/4*4 + channel
	return uint32(pairs[w/2]>>(w%2*32+lane%2*16)) & 0xffff
}

// putWord puts the 32-bit word number i of words.
func putWord(words []uint64, i int, v uint32) {
	shift := i % 2 * 32
	words[i/2] = words[i/2]&^(0xffffffff<<shift) | uint64(v)<<shift
}

// checkSums has a kernel compute n sums of all lanes, whose windows begin one value
// after the other, and compares them with plain sums.
func checkSums(t *testing.T, name string, kernel stepKernel, n int, weights []int32, value func(lane, channel, i int) uint8) {
	t.Helper()
	r := resampler{stride: len(weights), longest: len(weights)}
	for i := range n {
		r.bounds = append(r.bounds, int32(i), int32(len(weights)))
		r.weights = append(r.weights, weights...)
	}
	var s filter.Scratch
	taps := stepsOf(&r, 0, &s)
	count := n/2 + taps.weights.count + 1
	steps := make([]uint64, count*stepWords)
	for i := range count {
		for k := range 4 * stepLanes {
			lane, channel := k/4, k%4
			pair := uint32(value(lane, channel, 2*i)) | uint32(value(lane, channel, 2*i+1))<<16
			putWord(steps[i*stepWords:], laneWord(lane, channel), pair)
		}
	}
	out := make([]uint64, (n+1)*pairWords)
	kernel(out, steps, taps.starts, taps.weights, &secondPass{make([]uint64, (n+1)*stepWords), make([]int32, n+1)})
	for i := range n {
		for k := range 4 * stepLanes {
			lane, channel := k/4, k%4
			sum := 1 << (weightBits - 1)
			for j, w := range weights {
				sum += int(w) * int(value(lane, channel, i+j))
			}
			want := uint32(min(max(sum>>weightBits, 0), 255))
			if got := result(out[i*pairWords:], lane, channel); got != want {
				t.Errorf("%s, weights %v, sum %d, lane %d, channel %d: %d, want %d", name, weights, i, lane, channel, got, want)
				return
			}
		}
	}
}

// checkStepKernel goes over windows that end within a step, weights of all sizes, and
// sums that are as near to the next result as can be.
func checkStepKernel(t *testing.T, name string, kernel stepKernel) {
	t.Helper()
	r := rand.New(rand.NewPCG(3, 4))
	noise := make([]uint8, 4096)
	for i := range noise {
		noise[i] = uint8(r.UintN(256))
	}
	random := func(lane, channel, i int) uint8 { return noise[(i*4*stepLanes+4*lane+channel)%len(noise)] }
	for size := range 40 {
		weights := make([]int32, size+1)
		for _, largest := range []int32{1 << 4, 1 << 14, 1 << 18, 1 << 21} {
			for i := range weights {
				// As Lanczos' are: their positive sum is at most 2^23, so that sums fit.
				weights[i] = (r.Int32N(2*largest+1) - largest) / max(1, int32(size)/2)
			}
			checkSums(t, name, kernel, 21, weights, random)
		}
	}
	// A value of 1 times these is half a level, and one part in 2^22 less or more.
	one := func(lane, channel, i int) uint8 { return uint8(lane+channel+i) & 1 }
	for _, w := range []int32{1<<21 - 1, 1 << 21, 1<<21 + 1, -1 << 21, -1<<21 - 1, 3<<20 - 1, 3 << 20, 3<<20 + 1} {
		checkSums(t, name, kernel, 9, []int32{w}, one)
		checkSums(t, name, kernel, 9, []int32{w - 77, 0, 77}, one)
	}
}

func TestSumSteps(t *testing.T) { checkStepKernel(t, vector.Level(), sumSteps) }

// TestSumStepsOfOneWeight: down, all columns have the weights of one row.
func TestSumStepsOfOneWeight(t *testing.T) {
	numbers := make([]int32, strideOf(1)+weightsRoom)
	packWeights(numbers[:strideOf(1)], []int32{3 << 21, -1 << 21}, 0)
	steps := make([]uint64, 4*stepWords)
	for i := range 3 {
		for k := range 4 * stepLanes {
			putWord(steps[i*stepWords:], k, uint32(10*i+20)|uint32(8*i)<<16)
		}
	}
	out := make([]uint64, 3*pairWords)
	sumSteps(out, steps, []int32{0, 2}, stepWeights{numbers, 0, 1}, &secondPass{make([]uint64, 3*stepWords), make([]int32, 3)})
	// 1.5 x 20 - 0.5 x 0, and 1.5 x 40 - 0.5 x 16
	for i, want := range []uint32{30, 52} {
		for k := range 4 * stepLanes {
			if got := result(out[i*pairWords:], k/4, k%4); got != want {
				t.Fatalf("sum %d, lane %d, channel %d: %d, want %d", i, k/4, k%4, got, want)
			}
		}
	}
}
