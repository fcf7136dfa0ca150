package jpeg

import "testing"

// TestRGB converts every Cb and Cr with every fifth Y, in rows of 256 pixels.
func TestRGB(t *testing.T) {
	var y, cb, cr [256]byte
	var dst [4 * 256]byte
	for luma := 0; luma < 256; luma += 5 {
		for red := range 256 {
			for i := range 256 {
				y[i], cb[i], cr[i] = uint8(luma), uint8(i), uint8(red)
			}
			for _, plain := range []bool{true, false} {
				yccRow(dst[:], y[:], cb[:], cr[:], plain)
				for i := range 256 {
					if got, want := [4]byte(dst[4*i:]), slowRGB(y[i], cb[i], cr[i]); got != want {
						t.Fatalf("plain %v: (%d, %d, %d) is %v, want %v", plain, luma, i, red, got, want)
					}
				}
			}
		}
	}
}

// TestRGBRows: in rows of all lengths, nothing behind the row is written.
func TestRGBRows(t *testing.T) {
	var y, cb, cr [100]byte
	for i := range y {
		y[i], cb[i], cr[i] = uint8(37*i), uint8(101*i+5), uint8(59*i+11)
	}
	for n := range len(y) {
		for _, plain := range []bool{true, false} {
			dst := make([]byte, 4*n+4)
			yccRow(dst[:4*n:4*n], y[:], cb[:], cr[:], plain)
			for i := range n {
				if got, want := [4]byte(dst[4*i:]), slowRGB(y[i], cb[i], cr[i]); got != want {
					t.Fatalf("plain %v: %d of %d is %v, want %v", plain, i, n, got, want)
				}
			}
			if [4]byte(dst[4*n:]) != [4]byte{} {
				t.Fatalf("plain %v: wrote behind %d pixels", plain, n)
			}
		}
	}
}
