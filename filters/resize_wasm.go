//go:build goexperiment.simd

package filters

import "unsafe"

// stepsAtOnce: a pixel takes any number of steps. V8 takes several turns of a short
// loop at once; of a longer one it would load more than the registers hold.
const stepsAtOnce = 1

// laneBlocks is laneRows for blocks of four pixels. It is in assembly for the reasons
// of sumStepsVector.
//
//go:noescape
func laneBlocks(out *stepBlock, rows *[stepLanes]*rowBlock, blocks int) bool

// sumSteps writes for each start the weighted sums of the count steps from there on,
// rounded and clamped to 0..255. The weights of a sum are stride behind those of the
// last one. Starts rise.
func sumSteps(out, steps []uint64, starts, weights []int32, stride, count int) {
	last := len(starts) - 1
	sumStepsVector(
		unsafe.SliceData(out[:len(starts)*stepWords]),
		unsafe.SliceData(steps[:(int(starts[last])+count)*stepWords]),
		unsafe.SliceData(starts),
		unsafe.SliceData(weights[:last*stride+weightsHead+2*count]),
		len(starts), count, stride)
}

// sumStepsVector is in assembly: Go has no name for the instruction that multiplies
// and adds two neighbours, and each turn of a loop that it compiles for WebAssembly
// leads through one dispatch of the whole function. It checks no bounds.
//
//go:noescape
func sumStepsVector(out, steps *uint64, starts, weights *int32, n, count, stride int)
