package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"carriles/bench/report"
	"carriles/executor/codec"
)

// libraries are those whose files codec.py writes.
func libraries() []string { return []string{"OpenCV", "Pillow"} }

// checkCodec lets each side read the other's JPEGs: all must see the same pixels, to the
// bit.
func checkCodec(ctx context.Context, c config, _ *report.Results) error {
	dir, err := os.MkdirTemp("", "carriles-codec-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	photo, err := os.ReadFile(c.image)
	if err != nil {
		return err
	}
	var dec codec.Decoder
	var enc codec.Encoder
	pixels, _, err := dec.Decode(photo)
	if err != nil {
		return fmt.Errorf("%s: %w", c.image, err)
	}
	file, err := enc.Encode(pixels, codec.JPEG, nil)
	if err != nil {
		return err
	}
	ours := filepath.Join(dir, "ours.jpg")
	if err := os.WriteFile(ours, file, 0o644); err != nil {
		return err
	}
	if err := c.command(ctx, "codec.py", c.image, ours, dir).Run(); err != nil {
		return c.explain("codec.py", err)
	}
	progress("codec: our JPEG has %d bytes", len(file))
	for _, library := range libraries() {
		if err := checkPixels("our JPEG", library, ours, filepath.Join(dir, library+".ours.rgb")); err != nil {
			return err
		}
		theirs := filepath.Join(dir, library)
		if err := checkPixels("the JPEG of "+library, library, theirs+".jpg", theirs+".theirs.rgb"); err != nil {
			return err
		}
	}
	return nil
}

// checkPixels reads a JPEG as we do, and compares with what a library has read.
func checkPixels(what, library, path, theirs string) error {
	file, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	want, err := os.ReadFile(theirs)
	if err != nil {
		return err
	}
	var dec codec.Decoder
	m, _, err := dec.Decode(file)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	got := make([]byte, 0, len(want))
	for i := 0; i < len(m.Pix); i += 4 {
		got = append(got, m.Pix[i:i+3]...)
	}
	if err := judge(what, got, want); err != nil {
		return err
	}
	progress("codec: %s of %d bytes: the pixels of %s", what, len(file), library)
	return nil
}

// PixelsError says that a file comes out as other pixels than it should.
type PixelsError struct {
	What string
	// Most is the largest difference of a channel in levels, of 0 to 255.
	Most int
}

// Error gives the figure.
func (e *PixelsError) Error() string {
	return fmt.Sprintf("%s is read by us with a difference of up to %d levels", e.What, e.Most)
}

// judge compares the bytes of two images of one layout.
func judge(what string, got, want []byte) error {
	if len(got) != len(want) {
		return fmt.Errorf("%s has %d bytes of pixels, not %d", what, len(got), len(want))
	}
	most := 0
	for i := range got {
		d := int(got[i]) - int(want[i])
		most = max(most, d, -d)
	}
	if most > 0 {
		return &PixelsError{what, most}
	}
	return nil
}
