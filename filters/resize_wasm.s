//go:build goexperiment.simd

#include "textflag.h"

// STEP adds a vector of a step at R0 + at to its sums, with the weights V8 (high) and V9.
#define STEP(at, high, low) \
	Get R0 \
	I32WrapI64 \
	V128Load $at \
	Tee V10 \
	Get V8 \
	I32x4DotI16x8S \
	Get high \
	I32x4Add \
	Set high \
	Get V10 \
	Get V9 \
	I32x4DotI16x8S \
	Get low \
	I32x4Add \
	Set low

// SPLAT loads a weight of the step from R1 + at into all lanes.
#define SPLAT(at, v) \
	Get R1 \
	I32WrapI64 \
	I32Load $at \
	I32x4Splat \
	Set v

// SETTLE stores a sum at R2, which it moves on.
#define SETTLE(high, low) \
	Get R2 \
	I32WrapI64 \
	Get high \
	I32Const $11 \
	I32x4Shl \
	Get low \
	I32x4Add \
	I32Const $22 \
	I32x4ShrS \
	V128Const $0, $0 \
	I32x4MaxS \
	V128Const $0x000000ff000000ff, $0x000000ff000000ff \
	I32x4MinS \
	V128Store \
	Get R2 \
	I64Const $16 \
	I64Add \
	Set R2

#define ADVANCE(r, n) \
	Get r \
	I64Const $n \
	I64Add \
	Set r

// func sumStepsVector(out, steps *uint64, starts, weights *int32, n, count, stride int)
TEXT ·sumStepsVector(SB), NOSPLIT, $0-56
	MOVD out+0(FP), R2
	MOVD starts+16(FP), R3
	MOVD weights+24(FP), R4
	MOVD n+32(FP), R5

	Block
		Get R5
		I64Eqz
		BrIf $0
		Loop
			// R0 the step, R1 its weights, R6 how many are left
			MOVD steps+8(FP), R0
			Get R0
			Get R3
			I32WrapI64
			I64Load32S $0
			I64Const $6
			I64Shl
			I64Add
			Set R0
			Get R4
			Set R1
			MOVD count+40(FP), R6

			V128Const $0, $0
			Tee V0
			Tee V1
			Tee V2
			Set V3
			V128Const $0x0020000000200000, $0x0020000000200000
			Tee V4
			Tee V5
			Tee V6
			Set V7
			Loop
				SPLAT(0, V8)
				SPLAT(4, V9)
				STEP(0, V0, V4)
				STEP(16, V1, V5)
				STEP(32, V2, V6)
				STEP(48, V3, V7)
				ADVANCE(R0, 64)
				ADVANCE(R1, 8)
				Get R6
				I64Const $1
				I64Sub
				Tee R6
				I64Eqz
				I32Eqz
				BrIf $0
			End

			SETTLE(V0, V4)
			SETTLE(V1, V5)
			SETTLE(V2, V6)
			SETTLE(V3, V7)
			ADVANCE(R3, 4)
			Get R4
			MOVD stride+48(FP), R0
			Get R0
			I64Const $2
			I64Shl
			I64Add
			Set R4
			Get R5
			I64Const $1
			I64Sub
			Tee R5
			I64Eqz
			I32Eqz
			BrIf $0
		End
	End
	RET
