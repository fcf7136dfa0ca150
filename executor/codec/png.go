package codec

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"hash"
	"hash/adler32"
	"hash/crc32"
	"image"
	"image/png"
	"io"
)

// pngHeader is how many bytes there are up to the end of the first chunk.
const pngHeader = 8 + 12 + 13

// pngFile is what a walk over the chunks of a PNG finds.
type pngFile struct {
	header, palette, transparency, exif, icc []byte
	pixels                                   [][]byte // the parts of the zlib stream
	damaged                                  bool     // whether a checksum of what pixels need is wrong
}

// readPNG walks over the chunks to the end of the file or of what can be read.
// A last one that is cut short counts as far as it goes if it has pixels.
func readPNG(data []byte) (f pngFile) {
	for at := 8; len(data)-at >= 8; {
		length, name := int64(binary.BigEndian.Uint32(data[at:])), string(data[at+4:at+8])
		body := data[at+8:]
		whole := length+4 <= int64(len(body))
		if !whole && name != "IDAT" {
			break
		}
		body = body[:min(length, int64(len(body)))]
		sound := whole && crc32.ChecksumIEEE(data[at+4:at+8+len(body)]) == binary.BigEndian.Uint32(data[at+8+len(body):])
		switch name {
		case "IHDR":
			f.header = body
		case "PLTE":
			f.palette = body
		case "tRNS":
			f.transparency = body
		case "eXIf":
			f.exif = body
		case "iCCP":
			f.icc = body
		case "IDAT":
			f.pixels = append(f.pixels, body)
		}
		if critical := name[0]&0x20 == 0; (critical || name == "tRNS") && whole && !sound {
			f.damaged = true
		}
		if !whole || name == "IEND" {
			break
		}
		at += 12 + len(body)
	}
	return f
}

func (f pngFile) profile() []byte { return inflateProfile(f.icc) }

// decodePNG decodes a PNG. Of one that the standard library refuses, for what
// stands behind the pixels or beside them, the pixels are read if they are all
// there and no checksum says that they are others: that is what libpng does.
func decodePNG(data []byte) (image.Image, error) {
	m, err := png.Decode(bytes.NewReader(data))
	if !errors.As(err, new(png.FormatError)) && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return m, err
	}
	f := readPNG(data)
	if !f.readable() {
		return nil, err
	}
	if m, again := png.Decode(f.bare()); again == nil {
		return m, nil
	}
	return nil, err
}

// readable reports whether there are pixels, as they were written.
func (f pngFile) readable() bool { return len(f.header) == 13 && len(f.pixels) > 0 && !f.damaged }

// bare is the PNG with nothing but its pixels and what they need. Its pixels are
// not compressed again, and are read while it is: it takes no memory.
func (f pngFile) bare() io.Reader {
	parts := []io.Reader{bytes.NewReader([]byte("\x89PNG\r\n\x1a\n")), chunkReader("IHDR", f.header)}
	if f.palette != nil {
		parts = append(parts, chunkReader("PLTE", f.palette))
	}
	if f.transparency != nil {
		parts = append(parts, chunkReader("tRNS", f.transparency))
	}
	var stream []io.Reader
	for _, p := range f.pixels {
		stream = append(stream, bytes.NewReader(p))
	}
	packed := io.MultiReader(stream...)
	_, _ = io.CopyN(io.Discard, packed, 2) // the header of zlib (RFC 1950)
	return io.MultiReader(append(parts,
		&storedChunks{pixels: flate.NewReader(packed), left: f.rawSize(), sum: adler32.New()},
		chunkReader("IEND", nil))...)
}

func chunkReader(name string, body []byte) io.Reader {
	return bytes.NewReader(appendChunk(nil, name, body))
}

func appendChunk(b []byte, name string, body []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(body)))
	begin := len(b)
	b = append(append(b, name...), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[begin:]))
}

// rawSize is how many bytes the pixels have before they are compressed, with the
// filter's byte of each row (PNG, 7.3 and 8.2).
func (f pngFile) rawSize() int64 {
	width, height := int64(binary.BigEndian.Uint32(f.header)), int64(binary.BigEndian.Uint32(f.header[4:]))
	channels := map[byte]int64{0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[f.header[9]]
	bits := channels * int64(f.header[8])
	size := func(w, h int64) int64 {
		if w == 0 || h == 0 {
			return 0
		}
		return h * (1 + (w*bits+7)/8)
	}
	if f.header[12] == 0 {
		return size(width, height)
	}
	total := int64(0)
	for _, pass := range [7][4]int64{{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}} {
		total += size((width-pass[0]+pass[2]-1)/pass[2], (height-pass[1]+pass[3]-1)/pass[3])
	}
	return total
}

// storedChunks are IDAT chunks of a zlib stream whose blocks are stored as they
// are (RFC 1951, 3.2.4), of the first left bytes of pixels.
type storedChunks struct {
	pixels io.Reader
	left   int64
	sum    hash.Hash32
	begun  bool
	chunk  []byte
	rest   []byte // of chunk
}

func (s *storedChunks) Read(p []byte) (int, error) {
	if len(s.rest) == 0 {
		if s.begun && s.left == 0 {
			return 0, io.EOF
		}
		if err := s.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// next makes a chunk of one block.
func (s *storedChunks) next() error {
	const longest = 1<<16 - 1
	var block [longest]byte
	n := int(min(longest, s.left))
	if _, err := io.ReadFull(s.pixels, block[:n]); err != nil {
		return io.ErrUnexpectedEOF
	}
	s.left -= int64(n)
	_, _ = s.sum.Write(block[:n])
	var body []byte
	if !s.begun {
		body = append(body, 0x78, 0x01)
	}
	last := byte(0)
	if s.left == 0 {
		last = 1
	}
	body = append(body, last)
	body = binary.LittleEndian.AppendUint16(body, uint16(n))
	body = binary.LittleEndian.AppendUint16(body, ^uint16(n))
	body = append(body, block[:n]...)
	if last == 1 {
		body = s.sum.Sum(body)
	}
	s.begun = true
	s.chunk = appendChunk(s.chunk[:0], "IDAT", body)
	s.rest = s.chunk
	return nil
}
