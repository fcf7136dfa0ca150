//go:build goexperiment.simd

package filters

import "unsafe"

// sumSteps writes for each start the weighted sums of the count steps from there on,
// rounded and clamped to 0..255. The weights of a sum are stride behind those of the
// last one.
func sumSteps(out, steps []uint64, starts, weights []int32, stride, count int) {
	for i, start := range starts { // in bounds, which the assembly does not check
		_, _ = steps[:(int(start)+count)*stepWords], weights[i*stride:][:2*count]
	}
	sumStepsVector(
		unsafe.SliceData(out[:len(starts)*stepWords]), unsafe.SliceData(steps),
		unsafe.SliceData(starts), unsafe.SliceData(weights), len(starts), count, stride)
}

//go:noescape
func sumStepsVector(out, steps *uint64, starts, weights *int32, n, count, stride int)
