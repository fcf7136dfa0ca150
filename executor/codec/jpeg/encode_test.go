package jpeg

import (
	"bytes"
	"errors"
	"image"
	"image/draw"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"os"
	"testing"
)

var encodePhotographs = []string{"arroyo.jpg", "diente-de-leon.jpg", "higo.jpg", "picos-de-europa.jpg"}

// sourcePhotograph is one of the lab's. The decoder of this package is quicker
// under the race detector than the standard library's, and has its pixels.
func sourcePhotograph(t testing.TB, name string) *image.NRGBA {
	t.Helper()
	data, err := os.ReadFile("../../../web/static/photos/" + name)
	if err != nil {
		t.Fatal(err)
	}
	out := image.NewNRGBA(sizeOf(data))
	if err := new(Decoder).Decode(out, data); err != nil {
		t.Fatal(err)
	}
	return out
}

// standardDecode is what the standard library makes of a file.
func standardDecode(t testing.TB, data []byte) *image.NRGBA {
	t.Helper()
	m, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	out := image.NewNRGBA(image.Rectangle{Max: m.Bounds().Size()})
	draw.Draw(opaque(out), out.Rect, m, m.Bounds().Min, draw.Src)
	return out
}

// standardEncode is the standard library's file of the colours of an image.
func standardEncode(t testing.TB, m *image.NRGBA, quality int) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, opaque(m), &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// opaque is a view of the colours of an image without its alpha.
func opaque(m *image.NRGBA) *image.RGBA {
	return &image.RGBA{Pix: m.Pix, Stride: m.Stride, Rect: m.Rect}
}

// encoded is our file, which both ways of computing must give.
func encoded(t testing.TB, m *image.NRGBA, quality int) []byte {
	t.Helper()
	vector, err := new(Encoder).Encode(nil, m, Options{Quality: quality})
	if err != nil {
		t.Fatal(err)
	}
	plain, err := (&Encoder{plain: true}).Encode(nil, m, Options{Quality: quality})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(vector, plain) {
		t.Fatalf("%v at quality %d: the files with vectors and without differ", m.Rect, quality)
	}
	return vector
}

// noise is random pixels, some of them transparent.
func noise(r *rand.Rand, width, height int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	for i := range m.Pix {
		m.Pix[i] = uint8(r.Uint32())
	}
	return m
}

// psnr of the colours, in decibels.
func psnr(a, b *image.NRGBA) float64 {
	sum := 0
	for y := range a.Rect.Dy() {
		p, q := a.Pix[y*a.Stride:], b.Pix[y*b.Stride:]
		for i := range 4 * a.Rect.Dx() {
			if i%4 != 3 {
				d := int(p[i]) - int(q[i])
				sum += d * d
			}
		}
	}
	mean := float64(sum) / float64(3*a.Rect.Dx()*a.Rect.Dy())
	return 10 * math.Log10(255*255/mean)
}

// TestEncodeQuality compares parts of the photographs with what the standard
// library's encoder makes of them, which has the same tables.
func TestEncodeQuality(t *testing.T) {
	for _, name := range encodePhotographs {
		m := sourcePhotograph(t, name).SubImage(image.Rect(1200, 600, 1200+1001, 600+751)).(*image.NRGBA)
		for _, quality := range []int{50, 75, 90, 95, 100} {
			ours, theirs := encoded(t, m, quality), standardEncode(t, m, quality)
			us, them := psnr(standardDecode(t, ours), m), psnr(standardDecode(t, theirs), m)
			t.Logf("%-20s quality %3d: PSNR %.3f dB (standard library %.3f), size %d (%d, %+.3f %%)",
				name, quality, us, them, len(ours), len(theirs), 100*(float64(len(ours))/float64(len(theirs))-1))
			// Both round the same coefficients to the same steps, but ours are
			// known to a sixteenth and theirs to an eighth: fewer lie on a half
			// by chance and are rounded up, which is worth 3 % of the size at a
			// step of 1. Where steps are large, it is chance which way the few
			// near a half fall: hence some thousandths of a dB.
			if us < them-0.005 || len(ours) > len(theirs) {
				t.Errorf("%s at quality %d: PSNR %.3f dB and %d bytes, the standard library %.3f dB and %d",
					name, quality, us, len(ours), them, len(theirs))
			}
		}
	}
}

