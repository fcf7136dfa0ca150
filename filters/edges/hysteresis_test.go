package edges

import (
	"image"
	"testing"

	"carriles/filters/filter"
)

// TestHysteresis draws maps: E is an edge, c a candidate. A candidate becomes
// an edge, and its pixel white, where # is expected.
func TestHysteresis(t *testing.T) {
	for _, c := range []struct {
		name      string
		from, get []string
	}{
		{
			"a way up, over the corners and back down, begins at its lower end",
			[]string{
				".ccc.......",
				"c...c....c.",
				".cc..c...c.",
				"...c..c.c..",
				"..E....c...",
			},
			[]string{
				".###.......",
				"#...#....#.",
				".##..#...#.",
				"...#..#.#..",
				"..E....#...",
			},
		},
		{
			"what touches no edge stays a candidate, at the ends of a row too",
			[]string{
				"c........cE",
				"..........c",
				"c..........",
			},
			[]string{
				"c........#E",
				"..........#",
				"c..........",
			},
		},
		{"one pixel", []string{"c"}, []string{"c"}},
		{"one row", []string{"ccEcc.c"}, []string{"##E##.c"}},
	} {
		w, h := len(c.from[0]), len(c.from)
		dst := image.NewNRGBA(image.Rect(0, 0, w, h))
		var s filter.Scratch
		for i, rubbish := 0, s.Bytes(2, 1<<12); i < len(rubbish); i++ {
			rubbish[i] = candidate
		}
		m := newEdgeMap(dst, &s)
		for y, row := range c.from {
			for x := range row {
				m.row(y)[x] = map[byte]byte{'.': noEdge, 'c': candidate, 'E': edge}[row[x]]
			}
		}
		for y := range h {
			m.seed(y)
		}
		m.grow()
		for y, row := range c.get {
			for x := range row {
				want := map[byte]byte{'.': noEdge, 'c': candidate, 'E': edge, '#': edge}[row[x]]
				if got := m.row(y)[x]; got != want {
					t.Errorf("%s: cell (%d, %d) is %d, want %d", c.name, x, y, got, want)
				}
				if white := dst.NRGBAAt(x, y).G == 255; white != (row[x] == '#') {
					t.Errorf("%s: pixel (%d, %d) white: %v", c.name, x, y, white)
				}
			}
		}
	}
}
