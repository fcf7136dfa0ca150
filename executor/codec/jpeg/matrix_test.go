package jpeg

import (
	"bytes"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"testing"
)

// samplings are those that libjpeg opens: grey, three components, four.
var samplings = [][]string{
	{"11"}, {"22"}, {"31"},
	{"11", "11", "11"}, {"21", "11", "11"}, {"12", "11", "11"}, {"22", "11", "11"},
	{"41", "11", "11"}, {"14", "11", "11"}, {"42", "11", "11"}, {"31", "11", "11"}, {"13", "11", "11"},
	{"22", "21", "11"}, {"21", "21", "11"}, {"11", "12", "21"}, {"32", "11", "11"},
	{"11", "11", "11", "11"}, {"21", "11", "11", "21"}, {"22", "11", "11", "22"}, {"11", "22", "11", "11"},
}

// bases are files without anything wrong.
func bases() (out []recipe) {
	for _, s := range samplings {
		ways := []recipe{{}, {progressive: true}}
		if len(s) > 1 {
			alone, pairs := [][]int{}, [][]int{{0}, {1, 2}}
			for i := range s {
				alone = append(alone, []int{i})
			}
			if len(s) == 4 {
				pairs = append(pairs, []int{3})
			}
			ways = append(ways, recipe{scans: alone}, recipe{scans: pairs}, recipe{scans: alone, progressive: true})
		}
		for _, r := range ways {
			for _, r.interval = range []int{0, 1, 5} {
				r.width, r.height, r.sampling, r.jfif, r.adobe = 61, 43, s, true, -1
				if len(s) == 4 {
					r.jfif, r.adobe = false, 2
				}
				out = append(out, r)
			}
		}
	}
	return out
}

// mishaps are what is done to a file without changing its picture.
var mishaps = []struct {
	name string
	do   func(r *recipe)
}{
	{"filling", func(r *recipe) { r.fill = true }},
	{"stray bytes", func(r *recipe) { r.stray = []byte{0, 1, 2, 0xff, 0, 3} }},
	{"no end", func(r *recipe) { r.noEnd = true }},
	{"no end, a maker's trailer", func(r *recipe) { r.noEnd, r.tail = true, []byte("\x00\x00\x01\x0aPano_Info\x01\x02\x03SEFT") }},
	{"no end, half a segment", func(r *recipe) { r.noEnd, r.tail = true, []byte("\xff\xe1\x40\x00Exif") }},
	{"no end, half a table", func(r *recipe) { r.noEnd, r.tail = true, []byte("\xff\xc4\x00\x08\x00abcd") }},
	{"a trailer", func(r *recipe) { r.tail = []byte("\xff\xd8\xff\xda\x00\x08trailer") }},
	{"lines behind the scan", func(r *recipe) { r.lines = true }},
	{"height behind the scan", func(r *recipe) { r.linesBehind = true }},
	{"restarts that begin at 1", func(r *recipe) { r.number = func(i int) int { return i + 1 } }},
	{"restarts all 0", func(r *recipe) { r.number = func(int) int { return 0 } }},
	{"restarts backwards", func(r *recipe) { r.number = func(i int) int { return -i } }},
	{"tables 1", func(r *recipe) { r.table = 1 }},
	{"tables 2", func(r *recipe) { r.table = 2 }},
	{"tables 3", func(r *recipe) { r.table = 3 }},
	{"quantization of 16 bits", func(r *recipe) { r.sixteen = true }},
	{"no Huffman tables", func(r *recipe) { r.noTables = !r.progressive }},
	{"a webcam's", func(r *recipe) {
		r.noTables = !r.progressive
		r.jfif, r.before = r.jfif && false, segmentOf(0xe0, []byte("AVI1\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00")...)
	}},
	{"EXIF in front of JFIF's place", func(r *recipe) {
		r.before = segmentOf(0xe1, []byte("Exif\x00\x00II*\x00\b\x00\x00\x00\x00\x00\x00\x00\x00\x00")...)
	}},
	{"two components of one name", func(r *recipe) {
		if len(r.sampling) == 3 && r.scans == nil && !r.progressive {
			r.names = "\x01\x02\x02"
		}
	}},
}

