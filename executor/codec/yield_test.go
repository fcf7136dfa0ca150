package codec

import (
	"image"
	"testing"
)

// A JPEG's rows of blocks are where its coding and decoding can be interrupted.
func TestJPEGCanBeInterrupted(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, 40, 160))
	for i := range img.Pix {
		img.Pix[i] = byte(i * i >> 3)
	}
	calls := 0
	enc := Encoder{Yield: func() { calls++ }}
	data, err := enc.Encode(img, JPEG, nil)
	if err != nil || calls != 10 {
		t.Fatalf("encoding was interrupted %d times over 10 rows, %v", calls, err)
	}
	calls = 0
	dec := Decoder{Yield: func() { calls++ }}
	if _, _, err := dec.Decode(data); err != nil || calls != 10 {
		t.Errorf("decoding was interrupted %d times over 10 rows, %v", calls, err)
	}
}
