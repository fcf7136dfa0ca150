//go:build !goexperiment.simd || scalar || !(amd64 || arm64 || wasm)

package jpeg

// vectors says whether there are vector instructions to decode with.
const vectors = false

func hasVectors() bool { return false }

type idctWork struct{}

func idctVector([]byte, int, *[64]int16, *[64]int16, *idctWork) {}

func addRowsVector([]uint16, []byte, []byte) int { return 0 }

func spreadRowVector([]byte, []uint16, [2]uint16) int { return 0 }

func yccVector(dst, y, cb, cr []byte) int { return 0 }
