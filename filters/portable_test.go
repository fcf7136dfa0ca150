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
	for _, c := range samples() {
		name := c.name
		for _, e := range ours() {
			h := sha256.New()
			for kind := range kinds {
				for _, v := range c.params {
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
			if got := hex.EncodeToString(h.Sum(nil)[:16]); got != c.digest {
				t.Errorf("%s (%s): digest %s, want %s", name, e.Name, got, c.digest)
			}
		}
	}
}
