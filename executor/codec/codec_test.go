package codec

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"strings"
	"testing"
)

// codeOf returns the code of an *Error, and fails for any other error.
func codeOf(t testing.TB, err error) Code {
	t.Helper()
	if err == nil {
		return ""
	}
	var e *Error
	if !errors.As(err, &e) || e.Error() == "" {
		t.Fatalf("%T is not an *Error: %v", err, err)
	}
	return e.Code
}

// TestExact decodes what PNG and GIF can hold and compares every pixel.
func TestExact(t *testing.T) {
	noAlpha := gradient(9, 7)
	alpha := gradient(9, 7)
	for i := 3; i < len(alpha.Pix); i += 4 {
		alpha.Pix[i] = uint8(i)
	}
	grey := image.NewGray(image.Rect(0, 0, 5, 4))
	grey16 := image.NewGray16(image.Rect(0, 0, 5, 4))
	deep := image.NewNRGBA64(image.Rect(0, 0, 5, 4))
	deepOpaque := image.NewRGBA64(image.Rect(0, 0, 5, 4))
	greyWant := image.NewNRGBA(grey.Rect)
	deepWant := image.NewNRGBA(grey.Rect)
	deepOpaqueWant := image.NewNRGBA(grey.Rect)
	for i := range 20 {
		x, y, v := i%5, i/5, uint8(13*i)
		grey.SetGray(x, y, color.Gray{v})
		grey16.SetGray16(x, y, color.Gray16{uint16(v)<<8 | 0x77})
		greyWant.SetNRGBA(x, y, color.NRGBA{v, v, v, 255})
		deep.SetNRGBA64(x, y, color.NRGBA64{0x1234, uint16(v)<<8 | 0x99, 0xfedc, uint16(i) << 11})
		deepWant.SetNRGBA(x, y, color.NRGBA{0x12, v, 0xfe, uint8(i << 3)})
		deepOpaque.SetRGBA64(x, y, color.RGBA64{0x1234, uint16(v)<<8 | 0x99, 0xfedc, 0xffff})
		deepOpaqueWant.SetNRGBA(x, y, color.NRGBA{0x12, v, 0xfe, 0xff})
	}
	onCanvas := image.NewNRGBA(image.Rect(0, 0, 6, 5))
	for i := range 6 {
		onCanvas.Set(2+i%3, 1+i/3, palette[i%3])
	}
	whole := image.NewNRGBA(image.Rect(0, 0, 5, 3))
	for i := range 15 {
		whole.Set(i%5, i/5, palette[i%4])
	}

	var d Decoder // one for all: each image must not see the last one
	for _, c := range []struct {
		name   string
		data   []byte
		format Format
		want   *image.NRGBA
	}{
		{"opaque PNG", encodePNG(t, noAlpha), PNG, noAlpha},
		{"PNG with alpha", encodePNG(t, alpha), PNG, alpha},
		{"grey PNG", encodePNG(t, grey), PNG, greyWant},
		{"16-bit grey PNG", encodePNG(t, grey16), PNG, greyWant},
		{"16-bit PNG with alpha", encodePNG(t, deep), PNG, deepWant},
		{"16-bit opaque PNG", encodePNG(t, deepOpaque), PNG, deepOpaqueWant},
		{"paletted PNG", encodePNG(t, paletted(image.Rect(0, 0, 5, 3), 4)), PNG, whole},
		{"GIF whose frame is smaller than its canvas", encodeGIF(t, 6, 5, paletted(image.Rect(2, 1, 5, 3), 3)), GIF, onCanvas},
	} {
		info, err := Probe(c.data)
		if want := (Info{c.format, c.want.Rect.Dx(), c.want.Rect.Dy()}); err != nil || info != want {
			t.Errorf("%s: Probe = %v, %v, want %v", c.name, info, err, want)
		}
		got, f, err := d.Decode(c.data)
		if err != nil || f != c.format {
			t.Errorf("%s: %v, format %s", c.name, err, f)
			continue
		}
		if got.Rect != c.want.Rect || got.Stride != 4*got.Rect.Dx() || !bytes.Equal(got.Pix, c.want.Pix) {
			t.Errorf("%s:\n got %v %v\nwant %v %v", c.name, got.Rect, got.Pix, c.want.Rect, c.want.Pix)
		}
	}
}

// near fails unless the pixel is within 6 of a colour in each channel.
func near(t testing.TB, m *image.NRGBA, x, y int, want color.NRGBA) {
	t.Helper()
	got := m.NRGBAAt(x, y)
	for _, d := range []int{
		int(got.R) - int(want.R), int(got.G) - int(want.G), int(got.B) - int(want.B), 10 * (int(got.A) - int(want.A)),
	} {
		if d < -6 || d > 6 {
			t.Errorf("pixel (%d, %d) is %v, want about %v", x, y, got, want)
			return
		}
	}
}

