//go:build goexperiment.simd && !scalar

#include "go_asm.h"
#include "textflag.h"

// The offset of a load is its operand, and that of a store its second one. Constants
// are loaded before a loop: a newer V8 (Node 24) makes one anew wherever it stands.

// PLUS moves a pointer on by n bytes.
#define PLUS(r, n) \
	Get r \
	I64Const $n \
	I64Add \
	Set r

// POINT points r R0 bytes on from where a pointer of the summand at R3 does.
#define POINT(r, at) \
	Get R3 \
	I32WrapI64 \
	I64Load $at \
	Get R0 \
	I64Add \
	Set r

// WEIGHT loads what the summand at R3 weighs.
#define WEIGHT \
	Get R3 \
	I32WrapI64 \
	V128Load $pairTap_weight \
	Set V8

// MIDDLE begins the sums of the vector at R5 + at: o, of its odd bytes, and w, of whole
// lanes. The former, shifted, taken off the latter leaves the even bytes.
#define MIDDLE(at, o, w) \
	Get R5 \
	I32WrapI64 \
	V128Load $at \
	Tee w \
	I32Const $8 \
	I16x8ShrU \
	Get V8 \
	I16x8Mul \
	Set o \
	Get w \
	Get V8 \
	I16x8Mul \
	Set w

// PAIR begins them with that vector and the one at R6 + at.
#define PAIR(at, o, w) \
	Get R5 \
	I32WrapI64 \
	V128Load $at \
	Tee V9 \
	I32Const $8 \
	I16x8ShrU \
	Get R6 \
	I32WrapI64 \
	V128Load $at \
	Tee V10 \
	I32Const $8 \
	I16x8ShrU \
	I16x8Add \
	Get V8 \
	I16x8Mul \
	Set o \
	Get V9 \
	Get V10 \
	I16x8Add \
	Get V8 \
	I16x8Mul \
	Set w

// ADD adds such a pair.
#define ADD(at, o, w) \
	PAIR(at, V13, V14) \
	Get V13 \
	Get o \
	I16x8Add \
	Set o \
	Get V14 \
	Get w \
	I16x8Add \
	Set w

// EVENS leaves in w the sums of the even bytes.
#define EVENS(o, w) \
	Get w \
	Get o \
	I32Const $8 \
	I16x8Shl \
	I16x8Sub \
	Set w

// AVERAGE takes the mean of v and of what is kept.
#define AVERAGE(at, v) \
	Get R10 \
	I32WrapI64 \
	V128Load $at \
	Get v \
	I16x8AvgrU \
	Set v

// KEEP stores it there.
#define KEEP(at, v) \
	Get R10 \
	I32WrapI64 \
	Get v \
	V128Store $0, $at

// UPPER leaves the scaled and rounded means of v in the upper bytes of its lanes: V12
// is twice the scale, which makes them 1/256, in lanes of 32 bits, the lower halves
// of which are V11; V15 rounds.
#define UPPER(v) \
	Get v \
	Get V11 \
	V128And \
	Get V12 \
	I32x4Mul \
	I32Const $16 \
	I32x4ShrU \
	Get v \
	I32Const $16 \
	I32x4ShrU \
	Get V12 \
	I32x4Mul \
	Get V11 \
	V128Andnot \
	V128Or \
	Get V15 \
	I16x8Add

// STORE writes the samples. V3 are the upper bytes.
#define STORE(at, o, w) \
	Get R7 \
	I32WrapI64 \
	UPPER(w) \
	I32Const $8 \
	I16x8ShrU \
	UPPER(o) \
	Get V3 \
	V128And \
	V128Or \
	V128Store $0, $at

