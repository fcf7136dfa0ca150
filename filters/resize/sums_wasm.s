//go:build goexperiment.simd && !scalar

#include "textflag.h"

// The offset of a load is its operand, and that of a store its second one. Constants
// are loaded before a loop: a newer V8 (Node 24) makes one anew wherever it stands.

// PLUS moves a pointer on by n bytes.
#define PLUS(r, n) \
	Get r \
	I64Const $n \
	I64Add \
	Set r

// INDEX points to element i, of 1<<shift bytes.
#define INDEX(r, base, i, shift) \
	Get base \
	Get i \
	I64Const $shift \
	I64Shl \
	I64Add \
	Set r

// PIXELS loads four pixels of a row, and ands them to V4.
#define PIXELS(row, v) \
	Get row \
	I32WrapI64 \
	V128Load $0 \
	Tee v \
	Get V4 \
	V128And \
	Set V4 \
	PLUS(row, 16)

// LANE writes a lane of the two steps at R4, in the orders V5 and V6.
#define LANE(v, at) \
	Get R4 \
	I32WrapI64 \
	Get v \
	Get V5 \
	I8x16Swizzle \
	V128Store $0, $at+0 \
	Get R4 \
	I32WrapI64 \
	Get v \
	Get V6 \
	I8x16Swizzle \
	V128Store $0, $at+64

// func laneBlocks(out *stepBlock, rows *[stepLanes]*rowBlock, blocks int) bool
TEXT ·laneBlocks(SB), NOSPLIT, $0-25
	MOVD out+0(FP), R4
	MOVD rows+8(FP), R5
	MOVD 0(R5), R0
	MOVD 8(R5), R1
	MOVD 16(R5), R2
	MOVD 24(R5), R3
	MOVD blocks+16(FP), R5
	V128Const $-1, $-1
	Set V4
	V128Const $0xff05ff01ff04ff00, $0xff07ff03ff06ff02
	Set V5
	V128Const $0xff0dff09ff0cff08, $0xff0fff0bff0eff0a
	Set V6
	Loop
		PIXELS(R0, V0)
		PIXELS(R1, V1)
		PIXELS(R2, V2)
		PIXELS(R3, V3)
		LANE(V0, 0)
		LANE(V1, 16)
		LANE(V2, 32)
		LANE(V3, 48)
		PLUS(R4, 128)
		PLUS(R5, -1)
		Get R5
		I64Const $0
		I64GtS
		BrIf $0
	End
	// all are opaque if no bit of an alpha is missing
	Get SP
	V128Const $0xff000000ff000000, $0xff000000ff000000
	Get V4
	V128Andnot
	V128AnyTrue
	I32Eqz
	I64ExtendI32U
	I64Store8 ret+24(FP)
	RET

// SPLAT brings the number at r + at to all lanes.
#define SPLAT(r, at) \
	Get r \
	I32WrapI64 \
	I32Load $at \
	I32x4Splat

// LOCATE points to what belongs to sum R5: its first step by R0, its result by R2, its
// weights by R4. R7 is the power of two of their high parts.
#define LOCATE \
	INDEX(R0, R11, R5, 2) \
	Get R0 \
	I32WrapI64 \
	I64Load32S $0 \
	Set R0 \
	INDEX(R0, R10, R0, 6) \
	INDEX(R2, R9, R5, 5) \
	Get R5 \
	Get R13 \
	I64Mul \
	Set R4 \
	INDEX(R4, R12, R4, 2) \
	Get R4 \
	I32WrapI64 \
	I64Load32S $8 \
	Set R7

// VECTOR adds the vector at R0 + at, times the weights V5, to a sum.
#define VECTOR(at, sum) \
	Get R0 \
	I32WrapI64 \
	V128Load $at \
	Get V5 \
	I32x4DotI16x8S \
	Get sum \
	I32x4Add \
	Set sum

// SUM adds R14 steps from R0 on, times the parts of their weights from R1 on. V8
// takes several turns of so short a loop at once; in a longer one it would load
// more than the registers hold.
#define SUM \
	Get R14 \
	Set R6 \
	Loop \
		SPLAT(R1, 0) \
		Set V5 \
		VECTOR(0, V0) \
		VECTOR(16, V1) \
		VECTOR(32, V2) \
		VECTOR(48, V3) \
		PLUS(R0, 64) \
		PLUS(R1, 4) \
		PLUS(R6, -1) \
		Get R6 \
		I64Const $0 \
		I64GtS \
		BrIf $0 \
	End

