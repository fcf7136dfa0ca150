package jpeg

import (
	"image"
)

// scan reads an SOS (T.81, B.2.3) and decodes the entropy-coded data behind it.
func (d *Decoder) scan(dst *image.NRGBA, b []byte) error {
	n := len(d.components)
	if n == 0 {
		return FormatError("scan before the frame")
	}
	if len(b) < 6 || len(b) > 4+2*n || len(b) != 4+2*int(b[0]) {
		return FormatError("scan of a wrong length")
	}
	if size, have := image.Pt(d.width, d.height), dst.Rect.Size(); size != have {
		return SizeError{File: size, Image: have}
	}
	if int(b[0]) != n {
		return UnsupportedError("a scan for each component")
	}
	if d.rgb() {
		return UnsupportedError("RGB")
	}
	// The order in the scan is that of the blocks in an MCU. It may differ from
	// the frame's, by which the components are Y, Cb and Cr.
	var order [3]*component
	for i := range n {
		in := b[1+2*i:]
		for j := range d.components {
			if c := &d.components[j]; c.id == in[0] {
				order[i] = c
			}
		}
		if order[i] == nil {
			return FormatError("scan of an unknown component")
		}
		for _, other := range order[:i] {
			if other == order[i] {
				return FormatError("scan of one component twice")
			}
		}
		dc, ac := in[1]>>4, in[1]&15
		if dc > 3 || ac > 3 || d.baseline && (dc > 1 || ac > 1) {
			return FormatError("Huffman table above 1, or above 3 if not baseline")
		}
		if d.tables[0][dc].codes == 0 {
			return FormatError("DC Huffman table missing")
		}
		if d.tables[1][ac].codes == 0 {
			// With a run of bands it may never be asked for.
			return UnsupportedError("AC Huffman table missing")
		}
		order[i].dc, order[i].ac = dc, ac
	}
	return d.decodeRows(dst, order[:n])
}

// decodeRows decodes one row of MCUs after the other, and converts its samples
// to pixels while they are in the cache.
func (d *Decoder) decodeRows(dst *image.NRGBA, order []*component) error {
	y := &d.components[0]
	across := (d.width + 8*y.h - 1) / (8 * y.h)
	down := (d.height + 8*y.v - 1) / (8 * y.v)
	d.layOut(across)

	r := bitReader{data: d.data, pos: d.pos}
	start, restart, left := d.pos, uint8(0xd0), d.interval
	for row := range down {
		for column := range across {
			for _, c := range order {
				if f := d.blocks(&r, c, column); f != noFault {
					return f.err()
				}
			}
			left--
			if left == 0 && (row < down-1 || column < across-1) {
				r.align(start)
				if err := r.restart(restart); err != nil {
					return err
				}
				restart = 0xd0 | (restart+1)&7
				start, left = r.pos, d.interval
				for _, c := range order {
					c.last = 0
				}
			}
		}
		d.convert(dst, row*8*y.v)
	}
	r.align(start)
	d.pos = r.pos
	return nil
}

// layOut gives each component its part of d.rows for a number of MCUs.
func (d *Decoder) layOut(across int) {
	need := 0
	for _, c := range d.components {
		need += across * 8 * c.h * 8 * c.v
	}
	if len(d.rows) < need {
		d.rows = make([]byte, need)
	}
	rest := d.rows
	for i := range d.components {
		c := &d.components[i]
		c.last = 0
		c.stride = across * 8 * c.h
		n := c.stride * 8 * c.v
		c.samples, rest = rest[:n], rest[n:]
	}
}

// blocks decodes a component's blocks of one MCU.
func (d *Decoder) blocks(r *bitReader, c *component, column int) fault {
	dc, ac, quant := &d.tables[0][c.dc], &d.tables[1][c.ac], &d.quant[c.quant]
	for v := range c.v {
		for h := range c.h {
			d.coef = [64]int16{}
			difference, flat, f := r.block(&d.coef, dc, ac)
			if f != noFault {
				return f
			}
			c.last += difference
			to := c.samples[8*v*c.stride+8*(column*c.h+h):]
			switch {
			case flat:
				idctFlat(to, c.stride, c.last, quant)
			case vectors && !d.plain && c.last == int32(int16(c.last)) && hasVectors():
				d.coef[0] = int16(c.last)
				idctVector(to, c.stride, &d.coef, quant, &d.work)
			default:
				idctPlain(to, c.stride, &d.coef, c.last, quant)
			}
		}
	}
	return noFault
}

// convert writes the samples of a row of MCUs, whose first line is line top of
// the image, to dst as far as the image goes.
func (d *Decoder) convert(dst *image.NRGBA, top int) {
	y := &d.components[0]
	for line := range min(8*y.v, d.height-top) {
		out := dst.Pix[dst.PixOffset(dst.Rect.Min.X, dst.Rect.Min.Y+top+line):][:4*d.width]
		luma := y.samples[line*y.stride:][:y.stride]
		if len(d.components) == 1 {
			greyToRGBA(out, luma)
			continue
		}
		cb, cr := &d.components[1], &d.components[2]
		at := line / y.v * cb.stride
		yccRow(out, luma, cb.samples[at:][:cb.stride], cr.samples[at:][:cr.stride], y.h == 2, d.plain)
	}
}

// restart goes behind the restart marker that is due: the next two bytes. If
// they are not, whole file parts may be missing; what is before it is skipped,
// as long as no other marker comes first.
func (r *bitReader) restart(marker uint8) error {
	for r.pos+2 <= len(r.data) {
		switch a, b := r.data[r.pos], r.data[r.pos+1]; {
		case a == 0xff && b == marker:
			r.pos += 2
			return nil
		case b == 0xff:
			r.pos++
		case a == 0xff && b != 0:
			return FormatError("another marker than the restart marker that is due")
		default:
			r.pos += 2
		}
	}
	return FormatError("ends before a restart marker")
}

// err is what Decode returns for it.
func (f fault) err() error {
	switch f {
	case faultShort:
		return FormatError("entropy-coded data end too soon")
	case faultCode:
		return FormatError("bits that are no Huffman code")
	default:
		return UnsupportedError("irregular Huffman codes")
	}
}
