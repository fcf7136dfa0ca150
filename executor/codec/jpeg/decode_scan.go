package jpeg

import (
	"bytes"
	"image"
)

// begin reads which tables the components of a scan use (T.81, B.2.3).
func (d *Decoder) begin(order []*component, b []byte) error {
	for i, c := range order {
		c.dc, c.ac = b[2+2*i]>>4, b[2+2*i]&15
		if c.dc > 3 || c.ac > 3 {
			return FormatError("Huffman table above 3")
		}
		if !c.scanned {
			if !d.has[c.quant] {
				return FormatError("quantization table missing")
			}
			c.table, c.scanned = d.quant[c.quant], true
		}
	}
	return nil
}

// table returns a Huffman table, which is the standard's if the file has none.
func (d *Decoder) table(class int, i uint8) (*decodeTable, error) {
	t := &d.tables[class][i]
	if t.codes == 0 && i < 2 {
		spec := &standardHuffman[class][i]
		t.define(&spec.counts, spec.symbols, class == 1)
	}
	if t.codes == 0 {
		return nil, FormatError("Huffman table missing")
	}
	return t, nil
}

// stream decodes the one scan of a sequential file, one row of MCUs after the
// other, and converts its samples to pixels while they are in the cache.
func (d *Decoder) stream(dst *image.NRGBA, order []*component, s segment) error {
	for _, c := range order {
		for class, i := range [2]uint8{c.dc, c.ac} {
			if _, err := d.table(class, i); err != nil {
				return err
			}
		}
	}
	across, down := d.mcus()
	d.giveRows()
	r := bitReader{data: d.data[:s.next], pos: s.end}
	defer func() { d.odd = d.odd || r.odd }()
	left := d.interval
	for row := range down {
		d.yield()
		for column := range across {
			for _, c := range order {
				if f := d.blocks(&r, c, row, column); f != noFault {
					return f.err()
				}
			}
			left--
			if left == 0 && (row < down-1 || column < across-1) {
				if err := r.restart(order); err != nil {
					return err
				}
				left = d.interval
			}
		}
		d.convert(dst, row)
	}
	return nil
}

// giveRows gives each component its part of d.rows, for one row of MCUs or for
// two where lines are made of both, and a line if its samples have to be spread
// to one.
func (d *Decoder) giveRows() {
	rows, lines, sums, kept := 0, 0, 0, 1
	for i := range d.components {
		c := &d.components[i]
		c.last, c.stride = 0, 8*c.across
		c.upsampling = d.upsamplingOf(c)
		if c.upsampling == betweenRows || c.upsampling == betweenBoth {
			kept = 2
		}
		rows += c.stride * 8 * c.v
		lines += d.lineSize()
		sums = max(sums, c.width+2)
	}
	d.spansRows = kept > 1
	if len(d.rows) < kept*rows {
		d.rows = make([]byte, kept*rows)
	}
	if len(d.lines) < lines {
		d.lines = make([]byte, lines)
	}
	if len(d.sums) < sums {
		d.sums = make([]uint16, sums)
	}
	restOfRows, restOfLines := d.rows, d.lines
	for i := range d.components {
		c := &d.components[i]
		c.kept = kept * 8 * c.v
		n := c.stride * c.kept
		c.samples, restOfRows = restOfRows[:n], restOfRows[n:]
		c.line, restOfLines = restOfLines[:d.lineSize()], restOfLines[d.lineSize():]
	}
}

// blocks decodes a component's blocks of one MCU.
func (d *Decoder) blocks(r *bitReader, c *component, row, column int) fault {
	dc, ac, quant := &d.tables[0][c.dc], &d.tables[1][c.ac], &c.table
	for v := range c.v {
		rows := c.row(8 * (row*c.v + v))
		for h := range c.h {
			d.coef = [64]int16{}
			difference, flat, f := r.block(&d.coef, dc, ac)
			if f != noFault {
				return f
			}
			c.last += difference
			to := rows[8*(column*c.h+h):]
			if flat {
				idctFlat(to, c.stride, int16(c.last), quant[0])
				continue
			}
			d.coef[0] = int16(c.last) // 16 bits, as libjpeg keeps
			d.idct(to, c.stride, &d.coef, quant)
		}
	}
	return noFault
}

// idct makes samples of a block.
func (d *Decoder) idct(dst []byte, stride int, coef, quant *[64]int16) {
	if vectors && !d.plain && hasVectors() {
		idctVector(dst, stride, coef, quant, &d.work)
	} else {
		idctPlain(dst, stride, coef, quant)
	}
}

// restart goes behind the next restart marker, whichever its number: the next
// two bytes, or else what is before it is skipped. The components' predictions
// begin anew.
func (r *bitReader) restart(order []*component) error {
	r.acc, r.n = 0, 0
	for _, c := range order {
		c.last = 0
	}
	for {
		i := bytes.IndexByte(r.data[r.pos:], 0xff)
		if i < 0 || r.pos+i+1 >= len(r.data) {
			return FormatError("ends, or another marker comes, before a restart marker")
		}
		r.pos += i + 1
		if m := r.data[r.pos]; m >= restartFirst && m <= restartLast {
			r.pos++
			return nil
		}
	}
}

// err is what Decode returns for it.
func (f fault) err() error {
	if f == faultShort {
		return FormatError("entropy-coded data end too soon")
	}
	return FormatError("bits that are no Huffman code")
}
