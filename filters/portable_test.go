package filters

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"
)

// TestSameBytesEverywhere: one digest for both engines, for every architecture
// and for the browser. Run it with GOOS=js GOARCH=wasm too, and with GOAMD64=v3, for which
// the compiler fuses multiplications and additions as it does on arm64.
//
// The digests are not a promise to anyone: a change that means to give other
// pixels, within what TestGolden allows, writes the new ones here.
func TestSameBytesEverywhere(t *testing.T) {
	var s Scratch
	for name, want := range map[string]string{
		"resize":     "cf0056871fbe6c10e158866146175b15",
		"blur":       "dfbe155d0161e23ee1d7af0c62608a90",
		"brightness": "8327731c56d8c01b1a61dfd65da674ce",
		"sharpen":    "b12a7dcac34b0ff331d6c2d629af2af0",
		"edges":      "47647fcb9d2d7beb89598126ef79ca0f",
	} {
		for _, e := range ours() {
			h := sha256.New()
			for kind := range kinds {
				for _, v := range steps()[name] {
					h.Write(applyOf(t, e, name, testImage(61, 47, kind), v, &s).Pix)
				}
			}
			for _, photo := range []string{"higo.png", "picos_de_europa.png"} {
				f, _ := Lookup(name)
				h.Write(applyOf(t, e, name, readGolden(t, photo), f.Defaults(), &s).Pix)
			}
			if name == "blur" {
				h.Write(applyOf(t, e, name, readGolden(t, "higo.png"), Values{"radius": 17.3}, &s).Pix)
			}
			if got := hex.EncodeToString(h.Sum(nil)[:16]); got != want {
				t.Errorf("%s (%s): digest %s, want %s", name, e.Name, got, want)
			}
		}
	}
}
