package jpeg

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"image"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// digestRGB is the SHA-256 of an image's colours.
func digestRGB(m *image.NRGBA) string {
	rgb := make([]byte, 0, len(m.Pix)/4*3)
	for i := 0; i < len(m.Pix); i += 4 {
		rgb = append(rgb, m.Pix[i:i+3]...)
	}
	return fmt.Sprintf("%x", sha256.Sum256(rgb))
}

// TestPillow: the pixels are Pillow's, of files of every kind and of the lab's
// photographs.
func TestPillow(t *testing.T) {
	list, err := os.Open("testdata/pillow/pixels.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer list.Close()
	var d Decoder
	tried := map[string]bool{}
	for lines := bufio.NewScanner(list); lines.Scan(); {
		want, name, _ := strings.Cut(lines.Text(), "  ")
		path := filepath.Join("testdata/pillow", name)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := decodeBoth(t, &d, data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if digestRGB(got) != want {
			t.Errorf("%s: other pixels than Pillow's", name)
		}
		tried[path] = true
	}
	files, _ := filepath.Glob("testdata/*/*.jpg")
	for _, path := range append(files, lab(t)...) {
		if !tried[path] && filepath.Base(path) != "other-arithmetic.jpg" {
			t.Errorf("nothing is known of %s", path)
		}
	}
}

// askPillow prints the digests of files, one a line, or a dash for one that
// Pillow does not open; and nothing at all where there is no libjpeg-turbo 2.1
// or later behind it.
const askPillow = `
import hashlib, sys
from PIL import Image, features
turbo = features.check("libjpeg_turbo") and features.version("libjpeg_turbo")
if not turbo or [int(n) for n in turbo.split(".")[:2]] < [2, 1]:
    sys.exit("no libjpeg-turbo 2.1")
for name in sys.argv[1:]:
    try:
        print(hashlib.sha256(Image.open(name).convert("RGB").tobytes()).hexdigest())
    except OSError:
        print("-")
`

// TestPillowBeside asks the Pillow of this machine, if there is one, for files
// of every sampling in random sizes.
func TestPillowBeside(t *testing.T) {
	dir := t.TempDir()
	random := rand.New(rand.NewPCG(11, 12))
	var names, ours, what []string
	var d Decoder
	for i, r := range bases() {
		if i%3 > 0 && testing.Short() {
			continue
		}
		r.width, r.height, r.quality = 1+random.IntN(70), 1+random.IntN(50), 1+random.IntN(30)
		if i%4 == 0 {
			r.width = 1 + random.IntN(8)
		}
		data := r.build()
		got, err := decodeBoth(t, &d, data)
		if err != nil {
			t.Fatalf("%v: %v", r, err)
		}
		name := filepath.Join(dir, fmt.Sprintf("%d.jpg", i))
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		names, ours, what = append(names, name), append(ours, digestRGB(got)), append(what, fmt.Sprintf("%dx%d, %s", r.width, r.height, kindOf(&r)))
	}
	var said []byte
	for _, python := range []string{"/usr/bin/python3", "python3"} {
		var err error
		if said, err = exec.Command(python, append([]string{"-c", askPillow}, names...)...).Output(); err == nil {
			break
		}
		said = nil
	}
	if said == nil {
		t.Skip("no Python with Pillow and libjpeg-turbo 2.1 here")
	}
	theirs := strings.Fields(string(said))
	if len(theirs) != len(ours) {
		t.Fatalf("%d answers to %d files", len(theirs), len(ours))
	}
	opened := 0
	for i, want := range theirs {
		if want == "-" {
			continue // factors that are no whole multiples
		}
		opened++
		if ours[i] != want {
			t.Errorf("%s: other pixels than Pillow's", what[i])
		}
	}
	if opened < len(ours)*3/4 {
		t.Errorf("Pillow opened %d of %d", opened, len(ours))
	}
}
