//go:build goexperiment.simd && !scalar

package resize

import "unsafe"

// What follows is in assembly: Go has no name for the instruction that multiplies
// and adds two neighbours, and each turn of a loop that it compiles for WebAssembly
// leads through one dispatch of the whole function, where V8 merges all variables.
// Loops in assembly are WebAssembly's own. They check no bounds.

// laneBlocks is laneRows for blocks of four pixels.
//
//go:noescape
func laneBlocks(out *stepBlock, rows *[stepLanes]*rowBlock, blocks int) bool

// sumSteps writes the weighted sums of the steps from each start on, rounded and clamped
// to 0..255. Starts rise.
func sumSteps(out, steps []uint64, starts []int32, w stepWeights, p *secondPass) {
	n := len(starts)
	sumParts(
		unsafe.SliceData(out[:n*pairWords]),
		unsafe.SliceData(steps[:(int(starts[n-1])+w.count)*stepWords]),
		unsafe.SliceData(p.kept[:(n+1)*stepWords]),
		unsafe.SliceData(starts),
		unsafe.SliceData(w.numbers[:(n-1)*w.stride+strideOf(w.count)]),
		unsafe.SliceData(p.doubtful[:n+1]),
		n, w.stride, w.count)
}

// sumParts is sumSteps for n starts.
//
//go:noescape
func sumParts(out, steps, kept *uint64, starts, weights, doubtful *int32, n, stride, count int)