// TestMatrix: whatever the sampling, the scans and the restarts, the pixels are
// those of the slow decoder, and the standard library's where that opens the file; and
// what happens to files changes nothing. With CARRILES_MATRIX the files are
// written to that folder with our pixels, to be compared with other decoders'.
func TestMatrix(t *testing.T) {
	var d Decoder
	tried := 0
	for n, base := range bases() {
		data := base.build()
		want, err := slowDecode(data)
		if err != nil {
			t.Fatalf("%v: the slow decoder: %v", base, err)
		}
		if err := compare(t, &d, data); err != nil {
			t.Fatalf("%v: %v", base, err)
		}
		check := func(name string, data []byte) {
			t.Helper()
			tried++
			got, err := decodeBoth(t, &d, data)
			if err != nil {
				t.Errorf("%s, %v: %v", name, base, err)
				return
			}
			if !bytes.Equal(got.Pix, want.Pix) {
				t.Errorf("%s, %v: other pixels", name, base)
			}
			keep(t, fmt.Sprintf("%03d %s %s", n, kindOf(&base), name), data, got)
		}
		check("as it is", data)
		for _, m := range mishaps {
			r := base
			m.do(&r)
			check(m.name, r.build())
		}
	}
	t.Logf("%d files", tried)
}

// kindOf names a base in a few words.
func kindOf(r *recipe) string {
	way := "one scan"
	switch {
	case r.progressive:
		way = "progressive"
	case r.scans != nil:
		way = "separate scans"
	}
	colours := map[int]string{1: "grey", 3: "YCbCr", 4: "YCCK"}[len(r.sampling)]
	return fmt.Sprintf("%s %v, %s, restarts %d", colours, r.sampling, way, r.interval)
}

