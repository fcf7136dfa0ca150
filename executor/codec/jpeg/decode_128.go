//go:build goexperiment.simd && !scalar && (arm64 || wasm)

package jpeg

// vectors says whether there are vector instructions to decode with.
const vectors = true

// hasVectors reports whether this processor has those that are used. Those of
// arm64 belong to it, and a WebAssembly module with them would not load.
func hasVectors() bool { return true }
