package pipeline

import (
	"fmt"
	"image"

	"carriles/executor/codec"
	"carriles/filters"
)

// previewWidth is the longest side of a preview in pixels: sharp on a phone
// with two device pixels a CSS pixel, and about 30 KB.
const previewWidth = 480

// previewProfile is the largest ICC profile that goes with a preview, in bytes:
// those of cameras and screens are smaller.
const previewProfile = 4 << 10

// Inspection is what there is to know of an encoded image without its pixels.
type Inspection struct {
	Format        codec.Format
	Width, Height int
	// Digest is codec.Digest of the decoded pixels.
	Digest [32]byte
	// Preview is a small JPEG, valid until the next inspection.
	Preview []byte
}

// Inspector decodes images outside any clock: to check that an output is
// whole, to compare pixels, and to make previews. It must not be used by two
// goroutines at a time.
type Inspector struct {
	dec     codec.Decoder
	enc     codec.Encoder
	scratch filters.Scratch
	small   image.NRGBA
	second  codec.Decoder
}

// Inspect decodes data. The error is the codec's.
func (in *Inspector) Inspect(data []byte) (Inspection, error) {
	img, format, err := in.dec.Decode(data)
	if err != nil {
		return Inspection{}, err
	}
	out := Inspection{
		Format: format, Width: img.Rect.Dx(), Height: img.Rect.Dy(), Digest: codec.Digest(img),
	}
	out.Preview, err = in.enc.Encode(in.shrink(img), codec.JPEG, small(in.dec.Profile()))
	if err != nil {
		return Inspection{}, fmt.Errorf("preview: %w", err)
	}
	return out, nil
}

// OverLevels is from how many levels on a channel counts as far off.
const OverLevels = 16

// Difference is how far the colours of two pictures are apart, in levels: alpha,
// which not everybody keeps, is not looked at.
type Difference struct {
	Max  int     `json:"max"`
	Mean float64 `json:"mean"`
	Over float64 `json:"over"` // the share of channels that are more than OverLevels apart
}

// Differ decodes two images and compares them. The error is the codec's, or says
// that their sizes differ.
func (in *Inspector) Differ(a, b []byte) (d Difference, err error) {
	one, _, err := in.dec.Decode(a)
	if err != nil {
		return d, err
	}
	other, _, err := in.second.Decode(b)
	if err != nil {
		return d, err
	}
	if one.Rect != other.Rect {
		return d, fmt.Errorf("%v and %v pixels", one.Rect.Size(), other.Rect.Size())
	}
	sum, over := 0, 0
	for i, x := range one.Pix {
		if i%4 == 3 {
			continue
		}
		n := int(x) - int(other.Pix[i])
		n = max(n, -n)
		sum += n
		d.Max = max(d.Max, n)
		if n > OverLevels {
			over++
		}
	}
	channels := float64(len(one.Pix) / 4 * 3)
	d.Mean, d.Over = float64(sum)/channels, float64(over)/channels
	return d, nil
}

// small leaves a profile out that is large beside a preview.
func small(p codec.Profile) codec.Profile {
	if len(p) > previewProfile {
		return nil
	}
	return p
}

// shrink resizes img so that it fits previewWidth; a smaller one stays.
func (in *Inspector) shrink(img *image.NRGBA) *image.NRGBA {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	if max(w, h) <= previewWidth {
		return img
	}
	if w >= h {
		w, h = previewWidth, max(1, h*previewWidth/w)
	} else {
		w, h = max(1, w*previewWidth/h), previewWidth
	}
	setSize(&in.small, w, h)
	v := filters.Values{"width": float64(w), "height": float64(h)}
	resize, _ := filters.Lookup("resize")
	filters.Native().Kernel(resize)(&in.small, img, v, &in.scratch)
	return &in.small
}
