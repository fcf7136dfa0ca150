package codec

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"

	"golang.org/x/image/webp"

	"carriles/executor/codec/jpeg"
	"carriles/filters/memory"
)

// Decoder decodes one image after the other into the same memory. It must not
// be used by two goroutines at a time. The zero value is ready.
//
// What the decoders of PNG and WebP allocate for themselves is allocated anew for
// each image: they take no buffer.
type Decoder struct {
	// Yield, if not nil, is called now and then, where the work can be interrupted:
	// between two rows of blocks of a JPEG.
	Yield func()

	stored, turned []byte
	img            image.NRGBA
	jpeg           jpeg.Decoder
	profile        Profile
}

// Profile is the ICC profile of the image that was decoded last, or nil if it
// has none that fits its pixels.
func (d *Decoder) Profile() Profile { return d.profile }

// Decode returns the pixels of a JPEG, a PNG, a WebP or the first frame of a
// GIF, and which of them it was.
//
// The image begins at (0, 0), has no padding between its rows, and is valid
// until the next call. Sixteen bits a channel are cut to their upper eight. A
// GIF's frame stands where it belongs on the GIF's canvas, which is otherwise
// transparent. The error is an *Error.
func (d *Decoder) Decode(data []byte) (*image.NRGBA, Format, error) {
	d.profile = nil
	h, err := probe(data)
	if err != nil {
		return nil, h.Format, err
	}
	canvas := image.Rect(0, 0, h.Width, h.Height)
	if err := d.pixels(canvas, h.Format, data); err != nil {
		return nil, h.Format, err
	}
	if h.turn != upright {
		to := newImage(&d.turned, h.turn.rect(canvas))
		h.turn.apply(&to, &d.img)
		d.img = to
		if cap(d.stored) > keepMemory {
			d.stored = nil // where there is hardly room for one, there is none for two
		}
	}
	d.profile = usable(h.profile())
	return &d.img, h.Format, nil
}

// pixels decodes an image to d.img, as it is stored.
func (d *Decoder) pixels(canvas image.Rectangle, f Format, data []byte) error {
	var m image.Image
	var err error
	switch f {
	case JPEG:
		d.img = newImage(&d.stored, canvas)
		d.jpeg.Yield = d.Yield
		return decodeError(f, d.jpeg.Decode(&d.img, data))
	case GIF:
		d.img = newImage(&d.stored, canvas)
		return decodeError(f, decodeGIF(&d.img, data))
	case PNG:
		m, err = decodePNG(data)
	case WebP:
		m, err = webp.Decode(bytes.NewReader(data))
	}
	if err != nil {
		return decodeError(f, err)
	}
	if m.Bounds() != canvas {
		return &Error{Code: Corrupt, Format: f, Width: canvas.Dx(), Height: canvas.Dy(),
			Err: fmt.Errorf("its pixels cover %v", m.Bounds())}
	}
	d.img = newImage(&d.stored, canvas)
	convert(&d.img, m)
	return nil
}

// keepMemory is up to how many bytes an image's memory is kept beside that of the
// turned one: 24 megapixels fit.
const keepMemory = 100 << 20

// newImage returns an image of size r, in the memory of *b if that is large
// enough.
func newImage(b *[]byte, r image.Rectangle) image.NRGBA {
	return image.NRGBA{Pix: memory.Grow(b, 4*r.Dx()*r.Dy()), Stride: 4 * r.Dx(), Rect: r}
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
	case *image.YCbCr:
		convertWebP(dst, m, nil, 0)
	case *image.NYCbCrA:
		convertWebP(dst, &m.YCbCr, m.A, m.AStride)
	case *image.Gray:
		copyRows(dst, r, m.Pix, m.Stride, 1, 1)
	default:
		draw.Draw(dst, r, m, r.Min, draw.Src)
	}
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
