package jpeg

// Components that have fewer samples than the image has pixels are spread as
// libjpeg-turbo does it by default ("fancy upsampling"), to the bit. Where two
// pixels in a direction share a sample, its centre lies between theirs, and
// each takes three quarters of it and one of the next sample on its own side;
// at the edges the sample itself stands for what is not there. What is rounded
// goes up at one pixel and down at the other, so that on average nothing is
// added. All other ratios, and rows of one or two samples, are repeated.

// upsampling is what is done to a component's samples.
type upsampling uint8

const (
	repeated       upsampling = iota
	whole                     // nothing: there is one for each pixel
	betweenColumns            // 2:1 across
	betweenRows               // 2:1 down
	betweenBoth               // 2:1 across and down
)

// upsamplingOf follows libjpeg-turbo's rules (jdsample.c, jinit_upsampler).
func (d *Decoder) upsamplingOf(c *component) upsampling {
	halfWidth, halfHeight := 2*c.h == d.hMax, 2*c.v == d.vMax
	fullWidth, fullHeight := c.h == d.hMax, c.v == d.vMax
	switch {
	case fullWidth && fullHeight:
		return whole
	case halfWidth && fullHeight && c.width > 2:
		return betweenColumns
	case fullWidth && halfHeight:
		return betweenRows
	case halfWidth && halfHeight && c.width > 2:
		return betweenBoth
	}
	return repeated
}

// lineSize is how long a component's line has to be: two of each sample may be
// one more than the image is wide.
func (d *Decoder) lineSize() int { return d.width + 1 }

// row returns a row of samples with what follows it.
func (c *component) row(y int) []byte { return c.samples[y%c.kept*c.stride:] }

// upsampled returns a component's samples of a line of the image.
func (d *Decoder) upsampled(c *component, y int) []byte {
	near := y * c.v / d.vMax
	in := c.row(near)[:c.stride]
	next, biases := in, [2]uint16{4, 8}
	switch c.upsampling {
	case whole:
		return in
	case repeated:
		if c.h == d.hMax {
			return in
		}
		repeat(c.line[:d.width], in, c.h, d.hMax)
		return c.line
	case betweenRows, betweenBoth:
		if y%2 == 0 {
			next = c.row(max(near-1, 0))
		} else {
			next = c.row(min(near+1, c.height-1))
		}
		biases = [2]uint16{8, 7}
	}
	if c.upsampling == betweenRows {
		mixRows(c.line, in[:c.width], next, uint32(1+y%2))
		return c.line
	}
	sums := d.sums[:c.width+2]
	addRows(sums[1:c.width+1], in, next, d.plain)
	sums[0], sums[c.width+1] = sums[1], sums[c.width]
	spreadRow(c.line, sums, biases, d.plain)
	return c.line
}

// mixRows gives (3*near + next + bias) / 4.
func mixRows(out, near, next []byte, bias uint32) {
	for i, v := range near {
		out[i] = uint8((3*uint32(v) + uint32(next[i]) + bias) >> 2)
	}
}

// addRows gives 3*near + next: four times what lies between the rows.
func addRows(sums []uint16, near, next []byte, plain bool) {
	done := 0
	if vectors && !plain && hasVectors() {
		done = addRowsVector(sums, near, next)
	}
	for i := done; i < len(sums); i++ {
		sums[i] = 3*uint16(near[i]) + uint16(next[i])
	}
}

// spreadRow makes two samples of each of the sums of addRows but the first and
// the last, which are only what lies beside the others.
func spreadRow(out []byte, sums []uint16, biases [2]uint16, plain bool) {
	done := 0
	if vectors && !plain && hasVectors() {
		done = spreadRowVector(out, sums, biases)
	}
	for i := done; i < len(sums)-2; i++ {
		three := 3 * sums[i+1]
		out[2*i] = uint8((three + sums[i] + biases[0]) >> 4)
		out[2*i+1] = uint8((three + sums[i+2] + biases[1]) >> 4)
	}
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
