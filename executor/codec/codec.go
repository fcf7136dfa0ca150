// Package codec turns the bytes of a JPEG, PNG or GIF into pixels, and pixels
// into the bytes of a JPEG or PNG.
//
// It recognises an image by decoding it, and never asks for a name or a
// declared type. It looks at the header before it allocates anything of the
// size that the header claims, and refuses what is above the limits below. It
// applies the orientation that a camera wrote into the EXIF data. Whatever the
// bytes are, the answer is an image or an *Error, and no panic.
//
// It never opens a file, and imports nothing of this project.
package codec

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
)

// Limits. An input's sides are smaller than an output's, because resize may be
// asked for up to 16384 pixels either way.
const (
	MaxPixels     = 24_000_000 // of inputs and outputs: 96 MB of NRGBA
	MaxInputSide  = 10_000
	MaxOutputSide = 16_384
)

// Format is a file format, as the API names it.
type Format string

// The formats. GIF is only read.
const (
	JPEG Format = "jpeg"
	PNG  Format = "png"
	GIF  Format = "gif"
)

// Ext is the extension of the format's files, with the dot.
func (f Format) Ext() string {
	if f == JPEG {
		return ".jpg"
	}
	return "." + string(f)
}

// Output is the format in which the result of filtering such an image is
// written: the same, but PNG for a GIF, whose 256 colours would not do.
func (f Format) Output() Format {
	if f == GIF {
		return PNG
	}
	return f
}

// Info is what the header of an image says.
type Info struct {
	Format Format
	// Width and Height are in pixels, after the orientation is applied.
	Width, Height int
}

// Code says what is wrong with an image, as the API names it.
type Code string

// The codes of an Error.
const (
	NotAnImage  Code = "not_an_image" // neither JPEG nor PNG nor GIF
	TooLarge    Code = "too_large"    // above the limits; Width and Height say how much
	Corrupt     Code = "corrupt"      // begins as an image, but is damaged, cut off or empty
	Unsupported Code = "unsupported"  // whole, but of a kind that Go does not decode
)

// Error is the only type of error that this package returns.
type Error struct {
	Code          Code
	Format        Format // empty for NotAnImage
	Width, Height int    // where known
	Err           error  // the decoder's, or nil
}

// Error says what is wrong, in English.
func (e *Error) Error() string {
	switch {
	case e.Code == NotAnImage:
		return "neither JPEG nor PNG nor GIF"
	case e.Code == TooLarge:
		return fmt.Sprintf("%s of %dx%d pixels is too large", e.Format, e.Width, e.Height)
	case e.Err != nil:
		return fmt.Sprintf("%s %s: %v", e.Code, e.Format, e.Err)
	}
	return fmt.Sprintf("%s %s of %dx%d pixels", e.Code, e.Format, e.Width, e.Height)
}

// Unwrap returns the decoder's error, or nil.
func (e *Error) Unwrap() error { return e.Err }

// CheckOutput returns nil, or the *Error that Encode would give for a result
// of that size in pixels. It is there to refuse one before it is computed.
func CheckOutput(f Format, width, height int) error {
	return checkSize(f, width, height, MaxOutputSide)
}

func checkSize(f Format, width, height, maxSide int) error {
	if width <= 0 || height <= 0 {
		return &Error{Code: Corrupt, Format: f, Width: width, Height: height}
	}
	// The sides first: their product could overflow.
	if width > maxSide || height > maxSide || width*height > MaxPixels {
		return &Error{Code: TooLarge, Format: f, Width: width, Height: height}
	}
	return nil
}

// Probe reads the header of an image. The error is an *Error.
func Probe(data []byte) (Info, error) {
	info, turn, err := probe(data)
	if err == nil && turn.swaps() {
		info.Width, info.Height = info.Height, info.Width
	}
	return info, err
}

// probe is Probe with the size as it is stored, and the orientation.
func probe(data []byte) (Info, orientation, error) {
	f := sniff(data)
	var config image.Config
	var err error
	switch f {
	case JPEG:
		config, err = jpeg.DecodeConfig(bytes.NewReader(data))
	case PNG:
		config, err = png.DecodeConfig(bytes.NewReader(data))
	case GIF:
		config, err = gif.DecodeConfig(bytes.NewReader(data))
	default:
		return Info{}, upright, &Error{Code: NotAnImage}
	}
	if err != nil {
		return Info{}, upright, decodeError(f, err)
	}
	if err := checkSize(f, config.Width, config.Height, MaxInputSide); err != nil {
		return Info{}, upright, err
	}
	return Info{f, config.Width, config.Height}, readOrientation(f, data), nil
}

// sniff tells the format from the first bytes: those with which a decoder
// decides too whether to go on.
func sniff(data []byte) Format {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		return JPEG
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return PNG
	case bytes.HasPrefix(data, []byte("GIF87a")), bytes.HasPrefix(data, []byte("GIF89a")):
		return GIF
	}
	return ""
}

// decodeError makes an *Error of a decoder's error, and nil of none.
func decodeError(f Format, err error) error {
	if err == nil {
		return nil
	}
	// The product of the sides of this one does not even fit an int.
	if err == png.UnsupportedError("dimension overflow") {
		return &Error{Code: TooLarge, Format: f, Err: err}
	}
	code := Corrupt
	var ofJPEG jpeg.UnsupportedError
	var ofPNG png.UnsupportedError
	if errors.As(err, &ofJPEG) || errors.As(err, &ofPNG) {
		code = Unsupported
	}
	return &Error{Code: code, Format: f, Err: err}
}