// TestEncodeWays: the files with vectors and without are the same. Those of the
// photographs are compared above.
func TestEncodeWays(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	var kept Encoder // one for all: each image must not see the last one
	for height := 1; height <= 40; height++ {
		for width := 1; width <= 40; width++ {
			m := noise(r, width+height%3, height)
			m = m.SubImage(image.Rect(height%3, 0, width+height%3, height)).(*image.NRGBA)
			quality := 1 + r.IntN(100)
			data := encoded(t, m, quality)
			again, err := kept.Encode([]byte("before"), m, Options{Quality: quality})
			if err != nil || string(again) != "before"+string(data) {
				t.Fatalf("%v at quality %d: a second use differs (%v)", m.Rect, quality, err)
			}
			got, err := jpeg.DecodeConfig(bytes.NewReader(data))
			if err != nil || got.Width != width || got.Height != height {
				t.Fatalf("%dx%d: %dx%d, %v", width, height, got.Width, got.Height, err)
			}
		}
	}
}

// encodeTolerance is how far two decoded planes may be apart in the mean square
// over a block. The samples before the transform differ by up to samples, and
// with them, as it is orthogonal, their coefficients; the transform's own errors
// are a fifth at most. Each coefficient is then rounded to a multiple of its
// step, two near ones at worst to neighbours. Clamping brings planes nearer to
// each other, and the decoder's rounding is less than 1.
func encodeTolerance(samples float64, steps *[64]uint8) float64 {
	sum := 0.0
	for _, step := range steps {
		sum += float64(step) * float64(step)
	}
	return samples + 0.4 + math.Sqrt(sum/64) + 1
}

// comparePlanes fails where two planes are further apart than the tolerance in a
// block of 8x8.
func comparePlanes(t testing.TB, name string, a, b []uint8, aStride, bStride, width, height int, tolerance float64) {
	t.Helper()
	for top := 0; top < height; top += 8 {
		for left := 0; left < width; left += 8 {
			sum := 0.0
			for y := top; y < min(top+8, height); y++ {
				for x := left; x < min(left+8, width); x++ {
					d := float64(a[y*aStride+x]) - float64(b[y*bStride+x])
					sum += d * d
				}
			}
			if mean := math.Sqrt(sum / 64); mean > tolerance {
				t.Fatalf("%s of the block at %d, %d is off by %.2f, more than %.2f", name, left, top, mean, tolerance)
			}
		}
	}
}

// compareWithStandard decodes our file and the standard library's.
func compareWithStandard(t testing.TB, m *image.NRGBA, quality int) {
	t.Helper()
	ours, err := jpeg.Decode(bytes.NewReader(encoded(t, m, quality)))
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := jpeg.Decode(bytes.NewReader(standardEncode(t, m, quality)))
	if err != nil {
		t.Fatal(err)
	}
	theirs := decoded.(*image.YCbCr)
	luma, chroma := scaledTable(&standardQuantisation[0], quality), scaledTable(&standardQuantisation[1], quality)
	width, height := m.Rect.Dx(), m.Rect.Dy()
	// Both round a luminance to the nearest, of factors that differ by less
	// than 2^-14 (ours are shorter): by 1 at most.
	switch ours := ours.(type) {
	case *image.Gray:
		if !isGrey(m) {
			t.Fatal("a grey file of colours")
		}
		comparePlanes(t, "grey", ours.Pix, theirs.Y, ours.Stride, theirs.YStride, width, height, encodeTolerance(1, &luma))
	case *image.YCbCr:
		if ours.SubsampleRatio != image.YCbCrSubsampleRatio420 {
			t.Fatal(ours.SubsampleRatio)
		}
		comparePlanes(t, "Y", ours.Y, theirs.Y, ours.YStride, theirs.YStride, width, height, encodeTolerance(1, &luma))
		// They round four pixels and then their mean; we round once. A half of
		// each, and a half of the other's.
		tolerance := encodeTolerance(1.5, &chroma)
		width, height = (width+1)/2, (height+1)/2
		comparePlanes(t, "Cb", ours.Cb, theirs.Cb, ours.CStride, theirs.CStride, width, height, tolerance)
		comparePlanes(t, "Cr", ours.Cr, theirs.Cr, ours.CStride, theirs.CStride, width, height, tolerance)
	}
}

func TestEncodeAgainstStandard(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	for i := range 300 {
		m := noise(r, 1+r.IntN(70), 1+r.IntN(70))
		if i%3 == 0 { // smooth
			for at := range m.Pix {
				x, y := at/4%m.Rect.Dx(), at/4/m.Rect.Dx()
				m.Pix[at] = uint8((at%4*40 + (i%7)*x + (i%5)*y) & 255)
			}
		}
		if i%10 == 0 { // grey
			for at := 0; at < len(m.Pix); at += 4 {
				m.Pix[at+1], m.Pix[at+2] = m.Pix[at], m.Pix[at]
			}
		}
		compareWithStandard(t, m, []int{1, 20, 50, 75, 90, 95, 100}[i%7])
	}
}