// KEEP stores a sum of high parts at R3.
#define KEEP(at, sum) \
	Get R3 \
	I32WrapI64 \
	Get sum \
	V128Store $0, $at

// UNSCALE loads it back, less the least sum V4 and rounded by V8, at the scale of the low parts.
#define UNSCALE(at, sum) \
	Get R3 \
	I32WrapI64 \
	V128Load $at \
	Get V4 \
	I32x4Sub \
	Get R7 \
	I32WrapI64 \
	I32x4Shl \
	Get V8 \
	I32x4Add \
	Set sum

// DIFFERS leaves the bits in which the least and the largest sum differ.
#define DIFFERS(sum) \
	Get sum \
	Get sum \
	Get V4 \
	I32x4Add \
	V128Xor

// SHIFT loads a sum without its R8 fractional bits.
#define SHIFT(sum) \
	Get sum \
	Get R8 \
	I32WrapI64 \
	I32x4ShrS

// SETTLE writes the results of two lanes, clamped to 0..255 by V6, in pairs: in the order V7.
#define SETTLE(at, one, other) \
	Get R2 \
	I32WrapI64 \
	SHIFT(one) \
	SHIFT(other) \
	I16x8NarrowI32x4U \
	Get V6 \
	I16x8MinU \
	Get V7 \
	I8x16Swizzle \
	V128Store $0, $at

// func sumParts(out, steps, kept *uint64, starts, weights, doubtful *int32, n, stride, count int)
TEXT ·sumParts(SB), NOSPLIT, $0-72
	MOVD out+0(FP), R9
	MOVD steps+8(FP), R10
	MOVD kept+16(FP), R3
	MOVD starts+24(FP), R11
	MOVD weights+32(FP), R12
	MOVD doubtful+40(FP), R15
	MOVD stride+56(FP), R13
	MOVD count+64(FP), R14
	V128Const $0x00ff00ff00ff00ff, $0x00ff00ff00ff00ff
	Set V6
	V128Const $0x0b0a030209080100, $0x0f0e07060d0c0504
	Set V7
	V128Const $0x0020000000200000, $0x0020000000200000
	Set V8

	// the high parts of all sums; the doubtful ones are kept
	I64Const $0
	Set R5
	Loop
		LOCATE
		I64Const $22
		Get R7
		I64Sub
		Set R8
		SPLAT(R4, 0)
		Tee V0
		Tee V1
		Tee V2
		Set V3
		Get R4
		I64Const $12
		I64Add
		Set R1
		SUM

		KEEP(0, V0)
		KEEP(16, V1)
		KEEP(32, V2)
		KEEP(48, V3)
		Get R15
		I32WrapI64
		Get R5
		I64Store32 $0
		SPLAT(R4, 4)
		Set V4
		DIFFERS(V0)
		DIFFERS(V1)
		V128Or
		DIFFERS(V2)
		DIFFERS(V3)
		V128Or
		V128Or
		Get R8
		I32WrapI64
		I32x4ShrU
		V128AnyTrue
		I64ExtendI32U
		Set R6
		INDEX(R3, R3, R6, 6)
		INDEX(R15, R15, R6, 2)

		SETTLE(0, V0, V1)
		SETTLE(16, V2, V3)
		PLUS(R5, 1)
		MOVD n+48(FP), R6
		Get R5
		Get R6
		I64LtS
		BrIf $0
	End

	// the low parts of the doubtful ones, whose list now ends at R15
	I64Const $22
	Set R8
	MOVD kept+16(FP), R3
	MOVD doubtful+40(FP), R6
	Block
		Loop
			Get R6
			Get R15
			I64GeU
			BrIf $1
			Get R6
			I32WrapI64
			I64Load32S $0
			Set R5
			PLUS(R6, 4)
			LOCATE
			SPLAT(R4, 0)
			Set V4
			UNSCALE(0, V0)
			UNSCALE(16, V1)
			UNSCALE(32, V2)
			UNSCALE(48, V3)
			PLUS(R3, 64)
			INDEX(R1, R4, R14, 2)
			PLUS(R1, 12)
			Get R6
			Set R5
			SUM
			Get R5
			Set R6
			SETTLE(0, V0, V1)
			SETTLE(16, V2, V3)
			Br $0
		End
	End
	RET
