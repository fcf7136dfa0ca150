package pipeline

import (
	"encoding/binary"
	"fmt"
	"image"

	"carriles/executor/codec"
	"carriles/filters/memory"
)

// A picture travels as an array, as NumPy has it: a head of pixelsHead bytes (width,
// height, big endian in four bytes each; the number of channels, 3 or 4; the number of
// the format that the output gets), and then the channels of every pixel, line by line,
// one byte each.
const pixelsHead = 4 + 4 + 1 + 1

// MaxPixels bounds such a picture, in bytes.
const MaxPixels = pixelsHead + 4*codec.MaxPixels

// pixelsFormats are the formats of outputs by their number in a head: append only.
var pixelsFormats = [...]codec.Format{codec.JPEG, codec.PNG}

// PackPixels writes a picture down as it travels, in buf if that has room. Alpha goes
// with it unless all is opaque. format is that of the file that it is from.
func PackPixels(buf *[]byte, m *image.NRGBA, format codec.Format) []byte {
	channels := 4
	if m.Opaque() {
		channels = 3
	}
	w, h := m.Rect.Dx(), m.Rect.Dy()
	data := memory.Grow(buf, pixelsHead+channels*w*h)
	binary.BigEndian.PutUint32(data, uint32(w))
	binary.BigEndian.PutUint32(data[4:], uint32(h))
	data[8], data[9] = byte(channels), 0
	for i, f := range pixelsFormats {
		if f == format.Output() {
			data[9] = byte(i)
		}
	}
	to := data[pixelsHead:]
	for y := range h {
		from := m.Pix[y*m.Stride:][:4*w]
		line := to[channels*w*y:][:channels*w]
		if channels == 4 {
			copy(line, from)
			continue
		}
		for len(from) >= 4 && len(line) >= 3 {
			line[0], line[1], line[2] = from[0], from[1], from[2]
			from, line = from[4:], line[3:]
		}
	}
	return data
}

// UnpackPixels reads a picture that has travelled into m, in m's memory if that has
// room, and tells the format that its output gets.
func UnpackPixels(data []byte, m *image.NRGBA) (codec.Format, error) {
	if len(data) < pixelsHead {
		return "", fmt.Errorf("a picture of %d bytes", len(data))
	}
	w, h := int(binary.BigEndian.Uint32(data)), int(binary.BigEndian.Uint32(data[4:]))
	channels, number := int(data[8]), int(data[9])
	if channels < 3 || channels > 4 || number >= len(pixelsFormats) || w < 1 || h < 1 || w > codec.MaxSide || h > codec.MaxSide || len(data) != pixelsHead+channels*w*h {
		return "", fmt.Errorf("a picture of %d x %d x %d in %d bytes, of format %d", w, h, channels, len(data), number)
	}
	setSize(m, w, h)
	if channels == 4 {
		copy(m.Pix, data[pixelsHead:])
		return pixelsFormats[number], nil
	}
	from, to := data[pixelsHead:], m.Pix[:4*w*h]
	for len(from) >= 3 && len(to) >= 4 {
		to[0], to[1], to[2], to[3] = from[0], from[1], from[2], 255
		from, to = from[3:], to[4:]
	}
	return pixelsFormats[number], nil
}
