//go:build goexperiment.simd && !scalar && (amd64 || arm64 || wasm)

package vector

// Whole is the length of a row of n bytes without the rest that fills
// no vector. The kernels compute that rest with a last vector that overlaps the
// one before it: it gives the same bytes again, so a row must not be its own
// result.
func Whole(n int) int { return n / Bytes * Bytes }

// AllSet reports whether v has all bits of mask.
func AllSet(v, mask Uint32) bool {
	var missing [Pixels]uint32
	mask.AndNot(v).Store(missing[:])
	return missing == [Pixels]uint32{}
}
