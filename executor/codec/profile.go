package codec

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"io"

	"carriles/filters/memory"
)

// Profile is an ICC profile (ICC.1:2010) of RGB or grey pixels: what their
// numbers look like. It is handed on as it is.
type Profile []byte

// maxProfile is the largest profile that is handed on, in bytes. Those of
// cameras and screens have 0.5 to 4 KB, those with tables up to 2 MB.
const maxProfile = 4 << 20

// Where a profile says what it is of, and that it is one (7.2).
const (
	profileHeader    = 128
	profileSpace     = 16
	profileSignature = 36
)

// usable returns p, or nil if it is not one of the pixels that are decoded. That
// of a CMYK image is not: its pixels have become RGB.
func usable(p []byte) Profile {
	if len(p) < profileHeader || len(p) > maxProfile || string(p[profileSignature:][:4]) != "acsp" {
		return nil
	}
	if space := string(p[profileSpace:][:4]); space != "RGB " && space != "GRAY" {
		return nil
	}
	return p
}

// grey reports whether it is of grey pixels.
func (p Profile) grey() bool {
	return len(p) >= profileHeader && string(p[profileSpace:][:4]) == "GRAY"
}

// iccChunk is the iCCP chunk of a PNG (11.3.3.3), kept for the next image.
type iccChunk struct {
	profile Profile
	chunk   []byte
}

// of returns the chunk of a profile, or nil for none.
func (c *iccChunk) of(p Profile) []byte {
	if len(p) == 0 {
		return nil
	}
	if !bytes.Equal(p, c.profile) {
		b := bytes.NewBufferString("\x00\x00\x00\x00iCCPICC profile\x00\x00")
		w := zlib.NewWriter(b)
		_, _ = w.Write(p) // to memory
		_ = w.Close()
		chunk := b.Bytes()
		binary.BigEndian.PutUint32(chunk, uint32(len(chunk)-8))
		chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
		c.profile, c.chunk = bytes.Clone(p), chunk
	}
	return c.chunk
}

// inflateProfile reads the profile of an iCCP chunk, or nil.
func inflateProfile(body []byte) []byte {
	_, packed, ok := bytes.Cut(body, []byte{0})
	if !ok || len(packed) < 1 || packed[0] != 0 {
		return nil
	}
	r, err := zlib.NewReader(bytes.NewReader(packed[1:]))
	if err != nil {
		return nil
	}
	p, err := io.ReadAll(io.LimitReader(r, maxProfile+1))
	if err != nil {
		return nil
	}
	return p
}

// pngWriter puts a chunk behind the first one.
type pngWriter struct {
	*bytes.Buffer
	chunk []byte
}

func (w *pngWriter) Write(p []byte) (int, error) {
	n, err := w.Buffer.Write(p)
	if w.Len() == pngHeader && w.chunk != nil {
		_, err = w.Buffer.Write(w.chunk)
		w.chunk = nil
	}
	return n, err
}

// asGrey makes e.grey of an image whose pixels are all grey and opaque, and
// reports whether they are.
func (e *Encoder) asGrey(m *image.NRGBA) bool {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	e.grey = image.Gray{Pix: memory.Grow(&e.grey.Pix, w*h), Stride: w, Rect: image.Rect(0, 0, w, h)}
	for y := range h {
		row := m.Pix[y*m.Stride:][:4*w]
		for x := range w {
			p := row[4*x:][:4]
			if p[0] != p[1] || p[1] != p[2] || p[3] != 255 {
				return false
			}
			e.grey.Pix[y*w+x] = p[0]
		}
	}
	return true
}
