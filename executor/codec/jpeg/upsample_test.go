package jpeg

import (
	"fmt"
	"testing"
)

// TestUpsample: images of all narrow sizes, and of those around blocks and
// vectors, for each way of spreading; progressive files too.
func TestUpsample(t *testing.T) {
	var d Decoder
	for i, sampling := range []string{"22", "21", "12", "42", "11"} {
		for _, w := range []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 32, 33, 34, 35, 47, 63, 65, 97} {
			for _, h := range []int{1, 2, 3, 15, 16, 17, 33} {
				r := recipe{width: w, height: h, sampling: []string{sampling, "11", "11"}, jfif: true, adobe: -1, progressive: (i+w+h)%3 == 0}
				if sampling == "11" { // luma that is spread, and chroma that is whole
					r.sampling = []string{"11", "21", "22"}
				}
				data := r.build()
				want, err := slowDecode(data)
				if err != nil {
					t.Fatal(err)
				}
				got, err := decodeBoth(t, &d, data)
				if err != nil {
					t.Fatal(err)
				}
				same(t, fmt.Sprintf("%v of %dx%d", r.sampling, w, h), got, want.Pix)
			}
		}
	}
}

// TestSpreadRow has values worked out by hand: 4 and 8 lie between 0, 16 and 8,
// a quarter of the way, rounded up at the first pixel of a sample and down at
// the second where there are two directions, and the reverse in one.
func TestSpreadRow(t *testing.T) {
	for _, c := range []struct {
		near, next []byte
		biases     [2]uint16
		want       []byte
	}{
		{[]byte{0, 16, 8}, []byte{0, 16, 8}, [2]uint16{8, 7}, []byte{0, 4, 12, 14, 10, 8}},
		{[]byte{0, 2, 0}, []byte{0, 2, 0}, [2]uint16{4, 8}, []byte{0, 1, 1, 2, 0, 0}}, // 0 .5 1.5 1.5 .5 0
		{[]byte{0, 0, 8}, []byte{8, 0, 0}, [2]uint16{8, 7}, []byte{2, 1, 1, 1, 5, 6}}, // 2 1.5 .5 1.5 4.5 6
		{[]byte{255, 255, 255}, []byte{255, 255, 255}, [2]uint16{8, 7}, []byte{255, 255, 255, 255, 255, 255}},
	} {
		n := len(c.near)
		sums := make([]uint16, n+2)
		addRows(sums[1:n+1], c.near, c.next, true)
		sums[0], sums[n+1] = sums[1], sums[n]
		got := make([]byte, 2*n)
		spreadRow(got, sums, c.biases, true)
		if string(got) != string(c.want) {
			t.Errorf("%v beside %v: %v, want %v", c.near, c.next, got, c.want)
		}
	}
}

// TestMixRows has values worked out by hand: 1.5, 0.5 and 255 with both biases.
func TestMixRows(t *testing.T) {
	for bias, want := range map[uint32][]byte{1: {1, 0, 255}, 2: {2, 1, 255}} {
		got := make([]byte, 3)
		mixRows(got, []byte{2, 0, 255}, []byte{0, 2, 255}, bias)
		if string(got) != string(want) {
			t.Errorf("bias %d: %v, want %v", bias, got, want)
		}
	}
}
