package codec

import (
	"encoding/binary"
	"image"
)

// orientation is the value of the EXIF tag 0x0112: how the stored image has to
// be turned to stand upright.
//
//	1 as it is    2 mirrored          3 half a turn    4 upside down, mirrored
//	5 transposed  6 quarter turn cw   7 transverse     8 quarter turn ccw
//
// This file reads that one number by itself. github.com/bep/imagemeta would,
// and all other tags too, but with its encodings, XML and JSON it adds 2.7 MB
// (0.7 MB compressed) to a WebAssembly module of 3.5 MB; measured with v1.0.1
// and Go 1.27.4.
type orientation uint8

const upright orientation = 1

// swaps reports whether the turned image is as wide as the stored one is high.
func (o orientation) swaps() bool { return o >= 5 }

// rect returns the rectangle of the turned image.
func (o orientation) rect(r image.Rectangle) image.Rectangle {
	if o.swaps() {
		return image.Rect(0, 0, r.Dy(), r.Dx())
	}
	return r
}

// apply writes the turned src to dst. Both begin at (0, 0) without padding.
func (o orientation) apply(dst, src *image.NRGBA) {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	// The source pixel of (0, 0), and how far it moves for a step right or down.
	const px = 4
	row := px * w
	var start, right, down int
	switch o {
	case 2:
		start, right, down = px*(w-1), -px, row
	case 3:
		start, right, down = row*(h-1)+px*(w-1), -px, -row
	case 4:
		start, right, down = row*(h-1), px, -row
	case 5:
		start, right, down = 0, row, px
	case 6:
		start, right, down = row*(h-1), -row, px
	case 7:
		start, right, down = row*(h-1)+px*(w-1), -row, -px
	case 8:
		start, right, down = px*(w-1), row, -px
	default:
		start, right, down = 0, px, row
	}
	out := dst.Pix
	for y := range dst.Rect.Dy() {
		at := start + y*down
		for range dst.Rect.Dx() {
			*(*[4]byte)(out) = *(*[4]byte)(src.Pix[at:])
			out = out[4:]
			at += right
		}
	}
}

// orientationOfTIFF looks the tag up in the first directory of a TIFF structure.
// What is missing, damaged or out of range counts as upright: it is advice about
// the image and not the image. Against the standard it is seen in all types of
// whole numbers.
func orientationOfTIFF(tiff []byte) orientation {
	const tag, entrySize = 0x0112, 12
	const byteType, shortType, longType = 1, 3, 4
	const signed = 5 // types of signed numbers come so much later
	if len(tiff) < 8 {
		return upright
	}
	var order binary.ByteOrder
	switch string(tiff[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return upright
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return upright
	}
	entries := tiff[at+2:]
	for n := order.Uint16(tiff[at:]); n > 0 && len(entries) >= entrySize; n-- {
		if order.Uint16(entries) == tag {
			value := uint32(0)
			switch order.Uint16(entries[2:]) {
			case byteType, byteType + signed:
				value = uint32(entries[8])
			case shortType, shortType + signed:
				value = uint32(order.Uint16(entries[8:]))
			case longType, longType + signed:
				value = order.Uint32(entries[8:])
			}
			if value >= 1 && value <= 8 {
				return orientation(value)
			}
			return upright
		}
		entries = entries[entrySize:]
	}
	return upright
}