// TestEncodeTables: for each quality, both tables and all codes are those that
// the standard library writes.
func TestEncodeTables(t *testing.T) {
	m := noise(rand.New(rand.NewPCG(15, 16)), 3, 3)
	for quality := 1; quality <= 100; quality++ {
		ours, theirs := encoded(t, m, quality), standardEncode(t, m, quality)
		for _, marker := range []byte{quantisations, huffmanTables} {
			at := bytes.Index(ours, []byte{0xff, marker})
			length := 2 + int(ours[at+2])<<8 + int(ours[at+3])
			if !bytes.Contains(theirs, ours[at:at+length]) {
				t.Errorf("quality %d: other tables in %x", quality, marker)
			}
		}
	}
}

// TestEncodeGrey: one component if all is grey, but not if one pixel is not,
// wherever it is; and what is beside the image does not count.
func TestEncodeGrey(t *testing.T) {
	for _, size := range []image.Point{{1, 1}, {2, 1}, {9, 8}, {17, 16}, {24, 9}} {
		whole := image.NewNRGBA(image.Rect(0, 0, size.X+3, size.Y))
		for i := range whole.Pix {
			whole.Pix[i] = uint8(i / 4 * 5)
			if i/4%(size.X+3) >= size.X {
				whole.Pix[i] = uint8(i)
			}
		}
		m := whole.SubImage(image.Rectangle{Max: size}).(*image.NRGBA)
		config, err := jpeg.DecodeConfig(bytes.NewReader(encoded(t, m, 90)))
		if err != nil || config.ColorModel != image.NewGray(image.Rectangle{}).ColorModel() {
			t.Errorf("grey of %v is written in colour (%v)", size, err)
		}
		compareWithStandard(t, m, 90)
		for i := range 3 * size.X * size.Y {
			at := i/3/size.X*m.Stride + i/3%size.X*4 + i%3
			m.Pix[at] ^= 64
			if isGrey(m) {
				t.Errorf("%v: byte %d is not seen", size, at)
			}
			m.Pix[at] ^= 64
		}
	}
}

func TestEncodeErrors(t *testing.T) {
	for _, size := range []image.Point{{0, 1}, {1, 0}, {MaxSide + 1, 1}, {1, MaxSide + 1}} {
		var sides SidesError
		_, err := new(Encoder).Encode(nil, image.NewNRGBA(image.Rectangle{Max: size}), Options{Quality: 90})
		if !errors.As(err, &sides) || image.Point(sides) != size || err.Error() == "" {
			t.Errorf("%v: %v", size, err)
		}
	}
	for _, quality := range []int{-1, 0, 101} {
		var of QualityError
		_, err := new(Encoder).Encode(nil, image.NewNRGBA(image.Rect(0, 0, 1, 1)), Options{Quality: quality})
		if !errors.As(err, &of) || int(of) != quality || err.Error() == "" {
			t.Errorf("quality %d: %v", quality, err)
		}
	}
	for _, size := range []image.Point{{MaxSide, 1}, {1, MaxSide}} {
		m := noise(rand.New(rand.NewPCG(17, 18)), size.X, size.Y)
		if got := standardDecode(t, encoded(t, m, 90)); got.Rect.Max != size {
			t.Errorf("%v comes back as %v", size, got.Rect)
		}
	}
}

// TestEncodeAllocates nothing, if the file fits into what is given.
func TestEncodeAllocates(t *testing.T) {
	m := noise(rand.New(rand.NewPCG(19, 20)), 333, 222)
	var e Encoder
	out, err := e.Encode(nil, m, Options{Quality: 95})
	if err != nil {
		t.Fatal(err)
	}
	out = make([]byte, 0, len(out)+2*len(e.bits.buf))
	if n := allocations(func() {
		if _, err := e.Encode(out, m, Options{Quality: 95}); err != nil {
			t.Error(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzEncode: whatever the pixels, both ways give the same file, and it decodes
// to what the standard library's own does.
func FuzzEncode(f *testing.F) {
	f.Add([]byte{255, 0, 0, 255, 0, 0, 255, 0}, uint8(2), uint8(1), uint8(94), uint8(0))
	f.Add([]byte{7, 7, 7, 0}, uint8(17), uint8(16), uint8(49), uint8(3))
	f.Add(bytes.Repeat([]byte{0, 255, 0, 255, 255}, 300), uint8(33), uint8(40), uint8(99), uint8(1))
	f.Fuzz(func(t *testing.T, pixels []byte, width, height, quality, offset uint8) {
		if len(pixels) == 0 {
			return
		}
		m := image.NewNRGBA(image.Rect(0, 0, 1+int(width%48)+int(offset%5), 1+int(height%48)))
		for i := range m.Pix {
			m.Pix[i] = pixels[i%len(pixels)]
		}
		m = m.SubImage(image.Rect(int(offset%5), int(height%48)/2, m.Rect.Max.X, m.Rect.Max.Y)).(*image.NRGBA)
		compareWithStandard(t, m, 1+int(quality%100))
	})
}
