//go:build goexperiment.simd && (amd64 || arm64 || wasm)

package filters

// vectorKernels lists the filters that have a vector kernel, if this processor
// can run it. A vector kernel gives the bytes of the scalar one.
func vectorKernels() map[string]Kernel {
	if vectorLevel() == NoSIMD {
		return nil
	}
	return map[string]Kernel{
		"blur":       blurVector,
		"brightness": brightnessVector,
		"resize":     resizeVector,
		"sharpen":    sharpenVector,
		"edges":      edgesVector,
	}
}
