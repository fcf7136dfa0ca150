package codec

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
)

// chunks takes a PNG apart.
func chunks(data []byte) (names []string, bodies [][]byte) {
	for at := 8; at < len(data); {
		n := int(binary.BigEndian.Uint32(data[at:]))
		names, bodies = append(names, string(data[at+4:at+8])), append(bodies, data[at+8:at+8+n])
		at += 12 + n
	}
	return names, bodies
}

// withPixels is a PNG with another zlib stream.
func withPixels(data []byte, change func(raw []byte) []byte) []byte {
	out := bytes.Clone(data[:8])
	names, bodies := chunks(data)
	for i, name := range names {
		if name == "IDAT" {
			r, err := zlib.NewReader(bytes.NewReader(bodies[i]))
			if err != nil {
				panic(err)
			}
			raw, err := io.ReadAll(r)
			if err != nil {
				panic(err)
			}
			var b bytes.Buffer
			w := zlib.NewWriter(&b)
			_, _ = w.Write(change(raw))
			_ = w.Close()
			bodies[i] = b.Bytes()
		}
		out = append(out, pngChunk(name, bodies[i])...)
	}
	return out
}

// TestPNGTail: all pixels there, the rest damaged: the picture. Pixels that are
// missing, or are not those that were written: none.
func TestPNGTail(t *testing.T) {
	var d Decoder
	grey16 := image.NewGray16(image.Rect(0, 0, 9, 6))
	for i := range grey16.Pix {
		grey16.Pix[i] = byte(i * 5)
	}
	alpha := gradient(300, 200) // more than one block of pixels
	alpha.Pix[3] = 7
	for kind, m := range map[string]image.Image{
		"colour": gradient(9, 6), "alpha": alpha, "palette": paletted(image.Rect(0, 0, 9, 6), 4), "grey": grey16,
	} {
		whole := encodePNG(t, m)
		got, _, err := d.Decode(whole)
		if err != nil {
			t.Fatal(err)
		}
		want := Digest(got)
		idat := bytes.Index(whole, []byte("IDAT"))
		length := int(binary.BigEndian.Uint32(whole[idat-4:]))
		end := idat + 4 + length // where the checksum of the pixels' chunk is
		patched := func(at int) []byte {
			b := bytes.Clone(whole)
			b[at] ^= 0x55
			return b
		}
		for _, c := range []struct {
			name string
			data []byte
			ok   bool
		}{
			{"as it is", whole, true},
			{"no IEND", whole[:end+4], true},
			{"half an IEND", whole[:end+9], true},
			{"no checksum of the pixels", whole[:end], true},
			{"no checksum of the stream", whole[:end-4], true},
			{"an empty IDAT more", slices.Concat(whole[:end+4], pngChunk("IDAT", nil), whole[end+4:]), true},
			{"an extra row", withPixels(whole, func(raw []byte) []byte { return append(raw, raw[:9]...) }), true},
			{"an extra byte", withPixels(whole, func(raw []byte) []byte { return append(raw, 0) }), true},
			{"rubbish behind the end", append(bytes.Clone(whole), "rubbish"...), true},
			{"a text whose checksum is wrong", slices.Concat(whole[:33], patchedChunk("tEXt", []byte("a\x00b")), whole[33:]), true},
			{"a byte too few", withPixels(whole, func(raw []byte) []byte { return raw[:len(raw)-1] }), false},
			{"no pixels", whole[:idat-4], false},
			{"half of the pixels", whole[:idat+4+length/2], false},
			{"another byte among the pixels", patched(idat + 4 + length/2), false},
			{"another checksum", patched(end), false},
			{"another width", patched(19), false},
		} {
			m, _, err := d.Decode(c.data)
			if c.ok && (err != nil || Digest(m) != want) {
				t.Errorf("%s, %s: %v", kind, c.name, err)
			}
			if !c.ok && codeOf(t, err) != Corrupt {
				t.Errorf("%s, %s: %v, want it to be corrupt", kind, c.name, err)
			}
		}
	}
}

