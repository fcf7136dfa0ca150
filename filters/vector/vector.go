// Package vector has the vectors that the kernels are written in, once for all
// architectures: 256 bits on amd64, 128 on arm64 and in WebAssembly. It never
// chooses a kernel, and a build without vector instructions has of it only the
// Level, which says so.
//
// Who computes with them imports simd/archsimd too, if only as _: of packages
// that a package does not import, the compiler inlines no method (Store, Less).
package vector

// None is the Level of a processor or build without vector instructions that
// the kernels use. Otherwise it is "avx512" (in some kernels; AVX2 in the
// others), "avx2", "neon" or "simd128".
const None = "none"
