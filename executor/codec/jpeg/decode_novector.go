//go:build !goexperiment.simd || !(amd64 || arm64 || wasm)

package jpeg

// vectors says whether there are vector instructions to decode with.
const vectors = false

func hasVectors() bool { return false }

type idctWork struct{}

func idctVector([]byte, int, *[64]int16, *[64]int32, *idctWork) {}

func yccVector(dst, y, cb, cr []byte, half bool) int { return 0 }