// func sumPairs(out *bytePiece, t *pairTaps, means *[2 * sumBytes]byte, n int)
TEXT ·sumPairs(SB), NOSPLIT, $0-32
	MOVD out+0(FP), R7
	MOVD t+8(FP), R9
	MOVD means+16(FP), R10
	MOVD n+24(FP), R8
	Get R9
	I32WrapI64
	I64Load $pairTaps_n
	Set R11
	Get R9
	I32WrapI64
	I64Load16U $pairTaps_scale
	I32WrapI64
	I32Const $1
	I32Shl
	I32x4Splat
	Set V12
	V128Const $0x0000ffff0000ffff, $0x0000ffff0000ffff
	Set V11
	V128Const $0x0080008000800080, $0x0080008000800080
	Set V15
	V128Const $0xff00ff00ff00ff00, $0xff00ff00ff00ff00
	Set V3
	I64Const $0
	Set R0
	Loop
		Get R9
		Set R1
		Get R11
		Set R2
		Loop
			Get R1
			I32WrapI64
			I64Load $pairLevel_n
			Set R4
			Get R1
			I64Const $pairLevel_taps
			I64Add
			Set R3
			POINT(R5, pairTap_p)
			POINT(R6, pairTap_q)
			WEIGHT
			Get R6
			Get R0
			I64Eq
			If
				MIDDLE(0, V0, V4)
				MIDDLE(16, V1, V5)
				MIDDLE(32, V2, V6)
			Else
				PAIR(0, V0, V4)
				PAIR(16, V1, V5)
				PAIR(32, V2, V6)
			End
			Loop
				PLUS(R3, pairTap__size)
				POINT(R5, pairTap_p)
				POINT(R6, pairTap_q)
				WEIGHT
				ADD(0, V0, V4)
				ADD(16, V1, V5)
				ADD(32, V2, V6)
				PLUS(R4, -1)
				Get R4
				I64Const $1
				I64GtS
				BrIf $0
			End
			EVENS(V0, V4)
			EVENS(V1, V5)
			EVENS(V2, V6)
			Get R2
			Get R11
			I64LtS
			If
				AVERAGE(0, V0)
				AVERAGE(16, V1)
				AVERAGE(32, V2)
				AVERAGE(48, V4)
				AVERAGE(64, V5)
				AVERAGE(80, V6)
			End
			PLUS(R1, pairLevel__size)
			PLUS(R2, -1)
			Get R2
			I64Const $0
			I64GtS
			If
				KEEP(0, V0)
				KEEP(16, V1)
				KEEP(32, V2)
				KEEP(48, V4)
				KEEP(64, V5)
				KEEP(80, V6)
				Br $1
			End
		End
		STORE(0, V0, V4)
		STORE(16, V1, V5)
		STORE(32, V2, V6)
		PLUS(R7, const_sumBytes)
		PLUS(R0, const_sumBytes)
		Get R0
		Get R8
		I64LtS
		BrIf $0
	End
	RET

// QUADS adds two pairs of quads to sums in lanes of 32 bits: of the channels at even
// places, which V8 weighs, and of the others, which V11 does.
#define QUADS(at, e, o) \
	Get R5 \
	I32WrapI64 \
	V128Load $at \
	Get R6 \
	I32WrapI64 \
	V128Load $at \
	I16x8Add \
	Tee V9 \
	Get V8 \
	I32x4DotI16x8S \
	Get e \
	I32x4Add \
	Set e \
	Get V9 \
	Get V11 \
	I32x4DotI16x8S \
	Get o \
	I32x4Add \
	Set o

// STOREQUADS writes the sums without their fractions. V12 are the upper halves.
#define STOREQUADS(at, e, o) \
	Get R7 \
	I32WrapI64 \
	Get e \
	I32Const $16 \
	I32x4ShrU \
	Get o \
	Get V12 \
	V128And \
	V128Or \
	V128Store $0, $at

