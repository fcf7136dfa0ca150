package jpeg

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// Limits of what a file may ask for, which are looked at before anything is
// decoded. A scan costs a few bytes of a file and time for every sample, so that
// 136 KB of a thousand scans would hold a machine for half a minute. The worst that is
// let in, 49 megapixels in 30 scans that refine all blocks by chance, takes a core 2.7 s
// with the 10 MiB that an upload may have (three coefficients a block), and 13 s with
// 180 MB (all 63).
const (
	MaxScans = 100           // cameras and encoders write one to twelve
	MaxWork  = 1_500_000_000 // samples, of all scans together
)

// LimitError is a file with more scans than MaxScans, or with several and more
// samples in all of them than MaxWork.
type LimitError struct {
	Scans int
	Work  int64
}

// Error gives both, in English.
func (e LimitError) Error() string {
	return fmt.Sprintf("JPEG of %d scans and %d samples in them, above %d and %d", e.Scans, e.Work, MaxScans, int64(MaxWork))
}

// Header is what the segments of a file say. Its slices are the file's memory.
type Header struct {
	Width, Height int // in pixels, from 1 to 65535
	Components    int // 1, 3 or 4
	Scans         int // that Decode has to go through, from 1 to MaxScans
	// EXIF is the TIFF structure of the first segment of that kind, wherever
	// that stands (CIPA DC-008, 4.7.2), or nil.
	EXIF []byte
	// Profile are the parts of the ICC profile in their order (ICC.1:2010,
	// B.4), or nil if there is none or not all of it.
	Profile [][]byte
}

// ReadHeader walks over the segments of a file, by the same rules as
// Decoder.Decode, and decodes nothing. The error is a FormatError, an
// UnsupportedError or a LimitError.
func ReadHeader(data []byte) (Header, error) {
	var f file
	if err := f.read(data); err != nil {
		return Header{}, err
	}
	return Header{
		Width: f.width, Height: f.height, Components: len(f.components), Scans: f.scans,
		EXIF: f.exif, Profile: f.profile(),
	}, nil
}

// Markers, without the 255 before them (T.81, table B.1).
const (
	baselineFrame    = 0xc0
	sequentialFrame  = 0xc1
	progressiveFrame = 0xc2
	huffmanTables    = 0xc4
	restartFirst     = 0xd0
	restartLast      = 0xd7
	startOfImage     = 0xd8
	endOfImage       = 0xd9
	startOfScan      = 0xda
	quantisations    = 0xdb
	numberOfLines    = 0xdc
	restartInterval  = 0xdd
	app0             = 0xe0
	app1             = 0xe1
	app2             = 0xe2
	app14            = 0xee
)

// segment is a marker with what belongs to it: data[at:end] without the length,
// and behind an SOS entropy-coded data up to next, where a marker is or the file
// ends.
type segment struct {
	marker        uint8
	at, end, next int
}

// file is what the one walk over a file finds.
//
// What stands between segments and is none is skipped, as libjpeg does it. What
// is wrong in front of the first scan is an error; what is wrong behind it ends
// the walk, because the picture may be there: whether it is, its decoding says.
type file struct {
	data     []byte
	segments []segment
	ended    bool // by an EOI

	process       uint8 // the marker of the frame, or 0
	width, height int
	components    []component // of the frame, in its order
	store         [4]component
	hMax, vMax    int // the largest sampling factors

	jfif  bool
	adobe int // the transform of Adobe's APP14, or -1
	exif  []byte
	scans int
}

// A component of the frame.
type component struct {
	id   uint8
	h, v int // sampling factors
	// across and down are its blocks with those that fill the last MCUs;
	// alone of them are in a scan of this component only (T.81, A.2.2).
	across, down int
	alone        [2]int
	quant        uint8
	dc, ac       uint8 // its tables in the scan
	last         int32 // the DC coefficient of the block before
	// width and height are in samples, without those that fill the last MCUs.
	width, height int
	upsampling    upsampling
	// samples of the last rows of MCUs: as many rows as are kept, stride bytes
	// apart, each in the place of the one that many above.
	samples      []byte
	stride, kept int
	// line is a row of samples as wide as the image, if that has to be made.
	line []byte

	// Of files of many scans: the coefficients, 64 a block; the quantization
	// table that counts, which is that of its first scan; and how many bits of
	// each coefficient are still to come, or -1 if all are.
	coef    []int16
	table   [64]int16
	scanned bool
	missing [64]int8
}

