//go:build goexperiment.simd

#include "textflag.h"

// PLUS moves a pointer on by n bytes.
#define PLUS(r, n) \
	Get r \
	I64Const $n \
	I64Add \
	Set r

// WHOLE loads a block of four pixels of a row, and ands it to V4.
#define WHOLE(row, v) \
	Get row \
	I32WrapI64 \
	V128Load $0 \
	Tee v \
	Get V4 \
	V128And \
	Set V4 \
	PLUS(row, 16)

// LANE writes a lane of two steps from R4 + at on. The offset of a store is its second
// operand.
#define LANE(v, at) \
	Get R4 \
	I32WrapI64 \
	Get v \
	V128Const $0xff05ff01ff04ff00, $0xff07ff03ff06ff02 \
	I8x16Swizzle \
	V128Store $0, $at+0 \
	Get R4 \
	I32WrapI64 \
	Get v \
	V128Const $0xff0dff09ff0cff08, $0xff0fff0bff0eff0a \
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
	Loop
		WHOLE(R0, V0)
		WHOLE(R1, V1)
		WHOLE(R2, V2)
		WHOLE(R3, V3)
		LANE(V0, 0)
		LANE(V1, 16)
		LANE(V2, 32)
		LANE(V3, 48)
		PLUS(R4, 128)
		Get R5
		I64Const $1
		I64Sub
		Tee R5
		I64Const $0
		I64GtS
		BrIf $0
	End
	// all alphas are 255 where no bit of them is missing
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

// VECTOR adds the vector of a step at R0 + at, times the weights V8, to a sum.
#define VECTOR(at, sum) \
	Get R0 \
	I32WrapI64 \
	V128Load $at \
	Get V8 \
	I32x4DotI16x8S \
	Get sum \
	I32x4Add \
	Set sum

// STEP adds a step at R0 + at, whose weights are at R1 + weights.
#define STEP(at, weights) \
	SPLAT(R1, weights) \
	Set V8 \
	VECTOR(at+0, V0) \
	VECTOR(at+16, V1) \
	VECTOR(at+32, V2) \
	VECTOR(at+48, V3)

// SUM adds R9 steps from R0 on with the weights from R1 on. It moves both.
#define SUM \
	Get R9 \
	Set R6 \
	Loop \
		STEP(0, 0) \
		PLUS(R0, 64) \
		PLUS(R1, 4) \
		Get R6 \
		I64Const $1 \
		I64Sub \
		Tee R6 \
		I64Const $0 \
		I64GtS \
		BrIf $0 \
	End

// DIFFERS leaves the bits in which the least and the largest sum differ.
#define DIFFERS(sum) \
	Get sum \
	Get sum \
	Get V5 \
	I32x4Add \
	V128Xor

// UNSCALE brings a sum of high parts to the scale of the low ones.
#define UNSCALE(sum) \
	Get sum \
	Get V4 \
	I32x4Sub \
	Get R7 \
	I32WrapI64 \
	I32x4Shl \
	V128Const $0x0020000000200000, $0x0020000000200000 \
	I32x4Add \
	Set sum

// SETTLE stores a sum at R2, without its R8 fractional bits and clamped. It moves R2.
#define SETTLE(sum) \
	Get R2 \
	I32WrapI64 \
	Get sum \
	Get R8 \
	I32WrapI64 \
	I32x4ShrS \
	V128Const $0, $0 \
	I32x4MaxS \
	V128Const $0x000000ff000000ff, $0x000000ff000000ff \
	I32x4MinS \
	V128Store \
	PLUS(R2, 16)

// func sumStepsVector(out, steps *uint64, starts, weights *int32, n, count, stride int)
TEXT ·sumStepsVector(SB), NOSPLIT, $0-56
	MOVD out+0(FP), R2
	MOVD starts+16(FP), R3
	MOVD weights+24(FP), R4
	MOVD n+32(FP), R5
	MOVD count+40(FP), R9

	Loop
		// R0: the first step
		MOVD steps+8(FP), R0
		Get R0
		Get R3
		I32WrapI64
		I64Load32S $0
		I64Const $6
		I64Shl
		I64Add
		Set R0

		// V4: the least sum of the low parts, V5: the span to the largest
		SPLAT(R4, 0)
		Tee V4
		Tee V0
		Tee V1
		Tee V2
		Set V3
		SPLAT(R4, 4)
		Set V5

		// R7: the power of two of the high parts, R8: their fractional bits
		Get R4
		I32WrapI64
		I64Load32S $8
		Set R7
		I64Const $22
		Get R7
		I64Sub
		Set R8

		Get R4
		I64Const $12
		I64Add
		Set R1
		SUM

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
		If
			UNSCALE(V0)
			UNSCALE(V1)
			UNSCALE(V2)
			UNSCALE(V3)
			Get R0
			Get R9
			I64Const $6
			I64Shl
			I64Sub
			Set R0
			SUM
			I64Const $22
			Set R8
		End

		SETTLE(V0)
		SETTLE(V1)
		SETTLE(V2)
		SETTLE(V3)
		PLUS(R3, 4)
		Get R4
		MOVD stride+48(FP), R6
		Get R6
		I64Const $2
		I64Shl
		I64Add
		Set R4
		Get R5
		I64Const $1
		I64Sub
		Tee R5
		I64Const $0
		I64GtS
		BrIf $0
	End
	RET