// keep writes a file and our pixels where they are asked for.
func keep(t testing.TB, name string, data []byte, got *image.NRGBA) {
	t.Helper()
	dir := os.Getenv("CARRILES_MATRIX")
	if dir == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(dir, name+".jpg"), data, 0o644); err != nil {
		t.Fatal(err)
	}
	if got != nil {
		if err := os.WriteFile(filepath.Join(dir, name+".rgba"), got.Pix, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestColours: what three and four components mean is libjpeg's rule
// (jdapimin.c, default_decompress_parms).
func TestColours(t *testing.T) {
	var d Decoder
	for _, c := range []struct {
		names string
		jfif  bool
		adobe int
		want  space
	}{
		{"", true, -1, spaceYCC}, {"", true, 0, spaceYCC}, {"RGB", true, 0, spaceYCC}, {"RGB", true, -1, spaceYCC},
		{"", false, -1, spaceYCC}, {"", false, 0, spaceRGB}, {"", false, 1, spaceYCC}, {"", false, 2, spaceYCC},
		{"RGB", false, -1, spaceRGB}, {"RGB", false, 0, spaceRGB}, {"RGB", false, 1, spaceYCC}, {"rgb", false, -1, spaceYCC},
		{"abcd", false, -1, spaceCMYK}, {"abcd", false, 0, spaceCMYK}, {"abcd", false, 1, spaceYCCK}, {"abcd", false, 2, spaceYCCK},
		{"abcd", true, -1, spaceCMYK},
	} {
		for _, sampling := range [][]string{{"11", "11", "11", "11"}, {"22", "11", "11", "22"}} {
			r := recipe{width: 33, height: 20, sampling: sampling[:3], names: c.names, jfif: c.jfif, adobe: c.adobe}
			if len(c.names) == 4 {
				r.sampling = sampling
			}
			name := fmt.Sprintf("colours %q, JFIF %v, Adobe %d, %v", c.names, c.jfif, c.adobe, r.sampling)
			data := r.build()
			got, err := decodeBoth(t, &d, data)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if d.space() != c.want {
				t.Errorf("%s: space %d, want %d", name, d.space(), c.want)
			}
			want, err := slowDecode(data)
			if err != nil {
				t.Fatal(err)
			}
			same(t, name, got, want.Pix)
			_ = compare(t, &d, data)
			keep(t, name, data, got)
		}
	}
}

// TestMissing: what lacks samples is an error, unless the file says itself that
// there are no more; then they are grey, as libjpeg has them.
func TestMissing(t *testing.T) {
	var d Decoder
	luma := recipe{width: 40, height: 40, sampling: []string{"22", "11", "11"}, jfif: true, adobe: -1, scans: [][]int{{0}}}
	for _, c := range []struct {
		name string
		r    recipe
		ok   bool
	}{
		{"luma alone", luma, true},
		{"luma alone, cut off", with(luma, func(r *recipe) { r.noEnd = true }), false},
		{"luma of a progressive file", with(luma, func(r *recipe) { r.progressive = true }), true},
		{"luma of a progressive file, cut off", with(luma, func(r *recipe) { r.progressive, r.noEnd = true, true }), false},
	} {
		data := c.r.build()
		got, err := decodeBoth(t, &d, data)
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
		if err != nil {
			continue
		}
		for i := 0; i < len(got.Pix) && c.name == "luma alone"; i += 4 {
			if p := got.Pix[i:]; p[0] != p[1] || p[1] != p[2] {
				t.Fatalf("%s: pixel %d is %v", c.name, i/4, p[:4])
			}
		}
		keep(t, c.name, data, got)
	}
	// Half of the data of any base, with and without an end.
	for _, base := range bases() {
		data := base.build()
		half := data[:len(data)*3/5]
		if _, err := decodeBoth(t, &d, half); err == nil {
			t.Errorf("half of %s is an image", kindOf(&base))
		}
	}
}

func with(r recipe, do func(*recipe)) recipe {
	do(&r)
	return r
}

// TestScans: the scans are counted before anything is decoded.
func TestScans(t *testing.T) {
	r := recipe{width: 16, height: 16, sampling: []string{"11"}, adobe: -1, jfif: true, progressive: true}
	data := r.build()
	scan := bytes.Index(data, []byte("\xff\xda\x00\x08\x01\x01\x00\x01\x05"))
	end := scan + 2 + bytes.Index(data[scan+2:], []byte("\xff\xda"))
	many := func(n int) []byte {
		out := bytes.Clone(data[:end])
		for range n {
			out = append(out, data[scan:end]...)
		}
		return append(out, data[end:]...)
	}
	var d Decoder
	if _, err := decodeBoth(t, &d, many(MaxScans-6)); err != nil {
		t.Errorf("%d scans: %v", MaxScans, err)
	}
	for n, want := range map[int]LimitError{
		MaxScans - 5: {Scans: MaxScans + 1, Work: 256 * (MaxScans + 1)},
		9994:         {Scans: 10000, Work: 256 * 10000},
	} {
		if _, err := decodeBoth(t, &d, many(n)); err != want {
			t.Errorf("%d scans: %v, want %v", n, err, want)
		}
	}
	// A large one may have few: 8000 x 6000 x 3 samples in 11 scans.
	large := many(0)
	frame := bytes.Index(large, []byte("\xff\xc2"))
	copy(large[frame+5:], []byte{6000 >> 8, 6000 & 255, 8000 >> 8, 8000 & 255})
	if _, err := ReadHeader(large); err != nil {
		t.Errorf("48 megapixels in 6 scans: %v", err)
	}
	large = many(40)
	copy(large[frame+5:], []byte{6000 >> 8, 6000 & 255, 8000 >> 8, 8000 & 255})
	if _, err := ReadHeader(large); err != (LimitError{Scans: 46, Work: 46 * 48_000_000}) {
		t.Errorf("48 megapixels in 46 scans: %v", err)
	}
}

// TestWorst: the most work that the bounds let in is let in, and one step beyond is
// refused before anything is decoded, or a coefficient has a place.
func TestWorst(t *testing.T) {
	for _, c := range []struct {
		name          string
		width, height int
		sampling      []string
		scans         int
		work          int64 // as counted by hand
	}{
		{"50 megapixels, grey", 10000, 5000, []string{"11"}, 30, 1_500_000_000},
		{"50 megapixels, grey, a scan more", 10000, 5000, []string{"11"}, 31, 1_550_000_000},
		{"50 megapixels, grey, a row more", 10000, 5001, []string{"11"}, 30, 1_502_400_000},
		{"50 megapixels, 4:2:0", 10000, 5000, []string{"22", "11", "11"}, 19, 1_427_280_000},
		{"50 megapixels, 4:2:0, a scan more", 10000, 5000, []string{"22", "11", "11"}, 20, 1_502_400_000},
		{"as many scans as there may be", 3000, 5000, []string{"11"}, MaxScans, 1_500_000_000},
		{"as many scans, a column more", 3001, 5000, []string{"11"}, MaxScans, 1_504_000_000},
		{"a scan more than there may be", 8, 8, []string{"11"}, MaxScans + 1, 64 * (MaxScans + 1)},
	} {
		frame := []byte{8, byte(c.height >> 8), byte(c.height), byte(c.width >> 8), byte(c.width), byte(len(c.sampling))}
		scan := []byte{byte(len(c.sampling))}
		for i, s := range c.sampling {
			frame = append(frame, byte(i), (s[0]-'0')<<4|(s[1]-'0'), 0)
			scan = append(scan, byte(i), 0)
		}
		data := append([]byte{0xff, startOfImage}, segmentOf(progressiveFrame, frame...)...)
		for range c.scans {
			data = append(data, segmentOf(startOfScan, append(scan, 0, 0, 0)...)...)
		}
		var d Decoder
		var want error = SizeError{File: image.Pt(c.width, c.height)} // it asks for its size only
		h, err := ReadHeader(data)
		if c.scans > MaxScans || c.work > 1_500_000_000 {
			want = LimitError{Scans: c.scans, Work: c.work}
			if err != want {
				t.Errorf("%s: its header: %v, want %v", c.name, err, want)
			}
		} else if err != nil || h.Scans != c.scans {
			t.Errorf("%s: its header: %+v, %v", c.name, h, err)
		}
		if err := d.Decode(&image.NRGBA{}, data); err != want {
			t.Errorf("%s: %v, want %v", c.name, err, want)
		}
		for _, c := range d.components {
			if c.coef != nil {
				t.Error("coefficients of what is not decoded")
			}
		}
	}
}

// TestHeader: EXIF wherever it stands, and the ICC profile in its order.
func TestHeader(t *testing.T) {
	r := recipe{width: 20, height: 10, sampling: []string{"22", "11", "11"}, jfif: true, adobe: -1}
	exif := segmentOf(0xe1, []byte("Exif\x00\x00tiff")...)
	icc := func(number, count byte, data string) []byte {
		return segmentOf(0xe2, append([]byte("ICC_PROFILE\x00"), append([]byte{number, count}, data...)...)...)
	}
	for _, c := range []struct {
		name          string
		do            func(*recipe)
		exif, profile string
	}{
		{"nothing", func(*recipe) {}, "", ""},
		{"EXIF", func(r *recipe) { r.before = exif }, "tiff", ""},
		{"EXIF behind stray bytes", func(r *recipe) { r.before = append([]byte{0, 0, 7}, exif...) }, "tiff", ""},
		{"EXIF in front of the scan", func(r *recipe) { r.stray = exif }, "tiff", ""},
		{"EXIF behind the scan", func(r *recipe) { r.noEnd, r.tail = true, append(bytes.Clone(exif), 0xff, 0xd9) }, "tiff", ""},
		{"EXIF behind the end", func(r *recipe) { r.tail = exif }, "", ""},
		{"XMP in front of EXIF", func(r *recipe) {
			r.before = append(segmentOf(0xe1, []byte("http://ns.adobe.com/xap/1.0/\x00")...), exif...)
		}, "tiff", ""},
		{"a profile", func(r *recipe) { r.before = icc(1, 1, "colours") }, "", "colours"},
		{"a profile in disorder", func(r *recipe) { r.before = append(icc(2, 2, "ours"), icc(1, 2, "col")...) }, "", "colours"},
		{"half a profile", func(r *recipe) { r.before = icc(1, 2, "col") }, "", ""},
		{"a part twice", func(r *recipe) { r.before = append(icc(1, 1, "col"), icc(1, 1, "col")...) }, "", ""},
		{"part 0", func(r *recipe) { r.before = icc(0, 1, "col") }, "", ""},
	} {
		h, err := ReadHeader(build(with(r, c.do)))
		if err != nil || h.Width != 20 || h.Height != 10 || h.Components != 3 || h.Scans != 1 ||
			string(h.EXIF) != c.exif || string(bytes.Join(h.Profile, nil)) != c.profile {
			t.Errorf("%s: %+v, %v", c.name, h, err)
		}
	}
}

func build(r recipe) []byte { return r.build() }

// FuzzMatrix: any recipe builds a file that is opened, with the slow decoder's
// pixels: the bytes choose what is in it.
func FuzzMatrix(f *testing.F) {
	for i := range 64 {
		f.Add([]byte{byte(i * 7), byte(i), byte(3 * i), byte(i), byte(i * 5), byte(i), byte(i * 11), byte(i / 3)})
	}
	var d Decoder
	f.Fuzz(func(t *testing.T, choice []byte) {
		choose := func(n int) int {
			if len(choice) == 0 {
				return 0
			}
			v := int(choice[0]) % n
			choice = choice[1:]
			return v
		}
		all := bases()
		r := all[(choose(256)*256+choose(256))%len(all)]
		r.width, r.height, r.interval = 1+choose(70), 1+choose(70), choose(12)
		r.quality = 1 + choose(40)
		clean := r.build()
		want, err := slowDecode(clean)
		if err != nil {
			t.Fatal(err)
		}
		for range choose(4) {
			mishaps[choose(len(mishaps))].do(&r)
		}
		data := r.build()
		got, err := decodeBoth(t, &d, data)
		if err != nil {
			t.Fatalf("%s: %v", kindOf(&r), err)
		}
		same(t, kindOf(&r), got, want.Pix)
		_ = compare(t, &d, data)
	})
}