// read walks over data, and looks at the limits.
func (f *file) read(data []byte) error {
	*f = file{data: data, segments: f.segments[:0], adobe: -1, store: f.store}
	if len(data) < 2 || data[0] != 0xff || data[1] != startOfImage {
		return FormatError("does not begin as one")
	}
	lines, pos := 0, 2
	scanned := false
	for {
		s, err := nextSegment(data, pos)
		if err == nil && s.marker != endOfImage {
			err = f.take(s, scanned)
		}
		if err != nil && !scanned {
			return err
		}
		if err != nil {
			break
		}
		if s.marker == endOfImage {
			f.ended = true
			break
		}
		f.segments = append(f.segments, s)
		body := data[s.at:s.end]
		if s.marker == numberOfLines && lines == 0 && scanned && len(body) == 2 {
			lines = int(binary.BigEndian.Uint16(body))
		}
		scanned = scanned || s.marker == startOfScan
		pos = s.next
	}
	switch {
	case f.process == 0:
		return FormatError("has no frame")
	case !scanned:
		return FormatError("has no scan")
	}
	if f.height == 0 {
		f.height = lines // which only the number of lines behind the first scan says
	}
	if f.width == 0 || f.height == 0 {
		return FormatError("of no width or height")
	}
	f.layOut()
	return f.limit()
}

// nextSegment goes to the next marker from pos on, and to the end of what
// belongs to it. Skipped are single bytes, the zeros of entropy-coded data,
// restart markers and other ones that have nothing behind them, and any number
// of 255 as filling.
func nextSegment(data []byte, pos int) (segment, error) {
	for {
		at := nextMarker(data, pos)
		if at >= len(data) {
			return segment{}, FormatError("ends too soon")
		}
		m := data[at]
		pos = at + 1
		if m == endOfImage {
			return segment{marker: m, at: pos, end: pos, next: pos}, nil
		}
		if m == startOfImage || m == 0x01 { // no length
			continue
		}
		if len(data)-pos < 2 {
			return segment{}, FormatError("ends too soon")
		}
		n := int(binary.BigEndian.Uint16(data[pos:]))
		if n < 2 {
			return segment{}, FormatError("segment of a wrong length")
		}
		if len(data)-pos < n {
			return segment{}, FormatError("ends too soon")
		}
		s := segment{marker: m, at: pos + 2, end: pos + n, next: pos + n}
		if m == startOfScan {
			// The 255 before the marker does not belong to the data.
			s.next = max(s.end, min(len(data), nextMarker(data, s.end)-1))
		}
		return s, nil
	}
}

// nextMarker returns where the next marker's second byte is, or a place behind
// the end. What a 255 in entropy-coded data is followed by, and restart markers,
// are none.
func nextMarker(data []byte, pos int) int {
	for pos < len(data) {
		i := bytes.IndexByte(data[pos:], 0xff)
		if i < 0 {
			break
		}
		for pos += i + 1; pos < len(data) && data[pos] == 0xff; {
			pos++
		}
		if pos < len(data) && data[pos] != 0 && (data[pos] < restartFirst || data[pos] > restartLast) {
			return pos
		}
	}
	return len(data) + 1
}

// take notes what a segment says that is needed before the decoding.
func (f *file) take(s segment, scanned bool) error {
	body := f.data[s.at:s.end]
	switch m := s.marker; {
	case m >= 0xc0 && m <= 0xcf && m != huffmanTables && m != 0xc8 && m != 0xcc:
		if f.process != 0 {
			return FormatError("has two frames")
		}
		return f.frame(m, body)
	case m == startOfScan:
		if f.process == 0 {
			return FormatError("scan before the frame")
		}
		// Decode looks at the scans of a progressive file one by one, and reads
		// the others to the end of the one that completes the image.
	case m == app0 && !scanned:
		f.jfif = f.jfif || len(body) >= 14 && string(body[:5]) == "JFIF\x00"
	case m == app1:
		if exif, ok := bytes.CutPrefix(body, []byte("Exif\x00\x00")); ok && f.exif == nil {
			f.exif = exif
		}
	case m == app14 && !scanned:
		if len(body) >= 12 && string(body[:5]) == "Adobe" {
			f.adobe = int(body[11])
		}
	case m < 0xc0:
		return FormatError("unknown marker")
	}
	return nil
}

// Kinds of JPEG that are not decoded.
const (
	Arithmetic     UnsupportedError = "arithmetic coding"
	Lossless       UnsupportedError = "lossless or hierarchical"
	NotEightBits   UnsupportedError = "not of 8 bits"
	ComponentCount UnsupportedError = "number of components"
)

