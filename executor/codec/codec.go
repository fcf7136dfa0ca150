// Package codec turns the bytes of a JPEG, PNG, GIF or WebP into pixels, and
// pixels into the bytes of a JPEG or PNG.
//
// It recognises an image by decoding it, and never asks for a name or a
// declared type. It looks at the header before it allocates anything of the
// size that the header claims, and refuses what is above the limits below. It
// applies the orientation that a camera wrote into the EXIF data, and hands the
// ICC profile on, without which a wide-gamut photograph looks dull; nothing else
// of the metadata: where somebody was, and with which camera, is not for a
// class. Whatever the bytes are, the answer is an image or an *Error, and no
// panic.
//
// It never opens a file.
//
// # Hard cases
//
// A picture is what has all its pixels: what is damaged behind them, or cut off,
// does not matter (JPEG: package jpeg; PNG: png.go; GIF: gif.go). What is missing
// of them is never filled with something else.
//
// Why a file cannot be used is said where it is known, once (reasons.go): what
// it is and what to do, by the same words in the folder, an upload and a run.
package codec

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"

	"golang.org/x/image/webp"

	"carriles/executor/codec/jpeg"
)

// Limits of inputs and outputs alike, so that what is written can be read again.
const (
	MaxPixels = 50_000_000 // 200 MB of NRGBA
	MaxSide   = 16_384     // pixels
)

// Format is a file format, as the API names it.
type Format string

// The formats. GIF and WebP are only read.
const (
	JPEG Format = "jpeg"
	PNG  Format = "png"
	GIF  Format = "gif"
	WebP Format = "webp"
)

// Ext is the extension of the format's files, with the dot.
func (f Format) Ext() string {
	if f == JPEG {
		return ".jpg"
	}
	return "." + string(f)
}

// Output is the format in which the result of filtering such an image is
// written: the same, but PNG for a GIF, whose 256 colours would not do, and for a
// WebP, which may be transparent.
func (f Format) Output() Format {
	if f == GIF || f == WebP {
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
	NotAnImage   Code = "not_an_image"   // neither JPEG nor PNG nor GIF nor WebP
	TooLarge     Code = "too_large"      // above the limits; Width and Height say how much
	TooManyScans Code = "too_many_scans" // a JPEG that would take too long: see jpeg.LimitError
	Corrupt      Code = "corrupt"        // begins as an image, but is damaged, cut off or empty
	Unsupported  Code = "unsupported"    // whole, but of a kind that is not decoded
)

// Error is the only type of error that this package returns.
type Error struct {
	Code          Code
	Format        Format // empty for NotAnImage
	Width, Height int    // where known
	Err           error  // the decoder's, or nil
	// kind is what it is, where it is known and not decoded.
	kind *kind
}

// Error says what is wrong, in English.
func (e *Error) Error() string {
	switch {
	case e.Code == NotAnImage && e.kind != nil:
		return "not a JPEG, PNG, GIF or WebP: " + e.kind.name
	case e.Code == NotAnImage:
		return "neither JPEG nor PNG nor GIF nor WebP"
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
	return checkSize(f, width, height)
}

func checkSize(f Format, width, height int) error {
	if width <= 0 || height <= 0 {
		return &Error{Code: Corrupt, Format: f, Width: width, Height: height}
	}
	// The sides first: their product could overflow.
	if width > MaxSide || height > MaxSide || width*height > MaxPixels {
		return &Error{Code: TooLarge, Format: f, Width: width, Height: height}
	}
	return nil
}

// Probe reads the header of an image. The error is an *Error.
func Probe(data []byte) (Info, error) {
	h, err := probe(data)
	if err == nil && h.turn.swaps() {
		h.Width, h.Height = h.Height, h.Width
	}
	return h.Info, err
}

// header is an Info with the size as it is stored, and what else there is
// beside the pixels.
type header struct {
	Info
	turn    orientation
	profile func() []byte // the ICC profile, as it is
}

// probe is Probe with all of it.
func probe(data []byte) (header, error) {
	h := header{Info: Info{Format: sniff(data)}, turn: upright, profile: func() []byte { return nil }}
	var exif []byte
	var err error
	switch h.Format {
	case JPEG:
		var of jpeg.Header
		of, err = jpeg.ReadHeader(data)
		h.Width, h.Height, exif = of.Width, of.Height, of.EXIF
		h.profile = func() []byte { return bytes.Join(of.Profile, nil) }
	case PNG:
		of := readPNG(data)
		var config image.Config
		config, err = png.DecodeConfig(bytes.NewReader(data))
		if errors.As(err, new(png.FormatError)) && of.readable() {
			config, err = png.DecodeConfig(of.bare())
		}
		h.Width, h.Height = config.Width, config.Height
		exif, h.profile = of.exif, of.profile
	case GIF:
		var of gifFile
		of, err = readGIF(data)
		h.Width, h.Height = of.canvas.Dx(), of.canvas.Dy()
	case WebP:
		of := readWebP(data)
		if of.animated {
			return header{}, &Error{Code: Unsupported, Format: WebP, kind: &animated}
		}
		var config image.Config
		config, err = webp.DecodeConfig(bytes.NewReader(data))
		h.Width, h.Height = config.Width, config.Height
		exif, h.profile = of.exif, func() []byte { return of.profile }
	default:
		return header{}, &Error{Code: NotAnImage, kind: foreign(data)}
	}
	if err != nil {
		return header{}, decodeError(h.Format, err)
	}
	if err := checkSize(h.Format, h.Width, h.Height); err != nil {
		return header{}, err
	}
	h.turn = orientationOfTIFF(exif)
	return h, nil
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
	case len(data) >= 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP":
		return WebP
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
	if errors.As(err, new(jpeg.LimitError)) {
		return &Error{Code: TooManyScans, Format: f, Err: err}
	}
	var ofJPEG jpeg.UnsupportedError
	if errors.As(err, &ofJPEG) || errors.As(err, new(png.UnsupportedError)) {
		return &Error{Code: Unsupported, Format: f, Err: err, kind: jpegKinds[ofJPEG]}
	}
	return &Error{Code: Corrupt, Format: f, Err: err}
}