func patchedChunk(name string, body []byte) []byte {
	c := pngChunk(name, body)
	c[len(c)-1] ^= 1
	return c
}

// TestRawSize compares with what image/png's pixels have: of 13 x 7 pixels, by
// hand. Interlaced (8.2) there are 2x1, 2x1, 4x1, 3x2, 7x2, 6x4 and 13x3 pixels.
func TestRawSize(t *testing.T) {
	for _, c := range []struct {
		depth, colour, interlace byte
		want                     int64
	}{
		{8, 2, 0, 7 * (1 + 39)}, {1, 0, 0, 7 * (1 + 2)}, {16, 6, 0, 7 * (1 + 104)}, {4, 3, 0, 7 * (1 + 7)},
		{8, 0, 1, 3 + 3 + 5 + 2*4 + 2*8 + 4*7 + 3*14},
		{1, 0, 1, 2 + 2 + 2 + 2*2 + 2*2 + 4*2 + 3*3},
	} {
		f := pngFile{header: []byte{0, 0, 0, 13, 0, 0, 0, 7, c.depth, c.colour, 0, 0, c.interlace}}
		if got := f.rawSize(); got != c.want {
			t.Errorf("%+v: %d bytes", c, got)
		}
	}
}

// FuzzPNG: what the standard library opens has its pixels, and whatever else is
// opened has the size that it says.
func FuzzPNG(f *testing.F) {
	small := encodePNG(f, gradient(9, 6))
	f.Add(small)
	f.Add(small[:len(small)-12])
	f.Add(withPixels(small, func(raw []byte) []byte { return append(raw, raw...) }))
	f.Fuzz(func(t *testing.T, data []byte) {
		if config, err := png.DecodeConfig(bytes.NewReader(data)); err != nil || config.Width*config.Height > 1<<16 {
			return
		}
		m, err := decodePNG(data)
		want, wantErr := png.Decode(bytes.NewReader(data))
		if wantErr == nil && (err != nil || m.Bounds() != want.Bounds()) {
			t.Fatalf("%v", err)
		}
	})
}

