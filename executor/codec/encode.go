package codec

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"image"
	"image/png"

	"carriles/executor/codec/jpeg"
	"carriles/filters/memory"
)

// JPEGQuality is the quality of the written JPEGs, of 1 to 100.
const JPEGQuality = 95

// Encoder encodes one image after the other into the same memory. It must not
// be used by two goroutines at a time. The zero value is ready.
type Encoder struct {
	// Yield is as the Decoder's.
	Yield func()

	out  []byte
	png  pngBuffer
	jpeg jpeg.Encoder
	icc  iccChunk
	grey image.Gray
}

// Encode returns the bytes of a JPEG (quality 95) or a PNG, valid until the
// next call. A JPEG has no alpha: the colour of a transparent pixel is written
// as it is; and it has one component if all pixels are grey, unless a profile of
// colours goes with it. A profile of greys is left out where pixels are not grey,
// or in a PNG transparent. The profile may be nil.
//
// The error is an *Error: TooLarge or Corrupt for a size that CheckOutput
// refuses, Unsupported for another format.
func (e *Encoder) Encode(img *image.NRGBA, f Format, profile Profile) ([]byte, error) {
	if err := CheckOutput(f, img.Rect.Dx(), img.Rect.Dy()); err != nil {
		return nil, err
	}
	if e.out == nil {
		// Two bytes a pixel hold a JPEG of sharpened noise too. Growing into it would
		// leave as much behind for the collector, and touch as much once more; what
		// is not written to takes no memory.
		e.out = memory.Make[byte](2 * img.Rect.Dx() * img.Rect.Dy())
	}
	out, err := e.append(e.out[:0], img, f, profile)
	if err != nil {
		return nil, &Error{Code: Unsupported, Format: f, Width: img.Rect.Dx(), Height: img.Rect.Dy(), Err: err}
	}
	e.out = out
	return out, nil
}

func (e *Encoder) append(dst []byte, img *image.NRGBA, f Format, profile Profile) ([]byte, error) {
	switch f {
	case JPEG:
		e.jpeg.Yield = e.Yield
		return e.jpeg.Encode(dst, img, jpeg.Options{Quality: JPEGQuality, Profile: profile, ProfileIsGrey: profile.grey()})
	case PNG:
		var m image.Image = img
		if profile.grey() {
			if e.asGrey(img) {
				m = &e.grey
			} else {
				profile = nil
			}
		}
		to := pngWriter{Buffer: bytes.NewBuffer(dst), chunk: e.icc.of(profile)}
		encoder := png.Encoder{BufferPool: &e.png}
		err := encoder.Encode(&to, m)
		return to.Bytes(), err
	}
	return nil, errors.New("cannot be written")
}

// pngBuffer is a png.EncoderBufferPool of one.
type pngBuffer struct{ kept *png.EncoderBuffer }

func (b *pngBuffer) Get() *png.EncoderBuffer  { return b.kept }
func (b *pngBuffer) Put(k *png.EncoderBuffer) { b.kept = k }

// Digest is the SHA-256 of an image's width and height, 4 bytes each with the
// upper first, and of its pixels row by row, R G B A, without the padding of
// the stride. Equal images have equal digests, wherever their rectangle lies.
func Digest(img *image.NRGBA) [32]byte {
	var size [8]byte
	binary.BigEndian.PutUint32(size[:4], uint32(img.Rect.Dx()))
	binary.BigEndian.PutUint32(size[4:], uint32(img.Rect.Dy()))
	h := sha256.New()
	h.Write(size[:])
	for y := range img.Rect.Dy() {
		h.Write(img.Pix[y*img.Stride:][:4*img.Rect.Dx()])
	}
	var sum [32]byte
	h.Sum(sum[:0])
	return sum
}