// frame reads an SOF (T.81, B.2.2).
func (f *file) frame(marker uint8, b []byte) error {
	switch {
	case marker == 0xc9 || marker == 0xca:
		return Arithmetic
	case marker > progressiveFrame:
		return Lossless
	}
	if len(b) < 6 || len(b) != 6+3*int(b[5]) {
		return FormatError("frame of a wrong length")
	}
	if b[0] != 8 {
		return NotEightBits
	}
	n := int(b[5])
	if n != 1 && n != 3 && n != 4 {
		return ComponentCount
	}
	f.height = int(binary.BigEndian.Uint16(b[1:]))
	f.width = int(binary.BigEndian.Uint16(b[3:]))
	f.hMax, f.vMax = 1, 1
	for i := range n {
		in := b[6+3*i:]
		c := component{id: in[0], h: int(in[1] >> 4), v: int(in[1] & 15), quant: in[2]}
		if c.quant > 3 {
			return FormatError("quantization table above 3")
		}
		if c.h < 1 || c.h > 4 || c.v < 1 || c.v > 4 {
			return FormatError("sampling factor not of 1 to 4")
		}
		if n == 1 {
			c.h, c.v = 1, 1 // whatever it says (T.81, A.2.2)
		}
		f.hMax, f.vMax = max(f.hMax, c.h), max(f.vMax, c.v)
		c.samples, c.line, c.coef = f.store[i].samples, f.store[i].line, f.store[i].coef
		f.store[i] = c
	}
	f.process, f.components = marker, f.store[:n]
	return nil
}

// mcus returns how many MCUs the image has across and down.
func (f *file) mcus() (across, down int) {
	return ceil(f.width, 8*f.hMax), ceil(f.height, 8*f.vMax)
}

// layOut says how many blocks the components have.
func (f *file) layOut() {
	across, down := f.mcus()
	for i := range f.components {
		c := &f.components[i]
		c.across, c.down = across*c.h, down*c.v
		c.width, c.height = ceil(f.width*c.h, f.hMax), ceil(f.height*c.v, f.vMax)
		c.alone = [2]int{ceil(c.width, 8), ceil(c.height, 8)}
	}
}

func ceil(a, b int) int { return (a + b - 1) / b }

// limit counts the scans that Decode would go through, and their samples.
func (f *file) limit() error {
	work := int64(0)
	for _, s := range f.segments {
		if s.marker != startOfScan {
			continue
		}
		f.scans++
		order, n, err := f.order(f.data[s.at:s.end])
		if err != nil {
			continue // which Decode will say, if it comes so far
		}
		for _, c := range order[:n] {
			work += 64 * int64(c.across) * int64(c.down)
		}
		if f.streams(n) {
			break // what follows is not decoded
		}
	}
	if f.scans > MaxScans || f.scans > 1 && work > MaxWork {
		return LimitError{Scans: f.scans, Work: work}
	}
	return nil
}

// streams reports whether a first scan of n components is the whole image, so
// that it can be decoded row by row.
func (f *file) streams(n int) bool {
	return f.process != progressiveFrame && n == len(f.components)
}

// order reads which components a scan has (T.81, B.2.3), in the order of their
// blocks in an MCU. It may differ from the frame's, by which a component is Y or
// Cb. Of two with one name the first comes first.
func (f *file) order(b []byte) (order [4]*component, n int, err error) {
	if len(b) < 6 || len(b) > 4+2*len(f.components) || len(b) != 4+2*int(b[0]) {
		return order, 0, FormatError("scan of a wrong length")
	}
	n = int(b[0])
	for i := range n {
		twice := false
		for j := range f.components {
			c := &f.components[j]
			if c.id != b[1+2*i] || order[i] != nil {
				continue
			}
			taken := false
			for _, other := range order[:i] {
				taken = taken || other == c
			}
			if twice = twice || taken; !taken {
				order[i] = c
			}
		}
		switch {
		case order[i] == nil && twice:
			return order, 0, FormatError("scan of one component twice")
		case order[i] == nil:
			return order, 0, FormatError("scan of an unknown component")
		}
	}
	return order, n, nil
}

// profile puts the parts of the ICC profile in order.
func (f *file) profile() [][]byte {
	var parts [][]byte
	for _, s := range f.segments {
		body, ok := bytes.CutPrefix(f.data[s.at:s.end], []byte("ICC_PROFILE\x00"))
		if s.marker != app2 || !ok || len(body) < 2 {
			continue
		}
		number, count := int(body[0]), int(body[1])
		if parts == nil {
			parts = make([][]byte, count)
		}
		if number < 1 || number > len(parts) || count != len(parts) || parts[number-1] != nil {
			return nil
		}
		parts[number-1] = body[2:]
	}
	for _, p := range parts {
		if p == nil {
			return nil
		}
	}
	return parts
}

// space is what the components of an image mean.
type space uint8

const (
	spaceGrey space = iota
	spaceYCC
	spaceRGB
	spaceCMYK
	spaceYCCK
)

// space follows libjpeg's rules (jdapimin.c, default_decompress_parms): JFIF is
// YCbCr; otherwise Adobe's marker decides; otherwise the names of the
// components.
func (f *file) space() space {
	switch c := f.components; {
	case len(c) == 1:
		return spaceGrey
	case len(c) == 4 && f.adobe <= 0:
		return spaceCMYK
	case len(c) == 4:
		return spaceYCCK
	case f.jfif || f.adobe > 0:
		return spaceYCC
	case f.adobe == 0 || c[0].id == 'R' && c[1].id == 'G' && c[2].id == 'B':
		return spaceRGB
	}
	return spaceYCC
}
