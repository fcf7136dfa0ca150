package codec

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
)

// Decoder decodes one image after the other into the same memory. It must not
// be used by two goroutines at a time. The zero value is ready.
//
// What the standard library's decoders allocate for themselves, a JPEG's
// planes above all, is allocated anew for each image: they take no buffer.
type Decoder struct {
	stored, turned []byte
	img            image.NRGBA
}

// Decode returns the pixels of a JPEG, a PNG or the first frame of a GIF, and
// which of them it was.
//
// The image begins at (0, 0), has no padding between its rows, and is valid
// until the next call. Sixteen bits a channel are cut to their upper eight. A
// GIF's frame stands where it belongs on the GIF's canvas, which is otherwise
// transparent. The error is an *Error.
func (d *Decoder) Decode(data []byte) (*image.NRGBA, Format, error) {
	info, turn, err := probe(data)
	if err != nil {
		return nil, info.Format, err
	}
	var m image.Image
	switch info.Format {
	case JPEG:
		m, err = jpeg.Decode(bytes.NewReader(data))
	case PNG:
		m, err = png.Decode(bytes.NewReader(data))
	case GIF:
		m, err = gif.Decode(bytes.NewReader(data)) // stops after the first frame
	}
	if err != nil {
		return nil, info.Format, decodeError(info.Format, err)
	}
	canvas := image.Rect(0, 0, info.Width, info.Height)
	if m.Bounds().Empty() || !m.Bounds().In(canvas) {
		return nil, info.Format, &Error{Code: Corrupt, Format: info.Format, Width: info.Width, Height: info.Height,
			Err: fmt.Errorf("its pixels cover %v", m.Bounds())}
	}
	d.img = image.NRGBA{Pix: reuse(&d.stored, canvas), Stride: 4 * info.Width, Rect: canvas}
	if m.Bounds() != canvas {
		clear(d.img.Pix)
	}
	convert(&d.img, m)
	if turn != upright {
		out := turn.rect(canvas)
		to := image.NRGBA{Pix: reuse(&d.turned, canvas), Stride: 4 * out.Dx(), Rect: out}
		turn.apply(&to, &d.img)
		d.img = to
	}
	return &d.img, info.Format, nil
}

// reuse returns the memory for the pixels of r, from *b if it is large enough.
func reuse(b *[]byte, r image.Rectangle) []byte {
	n := 4 * r.Dx() * r.Dy()
	if cap(*b) < n {
		*b = make([]byte, n)
	}
	return (*b)[:n]
}

// convert writes the pixels of m, which lie inside of dst, to dst.
func convert(dst *image.NRGBA, m image.Image) {
	r := m.Bounds()
	switch m := m.(type) {
	case *image.NRGBA:
		copyRows(dst, r, m.Pix, m.Stride, 1, 4)
	case *image.RGBA: // of these decoders always opaque, where it is the same as NRGBA
		copyRows(dst, r, m.Pix, m.Stride, 1, 4)
	case *image.NRGBA64:
		copyRows(dst, r, m.Pix, m.Stride, 2, 4)
	case *image.RGBA64: // opaque too
		copyRows(dst, r, m.Pix, m.Stride, 2, 4)
	case *image.Gray16:
		copyRows(dst, r, m.Pix, m.Stride, 2, 1)
	case *image.Paletted:
		convertPaletted(dst, m)
	case *image.YCbCr, *image.Gray, *image.CMYK:
		// Opaque, so that the bytes are those of an RGBA, for which package
		// draw has loops of their own.
		draw.Draw(asRGBA(dst), r, m, r.Min, draw.Src)
	default:
		draw.Draw(dst, r, m, r.Min, draw.Src)
	}
}

// asRGBA is a view of an opaque image, where straight and premultiplied
// colours are the same.
func asRGBA(m *image.NRGBA) *image.RGBA {
	return &image.RGBA{Pix: m.Pix, Stride: m.Stride, Rect: m.Rect}
}

// copyRows copies rows of pixels of four channels (or one, grey) of one or two
// bytes each, the upper byte first.
func copyRows(dst *image.NRGBA, r image.Rectangle, pix []byte, stride, width, channels int) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		out := dst.Pix[dst.PixOffset(r.Min.X, y):][:4*r.Dx()]
		in := pix[(y-r.Min.Y)*stride:][:r.Dx()*channels*width]
		switch {
		case channels == 1:
			for len(out) >= 4 && len(in) >= width {
				out[0], out[1], out[2], out[3] = in[0], in[0], in[0], 255
				out, in = out[4:], in[width:]
			}
		case width == 1:
			copy(out, in)
		default:
			for i := range out {
				out[i] = in[2*i]
			}
		}
	}
}

// convertPaletted looks each pixel up. A pixel beyond the palette's end is
// transparent.
func convertPaletted(dst *image.NRGBA, m *image.Paletted) {
	var table [256][4]byte
	for i, c := range m.Palette {
		if n, ok := color.NRGBAModel.Convert(c).(color.NRGBA); ok && i < len(table) {
			table[i] = [4]byte{n.R, n.G, n.B, n.A}
		}
	}
	for y := m.Rect.Min.Y; y < m.Rect.Max.Y; y++ {
		out := dst.Pix[dst.PixOffset(m.Rect.Min.X, y):]
		for i, p := range m.Pix[(y-m.Rect.Min.Y)*m.Stride:][:m.Rect.Dx()] {
			copy(out[4*i:], table[p][:])
		}
	}
}
