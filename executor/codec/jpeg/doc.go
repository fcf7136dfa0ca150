// Package jpeg writes baseline JPEG files, and reads sequential and progressive
// ones, faster than the standard library does: with the vector instructions of the processor where the
// toolchain offers them (GOEXPERIMENT=simd on amd64 with AVX2, on arm64 and in
// WebAssembly), and by plain Go everywhere else. Both give the same bytes and
// the same pixels; the plain one is always compiled, and judges the other in
// the tests.
//
// # Hard cases
//
// What cameras, webcams and phones write, and no standard has: tables, ends and
// numbers that are missing or wrong while every sample is there. The rules are
// libjpeg's (Decoder). There is one walk over a file's segments (file), so that
// a header and its pixels never disagree about what the file says.
//
// Hostile files. Scans and their samples are counted before anything is decoded
// (MaxScans, MaxWork), and nothing is allocated for a size that the caller has
// not allowed by the image that it decodes into.
//
// It knows pixels and bytes. It never opens a file, starts a goroutine, keeps
// anything between calls but memory, or turns an image by what its EXIF data
// say.
//
// The format is ITU-T Recommendation T.81, "Digital compression and coding of
// continuous-tone still images", and the container JFIF 1.02.
package jpeg
