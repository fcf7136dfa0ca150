package jpeg

import "image"

// convert writes to dst the lines that are complete with a row of MCUs. Where
// lines are made of samples of two rows of MCUs, the last line of one waits for
// the next.
func (d *Decoder) convert(dst *image.NRGBA, row int) {
	_, down := d.mcus()
	from, to := row*8*d.vMax, (row+1)*8*d.vMax
	if d.spansRows {
		from, to = max(from-1, 0), to-1
	}
	if row == down-1 {
		to = d.height
	}
	space := d.space()
	for y := from; y < to; y++ {
		out := dst.Pix[dst.PixOffset(dst.Rect.Min.X, dst.Rect.Min.Y+y):][:4*d.width]
		var in [4][]byte
		for i := range d.components {
			in[i] = d.upsampled(&d.components[i], y)
		}
		switch space {
		case spaceGrey:
			greyToRGBA(out, in[0])
		case spaceYCC:
			yccRow(out, in[0], in[1], in[2], d.plain)
		case spaceRGB:
			rgbRow(out, in[0], in[1], in[2])
		case spaceYCCK:
			yccRow(out, in[0], in[1], in[2], d.plain)
			invert(out)
			inkRow(out, in[3])
		case spaceCMYK:
			rgbRow(out, in[0], in[1], in[2])
			inkRow(out, in[3])
		}
	}
}

// rgbRow puts R, G and B side by side, with 255.
func rgbRow(dst, r, g, b []byte) {
	for i := range len(dst) / 4 {
		*(*[4]byte)(dst[4*i:]) = [4]byte{r[i], g[i], b[i], 255}
	}
}

// invert makes what lets light through of what takes it away, and the reverse:
// what is coded as Y, Cb and Cr are inks.
func invert(dst []byte) {
	for i := range len(dst) / 4 {
		p := (*[4]byte)(dst[4*i:])
		p[0], p[1], p[2] = ^p[0], ^p[1], ^p[2]
	}
}

// inkRow takes the fourth component, which is how much light black lets
// through, off the three of dst: they are multiplied. The rounding is Pillow's,
// which takes off what the other inks hold back.
func inkRow(dst, k []byte) {
	for i := range len(dst) / 4 {
		p := (*[4]byte)(dst[4*i:])
		for c := range 3 {
			held := uint32(^p[c])*uint32(k[i]) + 128
			p[c] = k[i] - uint8((held>>8+held)>>8)
		}
	}
}
