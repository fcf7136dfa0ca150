package jpeg

// mcu is the samples of 16x16 pixels less 128: of Y the upper two blocks and the
// lower two, and of Cb and Cr one block each.
type mcu struct {
	upper, lower, chroma pair
}

// The factors of JFIF's conversion to YCbCr, of 15 bits after the point. Those
// of Y add up to 1, and those of Cb and Cr to 0, so that grey stays grey.
const (
	yR, yG, yB    = 9798, 19235, 3735
	cbR, cbG, cbB = -5529, -10855, 16384
	crR, crG, crB = 16384, -13720, -2664

	yccBits = 15
	// yRound rounds to the nearest, and shifts the level by 128.
	yRound = 1<<(yccBits-1) - 128<<yccBits
	// cRound rounds to the nearest of a sum over four pixels, and the half of
	// the most blue and the most red down: 128 is not a sample.
	cRound = 1<<(yccBits+1) - 1
)

// yccPlain converts 16x16 pixels, R G B A, of which a row begins every stride
// bytes. A sample of Cb and Cr is that of the mean of 2x2 pixels.
func yccPlain(m *mcu, pix []byte, stride int) {
	for r := range 8 {
		top := (*[64]byte)(pix[2*r*stride:])
		bottom := (*[64]byte)(pix[(2*r+1)*stride:])
		luma := &m.upper
		if r >= 4 {
			luma = &m.lower
		}
		at := 32 * (r % 4)
		for c := range 8 {
			i := 8 * c
			luma[at+2*c] = lumaOf(top[i], top[i+1], top[i+2])
			luma[at+2*c+1] = lumaOf(top[i+4], top[i+5], top[i+6])
			luma[at+2*c+16] = lumaOf(bottom[i], bottom[i+1], bottom[i+2])
			luma[at+2*c+17] = lumaOf(bottom[i+4], bottom[i+5], bottom[i+6])
			red := int32(top[i]) + int32(top[i+4]) + int32(bottom[i]) + int32(bottom[i+4])
			green := int32(top[i+1]) + int32(top[i+5]) + int32(bottom[i+1]) + int32(bottom[i+5])
			blue := int32(top[i+2]) + int32(top[i+6]) + int32(bottom[i+2]) + int32(bottom[i+6])
			m.chroma[16*r+c] = int16((cbR*red + cbG*green + cbB*blue + cRound) >> (yccBits + 2))
			m.chroma[16*r+8+c] = int16((crR*red + crG*green + crB*blue + cRound) >> (yccBits + 2))
		}
	}
}

func lumaOf(r, g, b uint8) int16 {
	return int16((yR*int32(r) + yG*int32(g) + yB*int32(b) + yRound) >> yccBits)
}

// grey converts 16x8 pixels, of which R, G and B are equal, to two blocks.
func grey(p *pair, pix []byte, stride int) {
	for r := range 8 {
		row := (*[64]byte)(pix[r*stride:])
		for c := range 16 {
			p[16*r+c] = int16(row[4*c]) - 128
		}
	}
}
