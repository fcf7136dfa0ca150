package codec

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPillowPixels: the pixels of a JPEG are Pillow's (package jpeg, testdata/pillow),
// and what is none has the code that says so.
func TestPillowPixels(t *testing.T) {
	list, err := os.ReadFile("jpeg/testdata/pillow/pixels.txt")
	if err != nil {
		t.Fatal(err)
	}
	digests := map[string]string{}
	for line := range strings.Lines(string(list)) {
		digest, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		digests[filepath.Join("jpeg/testdata/pillow", name)] = digest
	}
	names, err := filepath.Glob("jpeg/testdata/decode/*.jpg")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d files: %v", len(names), err)
	}
	var d Decoder
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		m, f, err := d.Decode(data)
		if _, wantErr := jpeg.Decode(bytes.NewReader(data)); wantErr != nil {
			expected := Corrupt
			if errors.As(wantErr, new(jpeg.UnsupportedError)) {
				expected = Unsupported
			}
			if codeOf(t, err) != expected {
				t.Errorf("%s: %v, want %s", name, err, expected)
			}
			continue
		}
		if err != nil || f != JPEG {
			t.Errorf("%s: %s, %v", name, f, err)
			continue
		}
		colours := sha256.New()
		for i := 0; i < len(m.Pix); i += 4 {
			colours.Write(m.Pix[i : i+3])
			if m.Pix[i+3] != 255 {
				t.Fatalf("%s: alpha %d", name, m.Pix[i+3])
			}
		}
		if got := hex.EncodeToString(colours.Sum(nil)); got != digests[name] {
			t.Errorf("%s: not Pillow's pixels", name)
		}
		if _, _, err := d.Decode(data[:len(data)/2]); codeOf(t, err) != Corrupt {
			t.Errorf("half of %s: %v", name, err)
		}
	}
}
