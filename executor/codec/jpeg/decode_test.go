package jpeg

import (
	"bytes"
	"encoding/binary"
	"errors"
	"flag"
	"image"
	"image/draw"
	"image/jpeg"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// readFiles returns the files of testdata/decode whose names have the prefix,
// by name.
func readFiles(t testing.TB, prefix string) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob("testdata/decode/" + prefix + "*.jpg")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d files: %v", len(names), err)
	}
	files := map[string][]byte{}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[strings.TrimSuffix(filepath.Base(name), ".jpg")] = data
	}
	return files
}

// lab returns the paths of the lab's photographs.
func lab(t testing.TB) []string {
	t.Helper()
	names, err := filepath.Glob("../../../web/static/photos/*.jpg")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d photographs: %v", len(names), err)
	}
	return names
}

// decodeStandard is the judge: the standard library's pixels.
func decodeStandard(data []byte) (*image.RGBA, error) {
	m, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	out := image.NewRGBA(m.Bounds())
	draw.Draw(out, out.Rect, m, image.Point{}, draw.Src)
	return out, nil
}

// sizeOf is the size in the header, if there is one.
func sizeOf(data []byte) image.Rectangle {
	h, err := ReadHeader(data)
	if err != nil {
		return image.Rectangle{}
	}
	return image.Rect(0, 0, h.Width, h.Height)
}

// decodeBoth decodes data in both ways of this package, which must agree on
// whether there is an image and on every bit of it.
func decodeBoth(t testing.TB, d *Decoder, data []byte) (*image.NRGBA, error) {
	t.Helper()
	size := sizeOf(data)
	vector, plain := image.NewNRGBA(size), image.NewNRGBA(size)
	d.plain = false
	err := d.Decode(vector, data)
	d.plain = true
	if plainErr := d.Decode(plain, data); (err == nil) != (plainErr == nil) || err != nil && err.Error() != plainErr.Error() {
		t.Fatalf("%v with vectors, %v without", err, plainErr)
	}
	if err != nil {
		if !errors.As(err, new(FormatError)) && !errors.As(err, new(UnsupportedError)) && !errors.As(err, new(LimitError)) {
			t.Fatalf("%T: %v", err, err)
		}
		return nil, err
	}
	same(t, "plain", plain, vector.Pix)
	return vector, nil
}

func same(t testing.TB, way string, got *image.NRGBA, want []byte) {
	t.Helper()
	if bytes.Equal(got.Pix, want) {
		return
	}
	for i, v := range got.Pix {
		if v != want[i] {
			t.Fatalf("%s: channel %d of (%d, %d) is %d, want %d", way, i%4, i%got.Stride/4, i/got.Stride, v, want[i])
		}
	}
}

// stricter are the faults of which image/jpeg makes an image, and libjpeg does
// not.
var stricter = []error{
	FormatError("quantization table missing"), FormatError("Huffman codes that overlap"),
	FormatError("ends too soon"), // of a progressive file, before its last scan
}

// compare decodes data in both ways of this package. What the standard library
// opens must be opened, unless the two have other rules for it: for what no
// encoder writes. Pixels are not compared with its: it repeats Cb and Cr.
func compare(t testing.TB, d *Decoder, data []byte) error {
	t.Helper()
	_, err := decodeBoth(t, d, data)
	if err == nil || d.odd || slices.Contains(stricter, err) || errors.As(err, new(LimitError)) {
		return err
	}
	if _, standard := jpeg.Decode(bytes.NewReader(data)); standard == nil {
		t.Fatalf("%v, but the standard library opens it", err)
	}
	return err
}

