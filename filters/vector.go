//go:build goexperiment.simd && (amd64 || arm64 || wasm)

package filters

// wholeVectors is the length of a row of n bytes without the rest that fills
// no vector. The kernels compute that rest with a last vector that overlaps the
// one before it: it gives the same bytes again, so a row must not be its own
// result.
func wholeVectors(n int) int { return n / vecBytes * vecBytes }