func TestJPEG(t *testing.T) {
	var d Decoder
	red, blue := color.NRGBA{200, 30, 20, 255}, color.NRGBA{20, 40, 190, 255}
	m := image.NewNRGBA(image.Rect(0, 0, 64, 32))
	grey := image.NewGray(image.Rect(0, 0, 16, 16))
	for i := range 64 * 32 {
		c := red
		if i%64 >= 32 {
			c = blue
		}
		m.SetNRGBA(i%64, i/64, c)
	}
	for i := range grey.Pix {
		grey.Pix[i] = 90
	}
	got, f, err := d.Decode(encodeJPEG(t, m))
	if err != nil || f != JPEG || got.Rect != m.Rect {
		t.Fatal(got, f, err)
	}
	near(t, got, 8, 8, red)
	near(t, got, 55, 25, blue)

	if got, _, err = d.Decode(encodeJPEG(t, grey)); err != nil {
		t.Fatal(err)
	}
	near(t, got, 8, 8, color.NRGBA{90, 90, 90, 255})

	if got, _, err = d.Decode(jpegOfSize(8, 8, 3)); err != nil {
		t.Fatal(err)
	}
	near(t, got, 0, 7, color.NRGBA{128, 128, 128, 255})

	// 127 of each ink: 128 x 128 / 255 of light is left.
	if got, _, err = d.Decode(jpegOfSize(8, 8, 4)); err != nil {
		t.Fatal(err)
	}
	near(t, got, 3, 3, color.NRGBA{64, 64, 64, 255})
}

// TestOrientation turns an image of six pixels in all eight ways.
func TestOrientation(t *testing.T) {
	letters := image.NewNRGBA(image.Rect(0, 0, 2, 3)) // AB / CD / EF
	for i := range 6 {
		letters.SetNRGBA(i%2, i/2, color.NRGBA{uint8('A' + i), 1, 2, 255})
	}
	var d Decoder
	for value, want := range map[int]string{
		1: "AB CD EF", 2: "BA DC FE", 3: "FE DC BA", 4: "EF CD AB",
		5: "ACE BDF", 6: "ECA FDB", 7: "FDB ECA", 8: "BDF ACE",
		0: "AB CD EF", 9: "AB CD EF", 300: "AB CD EF",
	} {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			data := withEXIF(encodePNG(t, letters), tiffOrientation(order, value))
			m, _, err := d.Decode(data)
			if err != nil {
				t.Fatal(err)
			}
			var rows []string
			for y := range m.Rect.Dy() {
				row := ""
				for x := range m.Rect.Dx() {
					row += string(rune(m.NRGBAAt(x, y).R))
				}
				rows = append(rows, row)
			}
			if got := strings.Join(rows, " "); got != want {
				t.Errorf("orientation %d (%v): %s, want %s", value, order, got, want)
			}
			info, err := Probe(data)
			if err != nil || info.Width != m.Rect.Dx() || info.Height != m.Rect.Dy() {
				t.Errorf("orientation %d: Probe says %v, %v of %v", value, info, err, m.Rect)
			}
		}
	}
}

// TestOrientationJPEG looks for a bright corner in a turned JPEG.
func TestOrientationJPEG(t *testing.T) {
	m := image.NewGray(image.Rect(0, 0, 48, 32))
	for i := range 16 * 16 {
		m.SetGray(i%16, i/16, color.Gray{240})
	}
	var d Decoder
	for value, corner := range map[int]image.Point{
		1: {2, 2}, 2: {45, 2}, 3: {45, 29}, 4: {2, 29}, 5: {2, 2}, 6: {29, 2}, 7: {29, 45}, 8: {2, 45},
	} {
		got, _, err := d.Decode(withEXIF(encodeJPEG(t, m), tiffOrientation(binary.BigEndian, value)))
		if err != nil {
			t.Fatal(err)
		}
		if !corner.In(got.Rect) {
			t.Errorf("orientation %d: size %v", value, got.Rect)
			continue
		}
		near(t, got, corner.X, corner.Y, color.NRGBA{240, 240, 240, 255})
		near(t, got, got.Rect.Dx()/2, got.Rect.Dy()-1-got.Rect.Dy()/2, color.NRGBA{0, 0, 0, 255})
	}
}

// TestDamagedEXIF: an image with EXIF data cut off anywhere decodes upright or
// turned, and never fails.
func TestDamagedEXIF(t *testing.T) {
	tiff := tiffOrientation(binary.LittleEndian, 6)
	var d Decoder
	for cut := range tiff {
		if _, _, err := d.Decode(withEXIF(encodePNG(t, gradient(3, 2)), tiff[:cut])); err != nil {
			t.Errorf("PNG, cut at %d: %v", cut, err)
		}
		if _, _, err := d.Decode(withEXIF(encodeJPEG(t, gradient(3, 2)), tiff[:cut])); err != nil {
			t.Errorf("JPEG, cut at %d: %v", cut, err)
		}
	}
	far := append([]byte(nil), tiff...)
	binary.LittleEndian.PutUint32(far[4:], 0xffffffff)
	if o := orientationOfTIFF(far); o != upright {
		t.Errorf("a directory beyond the end gives %d", o)
	}
}