// func sumRows(out *bytePiece, taps *[maxTaps]pairTap, count, n int)
TEXT ·sumRows(SB), NOSPLIT, $0-32
	MOVD out+0(FP), R7
	MOVD taps+8(FP), R1
	MOVD count+16(FP), R2
	MOVD n+24(FP), R8
	V128Const $0xffff0000ffff0000, $0xffff0000ffff0000
	Set V12
	V128Const $0x0000800000008000, $0x0000800000008000
	Set V13
	I64Const $0
	Set R0
	Loop
		Get V13 // rounds
		Tee V0
		Tee V1
		Tee V2
		Tee V3
		Tee V4
		Tee V5
		Tee V6
		Set V7
		Get R1
		Set R3
		Get R2
		Set R4
		Loop
			POINT(R5, pairTap_p)
			POINT(R6, pairTap_q)
			WEIGHT
			Get V8
			I32Const $16
			I32x4Shl
			Set V11
			QUADS(0, V0, V4)
			QUADS(16, V1, V5)
			QUADS(32, V2, V6)
			QUADS(48, V3, V7)
			PLUS(R3, pairTap__size)
			PLUS(R4, -1)
			Get R4
			I64Const $0
			I64GtS
			BrIf $0
		End
		STOREQUADS(0, V0, V4)
		STOREQUADS(16, V1, V5)
		STOREQUADS(32, V2, V6)
		STOREQUADS(48, V3, V7)
		PLUS(R7, 64)
		PLUS(R0, 64)
		Get R0
		Get R8
		I64LtS
		BrIf $0
	End
	RET

// PACK writes the samples of a vector, and rubbish after them. V2 is their order.
#define PACK(from, to) \
	Get R1 \
	I32WrapI64 \
	Get R0 \
	I32WrapI64 \
	V128Load $from \
	Tee V0 \
	Get V2 \
	I8x16Swizzle \
	V128Store $0, $to \
	Get V0 \
	Get V1 \
	V128And \
	Set V1

// func packPieces(out, in *bytePiece, n int) bool
TEXT ·packPieces(SB), NOSPLIT, $0-25
	MOVD out+0(FP), R1
	MOVD in+8(FP), R0
	MOVD n+16(FP), R2
	V128Const $-1, $-1
	Set V1
	V128Const $0x0908060504020100, $0xffffffff0e0d0c0a
	Set V2
	Block
		Loop
			Get R2
			I64Eqz
			BrIf $1
			PACK(0, 0)
			PACK(16, 12)
			PACK(32, 24)
			PACK(48, 36)
			PLUS(R0, const_pieceSize)
			PLUS(R1, const_packedPiece)
			PLUS(R2, -1)
			Br $0
		End
	End
	// all are opaque if no bit of an alpha is missing
	Get SP
	V128Const $0xff000000ff000000, $0xff000000ff000000
	Get V1
	V128Andnot
	V128AnyTrue
	I32Eqz
	I64ExtendI32U
	I64Store8 ret+24(FP)
	RET

// SPLIT writes the pixels of a vector. V0 is their order, V1 their alpha.
#define SPLIT(from, to) \
	Get R1 \
	I32WrapI64 \
	Get R0 \
	I32WrapI64 \
	V128Load $from \
	Get V0 \
	I8x16Swizzle \
	Get V1 \
	V128Or \
	V128Store $0, $to

// func splitPieces(out, in *bytePiece, n int)
TEXT ·splitPieces(SB), NOSPLIT, $0-24
	MOVD out+0(FP), R1
	MOVD in+8(FP), R0
	MOVD n+16(FP), R2
	V128Const $0xff050403ff020100, $0xff0b0a09ff080706
	Set V0
	V128Const $0xff000000ff000000, $0xff000000ff000000
	Set V1
	Block
		Loop
			Get R2
			I64Eqz
			BrIf $1
			SPLIT(0, 0)
			SPLIT(12, 16)
			SPLIT(24, 32)
			SPLIT(36, 48)
			PLUS(R0, const_packedPiece)
			PLUS(R1, const_pieceSize)
			PLUS(R2, -1)
			Br $0
		End
	End
	RET