// gifOf is a GIF of four colours: every pixel's code is behind a clear code.
func gifOf(canvas, frame image.Rectangle, interlaced bool, pixels []byte, end string) []byte {
	b := []byte("GIF89a")
	b = binary.LittleEndian.AppendUint16(b, uint16(canvas.Dx()))
	b = binary.LittleEndian.AppendUint16(b, uint16(canvas.Dy()))
	b = append(b, 0x91, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 0, ',')
	for _, v := range []int{frame.Min.X, frame.Min.Y, frame.Dx(), frame.Dy()} {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	flags := byte(0)
	if interlaced {
		flags = 0x40
	}
	b = append(b, flags, 2)
	acc, n := 0, 0
	var packed []byte
	for _, p := range pixels {
		for _, code := range []int{4, int(p)} {
			acc |= code << n
			for n += 3; n >= 8; n -= 8 {
				packed = append(packed, byte(acc))
				acc >>= 8
			}
		}
	}
	acc |= 5 << n // the end
	packed = append(packed, byte(acc), byte(acc>>8))
	for len(packed) > 0 {
		n := min(255, len(packed))
		b = append(append(b, byte(n)), packed[:n]...)
		packed = packed[n:]
	}
	return append(b, end...)
}

// TestGIF: frames that leave the canvas are cut, pixels that are too many are
// let be, those that are missing are not.
func TestGIF(t *testing.T) {
	var d Decoder
	pixels := func(n int) (out []byte) {
		for i := range n {
			out = append(out, byte(i%6+i/6)%4)
		}
		return out
	}
	six := image.Rect(0, 0, 6, 6)
	colours := []color.NRGBA{{255, 0, 0, 255}, {0, 255, 0, 255}, {0, 0, 255, 255}, {255, 255, 0, 255}}
	for _, c := range []struct {
		name          string
		canvas, frame image.Rectangle
		interlaced    bool
		pixels        int
		end           string
		ok            bool
	}{
		{"as it is", six, six, false, 36, "\x00;", true},
		{"no end", six, six, false, 36, "", true},
		{"rubbish behind it", six, six, false, 36, "\x00rubbish", true},
		{"too many pixels", six, six, false, 90, "\x00;", true},
		{"wider than the canvas", image.Rect(0, 0, 4, 4), six, false, 36, "\x00;", true},
		{"on its lower right", six, image.Rect(3, 4, 9, 10), false, 36, "\x00;", true},
		{"interlaced, higher than the canvas", image.Rect(0, 0, 6, 3), six, true, 36, "\x00;", true},
		{"smaller than the canvas", image.Rect(0, 0, 9, 8), image.Rect(1, 2, 7, 8), false, 36, "\x00;", true},
		{"beside the canvas", image.Rect(0, 0, 4, 4), image.Rect(4, 0, 10, 6), false, 36, "\x00;", false},
		{"a pixel too few", six, six, false, 35, "\x00;", false},
		{"no pixels", six, image.Rect(0, 0, 0, 6), false, 0, "\x00;", false},
	} {
		m, _, err := d.Decode(gifOf(c.canvas, c.frame, c.interlaced, pixels(c.pixels), c.end))
		if !c.ok {
			if codeOf(t, err) != Corrupt {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		if err != nil || m.Rect != c.canvas {
			t.Errorf("%s: %v, %v", c.name, m, err)
			continue
		}
		rows := []int{0, 1, 2, 3, 4, 5}
		if c.interlaced {
			rows = []int{0, 4, 2, 1, 3, 5} // in the order of the file: rows 0, 4, 2, then 1, 3, 5
		}
		for i, y := range rows {
			for x := range 6 {
				p := image.Pt(x, y).Add(c.frame.Min)
				if want := colours[(x+i)%4]; p.In(c.canvas) && m.NRGBAAt(p.X, p.Y) != want {
					t.Errorf("%s: %v is %v, want %v", c.name, p, m.NRGBAAt(p.X, p.Y), want)
				}
			}
		}
		if !c.canvas.In(c.frame) && m.NRGBAAt(0, 0) != (color.NRGBA{}) {
			t.Errorf("%s: beside the frame is %v", c.name, m.NRGBAAt(0, 0))
		}
	}
}

func readTest(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestWebP: the pixels are those that libwebp 1.2.4 gives, with its profile and
// its orientation.
func TestWebP(t *testing.T) {
	var d Decoder
	for name, want := range map[string][3]color.NRGBA{ // at (0, 0), (20, 15), (45, 29)
		"lossy.webp": {{0, 0, 4, 255}, {102, 118, 106, 255}, {225, 233, 223, 255}},
		"alpha.webp": {{0, 0, 4, 255}, {102, 118, 106, 195}, {226, 233, 221, 139}},
	} {
		m, f, err := d.Decode(readTest(t, name))
		if err != nil || f != WebP || m.Rect != image.Rect(0, 0, 46, 30) {
			t.Fatalf("%s: %v, %s, %v", name, err, f, m)
		}
		for i, p := range []image.Point{{0, 0}, {20, 15}, {45, 29}} {
			near(t, m, p.X, p.Y, want[i])
		}
	}
	m, _, err := d.Decode(readTest(t, "lossless.webp"))
	if err != nil || m.Rect != image.Rect(0, 0, 30, 46) {
		t.Fatalf("%v, %v", m, err)
	}
	// A quarter turn: column x of the picture is row 29-x of what is stored.
	for y := range 46 {
		for x := range 30 {
			if want := (color.NRGBA{uint8(y * 5), uint8((29 - x) * 8), uint8((y + 29 - x) * 3), uint8(255 - (29-x)*4)}); m.NRGBAAt(x, y) != want {
				t.Fatalf("(%d, %d) is %v, want %v", x, y, m.NRGBAAt(x, y), want)
			}
		}
	}
	if d.Profile() == nil || d.Profile().grey() {
		t.Errorf("profile of %d bytes", len(d.Profile()))
	}
	if _, _, err := d.Decode(readTest(t, "animated.webp")); codeOf(t, err) != Unsupported {
		t.Errorf("an animated one: %v", err)
	}
	for _, name := range []string{"lossy.webp", "alpha.webp", "lossless.webp"} {
		data := readTest(t, name)
		for i := range 16 {
			want := Corrupt
			if i == 0 {
				want = NotAnImage
			}
			if _, _, err := d.Decode(data[:len(data)*i/16]); codeOf(t, err) != want {
				t.Errorf("%s cut at %d/16: %v", name, i, err)
			}
		}
	}
}

// iccOf is as much of a profile as is looked at.
func iccOf(space string, size int) []byte {
	p := make([]byte, size)
	for i := range p {
		p[i] = byte(i * i >> 3)
	}
	copy(p[16:], space)
	copy(p[36:], "acsp")
	return p
}

func withICC(t *testing.T, data, profile []byte) []byte {
	t.Helper()
	if sniff(data) == JPEG {
		segment := append([]byte("ICC_PROFILE\x00\x01\x01"), profile...)
		head := binary.BigEndian.AppendUint16([]byte{0xff, 0xe2}, uint16(len(segment)+2))
		return slices.Concat(data[:2], head, segment, data[2:])
	}
	return slices.Concat(data[:33], (&iccChunk{}).of(profile), data[33:])
}

// TestProfile: a profile of what the pixels are comes through, byte for byte,
// from every format into both.
func TestProfile(t *testing.T) {
	var d, again Decoder
	var e Encoder
	colour, large, grey := iccOf("RGB ", 3144), iccOf("RGB ", 200_000), iccOf("GRAY", 400)
	noGrey := gradient(20, 10)
	onlyGrey := image.NewGray(image.Rect(0, 0, 20, 10))
	for i := range onlyGrey.Pix {
		onlyGrey.Pix[i] = byte(i)
	}
	for _, c := range []struct {
		name string
		in   []byte
		want []byte
		f    Format
	}{
		{"none", encodeJPEG(t, noGrey), nil, JPEG},
		{"JPEG", withICC(t, encodeJPEG(t, noGrey), colour), colour, JPEG},
		{"JPEG to PNG", withICC(t, encodeJPEG(t, noGrey), colour), colour, PNG},
		{"PNG", withICC(t, encodePNG(t, noGrey), colour), colour, PNG},
		{"a large one", withICC(t, encodePNG(t, noGrey), large), large, JPEG},
		{"grey with a profile of colours", withICC(t, encodeJPEG(t, onlyGrey), colour), colour, JPEG},
		{"grey JPEG", withICC(t, encodeJPEG(t, onlyGrey), grey), grey, JPEG},
		{"grey PNG", withICC(t, encodePNG(t, onlyGrey), grey), grey, PNG},
		{"a grey one of colours", withICC(t, encodeJPEG(t, noGrey), grey), nil, JPEG},
		{"a grey one of colours, PNG", withICC(t, encodePNG(t, noGrey), grey), nil, PNG},
		{"of inks", withICC(t, encodeJPEG(t, noGrey), iccOf("CMYK", 500)), nil, JPEG},
		{"none that is one", withICC(t, encodeJPEG(t, noGrey), make([]byte, 500)), nil, JPEG},
		{"a stump", withICC(t, encodeJPEG(t, noGrey), colour[:100]), nil, JPEG},
		{"too large", withICC(t, encodePNG(t, noGrey), iccOf("RGB ", maxProfile+1)), nil, PNG},
	} {
		m, _, err := d.Decode(c.in)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		pixels := Digest(m)
		out, err := e.Encode(m, c.f, d.Profile())
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if c.f == JPEG {
			_, err = jpeg.Decode(bytes.NewReader(out))
		} else {
			_, err = png.Decode(bytes.NewReader(out))
		}
		if err != nil {
			t.Errorf("%s: the standard library: %v", c.name, err)
		}
		if m, _, err = again.Decode(out); err != nil || !bytes.Equal(again.Profile(), c.want) {
			t.Errorf("%s: a profile of %d bytes, want %d (%v)", c.name, len(again.Profile()), len(c.want), err)
		}
		if c.f == PNG && Digest(m) != pixels {
			t.Errorf("%s: other pixels", c.name)
		}
	}
	// One image's profile is not the next one's.
	if _, _, err := d.Decode(encodePNG(t, noGrey)); err != nil || d.Profile() != nil {
		t.Errorf("a profile of %d bytes of nobody's, %v", len(d.Profile()), err)
	}
}

// TestOrientationTypes: the tag in every type of whole numbers.
func TestOrientationTypes(t *testing.T) {
	for typ, body := range map[uint16][]byte{
		1: {6, 0, 0, 0}, 3: {0, 6, 0, 0}, 4: {0, 0, 0, 6}, 6: {6, 0, 0, 0}, 8: {0, 6, 0, 0}, 9: {0, 0, 0, 6},
	} {
		b := []byte("MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12")
		b = binary.BigEndian.AppendUint16(b, typ)
		b = append(append(b, 0, 0, 0, 1), body...)
		if got := orientationOfTIFF(b); got != 6 {
			t.Errorf("type %d: %d", typ, got)
		}
	}
}

// TestReasons: what a file is and what to do, in both languages.
func TestReasons(t *testing.T) {
	var d Decoder
	arithmetic, err := os.ReadFile("jpeg/testdata/decode/other-arithmetic.jpg")
	if err != nil {
		t.Fatal(err)
	}
	twelve := jpegOfSize(8, 8, 3)
	twelve[bytes.Index(twelve, []byte("\xff\xc0"))+4] = 12
	lossless := jpegOfSize(8, 8, 3)
	lossless[bytes.Index(lossless, []byte("\xff\xc0"))+1] = 0xc3
	for _, c := range []struct {
		name   string
		data   []byte
		es, en string
	}{
		{"nothing", nil, "no es JPEG, PNG, GIF ni WebP", "not a JPEG, PNG, GIF or WebP"},
		{"HEIC", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), "expórtela como JPEG", "it is HEIC"},
		{"HEIC, another brand first", []byte("\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic"), "HEIC", "export it as JPEG"},
		{"AVIF", []byte("\x00\x00\x00\x18ftypavif\x00\x00\x00\x00mif1avif"), "es AVIF", "it is AVIF"},
		{"AVIF, another brand first", []byte("\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00avifmif1"), "es AVIF", "it is AVIF"},
		{"TIFF", []byte("II*\x00\x08\x00\x00\x00"), "TIFF", "save it as JPEG or PNG"},
		{"SVG", []byte("<svg xmlns"), "SVG", "drawing"},
		{"arithmetic coding", arithmetic, "codificación aritmética", "arithmetic coding, which is not read here: open it and save it as an ordinary JPEG"},
		{"12 bits", twelve, "más de 8 bits", "more than 8 bits"},
		{"lossless", lossless, "sin pérdidas", "lossless"},
		{"animated", readTest(t, "animated.webp"), "WebP animado", "animated WebP"},
		{"too large", pngOfSize(20000, 20000), "tiene 20000 × 20000 píxeles, y caben 50 megapíxeles", "it has 20000 × 20000 pixels, and there is room for 50 megapixels and 16384 pixels a side"},
		{"larger than a number", pngOfSize(1<<31-1, 1<<31-1), "50 megapíxeles", "50 megapixels"},
		{"cut", encodePNG(t, gradient(9, 9))[:60], "dañada o incompleta", "damaged or incomplete"},
	} {
		_, _, err := d.Decode(c.data)
		bad := Unusable("a.jpg", err)
		if !strings.Contains(bad.Text.ES, c.es) || !strings.HasPrefix(bad.Text.ES, "«a.jpg» no se puede usar: ") ||
			!strings.Contains(bad.Text.EN, c.en) || !strings.HasPrefix(bad.Text.EN, `"a.jpg" cannot be used: `) || bad.Cause != err {
			t.Errorf("%s: %v", c.name, bad.Text)
		}
	}
}