// TestRefused: each kind of unusable data has its code, from Probe and from
// Decode alike.
func TestRefused(t *testing.T) {
	svg := []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`)
	huge := encodeGIF(t, 4, 4, paletted(image.Rect(0, 0, 4, 4), 2))
	binary.LittleEndian.PutUint16(huge[6:], 60000)
	noGIF := encodeGIF(t, 4, 4, paletted(image.Rect(0, 0, 4, 4), 2))
	binary.LittleEndian.PutUint16(noGIF[6:], 0)
	twelveBit := jpegOfSize(8, 8, 3)
	twelveBit[bytes.Index(twelveBit, []byte("\xff\xc0"))+4] = 12
	var d Decoder
	for _, c := range []struct {
		name string
		data []byte
		want Code
	}{
		{"nothing", nil, NotAnImage},
		{"one byte", []byte{0xff}, NotAnImage},
		{"text", []byte("hola"), NotAnImage},
		{"an SVG named .png", svg, NotAnImage},
		{"a bitmap", []byte("BM\x00\x00\x00\x00\x00\x00"), NotAnImage},
		{"20000x20000 PNG", pngOfSize(20000, 20000), TooLarge},
		{"16385x1 PNG", pngOfSize(16385, 1), TooLarge},
		{"1x16385 PNG", pngOfSize(1, 16385), TooLarge},
		{"16384x1 PNG, empty", pngOfSize(16384, 1), Corrupt},
		{"50.01 megapixel PNG", pngOfSize(7100, 7044), TooLarge},
		{"50 megapixel PNG, empty", pngOfSize(10000, 5000), Corrupt},
		{"PNG of the largest size", pngOfSize(1<<31-1, 1<<31-1), TooLarge},
		{"zero-size PNG", pngOfSize(0, 5), Corrupt},
		{"65500x65500 JPEG", jpegOfSize(65500, 65500, 3), TooLarge},
		{"zero-size JPEG", jpegOfSize(0, 8, 3), Corrupt},
		{"zero-size GIF", noGIF, Corrupt},
		{"GIF with a huge canvas", huge, TooLarge},
		{"12-bit JPEG", twelveBit, Unsupported},
	} {
		if _, err := Probe(c.data); codeOf(t, err) != c.want && !strings.HasSuffix(c.name, "empty") {
			t.Errorf("%s: Probe gives %q (%v), want %q", c.name, codeOf(t, err), err, c.want)
		}
		if m, _, err := d.Decode(c.data); codeOf(t, err) != c.want || m != nil {
			t.Errorf("%s: Decode gives %q (%v), want %q", c.name, codeOf(t, err), err, c.want)
		}
	}
	// A header that claims more pixels than there are.
	for name, data := range map[string][]byte{"PNG": pngOfSize(4000, 4000), "JPEG": jpegOfSize(64, 64, 3)} {
		if _, _, err := d.Decode(data); codeOf(t, err) != Corrupt {
			t.Errorf("a %s with a lying header: %v", name, err)
		}
	}
	// A failure leaves the decoder usable.
	if _, _, err := d.Decode(encodePNG(t, gradient(4, 4))); err != nil {
		t.Error(err)
	}
}

// TestTruncated cuts each format at every sixteenth.
func TestTruncated(t *testing.T) {
	var d Decoder
	for name, data := range map[string][]byte{
		"JPEG": encodeJPEG(t, gradient(160, 120)),
		"PNG":  encodePNG(t, gradient(160, 120)),
		"GIF":  encodeGIF(t, 160, 120, paletted(image.Rect(0, 0, 160, 120), 3)),
	} {
		if _, _, err := d.Decode(data); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for i := range 16 {
			_, _, err := d.Decode(data[:len(data)*i/16])
			want := Corrupt
			if i == 0 {
				want = NotAnImage
			}
			if codeOf(t, err) != want {
				t.Errorf("%s cut at %d/16: %v, want %s", name, i, err, want)
			}
		}
	}
}

// TestFirstFrame: what follows the first frame of a GIF is not decoded, which
// the test sees by its being damaged.
func TestFirstFrame(t *testing.T) {
	frames := make([]*image.Paletted, 500)
	for i := range frames {
		frames[i] = paletted(image.Rect(0, 0, 20, 10), 3)
	}
	data := encodeGIF(t, 20, 10, frames...)
	one := encodeGIF(t, 20, 10, frames[0])
	for i := len(one) + 40; i < len(data); i++ {
		data[i] = 0xee
	}
	var d Decoder
	m, f, err := d.Decode(data)
	if err != nil || f != GIF || m.Rect != image.Rect(0, 0, 20, 10) {
		t.Fatalf("%v %s %v", m, f, err)
	}
}

// TestDecoderReuses: the second image of a size is decoded into the memory of
// the first, and so is a smaller one.
func TestDecoderReuses(t *testing.T) {
	var d Decoder
	first, _, err := d.Decode(encodePNG(t, gradient(40, 30)))
	if err != nil {
		t.Fatal(err)
	}
	memory := &first.Pix[0]
	for _, size := range [][2]int{{40, 30}, {7, 9}} {
		m, _, err := d.Decode(encodePNG(t, gradient(size[0], size[1])))
		if err != nil || &m.Pix[0] != memory {
			t.Errorf("%v: %v, other memory: %v", size, err, &m.Pix[0] != memory)
		}
	}
}

func TestEncode(t *testing.T) {
	var e Encoder
	var d, other Decoder
	alpha := gradient(33, 21)
	alpha.Pix[3] = 9
	window := gradient(40, 30).SubImage(image.Rect(5, 6, 20, 17)).(*image.NRGBA)
	for name, m := range map[string]*image.NRGBA{"opaque": gradient(33, 21), "alpha": alpha, "window": window} {
		data, err := e.Encode(m, PNG, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, f, err := d.Decode(data)
		if err != nil || f != PNG || Digest(got) != Digest(m) {
			t.Errorf("%s: a PNG comes back as %s with other pixels (%v)", name, f, err)
		}
		data, err = e.Encode(m, JPEG, nil)
		if err != nil {
			t.Fatal(err)
		}
		// About the colours of the standard library's file, whatever the alpha.
		opaque := image.NewRGBA(image.Rectangle{Max: m.Rect.Size()})
		for i := range m.Rect.Dx() * m.Rect.Dy() {
			x, y := i%m.Rect.Dx(), i/m.Rect.Dx()
			c := m.NRGBAAt(m.Rect.Min.X+x, m.Rect.Min.Y+y)
			opaque.SetRGBA(x, y, color.RGBA{c.R, c.G, c.B, 255})
		}
		if got, f, err = d.Decode(data); err != nil || f != JPEG || got.Rect != opaque.Rect {
			t.Fatalf("%s: a JPEG comes back as %s of %v (%v)", name, f, got.Rect, err)
		}
		standard, _, err := other.Decode(encodeJPEG(t, opaque))
		if err != nil {
			t.Fatal(err)
		}
		for i := range opaque.Rect.Dx() * opaque.Rect.Dy() {
			x, y := i%opaque.Rect.Dx(), i/opaque.Rect.Dx()
			near(t, got, x, y, standard.NRGBAAt(x, y))
		}
	}
	for _, c := range []struct {
		w, h int
		f    Format
		want Code
	}{
		{1, 1, GIF, Unsupported}, {1, 1, "webp", Unsupported}, {0, 4, PNG, Corrupt}, {4, 0, JPEG, Corrupt},
		{MaxSide + 1, 1, PNG, TooLarge}, {MaxSide, 1, PNG, ""},
	} {
		if _, err := e.Encode(image.NewNRGBA(image.Rect(0, 0, c.w, c.h)), c.f, nil); codeOf(t, err) != c.want {
			t.Errorf("Encode of %dx%d as %s: %v, want %q", c.w, c.h, c.f, err, c.want)
		}
	}
	if err := CheckOutput(PNG, 7100, 7044); codeOf(t, err) != TooLarge {
		t.Errorf("50.01 megapixels of output: %v", err)
	}
	if err := CheckOutput(PNG, 10000, 5000); err != nil {
		t.Errorf("50 megapixels of output: %v", err)
	}
}

func TestDigest(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 2, 1))
	copy(m.Pix, []byte{1, 2, 3, 4, 5, 6, 7, 8})
	want := sha256.Sum256([]byte{0, 0, 0, 2, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8})
	if got := Digest(m); got != want {
		t.Errorf("Digest = %x, want %x", got, want)
	}
	tall := &image.NRGBA{Pix: m.Pix, Stride: 4, Rect: image.Rect(0, 0, 1, 2)}
	if Digest(tall) == want {
		t.Error("two shapes of the same bytes have one digest")
	}
}

func TestFormat(t *testing.T) {
	for f, want := range map[Format]string{JPEG: ".jpg jpeg", PNG: ".png png", GIF: ".gif png"} {
		if got := fmt.Sprintf("%s %s", f.Ext(), f.Output()); got != want {
			t.Errorf("%s: %s, want %s", f, got, want)
		}
	}
}
