//go:build goexperiment.simd && !scalar

package jpeg

import "simd/archsimd"

// vectors says whether there are vector instructions to decode with.
const vectors = true

// hasVectors reports whether this processor has those that are used.
func hasVectors() bool { return archsimd.X86.AVX2() }
