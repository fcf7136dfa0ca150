package jpeg

import (
	"image"

	"carriles/filters/memory"
)

// Files of several scans: progressive ones (T.81, annex G), and sequential ones
// with a scan for each component. Their coefficients are gathered first.

// keepMemory is up to how many bytes of coefficients are kept for the next image.
const keepMemory = 64 << 20

// keepCoefficients gives each component room for its coefficients, all 0.
func (d *Decoder) keepCoefficients() {
	for i := range d.components {
		c := &d.components[i]
		n := 64 * c.across * c.down
		if cap(c.coef) < n {
			c.coef = memory.Make[int16](n)
		} else {
			c.coef = c.coef[:n]
			clear(c.coef)
		}
		for k := range c.missing {
			c.missing[k] = -1
		}
	}
}

// complete reports whether all bits of all coefficients have been in a scan.
func (d *Decoder) complete() bool {
	for i := range d.components {
		for _, bits := range d.components[i].missing {
			if bits != 0 {
				return false
			}
		}
	}
	return true
}

// band is what a scan holds of each block: the coefficients from first to last,
// of which the bits from low on; from the highest, or only the bit low.
type band struct {
	first, last int
	low         uint
	refines     bool
}

// scan decodes the entropy-coded data of a scan to the components' coefficients.
// b is what an SOS ends with (T.81, B.2.3).
func (d *Decoder) scan(order []*component, s segment, b []byte) error {
	step := sequentialStep
	in := band{last: 63}
	if d.process == progressiveFrame {
		in = band{first: int(b[0]), last: int(b[1]), low: uint(b[2] & 15), refines: b[2]>>4 != 0}
		switch {
		case in.first == 0 && in.last != 0, in.first > in.last, in.last > 63, in.first > 0 && len(order) > 1:
			return FormatError("scan of a wrong band")
		case in.low > 13, in.refines && uint(b[2]>>4) != in.low+1:
			return FormatError("scan of wrong bits")
		}
		switch {
		case in.first == 0 && !in.refines:
			step = firstDC
		case in.first == 0:
			step = refineDC
		case !in.refines:
			step = firstAC
		default:
			step = refineAC
		}
	}
	p := pass{band: in, bitReader: bitReader{data: d.data[:s.next], pos: s.end}}
	for _, c := range order {
		var err error
		if in.first == 0 && !in.refines { // a table that is not read from may be missing
			if p.dc[c.dc], err = d.table(0, c.dc); err != nil {
				return err
			}
		}
		if in.last > 0 {
			if p.ac[c.ac], err = d.table(1, c.ac); err != nil {
				return err
			}
		}
		c.last = 0
		for k := in.first; k <= in.last; k++ {
			c.missing[k] = int8(in.low)
		}
	}
	err := p.run(d, order, step)
	d.odd = d.odd || p.odd
	return err
}

// pass is a scan on its way.
type pass struct {
	bitReader
	band
	dc, ac [4]*decodeTable
	zeros  int // blocks to come of which the band is 0, or not refined
}

// run calls step for every block of a scan. One component alone has no MCUs
// (T.81, A.2.2).
func (p *pass) run(d *Decoder, order []*component, step func(*pass, *component, *[64]int16) fault) error {
	across, down := d.mcus()
	alone := len(order) == 1
	if alone {
		across, down = order[0].alone[0], order[0].alone[1]
	}
	left := d.interval
	for row := range down {
		d.yield()
		for column := range across {
			for _, c := range order {
				h, v := c.h, c.v
				if alone {
					h, v = 1, 1
				}
				for y := range v {
					for x := range h {
						at := (row*v+y)*c.across + column*h + x
						if f := step(p, c, (*[64]int16)(c.coef[64*at:])); f != noFault {
							return f.err()
						}
					}
				}
			}
			left--
			if left == 0 && (row < down-1 || column < across-1) {
				if err := p.restart(order); err != nil {
					return err
				}
				left, p.zeros = d.interval, 0
			}
		}
	}
	return nil
}

