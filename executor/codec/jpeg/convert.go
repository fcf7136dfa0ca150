package jpeg

import "image"

// convert writes the samples of a row of MCUs to dst as far as the image goes.
func (d *Decoder) convert(dst *image.NRGBA, row int) {
	top := row * 8 * d.vMax
	space, half := d.space(), d.halved()
	for line := range min(8*d.vMax, d.height-top) {
		out := dst.Pix[dst.PixOffset(dst.Rect.Min.X, dst.Rect.Min.Y+top+line):][:4*d.width]
		var in [4][]byte
		for i := range d.components {
			c := &d.components[i]
			in[i] = c.samples[line*c.v/d.vMax*c.stride:][:c.stride]
			if c.h != d.hMax && !half {
				repeat(c.line, in[i], c.h, d.hMax)
				in[i] = c.line
			}
		}
		switch space {
		case spaceGrey:
			greyToRGBA(out, in[0])
		case spaceYCC:
			yccRow(out, in[0], in[1], in[2], half, d.plain)
		case spaceRGB:
			rgbRow(out, in[0], in[1], in[2])
		case spaceYCCK:
			yccRow(out, in[0], in[1], in[2], half, d.plain)
			invert(out)
			inkRow(out, in[3])
		case spaceCMYK:
			rgbRow(out, in[0], in[1], in[2])
			inkRow(out, in[3])
		}
	}
}

// halved reports whether Cb and Cr have half the samples across of all others,
// which yccRow spreads by itself.
func (d *Decoder) halved() bool {
	c := d.components
	return len(c) >= 3 && d.hMax == 2 && c[0].h == 2 && c[1].h == 1 && c[2].h == 1 &&
		(len(c) == 3 || c[3].h == 2) && d.space() != spaceRGB && d.space() != spaceCMYK
}

// repeat writes samples as often as they cover, of which there are h for every whole of the image's.
func repeat(line, samples []byte, h, whole int) {
	if h == 1 {
		for at, v := range samples {
			part := line[min(at*whole, len(line)):min((at+1)*whole, len(line))]
			for i := range part {
				part[i] = v
			}
		}
		return
	}
	for x := range line {
		line[x] = samples[x*h/whole]
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
// through, off the three of dst: they are multiplied, with the arithmetic of the
// standard library's image/color.
func inkRow(dst, k []byte) {
	for i := range len(dst) / 4 {
		p := (*[4]byte)(dst[4*i:])
		w := uint32(k[i]) * 0x101
		for c := range 3 {
			p[c] = uint8(uint32(p[c]) * 0x101 * w / 0xffff >> 8)
		}
	}
}
