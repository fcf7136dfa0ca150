//go:build goexperiment.simd && !scalar && (amd64 || arm64 || wasm)

package blur

// In vectors a row has three samples a pixel, as what is opaque needs no sum of
// its alpha.

// The bytes of a pixel in an image and in a row.
const (
	colours  = 4
	unpacked = 3
)

// packRow writes the samples of n pixels of row from pixel x on, which may lie
// outside on both sides, to out. What is outside repeats the edge. It reports
// whether those inside were opaque.
func packRow(out, row []byte, x, n int) bool {
	left := min(max(-x, 0), n)
	right := min(max(len(row)/colours-x, left), n)
	opaque := packSamples(out[unpacked*left:], row[colours*(x+left):][:colours*(right-left)])
	fillSamples(out[:unpacked*left], row)
	fillSamples(out[unpacked*right:unpacked*n], row[len(row)-colours:])
	return opaque
}

func fillSamples(out, pixel []byte) {
	for ; len(out) >= unpacked; out = out[unpacked:] {
		out[0], out[1], out[2] = pixel[0], pixel[1], pixel[2]
	}
}