func sequentialStep(p *pass, c *component, block *[64]int16) fault {
	*block = [64]int16{}
	difference, _, f := p.block(block, p.dc[c.dc], p.ac[c.ac])
	c.last += difference
	p.setDC(block, c.last)
	return f
}

// setDC keeps 16 bits, as libjpeg does.
func (p *pass) setDC(block *[64]int16, v int32) {
	block[0] = int16(v)
	p.odd = p.odd || v != int32(int16(v))
}

// firstDC is T.81, G.1.2.1.
func firstDC(p *pass, c *component, block *[64]int16) fault {
	p.fill()
	symbol, f := p.code(p.dc[c.dc])
	if f != noFault {
		return f
	}
	if symbol > 16 {
		return faultCode
	}
	c.last += p.signed(uint(symbol))
	p.setDC(block, c.last<<p.low)
	return p.enough()
}

func refineDC(p *pass, _ *component, block *[64]int16) fault {
	p.fill()
	block[0] |= int16(p.bits(1)) << p.low
	return p.enough()
}

// firstAC is T.81, G.1.2.2.
func firstAC(p *pass, c *component, block *[64]int16) fault {
	if p.zeros > 0 {
		p.zeros--
		return noFault
	}
	table := p.ac[c.ac]
	for k := p.first; k <= p.last; k++ {
		p.fill()
		symbol, v, f := p.symbol(table)
		if f != noFault {
			return f
		}
		run := int(symbol >> 4)
		switch {
		case symbol&15 != 0:
			k += run
			p.odd = p.odd || k > p.last
			v <<= p.low
			block[places[k]] = int16(v)
			p.odd = p.odd || v != int32(int16(v))
		case run == 15:
			k += 15
		default:
			p.zeros = 1<<run + int(p.bits(uint(run))) - 1
			return p.enough()
		}
	}
	return p.enough()
}

// refineAC is T.81, G.1.2.3.
func refineAC(p *pass, c *component, block *[64]int16) fault {
	k := p.first
	if p.zeros == 0 {
		table := p.ac[c.ac]
	band:
		for ; k <= p.last; k++ {
			p.fill()
			symbol, v, f := p.symbol(table)
			if f != noFault {
				return f
			}
			run := int(symbol >> 4)
			switch symbol & 15 {
			case 0:
				if run < 15 {
					p.zeros = 1<<run + int(p.bits(uint(run)))
					break band
				}
			case 1:
			default: // more than a new coefficient's first bit
				return faultCode
			}
			if k = p.skip(block, k, run); symbol&15 != 0 {
				p.odd = p.odd || k > p.last
				block[places[k]] = int16(v << p.low)
			}
			if p.n < 0 {
				return faultShort
			}
		}
	}
	if p.zeros > 0 {
		p.zeros--
		p.skip(block, k, 64)
	}
	return p.enough()
}

// skip refines the coefficients of block from k on that are not 0, and returns
// where there is one that is, after run others.
func (p *pass) skip(block *[64]int16, k, run int) int {
	for ; k <= p.last; k++ {
		v := &block[places[k]]
		if *v == 0 {
			if run == 0 {
				break
			}
			run--
			continue
		}
		if p.n < 1 {
			p.fill()
		}
		switch {
		case p.bits(1) == 0:
		case *v > 0:
			*v += 1 << p.low
		default:
			*v -= 1 << p.low
		}
	}
	return k
}

// reconstruct makes pixels of the coefficients.
func (d *Decoder) reconstruct(dst *image.NRGBA) error {
	_, down := d.mcus()
	d.giveRows()
	kept := 0
	for row := range down {
		d.yield()
		for i := range d.components {
			c := &d.components[i]
			for y := range c.v {
				at := 64 * (row*c.v + y) * c.across
				for x := range c.across {
					block := (*[64]int16)(c.coef[at+64*x:])
					to := c.row(8 * (row*c.v + y))[8*x:]
					d.idct(to, c.stride, block, &c.table)
				}
			}
		}
		d.convert(dst, row)
	}
	for i := range d.components {
		if kept += 2 * cap(d.components[i].coef); kept > keepMemory {
			d.components[i].coef = nil
		}
	}
	return nil
}