// TestDecode: every kind of file, one after the other by one Decoder, has the
// pixels of the slow decoder.
func TestDecode(t *testing.T) {
	var d Decoder
	for name, data := range readFiles(t, "") {
		t.Run(name, func(t *testing.T) {
			err := compare(t, &d, data)
			if name == "other-arithmetic" && err == Arithmetic {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want, err := slowDecode(data)
			if err != nil {
				t.Fatal(err)
			}
			got, _ := decodeBoth(t, &d, data)
			same(t, "beside the slow decoder", got, want.Pix)
		})
	}
}

// TestDecodeInto: only the image is written to, wherever it begins and however
// far apart its rows are.
func TestDecodeInto(t *testing.T) {
	data := readFiles(t, "420")["420"]
	want, err := slowDecode(data)
	if err != nil {
		t.Fatal(err)
	}
	canvas := image.NewNRGBA(image.Rect(-3, -2, 100, 80))
	for i := range canvas.Pix {
		canvas.Pix[i] = 77
	}
	at := want.Rect.Add(image.Pt(5, 7))
	var d Decoder
	if err := d.Decode(canvas.SubImage(at).(*image.NRGBA), data); err != nil {
		t.Fatal(err)
	}
	for y := canvas.Rect.Min.Y; y < canvas.Rect.Max.Y; y++ {
		for x := canvas.Rect.Min.X; x < canvas.Rect.Max.X; x++ {
			expected := [4]uint8{77, 77, 77, 77}
			if p := image.Pt(x, y); p.In(at) {
				expected = [4]uint8(want.Pix[want.PixOffset(x-5, y-7):])
			}
			if got := [4]uint8(canvas.Pix[canvas.PixOffset(x, y):]); got != expected {
				t.Fatalf("(%d, %d) is %v, want %v", x, y, got, expected)
			}
		}
	}
	err = d.Decode(image.NewNRGBA(image.Rect(0, 0, 83, 60)), data)
	if err != (SizeError{File: image.Pt(83, 61), Image: image.Pt(83, 60)}) {
		t.Errorf("into an image of another size: %v", err)
	}
}

// allocations is how often f allocates: the fewest of some counts, since what the
// runtime allocates meanwhile for itself is counted too.
func allocations(f func()) float64 {
	fewest := testing.AllocsPerRun(2, f)
	for n := 0; n < 4 && fewest > 0; n++ {
		fewest = min(fewest, testing.AllocsPerRun(2, f))
	}
	return fewest
}

// TestDecodeMemory: nothing is allocated for the second file of a kind.
func TestDecodeMemory(t *testing.T) {
	for name, data := range readFiles(t, "4") {
		dst := image.NewNRGBA(sizeOf(data))
		var d Decoder
		if n := allocations(func() {
			if err := d.Decode(dst, data); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// TestDecodeTruncated: a file that is cut off anywhere is an error, or it is the
// picture, if only its end was cut off.
func TestDecodeTruncated(t *testing.T) {
	var d Decoder
	for name, data := range readFiles(t, "") {
		dst := image.NewNRGBA(sizeOf(data))
		if err := d.Decode(dst, data); err != nil {
			continue // arithmetic coding
		}
		whole := bytes.Clone(dst.Pix)
		for n := 0; n < len(data); n += 1 + len(data)/100 {
			err := d.Decode(dst, data[:n])
			if err == nil && n >= len(data)-2 && bytes.Equal(dst.Pix, whole) {
				continue
			}
			if !errors.As(err, new(FormatError)) {
				t.Fatalf("%s cut at %d of %d: %v", name, n, len(data), err)
			}
		}
		for cut := 1; cut <= 2; cut++ {
			clear(dst.Pix)
			if err := d.Decode(dst, data[:len(data)-cut]); err != nil || !bytes.Equal(dst.Pix, whole) {
				t.Errorf("%s without its last %d bytes: %v", name, cut, err)
			}
		}
	}
}

// TestDecodeDamaged changes files in a few places each, and compares. So that
// the test can't be passed by refusing, some of each outcome must be there.
func TestDecodeDamaged(t *testing.T) {
	tries := 120
	if testing.Short() {
		tries = 20
	}
	random := rand.New(rand.NewPCG(1, 2))
	var d Decoder
	var decoded, refused int
	files := readFiles(t, "")
	for _, name := range slices.Sorted(maps.Keys(files)) { // in order: the same damage each time
		data := files[name]
		if name == "other-arithmetic" || strings.HasSuffix(name, "best") {
			continue
		}
		scan := bytes.Index(data, []byte("\xff\xda"))
		for i := range tries {
			damaged := bytes.Clone(data)
			from := scan
			if i%3 == 0 {
				from = 0
			}
			for range 1 + random.IntN(3) {
				at := from + random.IntN(len(damaged)-from)
				switch random.IntN(4) {
				case 0:
					damaged[at] = uint8(random.Uint32())
				case 1:
					damaged[at] ^= 1 << random.IntN(8)
				case 2:
					damaged = append(damaged[:at], damaged[at+1:]...)
				default:
					damaged = append(damaged[:at], append([]byte{0xff}, damaged[at:]...)...)
				}
			}
			if size := sizeOf(damaged); size.Dx()*size.Dy() > 1<<16 {
				continue // as good as a small one, and slow
			}
			if err := compare(t, &d, damaged); err != nil {
				refused++
				continue
			}
			decoded++
			if i%8 != 0 || d.odd {
				continue
			}
			if want, err := slowDecode(damaged); err == nil {
				got, _ := decodeBoth(t, &d, damaged)
				same(t, "beside the slow decoder, "+name, got, want.Pix)
			}
		}
	}
	t.Logf("%d decoded, %d refused", decoded, refused)
	if decoded < tries || refused < tries {
		t.Errorf("%d decoded and %d refused, want more than %d of each", decoded, refused, tries)
	}
}

// TestDecodeHeader: what a damaged header is. All are put into 420.jpg in place
// of its first segment of that kind, or before it.
func TestDecodeHeader(t *testing.T) {
	whole := readFiles(t, "420")["420"]
	segment := func(marker uint8, body ...byte) []byte {
		b := binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(body)+2))
		return append(b, body...)
	}
	before := func(marker uint8, insert []byte) []byte {
		at := bytes.Index(whole, []byte{0xff, marker})
		return append(append(bytes.Clone(whole[:at]), insert...), whole[at:]...)
	}
	overlapping := make([]byte, 20)
	overlapping[1] = 3 // three codes of one bit
	wild := append([]byte{0x11, 0, 2}, make([]byte, 14)...)
	for _, c := range []struct {
		name string
		data []byte
		want error // nil, or of its type
	}{
		{"as it is", whole, nil},
		{"filling before a marker", before(0xc0, []byte{0xff, 0xff, 0xff}), nil},
		{"stray bytes between segments", before(0xc0, []byte{1, 2, 0xff, 0, 3}), nil},
		{"a zero behind filling", before(0xc0, []byte{0xff, 0xff, 0}), nil},
		{"a restart marker between segments", before(0xc0, []byte{0xff, 0xd3}), nil},
		{"a comment", before(0xc0, segment(0xfe, 'h', 'o', 'l', 'a')), nil},
		{"an application's segment", before(0xc0, segment(0xe7, 1)), nil},
		{"a short application's segment", before(0xc0, segment(0xe0, 'J')), nil},
		{"a marker that is none", before(0xc0, segment(0x40, 1, 2)), FormatError("")},
		{"a number of lines", before(0xc0, segment(0xdc, 0, 61)), nil},
		{"two frames", before(0xda, whole[bytes.Index(whole, []byte("\xff\xc0")):][:19]), FormatError("")},
		{"a restart interval of one byte", before(0xda, segment(0xdd, 1)), FormatError("")},
		{"a restart interval where no marker follows", before(0xda, segment(0xdd, 0, 1)), FormatError("")},
		{"a quantization table 4", before(0xda, segment(0xdb, append([]byte{4}, make([]byte, 64)...)...)), FormatError("")},
		{"a quantization table of no bytes", before(0xda, segment(0xdb, 0)), nil},
		{"a DC table missing", bytes.Replace(whole, []byte("\xff\xc4\x00\x1f\x01"), []byte("\xff\xc4\x00\x1f\x00"), 1), nil},
		{"an AC table missing", bytes.Replace(whole, []byte("\xff\xc4\x00\xb5\x11"), []byte("\xff\xc4\x00\xb5\x10"), 1), nil},
		{"half a quantization table", before(0xda, segment(0xdb, make([]byte, 64)...)), FormatError("")},
		{"a quantization table of 24 bits", before(0xda, segment(0xdb, append([]byte{0x20}, make([]byte, 64)...)...)), FormatError("")},
		{"a quantization table of 16 bits", before(0xda, segment(0xdb, append([]byte{0x10}, make([]byte, 128)...)...)), nil},
		{"an empty Huffman table", before(0xda, segment(0xc4, make([]byte, 17)...)), FormatError("")},
		{"Huffman codes that overlap", before(0xda, segment(0xc4, overlapping...)), FormatError("")},
		{"a table 2 in a baseline file", before(0xda, segment(0xc4, append([]byte{2, 1}, make([]byte, 16)...)...)), nil},
		{"a Huffman table with more codes than bytes", before(0xda, segment(0xc4, wild...)), FormatError("")},
		{"RGB by the names, but not in the scan", bytes.Replace(bytes.Replace(before(0xe0, nil), []byte("JFIF"), []byte("AAAA"), 1),
			[]byte("\x01\x22\x00\x02\x11\x01\x03\x11\x01"), []byte("R\x22\x00G\x11\x01B\x11\x01"), 1), FormatError("")},
		{"a scan before the frame", before(0xc0, whole[bytes.Index(whole, []byte("\xff\xda")):]), FormatError("")},
		{"no scan", append(bytes.Clone(whole[:bytes.Index(whole, []byte("\xff\xda"))]), 0xff, 0xd9), FormatError("")},
		{"two scans", append(bytes.Clone(whole[:len(whole)-2]), whole[bytes.Index(whole, []byte("\xff\xda")):]...), nil},
		{"no end", whole[:len(whole)-2], nil},
		{"text behind the end", append(bytes.Clone(whole), "hola"...), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var d Decoder
			err := compare(t, &d, c.data)
			if c.want == nil && err != nil || c.want != nil && !errors.As(err, new(FormatError)) {
				t.Errorf("%v (%T), want %T", err, err, c.want)
			}
		})
	}
}

// FuzzDecoder: whatever the bytes are, both ways of this package agree, and what
// the standard library opens is opened; so is what libjpeg opens, where this machine
// has it and -fuzz is given, but for samples that it guesses.
func FuzzDecoder(f *testing.F) {
	for _, data := range readFiles(f, "") {
		f.Add(data)
	}
	for i, base := range smallBases() {
		whole := base.build()
		for k, v := range variants() {
			if (i+k)%16 > 0 {
				continue // enough of each
			}
			if data := v.do(base, whole); data != nil {
				f.Add(data)
			}
		}
	}
	var beside func([]byte) (opens bool, err error)
	if fuzzing := flag.Lookup("test.fuzz"); fuzzing.Value.String() != "" || flag.Lookup("test.fuzzworker").Value.String() == "true" {
		beside = pillowBeside(f)
	}
	var d Decoder
	f.Fuzz(func(t *testing.T, data []byte) {
		if size := sizeOf(data); size.Dx()*size.Dy() > 1<<16 {
			return // as good as a small one, and slow
		}
		err := compare(t, &d, data) // which fails by itself
		if err == nil || beside == nil || slices.Contains(guessed, err) || errors.As(err, new(LimitError)) || err == Arithmetic {
			return
		}
		if opens, lost := beside(data); opens || lost != nil {
			t.Errorf("%v, but libjpeg opens it, %v", err, lost)
		}
	})
}
