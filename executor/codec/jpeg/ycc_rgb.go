package jpeg

// The conversion of JFIF's YCbCr to RGB is libjpeg's, to the bit (jdcolor.c):
// 16 bits after the point, rounded.
const (
	redCr   = 91881  // 1.40200
	greenCb = -22554 // -0.34414
	greenCr = -46802 // -0.71414
	blueCb  = 116130 // 1.77200
)

// yccRow converts a row of samples to R, G, B and 255 for each four bytes of
// dst.
func yccRow(dst, y, cb, cr []byte, plain bool) {
	done := 0
	if vectors && !plain && hasVectors() {
		done = yccVector(dst, y, cb, cr)
	}
	for i := done; i < len(dst)/4; i++ {
		yccPixel((*[4]byte)(dst[4*i:]), y[i], cb[i], cr[i])
	}
}

func yccPixel(to *[4]byte, y, cb, cr uint8) {
	luma, blue, red := int32(y)<<16+1<<15, int32(cb)-128, int32(cr)-128
	to[0] = colour(luma + redCr*red)
	to[1] = colour(luma + greenCb*blue + greenCr*red)
	to[2] = colour(luma + blueCb*blue)
	to[3] = 255
}

// colour takes the 16 bits after the point off and clips.
func colour(v int32) uint8 { return uint8(max(0, min(255, v>>16))) }

// greyToRGBA writes each sample as a grey pixel.
func greyToRGBA(dst, y []byte) {
	for i := range len(dst) / 4 {
		v := y[i]
		*(*[4]byte)(dst[4*i:]) = [4]byte{v, v, v, 255}
	}
}
