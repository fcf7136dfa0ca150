// Package jpeg writes and reads baseline JPEG files faster than the standard
// library does: with the vector instructions of the processor where the
// toolchain offers them (GOEXPERIMENT=simd on amd64 with AVX2, on arm64 and in
// WebAssembly), and by plain Go everywhere else. Both give the same bytes and
// the same pixels; the plain one is always compiled, and judges the other in
// the tests. Files of the other kinds it leaves to the standard library.
//
// It knows pixels and bytes. It never opens a file, starts a goroutine, keeps
// anything between calls but memory, or turns an image by what its EXIF data
// say.
//
// The format is ITU-T Recommendation T.81, "Digital compression and coding of
// continuous-tone still images", and the container JFIF 1.02.
package jpeg
